"""Immutable records of which every request makes a dozen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """A dataclass with slots that nothing may change: the type checker alone sees to it.

    Were Python to guard each member as well (`frozen`), making one would take twice to three times as long:
    0.28 µs a member and not 0.11, with CPython 3.11.
    """
    return dataclass(slots=True, unsafe_hash=True, kw_only=kw_only)
