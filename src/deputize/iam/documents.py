"""Policy documents as they are saved: their size and their grammar (IAM quotas; grammar of the JSON policy
language).
"""

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.policy.validate import Kind, PolicyRefused, check

# White space does not count towards a policy's size (IAM quotas).
_WHITE = str.maketrans("", "", " \t\r\n")


def size(document: str) -> int:
    """How many characters of the document count."""
    return len(document.translate(_WHITE))


def check_document(call: Call, document: str, kind: Kind) -> None:
    """Raises MalformedPolicyDocument with the first thing that is wrong with the document."""
    try:
        check(document, kind, partition=call.partition)
    except PolicyRefused as refused:
        raise ApiError("MalformedPolicyDocument", str(refused)) from None
