"""The resident sees their whole case; a verifier sees the same case without the person (promises A15)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from catalogue import reason_codes
from catalogue.checklist import checklist
from catalogue.models import (
    Attendance,
    Confirmation,
    Decision,
    DeedVersion,
    Event,
    Evidence,
    ReviewCase,
    Submission,
)
from catalogue.submissions import evidence_missing
from core.db import db
from core.settings import City
from core.titles import title_in


@dataclass
class _Around:
    """What lies around one submission."""

    version: DeedVersion
    case: ReviewCase
    event: Event | None
    confirmation: Confirmation | None = None
    is_checked_in: bool = False
    photos: list[Evidence] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def for_owner(submissions: Sequence[Submission], *, language: str, city: City) -> list[dict[str, Any]]:
    """Every field of `SubmissionSchema`, for submissions of one resident."""
    around = _around(submissions)
    return [_for_owner(submission, around[submission.id], language=language, city=city) for submission in submissions]


def for_reviewer(submission: Submission, *, at: datetime, language: str, city: City) -> dict[str, Any]:
    """Every field of `ReviewedSubmissionSchema`: nothing in it says who the resident is."""
    around = _around([submission])[submission.id]
    version, case = around.version, around.case
    return _facts(submission, around, language=language, city=city) | {
        "rule": {
            "points": version.points,
            "unit": version.unit,
            "max_per_day": version.per_day_max,
            "max_per_year": version.per_year_max,
            "evidence": version.evidence,
            "purpose": version.purpose,
            "category": version.category,
            "minutes": version.minutes,
            "access": version.access,
            "districts": version.districts,
        },
        "checklist": checklist(
            version,
            there=_given(around),
            quantity=submission.quantity,
            language=language,
            city=city,
        ),
        "takes_two": case.points_expected >= city.review.two_verifiers_from_points,
        "first_approval": case.first_verifier_id is not None,
        "questions": [
            {"reason_code": asked.reason_code, "text": asked.text, "at": asked.at}
            for asked in around.decisions
            if asked.decision == "ask"
        ],
        "queued_at": case.queued_at,
        "waiting_days": (at - case.queued_at).days if case.queued_at else 0,
        "leased_until": case.leased_until,
        "leased_seconds": int((case.leased_until - at).total_seconds()) if case.leased_until else 0,
    }


def _for_owner(submission: Submission, around: _Around, *, language: str, city: City) -> dict[str, Any]:
    given = _given(around) | {"organiser": around.confirmation is not None}
    is_incomplete = submission.status in ("submitted", "awaiting_confirmation")
    missing = evidence_missing(around.version, there={kind for kind, what in given.items() if what})
    return _facts(submission, around, language=language, city=city) | {
        "evidence_needed": missing if is_incomplete else [],
        "decisions": [_decision(one, language=language, city=city) for one in around.decisions],
        "points_awarded": submission.points_awarded,
        "cap_bound": submission.cap_bound,
        "submitted_at": submission.submitted_at,
        "due_at": around.case.due_at,
    }


def _given(around: _Around) -> dict[str, bool]:
    """Which kinds of evidence are there; an organiser's no is none."""
    confirmed = around.confirmation is not None and around.confirmation.confirmed
    return {"photo": bool(around.photos), "event_code": around.is_checked_in, "organiser": confirmed}


def _facts(submission: Submission, around: _Around, *, language: str, city: City) -> dict[str, Any]:
    version, case, event, confirmation = around.version, around.case, around.event, around.confirmation
    return {
        "id": submission.id,
        "deed": submission.deed_code,
        "deed_title": title_in(version.titles, language=language, city=city),
        "rule_version": version.number,
        "status": submission.status,
        "revision": submission.revision,
        "done_at": submission.done_at,
        "quantity": submission.quantity,
        "unit": version.unit,
        "note": submission.note,
        "event": event
        and {"id": event.id, "title": event.title, "starts_at": event.starts_at, "ends_at": event.ends_at},
        "without_points": submission.without_points,
        "evidence": [{"id": photo.id, "uploaded_at": photo.uploaded_at} for photo in around.photos],
        "confirmation": confirmation
        and {
            "confirmed": confirmation.confirmed,
            "quantity": confirmation.quantity,
            "text": confirmation.text,
            "at": confirmation.at,
        },
        "points_expected": case.points_expected,
        "promised_by": promised_by(case, city=city),
    }


def promised_by(case: ReviewCase, *, city: City) -> datetime | None:
    """Until when the office has promised a decision, while one is awaited (charter C25)."""
    return case.queued_at and case.queued_at + timedelta(days=city.review.promised_days)


def _decision(decision: Decision, *, language: str, city: City) -> dict[str, Any]:
    """Charter C22: the rule version, a reason code and text, the office, how to appeal until when."""
    how_to_appeal = title_in(city.terms.appeal, language=language, city=city)
    return {
        "decision": decision.decision,
        "is_final": decision.is_final,
        "reason_code": decision.reason_code,
        "reason": reason_codes.told(decision.reason_code, language=language, city=city),
        "text": decision.text,
        "rule_version": decision.deed_version,
        "office": decision.office,
        "at": decision.at,
        "appeal_until": decision.appeal_until,
        "how_to_appeal": how_to_appeal if decision.appeal_until else None,
    }


def _around(submissions: Sequence[Submission]) -> dict[UUID, _Around]:
    """One statement per table for one resident's submissions, however many."""
    if not submissions:
        return {}
    citizen_id, ids = submissions[0].citizen_id, [submission.id for submission in submissions]
    rules = {(submission.deed_code, submission.deed_version) for submission in submissions}
    versions = {
        (version.deed_code, version.number): version
        for version in _all(
            select(DeedVersion).where(tuple_(DeedVersion.deed_code, DeedVersion.number).in_(rules)),
        )
    }
    cases = {case.submission_id: case for case in _all(select(ReviewCase).where(ReviewCase.submission_id.in_(ids)))}
    event_ids = {submission.event_id for submission in submissions if submission.event_id}
    events = {event.id: event for event in _all(select(Event).where(Event.id.in_(event_ids)))} if event_ids else {}
    around = {
        submission.id: _Around(
            version=versions[submission.deed_code, submission.deed_version],
            case=cases[submission.id],
            event=events.get(submission.event_id) if submission.event_id else None,
        )
        for submission in submissions
    }

    def theirs(model: type[Any]) -> Any:
        return select(model).where(model.citizen_id == citizen_id, model.submission_id.in_(ids))

    for confirmation in _all(theirs(Confirmation)):
        around[confirmation.submission_id].confirmation = confirmation
    for photo in _all(theirs(Evidence).where(Evidence.deleted_at.is_(None)).order_by(Evidence.id)):
        around[photo.submission_id].photos.append(photo)
    for decision in _all(theirs(Decision).order_by(Decision.number)):
        around[decision.submission_id].decisions.append(decision)
    if event_ids:
        for scan in _all(theirs(Attendance).where(Attendance.event_id.in_(event_ids))):
            around[scan.submission_id].is_checked_in = True
    return around


def _all(query: Any) -> Iterable[Any]:
    return db.session.scalars(query)
