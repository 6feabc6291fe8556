"""What a response claims before anything of it is verified: enough to find the providers that could have
signed it.
"""

import base64
import binascii

from deputize.domain.saml import attributes
from deputize.domain.saml.xml import ASSERTION, Malformed, parsed


def claimed_roles(encoded: str) -> tuple[frozenset[str], ...]:
    """The pairs of role and provider ARN in a base64 response, as whoever sent it wrote them. Raises
    Malformed.
    """
    try:
        response = parsed(base64.b64decode("".join(encoded.split()), validate=True))
    except (binascii.Error, ValueError):
        raise Malformed("no response") from None
    pairs = (
        pair
        for assertion in response.iter(f"{ASSERTION}Assertion")
        for pair in attributes.roles_of(attributes.values_of(assertion))
    )
    return tuple(dict.fromkeys(pairs))
