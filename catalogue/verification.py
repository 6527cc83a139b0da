"""A deed counts once a verifier, never its own doer, has confirmed it; from a set value it takes two (charter C44)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from catalogue import caps, reason_codes
from catalogue.browsing import version_numbered
from catalogue.models import CaseGivenBack, Confirmation, Decision, Event, ReviewCase, Submission
from catalogue.review import take
from catalogue.submissions import close, locked
from core import audit
from core.db import db, savepoint
from core.errors import Conflict, Forbidden, NotFound, Refusal
from core.http.doors import Caller, Role
from core.settings import City
from rewards import ledger

AWARD_REVISION = 1
"""A submission is awarded once; an appeal that is upheld will be its second revision."""
EVENT_CASES_MAX = 200

_AUDITED = {"approve": "approved", "decline": "declined", "ask": "asked", "reverse": "reversed"}


class OwnCase(Forbidden):
    """Nobody decides their own case."""


class OwnDecision(Forbidden):
    """You confirmed, approved or gave back this case before: somebody else decides it."""


class PreconditionRequired(Refusal):
    """Send the ETag of the version that you saw as If-Match: a decision is about what was seen."""

    status = 428


class VersionChanged(Refusal):
    """The submission has changed since you saw it: read it again."""

    status = 412


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
    found = db.session.get(ReviewCase, submission_id)
    if found is None:
        raise NotFound()
    submission, case = locked(submission_id, citizen_id=found.citizen_id)
    _check_person(case, who=who)
    if revision_seen is None:
        raise PreconditionRequired()
    _check_in_review(submission)
    if submission.revision != revision_seen:
        raise VersionChanged(revision=submission.revision)
    return _decided(submission, decision, reason_code=reason_code, text=text, who=who, at=at, city=city)


def decide_event(
    event_id: UUID, decision: str, *, reason_code: str | None, text: str | None, who: Caller, at: datetime, city: City
) -> dict[str, Any]:
    """Approve or decline all cases of an event that wait, each by itself: `{items, left}`, one item per case.

    `left` is how many more wait than one call takes. Raises `NotFound`, `ReasonCodeUnknown`.
    """
    reason_code = _reason_code(reason_code, decision)
    if db.session.get(Event, event_id) is None:
        raise NotFound()
    of_event = (ReviewCase.event_id == event_id, ReviewCase.queued_at.is_not(None))
    # Accounts are locked in one order, so that two such calls do not wait for each other.
    ids = select(ReviewCase.citizen_id, ReviewCase.submission_id).where(*of_event)
    found = db.session.execute(ids.order_by(ReviewCase.citizen_id, ReviewCase.submission_id)).all()
    items = []
    for citizen_id, submission_id in found[:EVENT_CASES_MAX]:
        try:
            with savepoint():
                submission, case = locked(submission_id, citizen_id=citizen_id)
                _check_person(case, who=who)
                _check_in_review(submission)
                if decision == "approve" and _is_denied(submission):
                    raise DeniedByOrganiser()
                done = _decided(submission, decision, reason_code=reason_code, text=text, who=who, at=at, city=city)
        except (Conflict, Forbidden) as no:
            items.append({"submission": submission_id, "result": "refused", "code": no.code()})
        else:
            result = "approved_first" if done["second_verifier_needed"] else f"{decision}d"
            items.append(done | {"result": result})
    return {"items": items, "left": max(0, len(found) - EVENT_CASES_MAX)}


def approve_by_rule(submission: Submission, case: ReviewCase, *, at: datetime, city: City) -> None:
    """Approve a check-in of low value without a person, and say so (charter C23). The caller holds the account lock
    and has seen that its value is low."""
    revision = submission.revision
    _award(submission, case, at=at, city=city)
    write_decision(
        submission,
        "approve",
        reason_code=reason_codes.LOW_VALUE,
        text=None,
        who=None,
        revision=revision,
        at=at,
        city=city,
    )


def write_decision(
    submission: Submission,
    decision: str,
    *,
    is_final: bool = True,
    reason_code: str,
    text: str | None,
    who: Caller | None,
    revision: int,
    at: datetime,
    city: City,
) -> Decision:
    """A row and a line in the log, with all that charter C22 asks for. Without `who` a rule decided, and the office is
    the one that answers for the rule."""
    number = select(func.count()).where(
        Decision.citizen_id == submission.citizen_id, Decision.submission_id == submission.id
    )
    written = Decision(
        citizen_id=submission.citizen_id,
        submission_id=submission.id,
        number=(db.session.scalar(number) or 0) + 1,
        decision=decision,
        is_final=is_final,
        reason_code=reason_code,
        text=text,
        deed_version=submission.deed_version,
        revision=revision,
        decided_by=who.citizen_id if who else None,
        office=who.office(Role.VERIFIER) if who else city.office(Role.VERIFIER.value),
        at=at,
        appeal_until=appeal_end(at, city=city) if is_final else None,
    )
    db.session.add(written)
    audit.record(
        f"submission.{_AUDITED[decision]}" if is_final or decision == "ask" else "submission.approved_first",
        by=who,
        office="" if who is None else written.office,
        subject_id=submission.citizen_id,
        object=submission.id,
        purpose=reason_code,
        at=at,
    )
    return written


def appeal_end(at: datetime, *, city: City) -> datetime:
    """Until when a decision of now can be appealed; its photos are kept as long (charter C17)."""
    return at + timedelta(days=city.review.appeal_days)


def _decided(
    submission: Submission, decision: str, *, reason_code: str, text: str | None, who: Caller, at: datetime, city: City
) -> dict[str, Any]:
    """The decision itself, on a submission that is in review and locked. Raises `LeasedByAnother`."""
    case = take(submission.id, who=who, at=at, city=city)
    if case is None:
        raise LeasedByAnother()
    seen = submission.revision
    is_first_of_two = (
        decision == "approve"
        and case.points_expected >= city.review.two_verifiers_from_points
        and case.first_verifier_id is None
    )
    if is_first_of_two:
        case.first_verifier_id = who.citizen_id
        submission.revision += 1
        case.leased_by = case.leased_until = None
    elif decision == "approve":
        _award(submission, case, at=at, city=city)
    elif decision == "decline":
        submission.decided_at = at
        close(submission, case, status="declined", delete_evidence_at=appeal_end(at, city=city))
    else:
        submission.status = "asked"
        submission.revision += 1
        case.due_at = at + timedelta(days=city.review.ask_days)
        case.queued_at = case.leased_by = case.leased_until = None
    is_final = decision != "ask" and not is_first_of_two
    written = write_decision(
        submission,
        decision,
        is_final=is_final,
        reason_code=reason_code,
        text=text,
        who=who,
        revision=seen,
        at=at,
        city=city,
    )
    return {
        "submission": submission.id,
        "status": submission.status,
        "revision": submission.revision,
        "decision": decision,
        "reason_code": reason_code,
        "rule_version": submission.deed_version,
        "office": written.office,
        "points_awarded": submission.points_awarded,
        "cap_bound": submission.cap_bound,
        "second_verifier_needed": is_first_of_two,
        "appeal_until": written.appeal_until,
    }


def _award(submission: Submission, case: ReviewCase, *, at: datetime, city: City) -> None:
    version = version_numbered(submission.deed_code, submission.deed_version)
    balance = ledger.balance(submission.citizen_id, at=at)
    fit = caps.fit(submission, version, balance=balance, city=city)
    submission.decided_at = at
    submission.quantity_counted = fit.quantity
    submission.points_awarded = fit.points
    submission.cap_bound = fit.cap_bound
    close(submission, case, status="approved", delete_evidence_at=appeal_end(at, city=city))
    if fit.points:
        ledger.award(
            citizen_id=submission.citizen_id,
            submission_id=submission.id,
            revision=AWARD_REVISION,
            points=fit.points,
            deed_code=submission.deed_code,
            at=at,
            city=city,
        )


def _reason_code(code: str | None, decision: str) -> str:
    if code is None and decision == "approve":
        return reason_codes.DESCRIBED
    return reason_codes.checked(code or "", use=decision)


def _check_person(case: ReviewCase, *, who: Caller) -> None:
    """The same person, whatever account or role (promises A15)."""
    if case.citizen_id == who.citizen_id:
        raise OwnCase()
    had_it = who.citizen_id in (case.confirmed_by, case.first_verifier_id)
    if had_it or db.session.get(CaseGivenBack, (case.submission_id, who.citizen_id)) is not None:
        raise OwnDecision()


def _check_in_review(submission: Submission) -> None:
    if submission.status != "in_review":
        raise NotInReview(submission_status=submission.status)


def _is_denied(submission: Submission) -> bool:
    said = db.session.get(Confirmation, (submission.citizen_id, submission.id))
    return said is not None and not said.confirmed
