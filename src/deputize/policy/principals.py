"""Who a Principal element means (IAM guide, "AWS JSON policy elements: Principal" and "NotPrincipal")."""

import enum

from deputize.policy.document import PrincipalEntry, PrincipalSet
from deputize.policy.request import Principal


class Ways(enum.Flag):
    """In which ways a Principal element matches a caller; a grant by account only delegates, the others name
    the caller.
    """

    NONE = 0
    ACCOUNT = enum.auto()
    USER = enum.auto()
    ROLE = enum.auto()
    PARENT = enum.auto()
    SESSION = enum.auto()
    SERVICE = enum.auto()
    EVERYONE = enum.auto()


# What NotPrincipal must list to exempt a caller: every level of it, from the account down.
EXEMPT = {
    "root": Ways.ACCOUNT,
    "user": Ways.ACCOUNT | Ways.USER,
    "role-session": Ways.ACCOUNT | Ways.ROLE | Ways.SESSION,
    "federated-user": Ways.ACCOUNT | Ways.PARENT | Ways.SESSION,
    "service": Ways.SERVICE,
    "anonymous": Ways.EVERYONE,
}
_BY_UNIQUE_ID = {"user": Ways.USER, "role-session": Ways.ROLE, "federated-user": Ways.PARENT}
_BY_ARN = {"user": Ways.USER, "role-session": Ways.SESSION, "federated-user": Ways.SESSION}


def ways(principals: PrincipalSet, caller: Principal) -> Ways:
    """The ways in which the entries (negated or not) match `caller`."""
    found = Ways.NONE
    for entry in principals.entries:
        found |= _way(entry, caller)
    return found


def applies(principals: PrincipalSet, caller: Principal, *, allow: bool, bounded: bool) -> Ways:
    """The ways in which a statement with this element applies to `caller`; NONE when it does not.

    A Deny with NotPrincipal always applies to a user or role with a permissions boundary (`bounded`). An
    Allow with NotPrincipal applies to those whom no entry matches at all.
    """
    found = ways(principals, caller)
    if not principals.negated:
        return found
    if allow:
        return Ways.NONE if found else Ways.EVERYONE
    needed = EXEMPT[caller.kind]
    listed = Ways.EVERYONE in found or (found & needed) == needed
    return Ways.NONE if listed and not bounded else Ways.EVERYONE


def _way(entry: PrincipalEntry, caller: Principal) -> Ways:
    if entry.kind == "Service":
        return Ways.SERVICE if caller.kind == "service" and caller.arn == entry.value else Ways.NONE
    if entry.kind != "AWS":
        return (
            Ways.NONE
        )  # CanonicalUser is turned into its account on save; Federated never matches a signed caller
    value = entry.value
    if value == "*":
        return Ways.EVERYONE
    if caller.account is None:
        return Ways.NONE
    if value in (caller.account, f"arn:{caller.partition}:iam::{caller.account}:root"):
        return Ways.ACCOUNT
    if value == caller.unique_id:
        return _BY_UNIQUE_ID.get(caller.kind, Ways.NONE)
    if value == caller.arn:
        return _BY_ARN.get(caller.kind, Ways.NONE)
    if caller.role_arn is not None and value == caller.role_arn:
        return Ways.ROLE
    return Ways.PARENT if caller.parent_arn is not None and value == caller.parent_arn else Ways.NONE
