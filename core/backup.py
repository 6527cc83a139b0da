"""A backup is one moment of the whole town in one file, taken while it runs; it restores into an empty place.

A broken file, or a place that is not empty, changes nothing. The file is a zip: `tables/NAME.jsonl` with every row,
`files/…` with the photos and the heads of the audit log, and `manifest.json` with the schema's revision and the SHA-256
of each part. It is not tied to a database product, so a town that outgrows SQLite moves to PostgreSQL by a backup and a
restore. It holds personal data: keep it as safe as the database. A secret that was made in the instance is in it too;
one from the environment is not, and then the town restores under the same one only: under another, no address would
find its person.
"""

import base64
import hashlib
import hmac
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import orjson
from sqlalchemy import Date, LargeBinary, Table, Uuid, insert, select, text

from core import migrations
from core.clock import iso
from core.db import Base, Does, UtcDateTime, db, in_transaction
from core.settings import SECRET_FILE, Settings

FORMAT = 1
ROWS_AT_ONCE = 1_000
FOLDERS = ("evidence",)
"""What of the instance belongs to a backup besides the database; the erasures are kept apart on purpose."""
HEADS = "audit-heads.jsonl"
KEY = f"files/{SECRET_FILE}"

Progress = Callable[[str, int], None]
"""Told each table or folder, and how many rows or files of it are done."""


class BackupError(Exception):
    """The backup cannot be made or restored: the text says why, and nothing was changed."""


def back_up(target: Path, *, settings: Settings, at: datetime, progress: Progress) -> dict[str, int]:
    """Write everything to `target`; returns the rows per table. The file appears only once it is whole."""
    draft = target.with_name(target.name + ".partial")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            manifest: dict[str, Any] = {"format": FORMAT, "at": iso(at), "rows": {}, "sha256": {}}
            manifest["secret"] = settings.key("backup").hex()
            # One snapshot for all tables. The heads come before it and the photos after it, so that each head finds
            # its seal and each row its photo.
            _write_files(archive, manifest, _heads(settings), settings, progress)
            _write_files(archive, manifest, _own_key(settings), settings, progress)
            in_transaction(lambda: _write_tables(archive, manifest, progress), does=Does.SNAPSHOT)
            _write_files(archive, manifest, _photos(settings), settings, progress)
            archive.writestr("manifest.json", orjson.dumps(manifest))
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    rows: dict[str, int] = manifest["rows"]
    return rows


