"""What a bucket tells, and whom: PutBucketNotificationConfiguration and its Get (S3 guide, "Amazon S3 Event
Notifications").

Targets are queues that the operator has named (`deputize serve --notify NAME=URL`): NAME is
`arn:aws:sqs:REGION:ACCOUNT:NAME` to each account, for its buckets of that region.
"""

import dataclasses
import secrets
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from deputize.domain import notifications
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.bucket_rules import NotificationRule
from deputize.model.storage import Bucket
from deputize.policy.arn import Arn
from deputize.s3 import errors
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketNotificationConfigurationRequest,
        PutBucketNotificationConfigurationRequest,
    )

# The members of a configuration, and of their entries that which names the target.
KINDS = {
    "TopicConfigurations": "TopicArn",
    "QueueConfigurations": "QueueArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}
DESTINATIONS = {
    "TopicConfigurations": "topic",
    "QueueConfigurations": "queue",
    "LambdaFunctionConfigurations": "Lambda function",
}
# S3 guide: as many per bucket; of the value of a filter rule, bytes.
MOST, FILTER_BYTES = 100, 1024
# The event names of the S3 guide, "Supported event types".
EVENTS = frozenset(
    {
        "s3:IntelligentTiering",
        "s3:LifecycleExpiration:*",
        "s3:LifecycleExpiration:Delete",
        "s3:LifecycleExpiration:DeleteMarkerCreated",
        "s3:LifecycleTransition",
        "s3:ObjectAcl:Put",
        "s3:ObjectAnnotation:*",
        "s3:ObjectAnnotation:Delete",
        "s3:ObjectAnnotation:Put",
        "s3:ObjectCreated:*",
        "s3:ObjectCreated:CompleteMultipartUpload",
        "s3:ObjectCreated:Copy",
        "s3:ObjectCreated:Post",
        "s3:ObjectCreated:Put",
        "s3:ObjectRemoved:*",
        "s3:ObjectRemoved:Delete",
        "s3:ObjectRemoved:DeleteMarkerCreated",
        "s3:ObjectRestore:*",
        "s3:ObjectRestore:Completed",
        "s3:ObjectRestore:Delete",
        "s3:ObjectRestore:Post",
        "s3:ObjectRetention:Put",
        "s3:ObjectTagging:*",
        "s3:ObjectTagging:Delete",
        "s3:ObjectTagging:Put",
        "s3:ReducedRedundancyLostObject",
        "s3:Replication:*",
        "s3:Replication:OperationFailedReplication",
        "s3:Replication:OperationMissedThreshold",
        "s3:Replication:OperationNotTracked",
        "s3:Replication:OperationReplicatedAfterThreshold",
    }
)


@s3.query("GetBucketNotificationConfiguration", access=(Needs("s3:GetBucketNotification", on=bucket_of),))
def get_bucket_notification_configuration(
    db: Snapshot, call: Call, request: "GetBucketNotificationConfigurationRequest"
) -> Mapping[str, Any]:
    """Empty where nothing is told."""
    told: dict[str, list[dict[str, Any]]] = {}
    for rule in require_bucket(db, call, request).notifications:
        told.setdefault(rule.kind, []).append(_wire(rule))
    return told


def _wire(rule: NotificationRule) -> dict[str, Any]:
    told: dict[str, Any] = {"Id": rule.id, KINDS[rule.kind]: rule.target, "Events": list(rule.events)}
    if rule.filters is not None:
        rules = [{"Name": name, "Value": value} for name, value in rule.filters]
        told["Filter"] = {"Key": {"FilterRules": rules}}
    return told


@s3.command("PutBucketNotificationConfiguration", access=(Needs("s3:PutBucketNotification", on=bucket_of),))
def put_bucket_notification_configuration(
    db: Transaction, call: Call, request: "PutBucketNotificationConfigurationRequest"
) -> Mapping[str, Any]:
    """All anew; each target is sent a test. Raises InvalidArgument, and NotImplemented for EventBridge."""
    bucket, given = require_bucket(db, call, request), request["NotificationConfiguration"]
    if "EventBridgeConfiguration" in given:
        raise ApiError("NotImplemented", "There is no EventBridge here.", status=501)
    rules = tuple(_rules(given))
    if len(rules) > MOST:
        raise errors.invalid_argument(
            f"A bucket has {MOST} notification configurations at most.", "NotificationConfiguration", ""
        )
    _check_overlaps(rules)
    if not request.get("SkipDestinationValidation"):
        _check_targets(call, bucket, rules)
    db.buckets.put(dataclasses.replace(bucket, notifications=rules))
    for target in dict.fromkeys(rule.target for rule in rules):
        notifications.test(db, bucket, target, notifications.by_call(call))
    return {}


def _rules(given: Mapping[str, Any]) -> Iterator[NotificationRule]:
    for kind, target in KINDS.items():
        for one in given.get(kind, ()):
            filters = _filters(one)
            known = {name.lower(): value for name, value in filters or ()}
            yield NotificationRule(
                id=one.get("Id") or secrets.token_urlsafe(24),
                kind=kind,
                target=_arn(one[target]),
                events=_events(one["Events"]),
                prefix=known.get("prefix", ""),
                suffix=known.get("suffix", ""),
                filters=filters,
            )


def _arn(target: str) -> str:
    if Arn.parse(target) is None:
        raise errors.invalid_argument("The ARN is not well formed", "ARN", target)
    return target


def _events(names: Sequence[str]) -> tuple[str, ...]:
    """Each once, however often a body of megabytes says it: all rules are compared with each other."""
    for name in names:
        if name not in EVENTS:
            raise errors.invalid_argument("The event is not supported for notifications", "Event", name)
    return tuple(dict.fromkeys(names))


def _filters(one: Mapping[str, Any]) -> tuple[tuple[str, str], ...] | None:
    """The filter rules as they are shown again: their names with the first letter large."""
    if "Filter" not in one:
        return None
    found: dict[str, str] = {}
    for rule in one["Filter"].get("Key", {}).get("FilterRules", ()):
        name, value = rule.get("Name", "").lower(), rule.get("Value", "")
        if name not in ("prefix", "suffix"):
            raise errors.invalid_argument(
                "filter rule name must be either prefix or suffix", "FilterRule.Name", rule.get("Name", "")
            )
        if name in found:
            raise errors.invalid_argument(
                f"Cannot specify more than one {name} rule in a filter.", "FilterRule.Name", name
            )
        if len(value.encode("utf-8", "surrogateescape")) > FILTER_BYTES:
            raise errors.invalid_argument(
                f"Size of filter rule value cannot exceed {FILTER_BYTES} bytes in UTF-8 representation",
                "FilterRule.Value",
                value,
            )
        found[name] = value
    return tuple((name.capitalize(), value) for name, value in found.items())


def _check_overlaps(rules: Sequence[NotificationRule]) -> None:
    """No change may be told twice (S3 guide, "Configuring event notifications using object key name
    filtering").
    """
    for one, other in combinations(rules, 2):
        shared = _shared(one.events, other.events)
        if shared is None:
            continue
        if one.filters is None and other.filters is None:
            raise errors.invalid_argument(
                "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
                "Event",
                f"{shared[0]}, {shared[1]}",
            )
        if _nested(one.prefix, other.prefix) and _nested(one.suffix[::-1], other.suffix[::-1]):
            raise errors.invalid_argument(
                "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the "
                "prefixes are overlapping for the same event type.",
                "Filter",
                "",
            )


def _shared(one: Sequence[str], other: Sequence[str]) -> tuple[str, str] | None:
    """Two names of which one means the other."""
    return next(
        (
            (first, second)
            for first in one
            for second in other
            if _nested(first.removesuffix("*"), second.removesuffix("*"))
            and (first == second or first.endswith("*") or second.endswith("*"))
        ),
        None,
    )


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _check_targets(call: Call, bucket: Bucket, rules: Sequence[NotificationRule]) -> None:
    known = call.installation.settings.notify
    missing = [
        rule
        for rule in rules
        if rule.kind != "QueueConfigurations" or notifications.target_name(rule.target, bucket) not in known
    ]
    if not missing:
        return
    details: dict[str, str] = {}
    for number, rule in enumerate(missing, 1):
        details[f"ArgumentName{number}"] = rule.target
        details[f"ArgumentValue{number}"] = f"The destination {DESTINATIONS[rule.kind]} does not exist"
    message = "Unable to validate the following destination configurations"
    raise ApiError("InvalidArgument", message, status=400, **details)
