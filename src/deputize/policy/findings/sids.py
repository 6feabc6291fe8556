"""Statement ids (IAM guide, "IAM JSON policy elements: Sid")."""

import re
from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import BUCKET, Policy, PolicyType
from deputize.policy.findings.text import says

_PLAIN = re.compile(r"[A-Za-z0-9]*", re.ASCII)
_SPACED = re.compile(r"[A-Za-z0-9 ]*", re.ASCII)


def check(policy: Policy) -> Iterator[Found]:
    """Sids that repeat, and characters that none may have. S3 takes blanks, other services nearly everything;
    both take repeated Sids.
    """
    loose = policy.type is PolicyType.RESOURCE_POLICY and not policy.trust
    form, allowed = (
        (_SPACED, says("letters, digits and blanks")) if loose else (_PLAIN, says("letters and digits"))
    )
    first: dict[str, Node] = {}
    for statement in policy.statements:
        node = statement.get("Sid")
        if node is None or node.kind != "string" or not node.text:
            continue
        if not form.fullmatch(node.text) and (not loose or policy.resource_type == BUCKET):
            yield found(
                "UNSUPPORTED_SID",
                says("A Sid is made of {characters}: {sid}", characters=allowed, sid=shown(node.text)),
                node,
            )
        if node.text in first:
            yield found(
                "UNIQUE_SIDS_RECOMMENDED" if loose else "UNIQUE_SIDS_REQUIRED",
                says("Another statement is called {sid}, too.", sid=shown(node.text)),
                node,
                first[node.text],
            )
        first.setdefault(node.text, node)
