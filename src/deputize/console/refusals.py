"""Why somebody could not switch to a role: in full as to their own policies; of the role's side, one sentence
for all reasons, so that nobody learns which roles there are and what they ask for.
"""

from collections.abc import Mapping
from typing import Any

from deputize.console.api import STATUSES, ConsoleError
from deputize.console.desk import Desk
from deputize.console.own_side import own_side
from deputize.errors import ApiError
from deputize.gateway.authorize import Denied, authorize
from deputize.gateway.call import Call
from deputize.policy.render import as_json
from deputize.store.api import Snapshot

OWN_SIDE = "Your own policies do not let you switch to this role."
OTHER_SIDE = "You cannot switch to this role: it does not exist, or it does not let you in."
ADVICE = "A role that demands an external ID can be assumed with the CLI or API only."


def refusal(
    desk: Desk, db: Snapshot, call: Call, request: Mapping[str, Any], error: ApiError
) -> ConsoleError:
    """The answer to a switch that was refused with `error`."""
    if not isinstance(error, Denied):
        return ConsoleError(STATUSES.get(error.code, 400), error.code, error.message)
    trace = as_json(error.decision.trace())
    own = own_side(db, trace, error.action, error.resource.arn)
    details: dict[str, Any] = {"own": own, "advice": ADVICE}
    if not own and _may_read(desk, db, call, request):
        details["trace"] = trace
    return ConsoleError(403, "AccessDenied", OWN_SIDE if own else OTHER_SIDE, **details)


def _may_read(desk: Desk, db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether the caller may read the role, and so everything that is to be said about it."""
    arn = request["RoleArn"]
    if f"::{call.account}:" not in arn:
        return False
    reading = desk.call(desk.operation("iam", "GetRole"), call.caller, call.head, call.now)
    return allowed(db, reading, {"RoleName": arn.rpartition("/")[2]})


def allowed(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether this call would be let through; nothing comes of asking."""
    try:
        authorize(db, call, request)
    except ApiError:
        return False
    return True
