"""T31, T32: bodies that are no XML, that are more than XML, or that are the XML of something else, for every
operation of S3 that takes one; and lists that are too long or in the wrong order.
"""

from collections.abc import Callable
from functools import partial

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.test_costs import cost
from tests.attacks.wire import Request, md5

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
DEEP = 200_000
BODIES = {
    "abac": "<AbacStatus><Status>Disabled</Status></AbacStatus>",
    "cors": "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod>"
    "<AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
    "delete": "<Delete><Object><Key>none</Key></Object></Delete>",
    "encryption": "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
    "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
    "</ServerSideEncryptionConfiguration>",
    "lifecycle": "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter><Prefix>a</Prefix></Filter>"
    "<Expiration><Days>9</Days></Expiration></Rule></LifecycleConfiguration>",
    "logging": "<BucketLoggingStatus></BucketLoggingStatus>",
    "notification": "<NotificationConfiguration></NotificationConfiguration>",
    "ownershipControls": "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership>"
    "</Rule></OwnershipControls>",
    "publicAccessBlock": "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
    "</PublicAccessBlockConfiguration>",
    "requestPayment": "<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>",
    "tagging": "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
    "website": "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument>"
    "</WebsiteConfiguration>",
    "versioning": "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
}


def laughs(body: str) -> str:
    entities = "".join(f'<!ENTITY l{one + 1} "{f"&l{one};" * 10}">' for one in range(9))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>{body.replace(">", ">&l9;", 1)}'


def outside(kind: str) -> Callable[[str], str]:
    return lambda body: f"<!DOCTYPE x [<!ENTITY e {kind}>]>{body.replace('>', '>&e;', 1)}"


def within(text: str) -> Callable[[str], str]:
    """With this as the first thing in the root."""
    return lambda body: body.replace(">", f">{text}", 1)


def named(body: str) -> str:
    return body.partition(">")[0].removeprefix("<")


ATTACKS: dict[str, Callable[[str], str | bytes]] = {
    "a billion laughs": laughs,
    "a file": outside('SYSTEM "file:///etc/passwd"'),
    "an address": outside('SYSTEM "http://127.0.0.1:1/"'),
    "a parameter entity": lambda body: f'<!DOCTYPE x [<!ENTITY % e SYSTEM "file:///etc/passwd">%e;]>{body}',
    "a document type": lambda body: f"<!DOCTYPE {named(body)}>{body}",
    "a document type elsewhere": lambda body: f'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">{body}',
    "an entity that nobody declared": within("&nothing;"),
    "depth": within("<a>" * DEEP),
    "closed depth": within("<a>" * DEEP + "</a>" * DEEP),
    "attributes": lambda body: body.replace(">", "".join(f' a{n}="1"' for n in range(20)) + ' a1="2">', 1),
    "another namespace": lambda body: body.replace(">", ' xmlns="urn:another">', 1),
    "another root": lambda body: "<Other>" + body.partition(">")[2].rpartition("</")[0] + "</Other>",
    "an unknown element": within("<Unknown>1</Unknown>"),
    "cut off": lambda body: body[:-4],
    "cut off in a character": lambda body: body[:-4].encode() + b"\xc3",
    "two roots": lambda body: body + body,
    "text before it": lambda body: "x" + body,
    "text behind it": lambda body: body + "x",
    "no UTF-8": lambda body: body.replace(">", ">\udcff", 1).encode("utf-8", "surrogateescape"),
    "a control character": within("\x01"),
    "a reference to one": within("&#1;"),
    "an encoding that is none": lambda body: f'<?xml version="1.0" encoding="nonsense"?>{body}',
    "UTF-7": lambda body: f'<?xml version="1.0" encoding="UTF-7"?>{body}',
    "UTF-16 that says UTF-8": lambda body: f'<?xml version="1.0" encoding="UTF-8"?>{body}'.encode(
        "utf-16-be"
    ),
    "JSON": lambda body: '{"Delete": []}',
    "blanks": lambda body: "   ",
}


def request(target: Target, kind: str, body: str | bytes) -> Request:
    raw = body.encode() if isinstance(body, str) else body
    method = "POST" if kind == "delete" else "PUT"
    return target.signer.sign(
        target.request(method, "", kind, body=raw, headers=(("Content-MD5", md5(raw)),))
    )


@pytest.mark.parametrize("kind", BODIES)
def test_t31_bodies_that_are_not_the_xml_that_is_asked_for(target: Target, kind: str) -> None:
    """T31. Refused before anything is done, and at once; the plain body is taken."""
    body = BODIES[kind]
    target.takes(request(target, kind, body))
    for name, attack in ATTACKS.items():
        sent = request(target, kind, attack(body))
        assert cost(partial(target.send, sent)) < 0.1, name
        target.refuses(sent, (400, "MalformedXML"))


@pytest.mark.parametrize("kind", BODIES)
def test_t31_an_empty_body(target: Target, kind: str) -> None:
    """T31."""
    target.takes(request(target, kind, BODIES[kind]))
    target.refuses(request(target, kind, ""), (400, "MalformedXML"), (400, "MissingRequestBodyError"))


@pytest.mark.parametrize("kind", BODIES)
def test_t31_what_may_stand_around_it(target: Target, kind: str) -> None:
    """T31. XML as other programs write it is taken: with a declaration, comments, the namespace, a mark of
    the order of bytes, in UTF-16.
    """
    body = BODIES[kind]
    declared = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a comment -->\n{body}\n<?work x?>'
    for good in (
        declared,
        body.replace(">", f' xmlns="{NAMESPACE}">', 1),
        "\ufeff" + body,
        f'<?xml version="1.0" encoding="UTF-16"?>{body}'.encode("utf-16"),
    ):
        target.takes(request(target, kind, good))


@pytest.mark.parametrize("count", [0, 1001])
def test_t32_a_batch_has_one_to_a_thousand_keys(target: Target, count: int) -> None:
    """T32. Beyond that none of them is deleted; the largest one is carried out."""

    def batch(keys: list[str]) -> Request:
        listed = "".join(f"<Object><Key>{key}</Key></Object>" for key in keys)
        return request(target, "delete", f"<Delete>{listed}</Delete>")

    target.s3.put_object(Bucket=target.bucket, Key="first", Body=b"")
    keys = ["first", *(f"k{number}" for number in range(1000))]
    target.refuses(batch(keys[:count]), (400, "MalformedXML"))
    target.takes(batch(keys[:1000]))


def test_t32_a_key_that_stands_twice_is_deleted_once(target: Target) -> None:
    """T32. Both are answered."""
    target.s3.put_object(Bucket=target.bucket, Key="twice", Body=b"")
    reply = target.send(
        request(target, "delete", "<Delete>" + "<Object><Key>twice</Key></Object>" * 2 + "</Delete>")
    )
    assert reply.status == 200
    assert reply.body.count(b"<Deleted><Key>twice</Key>") == 2
    assert b"<Error>" not in reply.body
    assert "Contents" not in target.s3.list_objects_v2(Bucket=target.bucket, Prefix="twice")
