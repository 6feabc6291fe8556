"""Wildcards and variables in the texts of a policy that is looked at."""

import re

from deputize.policy.match import Pattern

WILD = frozenset("*?")
# A variable with its braces. None holds a dollar sign but the escape of one: so that a text of nothing but
# beginnings is not searched to its end from each of them.
VARIABLE = re.compile(r"\$\{(?:\$|[^}$]*)\}")


def compiled(text: str) -> Pattern:
    """The pattern that `text` is. Not by way of `match.pattern`, whose cache is for policies that decide."""
    return Pattern(((text, False),))
