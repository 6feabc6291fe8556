"""Server access logs: what is written of each request to a bucket whose owner wants to know (S3 guide,
"Amazon S3 server access log format").

A line goes to the store's note queue once the answer is sent, so no request waits for it. It is lost in a
crash within a second, and dropped while too many wait: AWS promises no more than its best effort either.
`s3.log_delivery` makes objects of the lines.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import quote, unquote_plus

from deputize.errors import ApiError
from deputize.gateway import access_points
from deputize.gateway.arrival import Arrival
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.model import ids
from deputize.model.log_record import LogRecord
from deputize.model.storage import Bucket, StoredObject
from deputize.protocol.message import Answer, Head
from deputize.protocol.model import OperationModel
from deputize.store.api import Snapshot, Store, Transaction

NOTHING = "-"
# All that may stand between the quotes of a field.
_QUOTABLE = "".join(one for one in map(chr, range(0x20, 0x7F)) if one != '"')
_PATH = "/" + "".join(one for one in map(chr, range(0x21, 0x7F)) if one not in '" %')
# Parameters of presigned addresses by whose values somebody else could act (docs/differences.md).
SECRETS = ("X-Amz-Signature", "X-Amz-Security-Token")
# What logs call the operations that they do not name by the subresource, and by method and subresource.
NAMED: Mapping[str, str] = {
    "CopyObject": "COPY.OBJECT",
    "UploadPart": "PUT.PART",
    "UploadPartCopy": "COPY.PART",
    "CompleteMultipartUpload": "POST.UPLOAD",
    "AbortMultipartUpload": "DELETE.UPLOAD",
    "ListParts": "GET.UPLOAD",
    "DeleteObjects": "POST.MULTI_OBJECT_DELETE",
    "GetObjectTagging": "GET.OBJECT_TAGGING",
    "PutObjectTagging": "PUT.OBJECT_TAGGING",
    "DeleteObjectTagging": "DELETE.OBJECT_TAGGING",
    "GetObjectAttributes": "GET.OBJECT_ATTRIBUTES",
    "ListObjectsV2": "GET.BUCKET",
    "OptionsObject": "OPTIONS.PREFLIGHT",
}
SUBRESOURCES: Mapping[str, str] = {
    "policy": "BUCKETPOLICY",
    "versions": "BUCKETVERSIONS",
    "logging": "LOGGING_STATUS",
    "requestPayment": "REQUEST_PAYMENT",
    "publicAccessBlock": "PUBLIC_ACCESS_BLOCK",
    "ownershipControls": "OWNERSHIP_CONTROLS",
    "policyStatus": "POLICY_STATUS",
}


@dataclass(slots=True)
class Trail:
    """What becomes known of a request on its way. `bucket` stays None if nobody wants to know."""

    head: Head
    id: str
    at: float
    bucket: Bucket | None = None
    source: Bucket | None = None
    operation: str = ""
    key: str | None = None
    call: Call | None = None
    copied: StoredObject | None = None
    error: ApiError | None = None
    point: str = NOTHING
    deleted: Sequence[tuple[str, str, str]] = ()

    def arrived(self, db: Snapshot, arrival: Arrival, region: str) -> None:
        """The request is for this operation."""
        name = arrival.labels.get("Bucket")
        if name is None:
            return
        bucket = db.buckets.get(name)
        if bucket is None:
            point = access_points.named(db, name, region)
            if point is not None:
                self.point = point.arn
                bucket = access_points.bucket_behind(db, point)
        self.entered(bucket, f"REST.{operation_of(arrival.model)}", arrival.labels.get("Key"))

    def entered(self, bucket: Bucket | None, operation: str, key: str | None) -> None:
        """The request is for this bucket, and the operation is called so."""
        self.operation, self.key = operation, key
        if bucket is not None and bucket.logging is not None:
            self.bucket = bucket

    def copying(self, db: Snapshot, copied: StoredObject | None) -> None:
        """The request copies this object, of which its own bucket's log tells too."""
        found = db.buckets.find("id", copied.bucket) if copied is not None else []
        if found and found[0].logging is not None:
            self.source, self.copied = found[0], copied

    def left(self, store: Store, answer: Answer) -> Answer:
        """The answer, which leaves its lines once it is sent."""
        if self.bucket is None and self.source is None:
            return answer
        return replace(answer, sent=partial(self._write, store, answer))

    def done(self, request: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """The request was carried out. Of a DeleteObjects, each object has a line too."""
        if self.bucket is not None and "Delete" in request:
            failed = {_named(one): one["Code"] for one in result.get("Errors", ())}
            named = [_named(one) for one in request["Delete"]["Objects"]]
            self.deleted = [(*one, failed.get(one, NOTHING)) for one in named]

    def _write(self, store: Store, answer: Answer, size: int, seconds: float, waited: float) -> None:
        told = [
            _quoted(f"{self.head.method} {_target(self.head)} HTTP/1.1"),
            str(answer.status),
            self.error.code if self.error is not None else NOTHING,
            str(size or NOTHING),
            _object_size(self.head, answer),
            str(int(seconds * 1000)),
            str(int(waited * 1000)),
        ]
        ends = _header(answer, "x-amz-version-id"), _header(answer, "x-amz-id-2")
        records = []
        if self.bucket is not None:
            records.append(self._record(self.bucket, self.operation, self.key, told, ends))
            for number, (key, version, code) in enumerate(self.deleted, 1):
                status = "204" if code == NOTHING else NOTHING
                each = [NOTHING, status, code, *[NOTHING] * 4]
                versions = version, ends[1]
                records.append(self._record(self.bucket, "BATCH.DELETE.OBJECT", key, each, versions, number))
        if self.source is not None and self.copied is not None:
            operation = "REST.COPY.PART_GET" if "PART" in self.operation else "REST.COPY.OBJECT_GET"
            records.append(self._record(self.source, operation, self.copied.key.decode(), told, ends))
        store.note(partial(_put, records))

    def _record(
        self,
        bucket: Bucket,
        operation: str,
        key: str | None,
        told: Sequence[str],
        ends: Sequence[str],
        number: int = 0,
    ) -> LogRecord:
        """The line of one operation, the request's of this `number`: `told` are the fields from the
        Request-URI to the turn-around time, `ends` the version and the host's id.
        """
        fields = [
            ids.canonical_id(bucket.account),
            bucket.name,
            datetime.datetime.fromtimestamp(self.at, datetime.UTC).strftime("[%d/%b/%Y:%H:%M:%S +0000]"),
            self.head.peer or NOTHING,
            NOTHING if self.call is None else requester(self.call.caller),
            self.id,
            operation,
            quote(key, _PATH, errors="surrogateescape") if key is not None else NOTHING,
            *told,
            _quoted(self.head.get("referer")),
            _quoted(self.head.get("user-agent")),
            *ends,
            *self._security(),
        ]
        name = f"{self.id}-{operation}-{number:04}"
        return LogRecord(bucket=bucket.id, at=int(self.at * 1000), id=name, line=" ".join(fields))

    def _security(self) -> list[str]:
        """How it was signed, and by what connection it came: signature, cipher, authentication, host, TLS,
        access point, whether a list was needed, and the source's region.
        """
        claim = self.call.claim if self.call is not None else None
        kind = NOTHING if claim is None else "QueryString" if claim.presigned else "AuthHeader"
        tls = f"TLSv{self.head.tls}" if self.head.tls is not None else NOTHING
        host = quote(self.head.get("host") or NOTHING, _PATH)
        signed = NOTHING if claim is None else "SigV4"
        return [signed, NOTHING, kind, host, tls, self.point, NOTHING, NOTHING]


def operation_of(model: OperationModel) -> str:
    """What logs call an operation, after `REST.`."""
    if model.name in NAMED:
        return NAMED[model.name]
    for name in model.subresources:  # the first tells
        return f"{model.method}.{SUBRESOURCES.get(name, name.replace('-', '_').upper())}"
    return f"{model.method}.{'OBJECT' if 'Key' in model.path or model.name == 'PostObject' else 'BUCKET'}"


def requester(caller: Caller) -> str:
    """The canonical user id of a root user, and the ARN of everybody else who signs."""
    if caller.anonymous:
        return NOTHING
    return ids.canonical_id(caller.account) if caller.root else caller.arn


def _target(head: Head) -> str:
    if not head.query:
        return head.path
    return f"{head.path}?{'&'.join(map(_shown, head.query.split('&')))}"


def _shown(parameter: str) -> str:
    name = parameter.partition("=")[0]
    return f"{name}=..." if unquote_plus(name) in SECRETS else parameter


def _quoted(text: str | None) -> str:
    return f'"{quote(text, _QUOTABLE) if text else NOTHING}"'


def _header(answer: Answer, name: str) -> str:
    return next((value for one, value in answer.headers if one == name), NOTHING)


def _object_size(head: Head, answer: Answer) -> str:
    """The size of the whole object that was read or written."""
    if head.method in ("PUT", "POST"):
        sent = head.get("x-amz-decoded-content-length") or head.get("content-length") or "0"
        return sent if sent.strip("0").isdecimal() else NOTHING
    total = _header(answer, "content-range").rpartition("/")[2]
    if total.isdecimal():
        return total
    whole = answer.status == 200 and _header(answer, "etag") != NOTHING
    size = len(answer.body) if isinstance(answer.body, bytes) else answer.body.length
    return str(size if answer.length is None else answer.length) if whole else NOTHING


def _named(one: Mapping[str, Any]) -> tuple[str, str]:
    """The key and the version of an object of a DeleteObjects."""
    return one["Key"], one.get("VersionId", NOTHING)


def _put(records: Sequence[LogRecord], db: Transaction) -> None:
    for record in records:
        db.log_records.put(record)
