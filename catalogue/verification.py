"""A deed counts once a verifier, never its own doer, has confirmed it; from a set value it takes two (charter C44)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, func, or_, select

from catalogue import reason_codes
from catalogue.approval import appeal_end, approve, decision_rows, facts_of
from catalogue.models import CaseGivenBack, Confirmation, Decision, Event, ReviewCase, Submission
from catalogue.review import is_free, take
from catalogue.submissions import close, locked
from core.audit import AuditEntry
from core.db import db, run, savepoint
from core.errors import Conflict, Forbidden, NotFound, Refusal
from core.http.doors import Caller
from core.http.paging import cursor_of, read_cursor
from core.http.versions import VersionChanged
from core.settings import City
from rewards import ledger

EVENT_CASES_MAX = 200
"""How many cases of an event one call decides on."""
ASKED_AT_ONCE = 1000
"""A statement takes only so many values."""


class OwnCase(Forbidden):
    """Nobody decides their own case."""


class OwnDecision(Forbidden):
    """You confirmed, approved or gave back this case before: somebody else decides it."""


class PreconditionRequired(Refusal):
    """Send the ETag of the version that you saw as If-Match: a decision is about what was seen."""

    status = 428


class NotInReview(Conflict):
    """No decision is awaited on this submission."""


class LeasedByAnother(Conflict):
    """Another verifier has this case at the moment."""

    final = False


class DeniedByOrganiser(Conflict):
    """The organiser said no: this case is decided by itself, not with its event."""


def decide(
    submission_id: UUID,
    decision: str,
    *,
    reason_code: str | None,
    text: str | None,
    revision_seen: int | None,
    who: Caller,
    at: datetime,
    city: City,
) -> dict[str, Any]:
    """Approve, decline or ask for more. Answers the fields of `DecidedSchema`.

    Raises what stands above but `DeniedByOrganiser`, `NotFound`, `ReasonCodeUnknown`.
    """
    reason_code = _reason_code(reason_code, decision)
    citizen_id = run(_OWNER, {"submission": submission_id}).scalar_one_or_none()
    if citizen_id is None:
        raise NotFound()

    def check(submission: Submission | Row[Any]) -> None:
        if revision_seen is None:
            raise PreconditionRequired()
        _check_in_review(submission)
        if submission.revision != revision_seen:
            raise VersionChanged(revision=submission.revision)

    return _decided(
        submission_id,
        decision,
        citizen_id=citizen_id,
        check=check,
        reason_code=reason_code,
        text=text,
        who=who,
        at=at,
        city=city,
    )


def decide_event(
    event_id: UUID,
    decision: str,
    *,
    reason_code: str | None,
    text: str | None,
    cursor: str | None,
    who: Caller,
    at: datetime,
    city: City,
) -> dict[str, Any]:
    """Approve or decline the cases of an event that wait, each by itself: `{items, left, next_cursor}`, one item per
    case.

    Those that this verifier can decide come first, so that the others stand in nobody's way; `left` is how many of
    them come after this call. Raises `NotFound`, `ReasonCodeUnknown`, `BadCursor`.
    """
    reason_code = _reason_code(reason_code, decision)
    after = read_cursor(cursor, int, UUID)
    if db.session.get(Event, event_id) is None:
        raise NotFound()
    waiting = {
        (int(not may), case.submission_id): case
        for case, may in _of_event(event_id, decision, who=who, at=at, city=city)
    }
    to_come = sorted(key for key in waiting if after is None or key > after)
    now, later = to_come[:EVENT_CASES_MAX], to_come[EVENT_CASES_MAX:]

    def check(submission: Submission | Row[Any]) -> None:
        _check_in_review(submission)
        if decision == "approve" and _is_denied(submission):
            raise DeniedByOrganiser()

    items = []
    # Accounts are locked in one order, so that two such calls do not wait for each other.
    for case in sorted((waiting[key] for key in now), key=lambda case: (case.citizen_id, case.submission_id)):
        told = {"submission": case.submission_id, "queued_at": case.queued_at}
        try:
            with savepoint():
                done = _decided(
                    case.submission_id,
                    decision,
                    citizen_id=case.citizen_id,
                    check=check,
                    reason_code=reason_code,
                    text=text,
                    who=who,
                    at=at,
                    city=city,
                )
        except (Conflict, Forbidden) as no:
            items.append(told | {"result": "refused", "code": no.code()})
        else:
            result = "approved_first" if done["second_verifier_needed"] else f"{decision}d"
            items.append(told | done | {"result": result})
    left = sum(cannot == 0 for cannot, _ in later)
    return {"items": items, "left": left, "next_cursor": cursor_of(*now[-1]) if later else None}


def approve_by_rule(submission: Submission, *, at: datetime, city: City) -> None:
    """Approve a check-in of low value without a person, and say so (charter C23). The caller holds the account lock
    and has seen that its value is low."""
    db.session.flush()
    entry_seq = ledger.lock_for_entries(submission.citizen_id)
    facts = facts_of(submission.id, citizen_id=submission.citizen_id, at=at)
    approval = approve(
        facts, who=None, reason_code=reason_codes.LOW_VALUE, text=None, entry_seq=entry_seq, at=at, city=city
    )
    assert approval is not None, "a check-in has just put it into the queue"
    db.session.refresh(submission)


def write_decision(
    submission: Submission,
    decision: str,
    *,
    is_final: bool = True,
    reason_code: str,
    text: str | None,
    who: Caller,
    revision: int,
    at: datetime,
    city: City,
) -> Decision:
    """Write a decision and its line in the log; the caller holds the account lock."""
    number = select(func.count()).where(
        Decision.citizen_id == submission.citizen_id, Decision.submission_id == submission.id
    )
    rows = decision_rows(
        submission,
        decision,
        number=(db.session.scalar(number) or 0) + 1,
        revision=revision,
        is_final=is_final,
        reason_code=reason_code,
        text=text,
        who=who,
        at=at,
        city=city,
    )
    written = Decision(**rows[Decision])
    db.session.add_all([written, AuditEntry(**rows[AuditEntry])])
    return written


def _decided(
    submission_id: UUID,
    decision: str,
    *,
    citizen_id: UUID,
    check: Callable[[Submission | Row[Any]], None],
    reason_code: str,
    text: str | None,
    who: Caller,
    at: datetime,
    city: City,
) -> dict[str, Any]:
    """The decision itself, on what passes `check` under the account lock. Raises `OwnCase`, `OwnDecision`,
    `LeasedByAnother`."""
    entry_seq = ledger.lock_for_entries(citizen_id)
    case = run(_CASE, {"submission": submission_id, "verifier": who.citizen_id}).one()
    _check_person(case, who=who)
    needs_two = case.points_expected >= city.review.two_verifiers_from_points
    is_first_of_two = decision == "approve" and needs_two and case.first_verifier_id is None
    answer = {"submission": submission_id, "decision": decision, "reason_code": reason_code}
    if decision == "approve" and not is_first_of_two:
        facts = facts_of(submission_id, citizen_id=citizen_id, at=at)
        check(facts)
        approval = approve(facts, who=who, reason_code=reason_code, text=text, entry_seq=entry_seq, at=at, city=city)
        if approval is None:
            raise LeasedByAnother()
        return answer | {
            "status": "approved",
            "revision": approval.revision,
            "rule_version": facts.deed_version,
            "office": approval.office,
            "points_awarded": approval.points_awarded,
            "cap_bound": approval.cap_bound,
            "second_verifier_needed": False,
            "appeal_until": approval.appeal_until,
        }
    submission, _ = locked(submission_id, citizen_id=citizen_id)
    check(submission)
    taken = take(submission_id, who=who, at=at, city=city)
    if taken is None:
        raise LeasedByAnother()
    seen = submission.revision
    if is_first_of_two:
        taken.first_verifier_id = who.citizen_id
        submission.revision += 1
        taken.leased_by = taken.leased_until = None
    elif decision == "decline":
        submission.decided_at = at
        close(submission, taken, status="declined", delete_evidence_at=appeal_end(at, city=city))
    else:
        submission.status = "asked"
        submission.revision += 1
        taken.due_at = at + timedelta(days=city.review.ask_days)
        taken.queued_at = taken.leased_by = taken.leased_until = None
    written = write_decision(
        submission,
        decision,
        is_final=decision == "decline",
        reason_code=reason_code,
        text=text,
        who=who,
        revision=seen,
        at=at,
        city=city,
    )
    return answer | {
        "status": submission.status,
        "revision": submission.revision,
        "rule_version": submission.deed_version,
        "office": written.office,
        "points_awarded": None,
        "cap_bound": None,
        "second_verifier_needed": is_first_of_two,
        "appeal_until": written.appeal_until,
    }


def _of_event(
    event_id: UUID, decision: str, *, who: Caller, at: datetime, city: City
) -> Iterator[tuple[Row[Any], bool]]:
    """The cases of an event that wait, and whether this verifier can decide each, as far as is known before it is
    locked."""
    is_mine = ReviewCase.leased_by.is_not_distinct_from(who.citizen_id)
    query = _CASE_COLUMNS.add_columns(
        ReviewCase.submission_id,
        ReviewCase.queued_at,
        or_(is_mine, is_free(at, at + city.review.lease)).label("is_free"),
    ).where(ReviewCase.event_id == event_id, ReviewCase.queued_at.is_not(None))
    cases = db.session.execute(query, {"verifier": who.citizen_id}).all()
    heard = [case.citizen_id for case in cases if decision == "approve" and case.confirmed_by]
    denied: set[UUID] = set()
    for first in range(0, len(heard), ASKED_AT_ONCE):
        no = select(Confirmation.submission_id).where(
            Confirmation.citizen_id.in_(heard[first : first + ASKED_AT_ONCE]), ~Confirmation.confirmed
        )
        denied.update(db.session.scalars(no))
    for case in cases:
        yield case, case.is_free and case.submission_id not in denied and not _is_barred(case, who=who)


def _reason_code(code: str | None, decision: str) -> str:
    if code is None and decision == "approve":
        return reason_codes.DESCRIBED
    return reason_codes.checked(code or "", use=decision)


_OWNER = select(ReviewCase.citizen_id).where(ReviewCase.submission_id == bindparam("submission"))
_CASE_COLUMNS = select(
    ReviewCase.citizen_id,
    ReviewCase.points_expected,
    ReviewCase.confirmed_by,
    ReviewCase.first_verifier_id,
    exists()
    .where(CaseGivenBack.submission_id == ReviewCase.submission_id, CaseGivenBack.verifier_id == bindparam("verifier"))
    .label("was_given_back"),
)
_CASE = _CASE_COLUMNS.where(ReviewCase.submission_id == bindparam("submission"))


def _check_person(case: Row[Any], *, who: Caller) -> None:
    """The same person, whatever account or role (promises A15)."""
    if case.citizen_id == who.citizen_id:
        raise OwnCase()
    if _is_barred(case, who=who):
        raise OwnDecision()


def _is_barred(case: Row[Any], *, who: Caller) -> bool:
    had_it = case.was_given_back or who.citizen_id in (case.confirmed_by, case.first_verifier_id)
    return had_it or case.citizen_id == who.citizen_id


def _check_in_review(submission: Submission | Row[Any]) -> None:
    if submission.status != "in_review":
        raise NotInReview(submission_status=submission.status)


def _is_denied(submission: Submission | Row[Any]) -> bool:
    said = db.session.get(Confirmation, (submission.citizen_id, submission.id))
    return said is not None and not said.confirmed
