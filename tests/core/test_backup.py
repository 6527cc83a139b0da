"""A backup is the whole town in one moment, under its own secret, and restores into an empty place only (A40, A57)."""

import hashlib
import io
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, text

from app import create_app
from catalogue.evidence import delete_due
from catalogue.models import Evidence
from core import audit, backup
from core.db import Base, Does, db, in_transaction
from core.settings import ROOT, SECRET_FILE, Settings
from tests import served
from tests.conftest import DATABASES
from tests.lived_in import LivedIn
from tests.town import Town

SECRET = "for tests only, and the same in each"


@dataclass
class Place:
    """An empty, migrated database and a folder."""

    app: Flask
    settings: Settings
    environ: dict[str, str]

    def flask(self, *command: str) -> tuple[int, str]:
        """A command's exit code and all that it says."""
        result = self.app.test_cli_runner().invoke(args=list(command))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    def rows(self) -> dict[str, list[str]]:
        """Every row of every table."""
        with self.app.app_context():
            return in_transaction(
                lambda: {
                    str(table.name): sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
                    for table in Base.metadata.sorted_tables
                },
                does=Does.SNAPSHOT,
            )

    def files(self) -> dict[str, bytes]:
        """Every file of the instance but those of SQLite."""
        found = self.settings.instance.rglob("*")
        return {str(file.relative_to(self.settings.instance)): file.read_bytes() for file in found if file.is_file()}

    def is_empty(self) -> bool:
        return not any(self.rows().values()) and not self.files()


PlaceOf = Callable[..., AbstractContextManager[Place]]


@pytest.fixture
def place_on(request: pytest.FixtureRequest, tmp_path: Path, environ: dict[str, str]) -> PlaceOf:
    """`with place_on("sqlite") as place:`, as empty as a new machine."""
    made = count()

    @contextmanager
    def empty(kind: str, **more: str) -> Iterator[Place]:
        with request.getfixturevalue(f"{kind}_copies")() as url:
            there = environ | {"BONAFETA_DATABASE_URL": url, "BONAFETA_INSTANCE": str(tmp_path / f"place{next(made)}")}
            there |= more
            settings = Settings.load(there)
            app = create_app(settings)
            try:
                yield Place(app, settings, there)
            finally:
                with app.app_context():
                    db.session.remove()
                    db.engine.dispose()

    return empty


@pytest.fixture
def here(app: Flask, settings: Settings, environ: dict[str, str]) -> Place:
    return Place(app, settings, environ)


# --- there and back ---------------------------------------------------------------------------------------------------


def test_every_row_and_every_photo_moves_to_the_other_database(
    town: Town, here: Place, place_on: PlaceOf, tmp_path: Path
) -> None:
    LivedIn(town)
    target = "postgresql" if here.settings.is_sqlite else "sqlite"
    empty_tables = [name for name, rows in here.rows().items() if not rows]

    made = here.flask("backup", str(tmp_path / "town.backup"))
    with place_on(target) as there:
        restored = there.flask("restore", str(tmp_path / "town.backup"))

        assert (made[0], restored[0]) == (0, 0), (made, restored)
        assert there.rows() == here.rows()
        photos = {name: content for name, content in here.files().items() if name.startswith("evidence/")}
        assert there.files() == photos | {"audit-heads.jsonl": here.files()["audit-heads.jsonl"]}
        assert_all_is_well(there)
        assert {there.settings.instance.joinpath(name).stat().st_mode & 0o077 for name in there.files()} == {0}
    assert len(photos) > 5
    assert (tmp_path / "town.backup").stat().st_mode & 0o077 == 0
    assert len(empty_tables) < 10, empty_tables


def assert_all_is_well(place: Place) -> None:
    """Every invariant, the audit chain, and the hash of each photo that a row names."""
    assert place.flask("ledger", "verify") == (0, "All is well.\n")
    assert place.flask("audit", "verify") == (0, "All is well.\n")
    named, kept = photos_named(place), photos_kept(place)
    assert {name: kept.get(name) for name in named} == named


