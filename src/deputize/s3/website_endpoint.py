"""Buckets as websites, served under names of their own (S3 guide, "Website endpoints", "Configuring an index
document", "Configuring a custom error document", "Configuring a webpage redirect").

Whoever asks is anonymous, whatever the request says: each object that is shown is a GetObject that went
through `gateway.perform` as any other does.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from deputize.errors import ApiError
from deputize.gateway.authenticate import ANONYMOUS
from deputize.gateway.call import Call
from deputize.gateway.perform import perform
from deputize.gateway.server_log import Trail
from deputize.gateway.spine import Gateway, error_of, new_id
from deputize.model.bucket_rules import RoutingRule, Website
from deputize.protocol.address import bare_name, decoded, website_bucket
from deputize.protocol.families import codec_of
from deputize.protocol.message import Answer, Head, let_go
from deputize.protocol.model import load
from deputize.protocol.rest_xml import HOST_ID, RestXmlCodec
from deputize.s3 import errors
from deputize.s3.headers import PRINTABLE, REDIRECT
from deputize.s3.websites import no_website

# Of a request's headers, what says which object and how much of it is wanted, and what policies may look at.
HEARD = frozenset({"host", "origin", "range", "referer", "user-agent"})
# Characters that may stand in a path, and in an address.
IN_PATH = "/~!$&'()*+,;=:@"
IN_ADDRESS = IN_PATH + "?#[]%"
_OPERATIONS = {"GET": "GetObject", "HEAD": "HeadObject"}


@dataclass(frozen=True, slots=True)
class WebsiteEndpoint:
    """What answers under the names of websites."""

    gateway: Gateway

    async def answer(self, head: Head) -> Answer | None:
        """The answer to a request for a website; None if it is for something else. Raises nothing but
        ConnectionError, when the client went away.
        """
        bucket = website_bucket(head.get("host") or "", self.gateway.installation.settings.base_hosts)
        if bucket is None:
            return None
        trail = Trail(head, new_id(), self.gateway.clock())
        try:
            answer = await Visit(self.gateway, self._site(bucket, trail), bucket, trail).answer()
        except ConnectionError:
            raise
        except Exception as raised:
            trail.error = error_of(raised, "s3", trail.id)
            answer = _page(head, trail.id, trail.error)
        return trail.left(self.gateway.store, self.gateway.opened(bucket, head, answer))

    def _site(self, bucket: str, trail: Trail) -> Website:
        """Raises MethodNotAllowed, NoSuchBucket, NoSuchWebsiteConfiguration."""
        with self.gateway.store.snapshot() as db:
            found = db.buckets.get(bucket)
        head = trail.head
        trail.entered(found, f"WEBSITE.{head.method}.OBJECT", None)
        if head.method not in _OPERATIONS:
            raise ApiError(
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
                {"allow": ", ".join(_OPERATIONS)},
                status=405,
                Method=head.method,
                ResourceType="OBJECT",
            )
        if found is None:
            raise errors.no_such_bucket(bucket)
        if found.website is None:
            raise no_website(bucket)
        return found.website


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to a website."""

    gateway: Gateway
    site: Website
    bucket: str
    trail: Trail

    @property
    def head(self) -> Head:
        return self.trail.head

    async def answer(self) -> Answer:
        """Raises InvalidURI."""
        key, site = decoded(self.head.path.removeprefix("/")), self.site
        self.trail.key = key
        if site.host:
            return self._moved(f"{site.protocol or self._scheme}://{site.host}{self.head.path}{self._query}")
        rule = next((one for one in site.rules if one.error is None and _covers(one, key)), None)
        if rule is not None:
            return self._sent(rule, key)
        try:
            return await self._shown(key + site.index if key.endswith("/") or not key else key)
        except ApiError as error:
            return await self._failed(key, error)

    async def _failed(self, key: str, error: ApiError) -> Answer:
        """A folder is shown with a slash at its end. Everything else is told by a rule, the error document,
        or a page of ours.
        """
        status, self.trail.error = _status(error), error
        if status in (403, 404) and await self._is_folder(key):
            return self._moved(f"/{quote(key, IN_PATH)}/", 302)
        for rule in self.site.rules:
            if rule.error == status and _covers(rule, key):
                return self._sent(rule, key)
        if not self.site.error or not 400 <= status < 500:
            return _page(self.head, self.trail.id, error)
        try:
            document = await self._shown(self.site.error, whole=True)
        except ApiError as second:
            return _page(self.head, self.trail.id, error, second)
        if document.status != 200:
            return document
        return replace(document, status=status, headers=(*document.headers, *_told(error)))

    async def _shown(self, key: str, *, whole: bool = False) -> Answer:
        """The object, or where it redirects to; `whole`, whatever part was asked for. Raises ApiError."""
        name = _OPERATIONS[self.head.method]
        result = await self._read(name, key, whole=whole)
        if REDIRECT in result:
            let_go(result.get("Body", b""))
            return self._moved(quote(result[REDIRECT], IN_ADDRESS))
        return codec_of("s3").serialize(load("s3").operations[name], result, self.trail.id)

    async def _is_folder(self, key: str) -> bool:
        """Whether the key would be a folder, with an index document that anybody may read."""
        if not key or key.endswith("/"):
            return False
        try:
            await self._read("HeadObject", f"{key}/{self.site.index}", whole=True)
        except ApiError:
            return False
        return True

    async def _read(self, name: str, key: str, *, whole: bool) -> dict[str, Any]:
        gateway = self.gateway
        heard = tuple(
            (header, value)
            for header, value in self.head.headers
            if header in HEARD or header.startswith("if-")
            if not whole or not header.startswith(("if-", "range"))
        )
        head = replace(self.head, headers=heard, query="")
        call = Call(
            id=self.trail.id,
            now=gateway.clock(),
            operation=gateway.services["s3"].operations[name],
            region=gateway.installation.settings.region,
            caller=ANONYMOUS,
            head=head,
            installation=gateway.installation,
        )
        labels = {"Bucket": self.bucket, "Key": key}
        request = codec_of("s3").parse(load("s3").operations[name], head, b"", labels)
        return dict(await perform(gateway.store, call, request))

    # --- redirects

    @property
    def _scheme(self) -> str:
        return "https" if self.head.secure else "http"

    @property
    def _query(self) -> str:
        return f"?{self.head.query}" if self.head.query else ""

    def _sent(self, rule: RoutingRule, key: str) -> Answer:
        """Where a rule sends."""
        if rule.new_key is not None:
            key = rule.new_key
        elif rule.new_prefix is not None:
            key = rule.new_prefix + key.removeprefix(rule.prefix or "")
        host = rule.host or _host(self.head)
        address = f"{rule.protocol or self._scheme}://{host}/{quote(key, IN_PATH)}{self._query}"
        return self._moved(address, rule.code or 301)

    def _moved(self, address: str, status: int = 301) -> Answer:
        ids = (("x-amz-request-id", self.trail.id), ("x-amz-id-2", HOST_ID))
        return Answer(status, (*ids, ("location", address)))


