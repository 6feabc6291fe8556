"""What the rest of the server sees of the database: a Snapshot to read, a Transaction to read and write, and
a Store.

A Transaction is a Snapshot, so code that only reads takes either. Absent is None, never an error.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from deputize.model.account import Account
from deputize.model.credentials import AccessKey, KeyUse
from deputize.model.event import Event
from deputize.model.identity import Group, Membership, Role, RoleUse, User
from deputize.model.multipart import BlobPart, ListedUploads, MultipartUpload, Part
from deputize.model.policies import Attachment, InlinePolicy, ManagedPolicy, PolicyVersion
from deputize.model.storage import Blob, Bucket, Listed, StoredObject

R = TypeVar("R")
T = TypeVar("T")
Scalar = str | int | bytes


class Records(Protocol[R]):
    """One table, to read. Keys and indexes are declared in `store.tables`; IAM names are folded there, not by
    the caller.
    """

    def get(self, *key: Scalar) -> R | None:
        """The record with exactly this key."""

    def find(self, index: str, *values: Scalar) -> list[R]:
        """All records whose columns of `index` have these values (a prefix of the columns will do), in key
        order.
        """

    def page(self, *prefix: Scalar, after: Scalar | None = None, limit: int | None = None) -> list[R]:
        """Records whose key begins with `prefix`, in key order, those whose next key column is beyond
        `after`, at most `limit`.
        """

    def count(self, *prefix: Scalar) -> int:
        """How many records have a key that begins with `prefix`."""


class Table(Records[R], Protocol[R]):
    """One table, to read and write."""

    def put(self, record: R) -> None:
        """Insert the record, or replace the one with its key."""

    def delete(self, *key: Scalar) -> bool:
        """Remove the record with this key; says whether there was one."""


class Objects(Protocol):
    """The objects of all buckets, to read."""

    def get(self, bucket: int, key: bytes) -> StoredObject | None:
        """The current object under `key`."""

    def page(
        self,
        bucket: int,
        *,
        prefix: bytes = b"",
        delimiter: bytes = b"",
        after: bytes = b"",
        limit: int = 1000,
    ) -> Listed:
        """Up to `limit` objects and common prefixes beyond `after`; costs one index descent per result,
        whatever lies between.
        """

    def empty(self, bucket: int) -> bool:
        """Whether the bucket holds nothing."""

    def blob(self, blob: bytes) -> Blob | None:
        """The blob's row, with its bytes if they are inline."""

    def part(self, blob: bytes, number: int) -> BlobPart | None:
        """The part of this number of a blob of several."""

    def parts(self, blob: bytes, *, after: int = 0, limit: int = 1000) -> list[BlobPart]:
        """The parts of a blob of several, by number, those beyond `after`."""

    def pieces(self, blob: bytes, offset: int, length: int) -> list[BlobPart]:
        """The parts in which these bytes of a blob of several are, in order; `offset` is one of its bytes,
        `length` at least 1.
        """

    def known(self, blob: bytes) -> bool:
        """Whether a row names this blob, or remembers that its file is garbage."""

    def garbage(self, before: int, limit: int) -> list[bytes]:
        """Ids of blob files that became garbage before `before` (epoch seconds)."""


class ObjectTable(Objects, Protocol):
    """The objects of all buckets, to read and write."""

    def put(self, record: StoredObject, blob: Blob, now: int, parts: Iterable[BlobPart] = ()) -> None:
        """Make `record` the current object, its bytes those of `blob`, or of the `parts` that it is made of;
        the bytes it replaces are garbage.
        """

    def delete(self, bucket: int, key: bytes, now: int) -> bool:
        """Remove the current object; says whether there was one. Its bytes become garbage."""

    def collected(self, blob: bytes) -> None:
        """The file of this garbage blob is gone."""


class Uploads(Protocol):
    """The multipart uploads that are going on, to read."""

    def get(self, bucket: int, key: bytes, upload: str) -> MultipartUpload | None:
        """The upload of this id, if it is one to this key."""

    def page(
        self,
        bucket: int,
        *,
        prefix: bytes = b"",
        delimiter: bytes = b"",
        after: bytes = b"",
        after_id: str = "",
        limit: int = 1000,
    ) -> ListedUploads:
        """Up to `limit` uploads and common prefixes of keys beyond `after`; with `after_id`, those of the key
        `after` itself that are beyond that id come first.
        """

    def parts(self, upload: str, *, after: int = 0, limit: int | None = None) -> list[Part]:
        """The parts of an upload, by number, those beyond `after`."""


