"""What is written together is one statement on PostgreSQL, and so one trip: most of what a write used to cost.

    _SALE = Together(insert_of(Voucher), update(Lot).where(...).values(...), insert_of(Entry))
    _SALE.run({Voucher: {...}, Entry: {...}}, lots=[...])

`tests/core/test_together.py` holds it to the rows that the same steps leave in turn.
"""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from sqlalchemy import BindParameter, Delete, Insert, Result, Update, bindparam, insert, text
from sqlalchemy.sql import visitors

from core.db import Base, db, is_sqlite, run


class Together:
    """Writes that PostgreSQL takes as one statement, and with it one trip. They are sent in turn to SQLite, which is in
    this process, and where the tables are spread over machines (`core.distribution`).

    No step may need what another has written: as one statement they all see what was there before it, and in turn they
    come in the order given. The rows that the last one returns are the answer.
    """

    def __init__(self, *steps: Insert | Update | Delete) -> None:
        *before, last = steps
        self._whole = last.add_cte(*(step.cte(f"step_{number}") for number, step in enumerate(before, start=1)))
        self._steps = [(step, _names_bound(step)) for step in steps]

    def run(self, rows: Mapping[type[Base], Mapping[str, Any]], **others: Any) -> Result[Any]:
        """Send them, with the `rows` that `insert_of` has a place for and whatever else a step binds."""
        values = {
            bound_name(model, column): value for model, row in rows.items() for column, value in row.items()
        } | others
        if takes_together():
            return run(self._whole, values)
        for step, names in self._steps:
            result = run(step, {name: values[name] for name in names})
        return result


def takes_together() -> bool:
    """Whether several writes can be one statement here; looked up once per process."""
    known = current_app.extensions
    if "takes_together" not in known:
        is_spread = text("SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL")  # Citus' own table
        known["takes_together"] = not is_sqlite() and not db.session.scalar(is_spread)
    return bool(known["takes_together"])


def insert_of(model: type[Base]) -> Insert:
    """The insertion of one row that is named when the statement is sent, all of its columns."""
    table = model.metadata.tables[model.__tablename__]
    return insert(table).values({column.name: of_row(model, column.name) for column in table.columns})


def of_row(model: type[Base], column: str) -> BindParameter[Any]:
    """What the named row has in a column."""
    return bindparam(bound_name(model, column), type_=model.metadata.tables[model.__tablename__].columns[column].type)


def bound_name(model: type[Base], column: str) -> str:
    return f"{model.__tablename__}__{column}"  # no column has such a name: it would be taken for its value


def _names_bound(step: Any) -> set[str]:
    return {part.key for part in visitors.iterate(step) if isinstance(part, BindParameter) and part.required}
