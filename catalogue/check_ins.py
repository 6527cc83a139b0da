"""Who scans the code that an event shows was there, once; a deed of low value needs no more (charter C23)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from catalogue import event_codes
from catalogue.browsing import version_numbered
from catalogue.models import Attendance, DeedVersion, Event, ReviewCase, Submission
from catalogue.submissions import DoneOutsideEvent, EventUnknown, change, open_submission, own_submission, rule_at
from catalogue.verification import approve_by_rule
from core.db import db
from core.errors import Conflict, Invalid
from core.http.attempts import count_attempt, refuse_if_exhausted
from core.http.doors import Caller
from core.settings import City
from rewards import ledger

SENT_WITHIN = timedelta(hours=24)
"""A phone without signal may send a scan for so long."""
WRONG_CODES_MAX, WRONG_CODES_WINDOW = 20, timedelta(hours=1)
"""Per resident; then even the right one waits for the next hour."""
QUANTITY_MAX = 100_000


class EventCodeInvalid(Invalid):
    """This is not the code of an event."""

    stays = True  # the try is counted


class EventCodeTooOld(Invalid):
    """This code was shown more than 24 hours ago."""


class CheckInNotUsed(Conflict):
    """This deed is not shown by checking in."""


def check_in(
    code: str,
    *,
    who: Caller,
    submission_id: UUID | None,
    without_points: bool,
    key: bytes,
    at: datetime,
    city: City,
) -> tuple[Submission, bool]:
    """The resident's submission for this event, made now unless they had sent one; the second value is False when
    they had checked in before, and nothing is changed. Who wants no points, then or now, gets none (charter C36).
    Raises what stands above, `EventUnknown`, `DoneOutsideEvent`, `TooManyRequests`, and what `submissions.submit`
    raises."""
    bucket = f"check-in:{who.citizen_id}"
    refuse_if_exhausted(bucket, at_most=WRONG_CODES_MAX, window=WRONG_CODES_WINDOW, at=at)
    scan = event_codes.read(code, key=key)
    if scan is None or scan.step_starts_at > at + event_codes.STEP:
        count_attempt(bucket, at_most=WRONG_CODES_MAX, window=WRONG_CODES_WINDOW, at=at)
        raise EventCodeInvalid()
    event = db.session.get(Event, scan.event_id)
    if event is None or event.cancelled_at is not None:
        raise EventUnknown()
    is_over = event.ends_at is not None and scan.step_starts_at > event.ends_at
    if scan.step_starts_at + event_codes.STEP <= event.starts_at or is_over:
        raise DoneOutsideEvent(starts_at=event.starts_at, ends_at=event.ends_at)
    ledger.lock_account(who.citizen_id)
    if there := db.session.get(Attendance, (event.id, who.citizen_id)):
        return own_submission(there.submission_id, who=who), False
    if at - scan.step_starts_at > SENT_WITHIN:
        raise EventCodeTooOld()
    scanned_at = min(max(scan.step_starts_at, event.starts_at), at)
    submission = _sent_before(event, who=who)
    if submission is None:
        version = rule_at(event.deed_code, done_at=scanned_at, at=at, city=city)
        _check_used(version)
        submission = open_submission(
            version,
            who=who,
            submission_id=submission_id,
            done_at=scanned_at,
            quantity=_quantity_shown(event, version),
            note=None,
            event_id=event.id,
            without_points=without_points,
            at=at,
            city=city,
        )
    else:
        version = version_numbered(submission.deed_code, submission.deed_version)
        _check_used(version)
        submission.without_points = submission.without_points or without_points
    db.session.add(
        Attendance(
            event_id=event.id,
            citizen_id=who.citizen_id,
            submission_id=submission.id,
            scanned_at=scanned_at,
            at=at,
        )
    )
    case = db.session.get_one(ReviewCase, submission.id, populate_existing=True)
    change(submission, case, version=version, at=at, city=city)
    # The organiser has the code at any time: their own check-in goes to a verifier, whatever its value.
    is_low = case.points_expected <= city.review.by_rule_points_max and event.organiser_id != who.citizen_id
    if version.evidence == ["event_code"] and is_low and submission.quantity <= _quantity_shown(event, version):
        approve_by_rule(submission, at=at, city=city)
    return submission, True


def _sent_before(event: Event, *, who: Caller) -> Submission | None:
    """The submission for this event that awaits its check-in."""
    waiting = select(Submission).where(
        Submission.citizen_id == who.citizen_id,
        Submission.event_id == event.id,
        Submission.status == "submitted",
    )
    return db.session.scalars(waiting.order_by(Submission.submitted_at).limit(1)).first()


def _check_used(version: DeedVersion) -> None:
    if "event_code" not in version.evidence:
        raise CheckInNotUsed()


def _quantity_shown(event: Event, version: DeedVersion) -> int:
    """What a check-in shows: one, or where the unit is the hour the event's length in minutes (at a standing
    placement, how long the deed usually takes)."""
    if version.unit != "hour":
        return 1
    if event.ends_at is None:
        return version.minutes
    return max(1, min(QUANTITY_MAX, int((event.ends_at - event.starts_at).total_seconds()) // 60))
