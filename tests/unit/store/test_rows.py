"""Rows that another version wrote, and types that no row can hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from deputize.store.rows import compile_codec, from_json, to_json

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Inner:
    raw: bytes = b""
    more: int = 1


@dataclass(frozen=True, kw_only=True)
class Record:
    name: str
    inner: Inner = field(default_factory=Inner)
    inners: tuple[Inner, ...] = ()
    named: Mapping[str, Inner] = field(default_factory=dict)
    perhaps: Inner | None = None


def test_records_in_records_come_back() -> None:
    codec = compile_codec(Record, ["name"], NONE)
    inner = Inner(raw=b"\x00\xff", more=2)
    record = Record(name="n", inner=inner, inners=(inner,), named={"a": inner}, perhaps=inner)
    assert codec.decode(codec.encode(record)) == record
    assert codec.decode(codec.encode(Record(name="n"))) == Record(name="n")


def test_a_member_that_the_row_lacks_takes_its_default() -> None:
    codec = compile_codec(Record, ["name"], NONE)
    assert codec.decode(("n", '{"inner":{}}')) == Record(name="n")


@pytest.mark.parametrize("rest", ['{"secret_rule":1}', '{"inner":{"secret_rule":1}}'])
def test_a_member_that_the_record_does_not_know_is_refused(rest: str) -> None:
    codec = compile_codec(Record, ["name"], NONE)
    with pytest.raises(TypeError, match="secret_rule"):
        codec.decode(("n", rest))


def test_a_folded_column_keeps_the_name_as_it_was_given() -> None:
    codec = compile_codec(Record, ["name"], frozenset({"name"}))
    row = codec.encode(Record(name="Bob"))
    assert row[0] == "bob"
    assert codec.decode(row).name == "Bob"


def test_a_type_without_a_form_in_the_database_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd:
        members: set[int]

    @dataclass(frozen=True)
    class Ambiguous:
        member: Inner | bytes

    @dataclass(frozen=True)
    class Fraction:
        member: float

    with pytest.raises(TypeError, match="no form in the database"):
        compile_codec(Odd, [], NONE)
    with pytest.raises(TypeError, match="tell the alternatives"):
        compile_codec(Ambiguous, [], NONE)
    with pytest.raises(TypeError, match="cannot be a column"):
        compile_codec(Fraction, ["member"], NONE)


@pytest.mark.parametrize("text", ["", "{", '{"a":1}}', '{"a":1} ', "nothing"])
def test_json_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_json(text)


def test_json_that_is_ours_is_read() -> None:
    assert from_json(to_json({"a": [1, None, "\N{SNOWMAN}"]})) == {"a": [1, None, "\N{SNOWMAN}"]}
