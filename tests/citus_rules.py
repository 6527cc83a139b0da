"""What Citus refuses of a statement, read from its text: any test that sends such a one fails, on SQLite as well.

A stand-in for Citus' planner, with the rules that this application could break and no others:

* what is locked by a SELECT is pinned to one machine by its distribution column;
* tables that lie by a key are joined, or read in a subquery, only beside each other and on that key;
* that key is never changed, and no UPDATE of many rows counts in a subquery for each;
* what lies on the coordinator alone stands in no statement with what lies elsewhere.

Where an INSERT takes its rows from may lie anywhere. Steps that PostgreSQL takes as one statement (`core.together`)
are sent one by one there, and looked at one by one here.

It reads SQLAlchemy's SQL, which names each column's table. The checks of the ledger name few, and are left out.
"""

import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from app import LEDGER_CHECKS
from core.distribution import PLACES, By, Coordinator
from core.settings import ROOT
from rewards.oracle import CHECKS

_SOURCE = re.compile(r"(?:\b(?:FROM|JOIN|UPDATE)|,) (\w+)\b(?! *\.)(?: AS (\w+))?")
_STEP = re.compile(r"(?:step_\d+ AS \(|\) )(?=(?:INSERT|UPDATE|DELETE) )")
_EQUAL = re.compile(r"\b(\w+)\.(\w+) = (?:(\w+)\.(\w+)|(%\(|\?))")
_COPIES = re.compile(r"^INSERT INTO (\w+) \((\w+)[^)]*\) SELECT (\w+)\.(\w+)\b")
_LABEL = re.compile(r"\b(\w+)\.(\w+) AS (\w+)")
_DERIVED = re.compile(r"\) AS (\w+)")
_COUNTED = re.compile(r" ?= ?\(SELECT (?:max|min|sum|count|coalesce)\((?!.*GROUP BY)")
_LOCKS = re.compile(r" FOR (?:NO KEY )?(?:UPDATE|SHARE)| FOR KEY SHARE")
_OUR_CHECKS = frozenset({*CHECKS.values(), *LEDGER_CHECKS.values()})


@contextmanager
def kept(engine: Engine) -> Iterator[None]:
    """Fail when it is left, if a statement was sent meanwhile that Citus would refuse."""
    refused: dict[str, tuple[str, ...]] = {}

    def look(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # What is sent together here is sent in turn there (`core.together`): see `tests/core/test_together.py`.
        if statement in _OUR_CHECKS or statement.startswith("WITH step_1 AS"):
            return
        if (found := faults(statement)) and _is_ours():
            refused[statement] = found

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", look)
    assert not refused, refused


@cache
def faults(statement: str) -> tuple[str, ...]:
    """What of it Citus would refuse."""
    return tuple(fault for step in _STEP.split(re.sub(r"\s+", " ", statement)) for fault in _step_faults(step))


def _step_faults(sql: str) -> list[str]:
    tables = {alias or name: name for name, alias in _SOURCE.findall(sql) if name in PLACES}
    spread = {alias: place for alias, name in tables.items() if isinstance(place := PLACES[name], By)}
    pinned, same = _equalities(sql)
    keys = {alias: (alias, place.column) for alias, place in spread.items()}
    found = []
    if _LOCKS.search(sql):
        found += [f"locks {alias} on many machines" for alias, key in keys.items() if not pinned & same[key]]
    homes = {place.beside or tables[alias] for alias, place in spread.items()}
    if len(homes) > 1:
        found.append(f"joins what lies apart: {', '.join(sorted(homes))}")
    elif any(key not in same[first] for first in keys.values() for key in keys.values()):
        found.append(f"joins {', '.join(sorted(keys))} on something else than what they lie by")
    for alias, place in spread.items():
        if re.match(rf"UPDATE {alias} SET (?:[^=]+=[^=]+, )*{place.column} ?=", sql.partition(" WHERE ")[0]):
            found.append(f"changes what {alias} lies by")
    if sql.startswith("UPDATE") and _COUNTED.search(sql) and not all(pinned & same[key] for key in keys.values()):
        found.append("counts in a subquery for each of many rows")
    if len(tables) > 1 and any(isinstance(PLACES[name], Coordinator) for name in tables.values()):
        found.append("joins what lies on the coordinator alone")
    return found


def _is_ours() -> bool:
    """Whether the application sends it: what a test sends itself, to damage something, is its own affair."""
    for frame, _ in traceback.walk_stack(None):
        file = Path(frame.f_code.co_filename)
        if file != Path(__file__) and file.is_relative_to(ROOT) and ".venv" not in file.parts:
            return not file.is_relative_to(ROOT / "tests")
    return True


Column = tuple[str, str]


class _Same(dict[Column, set[Column]]):
    """Which columns are equal to each other, by what the statement says."""

    def __missing__(self, column: Column) -> set[Column]:
        self[column] = {column}
        return self[column]


def _equalities(sql: str) -> tuple[set[Column], _Same]:
    """The columns that equal a value, and which equal each other."""
    pinned: set[Column] = set()
    same = _Same()
    # What is copied from a column lies where that lies: the first column of a list is what its table lies by.
    # A subquery in FROM hands its columns on under labels.
    derived = _DERIVED.findall(sql)
    for table, column, other_table, other_column, value in [
        *((*copied, "") for copied in _COPIES.findall(sql)),
        *((*column, alias, label, "") for *column, label in _LABEL.findall(sql) for alias in derived),
        *_EQUAL.findall(sql),
    ]:
        if value:
            pinned.add((table, column))
            continue
        joined = same[table, column] | same[other_table, other_column]
        for one in joined:
            same[one] = joined
    return pinned, same
