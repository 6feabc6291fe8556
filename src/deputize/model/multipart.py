"""Multipart uploads, their parts, and what a completed object remembers of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deputize.model.storage import Acl, Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipartUpload:
    """An upload that is neither completed nor aborted.

    `owner`, `headers`, `metadata`, `tags`, `lock` and `acl` are the object's to be. `algorithm` and
    `checksum_type` are AWS's names of the checksum that was asked for, None if none was. `initiator` is the
    ARN of who began it, of `initiator_account`; `initiator_id` is what a policy names that caller by: a
    user's unique id, a session's ARN, None for a root user. `customer` is what verifies the client's key that
    every part is sealed with, empty if there is none.
    """

    bucket: int
    key: bytes
    id: str
    initiated: int
    owner: str
    initiator: str
    initiator_account: str
    initiator_id: str | None = None
    algorithm: str | None = None
    checksum_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    lock: Lock | None = None
    acl: Acl = None
    customer: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of an upload: `size` bytes, those of `blob`. `etag` is their MD5 in hex, `modified` in epoch
    seconds, `checksums` by AWS's algorithm name, base64.
    """

    upload: str
    number: int
    size: int
    etag: str
    modified: int
    blob: bytes
    checksums: Mapping[str, str] = field(default_factory=dict)
    encrypted: bool = False
    customer: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobPart:
    """A piece of a blob of several: `size` bytes from `start` on, those of the blob `part`. `number` and
    `checksums` are the uploaded part's; the checksums only if the client had asked for one.
    """

    blob: bytes
    start: int
    number: int
    size: int
    part: bytes
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedUploads:
    """One page of a bucket's uploads, by key and then by age: uploads and common prefixes (bytes) mixed."""

    entries: tuple[MultipartUpload | bytes, ...]
    truncated: bool
