"""Accounts: making them, and the first credentials in them.

Nothing on the wire makes an account yet: the operator does, on the command line. It leaves an audit record in
the account's event history, as any call does.
"""

import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from deputize.config import IamQuotas
from deputize.domain import passwords
from deputize.gateway import facts
from deputize.model import ids
from deputize.model.account import Account
from deputize.model.credentials import AccessKey
from deputize.model.event import Event
from deputize.model.identity import User
from deputize.model.policies import Attachment
from deputize.protocol.partitions import PARTITIONS
from deputize.secrets.keyring import Keyring
from deputize.store.api import Snapshot, Transaction

ADMINISTRATOR_ACCESS = "arn:{partition}:iam::aws:policy/AdministratorAccess"
# IAM, "Account alias": lower case, digits, single inner hyphens; an alias of 12 digits could be mistaken for
# an id.
ALIAS = re.compile(r"(?!\d{12}$)[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9]", re.ASCII)
USER_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)
EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]+")

# The quotas that the operator may set for one account; 50 tags are what the API's model itself allows.
SETTABLE = tuple(sorted(quota.name for quota in fields(IamQuotas) if quota.name != "tags"))


class AccountRefused(ValueError):
    """The account cannot be made as asked: why."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """An access key when it is made: the only time that its secret is known."""

    id: str
    secret: str = field(repr=False)


def create(
    db: Transaction,
    *,
    name: str,
    id: str | None = None,  # noqa: A002 - AWS's word
    email: str | None = None,
    alias: str | None = None,
    partition: str = "aws",
    external: bool = False,
    root_password_hash: str | None,
    now: int,
) -> Account:
    """A new account; a random free id if none is given. Raises AccountRefused."""
    account = Account(
        id=_free_id(db) if id is None else id,
        name=name,
        email=email
        if email is not None
        else f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}@example.invalid",
        partition=partition,
        created=now,
        alias=alias,
        external=external,
    )
    _check(db, account)
    db.accounts.put(account)
    if root_password_hash is not None:
        db.login_profiles.put(passwords.profile(account.id, account.id, root_password_hash, now=now))
    db.events.put(_event(account, "CreateAccount", {"accountName": name, "email": account.email}, now))
    return account


def _check(db: Snapshot, account: Account) -> None:
    if not 1 <= len(account.name) <= 50:
        raise AccountRefused("an account name has 1 to 50 characters")
    if not ACCOUNT_ID.fullmatch(account.id):
        raise AccountRefused(f"{account.id} is no account id: 12 digits")
    if account.partition not in PARTITIONS:
        raise AccountRefused(f"{account.partition} is no partition: one of {', '.join(sorted(PARTITIONS))}")
    if not EMAIL.fullmatch(account.email):
        raise AccountRefused(f"{account.email} is no e-mail address")
    if db.accounts.get(account.id) is not None:
        raise AccountRefused(f"there is an account {account.id} already")
    if db.accounts.find("email", account.email):
        raise AccountRefused(f"another account has the e-mail address {account.email}: name one with --email")
    if account.alias is not None:
        if not ALIAS.fullmatch(account.alias):
            raise AccountRefused(
                f"{account.alias} is no alias: 3 to 63 lower-case letters, digits and single hyphens inside"
            )
        if db.accounts.find("alias", account.partition, account.alias):
            raise AccountRefused(f"another account has the alias {account.alias}")


def _free_id(db: Snapshot) -> str:
    while True:
        account_id = f"{secrets.randbelow(9 * 10**11) + 10**11:012d}"
        if db.accounts.get(account_id) is None:
            return account_id


def set_quota(db: Transaction, account_id: str, quota: str, value: int | None, *, now: int) -> Account:
    """Let the account hold another number of what `quota` (one of `SETTABLE`) counts; None: as many as by
    default. Raises AccountRefused.
    """
    account = db.accounts.get(account_id)
    if account is None or account.external:
        raise AccountRefused(f"there is no account {account_id} of this installation's own")
    others = {name: limit for name, limit in account.quotas.items() if name != quota}
    changed = replace(account, quotas=others if value is None else {**others, quota: value})
    db.accounts.put(changed)
    db.events.put(_event(changed, "SetQuota", {"quota": quota, "value": value}, now))
    return changed


def _event(account: Account, name: str, parameters: Mapping[str, object], now: int) -> Event:
    record = {
        "eventVersion": "1.11",
        "userIdentity": {"type": "Operator"},
        "eventTime": facts.moment(now),
        "eventSource": "account.amazonaws.com",
        "eventName": name,
        "requestParameters": parameters,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": account.id,
        "eventCategory": "Management",
    }
    return Event(account=account.id, at=now * 1000, id=str(record["eventID"]), record=record)


def add_root_key(db: Transaction, account: Account, keyring: Keyring, *, now: int) -> NewKey:
    """An access key of the root user."""
    return add_key(db, account.id, account.id, keyring, now=now)


def add_admin(
    db: Transaction, account: Account, name: str, keyring: Keyring, *, password_hash: str | None, now: int
) -> NewKey:
    """A user with AdministratorAccess and an access key. Raises AccountRefused for a name that IAM does not
    take.
    """
    if not USER_NAME.fullmatch(name):
        raise AccountRefused(f"{name} is no user name: 1 to 64 letters, digits and +=,.@_-")
    user = User(
        account=account.id,
        partition=account.partition,
        name=name,
        path="/",
        id=ids.unique_id("AIDA", account.id),
        created=now,
    )
    db.users.put(user)
    if password_hash is not None:
        db.login_profiles.put(passwords.profile(account.id, user.id, password_hash, now=now))
    policy = ADMINISTRATOR_ACCESS.format(partition=account.partition)
    db.attachments.put(Attachment(account=account.id, entity=user.id, policy=policy))
    return add_key(db, account.id, user.id, keyring, now=now)


def add_key(db: Transaction, account: str, owner: str, keyring: Keyring, *, now: int) -> NewKey:
    """A long-term access key of `owner` (a user's unique id, or the account's id for its root user)."""
    key = NewKey(ids.access_key_id("AKIA", account), ids.secret_key())
    sealed = keyring.seal("access_key", account, key.id, key.secret.encode())
    db.access_keys.put(AccessKey(id=key.id, account=account, owner=owner, secret=sealed, created=now))
    return key
