"""What is above a cap earns nothing and says so; a day and a year are the city's, of when the deed was done (C35)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from catalogue.models import DeedVersion, Submission
from core.db import db
from core.settings import City

MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class Fit:
    """What the caps let through. `quantity` is what counts towards the deed's own caps; `cap_bound` names the one that
    cut the points (day, year, person_year, held), or is None."""

    quantity: int | None
    points: int
    cap_bound: str | None


def quantity_claimable(submission: Submission) -> int:
    """The smaller of claimed and confirmed; minutes where the unit is the hour."""
    if submission.quantity_confirmed is None:
        return submission.quantity
    return min(submission.quantity, submission.quantity_confirmed)


def points_for(quantity: int, version: DeedVersion) -> int:
    """Points of a quantity before caps; an hour's are earned by the minute and rounded down."""
    return version.points * quantity // _quantity_per_unit(version)


def points_expected(submission: Submission, version: DeedVersion) -> int:
    """What an approval would earn before caps."""
    return 0 if submission.without_points else points_for(quantity_claimable(submission), version)


def fit(submission: Submission, version: DeedVersion, *, balance: int, city: City) -> Fit:
    """What still fits now. The caller holds the account lock, so that two approvals do not both see the same room
    (promises A17); what was reversed or done without points takes none."""
    if submission.without_points:
        return Fit(quantity=None, points=0, cap_bound=None)
    claimable = quantity_claimable(submission)
    used = _used(submission)
    day_left = version.per_day_max * _quantity_per_unit(version) - used.day
    year_left = version.per_year_max * _quantity_per_unit(version) - used.year
    points_max = {
        "day": points_for(max(0, min(claimable, day_left)), version),
        "year": points_for(max(0, min(claimable, year_left)), version),
        "person_year": max(0, city.points.per_year_max - used.points),
        "held": max(0, city.points.held_max - balance),
    }
    tightest = min(points_max, key=lambda name: points_max[name])
    uncapped = points_for(claimable, version)
    return Fit(
        quantity=max(0, min(claimable, day_left, year_left)),
        points=min(uncapped, points_max[tightest]),
        cap_bound=tightest if points_max[tightest] < uncapped else None,
    )


@dataclass(frozen=True)
class _Used:
    day: int
    year: int
    points: int


def _used(submission: Submission) -> _Used:
    done_on = submission.done_on
    same_deed = Submission.deed_code == submission.deed_code
    same_day = same_deed & (Submission.done_on == done_on)
    found = db.session.execute(
        select(
            func.coalesce(func.sum(case((same_day, Submission.quantity_counted))), 0).label("day"),
            func.coalesce(func.sum(case((same_deed, Submission.quantity_counted))), 0).label("year"),
            func.coalesce(func.sum(Submission.points_awarded), 0).label("points"),
        ).where(
            Submission.citizen_id == submission.citizen_id,
            Submission.done_on.between(date(done_on.year, 1, 1), date(done_on.year, 12, 31)),
            Submission.status == "approved",
            Submission.without_points.is_(False),
            Submission.id != submission.id,
        )
    ).one()
    return _Used(day=found.day, year=found.year, points=found.points)


def _quantity_per_unit(version: DeedVersion) -> int:
    return MINUTES_PER_HOUR if version.unit == "hour" else 1
