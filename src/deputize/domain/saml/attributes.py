"""The attributes of an assertion: AWS's own, and those that are condition keys (IAM guide, "Configure SAML
assertions for the authentication response", "Available keys for SAML-based AWS STS federation").
"""

from collections.abc import Mapping

from deputize.domain.claims import check_source_identity, check_tags, refused
from deputize.domain.saml.xml import ASSERTION, Element, text
from deputize.domain.vouching import Passed

AWS = "https://aws.amazon.com/SAML/Attributes/"
_EDU_PERSON = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
_EDU_ORG = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
_IDENTITY = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
# By what name each comes in an assertion.
KEYS = {
    f"{_EDU_PERSON}1": "edupersonaffiliation",
    f"{_EDU_PERSON}2": "edupersonnickname",
    f"{_EDU_PERSON}3": "edupersonorgdn",
    f"{_EDU_PERSON}4": "edupersonorgunitdn",
    f"{_EDU_PERSON}5": "edupersonprimaryaffiliation",
    f"{_EDU_PERSON}6": "edupersonprincipalname",
    f"{_EDU_PERSON}7": "edupersonentitlement",
    f"{_EDU_PERSON}8": "edupersonprimaryorgunitdn",
    f"{_EDU_PERSON}9": "edupersonscopedaffiliation",
    f"{_EDU_PERSON}10": "edupersontargetedid",
    f"{_EDU_PERSON}11": "edupersonassurance",
    f"{_EDU_ORG}2": "eduorghomepageuri",
    f"{_EDU_ORG}3": "eduorgidentityauthnpolicyuri",
    f"{_EDU_ORG}4": "eduorglegalname",
    f"{_EDU_ORG}5": "eduorgsuperioruri",
    f"{_EDU_ORG}6": "eduorgwhitepagesuri",
    "urn:oid:2.5.4.3": "cn",
    "http://schemas.xmlsoap.org/claims/CommonName": "commonname",
    f"{_IDENTITY}givenname": "givenname",
    f"{_IDENTITY}surname": "surname",
    f"{_IDENTITY}name": "name",
    f"{_IDENTITY}emailaddress": "mail",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid": "primarygroupsid",
    "urn:oid:0.9.2342.19200300.100.1.45": "organizationstatus",
    "urn:oid:2.5.4.45": "x500uniqueidentifier",
    "urn:oid:0.9.2342.19200300.100.1.1": "uid",
}
# Those with several values (service authorization reference of STS: ArrayOfString).
SEVERAL = frozenset(
    {
        "cn", "eduorghomepageuri", "eduorgidentityauthnpolicyuri", "eduorglegalname", "eduorgsuperioruri",
        "eduorgwhitepagesuri", "edupersonaffiliation", "edupersonassurance", "edupersonentitlement",
        "edupersonnickname", "edupersonorgunitdn", "edupersonscopedaffiliation", "edupersontargetedid",
    }
)  # fmt: skip

Values = Mapping[str, tuple[str, ...]]


def values_of(assertion: Element) -> Values:
    """All attributes by name; those of one name together."""
    found: dict[str, tuple[str, ...]] = {}
    for attribute in assertion.findall(f"{ASSERTION}AttributeStatement/{ASSERTION}Attribute"):
        name = attribute.get("Name", "")
        values = (text(value) for value in attribute.findall(f"{ASSERTION}AttributeValue"))
        found[name] = (*found.get(name, ()), *(value for value in values if value))
    return found


def single(values: Values, name: str) -> str | None:
    """The value of one of AWS's attributes; None for none. Raises InvalidIdentityToken for several."""
    found = values.get(AWS + name, ())
    if len(found) > 1:
        raise refused(f"{name} in AuthnResponse must have a single value")
    return found[0] if found else None


def keys_of(values: Values) -> dict[str, str | tuple[str, ...]]:
    """The condition keys among the attributes; of a key of one value, several are none."""
    keys: dict[str, str | tuple[str, ...]] = {}
    for attribute, name in KEYS.items():
        found = values.get(attribute, ())
        if name in SEVERAL and found:
            keys[f"saml:{name}"] = found
        elif len(found) == 1:
            keys[f"saml:{name}"] = found[0]
    return keys


def roles_of(values: Values) -> tuple[frozenset[str], ...]:
    """The pairs of role and provider ARN that the assertion is for; either may stand first."""
    pairs = (value.split(",") for value in values.get(f"{AWS}Role", ()))
    return tuple(frozenset(part.strip() for part in pair) for pair in pairs if len(pair) == 2)


def passed(values: Values) -> Passed:
    """Session tags and source identity that the assertion asks for; raises InvalidIdentityToken."""
    head = f"{AWS}PrincipalTag:"
    names = [name.removeprefix(head) for name in values if name.startswith(head)]
    tags = {name: single(values, f"PrincipalTag:{name}") or "" for name in names}
    check_tags(tags)
    source = single(values, "SourceIdentity")
    if source is not None:
        check_source_identity(source)
    return Passed(tags=tags, transitive=values.get(f"{AWS}TransitiveTagKeys", ()), source_identity=source)
