"""Each check has what triggers it and a near miss: tests/unit/policy/findings/cases.toml."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deputize.policy.findings.checks import CHECKS
from deputize.policy.findings.finding import Finding
from deputize.policy.findings.statements import BUCKET, TRUST, PolicyType
from deputize.policy.findings.validate import findings

OWN = "111122223333"
CASES: Mapping[str, Mapping[str, Any]] = tomllib.loads(Path(__file__).with_name("cases.toml").read_text())
KINDS: Mapping[str, tuple[PolicyType, str | None]] = {
    "identity": (PolicyType.IDENTITY_POLICY, None),
    "bucket": (PolicyType.RESOURCE_POLICY, BUCKET),
    "resource": (PolicyType.RESOURCE_POLICY, None),
    "trust": (PolicyType.RESOURCE_POLICY, TRUST),
    "scp": (PolicyType.SERVICE_CONTROL_POLICY, None),
    "rcp": (PolicyType.RESOURCE_CONTROL_POLICY, None),
}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::photos/*"}
ANNA = {"AWS": f"arn:aws:iam::{OWN}:user/anna"}
SOUND: Mapping[str, dict[str, Any]] = {
    "identity": READ,
    "bucket": {**READ, "Principal": ANNA},
    "resource": {**READ, "Principal": ANNA},
    "trust": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": ANNA},
    "scp": {**READ, "Effect": "Deny"},
    "rcp": {**READ, "Effect": "Deny", "Principal": "*"},
}
ELEMENT = re.compile(r'(?:remove:\w+ ?)*("[A-Z]\w*": .*)?')


def policy(kind: str, text: str) -> str:
    """The whole policy that a case's text stands for."""
    if text.startswith("repeat:"):
        return padded(kind, int(text.removeprefix("repeat:")))
    match = ELEMENT.fullmatch(text)
    if match is None or not text:
        return text
    removed = re.findall(r"remove:(\w+)", text)
    statement = {name: value for name, value in SOUND[kind].items() if name not in removed}
    # The overlay is read as it is written, so that a repeated key stays one.
    members = [
        f"{json.dumps(name)}: {json.dumps(value)}"
        for name, value in statement.items()
        if f'"{name}": ' not in (match[1] or "")
    ]
    statement_text = ", ".join([*members, *([match[1]] if match[1] else [])])
    return f'{{"Version": "2012-10-17", "Statement": [{{{statement_text}}}]}}'


def padded(kind: str, size: int) -> str:
    """A sound policy of about `size` characters that are no blanks."""
    statement = dict(SOUND[kind])
    element = "Principal" if kind == "trust" else "Resource"
    text = policy(kind, "")
    many: Any = []
    while len("".join(text.split())) < size - 70:
        name = f"n{len(many):04}"
        many.append(f"arn:aws:iam::{OWN}:user/{name}" if kind == "trust" else f"arn:aws:s3:::photos/{name}")
        statement[element] = {"AWS": many} if kind == "trust" else many
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return text.replace(" ", "") if kind in ("scp", "rcp") else text


def found(kind: str, text: str) -> tuple[Finding, ...]:
    type_, resource_type = KINDS[kind]
    return findings(policy(kind, text), type_, resource_type=resource_type, own_accounts=[OWN])


def cases(part: str) -> Iterator[Any]:
    for code, case in CASES.items():
        for one in (case, *case.get("more", ())):
            texts = [one[part]] if isinstance(one[part], str) else one[part]
            for number, text in enumerate(texts):
                kind = one.get("kind", "identity")
                yield pytest.param(code, kind, text, id=f"{code}-{kind}-{number}")


@pytest.mark.parametrize(("code", "kind", "text"), list(cases("finds")))
def test_what_triggers_it(code: str, kind: str, text: str) -> None:
    made = [one for one in found(kind, text) if one.check.code == code]
    assert made, [one.check.code for one in found(kind, text)]
    whole = policy(kind, text)
    for one in made:
        assert one.check is CHECKS[code]
        assert one.details.endswith((".", "?")) or ": " in one.details
        assert one.locations
        for location in one.locations:
            assert 0 <= location.start.offset <= location.end.offset <= len(whole)
            assert location.start.line >= 1


@pytest.mark.parametrize(("code", "kind", "text"), list(cases("silent")))
def test_a_near_miss(code: str, kind: str, text: str) -> None:
    assert code not in [one.check.code for one in found(kind, text)]


def test_every_check_has_cases() -> None:
    assert set(CASES) == set(CHECKS)


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_policy_has_no_findings(kind: str) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [SOUND[kind]]})
    type_, resource_type = KINDS[kind]
    assert findings(text, type_, resource_type=resource_type, own_accounts=[OWN]) == ()
