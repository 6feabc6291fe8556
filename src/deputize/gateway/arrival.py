"""What a request asks for, found out from its head and, unless it is an upload, its body."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deputize.config import Settings
from deputize.errors import ApiError
from deputize.protocol import checksums
from deputize.protocol.address import locate
from deputize.protocol.codec import NO_LABELS, Codec
from deputize.protocol.families import codec_of
from deputize.protocol.message import Body, Head
from deputize.protocol.model import OperationModel
from deputize.protocol.route import query_operation, rest_operation
from deputize.protocol.sigv4 import Claim

# The most that a query service reads of a form (aws-apis: 10,000,000 bytes, then 413).
FORM_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request whose operation is known. `form` is a query request's body, which has been read; others'
    bodies have not.
    """

    model: OperationModel
    labels: Mapping[str, str]
    form: bytes | None

    @property
    def service(self) -> str:
        return self.model.service

    @property
    def codec(self) -> Codec:
        return codec_of(self.model.service)


async def arrive(service: str, settings: Settings, head: Head, body: Body) -> Arrival:
    """Find the operation. Raises ApiError for one that AWS does not have either, or a body that is too
    large.
    """
    if service == "s3":
        model, labels = rest_operation(service, head, locate(head, settings.base_hosts))
        return Arrival(model=model, labels=labels, form=None)
    form = await body.read(FORM_LIMIT)
    return Arrival(model=query_operation(service, head, form), labels=NO_LABELS, form=form)


def form_hash(arrival: Arrival) -> str | None:
    """The hex SHA-256 of a query request's body, which its signature covers."""
    return None if arrival.form is None else hashlib.sha256(arrival.form).hexdigest()


async def parse(
    arrival: Arrival, head: Head, body: Body, claim: Claim | None, *, uploads: bool
) -> dict[str, Any]:
    """The request's members. Reads the body of a REST request and verifies what was promised about it, unless
    it `uploads`.
    """
    if arrival.form is not None or uploads:
        return arrival.codec.parse(arrival.model, head, arrival.form or b"", arrival.labels)
    content = await body.read(arrival.codec.body_limit(arrival.model))
    _verify(head, content, claim)
    return arrival.codec.parse(arrival.model, head, content, arrival.labels)


def _verify(head: Head, content: bytes, claim: Claim | None) -> None:
    """The signed payload hash, Content-MD5 and checksum of a small body; raises XAmzContentSHA256Mismatch or
    BadDigest.
    """
    if claim is not None and claim.payload_sha256 is not None:
        computed = hashlib.sha256(content).hexdigest()
        if not hmac.compare_digest(claim.payload_sha256, computed):
            raise payload_mismatch(claim.payload_sha256, computed)
    md5 = hashlib.md5(content, usedforsecurity=False).digest()
    promised = checksums.content_md5(head)
    if promised is not None and promised != md5:
        raise ApiError("BadDigest", "The Content-MD5 you specified did not match what we received.")
    stated = checksums.requested(head)
    if stated is not None:
        hasher = checksums.hasher(stated.algorithm)
        hasher.update(content)
        stated.verify(hasher)


def payload_mismatch(stated: str, computed: str) -> ApiError:
    return ApiError(
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ClientComputedContentSHA256=stated,
        S3ComputedContentSHA256=computed,
    )
