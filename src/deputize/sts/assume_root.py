"""AssumeRoot: a task of a member account's root user, for the organization's management account.

There are no organizations here yet, so no account is the management account of another one, and every call is
refused as AWS refuses those of all other accounts.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.store.api import Snapshot, Transaction
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import AssumeRootRequest

# The tasks (STS API, AssumeRoot).
TASKS = frozenset(
    {
        "IAMAuditRootUserCredentials",
        "IAMCreateRootUserPassword",
        "IAMDeleteRootUserCredentials",
        "S3UnlockBucketPolicy",
        "SQSUnlockQueuePolicy",
    }
)
_ROOT = re.compile(r"(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?", re.ASCII)


def root_of(db: Snapshot, call: Call, request: "AssumeRootRequest") -> Resource:
    """The root user that is named, by its account's id or its ARN. Raises ValidationError, also for what is
    no task.
    """
    match = _ROOT.fullmatch(request["TargetPrincipal"])
    if match is None:
        raise ApiError("ValidationError", f"{request['TargetPrincipal']} is invalid")
    arn = request["TaskPolicyArn"].get("arn", "")
    stem = f"arn:{call.partition}:iam::aws:policy/root-task/"
    if not arn.startswith(stem) or arn.removeprefix(stem) not in TASKS:
        raise ApiError("ValidationError", f"{arn} is not a task policy.")
    # Whose account that is is not asked: the refusal is the same whether it exists.
    return Resource(arn=f"arn:{call.partition}:iam::{match[1]}:root", account=call.account)


def task(db: Snapshot, call: Call, request: "AssumeRootRequest") -> str | None:
    return request["TaskPolicyArn"].get("arn")


@sts.command("AssumeRoot", access=(Needs("sts:AssumeRoot", on=root_of, keys={"sts:TaskPolicyArn": task}),))
def assume_root(db: Transaction, call: Call, request: "AssumeRootRequest") -> Mapping[str, Any]:
    """Raises AccessDenied, to everybody."""
    target = root_of(db, call, request).arn
    raise ApiError(
        "AccessDenied",
        f"User: {call.caller.arn} is not authorized to perform: sts:AssumeRoot on resource: {target}",
    )
