"""An approval issues the points that the caps let through and closes the case, in one go (promises A13, A17).

A hot path: what it depends on is read in one statement under the account lock, and all that follows is written
together. It keeps no objects of the session: who holds some flushes them before and refreshes them after.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Row, String, bindparam, case, cast, extract, func, select, update
from sqlalchemy.orm import aliased

from catalogue import caps
from catalogue.models import Decision, DeedVersion, Evidence, EvidenceOwner, ReviewCase, Submission
from catalogue.review import is_free
from core import audit
from core.audit import AuditEntry
from core.db import Base, run
from core.http.doors import Caller, Role
from core.settings import City
from core.together import Together, insert_of, of_row
from rewards import ledger
from rewards.models import Lot

AWARD_REVISION = 1
"""A submission is awarded once; an appeal that is upheld will be its second revision."""


@dataclass(frozen=True)
class Approval:
    """What was decided, as it was written."""

    revision: int
    points_awarded: int
    cap_bound: str | None
    office: str
    appeal_until: datetime


def facts_of(submission_id: UUID, *, citizen_id: UUID, at: datetime) -> Row[Any]:
    """All that an approval depends on, in one statement: the submission, its rule, what the resident's others took of
    the caps this year, their balance, the decisions and photos so far. The caller holds the account lock."""
    return run(_FACTS, {"citizen": citizen_id, "submission": submission_id, "at": at}).one()


def approve(
    facts: Row[Any],
    *,
    who: Caller | None,
    reason_code: str,
    text: str | None,
    entry_seq: int,
    at: datetime,
    city: City,
) -> Approval | None:
    """Approve what `facts_of` has read; without `who` a rule decides, and the office is the one that answers for it
    (charter C23). `entry_seq` is the number of the account's newest entry. None when another verifier has the case."""
    used = caps.Used(day=facts.used_day, year=facts.used_year, points=facts.used_points)
    fit = caps.fit(facts, facts, used=used, balance=facts.balance, city=city)
    rows = decision_rows(
        facts,
        "approve",
        number=facts.decisions + 1,
        revision=facts.revision,
        is_final=True,
        reason_code=reason_code,
        text=text,
        who=who,
        at=at,
        city=city,
    )
    if fit.points:
        rows |= ledger.award_rows(
            citizen_id=facts.citizen_id,
            submission_id=facts.id,
            revision=AWARD_REVISION,
            points=fit.points,
            deed_code=facts.deed_code,
            entry_seq=entry_seq + 1,
            at=at,
            city=city,
        )
    taken = (_APPROVAL if fit.points else _APPROVAL_WITHOUT_POINTS).run(
        rows,
        next_revision=facts.revision + 1,
        quantity_counted=fit.quantity,
        points_awarded=fit.points,
        cap_bound=fit.cap_bound,
        photos=[UUID(photo_id) for photo_id in (facts.photos or "").split(",") if photo_id],
        longest_lease_until=at + city.review.lease,
    )
    if taken.first() is None:
        return None
    written = rows[Decision]
    return Approval(facts.revision + 1, fit.points, fit.cap_bound, written["office"], written["appeal_until"])


def decision_rows(
    submission: Submission | Row[Any],
    decision: str,
    *,
    number: int,
    revision: int,
    is_final: bool,
    reason_code: str,
    text: str | None,
    who: Caller | None,
    at: datetime,
    city: City,
) -> dict[type[Base], dict[str, Any]]:
    """A decision and its line in the log, with all that charter C22 asks for. Without `who` a rule decided, and the
    office is the one that answers for the rule."""
    office = who.office(Role.VERIFIER) if who else city.office(Role.VERIFIER.value)
    written_down = audit.row_for(
        f"submission.{_AUDITED[decision, is_final]}",
        actor_id=who.citizen_id if who else None,
        office=office if who else "",
        subject_id=submission.citizen_id,
        object=submission.id,
        purpose=reason_code,
        at=at,
    )
    row = {
        "citizen_id": submission.citizen_id,
        "submission_id": submission.id,
        "number": number,
        "decision": decision,
        "is_final": is_final,
        "reason_code": reason_code,
        "text": text,
        "deed_version": submission.deed_version,
        "revision": revision,
        "decided_by": who.citizen_id if who else None,
        "office": office,
        "at": at,
        "appeal_until": appeal_end(at, city=city) if is_final else None,
    }
    return {Decision: row, AuditEntry: written_down}


