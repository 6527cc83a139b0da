"""An organiser says in public when and where a deed can be done, and sees who came only as far as they agreed (C4)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, tuple_

from catalogue import event_codes
from catalogue.districts import check_district
from catalogue.event_codes import EventCode
from catalogue.models import Attendance, Deed, Event, Submission
from catalogue.submissions import DeedUnknown
from citizen.consents import has_consented
from citizen.models import Citizen
from core import audit
from core.db import db
from core.errors import Conflict, Invalid, NotFound
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.ids import new_id
from core.settings import City, Settings

LASTS_MAX = timedelta(days=31)
NAME_PURPOSE = "name-to-organiser"


class EventTimesInvalid(Invalid):
    """An event ends after it starts and lasts 31 days at most; a standing placement has no end."""


class EventCancelled(Conflict):
    """This event was cancelled."""


class EventNotOn(Conflict):
    """An event shows its code from its start to its end."""


def announce(
    deed_code: str,
    *,
    who: Caller,
    title: str,
    starts_at: datetime,
    ends_at: datetime | None,
    district: str | None,
    at: datetime,
) -> Event:
    """Announce an event, or a standing placement, which has no end. Raises `DeedUnknown`, `DistrictUnknown`,
    `EventTimesInvalid`."""
    if db.session.get(Deed, deed_code) is None:
        raise DeedUnknown()
    event = Event(
        id=new_id(),
        organiser_id=who.citizen_id,
        office=who.office(Role.ORGANISER),
        deed_code=deed_code,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        district=district,
        created_at=at,
    )
    _check(event)
    db.session.add(event)
    _record("event.announced", event, who=who, at=at)
    return event


def alter(event_id: UUID, changes: dict[str, Any], *, who: Caller, at: datetime) -> Event:
    """Change `title`, `starts_at`, `ends_at` or `district`. Raises `NotFound`, `EventCancelled`, `DistrictUnknown`,
    `EventTimesInvalid`."""
    event = _own(event_id, who=who, locked=True)
    if event.cancelled_at is not None:
        raise EventCancelled()
    for name, value in changes.items():
        setattr(event, name, value)
    _check(event)
    _record("event.altered", event, who=who, at=at)
    return event


def cancel(event_id: UUID, *, who: Caller, at: datetime) -> None:
    """Nobody can name it or check in any more; who did, keeps that. Again: no change. Raises `NotFound`."""
    event = _own(event_id, who=who, locked=True)
    if event.cancelled_at is None:
        event.cancelled_at = at
        _record("event.cancelled", event, who=who, at=at)


def event_shown(event_id: UUID) -> dict[str, Any]:
    """Raises `NotFound`."""
    event = db.session.get(Event, event_id)
    if event is None:
        raise NotFound()
    return event_dump(event)


def listed(*, deed: str | None, district: str | None, since: datetime, cursor: str | None, limit: int) -> Any:
    """Events that have not ended at `since`, placements among them, by their start. One statement."""
    query = select(Event).where(Event.cancelled_at.is_(None), or_(Event.ends_at.is_(None), Event.ends_at > since))
    if deed is not None:
        query = query.where(Event.deed_code == deed)
    if district is not None:
        query = query.where(Event.district == district)
    if after := read_cursor(cursor, datetime, UUID):
        query = query.where(tuple_(Event.starts_at, Event.id) > after)
    events = db.session.scalars(query.order_by(Event.starts_at, Event.id).limit(limit + 1)).all()
    return page(events, limit=limit, key=lambda event: (event.starts_at, event.id), dump=event_dump)


def own_events(*, who: Caller, cursor: str | None, limit: int) -> Any:
    """What this organiser announced, by its start, the latest first."""
    query = select(Event).where(Event.organiser_id == who.citizen_id)
    if after := read_cursor(cursor, datetime, UUID):
        query = query.where(tuple_(Event.starts_at, Event.id) < after)
    found = db.session.scalars(query.order_by(Event.starts_at.desc(), Event.id.desc()).limit(limit + 1)).all()
    return page(found, limit=limit, key=lambda event: (event.starts_at, event.id), dump=event_dump)


def code_now(event_id: UUID, *, who: Caller, at: datetime, settings: Settings) -> EventCode:
    """What its organiser shows to those who came. Raises `NotFound`, `EventCancelled`, `EventNotOn`."""
    event = _own(event_id, who=who)
    if event.cancelled_at is not None:
        raise EventCancelled()
    if at < event.starts_at or (event.ends_at is not None and at > event.ends_at):
        raise EventNotOn(starts_at=event.starts_at, ends_at=event.ends_at)
    return event_codes.code_at(event_id, at=at, key=code_key(settings))


def code_key(settings: Settings) -> bytes:
    return settings.key("event codes")


def attendance(event_id: UUID, *, who: Caller, cursor: str | None, limit: int, at: datetime, city: City) -> Any:
    """Who checked in at an own event, by when; each shown is a line in the log. Raises `NotFound`."""
    _own(event_id, who=who)
    query = select(Attendance).where(Attendance.event_id == event_id)
    if after := read_cursor(cursor, datetime, UUID):
        query = query.where(tuple_(Attendance.at, Attendance.submission_id) > after)
    scans = db.session.scalars(query.order_by(Attendance.at, Attendance.submission_id).limit(limit + 1)).all()
    came = submissions_of([(scan.citizen_id, scan.submission_id) for scan in scans[:limit]])
    for submission in came.values():
        audit.record(
            "attendance.read",
            by=who,
            role=Role.ORGANISER,
            subject_id=submission.citizen_id,
            object=submission.id,
            purpose="confirmation",
            at=at,
        )
    return page(
        scans,
        limit=limit,
        key=lambda scan: (scan.at, scan.submission_id),
        dump=lambda scan: {
            "submission": scan.submission_id,
            "scanned_at": scan.scanned_at,
            "status": came[scan.submission_id].status,
            "name": name_for_organiser(scan.citizen_id, city=city),
        },
    )


def name_for_organiser(citizen_id: UUID, *, city: City) -> str | None:
    """The name on their profile, if they agreed that organisers see it; else none."""
    if not has_consented(citizen_id, NAME_PURPOSE, city=city):
        return None
    return db.session.get_one(Citizen, citizen_id).name


def submissions_of(keys: list[tuple[UUID, UUID]]) -> dict[UUID, Submission]:
    """Submissions of many residents by (citizen_id, id), in one statement."""
    if not keys:
        return {}
    found = db.session.scalars(select(Submission).where(tuple_(Submission.citizen_id, Submission.id).in_(keys)))
    return {submission.id: submission for submission in found}


def event_dump(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "deed": event.deed_code,
        "title": event.title,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "district": event.district,
        "office": event.office,
        "is_cancelled": event.cancelled_at is not None,
    }


def _own(event_id: UUID, *, who: Caller, locked: bool = False) -> Event:
    query = select(Event).where(Event.id == event_id, Event.organiser_id == who.citizen_id)
    if locked:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    event = db.session.scalars(query).one_or_none()
    if event is None:
        raise NotFound()
    return event


def _check(event: Event) -> None:
    if event.ends_at is not None and not timedelta() < event.ends_at - event.starts_at <= LASTS_MAX:
        raise EventTimesInvalid(starts_at=event.starts_at, ends_at=event.ends_at)
    if event.district is not None:
        with db.session.no_autoflush:  # the foreign key would speak first, as a crash
            check_district(event.district)


def _record(kind: str, event: Event, *, who: Caller, at: datetime) -> None:
    audit.record(kind, by=who, role=Role.ORGANISER, object=event.id, purpose="events", at=at)
