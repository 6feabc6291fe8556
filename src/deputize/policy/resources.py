"""Resource and NotResource entries (IAM guide, "Resource"; General Reference, "ARNs").

The five leading parts of an ARN match apart, wildcards staying inside their part; the resource part is one
string in which `*` crosses `/` and `:`, and the only part that takes variables.
"""

from functools import lru_cache

from deputize.policy.match import Pattern, pattern
from deputize.policy.request import Request
from deputize.policy.variables import Wildcards, template

PARTS = 6
# An action that takes no resource is asked about `*`; AWS's own examples grant ListAllMyBuckets with this
# one.
ALL_OF_S3 = "arn:aws:s3:::*"
# Services whose resource part begins with a type (`role/...`), which takes neither wildcard nor variable.
TYPED = frozenset({"iam", "sts"})


@lru_cache(maxsize=1024)
def split(arn: str) -> tuple[str, ...]:
    """An ARN's parts."""
    return tuple(arn.split(":", PARTS - 1))


class ResourceEntry:
    """One entry, compiled."""

    __slots__ = ("_all", "_leading", "_resource", "_text", "_usable")

    def __init__(self, text: str, *, variables: bool) -> None:
        self._text = text
        self._all = text == "*"
        parts = text.split(":", PARTS - 1)
        if len(parts) < PARTS and parts[0] == "arn" and parts[-1].endswith("*"):
            parts += ["*"] * (PARTS - len(parts))
        self._usable = len(parts) == PARTS and not _loose_type(parts)
        self._leading: tuple[str | Pattern, ...] = tuple(
            pattern(part) if "*" in part or "?" in part else part for part in parts[: PARTS - 1]
        )
        self._resource = Wildcards(template(parts[-1], variables=variables))

    def covers(self, request: Request) -> bool:
        if self._all:
            return True
        if request.resource == "*":
            return self._text == ALL_OF_S3
        asked = split(request.resource)
        if not self._usable or len(asked) != PARTS:
            return False
        for one, other in zip(self._leading, asked, strict=False):
            if not (one == other if isinstance(one, str) else one.matches(other)):
                return False
        return self._resource.matches(asked[-1], request.context)


def _loose_type(parts: list[str]) -> bool:
    """Whether the resource type has a wildcard or a variable in it: such an entry matches nothing."""
    kind, slash, _ = parts[-1].partition("/")
    return bool(slash) and parts[2] in TYPED and any(sign in kind for sign in "*?$")
