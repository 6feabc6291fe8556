"""The condition keys that policies refer to: in conditions, and as variables in resources and values."""

from collections.abc import Iterable, Iterator

from deputize.policy.conditions import takes_variables
from deputize.policy.document import NEW, Document, Statement
from deputize.policy.variables import places

# What no key holds: `${*}`, `${?}` and `${$}` are escapes.
_ESCAPED = frozenset("*?$")


def keys_of(documents: Iterable[Document]) -> list[str]:
    """Each key once, as it is written where it comes first; keys compare ignoring case."""
    found: dict[str, str] = {}
    for document in documents:
        for statement in document.statements:
            for key in _of_statement(statement, variables=document.version == NEW):
                found.setdefault(key.lower(), key)
    return list(found.values())


def _of_statement(statement: Statement, *, variables: bool) -> Iterator[str]:
    for condition in statement.conditions:
        yield condition.key
    if variables:
        texts = [*(statement.resources or ())]
        for condition in statement.conditions:
            texts += condition.values if takes_variables(condition) else ()
        for text in texts:
            yield from _of_text(text)


def _of_text(text: str) -> Iterator[str]:
    """The keys of its variables, each of which ends before its default."""
    for start, end in places(text):
        key = text[start + 2 : end - 1].partition(",")[0].strip()
        if key and _ESCAPED.isdisjoint(key):
            yield key
