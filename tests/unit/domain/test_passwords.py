"""How a password stands at sign-in, for users and root users."""

import dataclasses
from typing import Any

import pytest
from argon2 import PasswordHasher

from deputize.domain import accounts, passwords
from deputize.model.account import Account
from deputize.model.sign_in import LoginProfile, PasswordPolicy
from deputize.secrets import passwords as hashes
from deputize.secrets.keyring import Keyring
from deputize.store.sqlite import SqliteStore

NOW = 1_700_000_000
DAY = 86400


@pytest.fixture(scope="module")
def hashed() -> str:
    return hashes.hashed("right")


@pytest.fixture
def account(store: SqliteStore, hashed: str) -> Account:
    def make(db: Any) -> Account:
        made = accounts.create(db, name="Dev", email="root@dev.example", root_password_hash=hashed, now=NOW)
        accounts.add_admin(db, made, "Ann", Keyring(bytes(32)), password_hash=hashed, now=NOW)
        return made

    return store.write(make).result()


def policy(account: Account, **members: Any) -> PasswordPolicy:
    kinds = dict.fromkeys(("symbols", "numbers", "uppercase", "lowercase", "users_change"), False)
    given = {**kinds, "least": 6, "max_age": None, "remembered": 0, "hard_expiry": False}
    return PasswordPolicy(account=account.id, **{**given, **members})


def found(store: SqliteStore, account: Account) -> tuple[LoginProfile, LoginProfile]:
    """Ann's profile and the root user's."""
    with store.snapshot() as db:
        user, root = passwords.of_user(db, account.id, "ANN"), passwords.of_root(db, "ROOT@dev.example")
    assert user is not None and root is not None
    return user, root


def test_who_is_there_and_who_is_not(store: SqliteStore, account: Account) -> None:
    user, root = found(store, account)
    assert (user.account, root.owner) == (account.id, account.id)
    with store.snapshot() as db:
        assert passwords.of_user(db, account.id, "bob") is None
        assert passwords.of_user(db, "999999999999", "Ann") is None
        assert passwords.of_root(db, "nobody@dev.example") is None
    assert passwords.check(user, "right") and passwords.check(root, "right")
    assert not passwords.check(user, "wrong") and not passwords.check(None, "right")


@pytest.mark.parametrize("change", [{"external": True}, {"status": "SUSPENDED"}])
def test_nobody_signs_in_to_a_closed_account(
    store: SqliteStore, account: Account, change: dict[str, Any]
) -> None:
    store.write(lambda db: db.accounts.put(dataclasses.replace(account, **change))).result()
    with store.snapshot() as db:
        assert passwords.of_user(db, account.id, "Ann") is None
        assert passwords.of_root(db, account.email) is None


def test_nobodys_password_costs_what_any_other_costs() -> None:
    assert not PasswordHasher().check_needs_rehash(hashes.NOBODYS)


def test_a_damaged_hash_lets_nobody_in(store: SqliteStore, account: Account) -> None:
    user, _ = found(store, account)
    assert not passwords.check(dataclasses.replace(user, hash="$argon2id$damaged"), "right")


@pytest.mark.parametrize(
    ("rules", "days", "standing"),
    [
        (None, 5000, "good"),
        ({}, 5000, "good"),
        ({"max_age": 30}, 29, "good"),
        ({"max_age": 30}, 30, "change"),
        ({"max_age": 30, "hard_expiry": True}, 29, "good"),
        ({"max_age": 30, "hard_expiry": True}, 30, "expired"),
    ],
)
def test_it_expires(
    store: SqliteStore, account: Account, rules: dict[str, Any] | None, days: int, standing: str
) -> None:
    if rules is not None:
        store.write(lambda db: db.password_policies.put(policy(account, **rules))).result()
    user, root = found(store, account)
    with store.snapshot() as db:
        assert passwords.standing(db, user, NOW + days * DAY) == standing
        assert passwords.standing(db, root, NOW + days * DAY) == "good"


def test_it_may_have_to_be_changed(store: SqliteStore, account: Account) -> None:
    user, _ = found(store, account)
    with store.snapshot() as db:
        assert passwords.standing(db, dataclasses.replace(user, reset_required=True), NOW) == "change"


def test_its_use_is_noted(store: SqliteStore, account: Account) -> None:
    user, root = found(store, account)
    store.write(lambda db: passwords.used(db, user, NOW + 1)).result()
    store.write(lambda db: passwords.used(db, root, NOW + 2)).result()
    with store.snapshot() as db:
        (ann,) = db.users.page(account.id)
        changed = db.accounts.get(account.id)
    assert ann.password_last_used == NOW + 1
    assert changed is not None and changed.password_last_used == NOW + 2


def test_so_many_former_ones_are_remembered(store: SqliteStore, account: Account) -> None:
    user, _ = found(store, account)
    for number in range(30):
        user = passwords.replaced(user, f"hash {number}", now=NOW + number)
    assert (user.hash, user.changed, user.created) == ("hash 29", NOW + 29, NOW)
    assert user.previous == tuple(f"hash {number}" for number in range(28, 5, -1))