class UploadTable(Uploads, Protocol):
    """The multipart uploads that are going on, to read and write."""

    def put(self, record: MultipartUpload) -> None:
        """Begin an upload."""

    def put_part(self, part: Part, blob: Blob, now: int) -> None:
        """Make `part` the part of its number, its bytes those of `blob`; the bytes it replaces are garbage.
        The upload must be there.
        """

    def remove(self, upload: MultipartUpload, now: int, kept: Collection[bytes] = frozenset()) -> None:
        """End an upload: the bytes of its parts are garbage, but for the blobs in `kept`."""

    def clear(self, bucket: int, now: int) -> None:
        """End all uploads to a bucket."""


class Snapshot(Protocol):
    """A consistent view of everything, to read."""

    @property
    def generation(self) -> int:
        """Rises with every commit that changed accounts, identities, credentials or policies; a number is
        never given twice.
        """

    @property
    def touched(self) -> bool:
        """Whether this view may differ from what `generation` stands for: caches keyed by it must be neither
        read nor filled.

        Never so in a snapshot; so in a transaction from the first change to identities on, a neighbour's of
        its batch included.
        """

    def remember(self, name: Hashable, read: Callable[[], T]) -> T:
        """What `read` returns, remembered by `name` for as long as the generation stands, for all its views.

        `read` depends on nothing but `name` and on tables that take part in access decisions, all but
        objects, uses and events; what it returns is never changed by anybody. Where this view is `touched`,
        nothing is remembered.
        """

    @property
    def accounts(self) -> Records[Account]: ...
    @property
    def users(self) -> Records[User]: ...
    @property
    def groups(self) -> Records[Group]: ...
    @property
    def memberships(self) -> Records[Membership]: ...
    @property
    def roles(self) -> Records[Role]: ...
    @property
    def role_uses(self) -> Records[RoleUse]: ...
    @property
    def policies(self) -> Records[ManagedPolicy]: ...
    @property
    def policy_versions(self) -> Records[PolicyVersion]: ...
    @property
    def attachments(self) -> Records[Attachment]: ...
    @property
    def inline_policies(self) -> Records[InlinePolicy]: ...
    @property
    def access_keys(self) -> Records[AccessKey]: ...
    @property
    def key_uses(self) -> Records[KeyUse]: ...
    @property
    def buckets(self) -> Records[Bucket]: ...
    @property
    def objects(self) -> Objects: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def events(self) -> Records[Event]: ...


class Transaction(Snapshot, Protocol):
    """The same, to read and write. All of it becomes visible and durable at once, or none of it."""

    def number(self, name: str) -> int:
        """The next number of the sequence `name`, beginning with 1; never given twice."""

    @property
    def accounts(self) -> Table[Account]: ...
    @property
    def users(self) -> Table[User]: ...
    @property
    def groups(self) -> Table[Group]: ...
    @property
    def memberships(self) -> Table[Membership]: ...
    @property
    def roles(self) -> Table[Role]: ...
    @property
    def role_uses(self) -> Table[RoleUse]: ...
    @property
    def policies(self) -> Table[ManagedPolicy]: ...
    @property
    def policy_versions(self) -> Table[PolicyVersion]: ...
    @property
    def attachments(self) -> Table[Attachment]: ...
    @property
    def inline_policies(self) -> Table[InlinePolicy]: ...
    @property
    def access_keys(self) -> Table[AccessKey]: ...
    @property
    def key_uses(self) -> Table[KeyUse]: ...
    @property
    def buckets(self) -> Table[Bucket]: ...
    @property
    def objects(self) -> ObjectTable: ...
    @property
    def uploads(self) -> UploadTable: ...
    @property
    def events(self) -> Table[Event]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreHealth:
    """How the store is: for `/_health`, so no names and no paths.

    `writable` is False once a disk error stopped all writes (reads go on). `full`: the latest commit found no
    room. `waiting` commands are queued; `slow_locks` counts the waits of over a second for another process to
    finish writing, `lock_wait` is the one that lasts right now (seconds); `notes_dropped` counts notes that
    were lost to a full queue or a full disk.
    """

    writable: bool
    full: bool
    waiting: int
    slow_locks: int
    lock_wait: float
    notes_dropped: int


class Store(Protocol):
    """A database that many threads share."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """A view to read on the calling thread; cheap, and never waits for a writer."""

    def write(self, command: Callable[[Transaction], T]) -> Future[T]:
        """Run `command` on the writer, durable before the future resolves; what it raises, the future raises,
        and nothing is changed.

        It may run more than once, so it touches nothing but the transaction. The future raises StoreFull when
        there is no room for it and StoreBroken when a disk error stopped all writes
        (`deputize.store.errors`).
        """

    def note(self, command: Callable[[Transaction], None]) -> None:
        """Run `command` with the next commit, at the latest within a second; lost in a crash, dropped when
        too many wait.
        """

    def health(self) -> StoreHealth:
        """How the store is; asks nothing of the disk."""

    def close(self) -> None:
        """Commit what waits and let go of the files."""
