"""`world`: the real server in this process on a real socket, with a clock of the tests' own."""

import asyncio
import datetime
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import botocore.config
import pytest
import urllib3.util.connection
import uvloop

from deputize import app
from deputize.config import Settings
from deputize.console.pages import BUILT
from deputize.domain import accounts
from deputize.http.proxies import Network, Proxies
from deputize.http.server import listen
from deputize.model.account import Account
from tests.fix_tls import TestCertificate


@dataclass(frozen=True)
class Keys:
    """Credentials as a client has them."""

    id: str
    secret: str
    token: str | None = None

    @classmethod
    def of(cls, wire: Any) -> "Keys":
        """From the `Credentials` or `AccessKey` of an answer."""
        return cls(wire["AccessKeyId"], wire["SecretAccessKey"], wire.get("SessionToken"))


# One for all clients: what it reads of the service models, megabytes of each, it reads once.
SESSION = boto3.session.Session()


@dataclass
class Clock:
    """Epoch seconds that pass only when a test says so. They begin at the real time, so that clients in other
    processes fit.
    """

    now: float = field(default_factory=lambda: float(int(time.time())))

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def as_datetime(self, remove_tzinfo: bool = True) -> datetime.datetime:
        """For botocore, which signs with this clock in tests (`follow`)."""
        moment = datetime.datetime.fromtimestamp(self.now, datetime.UTC)
        return moment.replace(tzinfo=None) if remove_tzinfo else moment


@contextmanager
def follow(clock: Clock) -> Iterator[None]:
    """Let boto3 sign with `clock`, in Python and through awscrt."""
    with (
        mock.patch("botocore.auth.get_current_datetime", clock.as_datetime),
        mock.patch("botocore.crt.auth.get_current_datetime", clock.as_datetime),
    ):
        yield


@contextmanager
def names_below_localhost() -> Iterator[None]:
    """Let boto3 find them on this machine (RFC 6761, 6.3): not every resolver does."""
    connect = urllib3.util.connection.create_connection

    def here(address: tuple[str, int], *arguments: Any, **options: Any) -> Any:
        host, port = address
        return connect(("127.0.0.1" if host.endswith(".localhost") else host, port), *arguments, **options)

    with mock.patch("urllib3.util.connection.create_connection", here):
        yield


@dataclass(frozen=True)
class TestAccount:
    """An account with a root user and an administrator, both with access keys."""

    __test__ = False

    id: str
    name: str
    partition: str
    root: Keys
    admin: Keys


@dataclass
class World:
    """A running server. Tests act on it through real clients; `opened` is there for what no client can do."""

    opened: app.Opened
    clock: Clock
    url: str
    data: Path
    tls: TestCertificate | None = None
    console_port: int = 0
    _clients: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def account(self, name: str, *, id: str | None = None, partition: str = "aws") -> TestAccount:
        """A new account with a root key and the user `admin` with AdministratorAccess."""

        def create(db: Any) -> tuple[Account, Keys, Keys]:
            account = accounts.create(
                db, name=name, id=id, partition=partition, root_password_hash=None, now=int(self.clock.now)
            )
            root = accounts.add_root_key(db, account, self.opened.keyring, now=int(self.clock.now))
            admin = accounts.add_admin(
                db, account, "admin", self.opened.keyring, password_hash=None, now=int(self.clock.now)
            )
            return account, Keys(root.id, root.secret), Keys(admin.id, admin.secret)

        account, root, admin = self.opened.store.write(create).result()
        return TestAccount(account.id, account.name, account.partition, root, admin)

    def user(self, account: TestAccount, name: str, policy: dict[str, Any] | None = None) -> Keys:
        """A new user of `account` with an access key, and an inline policy if one is given."""
        iam = self.client("iam", account.admin)
        iam.create_user(UserName=name)
        if policy is not None:
            iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=json.dumps(policy))
        return Keys.of(iam.create_access_key(UserName=name)["AccessKey"])

    def client(
        self,
        service: str,
        keys: Keys | None,
        *,
        region: str = "us-east-1",
        named: bool = False,
        **config: Any,
    ) -> Any:
        """A boto3 client; unsigned when `keys` is None. It never retries: a test wants the first answer.
        `named` ones know the server by its name, before which buckets and access points may stand; S3
        Control's put the account there.
        """
        signature = {} if keys is not None else {"signature_version": botocore.UNSIGNED}
        known = (service, keys, region, named, repr(sorted(config.items(), key=str)))
        if known not in self._clients:
            self._clients[known] = SESSION.client(
                service,
                endpoint_url=self.url.replace("127.0.0.1", "localhost")
                if named or service == "s3control"
                else self.url,
                region_name=region,
                aws_access_key_id=keys.id if keys else None,
                aws_secret_access_key=keys.secret if keys else None,
                aws_session_token=keys.token if keys else None,
                verify=str(self.tls.authority) if self.tls is not None else None,
                config=botocore.config.Config(retries={"total_max_attempts": 1}, **{**signature, **config}),
            )
        return self._clients[known]

    def acting(self, service: str, keys: Keys) -> Any:
        """The one client of `service` that, until it is asked for again, acts as the owner of `keys`: for
        tests with many callers, since a new client takes longer to make than a hundred calls.
        """
        client = self.client(service, Keys("AKIAACTING", "acting"))
        credentials = client._request_signer._credentials
        credentials.access_key, credentials.secret_key, credentials.token = keys.id, keys.secret, keys.token
        return client

    def raw(self, request: bytes, timeout: float = 10.0) -> bytes:
        """Send bytes, half-close, and return all that comes back. `timeout` is in seconds, for each wait."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            pieces = []
            while piece := connection.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)


@contextmanager
def running(
    data: Path,
    clock: Clock,
    *,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    tls: TestCertificate | None = None,
    trusted: Sequence[Network] = (),
    pages: Path = BUILT,
) -> Iterator[World]:
    """A server over `data` in a thread of its own, on free ports; `trusted` are the proxies' networks,
    `pages` the console's built files.
    """
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="server", daemon=True)
    thread.start()
    try:
        with app.open_installation(data, environ={}, settings=settings) as opened:
            started: Future[Any] = asyncio.run_coroutine_threadsafe(
                app.serve(
                    opened,
                    listen("127.0.0.1", 0),
                    console=listen("127.0.0.1", 0),
                    pages=pages,
                    clock=clock,
                    tls=tls.certificate.context if tls is not None else None,
                    proxies=Proxies(trusted),
                ),
                loop,
            )
            server = started.result(10)
            try:
                with follow(clock), names_below_localhost():
                    url = f"{'https' if tls is not None else 'http'}://127.0.0.1:{server.port}"
                    made = World(opened, clock, url, data, tls, server.console_port)
                    yield made
                    for client in made._clients.values():
                        client.close()
            finally:
                asyncio.run_coroutine_threadsafe(server.drain(5.0), loop).result(15)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server of this test's own."""
    with running(tmp_path / "data", Clock()) as made:
        yield made


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that the tests of a module share; each of them uses accounts and names of its own."""
    with running(tmp_path_factory.mktemp("world") / "data", Clock()) as made:
        yield made
