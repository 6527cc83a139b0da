"""What the catalogue holds of a person: theirs to take away, and without words, photos or places once they go (C2)."""

from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from catalogue.evidence import file_of
from catalogue.models import (
    Attendance,
    CaseGivenBack,
    Confirmation,
    Decision,
    DeedVersion,
    Event,
    Evidence,
    EvidenceOwner,
    ReviewCase,
    Submission,
)
from catalogue.submissions import OPEN, close
from citizen.personal_data import PersonalDataHolder
from core.clock import iso
from core.db import db
from core.settings import Settings
from rewards import ledger


def export(citizen_id: UUID) -> dict[str, Any]:
    """What they did and what was said of it (promises A58). A photo is at `/api/v1/evidence/{id}` until it is deleted.
    What they decided for an office is that office's act: it is in the log, and about others."""
    submissions = _rows(Submission, citizen_id, _SUBMISSION, Submission.submitted_at)
    scanned = select(Attendance.event_id, Attendance.submission_id, Attendance.scanned_at).where(
        Attendance.event_id.in_([UUID(row["event_id"]) for row in submissions if row["event_id"]]),
        Attendance.citizen_id == citizen_id,
    )
    announced = select(Event.id, Event.deed_code, Event.title, Event.starts_at, Event.ends_at, Event.district).where(
        Event.organiser_id == citizen_id
    )
    return {
        "submissions": submissions,
        "evidence": _rows(Evidence, citizen_id, _EVIDENCE, Evidence.id),
        "confirmations": _rows(Confirmation, citizen_id, "submission_id confirmed quantity text at", Confirmation.at),
        "decisions": _rows(Decision, citizen_id, _DECISION, Decision.at),
        "check_ins": _plain_rows(scanned),
        "events_announced": _plain_rows(announced.order_by(Event.id)),
    }


def erase(citizen_id: UUID, *, at: datetime, settings: Settings) -> list[Path]:
    """Nothing is decided any more on what is open; notes, texts, photos and the events they were at go. What they did
    for the programme stays under a number that leads to nobody, and events stay with their office."""
    ledger.lock_account(citizen_id)
    submissions = db.session.scalars(
        select(Submission).where(Submission.citizen_id == citizen_id).execution_options(populate_existing=True)
    ).all()
    for submission in submissions:
        if submission.status in OPEN:
            close(submission, db.session.get_one(ReviewCase, submission.id), status="withdrawn", delete_evidence_at=at)
    db.session.flush()
    event_ids = {submission.event_id for submission in submissions if submission.event_id}
    ids = [submission.id for submission in submissions]
    photos = db.session.scalars(select(Evidence.id).where(_of(Evidence, citizen_id))).all()
    for forgotten in (
        delete(Attendance).where(Attendance.event_id.in_(event_ids), Attendance.citizen_id == citizen_id),
        delete(EvidenceOwner).where(EvidenceOwner.evidence_id.in_(photos)),
        update(ReviewCase).where(ReviewCase.submission_id.in_(ids)).values(event_id=None),
        update(Submission).where(_of(Submission, citizen_id)).values(event_id=None, note=None),
        update(Decision).where(_of(Decision, citizen_id)).values(text=None),
        update(Confirmation).where(_of(Confirmation, citizen_id)).values(text=None),
        update(ReviewCase).where(ReviewCase.leased_by == citizen_id).values(leased_by=None, leased_until=None),
    ):
        db.session.execute(forgotten)
    names = db.session.scalars(delete(Evidence).where(_of(Evidence, citizen_id)).returning(Evidence.file_name))
    return [file_of(name, settings=settings) for name in names]


_SUBMISSION = (
    "id deed_code deed_version status submitted_at done_at quantity quantity_confirmed without_points note event_id"
    " decided_at quantity_counted points_awarded cap_bound"
)
_EVIDENCE = "id submission_id media_type bytes sha256 width height uploaded_at deleted_at"
_DECISION = "submission_id number decision is_final reason_code text deed_version office at appeal_until"


def _of(model: Any, citizen_id: UUID) -> ColumnElement[bool]:
    return cast(ColumnElement[bool], model.citizen_id == citizen_id)


def _rows(model: Any, citizen_id: UUID, columns: str, order: Any) -> list[dict[str, Any]]:
    found = select(*(getattr(model, name) for name in columns.split())).where(_of(model, citizen_id))
    return _plain_rows(found.order_by(order))


def _plain_rows(query: Any) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in db.session.execute(query)]


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


HOLDER = PersonalDataHolder(
    models=(
        Submission,
        ReviewCase,
        CaseGivenBack,
        Decision,
        Confirmation,
        Evidence,
        EvidenceOwner,
        Attendance,
        Event,
        DeedVersion,
    ),
    export=export,
    erase=erase,
)
