"""The schema is made by migrations alone, which may be run twice, at once, and again after being killed (A41)."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from core import migrations
from core.settings import ROOT
from tests.architecture.schema import engine_of, shape_of

FLASK = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py")]


@pytest.fixture
def empty(database: str, tmp_path: Path) -> str:
    """The URL of a database without any table."""
    if database.startswith("sqlite"):
        return f"sqlite:///{tmp_path}/empty"
    migrations.downgrade(database, "base")
    return database


def revision_of(url: str) -> str | None:
    engine = engine_of(url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    engine.dispose()
    return found


def test_the_command_brings_an_empty_database_to_the_newest_schema_and_then_does_nothing(
    database: str, app: Flask
) -> None:
    runner, before = app.test_cli_runner(), shape_of(database)

    again = [runner.invoke(args=["db", "upgrade"]).exit_code for _ in range(2)]

    assert again == [0, 0]
    assert shape_of(database) == before
    assert revision_of(database) == migrations.newest()


def test_down_to_nothing_and_up_again_is_the_same_schema(database: str) -> None:
    before = shape_of(database)

    migrations.downgrade(database, "base")
    nothing = shape_of(database)
    migrations.upgrade(database)

    assert nothing == {}
    assert shape_of(database) == before
    assert len(before) > 20


def test_each_step_can_be_taken_alone(empty: str, database: str) -> None:
    steps = [step.revision for step in ScriptDirectory.from_config(migrations.config("")).walk_revisions()]

    for step in reversed(steps):
        migrations.upgrade(empty, step)
        assert revision_of(empty) == step
    for step in [*steps[1:], "base"]:
        migrations.downgrade(empty, step)

    assert shape_of(empty) == {}


def test_two_that_upgrade_at_once_both_succeed(empty: str, environ: dict[str, str]) -> None:
    environ = {**os.environ, **environ, "BONAFETA_DATABASE_URL": empty}

    both = [subprocess.Popen([*FLASK, "db", "upgrade"], env=environ, stdout=subprocess.DEVNULL) for _ in range(2)]

    assert [one.wait(timeout=120) for one in both] == [0, 0]
    assert revision_of(empty) == migrations.newest()


@pytest.mark.parametrize("name", ["0002_citizen.py", "0004_catalogue.py"])
def test_an_upgrade_that_was_killed_half_way_can_be_run_again(empty: str, tmp_path: Path, name: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_HALF_WAY, empty, str(_with_a_trap(name, tmp_path))], cwd=ROOT, timeout=120
    )

    migrations.upgrade(empty)

    assert killed.returncode == -signal.SIGKILL
    assert revision_of(empty) == migrations.newest()
    migrations.downgrade(empty, "base")
    assert shape_of(empty) == {}


KILLED_HALF_WAY = """
import sys
from pathlib import Path
from core import migrations
migrations.FOLDER = Path(sys.argv[2])
migrations.upgrade(sys.argv[1])
"""


def _with_a_trap(name: str, folder: Path) -> Path:
    """A copy of the migrations in which the last statement of one kills the process that has run all before it."""
    copy = shutil.copytree(ROOT / "migrations", folder / "migrations", ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / "versions" / name
    before, between, after = file.read_text(encoding="utf-8").partition("\n\ndef downgrade()")
    trap = "\n    __import__('os').kill(__import__('os').getpid(), 9)\n"
    file.write_text(before.rstrip() + trap + between + after, encoding="utf-8")
    return copy


def test_a_migration_that_fails_leaves_the_database_where_it_was_and_free(empty: str, tmp_path: Path) -> None:
    """In the same process too: it keeps no lock, so that the next run does not wait for it forever."""
    copy = _with_a_trap("0004_catalogue.py", tmp_path)
    file = copy / "versions" / "0004_catalogue.py"
    file.write_text(file.read_text().replace("__import__('os').kill(__import__('os').getpid(), 9)", "1 / 0"))
    folder, migrations.FOLDER = migrations.FOLDER, copy
    try:
        with pytest.raises(ZeroDivisionError):
            migrations.upgrade(empty)
    finally:
        migrations.FOLDER = folder

    migrations.upgrade(empty)

    assert revision_of(empty) == migrations.newest()


def test_the_migrations_are_numbered_one_after_the_other() -> None:
    """Two people who add one at the same time learn it from git, not from a town with two heads."""
    files = sorted(file.name for file in (ROOT / "migrations" / "versions").glob("*.py"))
    steps = list(ScriptDirectory.from_config(migrations.config("")).walk_revisions())

    assert [file[:5] for file in files] == [f"{number:04}_" for number in range(1, len(files) + 1)]
    assert [step.revision for step in reversed(steps)] == [file[:4] for file in files]
    assert [step.down_revision for step in steps] == [*[step.revision for step in steps[1:]], None]
