"""One pool of policies and one request: what allows it, what denies it, or neither."""

from collections.abc import Iterable
from dataclasses import dataclass

from deputize.policy.document import Document, Statement
from deputize.policy.principals import Ways, applies
from deputize.policy.request import Request


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


@dataclass(frozen=True, slots=True)
class Matched:
    """A statement that applies to the request. `ways`: how it names the caller, if it is in a resource-based
    policy.
    """

    policy: Attached
    statement: Statement
    ways: Ways = Ways.NONE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pool says: the first statement that denies, and the statements that allow."""

    deny: Matched | None = None
    allows: tuple[Matched, ...] = ()

    @property
    def ways(self) -> Ways:
        """All ways in which the pool's Allows name the caller."""
        found = Ways.NONE
        for matched in self.allows:
            found |= matched.ways
        return found


SILENT = Verdict()


def identity_side(policies: Iterable[Attached], request: Request) -> Verdict:
    """Identity policies, a boundary or session policies: they apply to whoever holds them.

    A statement that names a principal cannot be saved there; if one is met, its Allow counts for nothing and
    its Deny for all.
    """
    allows: list[Matched] = []
    for policy in policies:
        for statement in policy.document.statements:
            if not _covers(statement, request):
                continue
            if not statement.allow:
                return Verdict(Matched(policy, statement))
            if statement.principals is None:
                allows.append(Matched(policy, statement))
    return Verdict(None, tuple(allows))


def resource_side(policy: Attached, request: Request, *, bounded: bool) -> Verdict:
    """A resource-based or trust policy: it applies to whom it names; a statement that names nobody denies all
    it covers, and allows nothing.
    """
    allows: list[Matched] = []
    for statement in policy.document.statements:
        if statement.principals is None:
            found = Ways.NONE if statement.allow else Ways.EVERYONE
        else:
            found = applies(statement.principals, request.principal, allow=statement.allow, bounded=bounded)
        if not found or not _covers(statement, request):
            continue
        if not statement.allow:
            return Verdict(Matched(policy, statement, found))
        allows.append(Matched(policy, statement, found))
    return Verdict(None, tuple(allows))


def _covers(statement: Statement, request: Request) -> bool:
    return (
        statement.covers_action(request.action)
        and statement.covers_resource(request)
        and statement.conditions_hold(request)
    )
