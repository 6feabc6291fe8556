"""`/_health`: whether the server is ready and what it enforces; no bucket can have that name."""

import json
from collections.abc import Callable, Mapping

from deputize.protocol.message import Answer, Head

PATH = "/_health"
Report = Callable[[], Mapping[str, object]]


def answer(head: Head, report: Report) -> Answer | None:
    """The answer if the request asks for the server's health, else None."""
    if head.path != PATH or head.method not in ("GET", "HEAD"):
        return None
    told = report()
    body = json.dumps(told).encode() + b"\n"
    status = 200 if told.get("ready") else 503
    headers = (("content-type", "application/json"), ("cache-control", "no-store"))
    return Answer(status, headers, b"" if head.method == "HEAD" else body, len(body))
