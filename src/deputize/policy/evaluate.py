"""What the policies of each kind say to one request: they allow, they deny, or they are silent.

All policies of one kind, or of one level of an organization's tree, are one pool of statements. The pools of
the caller's side are compiled together, and so are those of the resource's side; both are kept. For each
action that is asked, a side keeps the statements that cover it, by the beginning of the resource.

What a side says is a number with two bits for each pool: some statement allows, some statement denies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from deputize.policy.document import Document, Statement
from deputize.policy.index import Index
from deputize.policy.layers import ASSUMING, Level, Policies
from deputize.policy.layers import Attached as Attached
from deputize.policy.principals import EVERYONE, NONE
from deputize.policy.request import Request

# How many actions a side remembers, and how many sides are kept.
ACTIONS, SIDES = 128, 4096
# The pools of the caller's side; the levels of SCPs follow.
IDENTITY_ALLOWS, IDENTITY_DENIES, BOUNDARY_ALLOWS, BOUNDARY_DENIES, SESSION_ALLOWS, SESSION_DENIES = (
    1 << bit for bit in range(6)
)
OWN_DENIES = IDENTITY_DENIES | BOUNDARY_DENIES | SESSION_DENIES
# Those of the resource's side. RCPs only deny: RCPFullAWSAccess is attached at every level and cannot be
# detached.
ENDPOINT_ALLOWS, ENDPOINT_DENIES, RESOURCE_ALLOWS, RESOURCE_DENIES, _, RCP_DENIES = (
    1 << bit for bit in range(6)
)
OTHER_DENIES = ENDPOINT_DENIES | RESOURCE_DENIES | RCP_DENIES

Documents = tuple[Document, ...]


class View:
    """What a side has to say about one action: `always`, whatever the resource and the context, and the
    statements that depend on them.
    """

    __slots__ = ("always", "index")

    def __init__(self, statements: Iterable[tuple[int, Statement]], *, named: bool) -> None:
        found = list(statements)
        self.always = 0
        for bit, statement in found if not named else ():
            if _unconditional(statement):
                self.always |= bit
        open_ones = [(bit, statement) for bit, statement in found if not bit & self.always]
        self.index = Index(open_ones) if open_ones else None


def _unconditional(statement: Statement) -> bool:
    """Whether it applies to every request with its action."""
    everything = statement.resources is None or any(one.text == "*" for one in statement.resource_entries)
    return everything and not statement.not_resources and not statement.conditions


class Side:
    """Pools that are asked together; None for one that is not there, which allows. `named`: their statements
    name whom they apply to; otherwise they belong to the caller and apply to nobody else.
    """

    __slots__ = ("_absent", "_named", "_statements", "_views", "control", "control_allows", "control_denies")

    def __init__(self, pools: tuple[Documents | None, ...], *, named: bool) -> None:
        self._named = named
        self._statements: list[tuple[int, Statement]] = []
        self._views: dict[str, View] = {}
        self._absent = 0
        for place, pool in enumerate(pools):
            allows, denies = 1 << 2 * place, 2 << 2 * place
            if pool is None:
                self._absent |= allows
                continue
            for document in pool:
                for statement in document.statements:
                    if not statement.allow:
                        self._statements.append((denies, statement))
                    elif _can_allow(statement, named=named):
                        self._statements.append((allows, statement))
        levels = range(6, 2 * len(pools), 2)
        self.control_allows = sum(1 << bit for bit in levels)
        self.control_denies = self.control_allows << 1
        self.control = self.control_allows | self.control_denies

    def view(self, action: str) -> View:
        """What it has to say about `action`."""
        found = self._views.get(action)
        if found is None:
            found = View(self._covering(action), named=self._named)
            found.always |= self._absent
            if len(self._views) >= ACTIONS:
                self._views.clear()
            self._views[action] = found
        return found

    def _covering(self, action: str) -> Iterator[tuple[int, Statement]]:
        for bit, statement in self._statements:
            lacking = lacks_resource(statement, action, trusts=self._named and bit == RESOURCE_ALLOWS)
            if statement.broken is not None or (statement.covers_action(action) and not lacking):
                yield bit, statement


def lacks_resource(statement: Statement, action: str, *, trusts: bool) -> bool:
    """Whether an Allow names no resource where it must. A role's trust policy names none, so where the policy
    may be one (`trusts`), the actions by which somebody becomes a role need none.
    """
    needed = not trusts or action.lower() not in ASSUMING
    return statement.allow and statement.resources is None and needed


def _can_allow(statement: Statement, *, named: bool) -> bool:
    """Whether the statement's Allow may count: it must be understood, and among a caller's own policies it
    names no principal. A Deny counts whatever it names.
    """
    return statement.broken is None and (named or statement.principals is None)


@dataclass(frozen=True, slots=True)
class Sides:
    """The caller's side and the resource's."""

    own: Side
    other: Side


_side = lru_cache(maxsize=SIDES)(Side)


def sides(policies: Policies) -> Sides:
    """The policies compiled; the same documents are compiled once."""
    if policies.sides is not None:
        return policies.sides
    own = (
        _documents(policies.identity),
        _documents_of_one(policies.boundary),
        None if policies.session is None else _documents(policies.session),
        *(_documents(level) for level in policies.scps or ()),
    )
    other = (
        _documents_of_one(policies.endpoint),
        _documents_of_one(policies.resource),
        tuple(policy.document for level in policies.rcps or () for policy in level),
    )
    made = Sides(_side(own, named=False), _side(other, named=True))
    object.__setattr__(policies, "sides", made)
    return made


def _documents(level: Level) -> Documents:
    return tuple([policy.document for policy in level])


def _documents_of_one(policy: Attached | None) -> Documents | None:
    return None if policy is None else (policy.document,)


def hear_own(side: Side, request: Request) -> int:
    """What the caller's own policies and SCPs say: they apply to whoever holds them.

    A statement that names a principal cannot be saved there; if one is met, its Allow counts for nothing and
    its Deny for all.
    """
    view = side.view(request.action)
    said = view.always
    if view.index is None:
        return said
    context = request.context
    for bit, check, tests, _ in view.index.candidates(request.resource):
        if said & bit or (check is not None and not check(request)):
            continue
        for test in tests:
            if not test(context):
                break
        else:
            said |= bit
    return said


def hear_other(side: Side, request: Request, *, bounded: bool) -> tuple[int, int]:
    """What policies say that name whom they apply to, and in which ways the Allows of the resource's policy
    name the caller. `bounded`: the caller has a permissions boundary.

    A statement that names nobody denies all it covers; it allows where the policy only filters what others
    grant, as an endpoint's does.
    """
    view = side.view(request.action)
    said, found = view.always, NONE
    if view.index is None:
        return said, found
    context, caller = request.context, request.principal
    for bit, check, tests, principals in view.index.candidates(request.resource):
        if said & bit or (check is not None and not check(request)):
            continue
        grants = bit == RESOURCE_ALLOWS
        if principals is None:
            ways = NONE if grants else EVERYONE
        else:
            allow = not bit & OTHER_DENIES
            ways = principals.applies(caller, allow=allow, bounded=bounded, filters=not grants)
        if not (ways & ~found if grants else ways):
            continue
        for test in tests:
            if not test(context):
                break
        else:
            if grants:
                found |= ways
            else:
                said |= bit
    return said, found


def ways_of(statement: Statement, request: Request, *, bounded: bool, filters: bool) -> int:
    """The ways in which one statement of a policy that names whom it applies to applies to the caller."""
    if statement.principals is None:
        return EVERYONE if filters or not statement.allow else NONE
    caller = request.principal
    return statement.principals.applies(caller, allow=statement.allow, bounded=bounded, filters=filters)


def denier(policies: Iterable[Attached], request: Request, *, named: bool, bounded: bool) -> Attached | None:
    """The first policy with a Deny that applies."""
    for policy in policies:
        for statement in policy.document.statements:
            if statement.allow or not (statement.broken is not None or _covers(statement, request)):
                continue
            if not named or ways_of(statement, request, bounded=bounded, filters=True):
                return policy
    return None


def _covers(statement: Statement, request: Request) -> bool:
    return (
        statement.covers_action(request.action)
        and statement.covers_resource(request)
        and statement.conditions_hold(request)
    )
