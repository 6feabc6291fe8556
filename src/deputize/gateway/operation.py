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
from deputize.model.storage import StoredObject
from deputize.policy.decide import ResourceKind
from deputize.store.api import Snapshot, Transaction

Value = str | tuple[str, ...] | Mapping[str, str] | None
KeyReader = Callable[[Snapshot, Call, Any], Value]
Query = Callable[[Snapshot, Call, Any], Mapping[str, Any]]
Command = Callable[[Transaction, Call, Any], Mapping[str, Any]]
Q = TypeVar("Q", bound=Query)
C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What an action is done to.

    `arn` is what policies match (`*` where the action takes no resource), `account` its owner (None:
    nobody's, as for `*`). `shown` is what a denial prints after `on resource:` (IAM prints `user bob`, not
    the ARN); None prints the ARN, the empty string leaves the phrase out. `tags` become `aws:ResourceTag`.
    `policy` is the text of its resource-based policy in stored form. `sealed`: Block Public Access holds off
    everyone but the owner's account. `item` names it in an operation that answers item by item.
    """

    arn: str
    account: str | None
    shown: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    policy: str | None = None
    kind: ResourceKind = ResourceKind.ORDINARY
    sealed: bool = False
    item: str | None = None


ResourceReader = Callable[[Snapshot, Call, Any], Resource | Iterable[Resource]]


@dataclass(frozen=True, slots=True, init=False)
class Needs:
    """One right that a call needs: `action` on the resource (or on each resource) that `on` names.

    `keys` adds condition keys of the operation (a reader that returns None leaves its key out); `when` says
    whether this call needs the right at all. `each` makes a refusal refuse only the item (DeleteObjects).
    `owner_root`: the root user of the resource's account needs no permission and no policy stops it (bucket
    policy calls).
    """

    action: str
    on: ResourceReader
    keys: Mapping[str, KeyReader]
    when: Callable[[Snapshot, Call, Any], bool] | None
    each: bool
    owner_root: bool

    def __init__(
        self,
        action: str,
        *,
        on: ResourceReader,
        keys: Mapping[str, KeyReader] | None = None,
        when: Callable[[Snapshot, Call, Any], bool] | None = None,
        each: bool = False,
        owner_root: bool = False,
    ) -> None:
        for name, value in (
            ("action", action),
            ("on", on),
            ("keys", dict(keys or {})),
            ("when", when),
            ("each", each),
            ("owner_root", owner_root),
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
    meanwhile.
    """

    checksum: str | None = None
    source: StoredBytes | None = None
    copied: StoredObject | None = None


Planner = Callable[[Snapshot, Call, Any], Plan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A declared operation. `writes` ones run in a transaction; `uploads` ones have their body staged before
    it. `plans` says what is staged, or why nothing is (it raises ApiError); one that plans and does not
    upload is a copy. `slow` ones read in a thread, since they would hold up all others.
    """

    service: str
    name: str
    access: Access
    handler: Callable[[Any, Call, Any], Mapping[str, Any]]
    writes: bool
    uploads: bool
    slow: bool
    plans: Planner | None = None

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
        self, name: str, *, access: Access, uploads: bool = False, plans: Planner | None = None
    ) -> Callable[[C], C]:
        """Declare an operation that changes something. Its handler may run twice, so it touches nothing
        but the transaction.
        """

        def declare(handler: C) -> C:
            self._add(name, access, handler, writes=True, uploads=uploads, plans=plans, slow=False)
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