_AUDITED = {
    ("approve", True): "approved",
    ("approve", False): "approved_first",
    ("decline", True): "declined",
    ("ask", False): "asked",
    ("reverse", True): "reversed",
}


def appeal_end(at: datetime, *, city: City) -> datetime:
    """Until when a decision of now can be appealed; its photos are kept as long (charter C17)."""
    return at + timedelta(days=city.review.appeal_days)


def _theirs(rows: Any) -> tuple[ColumnElement[bool], ...]:
    """This resident's, and beside the submission: where the tables are spread, both are needed to find the machine."""
    return rows.citizen_id == _CITIZEN, rows.citizen_id == Submission.citizen_id


_CITIZEN: BindParameter[UUID] = bindparam("citizen")
_SUBMISSION: BindParameter[UUID] = bindparam("submission")
_IS_ITS_RULE = (DeedVersion.deed_code == Submission.deed_code) & (DeedVersion.number == Submission.deed_version)
_OTHER = aliased(Submission)
_SAME_DEED = _OTHER.deed_code == Submission.deed_code
_FACTS = (
    select(
        Submission.citizen_id,
        Submission.id,
        Submission.status,
        Submission.revision,
        Submission.deed_code,
        Submission.deed_version,
        Submission.quantity,
        Submission.quantity_confirmed,
        Submission.without_points,
        DeedVersion.points,
        DeedVersion.unit,
        DeedVersion.per_day_max,
        DeedVersion.per_year_max,
        func.coalesce(
            func.sum(case((_SAME_DEED & (_OTHER.done_on == Submission.done_on), _OTHER.quantity_counted))), 0
        ).label("used_day"),
        func.coalesce(func.sum(case((_SAME_DEED, _OTHER.quantity_counted))), 0).label("used_year"),
        func.coalesce(func.sum(_OTHER.points_awarded), 0).label("used_points"),
        ledger.BALANCE.where(Lot.citizen_id == Submission.citizen_id).scalar_subquery().label("balance"),
        select(func.count())
        .where(*_theirs(Decision), Decision.submission_id == _SUBMISSION)
        .scalar_subquery()
        .label("decisions"),
        select(func.aggregate_strings(cast(Evidence.id, String), ","))
        .where(*_theirs(Evidence), Evidence.submission_id == _SUBMISSION, Evidence.deleted_at.is_(None))
        .scalar_subquery()
        .label("photos"),
    )
    .join(DeedVersion, _IS_ITS_RULE)
    .outerjoin(
        _OTHER,
        (_OTHER.citizen_id == Submission.citizen_id)
        & (_OTHER.id != Submission.id)
        & (extract("year", _OTHER.done_on) == extract("year", Submission.done_on))
        & (_OTHER.status == "approved")
        & _OTHER.without_points.is_(False),
    )
    .where(Submission.citizen_id == _CITIZEN, Submission.id == _SUBMISSION)
    .group_by(Submission.citizen_id, Submission.id, DeedVersion.deed_code, DeedVersion.number)
)

_WHO = of_row(Decision, "decided_by")
_LONGEST_LEASE = bindparam("longest_lease_until", type_=ReviewCase.leased_until.type)
_IS_FREE_OR_THEIRS = is_free(of_row(Decision, "at"), _LONGEST_LEASE) | (ReviewCase.leased_by == _WHO)
_STEPS = (
    update(Submission)
    .where(Submission.citizen_id == of_row(Decision, "citizen_id"), Submission.id == of_row(Decision, "submission_id"))
    .values(
        status="approved",
        revision=bindparam("next_revision"),
        decided_at=of_row(Decision, "at"),
        quantity_counted=bindparam("quantity_counted"),
        points_awarded=bindparam("points_awarded"),
        cap_bound=bindparam("cap_bound"),
    ),
    update(EvidenceOwner)
    .where(EvidenceOwner.evidence_id.in_(bindparam("photos", expanding=True)))
    .values(delete_at=of_row(Decision, "appeal_until")),
    insert_of(Decision),
    insert_of(AuditEntry),
)
_CLOSED = (
    update(ReviewCase)
    .where(
        ReviewCase.submission_id == of_row(Decision, "submission_id"),
        ReviewCase.queued_at.is_not(None),
        _IS_FREE_OR_THEIRS,
    )
    .values(queued_at=None, due_at=None, leased_by=None, leased_until=None)
    .returning(ReviewCase.submission_id)
)
_APPROVAL = Together(*ledger.AWARD, *_STEPS, _CLOSED)
_APPROVAL_WITHOUT_POINTS = Together(*_STEPS, _CLOSED)
