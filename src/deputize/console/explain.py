"""Why a call was refused, for the person whom it was refused to, and for those who may read the account's
policies.
"""

from typing import Any

from deputize.console.api import Asked, ConsoleError, Told, signed_out
from deputize.console.assuming import role_arn, wish
from deputize.console.credentials import SECONDS
from deputize.console.desk import Desk
from deputize.console.own_side import own_side
from deputize.console.refusals import allowed
from deputize.console.sessions import caller_of, known
from deputize.domain import explanations
from deputize.domain.roles import Wish, assume, role_by_arn
from deputize.gateway import authenticate
from deputize.gateway.caller import Caller
from deputize.model.denial import Denial
from deputize.store.api import Snapshot

UNKNOWN = "No refused call of this id is kept, or it is not yours to see."


async def explain(desk: Desk, asked: Asked) -> Told:
    """`explain`: of a refused call of one's own, the reason and which of one's own policies decided; the
    whole trace for those who may read all policies of the account, of others' calls in it too.
    """
    request = asked.text("requestId", 128)
    with desk.gateway.store.snapshot() as db:
        known(db, asked)
    await desk.write(lambda _db: None)  # what was noted of the latest calls is written with it
    with desk.gateway.store.snapshot() as db:
        caller = _now(desk, db, asked)
        kept = explanations.denial(db, request)
        if kept is None or kept.account != caller.account:
            raise _unknown()
        details = desk.operation("iam", "GetAccountAuthorizationDetails")
        reads_all = allowed(db, desk.call(details, caller, asked.head, asked.now), {})
        if not reads_all and kept.caller != caller.arn:
            raise _unknown()
        return Told(_told(db, kept, whole=reads_all))


def _unknown() -> ConsoleError:
    return ConsoleError(404, "NoSuchRequest", UNKNOWN)


def _told(db: Snapshot, kept: Denial, *, whole: bool) -> dict[str, Any]:
    found = explanations.told(kept, kept.account)
    own = own_side(db, found["trace"], kept.action, kept.resource)
    if not whole:
        del found["trace"]
    return {"decision": "denied", "because": kept.message, **found, "own": own}


def _now(desk: Desk, db: Snapshot, asked: Asked) -> Caller:
    """Who acts in the session, with the rights of the credentials that they would get now: the role that was
    switched to, if they still may assume it, or who signed in.
    """
    row = known(db, asked)
    caller = caller_of(db, row)
    if row.role is None:
        return caller
    arn = role_arn(row.acts.partition, row.role.account, row.role.name)
    role = role_by_arn(db, arn)
    if role is None:
        raise signed_out()
    call = desk.call(desk.operation("sts", "AssumeRole"), caller, asked.head, asked.now)
    request = wish(call, arn, row.expires - int(asked.now))
    if not allowed(db, call, request):
        raise _unknown()
    session = assume(db, call, role, Wish(name=request["RoleSessionName"], seconds=SECONDS)).issued.session
    return authenticate.caller(db, session.key, session)
