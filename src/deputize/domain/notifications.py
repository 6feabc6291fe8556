"""What is told of changes to objects (S3 guide, "Amazon S3 Event Notifications" and "Event message
structure").

A message is written in the transaction of its change, so none is lost, and delivered later (`deliver`), so
nobody waits for it.
"""

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from deputize.gateway.call import Call
from deputize.model.bucket_rules import NotificationRule
from deputize.model.notification import Notification
from deputize.model.storage import Bucket, DeleteMarker, StoredObject
from deputize.policy.arn import Arn
from deputize.protocol.rest_xml import HOST_ID
from deputize.store.api import Transaction

log = logging.getLogger("deputize.notifications")

# How many messages of an account to one target may wait; what comes then is dropped.
WAITING = 100_000
# Of these kinds of events the message has a later version, and no sequencer (the same guide).
VERSION, LATER_VERSION = "2.1", "2.3"
LATER = ("LifecycleExpiration:", "ObjectTagging:", "ObjectAcl:", "ObjectRetention:")
WITHOUT_ORDER = ("ObjectTagging:", "ObjectAcl:", "ObjectRetention:")
GONE = ("ObjectRemoved:", "LifecycleExpiration:")
LIFECYCLE = "s3.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Cause:
    """Who made a change, from which address, by which request, and when (epoch seconds); and the names of the
    `targets` that the operator has, since nothing is kept for any other.
    """

    principal: str
    address: str
    request: str
    at: float
    targets: Collection[str]


def by_call(call: Call) -> Cause:
    """A caller of S3."""
    principal = "Anonymous" if call.caller.anonymous else f"AWS:{call.caller.user_id}"
    targets = call.installation.settings.notify
    return Cause(principal, call.head.peer, call.id, call.now, targets)


def by_lifecycle(now: float, targets: Collection[str]) -> Cause:
    """A rule of the bucket."""
    return Cause(LIFECYCLE, LIFECYCLE, "", now, targets)


def announce(
    db: Transaction, bucket: Bucket, event: str, found: StoredObject | DeleteMarker, cause: Cause
) -> None:
    """Tell those who want to know of an `event` (`ObjectCreated:Put`) on this version."""
    if not bucket.notifications:
        return
    key = found.key.decode()
    for rule in bucket.notifications:
        if _wants(rule, event) and key.startswith(rule.prefix) and key.endswith(rule.suffix):
            record = _record(db, bucket, event, found, cause, rule.id)
            _put(db, bucket, rule.target, {"Records": [record]}, cause)


def test(db: Transaction, bucket: Bucket, target: str, cause: Cause) -> None:
    """What a target is sent when notifications to it are set up."""
    message = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": moment(cause.at),
        "Bucket": bucket.name,
        "RequestId": cause.request,
        "HostId": HOST_ID,
    }
    _put(db, bucket, target, message, cause)


def target_name(target: str, bucket: Bucket) -> str | None:
    """What the operator calls the target of this ARN; None for one that no target of the bucket can have:
    targets are queues of the bucket's account and region.
    """
    arn = Arn.parse(target)
    if arn is None or (arn.partition, arn.service) != (bucket.partition, "sqs"):
        return None
    return arn.resource if (arn.region, arn.account) == (bucket.region, bucket.account) else None


def moment(at: float) -> str:
    """As messages write times."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wants(rule: NotificationRule, event: str) -> bool:
    name, star = f"s3:{event}", f"s3:{event.partition(':')[0]}:*"
    return name in rule.events or star in rule.events


def _record(
    db: Transaction,
    bucket: Bucket,
    event: str,
    found: StoredObject | DeleteMarker,
    cause: Cause,
    rule: str,
) -> dict[str, Any]:
    return {
        "eventVersion": LATER_VERSION if event.startswith(LATER) else VERSION,
        "eventSource": "aws:s3",
        "awsRegion": bucket.region,
        "eventTime": moment(cause.at),
        "eventName": event,
        "userIdentity": {"principalId": cause.principal},
        "requestParameters": {"sourceIPAddress": cause.address},
        "responseElements": {"x-amz-request-id": cause.request, "x-amz-id-2": HOST_ID},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": rule,
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": bucket.account},
                "arn": bucket.arn,
            },
            "object": _object(db, bucket, event, found),
        },
    }


def _object(
    db: Transaction, bucket: Bucket, event: str, found: StoredObject | DeleteMarker
) -> dict[str, Any]:
    """Of what is gone, neither size nor entity tag is told."""
    told: dict[str, Any] = {"key": quote_plus(found.key, safe="/")}
    if isinstance(found, StoredObject) and not event.startswith(GONE):
        told |= {"size": found.size, "eTag": found.etag}
    if bucket.versioning:
        told["versionId"] = found.version
    if not event.startswith(WITHOUT_ORDER):
        told["sequencer"] = f"{db.number('sequencer'):018X}"
    return told


def _put(db: Transaction, bucket: Bucket, target: str, message: dict[str, Any], cause: Cause) -> None:
    name = target_name(target, bucket)
    if name is None or name not in cause.targets:
        return  # saved without being validated, as its owner wanted
    queue = f"{bucket.account}/{name}"
    number = db.number(f"notification {queue}")
    oldest = next(iter(db.notifications.page(queue, limit=1)), None)
    if oldest is not None and number - oldest.number >= WAITING:
        if number % WAITING == 0:
            log.warning("the queue of notifications to %s of account %s is full", name, bucket.account)
        return
    body = json.dumps(message, separators=(",", ":"))
    db.notifications.put(
        Notification(queue=queue, number=number, target=name, created=int(cause.at), body=body)
    )
