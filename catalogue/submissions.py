"""Only the person themself says what they did; it goes to a verifier as soon as what its rule asks for is there."""

from collections.abc import Set
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from catalogue import caps
from catalogue.browsing import version_in_force, version_numbered
from catalogue.deed_rules import is_paused
from catalogue.models import (
    Attendance,
    CaseGivenBack,
    Confirmation,
    Deed,
    DeedVersion,
    Event,
    Evidence,
    EvidenceOwner,
    ReviewCase,
    Submission,
)
from core.clock import local_date
from core.db import db
from core.errors import Conflict, Invalid, NotFound
from core.http.doors import Caller
from core.ids import new_id
from core.settings import City
from rewards import ledger

OPEN = ("submitted", "awaiting_confirmation", "in_review", "asked")
"""The states in which nothing is decided yet."""

CURSOR = (datetime, UUID)
"""What a list of one's own is read by: `(submitted_at, id)`."""

CLOCK_SLACK = timedelta(minutes=2)
"""A phone's clock may run ahead by this much; what it says of the future is taken as now."""


APPROVED_BEFORE = "approved_before"
"""Why a case is not offered to its first verifier again, once it has changed."""


class DeedUnknown(Invalid):
    """There is no such deed in the catalogue."""


class DeedNotInForce(Invalid):
    """This deed had no rule in force when you did it."""


class DeedLapsed(Conflict):
    """This deed is past its review date and cannot be claimed until the city renews it."""


class DeedPaused(Conflict):
    """This deed was paused when you did it: what was done before still counts."""


class DoneInFuture(Invalid):
    """A deed can be claimed once it is done."""


class ClaimWindowOver(Invalid):
    """This was done too long ago to be claimed."""


class QuantityRequired(Invalid):
    """Say how many minutes it took: this deed earns points by the hour."""


class EventRequired(Invalid):
    """Name the event or placement where you did it: its organiser confirms it."""


class EventUnknown(Invalid):
    """There is no such event of this deed, or it was cancelled."""


class DoneOutsideEvent(Invalid):
    """The event was not on when you say that you did it."""


class SubmissionDiffers(Conflict):
    """You sent a submission with this id before, and it said something else."""


class SubmissionIdTaken(Conflict):
    """This id is in use: take a new UUIDv7."""


class Leaving(Conflict):
    """You are leaving: points can still be spent, but no longer earned."""


class AlreadyDecided(Conflict):
    """This submission has been decided."""


def submit(
    deed_code: str,
    *,
    who: Caller,
    submission_id: UUID | None,
    done_at: datetime,
    quantity: int | None,
    note: str | None,
    event_id: UUID | None,
    without_points: bool,
    at: datetime,
    city: City,
) -> tuple[Submission, bool]:
    """Take a resident's claim; the second value is False when this very claim was there already (sent again).

    It is judged by the rule in force at `done_at` (charter C20). Raises what stands above, but `AlreadyDecided`.
    """
    ledger.lock_account(who.citizen_id)
    if submission_id is not None and (found := db.session.get(Submission, (who.citizen_id, submission_id))):
        said = (deed_code, min(done_at, found.submitted_at), quantity or 1, note, event_id, without_points)
        if said != (found.deed_code, found.done_at, found.quantity, found.note, found.event_id, found.without_points):
            raise SubmissionDiffers()
        return found, False
    if done_at > at + CLOCK_SLACK:
        raise DoneInFuture(now=at)
    done_at = min(done_at, at)
    if done_at < at - timedelta(days=city.claims.window_days):
        raise ClaimWindowOver(window_days=city.claims.window_days)
    version = rule_at(deed_code, done_at=done_at, at=at, city=city)
    if quantity is None and version.unit == "hour":
        raise QuantityRequired()
    if event_id is not None:
        _check_event(event_id, deed_code=deed_code, done_at=done_at)
    elif {"organiser", "event_code"} & set(version.evidence):
        raise EventRequired()
    return open_submission(
        version,
        who=who,
        submission_id=submission_id,
        done_at=done_at,
        quantity=quantity or 1,
        note=note,
        event_id=event_id,
        without_points=without_points,
        at=at,
        city=city,
    ), True


