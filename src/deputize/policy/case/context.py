"""The context of a case: what it gives, and the keys that follow from the principal and the time."""

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from deputize.policy.case.fields import CaseRefused
from deputize.policy.document import Number
from deputize.policy.request import Principal

TYPES = {
    "root": "Account",
    "user": "User",
    "federated-user": "FederatedUser",
    "role-session": "AssumedRole",
}


@lru_cache(maxsize=4096)
def implied(principal: Principal, now: int) -> dict[str, str]:
    """The keys that follow from the principal and the time (IAM guide, "Global condition context keys")."""
    keys = {
        "aws:currenttime": datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(now),
    }
    if principal.kind == "anonymous":
        return {**keys, "aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous"}
    if principal.kind == "federated":
        return keys
    service = principal.kind == "service"
    keys["aws:principalisawsservice"] = "true" if service else "false"
    if service:
        return {**keys, "aws:principalservicename": principal.arn or ""}
    keys["aws:principalarn"] = principal.role_arn or principal.arn or ""
    keys["aws:principalaccount"] = principal.account or ""
    keys["aws:principaltype"] = TYPES[principal.kind]
    if principal.kind == "user":
        keys["aws:username"] = keys["aws:principalarn"].rpartition("/")[2]
    return keys


def given(raw: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    """The keys that the case gives, in lower case. Raises CaseRefused."""
    keys = raw.get("context")
    if keys is None:
        return {}
    if not isinstance(keys, dict):
        raise CaseRefused("context: an object is needed")
    made = {key.lower(): _values(key, value) for key, value in keys.items()}
    if len(made) != len(keys):
        raise CaseRefused("context: a key stands twice, in other capitals")
    return made


def _values(key: str, value: Any) -> str | tuple[str, ...]:
    return tuple(_value(key, one) for one in value) if isinstance(value, list) else _value(key, value)


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise CaseRefused(f"context.{key}: a string or a list of strings is needed")
    return str(value) if isinstance(value, Number) else value
