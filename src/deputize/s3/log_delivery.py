"""Delivers server access logs: as PutObject calls of the service `logging.s3.amazonaws.com`, authorized like
any other, so that the target's policy or list must let them in (S3 guide, "Permissions for server access log
delivery").

Lines are deleted after they were delivered: a crash in between delivers them twice, as may happen on AWS.
What the target refuses is lost, and so are the lines of buckets that are gone or log no more. Deliveries
themselves stand in no log.
"""

import asyncio
import datetime
import logging
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby

from deputize.blobs.vault import Vault
from deputize.domain.service_calls import service_call
from deputize.errors import ApiError
from deputize.gateway import bodies
from deputize.gateway.call import Upload
from deputize.gateway.perform import perform
from deputize.gateway.spine import Gateway
from deputize.model.log_record import LogRecord
from deputize.model.storage import Bucket, Logging
from deputize.s3 import acl_forms
from deputize.store.api import Store, Transaction

log = logging.getLogger("deputize.s3")

PRINCIPAL = "logging.s3.amazonaws.com"
# Lines of one log object.
BATCH = 2000
# The most characters of a key beyond its prefix: account, region and bucket, the day, the time and a word.
LONGEST = len("111122223333/ap-southeast-1/") + 63 + len("/2026/01/01/2026-01-01-00-00-00-") + 16
DAY = 86400 * 1000


async def deliver(gateway: Gateway, now: float) -> int:
    """Deliver what there is to deliver at `now` (epoch seconds); returns how many objects were made. Raises
    what the store and the blobs raise, and then the rest waits for another time.
    """
    made, bucket = 0, -1
    while True:
        records = await asyncio.to_thread(_next, gateway.store, bucket)
        if not records:
            return made
        bucket = records[0].bucket
        while records:
            made += await _delivered(gateway, records, now)
            await asyncio.to_thread(gateway.store.write(partial(_forget, records)).result)
            full = len(records) == BATCH
            records = await asyncio.to_thread(_of, gateway.store, bucket) if full else []


def _next(store: Store, after: int) -> list[LogRecord]:
    """The oldest lines of the first bucket beyond this one that has any."""
    with store.snapshot() as db:
        first = db.log_records.page(after=after, limit=1)
        return db.log_records.page(first[0].bucket, limit=BATCH) if first else []


def _of(store: Store, bucket: int) -> list[LogRecord]:
    with store.snapshot() as db:
        return db.log_records.page(bucket, limit=BATCH)


def _forget(records: Sequence[LogRecord], db: Transaction) -> None:
    for one in records:
        db.log_records.delete(one.bucket, one.at, one.id)


async def _delivered(gateway: Gateway, records: Sequence[LogRecord], now: float) -> int:
    """How many objects were made of these lines."""
    with gateway.store.snapshot() as db:
        bucket = next(iter(db.buckets.find("id", records[0].bucket)), None)
        target = None if bucket is None or bucket.logging is None else db.buckets.get(bucket.logging.target)
    if bucket is None or bucket.logging is None:
        return 0
    if target is None or target.account != bucket.account:
        log.warning("the log of bucket %s has no target any more; it is lost", bucket.name)
        return 0
    made = 0
    for key, lines in _objects(bucket, bucket.logging, records, now):
        try:
            await _put(gateway, bucket, Delivery(bucket.logging, key, lines), now)
            made += 1
        except ApiError as error:
            log.warning("the log of bucket %s is not let in by %s: %s", bucket.name, target.name, error)
    return made


@dataclass(frozen=True, slots=True)
class Delivery:
    """A log object to be."""

    logging: Logging
    key: str
    lines: bytes


def _objects(
    bucket: Bucket, logging: Logging, records: Sequence[LogRecord], now: float
) -> Iterator[tuple[str, bytes]]:
    """The keys and the content of the log objects: of one day's requests each, where keys tell those."""
    by_day = logging.keys == "EventTime"
    for day, found in groupby(records, lambda one: one.at // DAY if by_day else 0):
        moment = datetime.datetime.fromtimestamp(day * DAY / 1000 if by_day else now, datetime.UTC)
        folders = f"{bucket.account}/{bucket.region}/{bucket.name}/{moment:%Y/%m/%d}/"
        partitioned = folders if logging.keys not in ("", "Simple") else ""
        key = f"{logging.prefix}{partitioned}{moment:%Y-%m-%d-%H-%M-%S}-{secrets.token_hex(8).upper()}"
        yield key, "".join(f"{one.line}\n" for one in found).encode()


async def _put(gateway: Gateway, bucket: Bucket, delivery: Delivery, now: float) -> None:
    """Raises ApiError if the target does not take it."""
    call = service_call(
        gateway.installation,
        gateway.services["s3"].operations["PutObject"],
        principal=PRINCIPAL,
        keys={"aws:sourceaccount": bucket.account, "aws:sourcearn": bucket.arn},
        account=bucket.account,
        partition=bucket.partition,
        region=bucket.region,
        now=now,
    )
    vault = gateway.installation.vault
    upload = await asyncio.to_thread(_staged, vault, delivery.lines)
    request = {
        "Bucket": delivery.logging.target,
        "Key": delivery.key,
        "ContentType": "text/plain",
        **acl_forms.stated(grant for grant in delivery.logging.grants if grant.permission != "WRITE"),
    }
    try:
        await perform(gateway.store, replace(call, upload=upload), request)
    except ApiError:
        bodies.discard(vault, upload)
        raise


def _staged(vault: Vault, lines: bytes) -> Upload:
    staging = bodies.Staging(vault, bodies.DEFAULT_CHECKSUM)
    try:
        staging.take(lines)
        return staging.finish()
    except BaseException:
        staging.abort()
        raise
