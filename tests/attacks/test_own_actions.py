"""T19: what is done to a version, its tags, its lock or its list, and to uploads in parts, needs its own
right: all others of S3 together do not do. A lock that cannot be read holds.
"""

import datetime
import itertools
import json
from dataclasses import dataclass, replace
from typing import Any

import apsw
import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import Request, Signer, md5
from tests.conformance.fix_multipart import begin
from tests.fix_world import World
from tests.state import unchanged

from deputize import app

_numbers = itertools.count(1)
TAGS = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
HOLD = "<LegalHold><Status>OFF</Status></LegalHold>"
LOCKING = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
KEEPS = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
UNTIL = "2100-01-01T00:00:00Z"
RETENTION = f"<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>{UNTIL}</RetainUntilDate></Retention>"
PRIVATE = ("x-amz-acl", "bucket-owner-full-control")


@dataclass(frozen=True)
class Attempt:
    """A call and the right that it needs. `{v}` in the query is the version, `{u}` an open upload."""

    action: str
    method: str
    key: str
    query: tuple[str, ...] = ()
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


ATTEMPTS = [
    Attempt("s3:GetObjectVersion", "GET", "k", ("versionId={v}",)),
    Attempt("s3:GetObjectVersion", "HEAD", "k", ("versionId={v}",)),
    Attempt("s3:GetObject", "GET", "k"),
    Attempt("s3:DeleteObjectVersion", "DELETE", "k", ("versionId={v}",)),
    Attempt("s3:DeleteObject", "DELETE", "k"),
    Attempt("s3:GetObjectTagging", "GET", "k", ("tagging",)),
    Attempt("s3:GetObjectVersionTagging", "GET", "k", ("tagging", "versionId={v}")),
    Attempt("s3:PutObjectTagging", "PUT", "k", ("tagging",), TAGS),
    Attempt("s3:PutObjectVersionTagging", "PUT", "k", ("tagging", "versionId={v}"), TAGS),
    Attempt("s3:DeleteObjectTagging", "DELETE", "k", ("tagging",)),
    Attempt("s3:DeleteObjectVersionTagging", "DELETE", "k", ("tagging", "versionId={v}")),
    Attempt("s3:GetObjectAcl", "GET", "k", ("acl",)),
    Attempt("s3:GetObjectVersionAcl", "GET", "k", ("acl", "versionId={v}")),
    Attempt("s3:PutObjectAcl", "PUT", "k", ("acl",), headers=(PRIVATE,)),
    Attempt("s3:PutObjectVersionAcl", "PUT", "k", ("acl", "versionId={v}"), headers=(PRIVATE,)),
    Attempt("s3:GetObjectRetention", "GET", "k", ("retention",)),
    Attempt("s3:PutObjectRetention", "PUT", "k", ("retention",), RETENTION),
    Attempt("s3:GetObjectLegalHold", "GET", "k", ("legal-hold",)),
    Attempt("s3:PutObjectLegalHold", "PUT", "k", ("legal-hold",), HOLD),
    Attempt("s3:GetBucketObjectLockConfiguration", "GET", "", ("object-lock",)),
    Attempt("s3:PutBucketObjectLockConfiguration", "PUT", "", ("object-lock",), LOCKING),
    Attempt("s3:GetBucketVersioning", "GET", "", ("versioning",)),
    Attempt("s3:PutBucketVersioning", "PUT", "", ("versioning",), KEEPS),
    Attempt("s3:ListBucketVersions", "GET", "", ("versions",)),
    Attempt("s3:ListBucket", "GET", "", ("list-type=2",)),
    Attempt("s3:GetBucketAcl", "GET", "", ("acl",)),
    Attempt("s3:PutBucketAcl", "PUT", "", ("acl",), headers=(("x-amz-acl", "private"),)),
    Attempt("s3:ListBucketMultipartUploads", "GET", "", ("uploads",)),
    Attempt("s3:ListMultipartUploadParts", "GET", "k", ("uploadId={u}",)),
    Attempt("s3:AbortMultipartUpload", "DELETE", "k", ("uploadId={u}",)),
    Attempt("s3:PutObject", "PUT", "k", ("partNumber=1", "uploadId={u}"), "meow"),
]


