"""A backup is the whole town in one moment, under its own secret, and restores into an empty place only."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import served


@pytest.fixture
def place(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """The environment of a town of that name, on a database file of its own."""
    return lambda name: {"BONAFETA_DATABASE_URL": "", "BONAFETA_INSTANCE": str(tmp_path / name)}


def test_a_town_on_a_laptop_moves_with_its_secret(place: Callable[[str], dict[str, str]], tmp_path: Path) -> None:
    here, there, file = place("here"), place("there"), str(tmp_path / "town.backup")
    served.run("db", "upgrade", environ=here)
    token = served.run("citizen", "token", "ana@example.org", "--terms", "2026-11", environ=here).stdout
    served.run("jobs", "once", "seal-audit", environ=here)

    made, restored = served.run("backup", file, environ=here), served.run("restore", file, environ=there)

    assert (token.count("."), made.returncode, restored.returncode) == (2, 0, 0)
    assert served.run("audit", "verify", environ=there).returncode == 0
    assert served.run("citizen", "token", "ana@example.org", environ=there).returncode == 0
    assert (tmp_path / "there" / "secret.key").stat().st_mode & 0o077 == 0


def test_a_town_is_not_restored_under_another_secret(place: Callable[[str], dict[str, str]], tmp_path: Path) -> None:
    here, there, file = place("here"), place("there"), str(tmp_path / "town.backup")
    served.run("db", "upgrade", environ=here)
    served.run("backup", file, environ=here | {"BONAFETA_SECRET_KEY": "a" * 64})

    answers = [
        served.run("restore", file, environ=there | secret)
        for secret in ({}, {"BONAFETA_SECRET_KEY": "b" * 64}, {"BONAFETA_SECRET_KEY": "a" * 64})
    ]

    assert [answer.returncode for answer in answers] == [1, 1, 0]
    assert "another secret" in answers[0].stderr


def test_a_place_that_is_not_empty_or_a_file_that_is_not_whole_changes_nothing(
    place: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    here, there, file = place("here"), place("there"), tmp_path / "town.backup"
    served.run("db", "upgrade", environ=here)
    served.run("citizen", "token", "ana@example.org", "--terms", "2026-11", environ=here)
    served.run("backup", str(file), environ=here)
    file.with_suffix(".half").write_bytes(file.read_bytes()[:-100])

    half = served.run("restore", str(file.with_suffix(".half")), environ=there)
    again = served.run("restore", str(file), environ=here)

    assert (half.returncode, again.returncode) == (1, 1)
    assert "not a whole backup" in half.stderr
    assert "not empty" in again.stderr
    assert served.run("restore", str(file), environ=there).returncode == 0


def test_what_is_not_set_is_said_in_one_line(place: Callable[[str], dict[str, str]]) -> None:
    bare = place("here") | {"BONAFETA_ENV": "production", "BONAFETA_SECRET_KEY": ""}

    answer = served.run("db", "upgrade", environ=bare)

    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: BONAFETA_SECRET_KEY is missing")
    assert answer.stderr.count("\n") == 1
