"""T44, T45: no answer, log, record or file tells what is secret, or where and in what the server runs."""

import base64
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.attacks.wire import Request, Signer, host
from tests.conformance.http_edge import Reply, replies
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import refused
from tests.totp import enabled

from deputize import app
from deputize.gateway import audit
from deputize.store.errors import StoreUnavailable

# What only an interpreter, a file system or an environment says.
TRACES = re.compile(
    r"Traceback|File \"|\.py\b|line \d+|<frozen|object at 0x|site-packages|/usr/|/home/|/tmp/|/proc/|/etc/|"
    r"sqlite|apsw|SELECT |INSERT |botocore|uvloop|asyncio|\bNoneType\b|KeyError|ValueError|TypeError",
    re.IGNORECASE,
)
CANARY = "canary-7f3a9c-secret"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Values of the environment that nobody may see: the canary's, and all that are long enough to tell."""
    monkeypatch.setenv("DEPUTIZE_CANARY", CANARY)
    return [value for value in os.environ.values() if len(value) > 7 and not value.isdigit()]


def places(world: World) -> list[str]:
    """Paths of this machine."""
    return [str(world.data), str(Path.cwd()), sys.prefix, sys.executable, str(Path(app.__file__).parent)]


def secrets_of(*keys: Keys) -> list[str]:
    return [part for one in keys for part in (one.secret, one.token) if part is not None]


