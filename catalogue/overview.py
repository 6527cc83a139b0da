"""The office sees its own work: what waits, what it decided and how long people waited; never whose case it was (C10).

Counts are of the office's work. How long people waited tells of them, so it is withheld where it would tell of fewer
than ten.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, case, cast, extract, func, select

from catalogue.models import Decision, Submission
from catalogue.review import waiting_in_all
from core.db import db
from core.periods import Period
from core.settings import City

PEOPLE_MIN = 10
"""Of fewer people nothing is told (charter C10)."""

COLUMNS = ("starts_on", "ends_on", "decided", "approved", "by_rule", "declined", "asked", "reversed", "median_hours")


def review(period: Period, *, city: City, at: datetime) -> dict[str, Any]:
    """What waits now, and what was decided in the period, per step and in all.

    `median_hours` is the middle of the whole hours from sending a claim in to a person's final decision on it, with
    the days in which an organiser's word or an answer was awaited.
    """
    counts = {row.step: row for row in db.session.execute(_counts(period))}
    hours: dict[int, Counter[int]] = {step: Counter() for step in range(len(period.starts))}
    for row in db.session.execute(_waits(period)):
        hours[row.step][row.hours] += row.cases
    people = db.session.scalar(select(_people()).where(period.holds(Decision.at))) or 0
    items = [
        period.step_dump(step)
        | _dump([counts[step]] if step in counts else [], hours[step], people=_people_of(counts, step))
        for step in range(len(period.starts))
    ]
    totals = _dump(list(counts.values()), sum(hours.values(), Counter[int]()), people=people)
    return period.dump() | {"at": at} | waiting_in_all(at=at, city=city) | {"items": items, "totals": totals}


def _counts(period: Period) -> Any:
    def many(*of_them: Any) -> Any:
        return func.count(case((and_(*of_them), 1)))

    approved = Decision.decision == "approve", Decision.is_final
    return (
        select(
            period.step_of(Decision.at).label("step"),
            many(*approved).label("approved"),
            many(*approved, Decision.decided_by.is_(None)).label("by_rule"),
            many(Decision.decision == "decline").label("declined"),
            many(Decision.decision == "ask").label("asked"),
            many(Decision.decision == "reverse").label("reversed"),
            _people().label("people"),
        )
        .where(period.holds(Decision.at))
        .group_by("step")
    )


def _people() -> Any:
    """How many people a person decided on for good."""
    return func.count(func.distinct(case((_is_by_a_person(), Decision.citizen_id))))


def _waits(period: Period) -> Any:
    waited = extract("epoch", Decision.at) - extract("epoch", Submission.submitted_at)
    its_claim = (Submission.citizen_id == Decision.citizen_id) & (Submission.id == Decision.submission_id)
    return (
        select(
            period.step_of(Decision.at).label("step"),
            (cast(waited, Integer) // 3600).label("hours"),
            func.count().label("cases"),
        )
        .join(Submission, its_claim)
        .where(period.holds(Decision.at), _is_by_a_person())
        .group_by("step", "hours")
    )


def _is_by_a_person() -> Any:
    final = and_(Decision.is_final, Decision.decision.in_(("approve", "decline")))
    return and_(final, Decision.decided_by.is_not(None))


def _people_of(counts: dict[int, Any], step: int) -> int:
    return counts[step].people if step in counts else 0


def _dump(rows: list[Any], hours: Counter[int], *, people: int) -> dict[str, Any]:
    summed = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("approved", "by_rule", "declined", "asked", "reversed")
    }
    median = _median(hours) if people >= PEOPLE_MIN else None
    return {"decided": summed["approved"] + summed["declined"]} | summed | {"median_hours": median}


def _median(hours: Counter[int]) -> float | None:
    """The middle of what was counted, or halfway between the two middle ones; None of nothing."""
    total, passed = hours.total(), 0
    if not total:
        return None
    middles = [(total - 1) // 2, total // 2]
    found = []
    for hour, cases in sorted(hours.items()):
        found += [hour for middle in middles if passed <= middle < passed + cases]
        passed += cases
    return sum(found) / 2
