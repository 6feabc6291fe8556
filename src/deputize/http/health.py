"""`/_health`: whether the server is ready and what it enforces; no bucket can have that name."""

import json
import logging
from collections.abc import Callable, Mapping

from deputize.protocol.message import Answer, Head

log = logging.getLogger("deputize.http")
PATH = "/_health"
Report = Callable[[], Mapping[str, object]]


def answer(head: Head, report: Report) -> Answer | None:
    """The answer if the request asks for the server's health, else None. 503 unless the report says
    `ready`.
    """
    if head.path != PATH or head.method not in ("GET", "HEAD"):
        return None
    try:
        told = report()
    except Exception:
        log.exception("the server cannot tell its health")
        told = {"ready": False}
    body = json.dumps(told).encode() + b"\n"
    status = 200 if told.get("ready") is True else 503
    headers = (("content-type", "application/json"), ("cache-control", "no-store"))
    return Answer(status, headers, body)
