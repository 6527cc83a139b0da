"""What the models say is what the migrations make, to the last constraint, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

import app  # noqa: F401  the models of all domains
from core.db import Base
from tests.architecture.schema import Shape, engine_of, shape_of
from tests.conftest import Copies

APPEND_ONLY = {"entry", "deed_version", "audit_entry", "audit_seal", "audit_sealed"}


@pytest.fixture
def made_of_models(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database with the tables that the models say, without any migration."""
    if database.startswith("sqlite"):
        yield from _with_tables(f"sqlite:///{tmp_path}/models")
        return
    copies: Copies = request.getfixturevalue("postgresql_copies")
    with copies() as url:
        engine = engine_of(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
        yield from _with_tables(url)


def _with_tables(url: str) -> Iterator[str]:
    engine = engine_of(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    yield url


def test_the_migrations_make_what_the_models_say(database: str, made_of_models: str) -> None:
    """Columns with type, null and default; keys, foreign keys, CHECKs and indexes with their WHERE, by name."""
    migrated, modelled = shape_of(database, with_triggers=False), shape_of(made_of_models, with_triggers=False)

    assert _lines(migrated) - _lines(modelled) == set()
    assert _lines(modelled) - _lines(migrated) == set()
    assert migrated.keys() == set(Base.metadata.tables)


def _lines(shape: Shape) -> set[str]:
    return {f"{table}: {line}" for table, lines in shape.items() for line in lines}


def test_alembic_would_draft_nothing(database: str) -> None:
    engine = engine_of(database)
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    engine.dispose()

    assert differences == []


def test_what_must_not_be_rewritten_has_its_triggers(database: str) -> None:
    """A migration in batch mode on SQLite drops a table's triggers without a word."""
    found = {
        table: sorted(line.split()[3] for line in lines if line.startswith("trigger"))
        for table, lines in shape_of(database).items()
    }

    by_name = {
        table: [f"{table}_refuses_delete", f"{table}_refuses_update"]
        if database.startswith("sqlite")
        else [f"{table}_refuses_rewriting"]
        for table in APPEND_ONLY
    }
    assert {table: names for table, names in found.items() if names} == by_name


def test_every_constraint_has_a_name_that_a_migration_can_say(database: str) -> None:
    nameless = [line for line in _lines(shape_of(database)) if " None" in line.split(" (")[0].split(":")[1]]

    assert [line for line in nameless if not line.split(": ")[1].startswith("column")] == []
