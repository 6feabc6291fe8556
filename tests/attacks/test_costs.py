"""T57: what strangers may send costs little. Counted is processor time, the test's own included, so that a
busy machine changes nothing.
"""

import sys
import time
from collections.abc import Callable

import pytest
from tests.attacks.fix_target import KEPT, Target
from tests.attacks.wire import Request, code_of, host, md5
from tests.fix_world import World
from tests.state import unchanged

MIB = 1 << 20
FORM = ("Content-Type", "application/x-www-form-urlencoded")
# What makes a search for the claim begin again and again.
CLAIMS = [
    "Credential=",
    "Credential=/20260101/",
    "Credential=a/20260101/b/s3/",
    "/20260101/b/s3/aws4_request/",
    "=",
]


# How many times longer the product takes where each of its lines is traced for its coverage.
TRACED = 4.0


def cost(act: Callable[[], object]) -> float:
    """Seconds of processor time, as they are without tracing."""
    began = time.process_time()
    act()
    taken = time.process_time() - began
    return taken if sys.gettrace() is None else taken / TRACED


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("place", ["header", "query"])
def test_t57_heads_full_of_claims(world: World, claim: str, place: str) -> None:
    """T57. Ten heads at the limit: a search that is quadratic takes seconds."""
    words = claim * (15_000 // len(claim))
    if place == "header":
        said = ("Authorization", f"AWS4-HMAC-SHA256 {words}")
        request = Request("GET", "/", headers=(host(world), said))
    else:
        request = Request("GET", "/", (f"X-Amz-Credential={words}",), (host(world),))

    def send() -> None:
        for _ in range(10):
            assert world.raw(request.raw()).startswith(b"HTTP/1.1 40")

    with unchanged(world):
        assert cost(send) < 0.5


@pytest.mark.parametrize("part", [b"%25", b"%", b"+", b"a=b&", b"&", b"Action=&", b"%41ction=x&"])
@pytest.mark.parametrize(
    "known", [b"Action=GetCallerIdentity&Version=2011-06-15&x=", b"Action=", b"Version="]
)
def test_t57_forms_of_ten_megabytes(world: World, known: bytes, part: bytes) -> None:
    """T57. Nobody has signed them, so that no more of them is read than what says where they belong."""
    body = known + part * ((10_000_000 - len(known)) // len(part))
    request = Request("POST", "/", headers=(host(world), FORM), body=body).raw()

    def send() -> None:
        assert world.raw(request).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 403 ", b"HTTP/1.1 404 "))

    with unchanged(world):
        assert cost(send) < 1.0


BODIES = {
    "empty elements": lambda: b"<a/>" * MIB,
    "objects": lambda: b"<Object><Key>a</Key></Object>" * (4 * MIB // 30),
    "comments": lambda: b"<!---->" * (MIB // 2),
    "references": lambda: b"&lt;" * (MIB - 100),
    "text": lambda: b"a" * (4 * MIB - 100),
    "depth": lambda: b"<a>" * MIB,
}


def deletion(target: Target, body: bytes) -> Request:
    """A DeleteObjects with the digest that it has to have."""
    return target.request("POST", "", "delete", body=body, headers=(("Content-MD5", md5(body)),))


@pytest.mark.parametrize("kind", BODIES)
def test_t57_xml_of_four_mebibytes(target: Target, kind: str) -> None:
    """T57. Refused after no more elements than any body has; what is read long is read beside the others."""
    attack = deletion(target, (b"<Delete>" + BODIES[kind]())[: 4 * MIB - 10] + b"</Delete>")

    def send() -> None:
        with unchanged(target.world):
            reply = target.send(attack)
        assert (reply.status, code_of(reply)) == (400, "MalformedXML"), reply

    assert cost(send) < 1.5
    control = deletion(target, b"<Delete><Object><Key>none</Key></Object></Delete>")
    target.takes(target.signer.sign(control))
    assert target.send(target.signer.sign(target.request("GET", "kept"))).body == KEPT
