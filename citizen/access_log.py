"""Everyone sees which office looked at what of theirs, when and why; auditors see every entry, and are seen (C43)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import audit
from core.audit import AuditEntry
from core.db import db
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor


def who_looked_at(citizen_id: UUID, *, cursor: str | None, limit: int) -> Any:
    """What others did or looked at in somebody's matters, newest first; offices and never names."""
    rows = select(AuditEntry).where(
        AuditEntry.subject_id == citizen_id, AuditEntry.actor_id.is_distinct_from(citizen_id)
    )
    return _page(rows, ("at", "office", "kind", "purpose", "object"), cursor=cursor, limit=limit)


def entries(
    *,
    office: str | None,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    cursor: str | None,
    limit: int,
    who: Caller,
    at: datetime,
) -> Any:
    """The log, newest first, from `since` until before `until`. That it was read is an entry too."""
    rows = select(AuditEntry)
    if office is not None:
        rows = rows.where(AuditEntry.office == office)
    if kind is not None:
        rows = rows.where(AuditEntry.kind == kind)
    if since is not None:
        rows = rows.where(AuditEntry.at >= since)
    if until is not None:
        rows = rows.where(AuditEntry.at < until)
    columns = ("id", "at", "office", "kind", "subject_id", "object", "purpose", "actor_id")
    found = _page(rows, columns, cursor=cursor, limit=limit)
    # What they asked for is a kind only where something of it is there; anything else would be free text.
    told = kind if kind and found["items"] else ""
    audit.record("audit.read", by=who, role=Role.AUDITOR, object=told, purpose="audit", at=at)
    return found


def _page(rows: Any, columns: tuple[str, ...], *, cursor: str | None, limit: int) -> Any:
    after = read_cursor(cursor, datetime, UUID)
    if after is not None:
        last_at, last_id = after
        rows = rows.where((AuditEntry.at < last_at) | ((AuditEntry.at == last_at) & (AuditEntry.id < last_id)))
    newest_first = rows.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit + 1)
    return page(
        db.session.scalars(newest_first).all(),
        limit=limit,
        key=lambda row: (row.at, row.id),
        dump=lambda row: {name.removesuffix("_id"): getattr(row, name) for name in columns},
    )
