"""One line of JSON per answer. Queries are left out: those of presigned URLs hold signatures."""

import json
import logging

from deputize.protocol.message import Answer, Head

log = logging.getLogger("deputize.access")
REQUEST_IDS = ("x-amz-request-id", "x-amzn-requestid")


def record(
    peer: str, head: Head | None, answer: Answer | None, *, at: float, seconds: float, sent: int
) -> None:
    """Log an answer; `head` is None if it could not be read, `answer` if there
    was nobody to answer any more. `at` is in epoch seconds, `seconds` is how long
    the answer took, `sent` counts the bytes of the body that the socket took.
    """
    if not log.isEnabledFor(logging.INFO):
        return
    headers = answer.headers if answer is not None else ()
    identity = next((value for name, value in headers if name.lower() in REQUEST_IDS), None)
    line = {
        "at": round(at, 3),
        "request": identity,
        "peer": peer,
        "method": head.method if head is not None else None,
        "path": head.path if head is not None else None,
        "status": answer.status if answer is not None else None,
        "bytes": sent,
        "ms": round(seconds * 1000, 2),
    }
    log.info(json.dumps(line))
