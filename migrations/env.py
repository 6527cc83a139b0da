"""Runs each migration in a transaction of its own, on the URL that `core.migrations` hands over."""

from alembic import context
from sqlalchemy import create_engine

import app  # noqa: F401  the models of all domains
from core.db import Base, UtcDateTime, engine_options, listen


def render_type(kind: str, thing: object, _context: object) -> str | bool:
    """Migrations name our own type by what it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


engine = create_engine(context.config.attributes["url"], **engine_options(context.config.attributes["url"]))
listen(engine)
with engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        # A migration may wait for locks and run as long as it needs.
        connection.exec_driver_sql("SET lock_timeout = 0")
        connection.exec_driver_sql("SET statement_timeout = 0")
        # Two that start at once: the second waits, and then finds nothing to do.
        connection.exec_driver_sql("SELECT pg_advisory_lock(6005)")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        render_item=render_type,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
