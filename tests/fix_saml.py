"""A SAML identity provider for tests: metadata, and responses that another library (xmlsec) signs."""

import base64
import datetime
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from tests.fix_idp import trust
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import refused

ENTITY = "https://idp.example.com/saml"
SIGN_IN = "https://signin.aws.amazon.com/saml"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
AUDIENCE = "urn:amazon:webservices"
AWS = "https://aws.amazon.com/SAML/Attributes/"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
NAMESPACES = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}


@dataclass(frozen=True)
class Signer:
    """A key and its certificate, PEM and base64 of DER."""

    key: bytes
    certificate: str
    curve: bool = False


@cache
def signer(name: str = "first", *, curve: bool = False) -> Signer:
    """A key of its own for each name; its certificate expired long ago, which is nobody's business."""
    key: Any = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    then = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(then)
        .not_valid_after(then + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Signer(pem, base64.b64encode(der).decode(), curve)


def metadata(*signers: Signer, entity: str = ENTITY, until: str | None = None, use: str = "signing") -> str:
    """The provider's metadata, with a certificate of each of `signers`."""
    keys = "".join(
        f'<KeyDescriptor use="{use}"><ds:KeyInfo xmlns:ds="{NAMESPACES["ds"]}"><ds:X509Data>'
        f"<ds:X509Certificate>\n{one.certificate}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
        for one in signers or (signer(),)
    )
    valid = "" if until is None else f' validUntil="{until}"'
    return (
        f'<?xml version="1.0"?>\n<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" '
        f"entityID={quoteattr(entity)}{valid}><IDPSSODescriptor "
        f'protocolSupportEnumeration="{NAMESPACES["samlp"]}">{keys}<SingleSignOnService '
        'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/sso"/>'
        "</IDPSSODescriptor></EntityDescriptor>"
    )


def stamp(at: float) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Response:
    """A response to be. What is None is left out; `attributes` are AWS's by their short names, others by
    whole ones.
    """

    now: float
    attributes: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict)
    roles: Sequence[str] = ()
    issuer: str = ENTITY
    subject: str = "ann@example.com"
    name_format: str | None = PERSISTENT
    audience: str | None = AUDIENCE
    recipient: str | None = SIGN_IN
    issued: float = 0
    begins: float | None = -60
    ends: float | None = 300
    confirmed_until: float | None = 300
    session_ends: float | None = None
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    version: str = "a"

    def time(self, name: str, offset: float | None) -> str:
        return "" if offset is None else f' {name}="{stamp(self.now + offset)}"'

    def assertion(self) -> str:
        ns = f'xmlns:saml="{NAMESPACES["saml"]}"'
        recipient = "" if self.recipient is None else f" Recipient={quoteattr(self.recipient)}"
        name_format = "" if self.name_format is None else f" Format={quoteattr(self.name_format)}"
        restriction = (
            ""
            if self.audience is None
            else f"<saml:AudienceRestriction><saml:Audience>{escape(self.audience)}</saml:Audience>"
            "</saml:AudienceRestriction>"
        )
        return (
            f'<saml:Assertion {ns} ID="_assertion-{self.version}" Version="2.0" '
            f'IssueInstant="{stamp(self.now + self.issued)}"><saml:Issuer>{escape(self.issuer)}</saml:Issuer>'
            f"<saml:Subject><saml:NameID{name_format}>{escape(self.subject)}</saml:NameID>"
            f'<saml:SubjectConfirmation Method="{self.method}"><saml:SubjectConfirmationData{recipient}'
            f"{self.time('NotOnOrAfter', self.confirmed_until)}/></saml:SubjectConfirmation></saml:Subject>"
            f"<saml:Conditions{self.time('NotBefore', self.begins)}{self.time('NotOnOrAfter', self.ends)}>"
            f"{restriction}</saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{stamp(self.now)}"'
            f"{self.time('SessionNotOnOrAfter', self.session_ends)}><saml:AuthnContext>"
            "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password"
            "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            f"<saml:AttributeStatement>{self.statement()}</saml:AttributeStatement></saml:Assertion>"
        )

    def statement(self) -> str:
        stated = {"Role": self.roles, "RoleSessionName": "ann", **self.attributes}
        parts = []
        for name, value in stated.items():
            if value is None:
                continue
            whole = name if ":" in name.partition("PrincipalTag:")[0] else AWS + name
            values = [value] if isinstance(value, str) else value
            inner = "".join(f"<saml:AttributeValue>{escape(one)}</saml:AttributeValue>" for one in values)
            parts.append(f"<saml:Attribute Name={quoteattr(whole)}>{inner}</saml:Attribute>")
        return "".join(parts)

    def tree(self) -> Any:
        return etree.fromstring(
            f'<samlp:Response xmlns:samlp="{NAMESPACES["samlp"]}" ID="_response-{self.version}" '
            f'Version="2.0" IssueInstant="{stamp(self.now)}"><saml:Issuer xmlns:saml="{NAMESPACES["saml"]}">'
            f"{escape(self.issuer)}</saml:Issuer><samlp:Status><samlp:StatusCode "
            f'Value="{self.status}"/></samlp:Status>{self.assertion()}</samlp:Response>'
        )


