"""What a decision costs: `make bench-policy`, on a quiet machine.

Prints medians in microseconds of one core, and ratios, beside what is aimed at.
"""

import json
import statistics
import subprocess
import sys
import time
from typing import Any

from benchmarks.timing import median
from deputize.policy.api import Attached, Decision, Policies, Principal, Request, decide, parse
from deputize.policy.match import Pattern
from deputize.policy.trace import StatementTrace

ACCOUNT = "999999999999"
BUCKET = "arn:aws:s3:::productionapp"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/UpdateApp"
LONGEST = 2048
# The Python of the venv in which what is compared with is installed.
COMPARED = ".venv-bench/bin/python"


def policy(*statements: dict[str, Any]) -> Attached:
    return Attached(
        parse(json.dumps({"Version": "2012-10-17", "Statement": statements})), "managed", "x", None, None
    )


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str, resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


CALLER = Principal(
    kind="role-session",
    account=ACCOUNT,
    partition="aws",
    arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/UpdateApp/David-ProdUpdate",
    unique_id="AROAEXAMPLE",
    role_arn=ROLE,
)
REQUEST = Request(
    principal=CALLER,
    action="s3:GetObject",
    resource=f"{BUCKET}/app.txt",
    resource_account=ACCOUNT,
    context={
        "aws:principalarn": ROLE,
        "aws:principalorgid": "o-example",
        "aws:principalisawsservice": "false",
        "aws:securetransport": "true",
        "aws:sourceip": "192.0.2.1",
        "aws:userid": "AROAEXAMPLE:David-ProdUpdate",
    },
)
TUTORIAL = policy(
    allow("s3:ListAllMyBuckets"),
    allow(["s3:ListBucket", "s3:GetBucketLocation"], BUCKET),
    allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], f"{BUCKET}/*"),
)
FULL = policy(allow("*"))
STRANGERS = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-example"},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}


def all_layers(*identity: Attached) -> Policies:
    """Every kind of policy is there and allows."""
    return Policies(
        identity=identity,
        boundary=FULL,
        session=(policy(allow("s3:*Object", f"{BUCKET}/*")),),
        resource=policy(
            deny(
                "s3:*",
                [BUCKET, f"{BUCKET}/*"],
                Principal="*",
                Condition={"Bool": {"aws:SecureTransport": "false"}},
            ),
            allow("s3:GetObject", f"{BUCKET}/*", Principal={"AWS": ROLE}),
        ),
        endpoint=policy(allow("*", Principal="*")),
        scps=((FULL,), (FULL,), (FULL, policy(deny("organizations:LeaveOrganization")))),
        rcps=((policy(deny("s3:*", Principal="*", Condition=STRANGERS)),),),
    )


