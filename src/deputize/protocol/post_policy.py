"""The policy of a browser's upload form: what whoever signed it lets others upload, and until when (S3 API,
"Creating a POST Policy").
"""

import base64
import binascii
import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deputize.errors import ApiError

# Fields that no condition need cover. The bucket is none of them: a form says it by its address.
FREE = frozenset({"policy", "x-amz-signature", "file"})
IGNORED = "x-ignore-"
LENGTH = "content-length-range"
# How the names of fields end that bring a key: what a policy says of it is told to nobody.
OF_KEYS = "-customer-key"
# The most conditions of a policy; its size is limited with the form's.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Condition:
    """`value` is what the field `name` (lower case) must be, or begin with."""

    name: str
    value: str
    begins: bool

    def holds(self, fields: Mapping[str, str]) -> bool:
        found = fields.get(self.name)
        if found is None:
            return False
        if not self.begins:
            return found == self.value
        # Of a list of types each must begin so (the same page, "Content-Type").
        parts = found.split(",") if self.name == "content-type" else [found]
        return all(part.startswith(self.value) for part in parts)

    def __str__(self) -> str:
        value = "" if self.name.endswith(OF_KEYS) else self.value
        return json.dumps(["starts-with" if self.begins else "eq", f"${self.name}", value])


@dataclass(frozen=True, slots=True)
class PostPolicy:
    """`expires` is in epoch seconds, `sizes` the least and the most bytes of the file."""

    expires: float
    conditions: tuple[Condition, ...]
    sizes: tuple[int, int] | None

    def check(self, fields: Mapping[str, str], now: float) -> None:
        """Raises AccessDenied for a form that the policy does not allow now. Every field must be covered by a
        condition.
        """
        if now >= self.expires:
            raise _denied("Policy expired.")
        for condition in self.conditions:
            if not condition.holds(fields):
                raise _denied(f"Policy Condition failed: {condition}")
        covered = {condition.name for condition in self.conditions}
        extra = sorted(name for name in fields if name not in covered | FREE and not name.startswith(IGNORED))
        if extra:
            raise _denied(f"Extra input fields: {', '.join(extra)}")


def _denied(why: str) -> ApiError:
    return ApiError("AccessDenied", f"Invalid according to Policy: {why}", status=403)


def parse(encoded: str) -> PostPolicy:
    """The policy in a form's field. Raises InvalidPolicyDocument."""
    try:
        document = json.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise _invalid("Invalid JSON.") from None
    if not isinstance(document, dict):
        raise _invalid("Invalid JSON.")
    for name in ("expiration", "conditions"):
        if name not in document:
            raise _invalid(f"Policy missing {name}.")
    listed = document["conditions"]
    if not isinstance(listed, list) or len(listed) > MOST:
        raise _invalid("Invalid conditions.")
    conditions: list[Condition] = []
    sizes = None
    for one in listed:
        if isinstance(one, list) and one and one[0] == LENGTH:
            sizes = _narrowed(sizes, _sizes(one))
        else:
            conditions += _conditions(one)
    return PostPolicy(_moment(document["expiration"]), tuple(conditions), sizes)


def _conditions(one: Any) -> Sequence[Condition]:
    match one:
        case dict() if all(isinstance(value, str) for value in one.values()):
            return [Condition(str(name).lower(), value, begins=False) for name, value in one.items()]
        case [str(operator), str(name), str(value)] if name.startswith("$"):
            if operator.lower() in ("eq", "starts-with"):
                return [Condition(name[1:].lower(), value, begins=operator.lower() != "eq")]
    shown = json.dumps(one)
    raise _invalid(f"Invalid Condition: {shown[:200] if OF_KEYS not in shown.lower() else OF_KEYS}")


def _sizes(one: Sequence[Any]) -> tuple[int, int]:
    try:
        _, least, most = (one[0], int(one[1]), int(one[2])) if len(one) == 3 else ("", -1, -1)
    except (TypeError, ValueError, OverflowError):  # JSON may say a number beyond all
        least = most = -1
    if not 0 <= least <= most:
        raise _invalid(f"Invalid {LENGTH}.")
    return least, most


def _narrowed(sizes: tuple[int, int] | None, more: tuple[int, int]) -> tuple[int, int]:
    """The sizes that all of several conditions allow."""
    return more if sizes is None else (max(sizes[0], more[0]), min(sizes[1], more[1]))


def _moment(text: Any) -> float:
    try:
        moment = datetime.datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        try:
            moment = datetime.datetime.strptime(str(text), "%Y-%m-%dT%H:%M:%SZ")
        except ValueError:
            raise _invalid(f"Invalid 'expiration' value: '{text}'") from None
    return moment.replace(tzinfo=datetime.UTC).timestamp()


def _invalid(why: str) -> ApiError:
    return ApiError("InvalidPolicyDocument", f"Invalid Policy: {why}", status=400)
