"""One line of JSON per answer. Queries are left out: those of presigned URLs hold signatures."""

import json
import logging

from deputize.protocol.message import Answer, Head

log = logging.getLogger("deputize.access")
REQUEST_IDS = ("x-amz-request-id", "x-amzn-requestid")


def record(head: Head, answer: Answer, *, at: float, seconds: float, sent: int) -> None:
    """Log an answer; `at` is in epoch seconds, `sent` counts the body's bytes."""
    if not log.isEnabledFor(logging.INFO):
        return
    identity = next((value for name, value in answer.headers if name in REQUEST_IDS), None)
    line = {
        "at": round(at, 3),
        "request": identity,
        "peer": head.peer,
        "method": head.method,
        "path": head.path,
        "status": answer.status,
        "bytes": sent,
        "ms": round(seconds * 1000, 2),
    }
    log.info(json.dumps(line))
