"""T27: SAML responses that nobody has signed, that somebody else has, or in which what is signed is not what
is read.
"""

import base64
import copy
import os
import re
from collections.abc import Callable
from typing import Any

import pytest
import xmlsec
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.fix_idp import trust
from tests.fix_saml import ENTITY, NAMESPACES, Saml, encode, find, metadata, sign, signed, signer
from tests.refusals import refused
from tests.state import unchanged

DENIED = "Not authorized to perform sts:AssumeRoleWithSAML"
UNSIGNED = "Response signature invalid"
INVALID = "Your request included an invalid SAML response."
EVIL = "root@example.com"


@pytest.fixture
def trusting(saml: Saml) -> Saml:
    """A role for anybody whom the provider vouches for; a response that is right is taken."""
    assert saml.assume()
    return saml


def refuses(saml: Saml, root: Any) -> str:
    """The response is refused as one that is not valid, and nothing changes; returns the message."""
    encoded = root if isinstance(root, str) else encode(root)
    with unchanged(saml.world):
        code, message, status = refused(saml.assume, encoded=encoded)
    assert (code, status) == ("InvalidIdentityToken", 400), message
    return message


def good(saml: Saml, place: str = "assertion") -> Any:
    """A signed response."""
    return etree.fromstring(base64.b64decode(signed(saml.response(), place=place)))


def evil(element: Any, version: str = "evil") -> Any:
    """A copy for somebody else, without its signature."""
    made = copy.deepcopy(element)
    for signature in made.findall(".//ds:Signature", NAMESPACES):
        signature.getparent().remove(signature)
    find(made, ".//saml:NameID").text = EVIL
    for one in [made, *made.iter("{*}Assertion")]:
        one.set("ID", f"_{version}-{etree.QName(one).localname}")
    return made


def beside_first(root: Any) -> Any:
    """XSW3: an assertion of the attacker's before the signed one."""
    original = find(root, "saml:Assertion")
    original.addprevious(evil(original))
    return root


def beside_last(root: Any) -> Any:
    original = find(root, "saml:Assertion")
    original.addnext(evil(original))
    return root


def around(root: Any) -> Any:
    """XSW4: the signed one within the attacker's."""
    original = find(root, "saml:Assertion")
    outer = evil(original)
    root.replace(original, outer)
    outer.append(original)
    return root


def signature_moved(root: Any) -> Any:
    """XSW5: the attacker's carries the signature, the signed one stands behind it."""
    original = find(root, "saml:Assertion")
    signature = find(original, "ds:Signature")
    outer = evil(original)
    root.replace(original, outer)
    outer.insert(1, signature)
    root.append(original)
    return root


def within_the_signature(root: Any) -> Any:
    """XSW6 and XSW8: the signed one is an object in the signature that the attacker's carries."""
    original = find(root, "saml:Assertion")
    signature = find(original, "ds:Signature")
    outer = evil(original)
    root.replace(original, outer)
    outer.insert(1, signature)
    etree.SubElement(signature, f"{{{NAMESPACES['ds']}}}Object").append(original)
    return root


def in_extensions(root: Any) -> Any:
    """XSW7: the attacker's in an element that anything may stand in, under the same ID."""
    original = find(root, "saml:Assertion")
    extensions = etree.Element(f"{{{NAMESPACES['samlp']}}}Extensions")
    inner = evil(original)
    inner.set("ID", original.get("ID"))
    extensions.append(inner)
    root.insert(0, extensions)
    return root


def response_around(root: Any) -> Any:
    """XSW1: the whole signed response within the signature of the attacker's."""
    outer = evil(root)
    signature = copy.deepcopy(find(root, "ds:Signature"))
    outer.insert(1, signature)
    etree.SubElement(signature, f"{{{NAMESPACES['ds']}}}Object").append(root)
    return outer


def response_beside(root: Any) -> Any:
    """XSW2: the same, beside the signature."""
    outer = evil(root)
    outer.insert(1, copy.deepcopy(find(root, "ds:Signature")))
    outer.insert(1, root)
    return outer


