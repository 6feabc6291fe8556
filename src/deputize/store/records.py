"""The declared tables: `store.api.Records` and `Table` over SQL."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from deputize.model.identity import fold
from deputize.store.api import Scalar
from deputize.store.rows import Row
from deputize.store.sql import Sql
from deputize.store.statements import STATEMENTS, Statements
from deputize.store.tables import TableSpec

R = TypeVar("R")

Remember = Callable[[Hashable, Callable[[], Any]], Any]

# SQLite's word for no limit at all.
NO_LIMIT = -1


class SqlRecords(Generic[R]):
    """One table, to read. Single records of tables that take part in access decisions are remembered."""

    def __init__(self, sql: Sql, spec: TableSpec[R], remember: Remember) -> None:
        self._sql = sql
        self._spec = spec
        self._remember = remember if spec.decides else None
        self._statements: Statements[R] = STATEMENTS[spec.name]
        self._decode = self._statements.codec.decode

    def get(self, *key: Scalar) -> R | None:
        if self._remember is None:
            return self._get(key)
        found: R | None = self._remember((self._spec.name, key), lambda: self._get(key))
        return found

    def find(self, index: str, *values: Scalar) -> list[R]:
        columns = self._spec.indexes[index]
        statement = self._statements.find[index][len(values)]
        return [self._decode(row) for row in self._sql.rows(statement, self._folded(columns, values))]

    def page(self, *prefix: Scalar, after: Scalar | None = None, limit: int | None = None) -> list[R]:
        statements = self._statements.page if after is None else self._statements.page_after
        given = prefix if after is None else (*prefix, after)
        most = NO_LIMIT if limit is None else max(limit, 0)
        rows = self._sql.rows(statements[len(prefix)], (*self._folded(self._spec.key, given), most))
        return [self._decode(row) for row in rows]

    def count(self, *prefix: Scalar) -> int:
        rows = self._sql.rows(self._statements.count[len(prefix)], self._folded(self._spec.key, prefix))
        return int(rows[0][0])

    def _get(self, key: tuple[Scalar, ...]) -> R | None:
        row = self._sql.row(self._statements.get, self._key(key))
        return None if row is None else self._decode(row)

    def _key(self, key: Sequence[Scalar]) -> Row:
        if len(key) != len(self._spec.key):
            raise TypeError(f"the key of {self._spec.name} is {self._spec.key}")
        return self._folded(self._spec.key, key)

    def _folded(self, columns: Sequence[str], values: Sequence[Scalar]) -> Row:
        folded = self._spec.folded
        if not folded:
            return tuple(values)
        return tuple(
            fold(value) if column in folded and isinstance(value, str) else value
            for column, value in zip(columns, values, strict=False)
        )


class SqlTable(SqlRecords[R]):
    """One table, to read and write; `touch` is called when something changed that takes part in access
    decisions.
    """

    def __init__(self, sql: Sql, spec: TableSpec[R], remember: Remember, touch: Callable[[], None]) -> None:
        super().__init__(sql, spec, remember)
        self._touch = touch if spec.decides else None

    def put(self, record: R) -> None:
        if self._touch is not None:
            self._touch()
        self._sql.rows(self._statements.put, self._statements.codec.encode(record))

    def delete(self, *key: Scalar) -> bool:
        deleted = self._sql.change(self._statements.delete, self._key(key)) > 0
        if deleted and self._touch is not None:
            self._touch()
        return deleted
