"""T57: what strangers may send costs little. Counted is processor time, the test's own included, so that a
busy machine changes nothing.
"""

import json
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


@pytest.mark.parametrize("value", ['id={}x"', 'id=""{}x', 'id= a{}"x'])
def test_t57_blanks_in_a_list_of_grantees(target: Target, value: str) -> None:
    """T57. A head at the limit: three places in which the same blanks could stand would be tried in every
    combination, before anybody asks who may state a list.
    """
    controls = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    target.s3.put_bucket_ownership_controls(Bucket=target.bucket, OwnershipControls=controls)
    said = ("x-amz-grant-read", value.format(" \t" * 7_000))
    attack = target.request("PUT", "new", headers=(said,))
    assert cost(lambda: target.refuses(attack, (400, "InvalidArgument"))) < 0.5


UNCLOSED = ["${", "${a,", "${" + " " * 1000 + "a,"]


@pytest.mark.parametrize("part", UNCLOSED)
def test_t57_variables_that_are_not_closed(world: World, part: str) -> None:
    """T57. Policies as long as a simulation takes them: to search from each beginning to the end is
    quadratic, and nobody else is answered meanwhile.
    """
    text = part * (60_000 // len(part))
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::b/{text}"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam = world.client("iam", world.account("Variables").admin)

    def send() -> None:
        assert iam.get_context_keys_for_custom_policy(PolicyInputList=[policy])["ContextKeyNames"] == []
        call = {"ActionNames": ["s3:GetObject"], "ResourceArns": ["arn:aws:s3:::b/o"]}
        (result,) = iam.simulate_custom_policy(PolicyInputList=[policy], **call)["EvaluationResults"]
        assert result["EvalDecision"] == "implicitDeny"

    assert cost(send) < 1.0


def test_t57_colons_in_the_pattern_of_an_arn(world: World) -> None:
    """T57. From each of them to the end it would be looked whether it stands in a variable."""
    condition = {"ArnLike": {"aws:SourceArn": ":" * 60_000}}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam = world.client("iam", world.account("Colons").admin)
    source = {
        "ContextKeyName": "aws:SourceArn",
        "ContextKeyType": "string",
        "ContextKeyValues": ["arn:aws:s3:::b"],
    }

    def send() -> None:
        call = {"ActionNames": ["s3:GetObject"], "ContextEntries": [source]}
        (result,) = iam.simulate_custom_policy(PolicyInputList=[policy], **call)["EvaluationResults"]
        assert result["EvalDecision"] == "implicitDeny"

    assert cost(send) < 1.0


def test_t57_events_by_the_ten_thousand(target: Target) -> None:
    """T57. Two rules that name an event each, again and again: every name would be compared with every
    other, in the one thread that writes.
    """
    rules = "".join(
        f"<QueueConfiguration><Id>{event}</Id><Queue>arn:aws:sqs:us-east-1:111122223333:q</Queue>"
        + f"<Event>s3:ObjectTagging:{event}</Event>" * 20_000
        + "</QueueConfiguration>"
        for event in ("Put", "Delete")
    )
    body = f"<NotificationConfiguration>{rules}</NotificationConfiguration>".encode()
    skips = ("x-amz-skip-destination-validation", "true")
    attack = target.signer.sign(target.request("PUT", "", "notification", body=body, headers=(skips,)))
    assert cost(lambda: target.takes(attack)) < 3.0
    kept = target.s3.get_bucket_notification_configuration(Bucket=target.bucket)["QueueConfigurations"]
    assert [one["Events"] for one in kept] == [["s3:ObjectTagging:Put"], ["s3:ObjectTagging:Delete"]]
