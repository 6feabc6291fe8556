"""S3's buckets and objects, and the blobs that hold their bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAccessBlock:
    """The four Block Public Access settings; AWS starts every new bucket with all of them on (since April
    2023).
    """

    block_public_acls: bool = True
    ignore_public_acls: bool = True
    block_public_policy: bool = True
    restrict_public_buckets: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket. Names are unique over the whole installation; `id` is a number of ours that is never reused.

    `policy` is the bucket policy as it was sent but for user and role ARNs, which stand as unique ids.
    `public_access_block` None means that the setting was deleted: nothing is blocked.
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

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:s3:::{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """The current version of an object. `key` is UTF-8 bytes: their order is S3's order.

    `etag` is without quotes. `blob` is the id of the bytes, of which there are `size`. `headers` are the
    system headers to give back (content-type, cache-control ...; lower case), `metadata` the user's (without
    `x-amz-meta-`), `checksums` the verified ones by AWS's algorithm name, base64. `modified` is in epoch
    seconds. `upload` is the id of the multipart upload that made the object, of `parts` parts; empty and 0
    for one that came in a single piece.
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


# The format of a blob that has no bytes of its own: it is made of others.
PARTS = "parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Immutable bytes under a random id: `data` when they are small, else a file of that name. `format` says
    how they are kept: `plain`, or PARTS.
    """

    id: bytes
    size: int
    format: str = "plain"
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a listing, in key order: objects and common prefixes (bytes) mixed. `last` is where the
    next page goes on, or None.
    """

    entries: tuple["StoredObject | bytes", ...]
    last: bytes | None