def sign(
    element: Any,
    by: Signer,
    method: Any = None,
    digest: Any = None,
    canonical: Any = None,
    over: Any = None,
) -> None:
    """A signature after the element's Issuer, enveloped; `over` is what it covers, if not the element."""
    over = element if over is None else over
    constants = xmlsec.constants
    usual = constants.TransformEcdsaSha256 if by.curve else constants.TransformRsaSha256
    canonical = canonical or constants.TransformExclC14N
    signature = xmlsec.template.create(element, canonical, method or usual)
    element.insert(1, signature)
    xmlsec.tree.add_ids(over, ["ID"])
    reference = xmlsec.template.add_reference(
        signature, digest or constants.TransformSha256, uri=f"#{over.get('ID')}"
    )
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, canonical)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(by.key, constants.KeyDataFormatPem)
    context.sign(signature)


def find(root: Any, path: str) -> Any:
    found = root.find(path, NAMESPACES)
    assert found is not None, path
    return found


def encode(root: Any) -> str:
    return base64.b64encode(etree.tostring(root)).decode()


def signed(response: Response, *, by: Signer | None = None, place: str = "assertion", **more: Any) -> str:
    """The base64 of the response, its assertion signed, or itself (`place` response), or both."""
    root = response.tree()
    if place in ("assertion", "both"):
        sign(find(root, "saml:Assertion"), by or signer(), **more)
    if place in ("response", "both"):
        sign(root, by or signer(), **more)
    return encode(root)


@dataclass
class Saml:
    """An account with the provider `Idp` and the role `Staff`, which trusts it."""

    world: World
    account: TestAccount
    provider: str
    role: str

    @property
    def iam(self) -> Any:
        return self.world.client("iam", self.account.admin)

    def response(self, attributes: Any = None, roles: Sequence[str] | None = None, **more: Any) -> Response:
        pair = [f"{self.role},{self.provider}"]
        return Response(self.world.clock.now, attributes or {}, pair if roles is None else roles, **more)

    def assume(self, encoded: str | Response | None = None, **asked: Any) -> Any:
        encoded = self.response() if encoded is None else encoded
        return self.world.client("sts", None).assume_role_with_saml(
            **{
                "RoleArn": self.role,
                "PrincipalArn": self.provider,
                "SAMLAssertion": signed(encoded) if isinstance(encoded, Response) else encoded,
                **asked,
            }
        )

    def refuse(self, encoded: str | Response | None = None, **asked: Any) -> tuple[str, str, int]:
        return refused(self.assume, encoded=encoded, **asked)

    def trust(self, document: str) -> None:
        self.iam.update_assume_role_policy(RoleName="Staff", PolicyDocument=document)

    def may(self, made: Any, condition: Any) -> bool:
        """Whether the session may list buckets when that has this condition."""
        allow = {**EVERYTHING, "Condition": condition}
        self.iam.put_role_policy(
            RoleName="Staff",
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
        )
        s3 = self.world.client("s3", Keys.of(made["Credentials"]))
        try:
            s3.list_buckets()
        except s3.exceptions.ClientError:
            return False
        return True


@pytest.fixture
def saml(shared_world: World) -> Saml:
    account = shared_world.account(f"Saml {secrets.token_hex(4)}")
    iam = shared_world.client("iam", account.admin)
    provider = iam.create_saml_provider(Name="Idp", SAMLMetadataDocument=metadata())["SAMLProviderArn"]
    role = iam.create_role(RoleName="Staff", AssumeRolePolicyDocument=trust(provider))["Role"]["Arn"]
    return Saml(shared_world, account, provider, role)
