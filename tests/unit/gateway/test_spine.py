"""A request that ends before its answer."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from deputize.config import Settings
from deputize.gateway import spine
from deputize.protocol.message import Head


def test_who_went_away_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(*_: Any) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(spine, "arrive", gone)
    nothing: Any = None
    installation: Any = SimpleNamespace(settings=Settings())
    gateway = spine.Gateway(
        store=nothing, installation=installation, services={}, clock=lambda: 0.0, last_use=nothing
    )
    head = Head("PUT", "/bucket/key", "", (("host", "localhost:4566"),), "192.0.2.1", False)
    with pytest.raises(ConnectionResetError):
        asyncio.run(gateway.answer(head, nothing))
