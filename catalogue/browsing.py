"""The catalogue is open to everyone without login, with every rule that was, is or will be (charter C19, C20)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Text, bindparam, cast, func, select
from sqlalchemy.orm import aliased

from catalogue.deed_rules import RULE_COLUMNS, differences, is_open, rule_of
from catalogue.models import CatalogueState, DeedVersion, District
from core.clock import local_date
from core.db import db
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
    published, newest = connection.execute(_EDITION, {"at": at}).one()
    return published, newest, local_date(at, zone=city.zone)


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
) -> tuple[Edition, Any]:
    """A page of the deeds that can be done now, by code, and the edition that it is of. `q` finds those that hold all
    of its words. One statement, two where nothing is found."""
    query = (
        select(*_COLUMNS, _PUBLISHED.label("published"), _newest(at).label("newest"))
        .where(DeedVersion.number == _number_in_force(at), DeedVersion.review_by >= local_date(at, zone=city.zone))
        .order_by(DeedVersion.deed_code)
        .limit(limit + 1)
    )
    after = read_cursor(cursor, str)
    if after is not None:
        query = query.where(DeedVersion.deed_code > after[0])
    if category is not None:
        query = query.where(DeedVersion.category == category)
    if access is not None:
        query = query.where(_holds(DeedVersion.access, access))
    if district is not None:
        everywhere = cast(DeedVersion.districts, Text) == "[]"
        is_known = select(District.code).where(District.code == district).exists()
        query = query.where(is_known, everywhere | _holds(DeedVersion.districts, district))
    for word in folded([q or ""]).split():
        query = query.where(DeedVersion.search.contains(word, autoescape=True))
    connection = db.session.connection()
    rows = connection.execute(query).all()
    shown = page(
        rows,
        limit=limit,
        key=lambda row: (row.deed_code,),
        dump=lambda row: deed_dump(row, at=at, city=city, language=language),
    )
    if not rows:
        return edition(connection, at=at, city=city), shown
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


def _number_in_force(at: datetime) -> ColumnElement[int]:
    """Of each deed, by its unique key (deed_code, in_force_from, number)."""
    one = aliased(DeedVersion)
    return (
        select(one.number)
        .where(one.deed_code == DeedVersion.deed_code, one.in_force_from <= at)
        .order_by(one.in_force_from.desc(), one.number.desc())
        .limit(1)
        .correlate(DeedVersion)
        .scalar_subquery()
    )


def _holds(codes: Any, code: str) -> ColumnElement[bool]:
    """Whether a JSON list of codes holds this one; a code has no quotes, so the text of the list tells."""
    return cast(codes, Text).contains(f'"{code}"', autoescape=True)
