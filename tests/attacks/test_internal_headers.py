"""T17: headers that servers send each other, that only answers have, or that other products keep in an object
beside its metadata. Here they change nothing of what is stored.
"""

import dataclasses

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import Request, code_of
from tests.conformance.fix_multipart import begin
from tests.state import unchanged

from deputize.model.storage import StoredObject

# Of which nothing is kept.
IGNORED = {
    "x-amz-replication-status": "REPLICA",
    "x-amz-version-id": "chosen",
    "x-amz-delete-marker": "true",
    "x-amz-expiration": 'expiry-date="Fri, 23 Dec 2050 00:00:00 GMT", rule-id="x"',
    "x-amz-restore": 'ongoing-request="false"',
    "x-amz-tagging-count": "9",
    "x-amz-mp-parts-count": "9",
    "x-amz-missing-meta": "9",
    "x-amz-object-size": "9",
    "x-amz-bucket-region": "eu-central-1",
    "x-amz-request-id": "chosen",
    "x-amz-id-2": "chosen",
    "x-amz-owner": "999999999999",
    "x-amz-abort-date": "Fri, 23 Dec 2050 00:00:00 GMT",
    "x-amz-archive-status": "ARCHIVE_ACCESS",
    "x-amz-replica-mod-time": "2001-01-01T00:00:00Z",
    "x-internal-owner": "999999999999",
    "x-internal-server-side-encryption": "none",
    "x-deputize-format": "plain",
    "x-deputize-account": "999999999999",
    "x-source-mtime": "1",
    "x-source-etag": "chosen",
    "x-source-version-id": "chosen",
    "x-source-replication-request": "true",
    "x-forwarded-access-key": "root",
    "etag": '"00000000000000000000000000000000"',
    "last-modified": "Mon, 01 Jan 2001 00:00:00 GMT",
    "x-original-url": "/another-bucket/key",
    "x-rewrite-url": "/another-bucket/key",
    "x-http-method-override": "DELETE",
}
# Which promise something that is not given: they are refused.
REFUSED = {
    "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:us-east-1:111122223333:key/x",
    "x-amz-server-side-encryption-context": "e30=",
    "x-amz-server-side-encryption-customer-key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "x-amz-server-side-encryption-customer-key-md5": "AAAAAAAAAAAAAAAAAAAAAA==",
    "x-amz-server-side-encryption": "aws:fsx",
    "x-amz-storage-class": "GLACIER",
}
# What differs between two puts of the same.
OWN = ("blob", "modified", "key", "upload")


def of(target: Target, key: str) -> dict[str, object]:
    """All that is remembered of an object beside what is its own."""
    with target.world.opened.store.snapshot() as db:
        bucket = db.buckets.get(target.bucket)
        assert bucket is not None
        found = db.objects.get(bucket.id, key.encode())
    assert isinstance(found, StoredObject)
    names = [field.name for field in dataclasses.fields(found) if field.name not in OWN]
    return {name: getattr(found, name) for name in names}


def told(target: Target, key: str) -> dict[str, str]:
    reply = target.send(target.signer.sign(target.request("HEAD", key)))
    assert reply.status == 200
    changing = ("x-amz-request-id", "last-modified", "date")
    return {name: value for name, value in reply.headers.items() if name not in changing}


def upload(target: Target, way: str, key: str, header: tuple[str, str]) -> Request:
    """The request of each way to make an object that reads headers, not yet signed."""
    if way == "PUT":
        return target.request("PUT", key, headers=(header,), body=b"meow")
    source = ("x-amz-copy-source", f"/{target.bucket}/kept")
    return target.request("PUT", key, headers=(source, header))


@pytest.mark.parametrize("way", ["PUT", "copy"])
@pytest.mark.parametrize("name", IGNORED)
def test_t17_what_only_servers_say_is_not_kept(target: Target, way: str, name: str) -> None:
    """T17. The object is the same as one without the header, in the store and as it is told."""
    target.takes(target.signer.sign(upload(target, way, "plain", ("x-ignored", "1"))))
    target.takes(target.signer.sign(upload(target, way, "claimed", (name, IGNORED[name]))))
    assert of(target, "claimed") == of(target, "plain")
    assert told(target, "claimed") == told(target, "plain")


@pytest.mark.parametrize("way", ["PUT", "copy", "multipart"])
@pytest.mark.parametrize("name", REFUSED)
def test_t17_what_is_not_given_is_refused(target: Target, way: str, name: str) -> None:
    """T17. Whoever asks for it does not get something else."""
    if way == "multipart":
        attack = target.request("POST", "new", "uploads", headers=((name, REFUSED[name]),))
    else:
        attack = upload(target, way, "new", (name, REFUSED[name]))
    with unchanged(target.world):
        reply = target.send(target.signer.sign(attack))
    assert (reply.status, code_of(reply)) in (
        (400, "InvalidArgument"),
        (400, "InvalidRequest"),
        (403, "AccessDenied"),
        (501, "NotImplemented"),
    )


@pytest.mark.parametrize("name", IGNORED)
def test_t17_an_upload_in_parts_keeps_none_of_it(target: Target, name: str) -> None:
    """T17. Neither at its beginning, nor with a part, nor at its end."""
    header = (name, IGNORED[name])
    for key, sent in (("parts-plain", ()), ("parts-claimed", (header,))):
        sending = begin(target.s3, target.bucket, key)
        part = target.request(
            "PUT", key, "partNumber=1", f"uploadId={sending.id}", body=b"meow", headers=sent
        )
        reply = target.send(target.signer.sign(part))
        assert reply.status == 200
        tag = f"<ETag>{reply.headers['etag']}</ETag>"
        body = (
            f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>{tag}</Part></CompleteMultipartUpload>"
        )
        end = target.request("POST", key, f"uploadId={sending.id}", body=body.encode(), headers=sent)
        target.takes(target.signer.sign(end))
    assert of(target, "parts-claimed") == of(target, "parts-plain")
    assert told(target, "parts-claimed") == told(target, "parts-plain")
