"""Every key that there may be: each character of ASCII, those that XML cannot carry too, and 1,024 bytes (S3
guide, "Naming Amazon S3 objects"; S3 API, ListObjectsV2, "encoding-type").
"""

import re
from typing import Any
from urllib.parse import quote, unquote_plus
from xml.etree.ElementTree import ParseError

import pytest
from defusedxml.ElementTree import fromstring
from tests.attacks.wire import Request, Signer, host, md5, send
from tests.conformance.fix_multipart import begin
from tests.conformance.fix_s3 import Shop
from tests.refusals import refused

PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]
CONTROLS = [chr(code) for code in (*range(0x20), 0x7F)]
# What XML 1.0 has no place for (XML 1.0, 2.2).
NO_XML = [one for one in CONTROLS if one not in "\t\n\r\x7f"]
OTHERS = ["é", "e\u0301", "日", "😀", "\u0085", "\u2028", "\ufeff", "\uffff", "\U0010ffff"]
CHARACTERS = PRINTABLE + CONTROLS + OTHERS
LISTINGS = {"v1": (), "v2": ("list-type=2",), "versions": ("versions",)}
TOO_LONG = ("KeyTooLongError", "Your key is too long", 400)


@pytest.fixture(scope="module")
def filled(shop: Shop) -> str:
    """A bucket with an object of each character: alone, and within a key."""
    bucket = shop.bucket()
    shop.fill(bucket, *(key for one in CHARACTERS for key in (one, f"in/{one}/to")))
    return bucket


def listed(shop: Shop, bucket: str, *query: str) -> str:
    """A listing's text, as it went over the wire."""
    signer = Signer(shop.account.admin, shop.world.clock())
    request = Request("GET", f"/{bucket}", query, (host(shop.world),))
    reply = send(shop.world, signer.sign(request))
    assert reply.status == 200
    return reply.body.decode()


def keys_in(text: str) -> list[str]:
    return re.findall("<Key>(.*?)</Key>", text, re.DOTALL)


def dereferenced(text: str) -> str:
    """As a reader that knows no XML 1.0 takes references."""
    text = re.sub("&#x([0-9a-f]+);", lambda found: chr(int(found[1], 16)), text)
    for name, value in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        text = text.replace(f"&{name};", value)
    return text


@pytest.mark.parametrize("within", ["{}", "in/{}/to"])
def test_each_character_is_a_key(shop: Shop, filled: str, within: str) -> None:
    """Alone and in the middle: read, asked for, copied, deleted."""
    for one in CHARACTERS:
        key = within.format(one)
        assert shop.s3.get_object(Bucket=filled, Key=key)["Body"].read() == key.encode()
        assert shop.s3.head_object(Bucket=filled, Key=key)["ContentLength"] == len(key.encode())
        copy = f"copies/{key}"
        shop.s3.copy_object(Bucket=filled, Key=copy, CopySource={"Bucket": filled, "Key": key})
        assert shop.s3.get_object(Bucket=filled, Key=copy)["Body"].read() == key.encode()
        shop.s3.delete_object(Bucket=filled, Key=copy)


def test_each_character_is_a_key_of_an_upload_in_parts(shop: Shop) -> None:
    """Its list tells them encoded; a client reads no plain answer that names one that XML cannot carry."""
    bucket = shop.bucket()
    for key in (one for one in CHARACTERS if one not in NO_XML and one != "\uffff"):
        upload = begin(shop.s3, bucket, key)
        (found,) = shop.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
        assert (found["Key"], found["UploadId"]) == (key, upload.id)
        upload.part(1, key.encode())
        assert upload.complete()["Key"] == key
        assert shop.s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    signer, here = Signer(shop.account.admin, shop.world.clock()), (host(shop.world),)
    for key in NO_XML:
        request = Request("POST", f"/{bucket}/{quote(key)}", ("uploads",), here)
        reply = send(shop.world, signer.sign(request))
        assert (reply.status, f"<Key>&#x{ord(key):x};</Key>" in reply.body.decode()) == (200, True)
    found = shop.s3.list_multipart_uploads(Bucket=bucket, EncodingType="url")["Uploads"]
    assert [unquote_plus(one["Key"]) for one in found] == NO_XML


@pytest.mark.parametrize("size", [7, 1000])
@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2", "list_object_versions"])
def test_listings_tell_them_all_in_the_order_of_their_bytes(
    shop: Shop, filled: str, operation: str, size: int
) -> None:
    """boto3 asks for encoding-type=url, and takes it off again."""
    pages = shop.s3.get_paginator(operation).paginate(Bucket=filled, PaginationConfig={"PageSize": size})
    name = "Versions" if operation == "list_object_versions" else "Contents"
    keys = [one["Key"] for page in pages for one in page.get(name, [])]
    expected = [key for one in CHARACTERS for key in (one, f"in/{one}/to")]
    assert keys == sorted(expected, key=str.encode)