@pytest.mark.parametrize(
    "wrap",
    [beside_first, beside_last, around, signature_moved, within_the_signature, in_extensions],
    ids=lambda wrap: wrap.__name__,
)
def test_t27_a_signed_assertion_wrapped(trusting: Saml, wrap: Callable[[Any], Any]) -> None:
    for place in ("assertion", "both"):
        assert refuses(trusting, wrap(good(trusting, place))) in (INVALID, UNSIGNED)


@pytest.mark.parametrize("wrap", [response_around, response_beside], ids=lambda wrap: wrap.__name__)
def test_t27_a_signed_response_wrapped(trusting: Saml, wrap: Callable[[Any], Any]) -> None:
    assert refuses(trusting, wrap(good(trusting, "response"))) in (INVALID, UNSIGNED)


def test_t27_an_id_that_is_there_twice(trusting: Saml) -> None:
    root = good(trusting)
    name = find(root, "saml:Assertion").get("ID")
    find(root, "samlp:Status").set("ID", name)
    assert refuses(trusting, root) == UNSIGNED
    root = good(trusting)
    root.set("ID", name)
    assert refuses(trusting, root) == UNSIGNED


def test_t27_a_signature_in_one_place_of_what_is_in_another(trusting: Saml) -> None:
    """The assertion's, which covers the response, and the response's, which covers the assertion."""
    root = trusting.response().tree()
    assertion = find(root, "saml:Assertion")
    sign(assertion, signer(), over=root)
    assert refuses(trusting, root) == UNSIGNED
    root = trusting.response().tree()
    sign(root, signer(), over=find(root, "saml:Assertion"))
    assert refuses(trusting, root) == UNSIGNED


def test_t27_no_signature(trusting: Saml) -> None:
    assert refuses(trusting, trusting.response().tree()) == UNSIGNED
    for place in ("assertion", "response"):
        root = good(trusting, place)
        signature = find(root, ".//ds:Signature")
        signature.getparent().remove(signature)
        assert refuses(trusting, root) == UNSIGNED
    root = good(trusting)
    find(root, ".//ds:SignatureValue").text = ""
    assert refuses(trusting, root) == UNSIGNED
    root = good(trusting, "both")
    find(root, "ds:Signature/ds:SignatureValue").text = "AAAA"
    assert refuses(trusting, root) == UNSIGNED


def test_t27_another_key(trusting: Saml) -> None:
    """Whatever certificate the signature brings along, the provider's own included."""
    other = signer("attacker")
    for certificate in (None, other.certificate, signer().certificate):
        root = trusting.response().tree()
        sign(find(root, "saml:Assertion"), other)
        if certificate is not None:
            info = etree.SubElement(find(root, ".//ds:Signature"), f"{{{NAMESPACES['ds']}}}KeyInfo")
            data = etree.SubElement(info, f"{{{NAMESPACES['ds']}}}X509Data")
            etree.SubElement(data, f"{{{NAMESPACES['ds']}}}X509Certificate").text = certificate
        assert refuses(trusting, root) == UNSIGNED


def test_t27_another_providers_key(trusting: Saml) -> None:
    """Of two providers in one account, each vouches for its own."""
    other = signer("second")
    trusting.iam.create_saml_provider(
        Name="Second", SAMLMetadataDocument=metadata(other, entity="https://second.example.com")
    )
    assert refuses(trusting, signed(trusting.response(), by=other)) == UNSIGNED
    stolen = trusting.response(issuer="https://second.example.com")
    assert refuses(trusting, signed(stolen)) == "Issuer not present in specified provider"


def test_t27_a_key_that_is_no_longer_the_providers(trusting: Saml) -> None:
    old = signed(trusting.response())
    trusting.iam.update_saml_provider(
        SAMLProviderArn=trusting.provider, SAMLMetadataDocument=metadata(signer("new"))
    )
    assert refuses(trusting, old) == UNSIGNED
    assert trusting.assume(signed(trusting.response(), by=signer("new")))


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        (xmlsec.constants.TransformRsaSha1, xmlsec.constants.TransformSha1),
        (xmlsec.constants.TransformRsaSha1, xmlsec.constants.TransformSha256),
        (xmlsec.constants.TransformRsaSha256, xmlsec.constants.TransformSha1),
    ],
    ids=["both", "signature", "digest"],
)
def test_t27_sha1(trusting: Saml, method: Any, digest: Any) -> None:
    assert refuses(trusting, signed(trusting.response(), method=method, digest=digest)) == UNSIGNED


