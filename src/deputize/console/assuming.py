"""Becoming a role from the console: always as who signed in, by the rights that sts:AssumeRole asks for."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from deputize.console.desk import Desk, acting
from deputize.console.sessions import session_name
from deputize.gateway.call import Call
from deputize.model.console import ConsoleSession
from deputize.protocol.message import Head
from deputize.store.api import Snapshot, Transaction

# What AssumeRole is asked for: sessions begin with an hour (IAM guide, "Switch to a role (console)").
ASKED_SECONDS = 3600
Effect = Callable[[Transaction, Call, Mapping[str, Any]], Mapping[str, Any]]


def assuming(desk: Desk, db: Snapshot, row: ConsoleSession, head: Head, now: float, effect: Effect) -> Call:
    """A call of AssumeRole by whoever signed in, whose `effect` is another than to answer credentials. Raises
    AuthProblem when they are gone.
    """
    operation = dataclasses.replace(desk.operation("sts", "AssumeRole"), handler=effect)
    return desk.call(operation, acting(db, row), head, now)


def wish(call: Call, arn: str, left: int) -> dict[str, Any]:
    """The request: the session is named after who signed in, and lasts no longer than the `left` seconds of
    their own.
    """
    return {
        "RoleArn": arn,
        "RoleSessionName": session_name(call.caller),
        "DurationSeconds": min(ASKED_SECONDS, left),
    }


def role_arn(partition: str, account: str, name: str) -> str:
    """The ARN of the role `name`, which has its path in front."""
    return f"arn:{partition}:iam::{account}:role/{name}"
