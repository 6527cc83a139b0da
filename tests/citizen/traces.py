"""What is kept anywhere: every row of every table and every byte of every file, to be searched for somebody."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url, select

from core.db import Base, db
from tests.town import Town


def traces_of(needle: str, *, town: Town) -> list[str]:
    """Where the text stands, in whatever case; empty when it stands nowhere."""
    return sorted({place for place, content in _everything(town) if needle.lower().encode() in content.lower()})


def rows_of(town: Town) -> list[tuple[str, bytes]]:
    """Every value of every row, with the table it stands in."""

    def values() -> list[tuple[str, bytes]]:
        return [
            (table.name, value if isinstance(value, bytes) else str(value).encode())
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table))
            for value in row
        ]

    found: list[tuple[str, bytes]] = town.does(values)
    return found


def _everything(town: Town) -> Iterator[tuple[str, bytes]]:
    yield from rows_of(town)
    for file in _files(town):
        yield file.name, file.read_bytes() + str(file).encode()


def _files(town: Town) -> Iterator[Path]:
    yield from (file for file in town.settings.instance.rglob("*") if file.is_file())
    if town.settings.is_sqlite:
        database = Path(make_url(town.settings.database_url).database or "")
        yield from database.parent.glob(f"{database.name}*")
