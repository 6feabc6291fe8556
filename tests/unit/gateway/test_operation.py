"""An operation without declared access does not come to be."""

from typing import Any

import pytest

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Open, Resource, Service
from deputize.store.api import Snapshot


def anything(db: Snapshot, call: Call, request: Any) -> Resource:
    return Resource(arn="*", account=None)


def handler(db: Snapshot, call: Call, request: Any) -> dict[str, Any]:
    return {}


def test_access_has_no_default() -> None:
    with pytest.raises(TypeError, match="access"):
        Service("iam").query("GetUser")(handler)  # type: ignore[call-arg]


def test_needing_nothing_must_be_said_with_a_reason() -> None:
    with pytest.raises(TypeError, match="iam:GetUser needs nothing: say Open"):
        Service("iam").query("GetUser", access=())(handler)
    service = Service("iam")
    service.query("GetUser", access=Open("everybody may know who they are"))(handler)
    assert service.operations["GetUser"].needs == ()


def test_one_operation_is_declared_once() -> None:
    service = Service("iam")
    access = (Needs("iam:GetUser", on=anything),)
    service.query("GetUser", access=access)(handler)
    with pytest.raises(TypeError, match="iam:GetUser is declared twice"):
        service.command("GetUser", access=access)(handler)


def test_a_command_writes_and_a_query_does_not() -> None:
    service = Service("iam")
    access = (Needs("iam:GetUser", on=anything),)
    service.query("GetUser", access=access)(handler)
    service.command("CreateUser", access=access)(handler)
    assert [one.writes for one in service.operations.values()] == [False, True]
    assert service.operations["GetUser"].needs == access
