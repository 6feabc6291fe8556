"""The statements that cover one action, found by the beginning of the resource.

Every resource entry begins with some literal text, up to its first wildcard or variable. A request's ARN is
cut at each length that such a beginning has, and looked up: a thousand statements about a thousand buckets
cost a handful of look-ups.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from deputize.policy.conditions import Test
from deputize.policy.document import Statement
from deputize.policy.principals import PrincipalSet
from deputize.policy.request import Request
from deputize.policy.resources import ALL_OF_S3

Check = Callable[[Request], bool]
# A statement that may apply: the bit of what it says, what must still be asked of the resource (None where it
# is known to be covered), its conditions, and whom it names.
Candidate = tuple[int, Check | None, tuple[Test, ...], PrincipalSet | None]


class Index:
    """Statements, each with a bit of what it says, by the resources they are about."""

    __slots__ = ("_always", "_by_beginning", "_exact", "_lengths")

    def __init__(self, statements: Iterable[tuple[int, Statement]]) -> None:
        always: list[Candidate] = []
        exact: defaultdict[str, list[Candidate]] = defaultdict(list)
        by_beginning: defaultdict[str, list[Candidate]] = defaultdict(list)
        for bit, statement in statements:
            tests = tuple(condition.holds for condition in statement.conditions)
            sure: Candidate = (bit, None, tests, statement.principals)
            if statement.resources is None:
                always.append(sure)
            elif statement.not_resources:
                always.append((bit, statement.covers_resource, tests, statement.principals))
            else:
                for entry in statement.resource_entries:
                    if entry.exact:
                        exact[entry.text].append(sure)
                    else:
                        unsure = (bit, entry.covers, tests, statement.principals)
                        by_beginning[entry.beginning].append(sure if entry.sure else unsure)
                    if entry.text.endswith(ALL_OF_S3):
                        exact["*"].append((bit, entry.covers, tests, statement.principals))
        self._always = tuple(always + by_beginning.pop("", []))
        self._exact = {text: tuple(found) for text, found in exact.items()}
        self._by_beginning = {text: tuple(found) for text, found in by_beginning.items()}
        self._lengths = tuple(sorted({len(text) for text in by_beginning}))

    def candidates(self, resource: str) -> tuple[Candidate, ...]:
        """The statements that may be about `resource`; one may come twice."""
        found = self._always
        if self._exact:
            found += self._exact.get(resource, ())
        for length in self._lengths:
            more = self._by_beginning.get(resource[:length])
            if more is not None:
                found += more
        return found
