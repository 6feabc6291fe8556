"""The policies of a case. Documents are taken as they are: what of them is not understood fails closed."""

from collections.abc import Mapping
from typing import Any

from deputize.policy.case.fields import CaseRefused, flag
from deputize.policy.document import Document, understood
from deputize.policy.layers import Attached, Level, Policies
from deputize.policy.lines import spans

# How many compiled documents are kept, by their content.
DOCUMENTS = 4096
_documents: dict[str, Document] = {}


def policies_of(raw: Mapping[str, Any], text: str | None) -> Policies:
    """All policies of a loaded case. With the `text` it was loaded from, each document knows its own, so that
    a trace can name lines. Raises CaseRefused.
    """
    reader = _Reader(raw, {} if text is None else _sources(text))
    return Policies(
        identity=reader.listed("identityPolicies", "inline") or (),
        boundary=reader.single("permissionsBoundary", "managed"),
        # No policy passed is no limit, however it is written.
        session=reader.listed("sessionPolicies", "session") or None,
        resource=reader.single("resourcePolicy", "resource"),
        endpoint=reader.single("endpointPolicy", "endpoint"),
        scps=reader.levels("serviceControlPolicies"),
        rcps=reader.levels("resourceControlPolicies"),
        management_account=flag(raw, "managementAccount"),
        service_linked_role=flag(raw, "serviceLinkedRole"),
    )


def _sources(text: str) -> dict[str, str]:
    """The text of each object in a case, under the place's name: `identityPolicies[0]`."""
    return {
        str(path[0]) + "".join(f"[{place}]" for place in path[1:]): text[start:end]
        for path, (start, end) in spans(text)
        if path
    }


class _Reader:
    """Reads the policies; an absent field and null are the same."""

    def __init__(self, raw: Mapping[str, Any], sources: Mapping[str, str]) -> None:
        self._raw = raw
        self._sources = sources

    def single(self, name: str, kind: str) -> Attached | None:
        value = self._raw.get(name)
        return None if value is None else self._attached(value, name, kind)

    def listed(self, name: str, kind: str) -> Level | None:
        value = self._raw.get(name)
        return None if value is None else self._level(value, name, kind)

    def levels(self, name: str) -> tuple[Level, ...] | None:
        value = self._raw.get(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise CaseRefused(f"{name}: a list of levels is needed, root first, each a list of policies")
        return tuple(self._level(level, f"{name}[{place}]", "control") for place, level in enumerate(value))

    def _level(self, value: Any, name: str, kind: str) -> Level:
        if not isinstance(value, list):
            raise CaseRefused(f"{name}: a list of policies is needed")
        return tuple(self._attached(one, f"{name}[{place}]", kind) for place, one in enumerate(value))

    def _attached(self, value: Any, name: str, kind: str) -> Attached:
        if not isinstance(value, dict):
            raise CaseRefused(f"{name}: a policy is a JSON object")
        source = self._sources.get(name)
        document = _compiled(value) if source is None else understood(value, source)
        return Attached(document, kind, name, None, None)


def _compiled(raw: dict[str, Any]) -> Document:
    key = repr(raw)
    found = _documents.get(key)
    if found is None:
        found = understood(raw)
        if len(_documents) >= DOCUMENTS:
            _documents.clear()
        _documents[key] = found
    return found
