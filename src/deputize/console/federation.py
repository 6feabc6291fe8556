"""The federation endpoint: programs that hold temporary credentials open the console with them (IAM guide,
"Enable custom identity broker access to the AWS console").

A sign-in token is good for fifteen minutes and for one sign-in: addresses are remembered in many places.
"""

import base64
import binascii
import dataclasses
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from deputize.console import cookies
from deputize.console.api import STATUSES, Asked, ConsoleError
from deputize.console.desk import Desk
from deputize.console.pages import ROOT
from deputize.console.records import SignInRecord
from deputize.console.sessions import begin, caller_of
from deputize.console.site import Site
from deputize.domain.credentials import new_key
from deputize.errors import ApiError
from deputize.gateway import audit, authenticate, sessions
from deputize.gateway.caller import Caller
from deputize.model.console import ConsoleSession
from deputize.model.credentials import Session
from deputize.protocol.auth_errors import AuthProblem
from deputize.protocol.message import Answer, Body, Head
from deputize.secrets.envelope import Damaged
from deputize.store.api import Snapshot, Transaction

PATH = "/federation"
FORM = "application/x-www-form-urlencoded"
LIMIT = 64 * 1024
# How long a token is good for, and the shortest and longest console session (seconds).
TOKEN_SECONDS, SHORTEST, LONGEST = 900, 900, 43200
_PLACE = ("signin_token", "", "")
# Where a sign-in may lead: to a page of the console's own, in characters that mean nothing else.
_OWN = re.compile(r"/_console/[\w.~=&?%+@:,/#-]*", re.ASCII)
HEADERS = (
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "sandbox"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a sign-in token holds: the id of the session to be, the session token that it was made for, until
    when the session may last, and until when it can begin (epoch seconds).
    """

    id: str
    token: str = field(repr=False)
    expires: int
    until: int


def asks(head: Head) -> bool:
    """Whether a request is one to the federation endpoint. S3 has none of these forms to a bucket of that
    name.
    """
    if head.path != PATH or head.get("authorization") is not None:
        return False
    if head.method == "POST":
        return (head.get("content-type") or "").partition(";")[0] == FORM
    return head.method == "GET" and "Action" in dict(parse_qsl(head.query))


async def answer(desk: Desk, head: Head, body: Body, site: Site, now: float) -> Answer:
    """The answer to such a request."""
    try:
        text = head.query if head.method == "GET" else (await body.read(LIMIT)).decode("latin-1")
        given = dict(parse_qsl(text))
        asked = Asked(head=head, site=site, members=given, now=now)
        match given.get("Action"):
            case "getSigninToken":
                return await _token(desk, asked)
            case "login":
                return await _login(desk, asked)
            case _:
                raise ConsoleError(400, "InvalidRequest", "Action is getSigninToken or login.")
    except ConsoleError as refused:
        return _json(refused.status, {"error": {"code": refused.code, "message": refused.message}})
    except ApiError as error:
        status = STATUSES.get(error.code, 400)
        return _json(status, {"error": {"code": error.code, "message": error.message}})


def _json(status: int, told: Mapping[str, Any]) -> Answer:
    headers = (*HEADERS, ("content-type", "application/json"))
    return Answer(status, headers, json.dumps(told).encode())


async def _token(desk: Desk, asked: Asked) -> Answer:
    """getSigninToken."""
    token, key, secret = _credentials(asked.text("Session", LIMIT))
    with desk.gateway.store.snapshot() as db:
        session, caller = _holder(desk, db, asked, token, key, secret)
        expires = _expires(db, asked, session)
    ticket = Ticket(id=cookies.new()[0], token=token, expires=expires, until=int(asked.now) + TOKEN_SECONDS)
    _note(desk, asked, "GetSigninToken", caller, {})
    return _json(200, {"SigninToken": _sealed(desk, ticket)})


def _credentials(text: str) -> tuple[str, str, str]:
    """The session token, key id and secret in the Session parameter. Raises ConsoleError."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise ConsoleError(400, "InvalidRequest", "Session is JSON: sessionId, sessionKey and sessionToken.")
    found = tuple(given.get(name) for name in ("sessionToken", "sessionId", "sessionKey"))
    if not all(isinstance(one, str) and one.isascii() for one in found):
        raise ConsoleError(400, "InvalidRequest", "Session needs sessionId, sessionKey and sessionToken.")
    return found  # type: ignore[return-value]


def _holder(
    desk: Desk, db: Snapshot, asked: Asked, token: str, key: str, secret: str
) -> tuple[Session, Caller]:
    """Whose credentials these are. Raises ConsoleError unless they are whole, in force, and of a kind that
    the console takes: those of GetSessionToken are not, nor those that end with a session of the console
    anyway.
    """
    session = sessions.unseal(desk.gateway.installation.keyring, token)
    right = (
        session is not None
        and hmac.compare_digest(session.key, key)
        and hmac.compare_digest(session.secret, secret)
        and session.expires > asked.now
    )
    if session is None or not right:
        raise ConsoleError(400, "InvalidCredentials", "These are no temporary credentials in force.")
    if session.kind not in ("role", "federated") or session.console is not None:
        kinds = "Only credentials of AssumeRole, its kin and GetFederationToken open the console."
        raise ConsoleError(400, "InvalidCredentials", kinds)
    return session, _caller(db, session)


def _caller(db: Snapshot, session: Session) -> Caller:
    try:
        return authenticate.caller(db, session.key, session)
    except AuthProblem:
        raise ConsoleError(
            400, "InvalidCredentials", "These are no temporary credentials in force."
        ) from None


def _expires(db: Snapshot, asked: Asked, session: Session) -> int:
    """When the console session will end: with the credentials, or after SessionDuration, which only
    credentials of AssumeRole without chaining take, up to the role's maximum.
    """
    text = asked.optional("SessionDuration", 8)
    if text is None:
        return min(session.expires, int(asked.now) + LONGEST)
    seconds = int(text) if text.isascii() and text.isdigit() else 0
    if not SHORTEST <= seconds <= LONGEST:
        raise ConsoleError(400, "InvalidRequest", f"SessionDuration is {SHORTEST} to {LONGEST} seconds.")
    if session.kind != "role" or session.chained:
        raise ConsoleError(
            400, "InvalidRequest", "SessionDuration goes with credentials of a role that was not chained."
        )
    for role in db.roles.find("id", session.issuer):
        if seconds > role.max_session:
            raise ConsoleError(400, "InvalidRequest", "SessionDuration is longer than the role allows.")
    return int(asked.now) + seconds


def _sealed(desk: Desk, ticket: Ticket) -> str:
    content = json.dumps(dataclasses.asdict(ticket)).encode()
    return base64.urlsafe_b64encode(desk.gateway.installation.keyring.seal(*_PLACE, content)).decode()


def _opened(desk: Desk, asked: Asked) -> Ticket:
    """The ticket in SigninToken. Raises ConsoleError."""
    try:
        sealed = base64.urlsafe_b64decode(asked.text("SigninToken", LIMIT).encode())
        ticket = Ticket(**json.loads(desk.gateway.installation.keyring.unseal(*_PLACE, sealed)))
    except (Damaged, binascii.Error, ValueError):
        raise _spent() from None
    if ticket.until <= asked.now or ticket.expires <= asked.now:
        raise _spent()
    return ticket


def _spent() -> ConsoleError:
    return ConsoleError(400, "InvalidToken", "This sign-in token is no longer good: ask for a new one.")


async def _login(desk: Desk, asked: Asked) -> Answer:
    """login: a session beside those that the browser has."""
    ticket = _opened(desk, asked)
    session = sessions.unseal(desk.gateway.installation.keyring, ticket.token)
    if session is None:
        raise _spent()
    value = cookies.new()[1]
    row = await desk.write(partial(_redeemed, desk, asked, session, ticket, value))
    cookie = cookies.given(asked.site, row.id, value, row.expires - row.issued)
    place = destination(asked.site, asked.optional("Destination", LIMIT))
    return Answer(302, (*HEADERS, ("location", place), ("set-cookie", cookie)))


def _redeemed(
    desk: Desk, asked: Asked, session: Session, ticket: Ticket, value: str, db: Transaction
) -> ConsoleSession:
    if db.console_sessions.get(ticket.id) is not None:
        raise _spent()
    return logged_in(desk, asked, db, session, ticket.id, value, ticket.expires)


def logged_in(
    desk: Desk, asked: Asked, db: Transaction, session: Session, identity: str, value: str, expires: int
) -> ConsoleSession:
    """A session of the console for whoever has the credentials of `session`, with the record of it. Raises
    ConsoleError.
    """
    row = ConsoleSession(
        id=identity,
        token=cookies.digest(value),
        identity=f"{session.issuer}:{session.name}",
        acts=dataclasses.replace(session, key=new_key(session.account)[0], secret=""),
        issued=int(asked.now),
        expires=expires,
    )
    begin(db, asked, row)
    record = _record("ConsoleLogin", asked, caller_of(db, row), {"MFAUsed": "No"})
    db.events.put(record.event(asked.head, asked.now, desk.gateway.installation.settings.region))
    return row


def _record(name: str, asked: Asked, caller: Caller, more: Mapping[str, str]) -> SignInRecord:
    identity = audit.identity(caller)
    told = {"LoginTo": f"{asked.site.origin}{ROOT}", "MobileVersion": "No", **more}
    return SignInRecord(name=name, account=caller.account, identity=identity, more=told)


def _note(desk: Desk, asked: Asked, name: str, caller: Caller, more: Mapping[str, str]) -> None:
    region = desk.gateway.installation.settings.region
    event = _record(name, asked, caller, more).event(asked.head, asked.now, region)
    desk.gateway.store.note(lambda db: db.events.put(event))


def destination(site: Site, wanted: str | None) -> str:
    """Where to go on: the console's own page that was asked for, by its path or its whole address; else the
    first one. Never to another site, and to no path that is no page's.
    """
    text = wanted or ""
    if text.startswith(site.origin + "/"):
        text = text.removeprefix(site.origin)
    path = urlsplit(text).path if _OWN.fullmatch(text) else ""
    odd = "//" in path or ".." in path or "%" in path or path.startswith(ROOT + "api/")
    return text if path and not odd else ROOT