def restore(source: Path, *, settings: Settings, progress: Progress) -> dict[str, int]:
    """Load a backup into an empty place; returns the rows per table. Raises `BackupError` for a broken file or a
    place that is not empty, before anything is changed."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked(archive, progress)
            _refuse_other_secret(archive, manifest, settings)
            migrations.upgrade(settings.database_url)
            _refuse_occupied(settings)
            in_transaction(lambda: _load_tables(archive, progress))
            _load_files(archive, settings, progress)
    except (OSError, zipfile.BadZipFile, orjson.JSONDecodeError, KeyError, TypeError) as problem:
        raise BackupError(f"{source} is not a whole backup: {problem}") from problem
    rows: dict[str, int] = manifest["rows"]
    return rows


def _write_tables(archive: zipfile.ZipFile, manifest: dict[str, Any], progress: Progress) -> None:
    manifest["revision"] = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    for table in Base.metadata.sorted_tables:
        # SQLAlchemy's names are a kind of str that orjson does not take as a key.
        table_name, digest, count = str(table.name), hashlib.sha256(), 0
        name = f"tables/{table_name}.jsonl"
        rows = db.session.execute(select(table).execution_options(yield_per=ROWS_AT_ONCE))
        with archive.open(name, "w", force_zip64=True) as file:
            for row in rows:
                line = orjson.dumps([_plain(value) for value in row]) + b"\n"
                digest.update(line)
                file.write(line)
                count += 1
                if count % ROWS_AT_ONCE == 0:
                    progress(table.name, count)
        manifest["rows"][table_name], manifest["sha256"][name] = count, digest.hexdigest()
        progress(table.name, count)


def _write_files(
    archive: zipfile.ZipFile, manifest: dict[str, Any], paths: Iterator[Path], settings: Settings, progress: Progress
) -> None:
    for count, path in enumerate(paths, start=1):
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            continue  # its time had come since the snapshot
        name = f"files/{path.relative_to(settings.instance)}"
        manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
        archive.writestr(zipfile.ZipInfo(name), content)  # stored: photos do not shrink
        progress("files", count)


def _heads(settings: Settings) -> Iterator[Path]:
    heads = settings.instance / HEADS
    if heads.exists():
        yield heads


def _own_key(settings: Settings) -> Iterator[Path]:
    """The file of the secret, where the town lives by one that was made in its instance."""
    file = settings.instance / SECRET_FILE
    if file.exists() and file.read_bytes() == settings.secret_key:
        yield file


def _photos(settings: Settings) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in sorted((settings.instance / folder).rglob("*")) if path.is_file())


def _checked(archive: zipfile.ZipFile, progress: Progress) -> dict[str, Any]:
    """The manifest, once every part has been read and is what it says."""
    manifest: dict[str, Any] = orjson.loads(archive.read("manifest.json"))
    if manifest["format"] != FORMAT:
        raise BackupError(f"this backup has format {manifest['format']}, and this version reads {FORMAT}")
    if manifest["revision"] != migrations.newest():
        made_by, here = manifest["revision"], migrations.newest()
        raise BackupError(f"its schema is {made_by}, this version's is {here}: restore with its version, then upgrade")
    parts = {info.filename for info in archive.infolist()} - {"manifest.json"}
    if parts != set(manifest["sha256"]):
        raise BackupError(f"parts are missing or too many: {sorted(parts ^ set(manifest['sha256']))[:5]}")
    for count, (name, known) in enumerate(manifest["sha256"].items(), start=1):
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise BackupError(f"a part has an unsafe name: {name}")
        with archive.open(name) as part:
            if _sha256(part) != known:
                raise BackupError(f"a part was changed: {name}")
        progress("checked", count)
    return manifest


def _sha256(part: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := part.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _refuse_other_secret(archive: zipfile.ZipFile, manifest: dict[str, Any], settings: Settings) -> None:
    if hmac.compare_digest(manifest["secret"], settings.key("backup").hex()):
        return
    if KEY not in archive.namelist() or not any(_own_key(settings)):
        raise BackupError("it was made under another secret: set BONAFETA_SECRET_KEY to the one of that town")


def _refuse_occupied(settings: Settings) -> None:
    occupied = in_transaction(
        lambda: [table.name for table in Base.metadata.sorted_tables if _has_rows(table)], does=Does.READS
    )
    if occupied:
        raise BackupError(f"the database is not empty ({', '.join(occupied[:5])}): restore into a new one")
    if any(True for _ in (*_heads(settings), *_photos(settings))):
        raise BackupError(f"the folder {settings.instance} holds photos or audit heads already: restore into a new one")


def _has_rows(table: Table) -> bool:
    return db.session.execute(select(*table.primary_key).limit(1)).first() is not None


def _load_tables(archive: zipfile.ZipFile, progress: Progress) -> None:
    for table in Base.metadata.sorted_tables:
        columns, count, batch = list(table.columns), 0, []
        with archive.open(f"tables/{table.name}.jsonl") as file:
            for line in file:
                values = orjson.loads(line)
                batch.append({column.key: _typed(column, value) for column, value in zip(columns, values, strict=True)})
                if len(batch) == ROWS_AT_ONCE:
                    db.session.execute(insert(table), batch)
                    count, batch = count + len(batch), []
                    progress(table.name, count)
        if batch:
            db.session.execute(insert(table), batch)
        progress(table.name, count + len(batch))


def _load_files(archive: zipfile.ZipFile, settings: Settings, progress: Progress) -> None:
    names = [name for name in archive.namelist() if name.startswith("files/")]
    if not any(_own_key(settings)):
        names = [name for name in names if name != KEY]
    for count, name in enumerate(names, start=1):
        target = settings.instance / name.removeprefix("files/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(archive.read(name))
            os.fsync(file.fileno())
        progress("files", count)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _typed(column: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value)
    return UUID(value) if isinstance(column.type, Uuid) else value
