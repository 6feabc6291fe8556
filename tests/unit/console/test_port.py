"""Failures on the console's port beside its calls."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from deputize.config import Settings
from deputize.console.pages import Pages
from deputize.console.port import ConsolePort
from deputize.protocol.message import Answer, Head
from deputize.store.errors import StoreBroken


def answer(raised: BaseException) -> Answer:
    async def fails(head: Head, body: Any) -> Answer:
        raise raised

    installation = SimpleNamespace(settings=Settings())
    desk: Any = SimpleNamespace(gateway=SimpleNamespace(answer=fails, installation=installation))
    port = ConsolePort(desk=desk, pages=Pages(), api=desk)
    head = Head("GET", "/bucket/key", "", (("host", "localhost:4567"),), "192.0.2.1", False)
    return asyncio.run(port.answer(head, desk))


@pytest.mark.parametrize(("raised", "status"), [(StoreBroken("secret"), 503), (ValueError("secret"), 500)])
def test_what_goes_wrong_is_an_answer(raised: Exception, status: int) -> None:
    found = answer(raised)
    assert found.status == status
    assert ("content-security-policy", "sandbox") in found.headers
    assert b"secret" not in found.body  # type: ignore[operator]


def test_who_went_away_is_not_answered() -> None:
    with pytest.raises(ConnectionResetError):
        answer(ConnectionResetError())
