"""Passwords of users and root users: the rules for new ones, checking one, and how one stands.

Hashing and checking are slow on purpose: they belong neither on the event loop nor into a transaction. Who
signs somebody in finds the profile in a snapshot (`of_user`, `of_root`), checks the password in a thread
(`check`), and asks in the transaction whether the profile is still the same, how it stands (`standing`), and
notes the use (`used`).
"""

import dataclasses
import re
from collections.abc import Mapping
from typing import Literal

from deputize.model.account import Account
from deputize.model.sign_in import LoginProfile, PasswordPolicy
from deputize.secrets import passwords
from deputize.store.api import Snapshot, Transaction

DAY = 86400
# PasswordReusePrevention reaches back 24 passwords at most, the one in use among them.
REMEMBERED = 24
KINDS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "uppercase": (re.compile("[A-Z]"), "Password should have at least one uppercase letter"),
    "lowercase": (re.compile("[a-z]"), "Password should have at least one lowercase letter"),
    "numbers": (re.compile("[0-9]"), "Password should have at least one number"),
    "symbols": (re.compile(r"[!@#$%^&*()_+\-=\[\]{}|']"), "Password should have at least one symbol"),
}
# Without a policy of its own an account's passwords have eight characters and three of four kinds, and are
# not the account's name or e-mail address (IAM guide, "Setting an account password policy").
DEFAULT_LEAST, DEFAULT_KINDS = 8, 3

Standing = Literal["good", "change", "expired"]


def profile(account: str, owner: str, password_hash: str, *, now: int) -> LoginProfile:
    """A new profile; `owner` is a user's unique id, or the account's id for its root user."""
    return LoginProfile(account=account, owner=owner, hash=password_hash, created=now, changed=now)


def replaced(old: LoginProfile, password_hash: str, *, now: int) -> LoginProfile:
    """The profile with a new password; the one before is remembered."""
    previous = (old.hash, *old.previous)[: REMEMBERED - 1]
    return dataclasses.replace(old, hash=password_hash, changed=now, previous=previous)


def of_user(db: Snapshot, account_id: str, name: str) -> LoginProfile | None:
    """The profile with which the user of this name signs in to the account; None if nobody can."""
    account = db.accounts.get(account_id)
    user = db.users.get(account_id, name)
    return None if user is None or not _open(account) else db.login_profiles.get(user.id)


def of_root(db: Snapshot, email: str) -> LoginProfile | None:
    """The profile with which the root user of this e-mail address signs in; None if nobody can."""
    for account in db.accounts.find("email", email):
        return db.login_profiles.get(account.id) if _open(account) else None
    return None


def check(found: LoginProfile | None, password: str) -> bool:
    """Whether this is the profile's password; takes as long where there is no profile. Slow."""
    return passwords.verified(password, None if found is None else found.hash)


def standing(db: Snapshot, found: LoginProfile, now: int) -> Standing:
    """What a right password is good for: to sign in; to be changed first; or to nothing, until an
    administrator sets a new one. A policy's expiry does not touch root users.
    """
    policy = db.password_policies.get(found.account)
    expires = None if policy is None or found.owner == found.account else expiry(policy, found)
    if policy is not None and expires is not None and expires <= now:
        return "expired" if policy.hard_expiry else "change"
    return "change" if found.reset_required else "good"


def expiry(policy: PasswordPolicy, found: LoginProfile) -> int | None:
    """When the policy lets this password expire (epoch seconds)."""
    return None if policy.max_age is None else found.changed + policy.max_age * DAY


def used(db: Transaction, found: LoginProfile, now: int) -> None:
    """Note that somebody signed in with this password."""
    account = db.accounts.get(found.owner)
    if account is not None:
        db.accounts.put(dataclasses.replace(account, password_last_used=now))
    for user in db.users.find("id", found.owner):
        db.users.put(dataclasses.replace(user, password_last_used=now))


def complaint(db: Snapshot, account: Account, password: str) -> str | None:
    """What the account's rules have against this new password of a user, in AWS's words; None: nothing.

    Whether it was used before is asked apart, since it takes time (`seen_before`).
    """
    policy = db.password_policies.get(account.id)
    least = DEFAULT_LEAST if policy is None else policy.least
    if len(password) < least:
        return f"Password should have a minimum length of {least}"
    lacking = {kind: words for kind, (pattern, words) in KINDS.items() if not pattern.search(password)}
    if policy is not None:
        return ", ".join(words for kind, words in lacking.items() if getattr(policy, kind)) or None
    missing = DEFAULT_KINDS - (len(KINDS) - len(lacking))
    if missing > 0:
        words = ", ".join(lacking.values())
        return f"Password should meet {missing} more of the following requirements: {words}"
    if password.lower() in {account.name.lower(), account.email.lower()}:
        return "Password should not be the account's name or e-mail address"
    return None


def seen_before(found: LoginProfile, remembered: int, password: str) -> bool:
    """Whether it is among the latest `remembered` passwords, the one in use included. Slow."""
    known = (found.hash, *found.previous)[:remembered]
    return any(passwords.verified(password, one) for one in known)


def _open(account: Account | None) -> bool:
    """Whether anybody can sign in to the account."""
    return account is not None and not account.external and account.status == "ACTIVE"
