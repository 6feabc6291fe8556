"""An identity provider for tests: an OpenID Connect issuer on a loopback port, whose tokens another library
(joserfc) makes.
"""

import http.server
import json
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from deputize.config import Settings
from tests.fix_world import Clock, TestAccount, World, running

CLIENT = "sts.amazonaws.com"
SUBJECT = "repo:octo-org/octo-repo:ref:refs/heads/main"


@cache
def rsa_key(kid: str = "rsa", bits: int = 2048) -> RSAKey:
    with warnings.catch_warnings(action="ignore"):  # of a weak one, which a test wants
        return RSAKey.generate_key(bits, parameters={"kid": kid, "use": "sig"})


@cache
def ec_key(curve: str, kid: str) -> ECKey:
    return ECKey.generate_key(curve, parameters={"kid": kid, "use": "sig"})


@dataclass
class Answer:
    """What is served under a path."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Issuer:
    """A provider that serves `answers` by path; `asked` are the paths that were asked for. `keys` are those
    that it publishes; `meanwhile` is called before it answers.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.keys: list[Any] = [rsa_key(), ec_key("P-256", "p256"), ec_key("P-384", "p384")]
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                issuer.meanwhile()
                found = issuer.answers.get(self.path, Answer(b"", 404))
                self.send_response(found.status)
                for name, value in found.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(found.body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"
        self.publish()

    def publish(self, path: str = "", keys: list[Any] | None = None, **document: Any) -> str:
        """Serve the document and the keys of the issuer at `path`; returns its URL."""
        url = self.url + path
        described = {"issuer": url, "jwks_uri": f"{url}/keys", **document}
        published = [key.as_dict(private=False) for key in (self.keys if keys is None else keys)]
        self.answers[f"{path.removesuffix('/')}/.well-known/openid-configuration"] = Answer(
            json.dumps(described).encode()
        )
        self.answers[f"{path}/keys"] = Answer(json.dumps({"keys": published}).encode())
        return url

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def token(
    url: str, now: float, *, key: Any = None, alg: str = "RS256", header: Any = None, **claims: Any
) -> str:
    """A token of the issuer `url`; a claim that is None is left out."""
    key = rsa_key() if key is None else key
    said = {"iss": url, "sub": SUBJECT, "aud": CLIENT, "iat": int(now), "exp": int(now) + 300, **claims}
    said = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": key.kid, **(header or {})}, said, key, algorithms=[alg])


def trust(provider: str, *, condition: Any = None, actions: Any = None) -> str:
    """A trust policy for an identity provider."""
    allow: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": actions
        or [
            "sts:AssumeRoleWithWebIdentity",
            "sts:TagSession",
            "sts:SetSourceIdentity",
            "sts:AssumeRoleWithSAML",
        ],
    }
    if condition is not None:
        allow["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


@dataclass
class Federation:
    """A server that takes loopback providers, one of them, and an account in which it is known."""

    world: World
    issuer: Issuer
    account: TestAccount
    provider: str
    _roles: int = 0

    @property
    def iam(self) -> Any:
        return self.world.client("iam", self.account.admin)

    @property
    def sts(self) -> Any:
        """The client of those who have no keys."""
        return self.world.client("sts", None)

    def role(self, condition: Any = None, **more: Any) -> str:
        """The ARN of a new role that trusts the provider and may do all."""
        self._roles += 1
        name = f"Federated{self._roles}"
        document = trust(self.provider, condition=condition, **more)
        arn: str = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        self.iam.put_role_policy(
            RoleName=name,
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
        )
        return arn

    def token(self, **claims: Any) -> str:
        return token(self.issuer.url, self.world.clock.now, **claims)

    def assume(self, role: str, web_token: str | None = None, **asked: Any) -> Any:
        return self.sts.assume_role_with_web_identity(
            RoleArn=role,
            RoleSessionName="test",
            WebIdentityToken=self.token() if web_token is None else web_token,
            **asked,
        )


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


@contextmanager
def federated(data: Path, issuer: Issuer) -> Iterator[Federation]:
    """A server over `data` that takes loopback providers, with an account that knows `issuer`."""
    with running(data, Clock(), settings=Settings(insecure_oidc_loopback=True)) as world:
        account = world.account("Federation")
        iam = world.client("iam", account.admin)
        made = iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=[CLIENT])
        yield Federation(world, issuer, account, made["OpenIDConnectProviderArn"])


@pytest.fixture
def federation(tmp_path: Path, issuer: Issuer) -> Iterator[Federation]:
    with federated(tmp_path / "data", issuer) as made:
        yield made
