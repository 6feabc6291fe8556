"""The SQL of every declared table, made once from its declaration."""

from typing import Any, Generic, TypeVar

from deputize.store.rows import compile_codec
from deputize.store.tables import TABLES, TableSpec

R = TypeVar("R")


def quoted(*columns: str) -> str:
    """Column names for SQL: some of ours are its key words."""
    return ", ".join(f'"{column}"' for column in columns)


def equal(*columns: str) -> str:
    """A condition with one parameter for each column."""
    return " AND ".join(f'"{column}" = ?' for column in columns) or "TRUE"


class Statements(Generic[R]):
    """SQL for one table; in tuples, the place is the number of key columns that are given."""

    def __init__(self, spec: TableSpec[R]) -> None:
        self.spec = spec
        self.codec = compile_codec(spec.record, spec.columns, spec.folded)
        columns, key = quoted(*self.codec.columns), quoted(*spec.key)
        table = f'"{spec.name}"'
        select = f"SELECT {columns} FROM {table} WHERE "  # noqa: S608 - names of our own
        order = f" ORDER BY {key}"
        begins = [equal(*spec.key[:given]) for given in range(len(spec.key) + 1)]
        self.get = select + begins[-1]
        self.page = tuple(f"{select}{condition}{order} LIMIT ?" for condition in begins)
        self.page_after = tuple(
            f'{select}{condition} AND "{column}" > ?{order} LIMIT ?'
            for condition, column in zip(begins, spec.key, strict=False)
        )
        self.count = tuple(f"SELECT count(*) FROM {table} WHERE {condition}" for condition in begins)  # noqa: S608
        self.find = {
            name: tuple(select + equal(*parts[:given]) + order for given in range(len(parts) + 1))
            for name, parts in spec.indexes.items()
        }
        self.put = _upsert(table, self.codec.columns, spec.key)
        self.delete = f"DELETE FROM {table} WHERE {begins[-1]}"  # noqa: S608


def _upsert(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    values = ", ".join("?" * len(columns))
    others = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in key)
    return (
        f"INSERT INTO {table} ({quoted(*columns)}) VALUES ({values}) "  # noqa: S608
        f"ON CONFLICT ({quoted(*key)}) DO UPDATE SET {others}"
    )


STATEMENTS: dict[str, Statements[Any]] = {spec.name: Statements(spec) for spec in TABLES}
