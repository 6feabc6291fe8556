"""How an operation is declared: its name, what it needs, and whether it changes anything.

    @iam.command("CreateUser", access=(
        Needs("iam:CreateUser", on=new_user, keys={"iam:PermissionsBoundary": boundary}),
        Needs("iam:TagUser", on=new_user, when=has_tags),
    ))
    def create_user(db: Transaction, call: Call, request: CreateUserRequest) -> CreateUserResponse: ...

`access` has no default: an operation whose rights were forgotten does not import.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from deputize.gateway.bodies import StoredBytes
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.model.storage import StoredObject
from deputize.policy.decide import ResourceKind
from deputize.records import record
from deputize.store.api import Snapshot, Transaction

Value = str | tuple[str, ...] | Mapping[str, str] | None
KeyReader = Callable[[Snapshot, Call, Any], Value]
Query = Callable[[Snapshot, Call, Any], Mapping[str, Any]]
Command = Callable[[Transaction, Call, Any], Mapping[str, Any]]
Q = TypeVar("Q", bound=Query)
C = TypeVar("C", bound=Command)


@record()
class Seal:
    """What holds callers off, whatever policies allow: all but those of `accounts`, and services. `why` is
    told to those who may know.
    """

    accounts: frozenset[str]
    why: str


@record(kw_only=True)
class Resource:
    """What an action is done to.

    `arn` is what policies match (`*` where the action takes no resource), `account` its owner (None:
    nobody's, as for `*`). `shown` is what a denial prints after `on resource:` (IAM prints `user bob`, not
    the ARN); None prints the ARN, the empty string leaves the phrase out. `tags` become `aws:ResourceTag`.
    `policy` is the text of its resource-based policy in stored form; `host` the account whose that is, where
    it is not the owner (an object in another account's bucket). `seal` holds callers off whatever the policy
    says. `via` is the access point through which it is reached, on which the action must be allowed as well;
    `context` are condition keys, in lower case, that it brings. `item` names it in an operation that answers
    item by item. `refused_with` are headers of the answer that refuses it.
    """

    arn: str
    account: str | None
    shown: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    policy: str | None = None
    kind: ResourceKind = ResourceKind.ORDINARY
    host: str | None = None
    seal: Seal | None = None
    via: "Resource | None" = None
    context: Mapping[str, str] = field(default_factory=dict)
    item: str | None = None
    refused_with: Mapping[str, str] = field(default_factory=dict)

    @property
    def holder(self) -> str | None:
        """The account that holds the policy."""
        return self.account if self.host is None else self.host


ResourceReader = Callable[[Snapshot, Call, Any], Resource | Iterable[Resource]]


@dataclass(frozen=True, slots=True, init=False)
class Needs:
    """One right that a call needs: `action` on the resource (or on each resource) that `on` names.

    `keys` adds condition keys of the operation (a reader that returns None leaves its key out); `when` says
    whether this call needs the right at all. `each` makes a refusal refuse only the item (DeleteObjects).
    `denials_only`: the right need not be granted, but the resource's policy may deny it.
    """

    action: str
    on: ResourceReader
    keys: Mapping[str, KeyReader]
    # How the keys' names begin, in lower case.
    stems: tuple[str, ...]
    when: Callable[[Snapshot, Call, Any], bool] | None
    each: bool
    denials_only: bool

    def __init__(
        self,
        action: str,
        *,
        on: ResourceReader,
        keys: Mapping[str, KeyReader] | None = None,
        when: Callable[[Snapshot, Call, Any], bool] | None = None,
        each: bool = False,
        denials_only: bool = False,
    ) -> None:
        for name, value in (
            ("action", action),
            ("on", on),
            ("keys", dict(keys or {})),
            ("stems", tuple(name.removesuffix("*").lower() for name in keys or {})),
            ("when", when),
            ("each", each),
            ("denials_only", denials_only),
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Open:
    """An operation that asks for no right, and why. `anonymous` ones may be called unsigned."""

    because: str
    anonymous: bool = False


Access = Open | tuple[Needs, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is staged for a call, once it is authorized and before its transaction.

    `checksum` is computed of the bytes whatever the client states. `source` are bytes of the object `copied`
    that are staged instead of a body; the handler finds that object in the call, whatever has become of it
    meanwhile. `customer` is a key of the client's own to seal what is staged with.
    """

    checksum: str | None = None
    source: StoredBytes | None = None
    copied: StoredObject | None = None
    customer: bytes | None = field(default=None, repr=False)


Planner = Callable[[Snapshot, Call, Any], Plan]
Work = Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Who an identity provider says that the caller of an unsigned operation is, and what else its token
    told: `call.prepared` of the handler.
    """

    caller: Caller
    told: Any = field(repr=False)


Voucher = Callable[[Snapshot, Call, Any], Callable[[], Vouched]]
Preparer = Callable[[Snapshot, Call, Any], Work | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A declared operation. `writes` ones run in a transaction; `uploads` ones have their body staged before
    it. `plans` says what is staged, or why nothing is (it raises ApiError); one that plans and does not
    upload is a copy. `slow` ones read in a thread, since they would hold up all others.

    `prepare` is for what takes much time or the network (hashing a password, fetching a key): once the call
    is authorized it reads what it needs, raises ApiError for what is wrong already, and returns the work, or
    None. That runs in a thread, outside any transaction; the handler finds what it returned in
    `call.prepared`, and checks again what must still hold.

    `vouches` makes an operation that is called unsigned: it finds the identity provider of the token in the
    request, and returns the work that verifies the token and says who the caller is. That caller is then
    authorized as any other: nothing was granted so far, and the provider is looked up once more when the
    rights are asked.

    `form`: it is called by a browser's form, whose fields stand for the headers of the request and are signed
    by their policy.
    """

    service: str
    name: str
    access: Access
    handler: Callable[[Any, Call, Any], Mapping[str, Any]]
    writes: bool
    uploads: bool
    slow: bool
    plans: Planner | None = None
    prepare: Preparer | None = None
    vouches: Voucher | None = None
    form: bool = False

    @property
    def quick(self) -> bool:
        """Whether it is answered on the event loop."""
        return not self.writes and not self.slow

    @property
    def needs(self) -> tuple[Needs, ...]:
        return () if isinstance(self.access, Open) else self.access


class Service:
    """The operations of one service that are offered. What is not declared here is answered as not
    offered.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.operations: dict[str, Operation] = {}

    def query(self, name: str, *, access: Access, slow: bool = False) -> Callable[[Q], Q]:
        """Declare an operation that only reads; `slow` ones take more than a few milliseconds."""

        def declare(handler: Q) -> Q:
            self._add(name, access, handler, writes=False, uploads=False, slow=slow)
            return handler

        return declare

    def command(
        self,
        name: str,
        *,
        access: Access,
        uploads: bool = False,
        plans: Planner | None = None,
        prepare: Preparer | None = None,
        vouches: Voucher | None = None,
        form: bool = False,
    ) -> Callable[[C], C]:
        """Declare an operation that changes something. Its handler may run twice, so it touches nothing
        but the transaction.
        """

        def declare(handler: C) -> C:
            more = {"plans": plans, "prepare": prepare, "vouches": vouches, "form": form}
            self._add(name, access, handler, writes=True, uploads=uploads, slow=False, **more)
            return handler

        return declare

    def _add(self, name: str, access: Access, handler: Any, **rest: Any) -> None:
        if name in self.operations:
            raise TypeError(f"{self.name}:{name} is declared twice")
        if not isinstance(access, Open) and not access:
            raise TypeError(f"{self.name}:{name} needs nothing: say Open(...) and why")
        self.operations[name] = Operation(
            service=self.name, name=name, access=access, handler=handler, **rest
        )