def photos_named(place: Place) -> dict[str, str]:
    """The hash of each photo that a row names, by its file's name."""
    rows = select(Evidence.file_name, Evidence.sha256).where(Evidence.deleted_at.is_(None))
    with place.app.app_context():
        return in_transaction(lambda: dict(db.session.execute(rows).tuples().all()), does=Does.READS)


def photos_kept(place: Place) -> dict[str, str]:
    """The hash of each photo that there is, by its file's name."""
    files = {name: content for name, content in place.files().items() if name.startswith("evidence/")}
    return {Path(name).name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_who_was_erased_after_the_backup_is_forgotten_again(
    town: Town, here: Place, place_on: PlaceOf, tmp_path: Path
) -> None:
    lived, file = LivedIn(town), tmp_path / "town.backup"
    here.flask("backup", str(file))
    assert lived.doer.delete("/me", json={"now": True}).status_code == 200

    with place_on("sqlite") as there:
        shutil.copy(here.settings.instance / "erasures.jsonl", there.settings.instance)
        code, said = there.flask("restore", str(file))

        assert (code, "1 erasures applied again" in said) == (0, True)
        kept = repr([rows for name, rows in there.rows().items() if name != "outbox"]).encode()
        assert [trace for trace in (b"Remei", lived.doer.email.encode()) if trace in kept] == []
        assert photos_kept(there).keys() == photos_named(there).keys()
        assert_all_is_well(there)


def test_a_list_of_erasures_that_was_cut_by_a_crash_still_counts(
    town: Town, here: Place, place_on: PlaceOf, tmp_path: Path
) -> None:
    gone, file = [town.resident(), town.resident()], tmp_path / "town.backup"
    here.flask("backup", str(file))
    listed = b"".join(orjson.dumps({"citizen_id": one.id, "erased_at": "2026-11-23T10:00:00Z"}) + b"\n" for one in gone)

    with place_on("sqlite") as there:
        (there.settings.instance / "erasures.jsonl").write_bytes(listed + listed[:30])

        assert "2 erasures applied again" in there.flask("restore", str(file))[1]


def test_what_is_sealed_while_the_backup_is_made_leaves_no_head_behind(
    town: Town, here: Place, place_on: PlaceOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed sealer has left a seal without its head; another seals between the snapshot and the end."""
    lived, file = LivedIn(town), tmp_path / "town.backup"
    town.does(lambda: audit.record("deed.changed", by=None, purpose="test", at=town.clock.now()))
    town.does(lambda: audit.seal_batch(at=town.clock.now()))
    photo, before = _photo_of(lived), backup._write_snapshot

    def sealed_behind_its_back(*facts: Any) -> None:
        before(*facts)
        with ThreadPoolExecutor() as elsewhere:
            looked = elsewhere.submit(lived.doer.get, f"/evidence/{photo}")
            assert looked.result().status_code == 200
            assert elsewhere.submit(town.run_job, "seal-audit").result() > 0

    monkeypatch.setattr(backup, "_write_snapshot", sealed_behind_its_back)
    assert here.flask("backup", str(file))[0] == 0

    with place_on("sqlite") as there:
        assert there.flask("restore", str(file))[0] == 0
        assert_all_is_well(there)


def _photo_of(lived: LivedIn) -> str:
    return str(lived.cases.seen(lived.doer, lived.photographed)["evidence"][0]["id"])


# --- what is refused --------------------------------------------------------------------------------------------------


def zipped(parts: dict[str, bytes], *, manifest: dict[str, Any] | None = None) -> bytes:
    """A backup with these parts whose manifest agrees with them, but for what `manifest` says."""
    known = orjson.loads(parts["manifest.json"])
    known["sha256"] = {n: hashlib.sha256(part).hexdigest() for n, part in parts.items() if n != "manifest.json"}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | {"manifest.json": orjson.dumps(known | (manifest or {}))}).items():
            archive.writestr(name, part)
    return made.getvalue()


def broken(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Backups of which each is wrong in one way."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    photo = next(name for name in parts if name.startswith("files/evidence"))
    yield "nothing", b""
    yield "no zip", b"PK\x03\x04 and so on"
    yield "an empty zip", _zip({})
    for share in (0.01, 0.5, 0.99, 0.99999):
        yield f"cut at {share}", whole[: int(len(whole) * share)]
    for name in ("manifest.json", "tables/entry.jsonl", photo, "files/audit-heads.jsonl"):
        yield f"without {name}", _zip({n: part for n, part in parts.items() if n != name})
    yield "with a part more", _zip(parts | {"files/evidence/more.jpg": b"x"})
    yield "with a table less", zipped({n: part for n, part in parts.items() if n != "tables/entry.jsonl"})
    for name in ("files/../../out", "files//tmp/out", "/tmp/out", "files/erasures.jsonl", "files/bonafeta.sqlite3"):
        yield f"with {name}", zipped(parts | {name: b"x"})
    yield "another revision", zipped(parts, manifest={"revision": "0004"})
    yield "another format", zipped(parts, manifest={"format": 2})
    yield "another secret", zipped(parts, manifest={"secret": "00" * 32})
    yield "a manifest that is a list", _zip(parts | {"manifest.json": b"[]"})
    yield "a manifest without hashes", zipped(parts, manifest={"sha256": None})
    yield "a row changed", _zip(parts | {"tables/entry.jsonl": parts["tables/entry.jsonl"].replace(b"award", b"spend")})
    yield "a table that is a bomb", zipped(parts | {"tables/outbox.jsonl": b"0" * 2**24})
    yield "a manifest that is a bomb", _zip(parts | {"manifest.json": b" " * 2**24 + parts["manifest.json"]})


def _zip(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("target", DATABASES if os.environ.get("BONAFETA_LONG") else ["postgresql"])
def test_a_broken_file_changes_nothing(town: Town, here: Place, place_on: PlaceOf, target: str, tmp_path: Path) -> None:
    LivedIn(town)
    here.flask("backup", str(tmp_path / "whole"))
    whole = (tmp_path / "whole").read_bytes()

    with place_on(target) as there:
        for what, content in broken(whole):
            (tmp_path / "broken").write_bytes(content)
            code, said = there.flask("restore", str(tmp_path / "broken"))
            assert (what, code, said.count("Error: "), there.is_empty()) == (what, 1, 1, True)

        assert not Path("/tmp/out").exists()
        assert there.flask("restore", str(tmp_path / "whole"))[0] == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_flipped_bit_is_found_or_does_no_harm(town: Town, here: Place, place_on: PlaceOf, tmp_path: Path) -> None:
    """Where nothing is found the bit was in what a zip says of dates and the like, and the same town comes out."""
    LivedIn(town)
    here.flask("backup", str(tmp_path / "whole"))
    whole, chance = (tmp_path / "whole").read_bytes(), random.Random(23)
    directory = whole.rindex(b"tables/") // 2  # half of the flips go where the zip speaks of itself
    harmless = 0

    for turn in range(120):
        where = chance.randrange(directory if turn % 2 else 0, len(whole))
        flipped = bytearray(whole)
        flipped[where] ^= 1 << chance.randrange(8)
        (tmp_path / "flipped").write_bytes(flipped)
        with here.app.app_context():
            try:
                manifest = _checked(tmp_path / "flipped")
            except backup.BackupError:
                continue
        assert manifest == _checked(tmp_path / "whole")
        harmless += 1

    assert harmless < 24
    flipped[-30] ^= 1
    (tmp_path / "flipped").write_bytes(flipped)
    with place_on("sqlite") as there:
        assert (there.flask("restore", str(tmp_path / "flipped"))[0], there.is_empty()) == (1, True)


def _checked(file: Path) -> dict[str, Any]:
    with backup._opened(file) as archive:
        return backup._checked(archive, file, lambda *_: None)


def test_a_place_that_is_not_empty_is_left_as_it_is(town: Town, here: Place, tmp_path: Path) -> None:
    LivedIn(town)
    here.flask("backup", str(tmp_path / "file"))
    rows, files = here.rows(), here.files()

    code, said = here.flask("restore", str(tmp_path / "file"))

    assert (code, "is not empty" in said) == (1, True)
    assert (here.rows(), here.files()) == (rows, files)


def test_a_database_of_an_older_version_is_not_upgraded_before_it_is_found_occupied(
    town: Town, here: Place, place_on: PlaceOf, tmp_path: Path
) -> None:
    here.flask("backup", str(tmp_path / "file"))
    with place_on("sqlite") as there:
        there.flask("db", "downgrade", "0004")
        there.flask("citizen", "grant", "ana@example.org", "manager")

        assert there.flask("restore", str(tmp_path / "file"))[0] == 1
        with there.app.app_context():
            assert in_transaction(lambda: db.session.scalar(text("SELECT version_num FROM alembic_version"))) == (
                "0004"
            )


# --- killed, and no room ----------------------------------------------------------------------------------------------

KILLED_AND_AGAIN = """
import os, sys
from pathlib import Path
import sqlalchemy
from app import create_app

file, first = sys.argv[1], int(sys.argv[2])
left = None

def step(event="", arguments=()):
    # Every statement to the database, and every file that is opened for writing, renamed or removed.
    global left
    is_step = event in ("sql", "os.rename", "os.remove") or (event == "open" and (arguments[2] or 0) & os.O_CREAT)
    if left is not None and is_step:
        left -= 1
        if left == 0:
            os._exit(9)

sys.addaudithook(step)

def restore(killed_at):
    '''In a process of its own: its exit code.'''
    global left
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    app = create_app()
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", lambda *_: step("sql"))
    left = killed_at
    ended = app.test_cli_runner().invoke(args=["restore", file])
    print(ended.output, ended.exception or "", file=sys.stderr, flush=True)
    os._exit(ended.exit_code)

code = restore(first)
unfinished = (Path(os.environ["BONAFETA_INSTANCE"]) / "restoring").exists()
print(code, unfinished, restore(None) if code == 9 else "")
"""


@pytest.mark.parametrize("target", DATABASES)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_restore_killed_at_any_step_is_begun_again_by_the_same_command(
    town: Town, here: Place, place_on: PlaceOf, target: str, tmp_path: Path
) -> None:
    """At some steps, at every one with BONAFETA_LONG=1. A photo whose row was forgotten is swept after a day."""
    lived = LivedIn(town)
    here.flask("backup", str(tmp_path / "file"))
    with place_on(target) as whole:
        erased = orjson.dumps({"citizen_id": lived.doer.id, "erased_at": "2026-11-23T10:00:00Z"}) + b"\n"
        (whole.settings.instance / "erasures.jsonl").write_bytes(erased)
        assert whole.flask("restore", str(tmp_path / "file"))[0] == 0
        expected = _a_day_later(whole)
    step, killed, marked = 1, 0, 0
    while True:
        with place_on(target) as there:
            (there.settings.instance / "erasures.jsonl").write_bytes(erased)
            command = [sys.executable, "-c", KILLED_AND_AGAIN, str(tmp_path / "file"), str(step)]
            ran = subprocess.run(
                command, cwd=ROOT, env={**os.environ, **there.environ}, capture_output=True, text=True, check=True
            )
            code, unfinished, again = ran.stdout.split(" ", 2)
            assert (code, again.strip()) in (("9", "0"), ("0", "")), (step, ran.stdout, ran.stderr)
            assert _a_day_later(there) == expected, step
            if code == "0":
                break
            killed, marked = killed + 1, marked + (unfinished == "True")
        step += 1 if os.environ.get("BONAFETA_LONG") else 110
    assert 0 < marked <= killed
    assert killed >= 2


def _a_day_later(place: Place) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Its rows and files. An erasure writes rows with numbers of their own."""
    with place.app.app_context():
        delete_due(at=place.settings.clock.now() + timedelta(days=2), settings=place.settings)
    rows = {name: len(found) if name in ("entry", "audit_entry") else found for name, found in place.rows().items()}
    return rows, {name: content for name, content in place.files().items() if name != "erasures.jsonl"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_is_served_before_a_restore_is_done(town: Town, here: Place, place_on: PlaceOf, tmp_path: Path) -> None:
    LivedIn(town)
    for name in ("file", "other"):
        here.flask("backup", str(tmp_path / name))
        town.clock.forward(seconds=1)
    with place_on("sqlite") as there:
        (there.settings.instance / "erasures.jsonl").mkdir()  # it cannot be read

        failed = there.flask("restore", str(tmp_path / "file"))

        assert failed[0] == 1
        assert "Run it again" in failed[1]
        for command in (["serve"], ["jobs", "run"], ["backup", str(tmp_path / "more")]):
            code, said = there.flask(*command)
            assert (code, "a restore was begun here" in said) == (1, True), command
        assert there.app.test_client().get("/readyz").status_code == 503
        assert "another file" in there.flask("restore", str(tmp_path / "other"))[1]
        (there.settings.instance / "erasures.jsonl").rmdir()
        assert there.flask("restore", str(tmp_path / "file"))[0] == 0
        assert there.app.test_client().get("/readyz").status_code == 200
        assert_all_is_well(there)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_backup_that_finds_no_room_leaves_the_old_one_whole_and_no_half(
    town: Town, here: Place, tmp_path: Path
) -> None:
    """A limit on the size of a file is met as a full disk is: in the midst of a write."""
    LivedIn(town)
    folder, target = tmp_path / "backups", tmp_path / "backups" / "town.backup"
    folder.mkdir()
    assert here.flask("backup", str(target))[0] == 0
    old = target.read_bytes()
    blocks = len(old) // 1024

    for limit in (blocks // 2, blocks - 1):
        command = f"ulimit -f {limit}; exec {sys.executable} -m flask backup {target}"
        full = subprocess.run(
            ["bash", "-c", command], cwd=ROOT, env={**os.environ, **here.environ}, capture_output=True, text=True
        )
        assert (full.returncode, full.stderr.count("\n")) == (1, 1), full.stderr
        assert full.stderr.startswith("Error: the backup was not written")
        assert ([file.name for file in folder.iterdir()], target.read_bytes()) == (["town.backup"], old)


# --- secrets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_town_on_a_laptop_moves_with_its_secret(place_on: PlaceOf, tmp_path: Path) -> None:
    with place_on("sqlite", BONAFETA_SECRET_KEY="") as here, place_on("sqlite", BONAFETA_SECRET_KEY="") as there:
        assert here.flask("citizen", "token", "ana@example.org", "--terms", "2026-11")[0] == 0
        assert here.settings.secret_key != there.settings.secret_key

        made = here.flask("backup", str(tmp_path / "town.backup"))
        restored = there.flask("restore", str(tmp_path / "town.backup"))

        assert (made[0], restored[0]) == (0, 0)
        moved = Place(create_app(Settings.load(there.environ)), Settings.load(there.environ), there.environ)
        assert moved.settings.secret_key == here.settings.secret_key
        assert moved.flask("audit", "verify")[0] == 0
        assert moved.flask("citizen", "token", "ana@example.org")[0] == 0
        assert (there.settings.instance / SECRET_FILE).stat().st_mode & 0o077 == 0
        with moved.app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("secret", "code"), [("", 1), ("b" * 64, 1), (SECRET, 0)])
def test_a_town_is_not_restored_under_another_secret(
    here: Place, place_on: PlaceOf, tmp_path: Path, secret: str, code: int
) -> None:
    here.flask("backup", str(tmp_path / "town.backup"))

    with place_on("sqlite", BONAFETA_SECRET_KEY=secret) as there:
        answer = there.flask("restore", str(tmp_path / "town.backup"))

    assert (answer[0], "another secret" in answer[1]) == (code, code == 1)


def test_what_is_not_set_is_said_in_one_line(tmp_path: Path) -> None:
    bare = {"BONAFETA_INSTANCE": str(tmp_path), "BONAFETA_ENV": "production", "BONAFETA_SECRET_KEY": ""}

    answer = served.run("db", "upgrade", environ=bare)

    assert answer.returncode == 1
    assert answer.stderr.startswith("Error: BONAFETA_SECRET_KEY is missing")
    assert answer.stderr.count("\n") == 1
