"""The forms that a principal may have in a policy that is saved (IAM guide, "AWS JSON policy elements:
Principal").

Whether what it names exists is asked when the policy is bound to the records.
"""

import re

from deputize.policy.arn import Arn
from deputize.policy.principals import PrincipalEntry

ACCOUNT = re.compile(r"\d{12}", re.ASCII)
UNIQUE_ID = re.compile(r"A(?:IDA|ROA)[A-Z0-9]{12,124}", re.ASCII)
_IAM = re.compile(r"root|(?:user|role)/(?:[\x21-\x7e]+/)?[\w+=,.@-]+", re.ASCII)
_STS = re.compile(r"assumed-role/[\w+=,.@-]{1,64}/[\w+=,.@-]{2,64}|federated-user/[\w+=,.@-]{2,32}", re.ASCII)
_SERVICE = re.compile(
    r"[a-z0-9][a-z0-9.-]*\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|amazon\.com|aws\.internal)"
)
_PROVIDER = re.compile(r"(?:saml-provider/[\w._-]+)|(?:oidc-provider/[\w.:/%-]+)", re.ASCII)
_WEB_IDENTITY = frozenset(
    {"accounts.google.com", "graph.facebook.com", "www.amazon.com", "cognito-identity.amazonaws.com"}
)
_CANONICAL = re.compile(r"[0-9a-f]{64}")


def well_formed(entry: PrincipalEntry) -> bool:
    """Whether the entry could name somebody. Wildcards inside a principal never do."""
    value = entry.value
    match entry.kind:
        case "AWS":
            return (
                value == "*"
                or bool(ACCOUNT.fullmatch(value) or UNIQUE_ID.fullmatch(value))
                or _aws_arn(value)
            )
        case "Service":
            return _SERVICE.fullmatch(value) is not None
        case "Federated":
            arn = Arn.parse(value)
            return value in _WEB_IDENTITY or (
                arn is not None and arn.service == "iam" and _PROVIDER.fullmatch(arn.resource) is not None
            )
        case "CanonicalUser":
            return _CANONICAL.fullmatch(value) is not None
    return False


def _aws_arn(value: str) -> bool:
    arn = Arn.parse(value)
    if arn is None or arn.region or not ACCOUNT.fullmatch(arn.account) or set(value) & set("*?"):
        return False
    form = {"iam": _IAM, "sts": _STS}.get(arn.service)
    return form is not None and form.fullmatch(arn.resource) is not None
