"""A backup is one moment of the whole town in one file, taken while it runs; it restores into an empty place.

A broken file, or a place that is not empty, changes nothing; a restore that was killed is begun again by the same
command, and nobody is served before it is done. The file is a zip: `tables/NAME.jsonl` with every row, `files/…` with
the photos and the heads of the audit log, and `manifest.json` with the schema's revision and the SHA-256 of each part.
It is not tied to a database product, so a town that outgrows SQLite moves to PostgreSQL by a backup and a restore. It
holds personal data: keep it as safe as the database. A secret that was made in the instance is in it too; one from the
environment is not, and then the town restores under the same one only: under another, no address would find its person.
"""

import base64
import fcntl
import hashlib
import hmac
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import orjson
from sqlalchemy import Date, LargeBinary, Uuid, insert, inspect, literal, select, table, text

from core import audit, migrations
from core.clock import iso
from core.db import Base, Does, UtcDateTime, db, in_transaction
from core.files import sync_folder
from core.settings import SECRET_FILE, Settings

FORMAT = 1
ROWS_AT_ONCE = 1_000
UNPACKED_TIMES_MAX = 100
"""Rows and photos shrink to a tenth at the least of luck: what unpacks to a hundred times its size was made to hurt."""
MANIFEST = "manifest.json"
HEADS = "files/audit-heads.jsonl"
KEY = f"files/{SECRET_FILE}"
UNFINISHED = "restoring"
"""A file in the instance, from the first thing that a restore changes to its end: says of which backup."""
_PHOTO = re.compile(r"files/evidence/[0-9a-f]{2}/[0-9a-f]{32}-[0-9a-f]{32}\.jpg")
_NOT_WHOLE = (
    # What reading a broken zip, or one that somebody made up, can raise.
    *(OSError, EOFError, RuntimeError, ValueError, LookupError, TypeError, AttributeError),
    *(zipfile.BadZipFile, zlib.error, OverflowError, MemoryError),
)

Progress = Callable[[str, int], None]
"""Told each table or folder, and how many rows or files of it are done."""


class BackupError(Exception):
    """The backup cannot be made or restored: the text says why, and what to do."""


