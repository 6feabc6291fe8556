"""Records go in and come out the same, and are found by key, prefix and index."""

import pytest
from tests.unit.store.samples import ACCOUNT, event, put_all, user

from deputize.model.account import Account
from deputize.model.identity import Membership
from deputize.model.policies import PolicyVersion
from deputize.model.storage import Bucket, PublicAccessBlock
from deputize.store.sql import NoTransaction
from deputize.store.sqlite import SqliteStore


def test_a_record_comes_back_as_it_was_put(store: SqliteStore) -> None:
    bucket = Bucket(
        id=1,
        name="b",
        account=ACCOUNT,
        partition="aws",
        region="eu-west-1",
        created=5,
        policy='{"Version": "2012-10-17"}',
        public_access_block=PublicAccessBlock(block_public_acls=False),
        tags={"Team": "\N{SNOWMAN}\x00"},
    )
    bare = Bucket(
        id=2, name="c", account=ACCOUNT, partition="aws", region="", created=5, public_access_block=None
    )
    store.write(lambda db: put_all(db.buckets, (bucket, bare))).result()
    with store.snapshot() as db:
        assert db.buckets.get("b") == bucket
        assert db.buckets.find("id", 2) == [bare]


def test_absent_is_none(store: SqliteStore) -> None:
    with store.snapshot() as db:
        assert db.users.get(ACCOUNT, "nobody") is None
        assert db.users.find("id", "AIDA") == []
        assert db.objects.get(1, b"key") is None
        assert db.objects.blob(b"id") is None


def test_names_compare_without_case_and_are_shown_as_given(store: SqliteStore) -> None:
    store.write(lambda db: db.users.put(user("Bob"))).result()
    with store.snapshot() as db:
        found = db.users.get(ACCOUNT, "bOB")
        assert found is not None and found.name == "Bob"
        assert db.users.page(ACCOUNT, after="BOB") == []
        assert db.users.page(ACCOUNT, after="BOA") == [found]


def test_put_replaces_the_record_with_its_key(store: SqliteStore) -> None:
    store.write(lambda db: db.users.put(user("bob"))).result()
    store.write(lambda db: db.users.put(user("Bob", path="/new/"))).result()
    with store.snapshot() as db:
        assert [(found.name, found.path) for found in db.users.page(ACCOUNT)] == [("Bob", "/new/")]


def test_delete_says_whether_there_was_one(store: SqliteStore) -> None:
    store.write(lambda db: db.users.put(user("bob"))).result()
    assert store.write(lambda db: db.users.delete(ACCOUNT, "BOB")).result() is True
    assert store.write(lambda db: db.users.delete(ACCOUNT, "BOB")).result() is False


def test_pages_follow_the_key_and_stop_at_the_prefix(store: SqliteStore) -> None:
    users = [user(name) for name in ("a", "b", "c")]
    other = user("b", account="999999999999", id="AIDAother")
    store.write(lambda db: put_all(db.users, (*reversed(users), other))).result()
    with store.snapshot() as db:
        assert db.users.page(ACCOUNT) == users
        assert db.users.page(ACCOUNT, limit=2) == users[:2]
        assert db.users.page(ACCOUNT, after="a", limit=1) == users[1:2]
        assert db.users.page(ACCOUNT, limit=0) == []
        assert db.users.page(after=ACCOUNT) == [other]
        assert (db.users.count(), db.users.count(ACCOUNT), db.users.count(ACCOUNT, "b")) == (4, 3, 1)


def test_numbers_sort_as_numbers(store: SqliteStore) -> None:
    versions = [PolicyVersion(policy="P", number=number, document="{}", created=1) for number in (2, 9, 10)]
    store.write(lambda db: put_all(db.policy_versions, reversed(versions))).result()
    with store.snapshot() as db:
        assert db.policy_versions.page("P", after=2) == versions[1:]


def test_an_index_finds_by_all_or_the_first_of_its_columns(store: SqliteStore) -> None:
    here = [Membership(account=ACCOUNT, group=group, user="U") for group in ("A", "B")]
    there = Membership(account=ACCOUNT, group="A", user="V")
    store.write(lambda db: put_all(db.memberships, (*here, there))).result()
    with store.snapshot() as db:
        assert db.memberships.find("user", "U") == here
        assert db.memberships.find("user", "U", "B") == here[1:]


def test_an_absent_alias_matches_nothing(store: SqliteStore) -> None:
    plain = Account(id=ACCOUNT, name="a", email="Me@Example.com", partition="aws", created=1)
    store.write(lambda db: db.accounts.put(plain)).result()
    with store.snapshot() as db:
        assert db.accounts.find("alias", "aws", "") == []
        assert db.accounts.find("email", "me@example.COM") == [plain]


def test_a_key_of_the_wrong_length_is_refused(store: SqliteStore) -> None:
    with store.snapshot() as db, pytest.raises(TypeError, match="the key of users"):
        db.users.get(ACCOUNT)
    with pytest.raises(TypeError, match="the key of users"):
        store.write(lambda db: db.users.delete(ACCOUNT)).result()


def test_events_follow_time(store: SqliteStore) -> None:
    store.write(lambda db: put_all(db.events, (event(at) for at in (30, 4, 100)))).result()
    with store.snapshot() as db:
        assert [found.at for found in db.events.page(ACCOUNT, after=4)] == [30, 100]


def test_a_snapshot_is_not_read_after_its_end(store: SqliteStore) -> None:
    with store.snapshot() as db:
        pass
    with pytest.raises(NoTransaction):
        db.users.get(ACCOUNT, "bob")


def test_a_sequence_gives_every_number_once(store: SqliteStore) -> None:
    assert store.write(
        lambda db: [db.number("bucket"), db.number("bucket"), db.number("other")]
    ).result() == [
        1,
        2,
        1,
    ]
    assert store.write(lambda db: db.number("bucket")).result() == 3
