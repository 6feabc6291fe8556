"""`deputize validate`: what is wrong in policy files, what is dangerous, what does nothing. No server is
needed.
"""

import json
import re
import sys
from collections.abc import Mapping
from typing import NoReturn

import click

from deputize.cli import sarif
from deputize.cli.findings_text import render
from deputize.policy.findings.checks import Severity
from deputize.policy.findings.finding import Finding
from deputize.policy.findings.reader import SIZE
from deputize.policy.findings.statements import BUCKET, TRUST, PolicyType
from deputize.policy.findings.validate import findings

Checked = Mapping[str, tuple[str, tuple[Finding, ...]]]

TYPES: Mapping[str, tuple[PolicyType, str | None]] = {
    "identity": (PolicyType.IDENTITY_POLICY, None),
    "trust": (PolicyType.RESOURCE_POLICY, TRUST),
    "bucket": (PolicyType.RESOURCE_POLICY, BUCKET),
    "resource": (PolicyType.RESOURCE_POLICY, None),
    "scp": (PolicyType.SERVICE_CONTROL_POLICY, None),
    "rcp": (PolicyType.RESOURCE_CONTROL_POLICY, None),
}
LEVELS = {severity.name.lower().replace("_", "-"): severity for severity in Severity}
STDIN = "-"
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--type",
    "kind",
    type=click.Choice(list(TYPES)),
    default="identity",
    show_default=True,
    help="What the policies are: attached to users, groups and roles (identity); a role's trust policy; a "
    "bucket's or another resource's policy; a service or resource control policy.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="For people; as accessanalyzer:ValidatePolicy answers; for code review tools (SARIF 2.1.0).",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(LEVELS)),
    default="error",
    show_default=True,
    help="The exit code is 1 for findings of this kind, and of graver ones.",
)
@click.option(
    "--own-account",
    "own",
    metavar="12DIGITS",
    multiple=True,
    help="An account of your own: to trust it is not to trust a third party. May be repeated.",
)
def validate(files: tuple[str, ...], kind: str, form: str, fail_on: str, own: tuple[str, ...]) -> None:
    """Check policy files; `-` is standard input.

    Tells errors, security warnings, warnings and suggestions, each with its place. docs/policy-checks.md
    explains every check. Lines and columns count from 1 in text and SARIF; in JSON columns count from 0, as
    in AWS's API.

    \b
    deputize validate policy.json
    deputize validate --type trust --own-account 111122223333 trust.json
    deputize validate --format sarif --fail-on security-warning policies/*.json > findings.sarif
    terraform output -raw policy | deputize validate -

    Exit code: 0 nothing to fail on, 1 findings to fail on, 2 a file or an option cannot be used.
    """
    for account in own:
        if not _ACCOUNT.fullmatch(account):
            _unusable(
                f"an account id has 12 digits: {account}", "name the account as --own-account 111122223333"
            )
    policy_type, resource_type = TYPES[kind]
    checked: dict[str, tuple[str, tuple[Finding, ...]]] = {}
    for name in dict.fromkeys(files):
        text = _read(name)
        made = findings(text, policy_type, resource_type=resource_type, own_accounts=own)
        checked["stdin" if name == STDIN else name] = (text, made)
    click.echo(_written(form, checked), color=None)
    gravest = min((one.check.severity for _, made in checked.values() for one in made), default=None)
    sys.exit(1 if gravest is not None and gravest <= LEVELS[fail_on] else 0)


def _written(form: str, checked: Checked) -> str:
    match form:
        case "json":
            listed = [{"file": name, **one.wire()} for name, (_, made) in checked.items() for one in made]
            return json.dumps({"findings": listed}, indent=2)
        case "sarif":
            return json.dumps(sarif.log({name: made for name, (_, made) in checked.items()}), indent=2)
        case _:
            return "\n".join(render(checked))


def _read(name: str) -> str:
    """A file's text. What cannot be read ends the command; what is longer than any policy is cut, and found
    to be too long.
    """
    try:
        with click.open_file(name, "rb") as file:
            content = file.read(SIZE * 4 + 4)
    except OSError as error:
        _unusable(
            f"{name}: {error.strerror}", "name files with a policy in JSON each, or - for standard input"
        )
    try:
        return content[: SIZE * 4].decode("utf-8") if len(content) <= SIZE * 4 else " " * (SIZE + 1)
    except UnicodeDecodeError as error:
        _unusable(f"{name}: byte {error.start} is no UTF-8", "save the file as UTF-8")


def _unusable(message: str, hint: str) -> NoReturn:
    """End with exit code 2, saying what is wrong and what to do."""
    click.echo(f"error: {message}\n       {hint}", err=True)
    sys.exit(2)
