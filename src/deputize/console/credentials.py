"""Short-lived credentials for the pages: with them, they are one more client of the API.

Those of a role come from AssumeRole each time: whoever lost the right to it is refused the next ones.
"""

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import Any

from deputize.console.api import Asked, ConsoleError, Told
from deputize.console.assuming import assuming, role_arn, wish
from deputize.console.desk import Desk
from deputize.console.sessions import caller_of, known, moment
from deputize.domain.credentials import issue, new_key
from deputize.domain.roles import Wish, assume, authorized_role
from deputize.gateway.call import Call
from deputize.model.console import ConsoleSession
from deputize.store.api import Transaction

# How long they are good for (seconds): the pages ask for new ones silently. Those that a person copies may be
# good for longer.
SECONDS, LONGEST = 900, 3600


async def credentials(desk: Desk, asked: Asked) -> Told:
    """`credentials`: of the session's role, or of whoever signed in."""
    with desk.gateway.store.snapshot() as db:
        row = known(db, asked)
        seconds = min(_wanted(asked), row.expires - int(asked.now))
        if row.role is None:
            identify = desk.operation("sts", "GetCallerIdentity")
            call = desk.call(identify, caller_of(db, row), asked.head, asked.now)
            return Told(_told(desk, asked, call.region, _own(call, row, seconds)))
        call = assuming(desk, db, row, asked.head, asked.now, partial(_of_role, seconds))
    arn = role_arn(call.partition, row.role.account, row.role.name)
    result = await desk.perform(call, wish(call, arn, row.expires - int(asked.now)))
    return Told(_told(desk, asked, call.region, result))


def _wanted(asked: Asked) -> int:
    """`seconds`, for credentials that a person copies; the pages ask for none."""
    seconds = asked.members.get("seconds", SECONDS)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 900 <= seconds <= LONGEST:
        raise ConsoleError(400, "InvalidRequest", f"seconds are 900 to {LONGEST}.")
    return seconds


def _own(call: Call, row: ConsoleSession, seconds: int) -> Mapping[str, Any]:
    """Credentials of whoever signed in."""
    key, secret = new_key(row.acts.account)
    session = dataclasses.replace(
        row.acts, key=key, secret=secret, console=row.id, expires=call.time + seconds
    )
    return issue(call, session).wire


def _of_role(seconds: int, db: Transaction, call: Call, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The effect of AssumeRole: credentials of the role that last for `seconds`."""
    role = authorized_role(db, request["RoleArn"])
    return assume(db, call, role, Wish(name=request["RoleSessionName"], seconds=seconds)).issued.wire


def _told(desk: Desk, asked: Asked, region: str, wire: Mapping[str, Any]) -> dict[str, Any]:
    site = asked.site
    return {
        "accessKeyId": wire["AccessKeyId"],
        "secretAccessKey": wire["SecretAccessKey"],
        "sessionToken": wire["SessionToken"],
        "expiration": moment(int(wire["Expiration"])),
        "region": region,
        "endpoint": dataclasses.replace(site, port=desk.api_port).origin,
    }
