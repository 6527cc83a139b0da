"""A town full of people is upgraded from any version on, killed at any statement, and keeps every row (A41)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, insert, select

from app import create_app
from core import migrations
from core.db import Base, db
from core.settings import ROOT, Settings
from tests.architecture.schema import engine_of, shape_of
from tests.conftest import Copies
from tests.lived_in import LivedIn
from tests.town import Town

FIRST_WITH_ALL_TABLES = "0004"
STARTS = [("0001", 71), (FIRST_WITH_ALL_TABLES, 11)]
"""From which version on, and at every how many statements the process is killed; at each with BONAFETA_LONG=1."""

KILLER = """
import os, sys
import sqlalchemy
import app
from core import migrations

def upgrade(url, statement):
    '''In a process of its own, which ends before that statement, or that commit, is sent.'''
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = [statement]
    def step(*_):
        left[0] -= 1
        if left[0] == 0:
            os._exit(9)
    for moment in ("before_cursor_execute", "commit"):
        sqlalchemy.event.listen(sqlalchemy.Engine, moment, step)
    migrations.upgrade(url)
    os._exit(0)

for line in sys.stdin:
    url, statement = line.split()
    print(upgrade(url, int(statement)), flush=True)
"""

Rows = dict[str, list[str]]


@contextmanager
def killer() -> Iterator[Any]:
    """`kill(url, statement)`: upgrade, and die before the n-th statement; False when it got to its end before."""
    process = subprocess.Popen([sys.executable, "-c", KILLER], cwd=ROOT, stdin=-1, stdout=-1, text=True)
    assert process.stdin
    assert process.stdout
    with process:

        def kill(url: str, statement: int) -> bool:
            print(url, statement, file=process.stdin, flush=True)
            code = process.stdout.readline().strip()  # type: ignore[union-attr]
            assert code in ("0", "9"), code
            return code == "9"

        yield kill
        process.stdin.close()


def rows_of(url: str, *, of: MetaData) -> Rows:
    """Every row of these tables, their columns by name."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = {
            name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for name, table in of.tables.items()
        }
    engine.dispose()
    return found


@contextmanager
def populated(copies: Copies, revision: str, *, source: str) -> Iterator[tuple[str, MetaData]]:
    """A database of an older version with all rows of the source that it has room for, and what it has room for."""
    with copies() as url:
        migrations.downgrade(url, revision)
        known, there = MetaData(), shape_of(url)
        for table in Base.metadata.sorted_tables:
            if table.name in there:
                columns = {line.split()[1] for line in there[table.name] if line.startswith("column")}
                copied = table.to_metadata(known)
                for column in [column for column in copied.columns if column.name not in columns]:
                    copied._columns.remove(column)
        old, new = engine_of(source), engine_of(url)
        with old.connect() as reading, new.begin() as writing:
            for table in known.sorted_tables:
                if rows := [dict(row._mapping) for row in reading.execute(select(table))]:
                    writing.execute(insert(table), rows)
        old.dispose()
        new.dispose()
        yield url, known


@pytest.mark.parametrize(("revision", "stride"), STARTS)
def test_a_town_that_is_upgraded_keeps_every_row_wherever_it_is_killed(
    town: Town,
    app: Flask,
    database: str,
    settings: Settings,
    request: pytest.FixtureRequest,
    revision: str,
    stride: int,
) -> None:
    LivedIn(town)
    _let_go(app)
    copies: Copies = request.getfixturevalue("sqlite_copies" if settings.is_sqlite else "postgresql_copies")
    expected_shape = shape_of(database)
    with ExitStack() as until_the_end:
        old, tables = until_the_end.enter_context(populated(copies, revision, source=database))
        kill = until_the_end.enter_context(killer())
        rows = rows_of(old, of=tables)
        statement, is_killed, kills = 1, True, 0
        while is_killed:
            with copies(old) as url:
                is_killed = kill(url, statement)
                halfway = rows_of(url, of=tables)
                migrations.upgrade(url)

                assert (statement, halfway) == (statement, rows)
                assert (statement, rows_of(url, of=tables)) == (statement, rows)
                if not is_killed:
                    assert shape_of(url) == expected_shape
                    if revision == FIRST_WITH_ALL_TABLES:
                        _assert_all_is_well(replace(settings, database_url=url))
            kills, statement = kills + is_killed, statement + (1 if os.environ.get("BONAFETA_LONG") else stride)

    assert kills > 1
    assert sum(map(len, rows.values())) > 20


def _assert_all_is_well(settings: Settings) -> None:
    app = create_app(settings)
    for command in ("ledger", "audit"):
        assert app.test_cli_runner().invoke(args=[command, "verify"]).output == "All is well.\n"
    _let_go(app)


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
