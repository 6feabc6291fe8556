"""One pool of policies and one request: it allows, it denies, or it is silent.

All policies of one kind are one pool of statements. A pool is compiled once and kept: for each action that is
asked, the statements that cover it, by the beginning of the resource.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from deputize.policy.document import Document, Statement
from deputize.policy.index import Index
from deputize.policy.principals import EVERYONE, NONE
from deputize.policy.request import Request

# How many actions a pool remembers, and how many pools are kept.
ACTIONS, POOLS = 256, 4096


class Verdict(enum.Enum):
    """What a pool says."""

    SILENT = "silent"
    ALLOWS = "allows"
    DENIES = "denies"


ALLOWS, DENIES, SILENT = Verdict.ALLOWS, Verdict.DENIES, Verdict.SILENT


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy and where it hangs: `kind` is inline, managed, session or resource; `entity` is who or what
    holds it.
    """

    document: Document
    kind: str
    name: str
    arn: str | None
    entity: str | None


class View:
    """What a pool has to say about one action. `settled` is its word where that is the same for every
    request.
    """

    __slots__ = ("allows", "always_allows", "denies", "settled")

    def __init__(self, statements: Sequence[Statement], *, owned: bool) -> None:
        allows = [one for one in statements if one.allow and _can_allow(one, owned=owned)]
        denies = [one for one in statements if not one.allow]
        self.always_allows = owned and any(_unconditional(one) for one in allows)
        self.allows = Index(allows) if allows else None
        self.denies = Index(denies) if denies else None
        self.settled: Verdict | None = None
        if any(_unconditional(one) and (owned or one.principals is None) for one in denies):
            self.settled = DENIES
        elif not denies and (self.always_allows or not allows):
            self.settled = ALLOWS if self.always_allows else SILENT


def _can_allow(statement: Statement, *, owned: bool) -> bool:
    """Whether the statement's Allow may count: it must be understood, and among a caller's own policies it
    names a resource and no principal. A Deny counts whatever it lacks.
    """
    if statement.broken is not None:
        return False
    return not owned or (statement.principals is None and statement.resources is not None)


def _unconditional(statement: Statement) -> bool:
    """Whether it applies to every request with its action."""
    everything = statement.resources is None or any(one.text == "*" for one in statement.resource_entries)
    return everything and not statement.not_resources and not statement.conditions


class Pool:
    """Documents that speak with one voice. `owned`: they belong to the caller and apply to nobody else;
    otherwise they name whom they apply to.
    """

    __slots__ = ("_owned", "_statements", "_views")

    def __init__(self, documents: Iterable[Document], *, owned: bool) -> None:
        self._statements = tuple(one for document in documents for one in document.statements)
        self._views: dict[str, View] = {}
        self._owned = owned

    def view(self, action: str) -> View:
        """What it has to say about `action`."""
        found = self._views.get(action)
        if found is None:
            covering = [one for one in self._statements if one.broken or one.covers_action(action)]
            found = View(covering, owned=self._owned)
            if len(self._views) >= ACTIONS:
                self._views.clear()
            self._views[action] = found
        return found


@lru_cache(maxsize=POOLS)
def _pool(documents: tuple[Document, ...], owned: bool) -> Pool:
    return Pool(documents, owned=owned)


def own(policies: Sequence[Attached], request: Request) -> Verdict:
    """What identity policies, a boundary, session policies or SCPs say: they apply to whoever holds them.

    A statement that names a principal cannot be saved there; if one is met, its Allow counts for nothing and
    its Deny for all.
    """
    view = _pool(tuple([policy.document for policy in policies]), True).view(request.action)
    if view.settled is not None:
        return view.settled
    if view.denies is not None and _any(view.denies, request):
        return DENIES
    if view.always_allows or (view.allows is not None and _any(view.allows, request)):
        return ALLOWS
    return SILENT


def _any(index: Index, request: Request) -> bool:
    for statement, check in index.candidates(request.resource):
        if (check is None or check(request)) and statement.conditions_hold(request):
            return True
    return False


def named(
    policies: Sequence[Attached], request: Request, *, bounded: bool, filters: bool = False
) -> tuple[Verdict, int]:
    """What policies say that name whom they apply to (of a resource, a role, an endpoint; RCPs), and in which
    ways their Allows name the caller.

    A statement that names nobody denies all it covers and allows nothing; it allows too where the policies
    only filter what others grant (`filters`). `bounded`: the caller has a permissions boundary.
    """
    view = _pool(tuple([policy.document for policy in policies]), False).view(request.action)
    if view.settled is not None:
        return view.settled, NONE
    found = NONE
    for index in (view.denies, view.allows):
        if index is None:
            continue
        for statement, check in index.candidates(request.resource):
            ways = ways_of(statement, request, bounded=bounded, filters=filters)
            if ways & ~found and (check is None or check(request)) and statement.conditions_hold(request):
                if not statement.allow:
                    return DENIES, NONE
                found |= ways
    return (ALLOWS if found else SILENT), found


def ways_of(statement: Statement, request: Request, *, bounded: bool, filters: bool) -> int:
    """The ways in which the statement applies to the caller."""
    if statement.principals is None:
        return EVERYONE if filters or not statement.allow else NONE
    return statement.principals.applies(request.principal, allow=statement.allow, bounded=bounded)


def denier(
    policies: Iterable[Attached], request: Request, *, owned: bool, bounded: bool = False
) -> Attached | None:
    """The first policy with a Deny that applies."""
    for policy in policies:
        for statement in policy.document.statements:
            if statement.allow or not (statement.broken or _covers(statement, request)):
                continue
            if owned or ways_of(statement, request, bounded=bounded, filters=True):
                return policy
    return None


def _covers(statement: Statement, request: Request) -> bool:
    return (
        statement.covers_action(request.action)
        and statement.covers_resource(request)
        and statement.conditions_hold(request)
    )
