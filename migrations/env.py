"""Runs the migrations on the URL that `core.migrations` hands over: killed half-way they can be run again, and of two
runs at once the second waits, and then finds nothing to do."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine, event

import app  # noqa: F401  the models of all domains
from core.db import Base, UtcDateTime, engine_options, listen


def render_type(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """Migrations name our own type by what it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


def prepare_sqlite(connection: Any, _record: Any) -> None:
    # Batch mode drops and renames tables that others refer to; the whole is checked at the end.
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA busy_timeout = 600000")


engine = create_engine(context.config.attributes["url"], **engine_options(context.config.attributes["url"]))
listen(engine)
is_sqlite = engine.dialect.name == "sqlite"
if is_sqlite:
    event.listen(engine, "connect", prepare_sqlite)
try:
    with engine.connect() as connection:
        if not is_sqlite:
            # A migration may wait for locks and run as long as it needs.
            for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                connection.exec_driver_sql(f"SET {limit} = 0")
            # Where Citus spreads the tables it takes triggers only so; elsewhere nobody reads this.
            connection.exec_driver_sql("SET citus.enable_unsafe_triggers = on")
            connection.exec_driver_sql("SELECT pg_advisory_lock(6005)")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=is_sqlite,
            # On SQLite the transaction is the lock, so one holds all migrations.
            transactional_ddl=True,
            transaction_per_migration=not is_sqlite,
            render_item=render_type,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise RuntimeError(f"rows that refer to nothing: {broken[:5]}")
finally:
    engine.dispose()
