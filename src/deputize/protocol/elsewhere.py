"""Services of AWS that this server does not have: which of them a request is for, and the answer that says
so in that service's own protocol.

Nobody is asked who signed: the answer is the same to all, and nothing else happens.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from deputize.protocol.message import Answer, Head
from deputize.protocol.rest_json import NAMES
from deputize.protocol.xml_writer import DECLARATION, text

CODE, STATUS = "NotImplemented", 501
FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"application/x-amz-json-1\.[01]", re.ASCII)
_TARGET = re.compile(r"([\w-]{1,128})\.\w{1,128}", re.ASCII)


class NotHere(Exception):
    """A request for a service that this server does not have, and the protocol that it speaks: botocore's
    name of it.
    """

    def __init__(self, service: str, protocol: str) -> None:
        super().__init__(service, protocol)
        self.service = service
        self.protocol = protocol


def check(head: Head, query: Sequence[tuple[str, str]], scoped: str | None) -> None:
    """Raises NotHere for a request that another service's client sends. `scoped` is the service in its
    credential scope.

    What it carries says its protocol (Smithy, "AWS protocols"): X-Amz-Target is JSON services', a form or an
    Action query services'. Without any, a path belongs to those services that have paths, `/` to any. The
    rest is for S3 to refuse, whose buckets have every other path.
    """
    spoken = None if scoped is None else _spoken().get(scoped)
    target = _TARGET.fullmatch(head.get("x-amz-target") or "") if head.method == "POST" else None
    if scoped is None or spoken is None:
        if target is not None and head.path == "/" and _JSON.match(head.get("content-type") or ""):
            raise NotHere(target[1], "json")
        return
    if target is not None:
        raise NotHere(scoped, "json")
    if head.get("smithy-protocol") == "rpc-v2-cbor":
        raise NotHere(scoped, "smithy-rpc-v2-cbor")
    form = head.method == "POST" and (head.get("content-type") or "").startswith(FORM)
    if form or any(name == "Action" for name, _ in query):
        raise NotHere(scoped, "ec2" if spoken == "ec2" else "query")
    if head.path == "/" or spoken.startswith("rest-"):
        raise NotHere(scoped, spoken)


@cache
def _spoken() -> Mapping[str, str]:
    """The protocol of each service, by the name that signatures give it."""
    found: Mapping[str, str] = json.loads(
        (resources.files("deputize.protocol") / "elsewhere.json").read_bytes()
    )
    return found


def answer(named: NotHere, request_id: str, head: Head) -> Answer:
    """That the service is not offered; without a body if the request is a HEAD."""
    message = f"The service {named.service} is not offered by this server."
    headers: tuple[tuple[str, str], ...] = (("x-amzn-requestid", request_id),)
    match named.protocol:
        case "json" | "rest-json":
            asked = _JSON.match(head.get("content-type") or "")
            kind = asked[0] if asked is not None else "application/json"
            headers += (("x-amzn-errortype", NAMES[CODE]),)
            body = json.dumps({"__type": NAMES[CODE], "message": message}).encode()
        case "smithy-rpc-v2-cbor":
            kind = "application/cbor"
            headers += (("smithy-protocol", "rpc-v2-cbor"),)
            words = ("__type", NAMES[CODE], "message", message)
            body = b"\xa2" + b"".join(map(_cbor, words))
        case "ec2":
            kind = "text/xml"
            body = _xml(
                f"<Response><Errors>{_error(message)}</Errors><RequestID>{request_id}</RequestID></Response>"
            )
        case _:
            kind = "text/xml"
            error = _error(message, "<Type>Receiver</Type>")
            body = _xml(f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>")
    return Answer(STATUS, (("content-type", kind), *headers), b"" if head.method == "HEAD" else body)


def _error(message: str, kind: str = "") -> str:
    return f"<Error>{kind}<Code>{CODE}</Code><Message>{text(message)}</Message></Error>"


def _xml(written: str) -> bytes:
    return f"{DECLARATION}{written}".encode()


def _cbor(word: str) -> bytes:
    """A text of up to 255 bytes (RFC 8949, 3.1)."""
    written = word.encode()
    return bytes((0x78, len(written))) + written
