"""What the console's calls work with, and how they act for somebody: through the gateway, as one more caller
of it.
"""

import asyncio
import dataclasses
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from deputize.console.doorkeeper import Doorkeeper
from deputize.gateway import authenticate
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.operation import Operation
from deputize.gateway.perform import Result, perform
from deputize.gateway.spine import Gateway
from deputize.model.console import ConsoleSession
from deputize.protocol.message import Head
from deputize.protocol.partitions import home_region
from deputize.store.api import Snapshot, Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The parts that the calls share. `api_port` is where the API answers beside the console."""

    gateway: Gateway
    api_port: int
    doorkeeper: Doorkeeper

    def operation(self, service: str, name: str) -> Operation:
        """An operation of the gateway's."""
        return self.gateway.services[service].operations[name]

    def call(self, operation: Operation, caller: Caller, head: Head, now: float) -> Call:
        """A call of `caller`'s, as if a client of theirs had signed it."""
        return Call(
            id=secrets.token_hex(8).upper(),
            now=now,
            operation=operation,
            region=home_region(caller.principal.partition, self.gateway.installation.settings.region),
            caller=caller,
            head=head,
            installation=self.gateway.installation,
        )

    async def perform(self, call: Call, request: Mapping[str, Any]) -> Result:
        """Through the same authorization and audit as every call. Raises ApiError."""
        return await perform(self.gateway.store, call, request)

    async def write(self, command: Callable[[Transaction], T]) -> T:
        """What `command` returns, durable. It may run twice, so it touches nothing but the transaction."""
        return await asyncio.wrap_future(self.gateway.store.write(command))


def acting(db: Snapshot, row: ConsoleSession) -> Caller:
    """Who signed in, as the records have them now, with rights that end with this very session. Raises
    AuthProblem when they are gone, or the session is over.
    """
    session = dataclasses.replace(row.acts, console=row.id)
    return authenticate.caller(db, session.key, session)
