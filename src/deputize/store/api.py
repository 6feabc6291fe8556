"""What the rest of the server sees of the database: a Snapshot to read, a Transaction to read and write, and
a Store.

A Transaction is a Snapshot, so code that only reads takes either. Absent is None, never an error.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from deputize.model.access_point import AccessPoint
from deputize.model.account import Account
from deputize.model.bucket_rules import BucketConfiguration
from deputize.model.console import ConsoleSession, RoleHistory
from deputize.model.credentials import AccessKey, KeyUse
from deputize.model.deletion_task import DeletionTask
from deputize.model.denial import Denial
from deputize.model.event import Event
from deputize.model.federation import OidcProvider, SamlMetadata, SamlProvider, TokenIssuer
from deputize.model.identity import Group, Membership, Role, RoleUse, User
from deputize.model.instance_profile import InstanceProfile
from deputize.model.log_record import LogRecord
from deputize.model.multipart import BlobPart, ListedUploads, MultipartUpload, Part
from deputize.model.notification import Notification
from deputize.model.policies import Attachment, InlinePolicy, ManagedPolicy, PolicyVersion
from deputize.model.reports import AccessReport, ActionUse, CredentialReport
from deputize.model.server_certificate import ServerCertificate
from deputize.model.sign_in import LoginProfile, MfaDevice, PasswordPolicy
from deputize.model.storage import Blob, Bucket, DeleteMarker, Listed, ListedVersions, StoredObject
from deputize.model.user_credentials import ServiceCredential, SigningCertificate, SshPublicKey

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

    def marker(self, bucket: int, key: bytes) -> DeleteMarker | None:
        """The delete marker that is the current version of `key`."""

    def version(self, bucket: int, key: bytes, version: str) -> StoredObject | DeleteMarker | None:
        """The version of this id, current or not."""

    def versions(
        self,
        bucket: int,
        *,
        prefix: bytes = b"",
        delimiter: bytes = b"",
        after: bytes = b"",
        after_version: str = "",
        limit: int = 1000,
    ) -> ListedVersions:
        """Up to `limit` versions and common prefixes of keys beyond `after`; with `after_version`, those of
        the key `after` itself that are older than that one come first, or all of them if it is gone.
        """

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
        """Whether the bucket holds nothing, no version either."""

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

    def volume(self) -> int:
        """The bytes of all objects and parts together, as they were uploaded; reads every row of a blob."""

    def known(self, blob: bytes) -> bool:
        """Whether a row names this blob, or remembers that its file is garbage."""

    def garbage(self, before: int, limit: int) -> list[bytes]:
        """Ids of blob files that became garbage before `before` (epoch seconds)."""


class ObjectTable(Objects, Protocol):
    """The objects of all buckets, to read and write."""

    def put(self, record: StoredObject, blob: Blob, now: int, parts: Iterable[BlobPart] = ()) -> None:
        """Make `record` the current object, its bytes those of `blob`, or of the `parts` that it is made of.

        It replaces the version of its id, whose bytes are garbage; any other stays as an older version.
        """

    def mark(self, marker: DeleteMarker, now: int) -> None:
        """Make `marker` the current version. It replaces the version of its id; any other stays."""

    def amend(self, record: StoredObject) -> None:
        """Keep `record` in the place of the version of its id, which has the same bytes."""

    def delete(self, bucket: int, key: bytes, version: str, now: int) -> StoredObject | DeleteMarker | None:
        """Remove the version of this id and return it. Its bytes become garbage; if it was the current one,
        the one before it is.
        """

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
    def login_profiles(self) -> Records[LoginProfile]: ...
    @property
    def password_policies(self) -> Records[PasswordPolicy]: ...
    @property
    def mfa_devices(self) -> Records[MfaDevice]: ...
    @property
    def credential_reports(self) -> Records[CredentialReport]: ...
    @property
    def action_uses(self) -> Records[ActionUse]: ...
    @property
    def access_reports(self) -> Records[AccessReport]: ...
    @property
    def buckets(self) -> Records[Bucket]: ...
    @property
    def bucket_configurations(self) -> Records[BucketConfiguration]: ...
    @property
    def access_points(self) -> Records[AccessPoint]: ...
    @property
    def notifications(self) -> Records[Notification]: ...
    @property
    def oidc_providers(self) -> Records[OidcProvider]: ...
    @property
    def saml_providers(self) -> Records[SamlProvider]: ...
    @property
    def saml_metadata(self) -> Records[SamlMetadata]: ...
    @property
    def token_issuers(self) -> Records[TokenIssuer]: ...
    @property
    def objects(self) -> Objects: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def events(self) -> Records[Event]: ...
    @property
    def denials(self) -> Records[Denial]: ...
    @property
    def log_records(self) -> Records[LogRecord]: ...
    @property
    def console_sessions(self) -> Records[ConsoleSession]: ...
    @property
    def role_histories(self) -> Records[RoleHistory]: ...
    @property
    def instance_profiles(self) -> Records[InstanceProfile]: ...
    @property
    def deletion_tasks(self) -> Records[DeletionTask]: ...
    @property
    def ssh_keys(self) -> Records[SshPublicKey]: ...
    @property
    def signing_certificates(self) -> Records[SigningCertificate]: ...
    @property
    def server_certificates(self) -> Records[ServerCertificate]: ...
    @property
    def service_credentials(self) -> Records[ServiceCredential]: ...


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
    def login_profiles(self) -> Table[LoginProfile]: ...
    @property
    def password_policies(self) -> Table[PasswordPolicy]: ...
    @property
    def mfa_devices(self) -> Table[MfaDevice]: ...
    @property
    def credential_reports(self) -> Table[CredentialReport]: ...
    @property
    def action_uses(self) -> Table[ActionUse]: ...
    @property
    def access_reports(self) -> Table[AccessReport]: ...
    @property
    def buckets(self) -> Table[Bucket]: ...
    @property
    def bucket_configurations(self) -> Table[BucketConfiguration]: ...
    @property
    def access_points(self) -> Table[AccessPoint]: ...
    @property
    def notifications(self) -> Table[Notification]: ...
    @property
    def oidc_providers(self) -> Table[OidcProvider]: ...
    @property
    def saml_providers(self) -> Table[SamlProvider]: ...
    @property
    def saml_metadata(self) -> Table[SamlMetadata]: ...
    @property
    def token_issuers(self) -> Table[TokenIssuer]: ...
    @property
    def objects(self) -> ObjectTable: ...
    @property
    def uploads(self) -> UploadTable: ...
    @property
    def events(self) -> Table[Event]: ...
    @property
    def denials(self) -> Table[Denial]: ...
    @property
    def log_records(self) -> Table[LogRecord]: ...
    @property
    def console_sessions(self) -> Table[ConsoleSession]: ...
    @property
    def role_histories(self) -> Table[RoleHistory]: ...
    @property
    def instance_profiles(self) -> Table[InstanceProfile]: ...
    @property
    def deletion_tasks(self) -> Table[DeletionTask]: ...
    @property
    def ssh_keys(self) -> Table[SshPublicKey]: ...
    @property
    def signing_certificates(self) -> Table[SigningCertificate]: ...
    @property
    def server_certificates(self) -> Table[ServerCertificate]: ...
    @property
    def service_credentials(self) -> Table[ServiceCredential]: ...


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
