"""The condition keys that policies refer to: in conditions, and as variables in resources and values."""

import re
from collections.abc import Iterable, Iterator

from deputize.policy.conditions import takes_variables
from deputize.policy.document import NEW, Document, Statement

# A variable's key ends before its default; `${*}`, `${?}` and `${$}` are escapes and name no key.
_VARIABLE = re.compile(r"\$\{\s*([^},*?$]+?)\s*(?:,[^}]*)?\}")


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
            yield from _VARIABLE.findall(text)
