"""Resource and NotResource entries (IAM guide, "Resource"; General Reference, "ARNs").

The five leading parts of an ARN match apart, wildcards staying inside their part; the resource part is one
string in which `*` crosses `/` and `:`, and the only part that takes variables.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from deputize.policy.match import Pattern, pattern
from deputize.policy.request import Request
from deputize.policy.variables import Wildcards, template

PARTS = 6
SERVICE = 2
# An action that takes no resource is asked about `*`; AWS's own examples grant ListAllMyBuckets with an ARN
# that ends so, in the partition of the caller.
ALL_OF_S3 = ":s3:::*"
# Services whose resource part begins with a type (`role/...`), which takes neither wildcard nor variable.
TYPED = frozenset({"iam", "sts", "dynamodb", "kms"})
_SIGNS = re.compile(r"[*?]")
_SIGNS_OR_VARIABLE = re.compile(r"[*?]|\$\{")


@lru_cache(maxsize=4096)
def split(arn: str) -> tuple[str, ...]:
    """An ARN's parts."""
    return tuple(arn.split(":", PARTS - 1))


class ResourceEntry:
    """One entry. `beginning` is the literal text with which every ARN it covers begins; where `sure`, an ARN
    that begins so is covered, and where `exact`, it must be that text. Compiled when it is first asked.
    """

    __slots__ = ("_patterns", "_variables", "beginning", "exact", "sure", "text")

    def __init__(self, text: str, *, variables: bool) -> None:
        self.text = text
        self._variables = variables
        self._patterns: tuple[_ArnPattern, ...] | None = None
        sign = (_SIGNS_OR_VARIABLE if variables else _SIGNS).search(text)
        self.beginning = text if sign is None else text[: sign.start()]
        complete = self.beginning.startswith("arn:") and self.beginning.count(":") >= PARTS - 1
        self.exact = sign is None and complete
        self.sure = text == "*" or (
            complete and len(text) == len(self.beginning) + 1 and text[-1] == "*" and not _loose_type(text)
        )

    def covers(self, request: Request) -> bool:
        resource = request.resource
        if resource == "*":
            return self.text == "*" or (
                request.action[:3].lower() == "s3:"
                and self.text == f"arn:{request.principal.partition or 'aws'}{ALL_OF_S3}"
            )
        if self.exact:
            return resource == self.text
        if self.sure:
            return resource.startswith(self.beginning)
        asked = split(resource)
        if len(asked) != PARTS:
            return False
        if self._patterns is None:
            self._patterns = tuple(_compiled(self.text, self._variables))
        return any(one.matches(asked, request) for one in self._patterns)


class _ArnPattern:
    """Six parts, the leading ones each a literal or a pattern."""

    __slots__ = ("_leading", "_resource")

    def __init__(self, parts: tuple[str, ...], *, variables: bool) -> None:
        self._leading: tuple[str | Pattern, ...] = tuple(
            pattern(part) if _SIGNS.search(part) else part for part in parts[: PARTS - 1]
        )
        self._resource = Wildcards(template(parts[-1], variables=variables))

    def matches(self, asked: tuple[str, ...], request: Request) -> bool:
        for one, other in zip(self._leading, asked, strict=False):
            if not (one == other if isinstance(one, str) else one.matches(other)):
                return False
        return self._resource.matches(asked[-1], request.context)


def _compiled(text: str, variables: bool) -> Iterator[_ArnPattern]:
    parts = text.split(":", PARTS - 1)
    if parts[0] != "arn" or len(parts) <= SERVICE:
        return
    if _SIGNS.search(parts[SERVICE]) and len(parts) > SERVICE + 1:
        return
    for six in dict.fromkeys(map(tuple, _completed(parts))):
        if not _loose_type(":".join(six)):
            yield _ArnPattern(six, variables=variables)


def _completed(parts: list[str]) -> Iterator[list[str]]:
    """The ways of writing an ARN with all its parts: in one with fewer, a `*` that ends a part also stands
    for parts that follow (AWS: it "can expand to match beyond the colon boundaries").
    """
    if len(parts) == PARTS:
        yield parts
        return
    for place, part in enumerate(parts):
        if part.endswith("*"):
            yield from _completed([*parts[: place + 1], "*", *parts[place + 1 :]])


def _loose_type(text: str) -> bool:
    """Whether the resource type has a wildcard or a variable in it: such an entry matches nothing."""
    parts = text.split(":", PARTS - 1)
    kind, slash, _ = parts[-1].partition("/")
    return bool(slash) and parts[SERVICE] in TYPED and any(sign in kind for sign in "*?$")