def back_up(target: Path, *, settings: Settings, at: datetime, progress: Progress) -> dict[str, int]:
    """Write everything to `target`; returns the rows per table. The file appears only once it is whole; one that was
    there stays until then. Raises `BackupError`, `OSError` (the disk)."""
    refuse_unfinished(settings)
    with _draft_of(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        manifest: dict[str, Any] = {"format": FORMAT, "at": iso(at), "rows": {}, "sha256": {}}
        manifest["secret"] = settings.key("backup").hex()
        in_transaction(lambda: _write_snapshot(archive, manifest, settings, progress), does=Does.SNAPSHOT)
        # After the snapshot, so that each row of it finds its photo.
        for count, photo in enumerate(_photos(settings), start=1):
            _write_file(archive, manifest, photo, settings)
            progress("photos", count)
        archive.writestr(MANIFEST, orjson.dumps(manifest))
    rows: dict[str, int] = manifest["rows"]
    return rows


def restore(
    source: Path, *, settings: Settings, progress: Progress, forget_again: Callable[[], int]
) -> tuple[dict[str, int], int]:
    """Load a backup into an empty place and forget again whom the list of erasures names; returns the rows per table
    and how many were forgotten.

    Raises `BackupError` for a broken file or a place that is not empty before anything is changed, and `OSError` or
    a `Refusal` where the place has no room: then the same command begins again.
    """
    with _opened(source) as archive:
        manifest = _checked(archive, source, progress)
        _refuse_other_secret(archive, manifest, settings)
        is_loaded = _begin(settings, backup=hashlib.sha256(archive.read(MANIFEST)).hexdigest())
        migrations.upgrade(settings.database_url)
        if not is_loaded:  # the rows come last: where they are, the photos are, but for those forgotten again
            _load_files(archive, settings, progress)
            in_transaction(lambda: _load_tables(archive, progress))
    forgotten = forget_again()
    (settings.instance / UNFINISHED).unlink()
    rows: dict[str, int] = manifest["rows"]
    return rows, forgotten


def is_unfinished(settings: Settings) -> bool:
    """Whether a restore was begun here and has not ended: whoever was erased since the backup may still be known."""
    return (settings.instance / UNFINISHED).exists()


def refuse_unfinished(settings: Settings) -> None:
    """Raises `BackupError`."""
    if is_unfinished(settings):
        raise BackupError("a restore was begun here and has not ended: run the same `flask restore FILE` again")


@contextmanager
def _draft_of(target: Path) -> Iterator[IO[bytes]]:
    """A file that becomes the target once it is whole and on the disk, readable by its owner only."""
    draft = target.with_name(target.name + ".partial")
    with _private(draft) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = os.path.samestat(os.fstat(file.fileno()), draft.stat())
        except (BlockingIOError, FileNotFoundError):
            is_ours = False
        if not is_ours:
            raise BackupError(f"another backup is being written to {target}")
        try:
            file.truncate()  # of one that was killed
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    sync_folder(target.parent)


def _private(path: Path) -> IO[bytes]:
    """As private as what the running town writes."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb")


def _write_snapshot(archive: zipfile.ZipFile, manifest: dict[str, Any], settings: Settings, progress: Progress) -> None:
    if archive.namelist():
        raise BackupError("the database was being changed beneath the backup: run it again")  # this is a second try
    heads = audit.write_heads(settings)  # first: it begins the snapshot
    manifest["revision"] = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    for source in Base.metadata.sorted_tables:
        # SQLAlchemy's names are a kind of str that orjson does not take as a key.
        table_name, digest, count = str(source.name), hashlib.sha256(), 0
        name = f"tables/{table_name}.jsonl"
        rows = db.session.execute(select(source).execution_options(yield_per=ROWS_AT_ONCE))
        with archive.open(name, "w", force_zip64=True) as file:
            for batch in rows.partitions():
                lines = b"".join(orjson.dumps([_plain(value) for value in row]) + b"\n" for row in batch)
                digest.update(lines)
                file.write(lines)
                count += len(batch)
                progress(table_name, count)
        manifest["rows"][table_name], manifest["sha256"][name] = count, digest.hexdigest()
    _write_part(archive, manifest, HEADS, heads)
    if any(_own_key(settings)):
        _write_part(archive, manifest, KEY, settings.secret_key)


def _write_file(archive: zipfile.ZipFile, manifest: dict[str, Any], path: Path, settings: Settings) -> None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return  # its time had come since the snapshot
    _write_part(archive, manifest, f"files/{path.relative_to(settings.instance)}", content)


def _write_part(archive: zipfile.ZipFile, manifest: dict[str, Any], name: str, content: bytes) -> None:
    manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
    archive.writestr(zipfile.ZipInfo(name), content)  # stored: photos do not shrink


def _own_key(settings: Settings) -> Iterator[Path]:
    """The file of the secret, where the town lives by one that was made in its instance."""
    file = settings.instance / SECRET_FILE
    if file.exists() and file.read_bytes() == settings.secret_key:
        yield file


def _photos(settings: Settings) -> Iterator[Path]:
    """Those that are whole: one that is just being written has no row yet."""
    for path in sorted((settings.instance / "evidence").rglob("*")):
        if _PHOTO.fullmatch(f"files/{path.relative_to(settings.instance)}"):
            yield path


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source)
    except _NOT_WHOLE as problem:
        raise BackupError(f"{source} is not a whole backup: {problem}") from problem
    with archive:
        yield archive


def _checked(archive: zipfile.ZipFile, source: Path, progress: Progress) -> dict[str, Any]:
    """The manifest, once every part has been read and is what it says."""
    try:
        _refuse_bomb(archive, packed_bytes=source.stat().st_size)
        manifest: dict[str, Any] = orjson.loads(archive.read(MANIFEST))
        _refuse_other_version(manifest)
        _refuse_other_parts(archive, manifest)
        for count, (name, known) in enumerate(manifest["sha256"].items(), start=1):
            with archive.open(name) as part:
                if _sha256(part) != known:
                    raise BackupError(f"{source} is not a whole backup: {name} was changed")
            progress("checked", count)
    except _NOT_WHOLE as problem:
        raise BackupError(f"{source} is not a whole backup: {problem!r}") from problem
    return manifest


def _refuse_bomb(archive: zipfile.ZipFile, *, packed_bytes: int) -> None:
    parts = archive.infolist()
    is_bomb = sum(part.compress_size for part in parts) > packed_bytes or any(
        part.file_size > UNPACKED_TIMES_MAX * part.compress_size + 2**20 for part in parts
    )
    if is_bomb:
        raise BackupError("it would unpack to far more than a backup does: nothing of it is read")


def _refuse_other_version(manifest: dict[str, Any]) -> None:
    if manifest["format"] != FORMAT:
        raise BackupError(f"this backup has format {manifest['format']}, and this version reads {FORMAT}")
    if manifest["revision"] != migrations.newest():
        made_by, here = manifest["revision"], migrations.newest()
        raise BackupError(f"its schema is {made_by}, this version's is {here}: restore with its version, then upgrade")


def _refuse_other_parts(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Every table and nothing that a backup never holds: a name says where a file is written."""
    tables = {f"tables/{one.name}.jsonl" for one in Base.metadata.sorted_tables}
    parts, listed = sorted(archive.namelist()), {MANIFEST, *manifest["sha256"]}
    if parts != sorted(listed) or tables - listed:
        raise BackupError(f"parts are missing or too many: {sorted(set(parts) ^ (listed | tables))[:5]}")
    if strange := [n for n in listed - tables - {MANIFEST, HEADS, KEY} if not _PHOTO.fullmatch(n)]:
        raise BackupError(f"no backup holds such a part: {strange[:5]}")


def _sha256(part: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := part.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def _refuse_other_secret(archive: zipfile.ZipFile, manifest: dict[str, Any], settings: Settings) -> None:
    if hmac.compare_digest(str(manifest["secret"]), settings.key("backup").hex()):
        return
    if KEY not in archive.namelist() or not any(_own_key(settings)):
        raise BackupError("it was made under another secret: set BONAFETA_SECRET_KEY to the one of that town")


def _begin(settings: Settings, *, backup: str) -> bool:
    """Refuse a place that is not empty; else mark it as unfinished, from here on. True where an earlier run of the same
    restore has loaded the tables, which is one transaction."""
    mark = settings.instance / UNFINISHED
    occupied = [name for name in inspect(db.engine).get_table_names() if name != "alembic_version" and _has_rows(name)]
    if mark.exists():
        if mark.read_text() != backup:
            raise BackupError("a restore of another file was begun here: end it with that one, or take a new place")
        return bool(occupied)
    if occupied:
        raise BackupError(f"the database is not empty ({', '.join(occupied[:5])}): restore into a new one")
    if any(_photos(settings)) or audit.head_file(settings).exists():
        raise BackupError(f"the folder {settings.instance} holds photos or audit heads already: restore into a new one")
    _write(mark, backup.encode())
    return False


def _has_rows(name: str) -> bool:
    first = select(literal(1)).select_from(table(name)).limit(1)
    return in_transaction(lambda: db.session.scalar(first), does=Does.READS) is not None


def _load_files(archive: zipfile.ZipFile, settings: Settings, progress: Progress) -> None:
    names = [name for name in archive.namelist() if name.startswith("files/")]
    if not any(_own_key(settings)):
        names = [name for name in names if name != KEY]
    for count, name in enumerate(names, start=1):
        _write(settings.instance / name.removeprefix("files/"), archive.read(name))
        progress("files", count)


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(target.name + ".draft")
    with _private(draft) as file:
        file.truncate()
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    sync_folder(target.parent)


def _load_tables(archive: zipfile.ZipFile, progress: Progress) -> None:
    for target in Base.metadata.sorted_tables:
        columns, count, batch = list(target.columns), 0, []
        with archive.open(f"tables/{target.name}.jsonl") as file:
            for line in file:
                values = orjson.loads(line)
                batch.append({column.key: _typed(column, value) for column, value in zip(columns, values, strict=True)})
                if len(batch) == ROWS_AT_ONCE:
                    db.session.execute(insert(target), batch)
                    count, batch = count + len(batch), []
                    progress(target.name, count)
        if batch:
            db.session.execute(insert(target), batch)
        progress(target.name, count + len(batch))


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
