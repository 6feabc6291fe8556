"""A slow, obvious evaluator of policies, written from the rules and sharing no code with the product.

It works on plain JSON values, in the order in which the IAM guide explains the logic, and takes no short
cuts: the property tests compare the product with it.
"""

import datetime
import ipaddress
import re
from typing import Any

Json = Any
Case = dict[str, Any]


def decide(case: Case) -> str:
    """`allowed`, `explicitDeny` or `implicitDeny`.

    `case` has caller (kind, account, arn, unique_id, role_arn, parent_arn), action, resource, owner
    (account), context (lower-case keys), identity (list of documents), boundary (document or None),
    session (list or None), resource_policy (document or None) and trust (True: the resource policy is a
    role's trust policy).
    """
    if case["session"] is None and case["caller"]["kind"] == "federated-user":
        case = {**case, "session": []}
    own = {
        "identity": _pool(case["identity"], case),
        "boundary": None if case["boundary"] is None else _pool([case["boundary"]], case),
        "session": None if case["session"] is None else _pool(case["session"], case),
    }
    denied, grants = _resource_policy(case)
    if denied or any(said is not None and said["deny"] for said in own.values()):
        return "explicitDeny"
    allows = {name: said is None or said["allow"] for name, said in own.items()}
    return "allowed" if _allowed(case, allows, grants) else "implicitDeny"


def _allowed(case: Case, allows: dict[str, bool], grants: set[str]) -> bool:
    """The table of paths: who is granted how, in one account and across two."""
    caller = case["caller"]
    if caller["kind"] in ("anonymous", "service"):
        return bool(grants)
    identity = allows["identity"] or caller["kind"] == "root"
    capped = allows["boundary"] and allows["session"]
    same = case["owner"] is None or case["owner"] == caller["account"]
    if case["trust"]:
        if caller["kind"] == "root":
            return False
        if same and grants - {"account"}:
            return capped
        return bool(grants) and identity and capped
    if not same:
        return bool(grants) and identity and capped
    if grants & {"user", "session", "everyone"}:
        return True
    if grants & {"role", "parent"} and capped:
        return True
    return identity and capped


def _pool(documents: list[Json], case: Case) -> dict[str, bool]:
    said = {"allow": False, "deny": False}
    for document in documents:
        for statement in _statements(document):
            if _applies(document, statement, case):
                said["deny" if statement["Effect"] == "Deny" else "allow"] = True
    return said


def _resource_policy(case: Case) -> tuple[bool, set[str]]:
    """Whether it denies, and the ways in which it grants."""
    document = case["resource_policy"]
    grants: set[str] = set()
    denied = False
    for statement in _statements(document) if document is not None else []:
        ways = _principal(statement, case)
        if not ways or not _applies(document, statement, case):
            continue
        if statement["Effect"] == "Deny":
            denied = True
        else:
            grants |= ways
    return denied, grants


def _statements(document: Json) -> list[Json]:
    return _list(document["Statement"])


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


# --- principals


def _principal(statement: Json, case: Case) -> set[str]:
    if "Principal" in statement:
        return _matches(statement["Principal"], case["caller"])
    listed = _matches(statement["NotPrincipal"], case["caller"])
    if statement["Effect"] == "Allow":
        return set() if listed else {"everyone"}
    if case["boundary"] is not None:
        return {"everyone"}
    needed = {
        "root": {"account"},
        "user": {"account", "user"},
        "role-session": {"account", "role", "session"},
        "federated-user": {"account", "parent", "session"},
        "service": {"service"},
        "anonymous": {"everyone"},
    }[case["caller"]["kind"]]
    return set() if "everyone" in listed or needed <= listed else {"everyone"}


def _matches(element: Json, caller: Json) -> set[str]:
    ways = set()
    for kind, values in {"AWS": "*"}.items() if element == "*" else element.items():
        for value in _list(values):
            ways |= _match_one(kind, value, caller)
    return ways


def _match_one(kind: str, value: str, caller: Json) -> set[str]:
    if kind == "Service":
        return {"service"} if caller["kind"] == "service" and value == caller["arn"] else set()
    if kind != "AWS":
        return set()
    if value == "*":
        return {"everyone"}
    if caller["account"] is None:
        return set()
    if value in (caller["account"], f"arn:aws:iam::{caller['account']}:root"):
        return {"account"}
    names = {
        "user": {caller["arn"]: "user", caller["unique_id"]: "user"},
        "role-session": {
            caller["arn"]: "session",
            caller["role_arn"]: "role",
            caller["unique_id"]: "role",
        },
        "federated-user": {
            caller["arn"]: "session",
            caller["parent_arn"]: "parent",
            caller["unique_id"]: "parent",
        },
    }.get(caller["kind"], {})
    return {names[value]} if value in names else set()


# --- action, resource, conditions of one statement


def _applies(document: Json, statement: Json, case: Case) -> bool:
    variables = document.get("Version", "2008-10-17") == "2012-10-17"
    return (
        _action(statement, case["action"])
        and _resource(statement, case, variables)
        and _conditions(statement.get("Condition", {}), case, variables)
    )


def _action(statement: Json, action: str) -> bool:
    element = "Action" if "Action" in statement else "NotAction"
    found = any(_action_matches(pattern, action) for pattern in _list(statement[element]))
    return found if element == "Action" else not found


def _action_matches(pattern: str, action: str) -> bool:
    if pattern == "*":
        return True
    vendor, colon, name = pattern.partition(":")
    asked_vendor, _, asked_name = action.partition(":")
    return bool(colon) and vendor.lower() == asked_vendor.lower() and _like(name.lower(), asked_name.lower())


