"""What is above a cap earns nothing and says so; a day and a year are the city's, of when the deed was done (C35)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from catalogue.models import DeedVersion, Submission
from core.settings import City

MINUTES_PER_HOUR = 60

Claimed = Submission | Row[Any]
"""A submission, or a row with its columns."""


@dataclass(frozen=True)
class Fit:
    """What the caps let through. `quantity` is what counts towards the deed's own caps; `cap_bound` names the one that
    cut the points (day, year, person_year, held), or is None."""

    quantity: int | None
    points: int
    cap_bound: str | None


def quantity_claimable(submission: Claimed) -> int:
    """The smaller of claimed and confirmed; minutes where the unit is the hour."""
    if submission.quantity_confirmed is None:
        return submission.quantity
    return min(submission.quantity, submission.quantity_confirmed)


def points_for(quantity: int, version: DeedVersion | Row[Any]) -> int:
    """Points of a quantity before caps; an hour's are earned by the minute and rounded down."""
    return version.points * quantity // _quantity_per_unit(version)


def points_expected(submission: Claimed, version: DeedVersion | Row[Any]) -> int:
    """What an approval would earn before caps."""
    return 0 if submission.without_points else points_for(quantity_claimable(submission), version)


@dataclass(frozen=True)
class Used:
    """What this resident's other approved submissions of the year have taken: of this deed on the day and in the year,
    as a quantity, and in points of all deeds."""

    day: int
    year: int
    points: int


def fit(submission: Claimed, version: DeedVersion | Row[Any], *, used: Used, balance: int, city: City) -> Fit:
    """What still fits now. The caller has read `used` and `balance` under the account lock, so that two approvals do
    not both see the same room (promises A17); what was reversed or done without points takes none."""
    if submission.without_points:
        return Fit(quantity=None, points=0, cap_bound=None)
    claimable = quantity_claimable(submission)
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


def _quantity_per_unit(version: DeedVersion | Row[Any]) -> int:
    return MINUTES_PER_HOUR if version.unit == "hour" else 1
