"""Pages follow a key: their union has no gap and no double, and a cursor that is not ours is told so."""

import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, tuple_

from core.db import db
from core.http.attempts import Attempt
from core.http.paging import BadCursor, cursor_of, page, read_cursor
from core.http.schemas import INT_MAX
from tests.core.conftest import Room

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOON_TEXT = NOON.isoformat()
SOME_ID = "0193a1b2-0000-7000-8000-000000000000"
KEYS = (datetime, UUID, int, str)


def cursor_with(parts: Any) -> str:
    return base64.urlsafe_b64encode(parts if isinstance(parts, bytes) else orjson.dumps(parts)).decode()


@given(st.datetimes(timezones=st.just(UTC)), st.uuids(), st.integers(-INT_MAX, INT_MAX), st.text(max_size=60))
def test_a_cursor_gives_back_its_key(at: datetime, uuid: UUID, number: int, text: str) -> None:
    text = text.replace("\0", "")
    key = (at, uuid, number, text)

    if len(cursor_of(*key)) <= 500:
        assert read_cursor(cursor_of(*key), *KEYS) == key


def test_no_cursor_is_the_first_page() -> None:
    assert read_cursor(None, *KEYS) is None


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "\ud800",
        "====",
        "%00",
        cursor_with(b"\xff\xfe"),
        cursor_with(b"[" * 300),
        cursor_with({}),
        cursor_with("text"),
        cursor_with([]),
        cursor_with([NOON_TEXT]),
        cursor_with([NOON_TEXT, SOME_ID, 1, "a", "b"]),
        cursor_with([1, SOME_ID, 1, "a"]),
        cursor_with(["2026-11-23T12:00:00", SOME_ID, 1, "a"]),
        cursor_with(["0001-01-01T00:00:00+23:59", SOME_ID, 1, "a"]),
        cursor_with(["9999-12-31T23:59:59-23:59", SOME_ID, 1, "a"]),
        cursor_with(["never", SOME_ID, 1, "a"]),
        cursor_with([NOON_TEXT, "not-a-uuid", 1, "a"]),
        cursor_with([NOON_TEXT, None, 1, "a"]),
        cursor_with([NOON_TEXT, SOME_ID, True, "a"]),
        cursor_with([NOON_TEXT, SOME_ID, 1.5, "a"]),
        cursor_with([NOON_TEXT, SOME_ID, "1", "a"]),
        cursor_with([NOON_TEXT, SOME_ID, INT_MAX + 1, "a"]),
        cursor_with(f'["{NOON_TEXT}", "{SOME_ID}", {10**30}, "a"]'.encode()),
        cursor_with([NOON_TEXT, SOME_ID, 1, "\0"]),
        cursor_with([NOON_TEXT, SOME_ID, 1, 1]),
        cursor_with([NOON_TEXT, SOME_ID, 1, "a" * 500]),
    ],
)
def test_a_cursor_that_no_list_gave_is_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(cursor, *KEYS)


@given(
    st.text(max_size=60)
    | st.binary(max_size=60).map(cursor_with)
    | st.lists(st.text() | st.integers(-5, 5)).map(cursor_with)
)
def test_no_cursor_breaks_the_house(cursor: str) -> None:
    for kinds in (KEYS, (str,), (int,), (datetime, UUID)):
        with suppress(BadCursor):
            assert len(read_cursor(cursor, *kinds) or ()) == len(kinds)


def test_an_instant_in_a_cursor_is_in_utc() -> None:
    at = NOON.astimezone(timezone(timedelta(hours=5)))

    (found,) = read_cursor(cursor_with([at.isoformat()]), datetime) or ()

    assert (found, found.tzinfo) == (NOON, UTC)


def test_the_pages_together_are_the_list_also_while_it_grows(app: Flask, client: FlaskClient, room: Room) -> None:
    """Rows that come later than those read are not in the way; none read is read again."""

    def add(names: list[str]) -> None:
        def write() -> dict[str, Any]:
            db.session.add_all([Attempt(bucket=name, window_starts_at=NOON, tries=1) for name in names])
            return {}

        room.view = write
        assert client.post("/api/v1/room/writes").status_code == 200

    def read(cursor: str | None) -> Any:
        after = read_cursor(cursor, datetime, str)
        rows = select(Attempt).order_by(Attempt.window_starts_at, Attempt.bucket).limit(4)
        if after is not None:
            rows = rows.where(tuple_(Attempt.window_starts_at, Attempt.bucket) > tuple_(*after))
        found = db.session.scalars(rows).all()
        return page(found, limit=3, key=lambda row: (row.window_starts_at, row.bucket), dump=lambda row: row.bucket)

    def shown(cursor: str | None) -> Any:
        room.view = lambda: read(cursor)
        return client.post("/api/v1/room/reads").json

    add([f"b{number:02}" for number in range(10)])
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        answer = shown(cursor)
        seen += answer["items"]
        cursor, pages = answer["next_cursor"], pages + 1
        add([f"a{pages}", f"c{pages}"])  # before what was read, and after it

    assert [name for name in seen if name.startswith("b")] == [f"b{number:02}" for number in range(10)]
    assert len(seen) == len(set(seen))
    assert not [name for name in seen if name.startswith("a")]


def test_a_full_last_page_says_that_it_is_the_last() -> None:
    assert page([1, 2], limit=2, key=lambda row: (row,), dump=str) == {"items": ["1", "2"], "next_cursor": None}
    assert page([], limit=2, key=lambda row: (row,), dump=str) == {"items": [], "next_cursor": None}
    assert page([1, 2, 3], limit=2, key=lambda row: (row,), dump=str)["next_cursor"] == cursor_of(2)
