"""The organiser of the named event says how much was done, or no; either way a verifier decides (charter C31)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from catalogue.browsing import version_numbered
from catalogue.events import name_for_organiser, submissions_of
from catalogue.models import Confirmation, Event, ReviewCase, Submission
from catalogue.submissions import change, locked
from catalogue.verification import OwnCase
from core import audit
from core.db import db
from core.errors import Conflict, NotFound
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.settings import City
from core.titles import title_in


class AlreadyConfirmed(Conflict):
    """This submission has its organiser's answer."""


class NotAwaitingConfirmation(Conflict):
    """No organiser's answer is awaited on this submission."""


def awaiting(*, who: Caller, cursor: str | None, limit: int, at: datetime, language: str, city: City) -> Any:
    """The submissions that name my events and await my answer, oldest first; each shown is a line in the log."""
    mine = select(Event.id).where(Event.organiser_id == who.citizen_id)
    query = select(ReviewCase).where(
        ReviewCase.event_id.in_(mine),
        ReviewCase.due_at.is_not(None),
        ReviewCase.confirmed_by.is_(None),
        ReviewCase.citizen_id != who.citizen_id,
    )
    if after := read_cursor(cursor, datetime, UUID):
        query = query.where(tuple_(ReviewCase.submitted_at, ReviewCase.submission_id) > after)
    oldest = query.order_by(ReviewCase.submitted_at, ReviewCase.submission_id)
    cases = db.session.scalars(oldest.limit(limit + 1)).all()
    found = submissions_of([(case.citizen_id, case.submission_id) for case in cases[:limit]])

    def dump(case: ReviewCase) -> dict[str, Any] | None:
        submission = found[case.submission_id]
        if submission.status != "awaiting_confirmation":
            return None  # a verifier has asked the resident about it
        _record("submission.listed", submission, who=who, at=at)
        return _dump(submission, case, language=language, city=city)

    listed: dict[str, Any] = page(
        cases, limit=limit, key=lambda case: (case.submitted_at, case.submission_id), dump=dump
    )
    return listed | {"items": [item for item in listed["items"] if item]}


def confirm(
    submission_id: UUID,
    *,
    confirmed: bool,
    quantity: int | None,
    text: str | None,
    who: Caller,
    at: datetime,
    city: City,
) -> dict[str, Any]:
    """Say what was done, once. Without a quantity a yes is to what was claimed. Raises `NotFound` for everybody but
    the organiser of the named event, `OwnCase`, `AlreadyConfirmed`, `NotAwaitingConfirmation`."""
    found = db.session.get(ReviewCase, submission_id)
    event = db.session.get(Event, found.event_id) if found is not None and found.event_id else None
    if found is None or event is None or event.organiser_id != who.citizen_id:
        raise NotFound()
    if found.citizen_id == who.citizen_id:
        raise OwnCase()
    submission, case = locked(submission_id, citizen_id=found.citizen_id)
    if db.session.get(Confirmation, (submission.citizen_id, submission_id)):
        raise AlreadyConfirmed()
    if submission.status != "awaiting_confirmation":
        raise NotAwaitingConfirmation(submission_status=submission.status)
    confirmation = Confirmation(
        citizen_id=submission.citizen_id,
        submission_id=submission_id,
        confirmed=confirmed,
        quantity=(quantity or submission.quantity) if confirmed else None,
        text=text,
        organiser_id=who.citizen_id,
        at=at,
    )
    db.session.add(confirmation)
    submission.quantity_confirmed = confirmation.quantity
    case.confirmed_by = who.citizen_id
    version = version_numbered(submission.deed_code, submission.deed_version)
    change(submission, case, version=version, at=at, city=city)
    _record("submission.confirmed" if confirmed else "submission.denied", submission, who=who, at=at)
    return {
        "submission": submission_id,
        "status": submission.status,
        "confirmed": confirmed,
        "quantity": confirmation.quantity,
        "text": text,
        "at": at,
    }


def _dump(submission: Submission, case: ReviewCase, *, language: str, city: City) -> dict[str, Any]:
    version = version_numbered(submission.deed_code, submission.deed_version)
    return {
        "submission": submission.id,
        "event": case.event_id,
        "deed": submission.deed_code,
        "deed_title": title_in(version.titles, language=language, city=city),
        "done_at": submission.done_at,
        "quantity": submission.quantity,
        "unit": version.unit,
        "submitted_at": submission.submitted_at,
        "due_at": case.due_at,
        "name": name_for_organiser(submission.citizen_id, city=city),
    }


def _record(kind: str, submission: Submission, *, who: Caller, at: datetime) -> None:
    audit.record(
        kind,
        by=who,
        role=Role.ORGANISER,
        subject_id=submission.citizen_id,
        object=submission.id,
        purpose="confirmation",
        at=at,
    )
