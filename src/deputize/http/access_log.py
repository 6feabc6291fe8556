"""One line of JSON per answer. Queries are left out: those of presigned URLs hold signatures."""

import json
import logging
import os
import sys
from pathlib import Path

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


class LineFile(logging.Handler):
    """Appends each line to a file, or to stdout, in one write: several processes do not cut each other's
    lines in two. (In a pipe, that holds for lines up to PIPE_BUF, 4 KiB on Linux.)
    """

    def __init__(self, path: Path | None) -> None:
        """None is stdout. Raises OSError."""
        super().__init__()
        if path is None:
            self._descriptor = sys.stdout.fileno()
        else:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)

    def emit(self, record: logging.LogRecord) -> None:
        line = (self.format(record) + "\n").encode()
        try:
            while line:
                line = line[os.write(self._descriptor, line) :]
        except OSError:
            self.handleError(record)
