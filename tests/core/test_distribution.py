"""`flask db distribute` puts each table where it belongs, once, and says clearly what stands in its way.

No Citus is to be had in tests: `citus_stand_in.sql` has its functions with the rules that they check, and spreads
nothing. What only a real cluster can show is listed in docs/scaling.md.
"""

import re
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from core import distribution, migrations
from core.db import db
from core.distribution import PLACES, By, Coordinator, DistributionError
from core.settings import Settings
from tests.architecture.schema import Shape, engine_of, shape_of
from tests.lived_in import LivedIn
from tests.town import Town

STAND_IN = Path(__file__).parent.parent / "citus_stand_in.sql"
HERE = "(SELECT oid FROM pg_database WHERE datname = current_database())"
PLACED = [name for name, place in PLACES.items() if not isinstance(place, Coordinator)]


def placed_by(commands: list[str]) -> list[str]:
    return [found[1] for line in commands if (found := re.match(r"SELECT create_\w+_table\('(\w+)'", line))]


on_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def stand_in(database: str) -> str:
    """The URL of a migrated, empty database that has the functions of Citus, and their rules."""
    _load_stand_in(database)
    return database


def _load_stand_in(url: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(STAND_IN.read_bytes())


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    engine = engine_of(url)
    try:
        with engine.begin() as connection:
            answer = connection.exec_driver_sql(query)
            return [tuple(row) for row in answer] if answer.returns_rows else []
    finally:
        engine.dispose()


def _shape(url: str) -> Shape:
    """Of our own tables."""
    return {name: lines for name, lines in shape_of(url).items() if name in PLACES}


@on_postgresql
def test_the_dry_run_prints_each_command_once_and_changes_nothing(database: str) -> None:
    before = _shape(database)

    commands = distribution.planned(database)

    assert commands[0] == "CREATE EXTENSION IF NOT EXISTS citus"
    assert placed_by(commands) == PLACED
    assert len(set(commands)) == len(commands)
    assert _shape(database) == before
    assert _rows(database, f"SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = {HERE}") == []


@on_postgresql
def test_the_role_that_serves_gets_the_limits_and_the_owner_the_triggers(database: str) -> None:
    set_for = [line.split()[2:] for line in distribution.planned(database, role="serves") if "ALTER ROLE" in line]

    assert [(role, what[what.index("SET") + 1]) for role, *what in set_for] == [
        ('"serves"', "citus.multi_shard_modify_mode"),
        ('"serves"', "lock_timeout"),
        ('"postgres"', "citus.enable_unsafe_triggers"),
    ]


@on_postgresql
def test_tables_are_placed_after_what_they_lie_beside_and_between_their_foreign_keys(database: str) -> None:
    commands = distribution.planned(database)

    first, *_, last = (commands.index(line) for line in commands if "SELECT create_" in line)
    dropped = {line.split()[-1]: number for number, line in enumerate(commands) if "DROP CONSTRAINT" in line}
    added = {line.split()[5]: number for number, line in enumerate(commands) if "ADD CONSTRAINT" in line}
    assert max(dropped.values()) < commands.index("SET citus.enable_unsafe_triggers = on") < first
    assert last < min(added.values())
    assert dropped.keys() == added.keys()
    order = placed_by(commands)
    for name, place in PLACES.items():
        if isinstance(place, By) and place.beside is not None:
            assert order.index(place.beside) < order.index(name)


@on_postgresql
def test_a_town_is_spread_with_its_rows_and_a_second_time_nothing_is_left_to_do(
    town: Town, app: Flask, settings: Settings
) -> None:
    LivedIn(town)
    url = settings.database_url
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    counts = {name: _count(url, name) for name in PLACED}
    before = _shape(url)
    _load_stand_in(url)

    first = app.test_cli_runner().invoke(args=["db", "distribute"])
    second = app.test_cli_runner().invoke(args=["db", "distribute"])

    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert placed_by(first.output.split("\n")) == PLACED
    assert second.output == "Every table lies where it should: nothing is left to do.\n"
    assert _shape(url) == before
    assert {name: _count(url, f"stand_in.shard_of_{name}") for name in PLACED} == counts
    assert {name for name in PLACED if _count(url, name)} == set(), "no copy stays behind on the coordinator"


def _count(url: str, table: str) -> int:
    return int(_rows(url, f"SELECT count(*) FROM {table}")[0][0])


@on_postgresql
def test_stopped_every_few_commands_it_comes_to_the_same_end(stand_in: str) -> None:
    before, runs = _shape(stand_in), 0

    while list(islice(distribution.distribute(stand_in), 9)):
        runs += 1

    assert runs > 10
    assert _shape(stand_in) == before
    placed: dict[str, str | None] = dict(_rows(stand_in, "SELECT logicalrelid::text, partkey FROM pg_dist_partition"))
    assert placed == {
        name: place.column if isinstance(place, By) else None
        for name, place in PLACES.items()
        if not isinstance(place, Coordinator)
    }


@on_postgresql
def test_migrations_go_on_where_the_tables_are_spread(stand_in: str) -> None:
    list(distribution.distribute(stand_in))

    migrations.upgrade(stand_in)

    assert distribution.planned(stand_in) == []


def test_without_citus_it_says_what_to_install_and_changes_nothing(database: str, app: Flask) -> None:
    before = _shape(database)

    answer = app.test_cli_runner().invoke(args=["db", "distribute"])

    assert answer.exit_code == 1
    assert "Traceback" not in answer.output
    expected = "lies on SQLite" if database.startswith("sqlite") else "this PostgreSQL has no Citus: install Citus 13"
    assert expected in answer.output
    assert _shape(database) == before


def test_the_dry_run_works_without_citus_but_not_on_a_single_file(database: str, app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["db", "distribute", "--dry-run"])

    if database.startswith("sqlite"):
        assert answer.exit_code == 1
        assert answer.output.startswith("Error: this town lies on SQLite")
    else:
        assert answer.exit_code == 0
        assert all(line.endswith(";") for line in answer.output.splitlines())


@on_postgresql
def test_an_older_schema_is_upgraded_first(stand_in: str) -> None:
    migrations.downgrade(stand_in, "0006")

    with pytest.raises(DistributionError, match="run `flask db upgrade` first"):
        list(distribution.distribute(stand_in))


@on_postgresql
def test_a_table_that_somebody_placed_otherwise_is_named_and_left(stand_in: str) -> None:
    _rows(stand_in, "SELECT create_reference_table('attempt')")

    with pytest.raises(DistributionError, match="lie elsewhere than they should: attempt"):
        list(distribution.distribute(stand_in))


@on_postgresql
def test_what_the_machines_refuse_is_told_in_their_words(stand_in: str) -> None:
    _rows(stand_in, "CREATE UNIQUE INDEX one ON lot (id)")

    with pytest.raises(DistributionError, match="the database refused: cannot create constraint on lot: one"):
        list(distribution.distribute(stand_in))


@on_postgresql
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("SELECT create_distributed_table('attempt', 'tries')", "cannot create constraint on attempt"),
        ("SELECT create_reference_table('audit_seal')", "has triggers"),
        ("SELECT create_distributed_table('citizen', 'id', 'none')", "leads from"),
        ("SELECT truncate_local_data_after_distributing_table('lot')", "not a distributed relation"),
    ],
)
def test_the_stand_in_refuses_what_citus_does(stand_in: str, command: str, said: str) -> None:
    with pytest.raises(Exception, match=said):
        _rows(stand_in, command)
