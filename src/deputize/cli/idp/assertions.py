"""SAML metadata, and signed responses as AWS takes them (IAM guide, "Configure SAML assertions")."""

import base64
import datetime
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from lxml.builder import ElementMaker
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from deputize.cli.idp.keys import TestKeys, fresh
from deputize.domain.saml.attributes import AWS
from deputize.domain.saml.response import SUCCESS

ENTITY = "https://idp.deputize.test/saml"
RECIPIENT = "https://signin.aws.amazon.com/saml"
AUDIENCE = "urn:amazon:webservices"
LIFETIME = 300
_PROTOCOL, _ASSERTION = "urn:oasis:names:tc:SAML:2.0:protocol", "urn:oasis:names:tc:SAML:2.0:assertion"
_METADATA, _SIGNATURE = "urn:oasis:names:tc:SAML:2.0:metadata", "http://www.w3.org/2000/09/xmldsig#"
_P = ElementMaker(namespace=_PROTOCOL, nsmap={"samlp": _PROTOCOL})
_A = ElementMaker(namespace=_ASSERTION, nsmap={"saml": _ASSERTION})
_M = ElementMaker(namespace=_METADATA, nsmap={None: _METADATA})
_D = ElementMaker(namespace=_SIGNATURE, nsmap={"ds": _SIGNATURE})
_BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a response says. `roles` are pairs of ARNs, role and provider; `attributes` by their whole names.
    `seconds` is SessionDuration.
    """

    roles: Sequence[tuple[str, str]]
    session_name: str
    subject: str
    recipient: str = RECIPIENT
    seconds: int | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: Sequence[str] = ()
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def all_attributes(self) -> dict[str, Sequence[str]]:
        """AWS's and others, by their whole names."""
        found: dict[str, Sequence[str]] = {
            f"{AWS}Role": [",".join(pair) for pair in self.roles],
            f"{AWS}RoleSessionName": [self.session_name],
            **{f"{AWS}PrincipalTag:{key}": [value] for key, value in self.tags.items()},
            **self.attributes,
        }
        if self.seconds is not None:
            found[f"{AWS}SessionDuration"] = [str(self.seconds)]
        if self.source_identity is not None:
            found[f"{AWS}SourceIdentity"] = [self.source_identity]
        if self.transitive:
            found[f"{AWS}TransitiveTagKeys"] = self.transitive
        return found


def metadata(keys: TestKeys) -> str:
    """What CreateSAMLProvider takes."""
    certificate = base64.encodebytes(keys.certificate.public_bytes(Encoding.DER)).decode()
    key = _M.KeyDescriptor(_D.KeyInfo(_D.X509Data(_D.X509Certificate(certificate))), use="signing")
    service = _M.SingleSignOnService(Binding=_POST, Location="https://idp.deputize.test/sso")
    descriptor = _M.IDPSSODescriptor(key, service, protocolSupportEnumeration=_PROTOCOL)
    root = _M.EntityDescriptor(descriptor, entityID=ENTITY)
    text: str = etree.tostring(root, pretty_print=True, encoding="unicode")
    return text


def response(statement: Statement, keys: TestKeys, now: int, wrong: str | None = None) -> str:
    """The base64 of a response whose assertion is signed, or `wrong` in one way. `now` is in seconds."""
    at = now - 7200 if wrong == "expired" else now + 7200 if wrong == "not-yet" else now
    assertion = _assertion(statement, at, wrong)
    if wrong == "unsigned":
        assertion.remove(assertion.find(f"{{{_SIGNATURE}}}Signature"))
    else:
        # Exclusive canonicalisation, or the signature would not outlive being put into the response.
        method = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
        key = fresh() if wrong == "signature" else keys.assertions
        assertion = XMLSigner(c14n_algorithm=method).sign(
            assertion, key=key, cert=[keys.certificate], reference_uri=assertion.get("ID")
        )
    root = _P.Response(
        _A.Issuer(ENTITY),
        _P.Status(_P.StatusCode(Value=SUCCESS)),
        assertion,
        ID=_id(),
        Version="2.0",
        IssueInstant=_stamp(at),
        Destination=statement.recipient,
    )
    return base64.b64encode(etree.tostring(root)).decode()


def _assertion(statement: Statement, at: int, wrong: str | None) -> Any:
    until = _stamp(at + LIFETIME)
    recipient = "https://elsewhere.example.com/saml" if wrong == "recipient" else statement.recipient
    audience = "urn:somebody:else" if wrong == "audience" else AUDIENCE
    confirmed = _A.SubjectConfirmation(
        _A.SubjectConfirmationData(Recipient=recipient, NotOnOrAfter=until),
        Method="urn:oasis:names:tc:SAML:2.0:cm:bearer",
    )
    name = _A.NameID(statement.subject, Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")
    attributes = [
        _A.Attribute(*(_A.AttributeValue(value) for value in values), Name=name, NameFormat=_BASIC)
        for name, values in statement.all_attributes().items()
    ]
    context = _A.AuthnContext(_A.AuthnContextClassRef("urn:oasis:names:tc:SAML:2.0:ac:classes:Password"))
    return _A.Assertion(
        _A.Issuer(ENTITY),
        # Where SAML wants the signature (SAML Core 5.4); the signer fills it in.
        _D.Signature(Id="placeholder"),
        _A.Subject(name, confirmed),
        _A.Conditions(
            _A.AudienceRestriction(_A.Audience(audience)), NotBefore=_stamp(at - 60), NotOnOrAfter=until
        ),
        _A.AuthnStatement(context, AuthnInstant=_stamp(at)),
        _A.AttributeStatement(*attributes),
        ID=_id(),
        Version="2.0",
        IssueInstant=_stamp(at),
    )


def _id() -> str:
    return f"_{secrets.token_hex(16)}"


def _stamp(at: int) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
