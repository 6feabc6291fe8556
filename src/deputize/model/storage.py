"""S3's buckets and objects, and the blobs that hold their bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from deputize.model.bucket_rules import CorsRule, LifecycleRule, NotificationRule, Website
from deputize.records import record


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAccessBlock:
    """The four Block Public Access settings; AWS starts every new bucket with all of them on (since April
    2023).
    """

    block_public_acls: bool = True
    ignore_public_acls: bool = True
    block_public_policy: bool = True
    restrict_public_buckets: bool = True


# What a bucket does with the objects that are replaced or deleted in it.
Versioning = Literal["", "Enabled", "Suspended"]
# The version of an object that was stored while its bucket did not keep versions.
NULL = "null"


GranteeKind = Literal["account", "group", "canonical"]


@dataclass(frozen=True, slots=True)
class Grant:
    """An entry of an access control list: `permission` to an `account` (its id), a `group` (its URI), or
    another `canonical` user id.
    """

    kind: GranteeKind
    grantee: str
    permission: str


# None: the owner has full control, and nobody else anything.
Acl = tuple[Grant, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockDefault:
    """The retention that a bucket gives new versions: `days` or `years` of `mode`; none if that is empty."""

    mode: str = ""
    days: int = 0
    years: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What keeps a version from being deleted: a retention of `mode` up to `until` (epoch seconds; empty and
    0 if there is none), a legal hold (None: never said anything of), or both.
    """

    mode: str = ""
    until: int = 0
    hold: bool | None = None


# How the keys of log objects are made: of a prefix and the time, or with days as folders, the day of the
# requests or of the delivery.
LogKeys = Literal["", "Simple", "EventTime", "DeliveryTime"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logging:
    """Where a bucket's server access log is delivered: into the bucket `target`, under keys that begin with
    `prefix` and go on as `keys` says (empty: as if it were Simple). `grants` are those of the log objects.
    """

    target: str
    prefix: str
    keys: LogKeys = ""
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket. Names are unique over the whole installation; `id` is a number of ours that is never reused.

    `policy` is the bucket policy as it was sent but for user and role ARNs, which stand as unique ids.
    `public_access_block` None means that the setting was deleted: nothing is blocked. `versioning` is empty
    until it is set for the first time. `object_lock` is None where versions cannot be locked. `abac`: its
    tags decide about access. `customer_keys`: uploads may be sealed with keys of clients' own, which AWS
    blocks in new buckets (since April 2026). `requester_pays`: callers of other accounts must say that they
    know it.
    """

    id: int
    name: str
    account: str
    partition: str
    region: str
    created: int
    policy: str | None = None
    public_access_block: PublicAccessBlock | None = field(default_factory=PublicAccessBlock)
    ownership: str = "BucketOwnerEnforced"
    tags: Mapping[str, str] = field(default_factory=dict)
    versioning: Versioning = ""
    object_lock: LockDefault | None = None
    acl: Acl = None
    cors: tuple[CorsRule, ...] = ()
    lifecycle: tuple[LifecycleRule, ...] = ()
    abac: bool = False
    notifications: tuple[NotificationRule, ...] = ()
    customer_keys: bool = False
    website: Website | None = None
    requester_pays: bool = False
    logging: Logging | None = None

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:s3:::{self.name}"


@record(kw_only=True)
class StoredObject:
    """A version of an object. `key` is UTF-8 bytes: their order is S3's order.

    `etag` is without quotes. `blob` is the id of the bytes, of which there are `size`. `headers` are the
    system headers to give back (content-type, cache-control ...; lower case), `metadata` the user's (without
    `x-amz-meta-`), `checksums` the verified ones by AWS's algorithm name, base64. `modified` is in epoch
    seconds. `upload` is the id of the multipart upload that made the object, of `parts` parts; empty and 0
    for one that came in a single piece. `version` is its id, NULL for one stored while no versions were kept.
    `encrypted`: all of its bytes are sealed at rest. `customer` is what verifies the client's key that they
    are sealed with, empty if there is none.
    """

    bucket: int
    key: bytes
    size: int
    etag: str
    modified: int
    blob: bytes
    owner: str
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    checksums: Mapping[str, str] = field(default_factory=dict)
    checksum_type: str = "FULL_OBJECT"
    upload: str = ""
    parts: int = 0
    version: str = NULL
    tags: Mapping[str, str] = field(default_factory=dict)
    lock: Lock | None = None
    acl: Acl = None
    encrypted: bool = False
    customer: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMarker:
    """A version that says: deleted. `modified` is in epoch seconds."""

    bucket: int
    key: bytes
    version: str
    modified: int
    owner: str


# How the bytes of a blob are kept: as they are, or sealed in segments (`secrets.segments`), which take the
# client's key too to open; PARTS has none of its own, it is made of others.
PLAIN, SEALED, PARTS = "plain", "aes-gcm-segments", "parts"
CUSTOMER = "aes-gcm-segments-customer"


@record(kw_only=True)
class Blob:
    """Immutable bytes under a random id: `data` when they are small, else a file of that name. `format` says
    how they are kept; `size` counts the bytes as they were uploaded.
    """

    id: bytes
    size: int
    format: str = PLAIN
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a listing, in key order: objects and common prefixes (bytes) mixed. `last` is where the
    next page goes on, or None.
    """

    entries: tuple["StoredObject | bytes", ...]
    last: bytes | None


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version in a listing; `latest` is the one that a read without a version means."""

    version: StoredObject | DeleteMarker
    latest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedVersions:
    """One page of a bucket's versions, by key and from new to old: versions and common prefixes (bytes)
    mixed.
    """

    entries: tuple[ListedVersion | bytes, ...]
    truncated: bool