def _like(pattern: str, text: str) -> bool:
    """`*` is any run of characters, `?` one of them."""
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _resource(statement: Json, case: Case, variables: bool) -> bool:
    if "Resource" not in statement and "NotResource" not in statement:
        return True
    element = "Resource" if "Resource" in statement else "NotResource"
    found = any(_resource_matches(entry, case, variables) for entry in _list(statement[element]))
    return found if element == "Resource" else not found


def _resource_matches(entry: str, case: Case, variables: bool) -> bool:
    if entry == "*":
        return True
    if case["resource"] == "*":
        return entry == "arn:aws:s3:::*"
    pattern = entry.split(":", 5)
    asked = case["resource"].split(":", 5)
    if len(pattern) < 6 or len(asked) < 6:
        return False
    if not all(_like(one, other) for one, other in zip(pattern[:5], asked[:5], strict=True)):
        return False
    literal = _substituted(pattern[5], case["context"], variables)
    return literal is not None and re.fullmatch(literal, asked[5], re.DOTALL) is not None


def _substituted(text: str, context: Json, variables: bool, wildcards: bool = True) -> str | None:
    """A regular expression for `text` with its variables put in literally; None if a variable has no
    value.
    """
    pieces = []
    for piece in re.split(r"(\$\{[^}]*\})", text) if variables else [text]:
        if variables and piece.startswith("${") and piece.endswith("}"):
            value = _variable(piece[2:-1], context)
            if value is None:
                return None
            pieces.append(re.escape(value))
        else:
            signs = {"*": ".*", "?": "."} if wildcards else {}
            pieces.append("".join(signs.get(character, re.escape(character)) for character in piece))
    return "".join(pieces)


def _variable(name: str, context: Json) -> str | None:
    if name in ("*", "?", "$"):
        return name
    default = re.fullmatch(r"([^,]*), '(.*)'", name, re.DOTALL)
    key = default[1] if default else name
    value = context.get(key.strip().lower())
    if isinstance(value, str):
        return value
    return default[2] if default and value is None else None


# --- conditions

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def _conditions(conditions: Json, case: Case, variables: bool) -> bool:
    return all(
        _condition(operator, key, [_text(value) for value in _list(values)], case["context"], variables)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _condition(operator: str, key: str, values: list[str], context: Json, variables: bool) -> bool:
    quantifier, _, name = operator.rpartition(":")
    present = context.get(key.lower())
    if present == ():
        present = None
    if name == "Null":
        return any((present is None) == (value.lower() == "true") for value in values)
    if name.endswith("IfExists"):
        name = name.removesuffix("IfExists")
        if present is None:
            return True
    if quantifier:
        return _quantified(quantifier, name, present, values, context, variables)
    if present is None:
        return name in NEGATED
    if not isinstance(present, str):
        return False
    return _single(name, present, values, context, variables)


def _quantified(
    quantifier: str, name: str, present: Json, values: list[str], context: Json, variables: bool
) -> bool:
    asked = [] if present is None else [present] if isinstance(present, str) else list(present)
    if asked == [""]:
        asked = []
    held = [_single(name, one, values, context, variables) for one in asked]
    return all(held) if quantifier == "ForAllValues" else any(held)


def _single(name: str, present: str, values: list[str], context: Json, variables: bool) -> bool:
    """One value of the request against the listed ones: any for a positive operator, none for a negated
    one.
    """
    positive = NEGATED.get(name, name)
    results = [_compare(positive, present, value, context, variables) for value in values]
    if name not in NEGATED:
        return any(result is True for result in results)
    # What cannot be read matches in neither form.
    return all(result is not True for result in results) and "unreadable" not in results


def _compare(name: str, present: str, value: str, context: Json, variables: bool) -> bool | str:
    if name.startswith("String"):
        return _compare_string(name, present, value, context, variables)
    if name in ("ArnEquals", "ArnLike"):
        return _compare_arn(present, value, context, variables)
    if name == "Bool":
        return value.lower() in ("true", "false") and present.lower() == value.lower()
    if name == "IpAddress":
        return _compare_address(present, value)
    kind = "Numeric" if name.startswith("Numeric") else "Date"
    read = _number if kind == "Numeric" else _moment
    one, other = read(present), read(value)
    if one is None or other is None:
        return "unreadable"
    return {
        "Equals": one == other,
        "LessThan": one < other,
        "LessThanEquals": one <= other,
        "GreaterThan": one > other,
        "GreaterThanEquals": one >= other,
    }[name.removeprefix(kind)]


def _compare_string(name: str, present: str, value: str, context: Json, variables: bool) -> bool:
    expression = _substituted(value, context, variables, wildcards=name == "StringLike")
    if expression is None:
        return False
    flags = re.DOTALL | (re.IGNORECASE if name == "StringEqualsIgnoreCase" else 0)
    return re.fullmatch(expression, present, flags) is not None


def _compare_arn(present: str, value: str, context: Json, variables: bool) -> bool | str:
    asked, pattern = present.split(":", 5), value.split(":", 5)
    if len(asked) < 6 or len(pattern) < 6:
        return "unreadable"
    for one, other in zip(pattern, asked, strict=True):
        expression = _substituted(one, context, variables)
        if expression is None or re.fullmatch(expression, other, re.DOTALL) is None:
            return False
    return True


def _compare_address(present: str, value: str) -> bool | str:
    try:
        return ipaddress.ip_address(present) in ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "unreadable"


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text, re.ASCII) else None


def _moment(text: str) -> float | None:
    if re.fullmatch(r"\d+", text, re.ASCII):
        return float(text)
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    return aware.timestamp()
