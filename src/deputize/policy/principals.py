"""Who a Principal element means (IAM guide, "AWS JSON policy elements: Principal" and "NotPrincipal")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deputize.policy.request import Principal

# In which ways a Principal element matches a caller, as bits; a grant by account only delegates, the others
# name the caller. Plain integers: they are summed for every statement that is met.
NONE = 0
ACCOUNT, USER, ROLE, PARENT, SESSION, SERVICE, PROVIDER, EVERYONE = (1 << bit for bit in range(8))

# What NotPrincipal must list to exempt a caller: every level of it, from the account down.
EXEMPT = {
    "root": ACCOUNT,
    "user": ACCOUNT | USER,
    "role-session": ACCOUNT | ROLE | SESSION,
    "federated-user": ACCOUNT | PARENT | SESSION,
    "service": SERVICE,
    "federated": PROVIDER,
    "anonymous": EVERYONE,
}
_BY_UNIQUE_ID = {"user": USER, "role-session": ROLE, "federated-user": PARENT}
_BY_ARN = {"user": USER, "role-session": SESSION, "federated-user": SESSION}


@dataclass(frozen=True, slots=True)
class PrincipalEntry:
    """One value of a Principal map: `kind` is `AWS`, `Service`, `Federated` or `CanonicalUser`; `*` stands as
    AWS, `*`.
    """

    kind: str
    value: str


class PrincipalSet:
    """The Principal (or, `negated`, NotPrincipal) element: its entries as written, and as sets by their
    kind.
    """

    __slots__ = ("_aws", "_federated", "_services", "entries", "everyone", "negated")

    def __init__(self, entries: Iterable[PrincipalEntry], negated: bool) -> None:
        self.entries = tuple(entries)
        self.negated = negated
        aws = self._of("AWS")
        self.everyone = "*" in aws
        self._aws = aws - {"*"}
        self._services = self._of("Service")
        self._federated = self._of("Federated")

    def _of(self, kind: str) -> frozenset[str]:
        return frozenset(entry.value for entry in self.entries if entry.kind == kind)

    def ways(self, caller: Principal) -> int:
        """The ways in which the entries (negated or not) match `caller`.

        CanonicalUser matches nobody here: it is turned into its account on save.
        """
        found = EVERYONE if self.everyone else NONE
        if caller.kind == "federated":
            return found | PROVIDER if caller.arn in self._federated else found
        if caller.kind == "service":
            return found | SERVICE if caller.arn in self._services else found
        if not self._aws or caller.account is None:
            return found
        names = names_of(caller)
        if self._aws.isdisjoint(names):
            return found
        for name in self._aws.intersection(names):
            found |= names[name]
        return found

    def applies(self, caller: Principal, *, allow: bool, bounded: bool, filters: bool) -> int:
        """The ways in which a statement with this element applies to `caller`; NONE when it does not.

        A Deny with NotPrincipal always applies to a user or role with a permissions boundary (`bounded`). An
        Allow with NotPrincipal applies to those whom no entry matches at all. `filters`: an Allow here lets
        nobody in by itself.
        """
        if allow and caller.kind == "federated" and not filters:
            # Who is vouched for has no identity of AWS yet: `*`, which stands under AWS, lets nobody in.
            return self.ways(caller) & PROVIDER if not self.negated else NONE
        if not self.negated:
            # No other way adds to what everyone is granted.
            return EVERYONE if self.everyone else self.ways(caller)
        found = self.ways(caller)
        if allow:
            return NONE if found else EVERYONE
        return NONE if listed(found, caller) and not bounded else EVERYONE


def listed(ways: int, caller: Principal) -> bool:
    """Whether entries that name `caller` in these ways list every level of it, as NotPrincipal must."""
    needed = EXEMPT[caller.kind]
    return bool(ways & EVERYONE) or (ways & needed) == needed


def names_of(caller: Principal) -> Mapping[str, int]:
    """By which names a policy may mean a caller of an account, and in which way each does."""
    if caller.names is not None:
        return caller.names
    names = {
        caller.account: ACCOUNT,
        f"arn:{caller.partition}:iam::{caller.account}:root": ACCOUNT,
    }
    if caller.kind != "root":
        names |= {
            caller.unique_id: _BY_UNIQUE_ID[caller.kind],
            caller.role_arn: ROLE,
            caller.parent_arn: PARENT,
            caller.arn: _BY_ARN[caller.kind],
        }
    made = {name: way for name, way in names.items() if name is not None}
    object.__setattr__(caller, "names", made)
    return made