def open_submission(
    version: DeedVersion,
    *,
    who: Caller,
    submission_id: UUID | None,
    done_at: datetime,
    quantity: int,
    note: str | None,
    event_id: UUID | None,
    without_points: bool,
    at: datetime,
    city: City,
) -> Submission:
    """Write the submission and its case. The caller holds the account lock and has checked the claim. Raises
    `Leaving`, `SubmissionIdTaken`."""
    if who.is_leaving:
        raise Leaving()
    if submission_id is not None and db.session.get(ReviewCase, submission_id) is not None:
        raise SubmissionIdTaken()
    submission = Submission(
        citizen_id=who.citizen_id,
        id=submission_id or new_id(),
        deed_code=version.deed_code,
        deed_version=version.number,
        status="submitted",
        revision=0,
        submitted_at=at,
        done_at=done_at,
        done_on=local_date(done_at, zone=city.zone),
        quantity=quantity,
        note=note,
        event_id=event_id,
        without_points=without_points,
    )
    case = ReviewCase(
        submission_id=submission.id,
        citizen_id=who.citizen_id,
        deed_code=version.deed_code,
        event_id=event_id,
        submitted_at=at,
        points_expected=0,
    )
    db.session.add_all([submission, case])
    _move_on(submission, case, version=version, there=set(), at=at, city=city)
    db.session.flush()  # another's id speaks here; the edge then tries again and finds it taken
    return submission


def annotate(submission_id: UUID, *, who: Caller, note: str | None, at: datetime, city: City) -> Submission:
    """Change the note while nothing is decided; to a verifier's question this is an answer. Raises `NotFound`,
    `AlreadyDecided`."""
    submission, case = locked(submission_id, citizen_id=who.citizen_id)
    if submission.status not in OPEN:
        raise AlreadyDecided(submission_status=submission.status)
    if submission.note != note or submission.status == "asked":
        submission.note = note
        version = version_numbered(submission.deed_code, submission.deed_version)
        change(submission, case, version=version, at=at, city=city)
    return submission


def withdraw(submission_id: UUID, *, who: Caller, at: datetime) -> Submission:
    """Take a claim back, until it is decided; its photos go at the job's next round. Again: no change. Raises
    `NotFound`, `AlreadyDecided`."""
    submission, case = locked(submission_id, citizen_id=who.citizen_id)
    if submission.status in OPEN:
        close(submission, case, status="withdrawn", delete_evidence_at=at)
    elif submission.status != "withdrawn":
        raise AlreadyDecided(submission_status=submission.status)
    return submission


def own_submission(submission_id: UUID, *, who: Caller) -> Submission:
    """Raises `NotFound`."""
    found = db.session.get(Submission, (who.citizen_id, submission_id))
    if found is None:
        raise NotFound()
    return found


def own_submissions(*, is_open: bool, who: Caller, after: tuple[datetime, UUID] | None, limit: int) -> list[Submission]:
    """Newest first, one more than `limit` when there are more; with `is_open` only those that await a decision."""
    query = select(Submission).where(Submission.citizen_id == who.citizen_id)
    if is_open:
        query = query.where(Submission.status.in_(OPEN))
    if after is not None:
        query = query.where(tuple_(Submission.submitted_at, Submission.id) < after)
    newest = query.order_by(Submission.submitted_at.desc(), Submission.id.desc())
    return list(db.session.scalars(newest.limit(limit + 1)))


def rule_at(deed_code: str, *, done_at: datetime, at: datetime, city: City) -> DeedVersion:
    """The rule that a deed done then is judged by. Raises `DeedUnknown`, `DeedNotInForce`, `DeedLapsed`,
    `DeedPaused`."""
    newest = version_in_force(deed_code, at=at)
    if newest is None:
        raise DeedNotInForce() if db.session.get(Deed, deed_code) else DeedUnknown()
    version = newest if newest.in_force_from <= done_at else version_in_force(deed_code, at=done_at)
    if version is None:
        raise DeedNotInForce()
    for rule, instant in ((version, done_at), (newest, at)):
        if local_date(instant, zone=city.zone) > rule.review_by:
            raise DeedLapsed(review_by=rule.review_by)
    if is_paused(version, local_date(done_at, zone=city.zone)):
        raise DeedPaused(paused_until=version.paused_until)
    return version