def wrong(world: World, keys: Keys) -> Iterator[bytes]:
    """One request for each way in which things go wrong."""
    s3, sts = Signer(keys, world.clock.now), Signer(keys, world.clock.now, service="sts")
    iam = Signer(keys, world.clock.now, service="iam")

    def s3_request(method: str, path: str, *query: str, body: bytes = b"", headers: Any = ()) -> bytes:
        return s3.sign(Request(method, path, query, (host(world), *headers), body)).raw()

    def form(signer: Signer, body: bytes) -> bytes:
        return signer.sign(Request("POST", "/", headers=(host(world), FORM), body=body)).raw()

    yield b"GET /_health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    yield b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    yield b"nonsense\r\n\r\n"
    yield b"GET / HTTP/9.9\r\nHost: a\r\n\r\n"
    yield b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    yield b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"
    yield b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 x\r\n\r\n"
    yield s3_request("GET", "/no-such-bucket")
    yield s3_request("GET", "/leaky-bucket/no-such-key")
    yield s3_request("GET", "/leaky-bucket", "torrent")
    yield s3_request("GET", "/leaky-bucket", "max-keys=x")
    yield s3_request("GET", "/%ff")
    yield s3_request("PUT", "/leaky-bucket", "policy", body=b"{")
    yield s3_request("PUT", "/leaky-bucket", "policy", body=b'{"a":' * 5000)
    yield s3_request("POST", "/leaky-bucket", "delete", body=b"<Delete>")
    yield s3_request(
        "POST", "/leaky-bucket", "delete", body=b"<!DOCTYPE a [<!ENTITY b 'c'>]><Delete>&b;</Delete>"
    )
    yield s3_request("PUT", "/leaky-bucket/k", body=b"x", headers=(("content-md5", "x"),))
    yield s3_request("PUT", "/leaky-bucket/k", body=b"x", headers=(("x-amz-acl", "x"),))
    yield s3_request("PUT", "/leaky-bucket/" + "k" * 1025)
    yield s3_request("SELECT", "/leaky-bucket/k")
    for body in (
        b"",
        b"Action=x",
        b"Action=AssumeRole&Version=2011-06-15",
        b"%ff=%ff",
        b"Action=GetCallerIdentity",
    ):
        yield form(sts, body)
    for call in (
        "GetUser&UserName=nobody",
        "CreateUser&UserName=%00",
        "PutUserPolicy&UserName=x",
        "ListMFADevices",
    ):
        yield form(iam, f"Action={call}&Version=2010-05-08".encode())
    yield form(sts, b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::1:role/x&RoleSessionName=x")
    yield Signer(Keys(keys.id, "x"), world.clock.now).sign(Request("GET", "/", headers=(host(world),))).raw()
    yield (
        Signer(Keys(keys.id, keys.secret, "x"), world.clock.now)
        .sign(Request("GET", "/", headers=(host(world),)))
        .raw()
    )
    yield s3.presign(Request("GET", "/", headers=(host(world),)), 0).raw()


def answered(world: World, raw: bytes) -> Reply:
    """The first answer, whatever its status."""
    return replies(world.raw(raw), head_only=raw.startswith(b"HEAD"))[0]


def told(reply: Reply) -> str:
    return f"{reply.status} {dict(reply.headers)} {reply.body.decode('latin-1')}"


def scan(text: str, *hidden: list[str]) -> list[str]:
    """What of `hidden`, and what traces of the server's inside, stand in `text`."""
    return [one for group in hidden for one in group if one in text] + TRACES.findall(text)


def test_t44_errors_and_health(world: World, environment: list[str]) -> None:
    """T44. Every way to go wrong, by somebody who signs; the answer tells of the request alone."""
    account = world.account("Leaky")
    world.client("s3", account.admin).create_bucket(Bucket="leaky-bucket")
    statuses = []
    for raw in wrong(world, account.admin):
        reply = answered(world, raw)
        statuses.append(reply.status)
        # The canonical request that a wrong signature is answered with is the client's own.
        assert not scan(told(reply), environment, places(world), secrets_of(account.admin)), reply
    assert len(set(statuses)) > 6
    assert set(statuses) <= {200, 400, 403, 404, 405, 411, 413, 414, 501, 505}


@pytest.mark.parametrize("error", [LookupError, RecursionError, MemoryError, StoreUnavailable, OSError])
def test_t44_failures_of_the_servers_own(
    world: World, environment: list[str], monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """T44. Something inside raises, with all that is secret in its text: the client gets a number."""
    account = world.account("Leaky")
    sts = Signer(account.admin, world.clock.now, service="sts")
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    request = sts.sign(Request("POST", "/", headers=(host(world), FORM), body=body))
    assert answered(world, request.raw()).status == 200

    def fail(*_: object) -> None:
        raise error(f"{CANARY} {world.data} {account.admin.secret}")

    monkeypatch.setattr(audit, "recorded", fail)
    reply = answered(world, request.raw())
    assert reply.status in (500, 503)
    assert not scan(told(reply), environment, places(world), secrets_of(account.admin))
    assert "<RequestId>" in told(reply)
    health = answered(world, b"GET /_health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert set(json.loads(health.body)) == {"ready", "enforced"}


def becomes_a_person(world: World, account: TestAccount) -> list[str]:
    """A user with passwords, a device and codes, right and wrong ones; returns what nobody may keep."""
    person = world.user(account, "person", policy(statement("Allow", ["iam:ChangePassword"])))
    iam, own = world.client("iam", account.admin), world.client("iam", person)
    passwords = [f"Canary-Password-{number}" for number in range(4)]
    iam.create_login_profile(UserName="person", Password=passwords[0])
    iam.update_login_profile(UserName="person", Password=passwords[1])
    own.change_password(OldPassword=passwords[1], NewPassword=passwords[2])
    assert refused(own.change_password, OldPassword=passwords[3], NewPassword=passwords[0])[2] == 403
    serial, app = enabled(iam, "person", world.clock)
    sts = world.client("sts", person)
    sts.get_session_token(SerialNumber=serial, TokenCode=app.code(1))
    assert refused(sts.get_session_token, SerialNumber=serial, TokenCode=app.code(1))[2] == 403
    return [*passwords, app.seed, base64.b32decode(app.seed).hex()]


def lives(world: World) -> tuple[list[Keys], list[str]]:
    """Use what gives out secrets; returns them, and signatures that were sent."""
    account = world.account("Canary")
    iam, sts = world.client("iam", account.admin), world.client("sts", account.admin)
    keys = [account.admin, account.root, world.user(account, "canary")]
    role = iam.create_role(RoleName="Canary", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]
    answer = sts.assume_role(RoleArn=role, RoleSessionName="canary", ExternalId="canary-external-id")
    keys.append(Keys.of(answer["Credentials"]))
    keys.append(Keys.of(sts.get_session_token()["Credentials"]))
    signatures = []
    for one in keys:
        for signer in (Signer(one, world.clock.now), Signer(one, world.clock.now, region="eu-west-1")):
            request = Request("GET", "/", headers=(host(world),))
            for signed in (signer.sign(request), signer.presign(request)):
                world.raw(signed.raw())
                signatures.append(signed.raw().decode().partition("Signature=")[2].split()[0])
                world.raw(signed.raw().replace(b"GET / ", b"GET /x "))
    signatures += becomes_a_person(world, account)
    iam.update_access_key(UserName="canary", AccessKeyId=keys[2].id, Status="Inactive")
    iam.delete_access_key(UserName="canary", AccessKeyId=keys[2].id)
    return keys, signatures


def test_t45_secrets_reach_no_log_no_record_and_no_file(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """T45, T46. Keys, tokens, passwords and devices are made, used rightly and wrongly, and deleted; nothing
    that the server writes, freed pages and write-ahead log included, has a secret, a token or a signature in
    it.
    """
    caplog.set_level(logging.DEBUG)
    keys, signatures = lives(world)
    ours = [record for record in caplog.records if record.name.startswith("deputize")]
    assert ours
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    hidden = secrets_of(*keys) + signatures
    assert not [one for one in hidden if one in logged]
    files = [path for path in world.data.rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        content = path.read_bytes()
        assert not [one for one in hidden if one.encode() in content], path
    assert any(keys[0].id.encode() in path.read_bytes() for path in files)


def test_t45_secrets_do_not_show_themselves(world: World) -> None:
    """T45. Not in the text of what holds them, either."""
    account = world.account("Canary")
    with world.opened.store.snapshot() as db:
        key = db.access_keys.get(account.admin.id)
    shown = [repr(world.opened), repr(world.opened.keyring), repr(key), repr(vars(world.opened.keyring))]
    root = (world.data / "root.key").read_bytes()
    for text in shown:
        assert account.admin.secret not in text
        assert root.decode("latin-1").strip() not in text
        assert root.hex() not in text
