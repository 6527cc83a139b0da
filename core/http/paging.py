"""Lists are read by key, never by offset: the union of pages has no gap and no double while others write (A12)."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from marshmallow import fields

from core.errors import Invalid
from core.http.schemas import INT_MAX, Schema, WholeInQuery

LIMIT_DEFAULT, LIMIT_MAX = 20, 100


class BadCursor(Invalid):
    """The cursor is not one that this list gave: start again without it."""


class PageQuery(Schema):
    """What every list takes."""

    cursor = fields.String(metadata={"description": "`next_cursor` of the page before", "maxLength": 500})
    limit = WholeInQuery(at_least=1, at_most=LIMIT_MAX, load_default=LIMIT_DEFAULT)


def page_of(item: type[Schema], *, name: str | None = None) -> type[Schema]:
    """The schema `{items: [item], next_cursor}`; `next_cursor` is null on the last page."""
    made: type[Schema] = Schema.from_dict(  # type: ignore[assignment]
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(required=True, allow_none=True),
        },
        name=name or f"{item.__name__}Page",
    )
    return made


def page(rows: Sequence[Any], *, limit: int, key: Callable[[Any], tuple[Any, ...]], dump: Callable[[Any], Any]) -> Any:
    """One page from up to `limit + 1` rows: the extra one only says that there are more."""
    shown = rows[:limit]
    more = len(rows) > limit
    return {"items": [dump(row) for row in shown], "next_cursor": cursor_of(*key(shown[-1])) if more else None}


def cursor_of(*parts: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts, default=str)).rstrip(b"=").decode()


def read_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The key behind a cursor, each part of its kind (`str`, `int`, `datetime`, `UUID`). Raises `BadCursor`."""
    if cursor is None:
        return None
    try:
        parts = orjson.loads(base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), b"-_", validate=True))
        if not isinstance(parts, list) or len(cursor) > 500:
            raise ValueError("not a key")
        return tuple(_part(kind, part) for kind, part in zip(kinds, parts, strict=True))
    except (ValueError, binascii.Error, TypeError, OverflowError) as problem:
        raise BadCursor() from problem


def _part(kind: type, part: Any) -> Any:
    if kind is int:
        if isinstance(part, bool) or not isinstance(part, int) or abs(part) > INT_MAX:
            raise ValueError("not an integer of the database's")
        return part
    if not isinstance(part, str) or "\0" in part:
        raise ValueError("not text")
    if kind is datetime:
        instant = datetime.fromisoformat(part)
        if instant.tzinfo is None:
            raise ValueError("no zone")
        return instant.astimezone(UTC)
    return UUID(part) if kind is UUID else part
