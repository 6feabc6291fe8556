"""Who tries to sign in, as the form tells it: a user by account and name, or a root user by e-mail."""

from dataclasses import dataclass, field
from typing import Any

from deputize.console.api import Asked, ConsoleError
from deputize.console.records import HIDDEN
from deputize.domain import passwords
from deputize.model.account import Account
from deputize.model.credentials import Session
from deputize.model.identity import User, fold
from deputize.model.sign_in import LoginProfile
from deputize.protocol.partitions import PARTITIONS
from deputize.store.api import Snapshot

# Longer ones are nobody's (IAM quotas: 128 characters).
PASSWORD_MOST = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in form: `account` (id or alias) and `name`, or `email`; a password, and a code if one was asked
    for.
    """

    account: str | None
    name: str
    password: str = field(repr=False)
    code: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a form names: the account, if there is one, and the user and password, if there are any."""

    account: Account | None
    user: User | None
    profile: LoginProfile | None

    @property
    def owner(self) -> str | None:
        return None if self.profile is None else self.profile.owner

    def counted(self, form: "SignIn") -> str:
        """Whom guesses are counted against, in one form for all ways to write it, whether or not there is
        such a user: nobody may tell the two apart.
        """
        if form.account is None:
            return f"root/{fold(form.name)}"
        account = fold(form.account) if self.account is None else self.account.id
        return f"{account}/{fold(form.name)}"

    def acts(self, key: str, now: int, expires: int, *, mfa: bool) -> Session:
        """What credentials of theirs say. There must be an account."""
        if self.account is None:
            raise LookupError("nobody signs in without an account")
        return Session(
            key=key,
            secret="",
            kind="console",
            account=self.account.id,
            partition=self.account.partition,
            issuer=self.account.id if self.user is None else self.user.id,
            name="root" if self.user is None else self.user.name,
            issued=now,
            expires=expires,
            mfa_at=now if mfa else None,
        )

    def recorded(self, form: SignIn) -> dict[str, Any]:
        """The `userIdentity` of a record of signing in."""
        account = {} if self.account is None else {"accountId": self.account.id}
        if form.account is None:
            arn = {} if self.account is None else {"principalId": self.account.id, "arn": self.account.arn}
            return {"type": "Root", **arn, **account}
        if self.user is None:
            return {"type": "IAMUser", **account, "userName": HIDDEN}
        known = {"principalId": self.user.id, "arn": self.user.arn, "userName": self.user.name}
        return {"type": "IAMUser", **account, **known}


def form_of(asked: Asked) -> SignIn:
    """The form. Raises ConsoleError for one that is not filled in."""
    kind = asked.text("kind", 16)
    if kind not in ("user", "root"):
        raise ConsoleError(400, "InvalidRequest", "kind is user or root.")
    name = asked.text("name" if kind == "user" else "email", 320)
    return SignIn(
        account=asked.text("account", 64).strip() if kind == "user" else None,
        name=name.strip(),
        password=asked.text("password", PASSWORD_MOST),
        code=asked.optional("mfaCode", 16),
    )


def person_of(db: Snapshot, form: SignIn) -> Person:
    """Whom the form names, as far as there is somebody."""
    if form.account is None:
        found = db.accounts.find("email", form.name)
        account = found[0] if found else None
        profile = None if account is None else passwords.of_root(db, form.name)
        return Person(account=account, user=None, profile=profile)
    account = account_of(db, form.account)
    if account is None:
        return Person(account=None, user=None, profile=None)
    user = db.users.get(account.id, form.name)
    return Person(account=account, user=user, profile=passwords.of_user(db, account.id, form.name))


def account_of(db: Snapshot, text: str) -> Account | None:
    """The account of this id (hyphens do not count) or alias."""
    found = db.accounts.get(text.replace("-", ""))
    if found is not None:
        return found
    for partition in PARTITIONS:
        for account in db.accounts.find("alias", partition, text.lower()):
            return account
    return None
