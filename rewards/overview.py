"""The books over time: what was issued, spent, returned and expired, and what partners redeemed (charter C45).

These are the city's accounts, so every number is shown, as in `/liability`: of all residents together, never of one.
"""

from typing import Any

from sqlalchemy import func, select

from core.db import db
from core.periods import Period
from rewards.models import Entry, Partner, Redemption

KINDS = {
    "issued": "award",
    "spent": "spend",
    "returned": "refund",
    "expired": "expiry",
    "taken_back": "reversal",
    "donated": "donation",
}
POINTS_COLUMNS = ("starts_on", "ends_on", *KINDS)
REDEMPTION_COLUMNS = ("starts_on", "ends_on", "partner", "partner_name", "redemptions", "value_eur")


def points(period: Period) -> dict[str, Any]:
    """The points that moved in the period by what moved them, per step and in all."""
    moved = (
        select(period.step_of(Entry.at).label("step"), Entry.kind, func.sum(Entry.points).label("points"))
        .where(period.holds(Entry.at))
        .group_by("step", Entry.kind)
    )
    found = {(row.step, row.kind): int(row.points) for row in db.session.execute(moved)}
    items: list[dict[str, Any]] = [period.step_dump(step) | _moved(step, found) for step in range(len(period.starts))]
    return period.dump() | {"items": items, "totals": {name: sum(item[name] for item in items) for name in KINDS}}


def _moved(step: int, found: dict[tuple[int, str], int]) -> dict[str, Any]:
    return {name: found.get((step, kind), 0) for name, kind in KINDS.items()}


def redemptions(period: Period) -> dict[str, Any]:
    """What each partner redeemed in each step and did not undo, where there was any."""
    names = dict(db.session.execute(select(Partner.code, Partner.name)).tuples().all())
    used = (
        select(
            period.step_of(Redemption.at).label("step"),
            Redemption.partner_code,
            func.count().label("times"),
            func.sum(Redemption.value_cents).label("cents"),
        )
        .where(Redemption.partner_code.in_(sorted(names)), period.holds(Redemption.at), Redemption.undone_at.is_(None))
        .group_by("step", Redemption.partner_code)
    )
    rows = sorted(db.session.execute(used).all(), key=lambda row: (row.step, row.partner_code))
    items = [
        period.step_dump(row.step)
        | {
            "partner": row.partner_code,
            "partner_name": names[row.partner_code],
            "redemptions": row.times,
            "value_eur": euro(row.cents),
        }
        for row in rows
    ]
    totals = {"redemptions": sum(row.times for row in rows), "value_eur": euro(sum(row.cents for row in rows))}
    return period.dump() | {"items": items, "totals": totals}


def euro(cents: float) -> str:
    return f"{cents / 100:.2f}"
