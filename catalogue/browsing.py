"""The catalogue is open to everyone without login, with every rule that was, is or will be (charter C19, C20)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from orjson import Fragment
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased

from catalogue.deed_rules import RULE_COLUMNS, is_open, rule_of
from catalogue.models import CatalogueState, DeedVersion, District
from core.clock import local_date
from core.db import db, run
from core.differences import differences
from core.driver import send
from core.errors import NotFound
from core.http.paging import page, read_cursor
from core.http.public_pages import Edition
from core.settings import City
from core.titles import folded, title_in


def version_in_force(deed_code: str, *, at: datetime) -> DeedVersion | None:
    """The rule by which a deed done `at` that instant is judged; None when there was none yet, or no such deed."""
    return db.session.scalars(
        select(DeedVersion)
        .where(DeedVersion.deed_code == deed_code, DeedVersion.in_force_from <= at)
        .order_by(DeedVersion.in_force_from.desc(), DeedVersion.number.desc())
        .limit(1)
    ).first()


def version_numbered(deed_code: str, number: int) -> DeedVersion:
    """A version that is known to be there, such as the one that a submission names."""
    return db.session.get_one(DeedVersion, (deed_code, number))


def announced_rules() -> dict[str, tuple[datetime, dict[str, Any]]]:
    """What every deed says once all that was published is in force, and from when, by code."""
    rows = db.session.execute(select(*_COLUMNS).order_by(DeedVersion.in_force_from, DeedVersion.number))
    return {row.deed_code: (row.in_force_from, rule_of(row)) for row in rows}  # the last one stays


def edition(connection: Connection, *, at: datetime, city: City) -> Edition:
    """What every public page of the catalogue depends on: what was published, which versions are in force, which
    review dates are over. One statement."""
    published, newest = send(connection, _EDITION, {"at": at}).one()
    return published, newest and newest.astimezone(UTC), local_date(at, zone=city.zone)


def deeds(
    *,
    at: datetime,
    city: City,
    language: str,
    limit: int,
    cursor: str | None = None,
    category: str | None = None,
    district: str | None = None,
    access: str | None = None,
    q: str | None = None,
    all: bool = False,
) -> tuple[Edition, Any]:
    """A page of the deeds that can be done now, by code, and the edition that it is of. `q` finds those that hold all
    of its words; `all` lists also what cannot be done now. One statement, two where nothing is found."""
    after = read_cursor(cursor, str)
    words = folded([q or ""]).split()
    wished = {
        "after": after and after[0],
        "category": category,
        "access": access and _holding(f'"{access}"'),
        "district": district,
        "in_district": district and _holding(f'"{district}"'),
        **{f"word_{number}": _holding(word) for number, word in enumerate(words)},
    }
    wished = {name: value for name, value in wished.items() if value is not None}
    now = {"at": at, "today": local_date(at, zone=city.zone)}
    names = frozenset(wished) | ({"all"} if all else frozenset())
    rows = run(_listing(names, rows_max=limit + 1), wished | now).all()
    shown = page(
        rows,
        limit=limit,
        key=lambda row: (row.code,),
        dump=lambda row: _listed_dump(
            row, is_open=not all or is_open(row, at=at, city=city), language=language, city=city
        ),
    )
    if not rows:
        return edition(db.session.connection(), at=at, city=city), shown
    return (rows[0].published, rows[0].newest, local_date(at, zone=city.zone)), shown


def deed(code: str, *, at: datetime, city: City, language: str) -> dict[str, Any]:
    """What a deed says now, also when its review date is over. Raises `NotFound`."""
    version = version_in_force(code, at=at)
    if version is None:
        raise NotFound()
    return deed_dump(version, at=at, city=city, language=language)


def versions(
    code: str, *, at: datetime, city: City, language: str, limit: int, cursor: str | None = None
) -> dict[str, Any]:
    """A page of a deed's versions, newest first, with what each changed; announced ones too. Raises `NotFound`."""
    query = select(DeedVersion).where(DeedVersion.deed_code == code)
    before = read_cursor(cursor, int)
    if before is not None:
        query = query.where(DeedVersion.number < before[0])
    rows = db.session.scalars(query.order_by(DeedVersion.number.desc()).limit(limit + 1)).all()
    if not rows and before is None:
        raise NotFound()
    older = dict(zip(rows, [*rows[1:], None], strict=True))
    answer: dict[str, Any] = page(
        rows,
        limit=limit,
        key=lambda row: (row.number,),
        dump=lambda row: _version_dump(row, older[row], at=at, city=city, language=language),
    )
    return answer


def deed_dump(version: Any, *, at: datetime, city: City, language: str) -> dict[str, Any]:
    """A version (the model or a row with its columns) as the API shows it."""
    return {
        "code": version.deed_code,
        "title": title_in(version.titles, language=language, city=city),
        **rule_of(version),
        "version": version.number,
        "in_force_from": version.in_force_from,
        "is_open": is_open(version, at=at, city=city),
    }