def test_t27_hmac_by_the_public_certificate(trusting: Saml) -> None:
    root = trusting.response().tree()
    assertion = find(root, "saml:Assertion")
    constants = xmlsec.constants
    signature = xmlsec.template.create(assertion, constants.TransformExclC14N, constants.TransformHmacSha256)
    assertion.insert(1, signature)
    xmlsec.tree.add_ids(assertion, ["ID"])
    reference = xmlsec.template.add_reference(
        signature, constants.TransformSha256, uri=f"#{assertion.get('ID')}"
    )
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    context = xmlsec.SignatureContext()
    secret = base64.b64decode(signer().certificate)
    context.key = xmlsec.Key.from_binary_data(constants.KeyDataHmac, secret)
    context.sign(signature)
    assert refuses(trusting, root) == UNSIGNED


def test_t27_every_value_is_signed(trusting: Saml) -> None:
    """Each text and each attribute of the assertion, changed after it was signed."""
    text = base64.b64decode(signed(trusting.response({"PrincipalTag:Team": "blue"}))).decode()
    inside = re.sub("<Signature.*</Signature>", "", text[text.index("<saml:Assertion") :], flags=re.DOTALL)
    values = set(re.findall(r'="([^"]{3,})"|>([^<>]{3,})<', inside))
    assert len(values) > 15
    for value in sorted(one or other for one, other in values):
        if "namespace" in value or value.startswith("urn:oasis:names:tc:SAML:2.0:assertion"):
            continue
        head, _, tail = text.rpartition(f"{value}{'<' if f'{value}<' in text else chr(34)}")
        assert head, value
        changed = head + value[:-1] + ("x" if value[-1] != "x" else "y") + text[len(head) + len(value) :]
        assert tail is not None
        with unchanged(trusting.world):
            code, _, _ = refused(trusting.assume, encoded=base64.b64encode(changed.encode()).decode())
        assert code in ("InvalidIdentityToken", "ExpiredTokenException"), value


@pytest.mark.parametrize("note", ["<!---->", "<!-- x -->", "<?x y?>"])
def test_t27_what_stands_on_both_sides_of_a_comment_is_one_name(saml: Saml, note: str) -> None:
    """Signatures pass over comments: an attacker whose own name begins with another's puts one in between."""
    saml.trust(trust(saml.provider, condition={"StringEquals": {"saml:sub": "ann@example.com"}}))
    assert saml.assume()
    mine = "ann@example.com.evil.example"
    text = base64.b64decode(signed(saml.response(subject=mine))).decode()
    assert text.count(mine) == 1
    cut = base64.b64encode(text.replace(mine, f"ann@example.com{note}.evil.example").encode()).decode()
    with unchanged(saml.world):
        code, message, _ = refused(saml.assume, encoded=cut)
    # A processing instruction is no comment: it breaks the signature.
    assert (code, message) in (("AccessDenied", DENIED), ("InvalidIdentityToken", UNSIGNED))
    saml.trust(trust(saml.provider))
    if note.startswith("<!--"):
        assert saml.assume(cut)["Subject"] == mine


def test_t27_comments_in_roles_and_session_names(saml: Saml) -> None:
    """They add nothing and cut nothing off."""
    other = f"{saml.role}-of-somebody,{saml.provider}"
    text = base64.b64decode(signed(saml.response(roles=[other]))).decode()
    cut = text.replace(other, f"{saml.role}<!---->-of-somebody,{saml.provider}")
    with unchanged(saml.world):
        code, message, _ = refused(saml.assume, encoded=base64.b64encode(cut.encode()).decode())
    assert (code, message) == ("AccessDenied", DENIED)


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        '<!DOCTYPE x [<!ENTITY a "root@example.com">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>',
        "<!DOCTYPE x [<!ATTLIST Assertion ID ID #IMPLIED>]>",
    ],
)
def test_t27_document_types_and_entities(trusting: Saml, doctype: str) -> None:
    text = base64.b64decode(signed(trusting.response()))
    assert refuses(trusting, base64.b64encode(doctype.encode() + text).decode()) == INVALID
    named = text.replace(b"ann@example.com", b"&a;")
    assert refuses(trusting, base64.b64encode(doctype.encode() + named).decode()) == INVALID


