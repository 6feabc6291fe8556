"""Failures of the console's calls: each is an answer, and none tells more than it should."""

import asyncio
import json
from typing import Any

import pytest

from deputize.console.api import Asked, ConsoleApi, ConsoleError, Told
from deputize.console.site import Site
from deputize.errors import ApiError
from deputize.protocol.message import Answer, Head
from deputize.store.errors import StoreFull

SITE = Site("http", "localhost", 4567)
HEADERS = (
    ("host", "localhost:4567"),
    ("origin", "http://localhost:4567"),
    ("x-deputize-console", "1"),
    ("content-type", "application/json"),
)


class Body:
    """`{}`."""

    length = 2

    async def read(self, limit: int) -> bytes:
        return b"{}"

    def chunks(self) -> Any:
        raise NotImplementedError


def answer(raised: BaseException | None) -> Answer:
    async def call(asked: Asked) -> Told:
        if raised is not None:
            raise raised
        return Told({"now": asked.now}, ("a=b", "c=d"))

    api = ConsoleApi(calls={"call": call}, clock=lambda: 5.0)
    head = Head("POST", "/_console/api/call", "", HEADERS, "192.0.2.1", False)
    return asyncio.run(api.answer(head, Body(), SITE))


def error(raised: BaseException) -> tuple[int, str]:
    found = answer(raised)
    assert isinstance(found.body, bytes)
    return found.status, json.loads(found.body)["error"]["code"]


def test_an_answer_and_its_cookies() -> None:
    found = answer(None)
    assert found.body == b'{"now": 5.0}'
    assert [value for name, value in found.headers if name == "set-cookie"] == ["a=b", "c=d"]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (ConsoleError(418, "Teapot", "no"), (418, "Teapot")),
        (ApiError("AccessDenied", "no"), (403, "AccessDenied")),
        (ApiError("ValidationError", "no"), (400, "ValidationError")),
        (ApiError("NotImplemented", "no", status=501), (501, "NotImplemented")),
        (StoreFull("no room"), (503, "ServiceUnavailable")),
        (ZeroDivisionError("secret"), (500, "InternalError")),
    ],
)
def test_what_goes_wrong_is_told(raised: Exception, told: tuple[int, str]) -> None:
    assert error(raised) == told
    assert b"secret" not in answer(raised).body  # type: ignore[operator]


def test_who_went_away_is_not_answered() -> None:
    with pytest.raises(ConnectionResetError):
        answer(ConnectionResetError())
