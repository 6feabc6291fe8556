"""Every record comes back from its row as it went in."""

from collections.abc import Mapping
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deputize.model.identity import fold
from deputize.store.statements import STATEMENTS

TEXT = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a member's type."""
    if hint == Mapping[str, str]:
        return st.dictionaries(TEXT, TEXT, max_size=3)
    if hint == Mapping[str, Any]:
        return st.dictionaries(TEXT, JSON, max_size=3)
    if hint is str:
        return TEXT
    if hint is int:
        return st.integers(-(2**63), 2**63 - 1)
    return st.from_type(hint)


def records(record: type[Any]) -> st.SearchStrategy[Any]:
    return st.builds(record, **{name: values(hint) for name, hint in get_type_hints(record).items()})


@pytest.mark.parametrize("name", STATEMENTS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_record_comes_back_from_its_row(name: str, data: st.DataObject) -> None:
    statements = STATEMENTS[name]
    record = data.draw(records(statements.spec.record))
    row = statements.codec.encode(record)
    assert statements.codec.decode(row) == record
    for column, value in zip(statements.spec.columns, row, strict=False):
        given_value = getattr(record, column)
        assert value == (fold(given_value) if column in statements.spec.folded else given_value)
