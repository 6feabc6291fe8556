"""GetSessionToken: temporary credentials of the caller's own."""

from typing import TYPE_CHECKING

from deputize.domain.credentials import issue, new_key
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Open
from deputize.model.credentials import Session
from deputize.store.api import Transaction
from deputize.sts import mfa
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import GetSessionTokenRequest, GetSessionTokenResponse

DEFAULT_SECONDS = 43200
# Credentials of the root user last an hour at most, and by default (STS API, GetSessionToken).
ROOT_SECONDS = 3600


@sts.command("GetSessionToken", access=Open("no permission is needed and no policy can forbid it (STS API)"))
def get_session_token(
    db: Transaction, call: Call, request: "GetSessionTokenRequest"
) -> "GetSessionTokenResponse":
    """The session acts as the caller's user or root user. Raises AccessDenied for temporary credentials and
    for an MFA code that is not good.
    """
    caller = call.caller
    if caller.session is not None:
        raise ApiError("AccessDenied", "Cannot call GetSessionToken with session credentials")
    longest = ROOT_SECONDS if caller.root else 129600
    seconds = request.get("DurationSeconds", min(DEFAULT_SECONDS, longest))
    key, secret = new_key(call.account)
    session = Session(
        key=key,
        secret=secret,
        kind="user",
        account=call.account,
        partition=call.partition,
        issuer=caller.user_id,
        name=caller.name or "root",
        issued=call.time,
        expires=call.time + min(seconds, longest),
        mfa_at=call.time if mfa.spend(db, call, request) else None,
    )
    issued = issue(call, session, request.get("MinimumSessionTokenSize", 0))
    return {"Credentials": issued.wire, **issued.told}  # type: ignore[typeddict-item]
