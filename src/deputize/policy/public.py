"""Is a bucket policy public? (S3 guide, "Blocking public access", "The meaning of public")

A policy is taken to be public unless each Allow is bound to fixed values: named principals, or a condition
that fixes one of the keys below without wildcards or variables.
"""

import ipaddress

from deputize.policy.conditions import Condition
from deputize.policy.document import Document, Statement

FIXING = frozenset(
    {
        "aws:principalorgid",
        "aws:principalaccount",
        "aws:principalorgpaths",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceaccount",
        "aws:sourceowner",
        "aws:userid",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:dataaccesspointaccount",
    }
)
# Of these only some parts must be fixed: the account of the principal; all but the name of the access point.
PRINCIPAL_ARN, ACCESS_POINT_ARN, SOURCE_IP = "aws:principalarn", "s3:dataaccesspointarn", "aws:sourceip"
EQUALITY = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"}
)
WIDEST = {4: 8, 6: 32}


def is_public(document: Document) -> bool:
    """Whether any Allow lets in somebody who is not fixed by name or condition."""
    return any(statement.allow and _open(statement) for statement in document.statements)


def _open(statement: Statement) -> bool:
    principals = statement.principals
    if principals is None:
        return False
    named = not principals.negated and all(
        entry.kind in ("AWS", "Service", "CanonicalUser") and entry.value != "*"
        for entry in principals.entries
    )
    return not named and not any(_fixes(condition) for condition in statement.conditions)


def _fixes(condition: Condition) -> bool:
    """Whether the condition lets in fixed values alone."""
    if condition.operator.lower() not in EQUALITY or not condition.values:
        return False
    key = condition.key.lower()
    if key == SOURCE_IP:
        return all(_narrow(value) for value in condition.values)
    if key == PRINCIPAL_ARN:
        return all(_plain(":".join(value.split(":")[:5])) for value in condition.values)
    if key == ACCESS_POINT_ARN:
        return all(_plain(value.rpartition("/")[0]) for value in condition.values)
    return key in FIXING and all(_plain(value) for value in condition.values)


def _plain(value: str) -> bool:
    return bool(value) and not set(value) & set("*?") and "${" not in value


def _narrow(value: str) -> bool:
    """No wider than /8 (IPv4) or /32 (IPv6); private ranges of RFC 1918 are not public however wide."""
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= WIDEST[network.version]
