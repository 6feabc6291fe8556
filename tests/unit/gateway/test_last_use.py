"""The last use of keys, roles and actions is noted at most once a minute each."""

import dataclasses
from collections.abc import Callable
from typing import Any, cast

import pytest

from deputize.gateway import last_use
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.last_use import LastUse
from deputize.gateway.operation import Needs, Open, Operation, Resource
from deputize.model.credentials import Session
from deputize.policy.request import Principal
from deputize.store.api import Store

SESSION = Session(
    key="ASIA1",
    secret="s",
    kind="role",
    account="111111111111",
    partition="aws",
    issuer="AROAR",
    name="ann",
    issued=0,
    expires=900,
)
USER = Caller(principal=Principal(kind="user", unique_id="AIDAANN"), user_id="AIDAANN", key="AKIA1")
ROLE = Caller(
    principal=Principal(kind="role-session", unique_id="AROAR"),
    user_id="AROAR:ann",
    key="ASIA1",
    session=SESSION,
)
NOBODY = Caller(principal=Principal(kind="anonymous"), user_id="anonymous")


class Table:
    """A table that remembers what was put."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def put(self, row: Any) -> None:
        self.rows.append(row)


class Tables:
    """A store that runs its notes at once; their transaction is itself."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.key_uses = self.role_uses = Table(self.rows)
        self.actions: list[Any] = []
        self.action_uses = Table(self.actions)

    def note(self, command: Callable[[Any], None]) -> None:
        command(self)


def anything(db: Any, call: Call, request: Any) -> Resource:
    return Resource(arn="*", account=None)


LISTS = Operation(
    service="s3",
    name="ListObjects",
    access=(Needs("s3:ListBucket", on=anything), Needs("s3:Extra", on=anything, when=lambda *_: True)),
    handler=lambda *_: {},
    writes=False,
    uploads=False,
    slow=False,
)
OPEN = dataclasses.replace(LISTS, service="sts", name="GetCallerIdentity", access=Open("anybody"))


def call(caller: Caller, now: float, operation: Operation = LISTS) -> Call:
    return Call(
        id="1",
        now=now,
        operation=operation,
        region="us-east-1",
        caller=caller,
        head=cast(Any, None),
        installation=cast(Any, None),
    )


def test_a_key_is_noted_once_a_minute() -> None:
    store = Tables()
    uses = LastUse(cast(Store, store))
    for now in (0, 59, 60, 61):
        uses.note(call(USER, now))
    assert [(use.key, use.at, use.service) for use in store.rows] == [("AKIA1", 0, "s3"), ("AKIA1", 60, "s3")]


def test_of_a_role_session_the_role_is_noted() -> None:
    store = Tables()
    LastUse(cast(Store, store)).note(call(ROLE, 7))
    assert [(use.role, use.at, use.region) for use in store.rows] == [("AROAR", 7, "us-east-1")]


def test_nobody_uses_nothing() -> None:
    store = Tables()
    LastUse(cast(Store, store)).note(call(NOBODY, 7))
    assert store.rows == []


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_use, "REMEMBERED", 2)
    store = Tables()
    uses = LastUse(cast(Store, store))
    uses.note(call(USER, 0))
    uses.note(call(ROLE, 0))
    uses.note(call(USER, 1))
    assert [getattr(use, "key", "role") for use in store.rows] == ["AKIA1", "role", "AKIA1"]


def test_the_actions_of_each_operation() -> None:
    store = Tables()
    uses = LastUse(cast(Store, store))
    for now, operation in ((0, LISTS), (1, LISTS), (2, OPEN), (60, LISTS)):
        uses.note(call(USER, now, operation))
    seen = [(use.entity, use.action, use.at) for use in store.actions]
    assert seen == [
        ("AIDAANN", "s3:ListBucket", 0),
        ("AIDAANN", "sts:GetCallerIdentity", 2),
        ("AIDAANN", "s3:ListBucket", 60),
    ]


def test_of_root_users_no_actions_are_noted() -> None:
    root = Caller(principal=Principal(kind="root", unique_id="111"), user_id="111", key="AKIA2")
    store = Tables()
    LastUse(cast(Store, store)).note(call(root, 0))
    assert store.actions == [] and [use.key for use in store.rows] == ["AKIA2"]
