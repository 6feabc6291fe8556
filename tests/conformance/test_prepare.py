"""What takes much time: done beside event loop and transaction, for those alone who have the right to it."""

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.access.harness import statement
from tests.conformance.fix_iam import Home
from tests.refusals import NO_IDENTITY, denied, refused

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Work
from deputize.iam.service import iam
from deputize.store.api import Snapshot, Transaction


@pytest.fixture
def prepare(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], list[str]]:
    """Makes CreateGroup an operation that prepares; returns what happens, in order and where."""

    def declare(work: Work) -> list[str]:
        seen: list[str] = []

        def prepares(db: Snapshot, call: Call, request: Any) -> Work:
            seen.append(f"prepare: {db.groups.count(call.account)} groups")

            def done() -> Any:
                seen.append("work")
                return work()

            return done

        def handler(db: Transaction, call: Call, request: Any) -> Any:
            seen.append(f"handler: {call.prepared}")
            assert str(call.prepared) not in repr(call)
            return operation.handler(db, call, request)

        operation = iam.operations["CreateGroup"]
        changed = dataclasses.replace(operation, prepare=prepares, handler=handler)
        monkeypatch.setitem(iam.operations, "CreateGroup", changed)
        return seen

    return declare


def test_it_works_in_a_thread_of_its_own_before_the_transaction(
    home: Home, prepare: Callable[[Work], list[str]]
) -> None:
    threads = []

    def work() -> str:
        threads.append(threading.current_thread().name)
        # The writer is free meanwhile: nothing waits for this work.
        home.world.opened.store.write(lambda db: None).result(10)
        return "prepared value"

    seen = prepare(work)
    home.iam.create_group(GroupName="g")
    assert seen == ["prepare: 0 groups", "work", "handler: prepared value"]
    assert threads[0] not in {"server", "MainThread"}


def test_who_is_not_authorized_makes_nobody_work(home: Home, prepare: Callable[[Work], list[str]]) -> None:
    seen = prepare(lambda: None)
    iam = home.user("u", statement("Allow", ["iam:List*"]))
    action = "iam:CreateGroup"
    got = refused(iam.create_group, GroupName="g")
    assert got == denied(home.arn("user/u"), action, home.arn("group/g"), NO_IDENTITY.format(action))
    assert seen == []


def test_the_right_must_still_be_there_when_the_work_is_done(
    home: Home, prepare: Callable[[Work], list[str]]
) -> None:
    iam = home.user("u", statement("Allow", ["iam:CreateGroup"]))
    seen = prepare(lambda: home.iam.delete_user_policy(UserName="u", PolicyName="test"))
    assert refused(iam.create_group, GroupName="g")[0] == "AccessDenied"
    assert seen == ["prepare: 0 groups", "work"]
    assert home.iam.list_groups()["Groups"] == []


def test_what_the_work_refuses_is_answered_and_recorded(
    home: Home, prepare: Callable[[Work], list[str]]
) -> None:
    def work() -> None:
        raise ApiError("InvalidInput", "The work was in vain.")

    prepare(work)
    assert refused(home.iam.create_group, GroupName="g") == ("InvalidInput", "The work was in vain.", 400)
    home.iam.create_user(UserName="later")  # notes are written with the next commit
    with home.world.opened.store.snapshot() as db:
        records = [event.record for event in db.events.page(home.account.id)]
    assert [one["errorCode"] for one in records if one["eventName"] == "CreateGroup"] == ["InvalidInput"]