def user(target: Target, *statements: dict[str, Any]) -> Signer:
    """A new user with these rights on everything."""
    every = [{"Resource": "*", **one} for one in statements]
    policy = {"Version": "2012-10-17", "Statement": every}
    return replace(target.signer, keys=target.world.user(target.account, f"own{next(_numbers)}", policy))


def locked(target: Target, ownership: str = "BucketOwnerEnforced") -> Target:
    """A bucket of this test's own in which versions can be locked."""
    own = replace(target, bucket=f"locked-{next(_numbers)}")
    own.s3.create_bucket(Bucket=own.bucket, ObjectLockEnabledForBucket=True, ObjectOwnership=ownership)
    return own


def prepared(target: Target, attempt: Attempt) -> Request:
    """The call on a new object, retained and with tags where it reads them."""
    s3, bucket = target.s3, target.bucket
    lock = {}
    if attempt.query[:1] in (("retention",), ("legal-hold",)) and attempt.method == "GET":
        until = datetime.datetime.fromtimestamp(target.world.clock() + 60, datetime.UTC)
        lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
        lock["ObjectLockLegalHoldStatus"] = "ON"
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"meow", **lock)["VersionId"]
    upload = begin(s3, bucket, "k").id
    query = tuple(one.format(v=version, u=upload) for one in attempt.query)
    body = attempt.body.encode()
    digest = (("Content-MD5", md5(body)),) if body else ()
    return target.request(attempt.method, attempt.key, *query, body=body, headers=(*attempt.headers, *digest))


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: f"{one.action[3:]}-{one.method}")
def test_t19_each_needs_its_own_action(target: Target, attempt: Attempt) -> None:
    """T19. With every right of S3 but this one: refused. With this one alone: done."""
    own = locked(target, "ObjectWriter")
    request = prepared(own, attempt)
    most = user(
        own,
        {"Effect": "Allow", "NotAction": attempt.action, "Resource": "arn:aws:s3:::*"},
    )
    own.refuses(most.sign(request), (403, "" if attempt.method == "HEAD" else "AccessDenied"))
    own.takes(user(own, {"Effect": "Allow", "Action": attempt.action}).sign(request))


def retained(target: Target) -> tuple[Target, str]:
    """A version that nobody may delete for a minute, and its id."""
    own = locked(target)
    until = datetime.datetime.fromtimestamp(target.world.clock() + 60, datetime.UTC)
    kept = own.s3.put_object(
        Bucket=own.bucket,
        Key="k",
        Body=b"kept",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until,
    )
    return own, kept["VersionId"]


def damage(world: World, bucket: str, lock: Any) -> None:
    """Write this where the lock of the bucket's only version stands."""
    with world.opened.store.snapshot() as db:
        found = db.buckets.get(bucket)
        assert found is not None
    connection = apsw.Connection(str(world.data / app.DATABASE))
    try:
        where = 'FROM "objects" WHERE "bucket" = ?'
        ((rest,),) = connection.execute(f'SELECT "rest" {where}', (found.id,))
        told = json.loads(rest)
        assert told["lock"]["mode"] == "COMPLIANCE"
        changed = lock if isinstance(lock, str) else json.dumps({**told, "lock": lock})
        connection.execute('UPDATE "objects" SET "rest" = ? WHERE "bucket" = ?', (changed, found.id))
    finally:
        connection.close()


@pytest.mark.parametrize(
    "lock",
    ["no JSON", {"mode": "COMPLIANCE", "forever": True}, [], 1, {"mode": "?", "until": 2**40}],
    ids=["no JSON", "an unknown member", "a list", "a number", "an unknown mode"],
)
def test_t19_a_lock_that_cannot_be_read_holds(target: Target, lock: Any) -> None:
    """T19. What nobody understands is not taken for a version without a lock."""
    own, version = retained(target)
    damage(own.world, own.bucket, lock)
    bypass = ("x-amz-bypass-governance-retention", "true")
    one = f"<Delete><Object><Key>k</Key><VersionId>{version}</VersionId></Object></Delete>".encode()
    batch = own.request("POST", "", "delete", body=one, headers=(("Content-MD5", md5(one)), bypass))
    for attack in (own.request("DELETE", "k", f"versionId={version}", headers=(bypass,)), batch):
        with unchanged(own.world):
            raw = own.world.raw(own.signer.sign(attack).raw())
        assert b"<Error>" in raw
        assert b"<Deleted>" not in raw