@pytest.mark.parametrize("kind", LISTINGS)
def test_encoded_they_are_xml(shop: Shop, filled: str, kind: str) -> None:
    """Percent-encoded, with slashes as they are and a plus for a blank."""
    text = listed(shop, filled, *LISTINGS[kind], "encoding-type=url", "delimiter=%01", "prefix=in%2F")
    fromstring(text)
    assert "<EncodingType>url</EncodingType>" in text
    assert "<Delimiter>%01</Delimiter>" in text
    keys = keys_in(text)
    assert {unquote_plus(key) for key in keys} == {f"in/{one}/to" for one in CHARACTERS if one != "\x01"}
    assert all(re.fullmatch(r"[\w./*~%+-]+", key, re.ASCII) for key in keys)
    assert re.findall("<CommonPrefixes><Prefix>(.*?)</Prefix>", text) == ["in/%01"]


@pytest.mark.parametrize("kind", LISTINGS)
def test_plain_they_are_references_that_xml_does_not_know(shop: Shop, filled: str, kind: str) -> None:
    """As S3 answers: a reader of XML 1.0 refuses them, which is what encoding-type is for."""
    text = listed(shop, filled, *LISTINGS[kind], "prefix=in%2F")
    assert sorted(map(dereferenced, keys_in(text))) == sorted(f"in/{one}/to" for one in CHARACTERS)
    for one in NO_XML:
        assert f"<Key>in/&#x{ord(one):x};/to</Key>" in text
    with pytest.raises(ParseError):
        fromstring(text)
    fine = listed(shop, filled, *LISTINGS[kind], "prefix=in%2Fa")
    fromstring(fine)


def test_a_batch_is_xml_and_names_none_of_them(shop: Shop, filled: str) -> None:
    """One by one they can be deleted."""
    bucket = shop.bucket()
    for key in NO_XML[:3]:
        shop.fill(bucket, key)
        for written in (key, f"&#x{ord(key):x};"):
            body = f"<Delete><Object><Key>{written}</Key></Object></Delete>".encode()
            request = Request(
                "POST", f"/{bucket}", ("delete",), (host(shop.world), ("Content-MD5", md5(body))), body
            )
            reply = send(shop.world, Signer(shop.account.admin, shop.world.clock()).sign(request))
            assert (reply.status, b"<Code>MalformedXML</Code>" in reply.body) == (400, True)
        shop.s3.delete_object(Bucket=bucket, Key=key)
    assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    others = [one for one in CHARACTERS if one not in NO_XML and one not in "\r\uffff"]
    shop.fill(bucket, *others)
    answer = shop.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": one} for one in others]})
    assert sorted(one["Key"] for one in answer["Deleted"]) == sorted(others)
    assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("unit", ["x", "é", "日", "😀", "/", "%", "\x01"])
def test_1024_bytes_and_not_one_more(shop: Shop, unit: str) -> None:
    """Bytes, not characters, however long their address is."""
    bucket, size = shop.bucket(), len(unit.encode())
    key = unit * (1024 // size) + "x" * (1024 % size)
    shop.fill(bucket, key)
    assert shop.s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [one["Key"] for one in shop.s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
    copy = {"Bucket": bucket, "CopySource": {"Bucket": bucket, "Key": key}}
    for call, names in too_long(shop, bucket, key + "x", copy):
        assert refused(call, **names) == TOO_LONG
    shop.s3.delete_object(Bucket=bucket, Key=key)
    assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def too_long(shop: Shop, bucket: str, key: str, copy: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    named = {"Bucket": bucket, "Key": key}
    return [
        (shop.s3.put_object, {**named, "Body": b"x"}),
        (shop.s3.copy_object, {**copy, "Key": key}),
        (shop.s3.create_multipart_upload, named),
        (shop.s3.get_object, named),
        (shop.s3.delete_object, named),
        (shop.s3.put_object_tagging, {**named, "Tagging": {"TagSet": []}}),
    ]


def test_prefixes_delimiters_and_markers_are_any_text(shop: Shop, filled: str) -> None:
    """Each character can be one, and be where a page goes on."""
    for one in CHARACTERS:
        found = shop.s3.list_objects_v2(Bucket=filled, Prefix=f"in/{one}")["Contents"]
        assert f"in/{one}/to" in [entry["Key"] for entry in found]
        after = shop.s3.list_objects_v2(Bucket=filled, StartAfter=one, MaxKeys=1).get("Contents", [])
        assert all(entry["Key"].encode() > one.encode() for entry in after)
        rolled = shop.s3.list_objects_v2(Bucket=filled, Prefix="in/", Delimiter=one)
        assert rolled["Delimiter"] == one
        prefixes = [entry["Prefix"] for entry in rolled.get("CommonPrefixes", [])]
        assert all(prefix.endswith(one) for prefix in prefixes)
        assert prefixes