def _listed_dump(row: Row[Any], *, is_open: bool, language: str, city: City) -> dict[str, Any]:
    """The same of a row of `_listing`: its columns have the API's names, and its lists stay as they were written."""
    shown = dict(zip(_LISTED, row, strict=False))  # the edition stands at the end
    shown |= {name: Fragment(shown[name]) for name in _LISTS}
    return shown | {"title": title_in(row.titles, language=language, city=city), "is_open": is_open}


def _version_dump(
    version: DeedVersion, older: DeedVersion | None, *, at: datetime, city: City, language: str
) -> dict[str, Any]:
    return {
        **deed_dump(version, at=at, city=city, language=language),
        "published_at": version.published_at,
        "reason": version.reason,
        "changes": differences(rule_of(older), rule_of(version)) if older else [],
    }


_PUBLISHED = select(CatalogueState.version).scalar_subquery()


def _newest(at: Any) -> ScalarSelect[datetime]:
    return select(func.max(DeedVersion.in_force_from)).where(DeedVersion.in_force_from <= at).scalar_subquery()


# Asked at every reading, so it is built once.
_EDITION = select(_PUBLISHED, _newest(bindparam("at")))

_COLUMNS: Sequence[Any] = (
    DeedVersion.deed_code,
    DeedVersion.number,
    DeedVersion.in_force_from,
    *RULE_COLUMNS.values(),
)

_LISTS = ("evidence", "access", "districts")
_LISTED: dict[str, Any] = {
    "code": DeedVersion.deed_code,
    "version": DeedVersion.number,
    "in_force_from": DeedVersion.in_force_from,
    **RULE_COLUMNS,
    **{name: cast(RULE_COLUMNS[name], Text) for name in _LISTS},
}
"""What the API shows of a deed in force, by its name there."""


@lru_cache(maxsize=256)
def _listing(wished: frozenset[str], *, rows_max: int) -> Select[Any]:
    """The deeds that can be done `today`, with what is wished of them by name; built once for each set of wishes,
    which takes as long as asking the database."""
    query = (
        select(
            *(column.label(name) for name, column in _LISTED.items()),
            _PUBLISHED.label("published"),
            _newest(bindparam("at")).label("newest"),
        )
        .order_by(DeedVersion.deed_code)
        .limit(literal_column(str(rows_max)))  # written out: what a page costs is known only by its length
    )
    in_force = _is_in_force(beyond="after" if "after" in wished else None)
    if "all" in wished:
        query = query.where(in_force | _is_first_to_come(beyond="after" if "after" in wished else None))
    else:
        query = query.where(
            in_force,
            DeedVersion.review_by >= bindparam("today"),
            func.coalesce(DeedVersion.paused_until < bindparam("today"), true()),
        )
    if "category" in wished:
        query = query.where(DeedVersion.category == bindparam("category"))
    if "access" in wished:
        query = query.where(_as_text(DeedVersion.access).like(bindparam("access"), escape="/"))
    if "district" in wished:
        everywhere = _as_text(DeedVersion.districts) == "[]"
        there = _as_text(DeedVersion.districts).like(bindparam("in_district"), escape="/")
        is_known = select(District.code).where(District.code == bindparam("district")).exists()
        query = query.where(is_known, everywhere | there)
    for word in sorted(name for name in wished if name.startswith("word_")):
        query = query.where(DeedVersion.search.like(bindparam(word), escape="/"))
    return query


def _is_in_force(*, beyond: str | None) -> ColumnElement[bool]:
    """Of each deed the version that no newer one has replaced, by its unique key (deed_code, in_force_from, number).

    It is said so that the deeds are read in the order of their codes, and no further than the page: by an anti-join
    whose size a prepared plan can guess, and with the place where the page begins (`beyond`) on both its sides.
    """
    newer = aliased(DeedVersion)
    replaced = exists().where(
        newer.deed_code == DeedVersion.deed_code,
        newer.in_force_from <= bindparam("at"),
        tuple_(newer.in_force_from, newer.number) > tuple_(DeedVersion.in_force_from, DeedVersion.number),
    )
    if beyond is None:
        return and_(DeedVersion.in_force_from <= bindparam("at"), ~replaced)
    here = (DeedVersion.deed_code > bindparam(beyond), DeedVersion.in_force_from <= bindparam("at"))
    return and_(*here, ~replaced.where(newer.deed_code > bindparam(beyond)))


def _is_first_to_come(*, beyond: str | None) -> ColumnElement[bool]:
    """Of a deed that was never in force the version that will be the first."""
    sooner = aliased(DeedVersion)
    begins_before = (sooner.in_force_from < DeedVersion.in_force_from) | and_(
        sooner.in_force_from == DeedVersion.in_force_from, sooner.number > DeedVersion.number
    )
    is_first = ~exists().where(sooner.deed_code == DeedVersion.deed_code, begins_before)
    here = [] if beyond is None else [DeedVersion.deed_code > bindparam(beyond)]
    return and_(DeedVersion.in_force_from > bindparam("at"), is_first, *here)


def _as_text(codes: Any) -> ColumnElement[str]:
    """A JSON list of codes as it is written: a code has no quotes, so the text of the list tells what is in it."""
    return cast(codes, Text)


def _holding(part: str) -> str:
    """The LIKE pattern of what holds this, escaped by `/`."""
    for special in "/%_":
        part = part.replace(special, f"/{special}")
    return f"%{part}%"