def locked(submission_id: UUID, *, citizen_id: UUID) -> tuple[Submission, ReviewCase]:
    """A submission and its case as they are now, with the account locked: every change of a submission passes here,
    so no two of one resident's overlap. Raises `NotFound`."""
    ledger.lock_account(citizen_id)
    submission = db.session.get(Submission, (citizen_id, submission_id), populate_existing=True)
    if submission is None:
        raise NotFound()
    return submission, db.session.get_one(ReviewCase, submission_id, populate_existing=True)


def change(submission: Submission, case: ReviewCase, *, version: DeedVersion, at: datetime, city: City) -> None:
    """What a decision would be about has changed: raise the revision, so that no decision on the old one stands
    (promises A16), and move on as far as what is there allows."""
    if case.first_verifier_id is not None:
        _void_first_approval(case, at=at)
    there = _evidence_there(submission, version) if submission.status in _INCOMPLETE else set()
    _move_on(submission, case, version=version, there=there, at=at, city=city)


def _move_on(
    submission: Submission, case: ReviewCase, *, version: DeedVersion, there: Set[str], at: datetime, city: City
) -> None:
    submission.revision += 1
    case.points_expected = caps.points_expected(submission, version)
    if submission.status in _INCOMPLETE:
        missing = evidence_missing(version, there=there)
        if missing == ["organiser"]:
            if submission.status == "submitted":
                submission.status = "awaiting_confirmation"
                case.due_at = at + timedelta(days=city.review.confirmation_days)
            return
        if missing:
            return
    queue(submission, case, at=at)


def queue(submission: Submission, case: ReviewCase, *, at: datetime) -> None:
    """Hand it to the verifiers; one that waits already keeps its place."""
    submission.status = "in_review"
    case.due_at = None
    case.queued_at = case.queued_at or at


def close(submission: Submission, case: ReviewCase, *, status: str, delete_evidence_at: datetime) -> None:
    """End the case: nobody is awaited any more, and its photos have a last day (charter C17)."""
    submission.status = status
    submission.revision += 1
    case.queued_at = case.due_at = case.leased_by = case.leased_until = None
    keep_evidence_until(submission, delete_evidence_at)


def keep_evidence_until(submission: Submission, delete_at: datetime) -> None:
    ids = select(Evidence.id).where(
        Evidence.citizen_id == submission.citizen_id,
        Evidence.submission_id == submission.id,
        Evidence.deleted_at.is_(None),
    )
    for photo_id in db.session.scalars(ids):
        if owner := db.session.get(EvidenceOwner, photo_id):
            owner.delete_at = delete_at


def evidence_missing(version: DeedVersion, *, there: Set[str]) -> list[str]:
    """Which of `photo`, `event_code`, `organiser` the rule asks for and nobody has given."""
    return [kind for kind in version.evidence if kind not in there]


def _void_first_approval(case: ReviewCase, *, at: datetime) -> None:
    """It was on another version. Its verifier has decided on this case, and does not do so again."""
    assert case.first_verifier_id is not None
    db.session.add(
        CaseGivenBack(
            submission_id=case.submission_id,
            verifier_id=case.first_verifier_id,
            reason_code=APPROVED_BEFORE,
            at=at,
        )
    )
    case.first_verifier_id = None


_INCOMPLETE = ("submitted", "awaiting_confirmation")


def _evidence_there(submission: Submission, version: DeedVersion) -> set[str]:
    """What has been given of the kinds that the rule asks for."""
    of_this = {"citizen_id": submission.citizen_id, "submission_id": submission.id}
    kinds: dict[str, Select[Any]] = {
        "photo": select(Evidence.id).filter_by(**of_this, deleted_at=None),
        "event_code": select(Attendance.event_id).filter_by(**of_this, event_id=submission.event_id),
        "organiser": select(Confirmation.at).filter_by(**of_this),
    }
    return {kind for kind in version.evidence if db.session.execute(kinds[kind].limit(1)).first()}


def _check_event(event_id: UUID, *, deed_code: str, done_at: datetime) -> None:
    event = db.session.get(Event, event_id)
    if event is None or event.cancelled_at is not None or event.deed_code != deed_code:
        raise EventUnknown()
    if done_at < event.starts_at or (event.ends_at is not None and done_at > event.ends_at):
        raise DoneOutsideEvent(starts_at=event.starts_at, ends_at=event.ends_at)
