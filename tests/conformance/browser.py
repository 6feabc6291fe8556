"""What a browser sends to the console's port, by hand: its headers, its cookies, its calls."""

import http.client
import json
import ssl
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.http_edge import Reply
from tests.fix_world import Keys, TestAccount, World

from deputize.console import cookies
from deputize.domain.credentials import new_key
from deputize.model.console import ConsoleSession
from deputize.model.credentials import Session

OWN = {"X-Deputize-Console": "1", "Content-Type": "application/json"}


@dataclass
class Browser:
    """One browser on the console of `world`. `cookies` are what it keeps, by name."""

    world: World
    name: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        scheme = "http" if self.world.tls is None else "https"
        return f"{scheme}://{self.name}:{self.world.console_port}"

    def _connection(self) -> http.client.HTTPConnection:
        port, files = self.world.console_port, self.world.tls
        if files is None:
            return http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        context = ssl.create_default_context(cafile=files.authority)
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Reply:
        """One request with the browser's cookies; a header that is given as empty is left out."""
        sent = {"Host": f"{self.name}:{self.world.console_port}"}
        if self.cookies and path.startswith("/_console/"):
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= headers or {}
        connection = self._connection()
        try:
            kept = {name: value for name, value in sent.items() if value}
            connection.request(method, path, body, kept)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("set-cookie") or []:
                self._keep(cookie)
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, headers, answer.read())
        finally:
            connection.close()

    def _keep(self, cookie: str) -> None:
        name, _, value = cookie.partition(";")[0].partition("=")
        if value:
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)

    def post(self, call: str, **members: Any) -> Reply:
        """A call as the pages make it."""
        body = json.dumps(members).encode()
        return self.send("POST", f"/_console/api/{call}", body, {"Origin": self.origin, **OWN})

    def call(self, call: str, **members: Any) -> Any:
        """The answer of a call, which must succeed."""
        reply = self.post(call, **members)
        assert reply.status == 200, reply
        return json.loads(reply.body)

    def refused(self, call: str, **members: Any) -> tuple[int, str, str]:
        """Status, code and message of a call that must be refused."""
        reply = self.post(call, **members)
        assert reply.status >= 400, reply
        error = json.loads(reply.body)["error"]
        return reply.status, error["code"], error["message"]

    def keys(self, session: str) -> Keys:
        """The credentials of a session's pages."""
        found = self.call("credentials", session=session)
        return Keys(found["accessKeyId"], found["secretAccessKey"], found["sessionToken"])


def signed_in(
    browser: Browser,
    account: str,
    issuer: str,
    name: str,
    *,
    mfa: bool = False,
    seconds: int = 12 * 3600,
    partition: str = "aws",
) -> str:
    """A session of the user with the unique id `issuer` (or the account's id for root), as signing in makes
    it, but without the time that a password takes. Returns its id.
    """
    now = int(browser.world.clock.now)
    identity, value = cookies.new()
    acts = Session(
        key=new_key(account)[0],
        secret="",
        kind="console",
        account=account,
        partition=partition,
        issuer=issuer,
        name=name,
        issued=now,
        expires=now + seconds,
        mfa_at=now if mfa else None,
    )
    row = ConsoleSession(
        id=identity,
        token=cookies.digest(value),
        identity=issuer,
        acts=acts,
        issued=now,
        expires=now + seconds,
    )
    browser.world.opened.store.write(lambda db: db.console_sessions.put(row)).result()
    browser.cookies[f"deputize-{browser.world.console_port}-{identity}"] = value
    return identity


def user_signed_in(browser: Browser, account: TestAccount, name: str, **more: Any) -> str:
    """A session of this user."""
    with browser.world.opened.store.snapshot() as db:
        user = db.users.get(account.id, name)
    assert user is not None
    return signed_in(browser, account.id, user.id, user.name, **more)
