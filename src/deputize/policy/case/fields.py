"""The plain fields of a case, and what is said of one that cannot be used."""

from collections.abc import Mapping
from typing import Any


class CaseRefused(ValueError):
    """A case that cannot be used: the place in it, and what is wrong there."""


def needed(raw: Mapping[str, Any], name: str) -> str:
    value = text_of(raw, name)
    if value is None:
        raise CaseRefused(f"{name}: is missing")
    return value


def text_of(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is not None and (type(value) is not str or not value):
        raise CaseRefused(f"{name}: a string is needed")
    return value


def flag(raw: Mapping[str, Any], name: str) -> bool:
    value = raw.get(name, False)
    if type(value) is not bool:
        raise CaseRefused(f"{name}: true or false is needed")
    return value
