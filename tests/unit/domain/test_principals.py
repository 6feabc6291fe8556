"""Principals are bound to unique ids on save and shown as ARNs again; all else of the text stays byte for
byte.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deputize.domain import principals
from deputize.domain.principals import UnknownPrincipal, strings
from deputize.model.account import Account
from deputize.model.identity import Role, User
from deputize.store.sqlite import SqliteStore

HERE, FOREIGN, CHINA = "111111111111", "333333333333", "444444444444"
ANN = f"arn:aws:iam::{HERE}:user/team/Ann"
READER = f"arn:aws:iam::{HERE}:role/Reader"


def filled(store: SqliteStore) -> SqliteStore:
    """A store with an account of each kind, a user and a role."""

    def fill(db: Any) -> None:
        for account, partition in ((HERE, "aws"), (FOREIGN, "aws"), (CHINA, "aws-cn")):
            db.accounts.put(
                Account(
                    id=account,
                    name=account,
                    email=f"{account}@example.com",
                    partition=partition,
                    created=0,
                    external=account == FOREIGN,
                )
            )
        db.users.put(
            User(
                account=HERE, partition="aws", name="Ann", path="/team/", id="AIDAANNANNANNANNAN2", created=0
            )
        )
        db.users.put(
            User(account=CHINA, partition="aws-cn", name="Li", path="/", id="AIDALILILILILILILI2", created=0)
        )
        trust = "{}"
        db.roles.put(
            Role(
                account=HERE,
                partition="aws",
                name="Reader",
                path="/",
                id="AROAREADERREADERRE2",
                created=0,
                trust=trust,
            )
        )

    store.write(fill).result()
    return store


def bound(store: SqliteStore, text: str) -> str:
    with store.snapshot() as db:
        return principals.bind(db, text, partition="aws")


def shown(store: SqliteStore, text: str) -> str:
    with store.snapshot() as db:
        return principals.shown(db, text)


def naming(principal: Any) -> str:
    return json.dumps({"Statement": {"Principal": principal, "Effect": "Allow"}})


def test_users_and_roles_become_unique_ids_and_come_back(store: SqliteStore) -> None:
    filled(store)
    for arn, unique_id in ((ANN, "AIDAANNANNANNANNAN2"), (READER, "AROAREADERREADERRE2")):
        stored = bound(store, naming({"AWS": arn}))
        assert stored == naming({"AWS": unique_id})
        assert shown(store, stored) == naming({"AWS": arn})


def test_a_list_and_several_kinds(store: SqliteStore) -> None:
    filled(store)
    text = naming({"AWS": [ANN, "*", HERE], "Service": "ec2.amazonaws.com"})
    stored = bound(store, text)
    assert json.loads(stored)["Statement"]["Principal"]["AWS"] == ["AIDAANNANNANNANNAN2", "*", HERE]
    root = f"arn:aws:iam::{HERE}:root"
    assert json.loads(shown(store, stored))["Statement"]["Principal"]["AWS"] == [ANN, "*", root]


def test_a_deleted_user_is_shown_by_its_id_and_its_name_is_not_trusted_again(store: SqliteStore) -> None:
    filled(store)
    stored = bound(store, naming({"AWS": ANN}))
    store.write(lambda db: db.users.delete(HERE, "Ann")).result()
    assert shown(store, stored) == naming({"AWS": "AIDAANNANNANNANNAN2"})
    with pytest.raises(UnknownPrincipal):
        bound(store, shown(store, stored))


@pytest.mark.parametrize(
    "value",
    [
        "222222222222",
        "arn:aws:iam::222222222222:root",
        f"arn:aws:iam::{HERE}:user/Ann",
        f"arn:aws:iam::{HERE}:user/team/ann",
        f"arn:aws:iam::{HERE}:role/Writer",
        f"arn:aws-cn:iam::{CHINA}:root",
        f"arn:aws:iam::{CHINA}:root",
        CHINA,
        "AIDAGONEGONEGONEGO2",
        "AIDALILILILILILILI2",
        f"arn:aws-cn:iam::{CHINA}:user/Li",
        f"arn:aws:iam::{CHINA}:user/Li",
        f"arn:aws:iam::{FOREIGN}:user/ann",
        f"arn:aws:iam::{HERE}:group/Ann",
        f"arn:aws:sts::{CHINA}:assumed-role/R/session",
        "nonsense",
    ],
)
def test_who_does_not_exist_here_is_refused(store: SqliteStore, value: str) -> None:
    filled(store)
    with pytest.raises(UnknownPrincipal) as caught:
        bound(store, naming({"AWS": value}))
    assert (caught.value.kind, caught.value.value) == ("AWS", value)


def test_canonical_users_are_not_offered(store: SqliteStore) -> None:
    with pytest.raises(UnknownPrincipal):
        bound(filled(store), naming({"CanonicalUser": "a" * 64}))


def test_of_an_external_account_only_the_account_is_named(store: SqliteStore) -> None:
    """Whether its users exist cannot be asked; the account's root and its sessions' ARNs need no asking."""
    filled(store)
    for value in (FOREIGN, f"arn:aws:iam::{FOREIGN}:root"):
        stored = bound(store, naming({"AWS": value}))
        assert stored == naming({"AWS": value})
        assert shown(store, stored) == naming({"AWS": f"arn:aws:iam::{FOREIGN}:root"})


def test_sessions_and_federated_users_stay_as_they_are(store: SqliteStore) -> None:
    filled(store)
    for arn in (f"arn:aws:sts::{HERE}:assumed-role/R/session", f"arn:aws:sts::{HERE}:federated-user/bob"):
        assert bound(store, naming({"AWS": arn})) == naming({"AWS": arn})


def test_only_principals_are_touched(store: SqliteStore) -> None:
    """The same ARN elsewhere, white space, escapes, the order of keys, numbers: as they were sent."""
    filled(store)
    template = (
        '{ "Statement"\n:[ {"Sid":"\\u0041","Resource":"ANN","Principal" : {"AWS" :\t"ANN" } ,"Condition":'
        '{"NumericEquals":{"a:b":1.50e1,"c":[true,null]}} } ],"Version":"2012-10-17"}'
    )
    text = template.replace("ANN", ANN)
    stored = bound(filled(store), text)
    assert stored == template.replace("ANN", ANN, 1).replace("ANN", "AIDAANNANNANNANNAN2")
    assert shown(store, stored) == text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_every_string_is_found_where_it_stands(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = list(strings(text))
    assert [spot.value for spot in found] == _strings(value)
    for spot in found:
        assert json.loads(text[spot.start : spot.end]) == spot.value


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for part in inner for one in _strings(part)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    document=st.dictionaries(st.text(max_size=4), JSON, max_size=3),
    named=st.lists(st.sampled_from([ANN, READER]), max_size=3),
)
def test_what_is_saved_comes_back_byte_for_byte(store: SqliteStore, document: Any, named: list[str]) -> None:
    filled(store)
    text = json.dumps({**document, "Statement": [{"Principal": {"AWS": named}}, document]}, indent=1)
    assert shown(store, bound(store, text)) == text
