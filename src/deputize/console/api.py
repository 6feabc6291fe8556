"""The console's own calls: JSON posted by its pages alone.

A page of another site can neither set the header that is demanded here without asking first, which is never
granted, nor hide its origin (Fetch, "CORS protocol"); the cookie is not sent along with its requests either.
"""

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deputize.console.pages import safe_headers
from deputize.console.site import Site
from deputize.errors import ApiError
from deputize.protocol.auth_errors import AuthProblem
from deputize.protocol.message import Answer, Body, Head
from deputize.store.errors import StoreUnavailable

log = logging.getLogger("deputize.console")

PREFIX = "/_console/api/"
# The most that a call may say (bytes).
LIMIT = 64 * 1024
HEADER = "x-deputize-console"
# Half characters, which JSON can spell and nothing else can hold.
_SURROGATES = re.compile("[\ud800-\udfff]")
# Of the errors in AWS's words, whose status its models tell, those that are no plain 400.
STATUSES = {"AccessDenied": 403, "EntityTooLarge": 413}


class ConsoleError(Exception):
    """A call of the pages that is refused: the status, a code for the page, and a sentence for the person."""

    def __init__(self, status: int, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


def signed_out() -> ConsoleError:
    """The answer to a session that is over, or whose person is gone."""
    return ConsoleError(401, "SignedOut", "This session is over. Sign in again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call of the pages: its request's head, the origin it came to, its members; `now` in epoch seconds."""

    head: Head
    site: Site
    members: Mapping[str, Any] = field(repr=False)
    now: float

    def text(self, name: str, most: int = 2048) -> str:
        """The text member `name`. Raises ConsoleError if it is missing, no text, or longer than `most`."""
        value = self.optional(name, most)
        if value is None:
            raise ConsoleError(400, "InvalidRequest", f"{name} is missing.")
        return value

    def optional(self, name: str, most: int = 2048) -> str | None:
        """The text member `name`, None if it is not there. Raises ConsoleError as `text` does."""
        value = self.members.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > most or _SURROGATES.search(value):
            raise ConsoleError(400, "InvalidRequest", f"{name} is a text of at most {most} characters.")
        return value


@dataclass(frozen=True, slots=True)
class Told:
    """What a call answers, and the cookies that go with it."""

    body: Mapping[str, Any] = field(repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)


ConsoleCall = Callable[[Asked], Awaitable[Told]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleApi:
    """The calls by name. `clock` gives epoch seconds."""

    calls: Mapping[str, ConsoleCall]
    clock: Callable[[], float]

    async def answer(self, head: Head, body: Body, site: Site) -> Answer:
        """The answer to a request under `/_console/api/`."""
        try:
            told = await self._told(head, body, site)
        except ConsoleError as refused:
            return _refusal(site, refused)
        except ApiError as error:
            status = error.status or STATUSES.get(error.code, 400)
            return _refusal(site, ConsoleError(status, error.code, error.message))
        except AuthProblem:
            return _refusal(site, signed_out())
        except StoreUnavailable:
            unavailable = "The server cannot store anything right now."
            return _refusal(site, ConsoleError(503, "ServiceUnavailable", unavailable))
        except ConnectionError:
            raise
        except Exception:
            log.exception("a call of the console failed")
            return _refusal(site, ConsoleError(500, "InternalError", "The server failed. Please try again."))
        return _json(200, site, told.body, tuple(("set-cookie", cookie) for cookie in told.cookies))

    async def _told(self, head: Head, body: Body, site: Site) -> Told:
        _check(head, site)
        call = self.calls.get(head.path.removeprefix(PREFIX))
        if call is None:
            raise ConsoleError(404, "NoSuchCall", "The console has no such call.")
        members = _members(await body.read(LIMIT))
        return await call(Asked(head=head, site=site, members=members, now=self.clock()))


def _check(head: Head, site: Site) -> None:
    """Whether a page of ours sent the request."""
    if head.method != "POST":
        raise ConsoleError(405, "MethodNotAllowed", "The console's calls are posted.")
    own = head.all("origin") == [site.origin] and head.get("sec-fetch-site") in (None, "same-origin")
    if not own or head.get(HEADER) != "1":
        raise ConsoleError(403, "ForeignRequest", "Only the console's own pages may make this call.")
    if head.all("content-type") != ["application/json"]:
        raise ConsoleError(415, "InvalidRequest", "The console's calls are JSON.")


def _members(content: bytes) -> dict[str, Any]:
    try:
        members = json.loads(content)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        raise ConsoleError(400, "InvalidRequest", "The console's calls are JSON objects.")
    return members


def _refusal(site: Site, refused: ConsoleError) -> Answer:
    error: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.details:
        error["details"] = refused.details
    return _json(refused.status, site, {"error": error})


def _json(status: int, site: Site, body: Mapping[str, Any], more: tuple[tuple[str, str], ...] = ()) -> Answer:
    headers = (
        *safe_headers(site),
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        *more,
    )
    return Answer(status, headers, json.dumps(body).encode())
