"""What operations are done to, where it is not simply the user, group or role that the request names.

Which action has which resource is AWS's service authorization reference for IAM; how a denial names it is
what AWS prints (a bare ARN, `policy ARN`, `policy path /`, `access key ID`).
"""

from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.managed_policies import policy_by_arn
from deputize.gateway.operation import Resource
from deputize.iam.entities import USER
from deputize.iam.policy_records import AWS_OWNER, parse, tags_of
from deputize.store.api import Snapshot

NO_USER = "Must specify userName when calling with non-User credentials"


def anything(db: Snapshot, call: Call, request: Any) -> Resource:
    """For actions without a resource type: only `*` grants them."""
    return Resource(arn="*", account=call.account)


def caller_or_user(db: Snapshot, call: Call, request: Any) -> Resource:
    """The named user, or the caller when the request names none.

    Raises ValidationError when the caller is no user either (a role session).
    """
    name = request.get("UserName", call.caller.name)
    if name is not None:
        return USER.resource(db, call, name)
    if call.caller.root:
        return Resource(arn=call.caller.arn, account=call.account)
    raise ApiError("ValidationError", NO_USER)


def named_policy(db: Snapshot, call: Call, request: Any) -> Resource:
    """The managed policy that the request names. AWS's count as the account's own: every account may read
    them.
    """
    text = request["PolicyArn"]
    arn = parse(call, text)
    owner = call.account if arn.account == AWS_OWNER else arn.account
    tags = tags_of(policy_by_arn(db, text, call.partition))
    return Resource(arn=text, account=owner, shown=f"policy {text}", tags=tags)


def listed_policies(db: Snapshot, call: Call, request: Any) -> Resource:
    prefix = request.get("PathPrefix", "/")
    arn = f"arn:{call.partition}:iam::{call.account}:policy{prefix}"
    return Resource(arn=arn, account=call.account, shown=f"policy path {prefix}")


def fresh_policy(db: Snapshot, call: Call, request: Any) -> Resource:
    """The ARN that the policy to be created will have; AWS counts the tags of the request as its tags."""
    name = request["PolicyName"]
    return Resource(
        arn=f"arn:{call.partition}:iam::{call.account}:policy{request.get('Path', '/')}{name}",
        account=call.account,
        shown=f"policy {name}",
        tags={tag["Key"]: tag["Value"] for tag in request.get("Tags", [])},
    )


def owner_of_key(db: Snapshot, call: Call, request: Any) -> Resource:
    """The user whose access key the request names; a key of no user of the account is nobody's."""
    shown = f"access key {request['AccessKeyId']}"
    key = db.access_keys.get(request["AccessKeyId"])
    if key is not None and key.account == call.account:
        if key.owner == key.account:
            return Resource(
                arn=f"arn:{call.partition}:iam::{key.account}:root", account=key.account, shown=shown
            )
        user = USER.by_id(db, key.owner)
        if user is not None:
            return Resource(arn=user.arn, account=user.account, shown=shown, tags=user.tags)
    return Resource(arn=USER.arn(call, "/", "*"), account=call.account, shown=shown)
