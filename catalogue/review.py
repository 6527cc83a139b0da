"""A verifier takes the oldest case, without the resident's name, and has it alone for a quarter of an hour (A18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from catalogue import reason_codes
from catalogue.models import CaseGivenBack, Deed, DeedVersion, Event, ReviewCase, Submission
from catalogue.submission_views import for_owner, for_reviewer, promised_by
from catalogue.submissions import locked, queue
from core import audit
from core.db import Does, db, in_transaction, is_sqlite
from core.errors import Conflict, NotFound
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.settings import City, Settings
from core.titles import title_in

CANDIDATES = 20
BATCH = 100


class NoLease(Conflict):
    """You hold no case."""


@dataclass(frozen=True)
class Wish:
    """Which cases somebody wants to see; None for any. `queued_before` finds the old ones."""

    category: str | None = None
    event: UUID | None = None
    queued_before: datetime | None = None
    needs_second: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.category is not None:
            found.append(ReviewCase.deed_code.in_(_deeds_of(self.category)))
        if self.event is not None:
            found.append(ReviewCase.event_id == self.event)
        if self.queued_before is not None:
            found.append(ReviewCase.queued_at < self.queued_before)
        if self.needs_second is not None:
            is_first = ReviewCase.first_verifier_id.is_(None)
            found.append(~is_first if self.needs_second else is_first)
        return found


def waiting(
    wish: Wish, *, who: Caller, cursor: str | None, limit: int, at: datetime, language: str, city: City
) -> dict[str, Any]:
    """The cases that are wished for, oldest first, with how many wait in all, since when, and how many are such."""
    wished = wish.conditions()
    query = select(ReviewCase).where(ReviewCase.queued_at.is_not(None), *wished)
    in_all = waiting_in_all(at=at, city=city)
    such = select(func.count()).where(ReviewCase.queued_at.is_not(None), *wished)
    if after := read_cursor(cursor, datetime, UUID):
        query = query.where(tuple_(ReviewCase.queued_at, ReviewCase.submission_id) > after)
    oldest = query.order_by(ReviewCase.queued_at, ReviewCase.submission_id)
    cases = db.session.scalars(oldest.limit(limit + 1)).all()
    titles = deed_titles({case.deed_code for case in cases}, language=language, city=city)
    event_titles = _event_titles({case.event_id for case in cases if case.event_id})
    listed: dict[str, Any] = page(
        cases,
        limit=limit,
        key=lambda case: (case.queued_at, case.submission_id),
        dump=lambda case: {
            "submission": case.submission_id,
            "deed": case.deed_code,
            "deed_title": titles[case.deed_code],
            "event": case.event_id,
            "event_title": event_titles[case.event_id] if case.event_id else None,
            "queued_at": case.queued_at,
            "waiting_seconds": max(0, int((at - case.queued_at).total_seconds())),
            "promised_by": promised_by(case, city=city),
            "points_expected": case.points_expected,
            "is_leased": is_leased(case, at=at),
            "leased_by_me": is_leased(case, at=at) and case.leased_by == who.citizen_id,
            "needs_second": case.first_verifier_id is not None,
        },
    )
    return listed | in_all | {"matching": db.session.scalar(such) if wished else in_all["waiting"]}


def waiting_in_all(*, at: datetime, city: City) -> dict[str, Any]:
    """How many cases wait, since when, and how many of them past the day that is promised."""
    promised_since = at - timedelta(days=city.review.promised_days)
    waits = select(
        func.count().label("waiting"),
        func.min(ReviewCase.queued_at).label("oldest_queued_at"),
        func.count().filter(ReviewCase.queued_at < promised_since).label("overdue"),
    ).where(ReviewCase.queued_at.is_not(None))
    return dict(db.session.execute(waits).one()._mapping)


def lease(wish: Wish, *, beside: Sequence[UUID] = (), who: Caller, at: datetime, city: City) -> Submission | None:
    """Give this verifier the case they hold, for the whole time again, or else the oldest that is wished for and that
    they may decide; None when there is none. Cases `beside` which it is to be are those that they are done with.

    Two who ask at once meet on the same row: the UPDATE lets one have it, and the other tries the next.
    """
    held = _held(beside=beside, who=who, at=at)
    case = take(held.submission_id, who=who, at=at, city=city) if held is not None else None
    last: ReviewCase | None = None
    while case is None:
        candidates = _candidates(wish, beside=beside, who=who, after=last, at=at, city=city)
        if not candidates:
            return None
        tries = (take(one.submission_id, who=who, at=at, city=city) for one in candidates)
        case = next((taken for taken in tries if taken is not None), None)
        last = candidates[-1]
    _record("submission.leased", case, who=who, purpose="verification", at=at)
    return db.session.get_one(Submission, (case.citizen_id, case.submission_id))


def take(submission_id: UUID, *, who: Caller, at: datetime, city: City) -> ReviewCase | None:
    """Take or keep the lease of a case that waits; None when somebody else has it or it no longer waits."""
    free_or_mine = or_(ReviewCase.leased_by == who.citizen_id, is_free(at, at + city.review.lease))
    taken = (
        update(ReviewCase)
        .where(ReviewCase.submission_id == submission_id, ReviewCase.queued_at.is_not(None), free_or_mine)
        .values(leased_by=who.citizen_id, leased_until=at + city.review.lease)
        .returning(ReviewCase)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return db.session.scalars(taken).one_or_none()


def release(reason_code: str, *, submission_id: UUID | None = None, who: Caller, at: datetime) -> None:
    """Give the case back, for good: it is not offered to this verifier again. Of several they hold, the one that is
    named or the oldest. Raises `NoLease`, `ReasonCodeUnknown`."""
    reason_codes.checked(reason_code, use="give_back")
    case = _held(submission_id, who=who, at=at)
    if case is None:
        raise NoLease()
    mine = update(ReviewCase).where(
        ReviewCase.submission_id == case.submission_id, ReviewCase.leased_by == who.citizen_id
    )
    db.session.execute(mine.values(leased_by=None, leased_until=None))
    insert = sqlite_insert if is_sqlite() else pg_insert
    given_back = insert(CaseGivenBack).values(
        submission_id=case.submission_id, verifier_id=who.citizen_id, reason_code=reason_code, at=at
    )
    db.session.execute(given_back.on_conflict_do_nothing())
    _record("submission.given_back", case, who=who, purpose=reason_code, at=at)


def reviewed(submission_id: UUID, *, who: Caller, at: datetime) -> Submission:
    """The submission that this verifier holds, and a line in the log. Raises `NotFound` for any other."""
    if not holds_lease(submission_id, who=who, at=at):
        raise NotFound()
    case = db.session.get_one(ReviewCase, submission_id)
    _record("submission.read", case, who=who, purpose="verification", at=at)
    return db.session.get_one(Submission, (case.citizen_id, submission_id))


def shown_to(submission_id: UUID, *, who: Caller, at: datetime, language: str, city: City) -> dict[str, Any]:
    """The whole case to its owner; without the person to the verifier who holds it. Raises `NotFound`."""
    own = db.session.get(Submission, (who.citizen_id, submission_id))
    if own is not None:
        return for_owner([own], language=language, city=city)[0]
    if Role.VERIFIER not in who.roles:
        raise NotFound()
    return for_reviewer(reviewed(submission_id, who=who, at=at), at=at, language=language, city=city)


def holds_lease(submission_id: UUID, *, who: Caller, at: datetime) -> bool:
    held = select(ReviewCase.submission_id).where(ReviewCase.submission_id == submission_id, _is_held_by(who, at))
    return db.session.scalar(held) is not None


def is_leased(case: ReviewCase, *, at: datetime) -> bool:
    return case.leased_until is not None and case.leased_until > at


def deed_titles(codes: set[str], *, language: str, city: City) -> dict[str, str]:
    """The newest title of each deed."""
    newest = (
        select(DeedVersion.deed_code, DeedVersion.titles)
        .join(Deed, (Deed.code == DeedVersion.deed_code) & (Deed.versions == DeedVersion.number))
        .where(Deed.code.in_(codes))
    )
    return {row.deed_code: title_in(row.titles, language=language, city=city) for row in db.session.execute(newest)}


def _event_titles(ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    return {row.id: row.title for row in db.session.execute(select(Event.id, Event.title).where(Event.id.in_(ids)))}


def lapse_due(*, at: datetime, settings: Settings) -> int:
    """Job: where an organiser or a resident has kept silent to the end, the case goes to the verifiers as it is."""
    done = 0
    while due := in_transaction(partial(_due, at=at), does=Does.READS):
        for citizen_id, submission_id in due:
            in_transaction(partial(_lapse, submission_id, citizen_id=citizen_id, at=at))
        done += len(due)
    return done


def _due(*, at: datetime) -> list[tuple[UUID, UUID]]:
    due = select(ReviewCase.citizen_id, ReviewCase.submission_id).where(ReviewCase.due_at <= at)
    return [
        (row.citizen_id, row.submission_id) for row in db.session.execute(due.order_by(ReviewCase.due_at).limit(BATCH))
    ]


def _lapse(submission_id: UUID, *, citizen_id: UUID, at: datetime) -> None:
    submission, case = locked(submission_id, citizen_id=citizen_id)
    if case.due_at is None or case.due_at > at:
        return
    # It waits from when it was due, however late this job is.
    queue(submission, case, at=case.due_at)
    submission.revision += 1


def _held(
    submission_id: UUID | None = None, *, beside: Sequence[UUID] = (), who: Caller, at: datetime
) -> ReviewCase | None:
    held = select(ReviewCase).where(_is_held_by(who, at), ReviewCase.submission_id.not_in(beside))
    if submission_id is not None:
        held = held.where(ReviewCase.submission_id == submission_id)
    return db.session.scalars(held.order_by(ReviewCase.queued_at).limit(1)).first()


def _candidates(
    wish: Wish, *, beside: Sequence[UUID], who: Caller, after: ReviewCase | None, at: datetime, city: City
) -> Sequence[ReviewCase]:
    """Free cases that this verifier may decide: not their own, not one that they confirmed, approved first or gave
    back (promises A15)."""
    given_back = exists().where(
        CaseGivenBack.submission_id == ReviewCase.submission_id, CaseGivenBack.verifier_id == who.citizen_id
    )
    query = select(ReviewCase).where(
        ReviewCase.queued_at.is_not(None),
        is_free(at, at + city.review.lease),
        ReviewCase.submission_id.not_in(beside),
        ReviewCase.citizen_id != who.citizen_id,
        ReviewCase.confirmed_by.is_distinct_from(who.citizen_id),
        ReviewCase.first_verifier_id.is_distinct_from(who.citizen_id),
        ~given_back,
        *wish.conditions(),
    )
    if after is not None:
        query = query.where(
            tuple_(ReviewCase.queued_at, ReviewCase.submission_id) > (after.queued_at, after.submission_id)
        )
    oldest = query.order_by(ReviewCase.queued_at, ReviewCase.submission_id).limit(CANDIDATES)
    return db.session.scalars(oldest.execution_options(populate_existing=True)).all()


def _deeds_of(category: str) -> Sequence[str]:
    """The codes of the deeds of a category, as their newest versions have it."""
    newest = select(Deed.code).join(
        DeedVersion, (Deed.code == DeedVersion.deed_code) & (Deed.versions == DeedVersion.number)
    )
    return db.session.scalars(newest.where(DeedVersion.category == category)).all()


def is_free(at: Any, longest_until: Any) -> ColumnElement[bool]:
    """Whether nobody has a case `at` that instant. A lease that has longer to run than any of now (`longest_until`)
    was taken before the clock was set back: it holds nobody up."""
    until = ReviewCase.leased_until
    return or_(until.is_(None), until <= at, until > longest_until)


def _is_held_by(who: Caller, at: datetime) -> ColumnElement[bool]:
    return and_(ReviewCase.leased_by == who.citizen_id, ReviewCase.leased_until > at, ReviewCase.queued_at.is_not(None))


def _record(kind: str, case: ReviewCase, *, who: Caller, purpose: str, at: datetime) -> None:
    audit.record(
        kind,
        by=who,
        role=Role.VERIFIER,
        subject_id=case.citizen_id,
        object=case.submission_id,
        purpose=purpose,
        at=at,
    )
