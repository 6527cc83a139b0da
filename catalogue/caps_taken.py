"""What is left under a deed's caps can be seen before one does it; the caps are the same for all (charter C35)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from catalogue.models import Submission
from catalogue.submissions import OPEN
from core.clock import local_date
from core.db import db
from core.settings import City


def caps_taken(citizen_id: UUID, *, at: datetime, city: City) -> dict[str, Any]:
    """By deed, of the local day and its year: what was counted, and what waits for a decision. A deed of which nothing
    was is not in the list. One statement."""
    today = local_date(at, zone=city.zone)
    counted = case((Submission.status == "approved", func.coalesce(Submission.quantity_counted, 0)), else_=0)
    waiting = case((Submission.status.in_(OPEN), Submission.quantity), else_=0)
    rows = db.session.execute(
        select(
            Submission.deed_code.label("deed"),
            _sum(counted, on=today).label("day_counted"),
            _sum(waiting, on=today).label("day_waiting"),
            func.sum(counted).label("year_counted"),
            func.sum(waiting).label("year_waiting"),
        )
        .where(
            Submission.citizen_id == citizen_id,
            Submission.done_on.between(today.replace(month=1, day=1), today.replace(month=12, day=31)),
            Submission.status.in_((*OPEN, "approved")),
            Submission.without_points.is_(False),
        )
        .group_by(Submission.deed_code)
        .order_by(Submission.deed_code)
    )
    return {"day": today, "items": [row._asdict() for row in rows]}


def _sum(quantity: ColumnElement[int], *, on: date) -> ColumnElement[int]:
    return func.sum(case((Submission.done_on == on, quantity), else_=0))
