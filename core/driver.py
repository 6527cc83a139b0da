"""Statements that are asked all the time go to PostgreSQL by its driver itself: SQLAlchemy's way takes twice as long as
the driver and the answer together. What it adds (types, names, errors, the event before each statement) is kept here,
and worked out once per statement."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import psycopg
from sqlalchemy import ClauseElement, Connection, Dialect, Executable, Result
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows

Change = Callable[[Any], Any]
Values = Mapping[str, Any]

_IN_A_LIST = re.compile(r"IN \(__\[POSTCOMPILE_(\w+)\]\)")


def send(connection: Connection, statement: Executable, parameters: Values) -> Result[Any]:
    """Send a statement that is built once and binds whatever differs from time to time. Raises SQLAlchemy's errors."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        return connection.execute(statement, parameters)
    form = _form(statement, connection.dialect)
    values = form.values(parameters)
    connection.dispatch.before_cursor_execute(connection, None, form.sql, values, None, False)
    kept = connection.info  # for as long as the connection lives: making a cursor takes half as long as asking
    if (cursor := kept.get("cursor")) is None:
        cursor = kept["cursor"] = driver.cursor()
    try:
        cursor.execute(form.sql, values, prepare=True)
        return form.result(cursor.fetchall() if form.names else ())
    except psycopg.Error as problem:
        # The one door to what SQLAlchemy does about an error: its own name for it, and no kept connection to a database
        # that is gone.
        connection._handle_dbapi_exception(problem, form.sql, values, None, None)


class _Form:
    """A statement as the driver takes it: its text, and what is done to the values that go in and come out."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled = cast(SQLCompiler, cast(ClauseElement, statement).compile(dialect=dialect))
        # A list is one value here, so that its length makes no new statement.
        self.sql = _IN_A_LIST.sub(r"= ANY (%(\1)s)", str(compiled))
        self._bound: dict[str, Change | None] = {}
        self._fixed: dict[str, Any] = {}
        for bind, name in compiled.bind_names.items():
            change = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._bound[name] = change
            else:
                self._fixed[name] = change(bind.effective_value) if change else bind.effective_value
        columns = list(cast(ReturnsRows, statement).exported_columns)
        self.names = [column.key for column in columns]
        self._metadata = SimpleResultMetaData(self.names)
        changes = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self._changes = [(place, change) for place, change in enumerate(changes) if change]

    def values(self, parameters: Values) -> dict[str, Any]:
        bound = {name: change(parameters[name]) if change else parameters[name] for name, change in self._bound.items()}
        return bound | self._fixed

    def result(self, rows: Sequence[Sequence[Any]]) -> Result[Any]:
        return IteratorResult(self._metadata, iter([self._changed(row) for row in rows] if self._changes else rows))

    def _changed(self, row: Sequence[Any]) -> Sequence[Any]:
        changed = list(row)
        for place, change in self._changes:
            changed[place] = change(changed[place])
        return changed


@lru_cache(maxsize=512)
def _form(statement: Executable, dialect: Dialect) -> _Form:
    return _Form(statement, dialect)
