"""An approval is undone once, by a person with a reason; it takes what is left and makes no debt (C6, C23)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from catalogue import reason_codes
from catalogue.models import ReviewCase
from catalogue.submissions import keep_evidence_until, locked
from catalogue.verification import OwnCase, write_decision
from core.db import db
from core.errors import Conflict, NotFound
from core.http.doors import Caller
from core.settings import City
from rewards import ledger
from rewards.ledger import AlreadyReversed


class NotApproved(Conflict):
    """Only what was approved can be reversed."""


def reverse(
    submission_id: UUID, *, reason_code: str, text: str, who: Caller, at: datetime, city: City
) -> dict[str, Any]:
    """Take an approval back: `points_taken` of the award, and as `shortfall` what was spent or has expired. What it
    took of the caps is free again. Raises `NotFound`, `OwnCase`, `NotApproved`, `AlreadyReversed`,
    `ReasonCodeUnknown`."""
    reason_codes.checked(reason_code, use="reverse")
    found = db.session.get(ReviewCase, submission_id)
    if found is None:
        raise NotFound()
    if found.citizen_id == who.citizen_id:
        raise OwnCase()
    submission, _ = locked(submission_id, citizen_id=found.citizen_id)
    if submission.status == "reversed":
        raise AlreadyReversed(reversed_at=submission.decided_at)
    if submission.status != "approved":
        raise NotApproved(submission_status=submission.status)
    back = ledger.reverse_award(citizen_id=submission.citizen_id, submission_id=submission.id, at=at)
    revision = submission.revision
    submission.status, submission.decided_at = "reversed", at
    submission.revision += 1
    decision = write_decision(
        submission, "reverse", reason_code=reason_code, text=text, who=who, revision=revision, at=at, city=city
    )
    assert decision.appeal_until is not None
    keep_evidence_until(submission, decision.appeal_until)
    return {
        "submission": submission.id,
        "status": submission.status,
        "points_taken": back.taken,
        "shortfall": back.shortfall,
        "reason_code": reason_code,
        "rule_version": submission.deed_version,
        "office": decision.office,
        "appeal_until": decision.appeal_until,
    }
