"""T43: a new installation lets nobody in, and tells nobody anything."""

from importlib.metadata import version

import pytest
from tests.attacks.wire import Request, Signer, code_of, host, send
from tests.fix_world import Keys, World
from tests.state import unchanged

# What other servers, their documentation and test suites ship with.
KNOWN = [
    ("test", "test"),
    ("minioadmin", "minioadmin"),
    ("admin", "admin"),
    ("admin", "password"),
    ("root", "root"),
    ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    ("dummy", "dummy"),
    ("mock", "mock"),
    ("accessKey1", "verySecretKey1"),
    ("any", "any"),
    ("some_access_key1", "some_secret_key1"),
    ("GK31c2f218a2e44f485b94239e", "b892c0665f0ada8a4755dae98baa3b133590e11dae3bcc1f9d769d67f16c3835"),
    ("deputize", "deputize"),
    ("000000000000", "000000000000"),
]
STS = b"Action=GetCallerIdentity&Version=2011-06-15"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
# What somebody looks for who does not know what is there.
DOORS = [
    *(
        "/",
        "/favicon.ico",
        "/robots.txt",
        "/index.html",
        "/console",
        "/login",
        "/admin",
        "/metrics",
        "/debug",
    ),
    *(
        "/_health",
        "/health",
        "/healthz",
        "/minio/health/live",
        "/_localstack/health",
        "/moto-api",
        "/swagger",
    ),
    *("/status", "/version", "/.env", "/.git/config", "/server-status", "/_", "/api", "/ping", "/graphql"),
    *("/?Action=GetCallerIdentity&Version=2011-06-15", "/?Action=ListUsers&Version=2010-05-08"),
]


def sts(world: World, keys: Keys) -> Request:
    request = Request("POST", "/", headers=(host(world), FORM), body=STS)
    return Signer(keys, world.clock.now, service="sts").sign(request)


@pytest.mark.parametrize("known", KNOWN, ids=[one[0] for one in KNOWN])
def test_t43_no_credentials_that_are_known(world: World, known: tuple[str, str]) -> None:
    """T43. Neither in an empty installation nor in one with an account; the account's own are taken."""
    keys = Keys(*known)
    for populated in (False, True):
        if populated:
            account = world.account("First")
            assert send(world, sts(world, account.admin)).status == 200
        with unchanged(world):
            reply = send(world, sts(world, keys))
            assert (reply.status, code_of(reply)) == (403, "InvalidClientTokenId")
            signed = Signer(keys, world.clock.now).sign(Request("GET", "/", headers=(host(world),)))
            assert code_of(send(world, signed)) == "InvalidAccessKeyId"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_t43_strangers_learn_nothing(world: World, method: str) -> None:
    """T43. No version, no account's name, id, alias or bucket, whatever page they ask for."""
    account = world.account("Canary Corporation")
    world.client("iam", account.admin).create_account_alias(AccountAlias="canary-alias")
    world.client("s3", account.admin).create_bucket(Bucket="canary-bucket")
    told = [account.id, account.admin.id, account.root.id, version("deputize"), "anary", "ython", "uvloop"]
    for door in DOORS:
        path, _, query = door.partition("?")
        request = Request(method, path, (query,) if query else (), (host(world),))
        with unchanged(world):
            reply = send(world, request)
        if door != "/_health" or method != "GET":
            assert reply.status >= 400 or method == "OPTIONS", (door, reply)
        seen = reply.body.decode() + repr(dict(reply.headers))
        assert not [one for one in told if one in seen], (door, seen)
        assert reply.headers["server"] == "Deputize"
        assert "x-powered-by" not in reply.headers


def test_t43_a_bucket_is_told_to_nobody_who_may_not_know(world: World) -> None:
    """T43. A stranger's answer names no owner and no policy."""
    account = world.account("Canary")
    world.client("s3", account.admin).create_bucket(Bucket="canary-bucket")
    for query in ((), ("policy",), ("acl",), ("location",), ("versioning",), ("uploads",)):
        with unchanged(world):
            reply = send(world, Request("GET", "/canary-bucket", query, (host(world),)))
        assert reply.status in (403, 501), reply
        assert account.id.encode() not in reply.body
