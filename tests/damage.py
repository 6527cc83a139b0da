"""How to damage the books on purpose: whoever checks them is only believed once they have found that."""

import re
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import CursorResult, delete, event, insert, select, text

from core.db import Base, db

Rows = dict[str, list[dict[str, Any]]]

BOOKS = (
    "account",
    "entry",
    "lot",
    "benefit",
    "benefit_stock",
    "voucher",
    "allocation",
    "voucher_code",
    "redemption",
    "deed_version",
    "submission",
    "review_case",
    "decision",
    "confirmation",
)
"""The tables that `flask ledger verify` reads."""


def guards_down(app: Flask) -> None:
    """Take away the triggers and constraints that would refuse the damage."""
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if not is_sqlite:
            named = "SELECT conrelid::regclass || ' ' || quote_ident(conname) FROM pg_constraint"
            named += " WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0"
        with db.engine.begin() as connection:
            for (name,) in connection.execute(text(named)).all():
                table, _, constraint = name.partition(" ")
                drop = f"DROP TRIGGER {name}" if is_sqlite else f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"
                connection.execute(text(drop))
        event.listen(db.engine, "connect", _trust_on_sqlite if is_sqlite else _trust_on_postgresql)
        db.engine.dispose()


def _trust_on_sqlite(raw: Any, _: Any) -> None:
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA ignore_check_constraints = ON")


def _trust_on_postgresql(raw: Any, _: Any) -> None:
    raw.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
    raw.commit()


def done(damage: str, numbers: dict[str, Any]) -> int:
    """How many rows it hit."""
    named = {name: numbers[name] for name in re.findall(r":(\w+)", damage)}
    named = {name: UUID(value) if isinstance(value, str) else value for name, value in named.items()}
    hit = db.session.execute(text(damage).bindparams(**named))
    assert isinstance(hit, CursorResult)
    return hit.rowcount


def everything() -> Rows:
    tables = Base.metadata.sorted_tables
    return {
        table.name: [dict(row._mapping) for row in db.session.execute(select(table))]
        for table in tables
        if table.name in BOOKS
    }


def restored(rows: Rows) -> None:
    for name, of_it in rows.items():
        table = Base.metadata.tables[name]
        db.session.execute(delete(table))
        if of_it:
            db.session.execute(insert(table), of_it)
