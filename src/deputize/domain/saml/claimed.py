"""What a response claims before anything of it is verified: enough to find the providers that could have
signed it.
"""

from deputize.domain.saml import attributes
from deputize.domain.saml.xml import ASSERTION, parsed_base64


def claimed_roles(encoded: str) -> tuple[frozenset[str], ...]:
    """The pairs of role and provider ARN in a base64 response, as whoever sent it wrote them. Raises
    Malformed.
    """
    pairs = (
        pair
        for assertion in parsed_base64(encoded).iter(f"{ASSERTION}Assertion")
        for pair in attributes.roles_of(attributes.values_of(assertion))
    )
    return tuple(dict.fromkeys(pairs))
