"""JSON with positions: what the standard library reads is read alike, and what it refuses is refused with a
place.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputize.policy.findings.reader import DEPTH, SIZE, Malformed, Node, Source, read, repeated

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def value(node: Node) -> Any:
    """What a node says, as the standard library has it."""
    match node.kind:
        case "object":
            return {member.key.text: value(member.value) for member in node.members}
        case "array":
            return [value(item) for item in node.items]
        case "string":
            return node.text
    return json.loads(node.text)


def places(node: Node, text: str) -> None:
    """Every node's place holds what the node says."""
    assert json.loads(text[node.start : node.end]) == value(node)
    for member in node.members:
        assert json.loads(text[member.key.start : member.key.end]) == member.key.text
        places(member.value, text)
    for item in node.items:
        places(item, text)


@given(document=VALUES, indent=st.sampled_from([None, 0, 2]), ascii_only=st.booleans())
def test_what_json_is(document: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    node = read(text)
    assert value(node) == document
    places(node, text)


@given(text=st.text(alphabet=' \n{}[]":,\\u0019aetrufalsn.-+'))
def test_what_json_is_not(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError):
        with pytest.raises(Malformed) as caught:
            read(text)
        assert 0 <= caught.value.offset <= len(text)
    else:
        assert value(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('{\n  "a": 1,\n}', 2, 8, "No comma stands after the last one."),
        ('{\n  "a" 1}', 2, 6, "A colon is needed between a key and its value."),
        ("{a: 1}", 1, 1, "A key in double quotes is needed here."),
        ('{"a": 1\n"b": 2}', 2, 0, "A comma, or the closing }, is needed here."),
        ('["a"', 1, 0, "Nothing closes the [ that stands here."),
        ('{"a": ', 1, 6, "The text ends where a value is needed."),
        ('{"a": x}', 1, 6, "A value is needed here: a string in double quotes, a list or an object."),
        ("{} {}", 1, 3, "There is more text after the policy's end."),
        ('["\\x"]', 1, 1, "This string does not end, or holds what no string may."),
        ('["a\nb"]', 1, 1, "This string does not end, or holds what no string may."),
        ("[01]", 1, 2, "A comma, or the closing ], is needed here."),
        ("NaN", 1, 0, "A value is needed here: a string in double quotes, a list or an object."),
    ],
)
def test_where_it_is_wrong(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(text)
    place = Source(text).position(caught.value.offset)
    assert (place.line, place.column, caught.value.text.said()) == (line, column, message)


def test_depth_and_size_are_bounded() -> None:
    deepest = "[" * DEPTH + "]" * DEPTH
    assert read(deepest).kind == "array"
    for opening in ("[", '{"a":'):
        with pytest.raises(Malformed, match="nested more than"):
            read(opening * 50_000)
    assert read('"' + "a" * (SIZE - 2) + '"').kind == "string"
    with pytest.raises(Malformed, match="longer than"):
        read('"' + "a" * (SIZE - 1) + '"')


def test_paths() -> None:
    node = read('{"Statement": [{"Action": ["a", "b"]}]}')
    statement = node.get("Statement")
    assert statement is not None
    action = statement.items[0].get("Action")
    assert action is not None
    assert action.items[1].path == (
        ("value", "Statement"),
        ("index", 0),
        ("value", "Action"),
        ("index", 1),
    )
    assert statement.items[0].members[0].key.path[-1] == ("key", "Action")
    assert node.get("Version") is None


def test_repeated_keys() -> None:
    node = read('{"a": 1, "b": [{"c": 1, "c": 2}], "a": 2}')
    assert [(key.text, key.start) for key in repeated(node)] == [("c", 24), ("a", 34)]
    first = node.get("a")
    assert first is not None
    assert first.text == "1"
