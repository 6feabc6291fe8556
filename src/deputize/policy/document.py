"""JSON text to immutable statements, compiled once and cached by content; errors point at the spot."""

from dataclasses import dataclass
from functools import lru_cache

from deputize.policy.request import Request


class MalformedDocument(ValueError):
    """Text that is no policy document: what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class PrincipalEntry:
    """One value of a Principal map: `kind` is `AWS`, `Service`, `Federated` or `CanonicalUser`; `*` stands as AWS, `*`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class PrincipalSet:
    """The Principal (or, `negated`, NotPrincipal) element."""

    entries: tuple[PrincipalEntry, ...]
    negated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. `index` counts from 0; `principals` is None where the element is absent."""

    index: int
    sid: str | None
    allow: bool
    principals: PrincipalSet | None

    def covers_action(self, action: str) -> bool:
        """Whether Action or NotAction covers `action` (`s3:GetObject`)."""
        raise NotImplementedError

    def covers_resource(self, request: Request) -> bool:
        """Whether Resource or NotResource covers the request's resource, variables substituted; True where the element is absent (trust policies)."""
        raise NotImplementedError

    def conditions_hold(self, request: Request) -> bool:
        """Whether every condition of the statement holds."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed policy."""

    version: str
    id: str | None
    statements: tuple[Statement, ...]


@lru_cache(maxsize=4096)
def parse(text: str) -> Document:
    """The document that `text` says; raises MalformedDocument. Lenient as evaluation must be: what saving refuses is `validate`'s business."""
    raise NotImplementedError