def test_t27_entities_by_the_million(trusting: Saml) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    laughs = f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]><x>&e9;</x>'
    deep = "<x>" * 5000 + "</x>" * 5000
    wide = "<x " + " ".join(f'a{n}=""' for n in range(3000)) + "/>"
    for text in (laughs, deep, wide):
        assert refuses(trusting, base64.b64encode(text.encode()).decode()) == INVALID


@pytest.mark.parametrize("encoding", ["utf-16", "utf-7", "utf-32", "ebcdic-cp-be"])
def test_t27_other_encodings(trusting: Saml, encoding: str) -> None:
    """A document type does not hide in one."""
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    codec = {"ebcdic-cp-be": "cp500"}.get(encoding, encoding)
    assert refuses(trusting, base64.b64encode(text.encode(codec)).decode()) == INVALID


def test_t27_encrypted_assertions_are_not_offered(trusting: Saml) -> None:
    root = good(trusting)
    etree.SubElement(root, f"{{{NAMESPACES['saml']}}}EncryptedAssertion")
    assert refuses(trusting, root) == INVALID
    original = find(root, "saml:Assertion")
    root.remove(original)
    assert refuses(trusting, root) == INVALID


def test_t27_used_again_within_five_minutes(trusting: Saml) -> None:
    """As on AWS a response may be used again for as long as it is good, and not a second longer."""
    once = signed(trusting.response(ends=900, confirmed_until=900))
    assert trusting.assume(once)
    trusting.world.clock.advance(299)
    assert trusting.assume(once)
    trusting.world.clock.advance(1)
    assert refused(trusting.assume, encoded=once)[0] == "ExpiredTokenException"


def test_t27_metadata_full_of_certificates(trusting: Saml) -> None:
    """Each would be tried on whatever strangers send."""
    many = metadata(*(signer(f"number {number}") for number in range(11)))
    found = refused(
        trusting.iam.update_saml_provider, SAMLProviderArn=trusting.provider, SAMLMetadataDocument=many
    )
    assert found == ("InvalidInput", "Could not parse metadata", 400)


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[str, int, int, str]]:
    """What is done to a response: the deed, the element it is done to, another one, and some text."""
    deeds = st.sampled_from(["drop", "copy", "move", "text", "attribute", "tag", "swap"])
    texts = st.sampled_from(["", "x", "0", "\u00e9", "A" * 400, "#", "#x", "!!!", "-1", "1e9", "AAAA="])
    numbers = st.integers(0, 200)
    return draw(st.lists(st.tuples(deeds, numbers, numbers, texts), min_size=1, max_size=3))


def mutated(root: Any, steps: list[tuple[str, int, int, str]]) -> Any:
    for deed, one, other, text in steps:
        elements = [element for element in root.iter() if element is not root]
        if not elements:
            break
        element, second = elements[one % len(elements)], elements[other % len(elements)]
        if deed == "drop":
            element.getparent().remove(element)
        elif deed == "copy":
            second.append(copy.deepcopy(element))
        elif deed == "move" and element not in second.iterancestors() and element is not second:
            second.append(element)
        elif deed == "text":
            element.text = text
        elif deed == "attribute":
            names = list(element.attrib) or ["Id"]
            element.set(names[other % len(names)], text)
        elif deed == "tag":
            element.tag = second.tag
        elif deed == "swap":
            element.text, second.text = second.text, element.text
    return root


@settings(
    max_examples=int(os.environ.get("DEPUTIZE_FUZZ_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=mutations(), place=st.sampled_from(["assertion", "response", "both"]))
def test_t27_responses_that_are_nearly_right(
    saml: Saml, steps: list[tuple[str, int, int, str]], place: str
) -> None:
    """Whatever is dropped, doubled, moved or changed: it is refused, or says what was signed."""
    text = signed(saml.response(), place=place)
    root = mutated(etree.fromstring(base64.b64decode(text)), steps)
    try:
        made = saml.assume(encode(root))
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403), error
        return
    assert (made["Subject"], made["Issuer"]) == ("ann@example.com", ENTITY)
    assert made["AssumedRoleUser"]["Arn"].endswith("/Staff/ann")
