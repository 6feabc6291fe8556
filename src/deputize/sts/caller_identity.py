"""GetCallerIdentity: who signed this request."""

from typing import TYPE_CHECKING

from deputize.gateway.call import Call
from deputize.gateway.operation import Open
from deputize.store.api import Snapshot
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import GetCallerIdentityRequest, GetCallerIdentityResponse


@sts.query(
    "GetCallerIdentity", access=Open("any valid signature may ask, even under an explicit deny (STS API)")
)
def get_caller_identity(
    db: Snapshot, call: Call, request: "GetCallerIdentityRequest"
) -> "GetCallerIdentityResponse":
    return {"UserId": call.caller.user_id, "Account": call.account, "Arn": call.caller.arn}
