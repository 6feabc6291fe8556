"""Can two wildcard patterns mean the same text? Whether a resource in a policy can be of a type whose ARNs
have a known form.

The form's places are simulated as states, one bit each, over the policy's text: linear in the text.
"""

import re

from deputize.policy.findings.patterns import VARIABLE

_WILD = re.compile(r"[*?]|\$\{")


class Template:
    """A form, in which `*` stands for any run of characters, but those in `barred`."""

    __slots__ = ("_barred", "_beginning", "_characters", "_final", "_stars", "text")

    def __init__(self, text: str, barred: str = "") -> None:
        self.text = text
        self._barred = barred
        self._beginning = text.partition("*")[0]
        self._stars = 0
        self._characters: dict[str, int] = {}
        for index, one in enumerate(text):
            if one == "*":
                self._stars |= 1 << index
            else:
                self._characters[one] = self._characters.get(one, 0) | 1 << index
        self._final = 1 << len(text)

    def overlaps(self, pattern: str) -> bool:
        """Whether some text fits the form and `pattern` (`*`, `?` and policy variables stand for
        anything).
        """
        beginning = _WILD.split(pattern, maxsplit=1)[0]
        if not (beginning.startswith(self._beginning) or self._beginning.startswith(beginning)):
            return False
        states = self._closed(1)
        whole = (self._final << 1) - 1
        for one in VARIABLE.sub("*", pattern):
            if one == "*":
                states |= whole & ~((states & -states) - 1)
            else:
                fits = (self._final - 1) & ~self._stars if one == "?" else self._characters.get(one, 0)
                stay = 0 if one in self._barred else self._stars
                states = self._closed(((states & fits) << 1) | (states & stay))
            if not states:
                return False
        return bool(states & self._final)

    def _closed(self, states: int) -> int:
        """A star may stand for nothing: from each place at one, the place after it is reached too."""
        while (more := states | (states & self._stars) << 1) != states:
            states = more
        return states
