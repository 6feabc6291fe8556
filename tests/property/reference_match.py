"""The reference's part on text: wildcards, variables, grammar, actions and resources.

See reference.py.
"""

import re
from dataclasses import dataclass
from typing import Any

Json = Any
Context = dict[str, Any]
VARIABLE = re.compile(r"\$\{[^}]*\}")

# Services whose resource part begins with a name, not with a type (`role/`, `table/`).
UNTYPED = ("s3", "sqs", "sns")


def listed(value: Json) -> list[Json]:
    """A single value and a list of one mean the same (1.1)."""
    return value if isinstance(value, list) else [value]


def like(pattern: str, text: str) -> bool:
    """`*` is any run of characters, also none; `?` is exactly one; the whole text must fit (2.4)."""
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


# --- the grammar (1.1)

ELEMENTS = {"Sid", "Effect", "Condition"}
PAIRED = ("Principal", "Action", "Resource")


def grammatical(policy: Json, statement: Json) -> bool:
    """Whether a statement is one by the grammar; what the elements list is judged where they are matched."""
    if policy.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        return False
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        return False
    if not set(statement) <= ELEMENTS | {part + name for part in ("", "Not") for name in PAIRED}:
        return False
    if any({name, f"Not{name}"} <= set(statement) for name in PAIRED):
        return False
    if "Action" not in statement and "NotAction" not in statement:
        return False
    texts = [
        statement[name] for name in ("Action", "NotAction", "Resource", "NotResource") if name in statement
    ]
    for name in ("Principal", "NotPrincipal"):
        named = statement.get(name, "*")
        if named != "*":
            texts += named.values() if isinstance(named, dict) else [None]
    if not all(isinstance(one, str) for value in texts for one in listed(value)):
        return False
    return conditions_grammatical(statement.get("Condition", {}))


def conditions_grammatical(conditions: Json) -> bool:
    """Maps of maps of strings, numbers, booleans, or lists of them."""
    if not isinstance(conditions, dict) or not all(isinstance(keys, dict) for keys in conditions.values()):
        return False
    values = [value for keys in conditions.values() for value in keys.values()]
    return all(isinstance(one, str | int | float) for value in values for one in listed(value))


# --- variables (1.6)


def filled(text: str, context: Context, *, variables: bool, wildcards: bool) -> str | None:
    """A regular expression for `text`; None if a variable in it has no value.

    What a variable puts in is literal: a `*` in a tag's value is a star. So are the escapes `${*}`, `${?}`
    and `${$}`. Without `variables` (version 2008-10-17), `${...}` is plain text.
    """
    signs = {"*": ".*", "?": "."} if wildcards else {}

    def plain(piece: str) -> str:
        return "".join(signs.get(character, re.escape(character)) for character in piece)

    if not variables:
        return plain(text)
    expression, position = "", 0
    for found in VARIABLE.finditer(text):
        value = variable(found[0][2:-1], context)
        if value is None:
            return None
        expression += plain(text[position : found.start()]) + re.escape(value)
        position = found.end()
    return expression + plain(text[position:])


def variable(inside: str, context: Context) -> str | None:
    """The value of what stands between `${` and `}`."""
    if inside in ("*", "?", "$"):
        return inside
    default = re.fullmatch(r"([^,]*), '(.*)'", inside, re.DOTALL)
    value = context.get((default[1] if default else inside).lower())
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return None  # a multivalued key cannot be put in, and its default is not used
    return default[2] if default else None


# --- actions (1.4)


def action_applies(statement: Json, action: str) -> bool:
    if "Action" in statement:
        return any(action_matches(entry, action) for entry in listed(statement["Action"]))
    return not any(action_matches(entry, action) for entry in listed(statement["NotAction"]))


def action_matches(entry: Json, action: str) -> bool:
    if entry == "*":
        return True
    if not isinstance(entry, str) or entry.count(":") != 1:
        return False
    vendor, name = entry.split(":")
    asked_vendor, _, asked_name = action.partition(":")
    if re.fullmatch(r"[A-Za-z0-9.-]+", vendor) is None:
        return False
    return vendor.lower() == asked_vendor.lower() and like(name.lower(), asked_name.lower())


# --- resources (1.5)


@dataclass(frozen=True)
class Asked:
    """What is done to what, by somebody of which partition."""

    action: str
    resource: str
    partition: str


def resource_applies(statement: Json, asked: Asked, context: Context, variables: bool) -> bool:
    def matches(entry: Json) -> bool:
        return isinstance(entry, str) and resource_matches(entry, asked, context, variables)

    if "Resource" in statement:
        return any(matches(entry) for entry in listed(statement["Resource"]))
    if "NotResource" not in statement:
        return bool(statement["Effect"] == "Deny")  # what must be there is not: it fails closed
    return not any(matches(entry) for entry in listed(statement["NotResource"]))


def resource_matches(entry: str, asked: Asked, context: Context, variables: bool) -> bool:
    if entry == "*":
        return True
    if asked.resource == "*":
        # AWS's own examples grant ListAllMyBuckets, which has no resource, with this entry.
        return entry == f"arn:{asked.partition}:s3:::*" and asked.action.lower().startswith("s3:")
    parts = asked.resource.split(":", 5)
    if len(parts) < 6:
        return False
    return any(six_parts_match(own, parts, context, variables) for own in in_six_parts(entry))


def in_six_parts(entry: str) -> list[list[str]]:
    """The entry cut at its first five colons. One with fewer parts may reach beyond a colon with a `*` that
    ends a part: `arn:aws:sqs:*:q` is `arn:aws:sqs:*:*:q`.
    """
    parts = entry.split(":", 5)
    if len(parts) == 6:
        return [parts]
    found = []
    for place in range(3, len(parts)):
        if parts[place].endswith("*"):
            missing = ["*"] * (6 - len(parts))
            found.append(parts[: place + 1] + missing + parts[place + 1 :])
    return found


def six_parts_match(parts: list[str], asked: list[str], context: Context, variables: bool) -> bool:
    vendor, resource = parts[2], parts[5]
    if "*" in vendor or "?" in vendor:
        return False
    kind = re.match(r"[^/:]*(?=[/:])", VARIABLE.sub("$", resource))
    if vendor not in UNTYPED and kind is not None and re.search(r"[*?$]", kind[0]):
        return False
    if not all(like(part, other) for part, other in zip(parts[:5], asked[:5], strict=True)):
        return False
    expression = filled(resource, context, variables=variables, wildcards=True)
    return expression is not None and re.fullmatch(expression, asked[5], re.DOTALL) is not None