def _covers(rule: RoutingRule, key: str) -> bool:
    return key.startswith(rule.prefix or "")


def _host(head: Head) -> str:
    """The name by which the website was asked for, and the port."""
    sent = head.get("host") or ""
    port = sent.rpartition(":")[2]
    return f"{bare_name(sent)}:{port}" if port.isdecimal() and port.isascii() else bare_name(sent)


# --- errors


def _status(error: ApiError) -> int:
    return cast(RestXmlCodec, codec_of("s3")).status_of(error)


def _told(error: ApiError) -> Iterator[tuple[str, str]]:
    """The error in headers, which nothing in it may end."""
    yield "x-amz-error-code", error.code
    yield "x-amz-error-message", quote(error.message, PRINTABLE)
    for name, value in error.detail.items():
        yield f"x-amz-error-detail-{name.lower()}", quote(value, PRINTABLE)


def _listed(items: list[tuple[str, str]]) -> str:
    return "".join(f"<li>{name}: {html.escape(value)}</li>\n" for name, value in items)


def _items(error: ApiError) -> list[tuple[str, str]]:
    return [("Code", error.code), ("Message", error.message), *error.detail.items()]


def _page(head: Head, request_id: str, error: ApiError, document: ApiError | None = None) -> Answer:
    """The page that tells the error, and that of the error document if there is one."""
    status = _status(error)
    title = f"{status} {HTTPStatus(status).phrase}"
    ids = [("RequestId", request_id), ("HostId", HOST_ID)]
    second = ""
    if document is not None:
        second = (
            "<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n"
            f"<ul>\n{_listed(_items(document))}</ul>\n"
        )
    text = (
        f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
        f"<ul>\n{_listed([*_items(error), *ids])}</ul>\n{second}<hr/>\n</body>\n</html>\n"
    )
    headers = (
        ("x-amz-request-id", request_id),
        ("x-amz-id-2", HOST_ID),
        *error.headers.items(),
        *_told(error),
        ("content-type", "text/html; charset=utf-8"),
    )
    body = text.encode("utf-8", "surrogateescape")
    return Answer(status, headers, b"" if head.method == "HEAD" else body, len(body))
