"""The schema as a database has it, in words that can be compared: what a migration forgot shows as a difference."""

import re
from typing import Any

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.engine import Inspector

from core.db import engine_options, listen

Shape = dict[str, set[str]]


def engine_of(url: str) -> Engine:
    engine = create_engine(url, **engine_options(url))
    listen(engine)
    return engine


def shape_of(url: str, *, with_triggers: bool = True) -> Shape:
    """`{table: {a line per column, key, constraint, index and trigger}}`, without Alembic's own table."""
    engine = engine_of(url)
    try:
        found = inspect(engine)
        shape = {table: _lines(found, table) for table in found.get_table_names() if table != "alembic_version"}
        if with_triggers:
            for table, line in _triggers(engine):
                shape[table].add(line)
        return shape
    finally:
        engine.dispose()


def _lines(found: Inspector, table: str) -> set[str]:
    lines = {_column(found, column) for column in found.get_columns(table)}
    key = found.get_pk_constraint(table)
    lines.add(f"primary key {key['name']} ({_names(key['constrained_columns'])})")
    for foreign in found.get_foreign_keys(table):
        target = f"{foreign['referred_table']} ({_names(foreign['referred_columns'])})"
        lines.add(f"foreign key {foreign['name']} ({_names(foreign['constrained_columns'])}) to {target}")
        assert not foreign.get("options"), "no cascades: what is deleted is deleted by name"
    lines |= {f"unique {one['name']} ({_names(one['column_names'])})" for one in found.get_unique_constraints(table)}
    lines |= {f"check {one['name']}: {_squeezed(one['sqltext'])}" for one in found.get_check_constraints(table)}
    for index in found.get_indexes(table):
        if not index.get("duplicates_constraint"):
            where = (index.get("dialect_options") or {}).get(f"{found.dialect.name}_where")
            kind = "unique index" if index["unique"] else "index"
            lines.add(f"{kind} {index['name']} ({_names(index['column_names'])}) where {_squeezed(where)}")
    return lines


def _column(found: Inspector, column: Any) -> str:
    kind = column["type"].compile(found.dialect)
    null = "null" if column["nullable"] else "not null"
    return f"column {column['name']} {kind} {null} default {column['default']}"


def _names(columns: Any) -> str:
    return ", ".join(columns)


def _squeezed(sql: object) -> str:
    """Without the casts and brackets that PostgreSQL adds."""
    return re.sub(r"\s+", " ", str(sql)).strip()


def _triggers(engine: Engine) -> list[tuple[str, str]]:
    query = {
        "sqlite": "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return [(table, f"trigger {_squeezed(line)}") for table, line in connection.execute(text(query))]