def distinct(number: int) -> dict[str, Any]:
    """A statement with an action or a resource of its own."""
    if number % 2:
        return allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::bucket{number}/*")
    return allow(f"ec2:Action{number}")


def documents(policies: int, statements: int) -> list[Attached]:
    return [
        policy(*(distinct(place * statements + number) for number in range(statements)))
        for place in range(policies)
    ]


def line(what: str, found: float, aim: str, unit: str = "us") -> None:
    print(f"{what:<62}{found:>10.2f} {unit:<3} {aim}")


def decisions() -> float:
    """The three sizes, and the linear case; returns the second."""
    cases = {
        "(a) the tutorial's role": all_layers(TUTORIAL),
        "(b) with 10 policies of 20 statements": all_layers(TUTORIAL, *documents(10, 20)),
        "(c) with 1000 statements": all_layers(TUTORIAL, *documents(10, 100)),
    }
    found = {}
    for name, policies in cases.items():
        assert decide(REQUEST, policies).allowed
        found[name] = median(lambda policies=policies: decide(REQUEST, policies), 2000)  # type: ignore[misc]
    first, second, third = found.values()
    line("decision, all layers: (a) the tutorial's role", first, "under 10")
    line("    (b) 10 policies of 20 more statements", second, f"{second / first:.2f} times (a), at most 1.5")
    line("    (c) 1000 more statements", third, f"{third / first:.2f} times (a), at most 1.5")
    alike = [allow("s3:GetObject", Condition={"StringEquals": {"aws:userid": f"u{n}"}}) for n in range(1000)]
    linear = all_layers(policy(*alike))
    line(
        "    1000 statements with one action and *, none holds",
        median(lambda: decide(REQUEST, linear), 20),
        "under 300",
    )
    for name, policies in cases.items():
        decision = decide(REQUEST, policies)
        line(f"trace of {name}", median(decision.trace, 5), "under 1000")
        line("    with every statement's reason", median(lambda: reasons(decision), 5), "")  # noqa: B023
    return second


def reasons(decision: Decision) -> list[StatementTrace]:
    policies = (policy for layer in decision.trace().layers for policy in layer.policies)
    return [statement for policy in policies for statement in policy.statements]


def compiling() -> None:
    """200 statements that were never seen, up to their first decision."""
    taken = []
    for turn in range(15):
        texts = [
            json.dumps(
                {
                    "Version": "2012-10-17",
                    "Id": f"{turn}-{place}",
                    "Statement": [distinct(n) for n in range(20)],
                }
            )
            for place in range(10)
        ]
        begun = time.thread_time()
        made = [Attached(parse(text), "managed", "x", None, None) for text in texts]
        decide(REQUEST, Policies(identity=tuple(made)))
        taken.append((time.thread_time() - begun) * 1e3)
    line("compile 200 statements and decide once, cold", statistics.median(taken), "under 20", "ms")


def wildcards() -> None:
    """The worst that was found among patterns and texts of the longest kind."""
    patterns = [
        "*a" * 1024,
        "*" + "a?" * 1023 + "b",
        "*" + "?a" * 500 + "*" + "a?" * 500 + "b*",
        "*?" * 1024,
        "*a?b" * 512,
        "*a??b" * 400,
    ]
    worst = 0.0
    for text in patterns:
        made = Pattern(((text[:LONGEST], False),))
        for asked in (
            "a" * LONGEST,
            "ab" * (LONGEST // 2),
            "aab" * (LONGEST // 3),
            "a" * (LONGEST - 1) + "b",
        ):
            worst = max(worst, median(lambda made=made, asked=asked: made.matches(asked), 3, 5))  # type: ignore[misc]
    line("2048 characters against a pattern of 2048, at worst", worst, "under 1000")


def cases_a_second() -> None:
    case = {
        "principal": f"arn:aws:sts::{ACCOUNT}:assumed-role/UpdateApp/David",
        "action": "s3:GetObject",
        "resource": f"{BUCKET}/app.txt",
        "identityPolicies": [{"Version": "2012-10-17", "Statement": [allow("s3:Get*", f"{BUCKET}/*")]}],
        "permissionsBoundary": {"Version": "2012-10-17", "Statement": allow("*")},
        "serviceControlPolicies": [[{"Version": "2012-10-17", "Statement": allow("*")}]],
    }
    lines = "".join(json.dumps({**case, "resource": f"{BUCKET}/{n}"}) + "\n" for n in range(20_000))
    command = [
        sys.executable,
        "-c",
        "from deputize.cli.main import main; main()",
        "evaluate",
        "--ndjson",
        "--brief",
    ]
    begun = time.perf_counter()
    subprocess.run(command, input=lines.encode(), stdout=subprocess.DEVNULL, check=True)
    line(
        "deputize evaluate --ndjson --brief, with its start",
        20_000 / (time.perf_counter() - begun),
        "over 10000",
        "/s",
    )


def cedar(ours: float) -> None:
    """Cedar with 200 policies, its policy set kept, beside our 200 statements."""
    told = subprocess.run([COMPARED, "-m", "benchmarks.cedar"], capture_output=True, text=True, check=True)
    theirs = float(told.stdout)
    line("cedarpy with a kept policy set of 200", theirs, f"{theirs / ours:.0f} times (b), at least 20")


def main() -> None:
    second = decisions()
    compiling()
    wildcards()
    cases_a_second()
    cedar(second)


if __name__ == "__main__":
    main()
