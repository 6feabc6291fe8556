"""`deputize evaluate`: decides cases of policies, without a server."""

import json
import sys
import time
from typing import BinaryIO

import click

from deputize.policy import explain
from deputize.policy.case.fields import CaseRefused
from deputize.policy.case.read import parse

# Far above every quota of all policies together, so that a text is refused before it is parsed.
SIZE_LIMIT = 16 * 1024 * 1024
HELP = """Decide whether a request is allowed, by its policies alone.

\b
A case is a JSON object on standard input (or --file):
  {"principal": "arn:aws:iam::111111111111:user/David", "action": "s3:GetObject",
   "resource": "arn:aws:s3:::b/k", "identityPolicies": [{...}], "resourcePolicy": {...}}

docs/policy.md describes all fields. Documents are taken as they are, and what is not understood fails closed.

\b
Exit code: 0, or with --expect 1 when another decision was made; 2 for a case that cannot be used.
"""
WORDS = ["allowed", "implicitDeny", "explicitDeny"]


@click.command(help=HELP)
@click.option("--file", "path", type=click.File("rb"), default="-", help="The cases; - is standard input.")
@click.option("--ndjson", is_flag=True, help="One case a line; one answer a line, in the same order.")
@click.option("--brief", is_flag=True, help="Leave the trace out.")
@click.option("--strict", is_flag=True, help="Refuse what AWS would refuse to save, and unknown actions.")
@click.option("--expect", type=click.Choice(WORDS), help="Exit with 1 when another decision is made.")
def evaluate(path: BinaryIO, ndjson: bool, brief: bool, strict: bool, expect: str | None) -> None:
    """Reads cases, prints answers."""
    if ndjson:
        sys.exit(_lines(path, brief=brief, strict=strict, expect=expect))
    try:
        answer = _answer(path.read(SIZE_LIMIT + 1), brief=brief, strict=strict, lines=not brief)
    except CaseRefused as refused:
        click.echo(f"error: {ascii(str(refused))[1:-1]}", err=True)
        click.echo("       deputize evaluate --help shows a case", err=True)
        sys.exit(2)
    click.echo(json.dumps(answer, indent=2))
    sys.exit(1 if expect not in (None, answer["decision"]) else 0)


def _lines(source: BinaryIO, *, brief: bool, strict: bool, expect: str | None) -> int:
    """Answers each line at once, so that a program may ask one after the other."""
    code = 0
    write, flush = sys.stdout.write, sys.stdout.flush
    while line := source.readline(SIZE_LIMIT + 1):
        try:
            answer = _answer(line, brief=brief, strict=strict, lines=False)
        except CaseRefused as refused:
            answer = {"error": str(refused)}
            while line and not line.endswith(b"\n"):
                line = source.readline(SIZE_LIMIT)
        if expect not in (None, answer.get("decision")):
            code = 1
        write(json.dumps(answer) + "\n")
        flush()
    return code


def _answer(text: bytes, *, brief: bool, strict: bool, lines: bool) -> dict[str, object]:
    if len(text) > SIZE_LIMIT:
        raise CaseRefused(f"a case is at most {SIZE_LIMIT} bytes long")
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        raise CaseRefused(f"byte {error.start}: not UTF-8") from None
    decision = parse(decoded, time.time(), strict=strict, lines=lines).decide()
    answer: dict[str, object] = {"decision": decision.word, "because": explain.because(decision)}
    if not brief:
        from deputize.policy import render

        answer["trace"] = render.as_json(decision.trace())
    return answer
