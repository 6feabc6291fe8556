"""What a request asks for, found out from its head and, unless it is an upload, its body."""

import asyncio
import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any

from deputize.config import Settings
from deputize.errors import ApiError
from deputize.gateway import bodies
from deputize.protocol import checksums
from deputize.protocol.address import locate
from deputize.protocol.codec import NO_LABELS, Codec
from deputize.protocol.families import codec_of
from deputize.protocol.message import Body, Head
from deputize.protocol.model import OperationModel, load
from deputize.protocol.query import wants_json
from deputize.protocol.rest_route import path_operation
from deputize.protocol.route import query_operation, rest_operation
from deputize.protocol.sigv4 import Claim
from deputize.protocol.sigv4_stream import EMPTY_SHA256, form_of
from deputize.records import record

# The most that a query service reads of a form (aws-apis: 10,000,000 bytes, then 413).
FORM_LIMIT = 10_000_000
# Bodies of at least this size are read in a thread: escapes and elements by the hundred thousand take long.
THREAD_BODY = 64 * 1024
EMPTY_MD5 = hashlib.md5(usedforsecurity=False).digest()
# Operations whose checksum headers speak of the object, and not of the body (S3 API).
OF_THE_OBJECT = frozenset({"CompleteMultipartUpload"})


@record(kw_only=True)
class Arrival:
    """A request whose operation is known. `form` is the body of a query or JSON request, which has been read;
    those of S3 and S3 Control have not. `json`: a query service answers in JSON, as it was asked to.
    """

    model: OperationModel
    labels: Mapping[str, str]
    form: bytes | None
    json: bool = False

    @property
    def service(self) -> str:
        return self.model.service

    @property
    def codec(self) -> Codec:
        return codec_of(self.model.service, json=self.json)


async def arrive(service: str, settings: Settings, head: Head, body: Body) -> Arrival:
    """Find the operation. Raises ApiError for one that AWS does not have either, or a body that is too
    large.
    """
    if service == "s3":
        model, labels = rest_operation(service, head, locate(head, settings.base_hosts))
        return Arrival(model=model, labels=labels, form=None)
    if service == "s3control":
        # Its path tells all; the account that its clients put before the host stands in a header too.
        model, labels = path_operation(service, head)
        return Arrival(model=model, labels=labels, form=None)
    if load(service).protocol == "rest-json":
        model, labels = path_operation(service, head)
        form = await body.read(codec_of(service).body_limit(model))
        return Arrival(model=model, labels=labels, form=form)
    form = await body.read(FORM_LIMIT)
    model = query_operation(service, head, form)
    return Arrival(model=model, labels=NO_LABELS, form=form, json=wants_json(head))


def form_hash(arrival: Arrival) -> str:
    """The hex SHA-256 of a query or JSON request's body, which its signature covers."""
    return hashlib.sha256(arrival.form or b"").hexdigest()


def at_hand(arrival: Arrival, body: Body) -> bool:
    """Whether the request is here as a whole, and so short that it is parsed on the event loop."""
    return body.length == 0 if arrival.form is None else len(arrival.form) < THREAD_BODY


async def parse(arrival: Arrival, head: Head, body: Body, claim: Claim | None) -> dict[str, Any]:
    """The request's members. Reads the body of a REST request and verifies what was promised about it."""
    content = arrival.form or b""
    if arrival.form is None:
        _refuse_chunks(arrival, head)
        content = await body.read(arrival.codec.body_limit(arrival.model))
        _verify(arrival, head, content, claim)
    reading = partial(arrival.codec.parse, arrival.model, head, content, arrival.labels)
    return reading() if len(content) < THREAD_BODY else await asyncio.to_thread(reading)


def parse_at_hand(arrival: Arrival, head: Head, claim: Claim | None) -> dict[str, Any]:
    """The same of a request that is `at_hand` and does not upload."""
    if arrival.form is None:
        _refuse_chunks(arrival, head)
        _verify(arrival, head, b"", claim)
    return arrival.codec.parse(arrival.model, head, arrival.form or b"", arrival.labels)


def parse_upload(arrival: Arrival, head: Head) -> dict[str, Any]:
    """The same of a request whose body is an object's bytes: its head says all else."""
    return arrival.codec.parse(arrival.model, head, b"", arrival.labels)


def _refuse_chunks(arrival: Arrival, head: Head) -> None:
    if form_of(head) is not None:
        raise ApiError("NotImplemented", f"{arrival.model.name} takes no body in chunks.", status=501)


def _verify(arrival: Arrival, head: Head, content: bytes, claim: Claim | None) -> None:
    """What was promised about a small body."""
    stated = None if arrival.model.name in OF_THE_OBJECT else checksums.requested(head)
    checksum = None
    if stated is not None:
        checksum = checksums.hasher(stated.algorithm)
        checksum.update(content)
    sha256 = hashlib.sha256(content).hexdigest() if content else EMPTY_SHA256
    md5 = hashlib.md5(content, usedforsecurity=False).digest() if content else EMPTY_MD5
    bodies.verify(head, stated, claim.payload_sha256 if claim is not None else None, sha256, md5, checksum)
