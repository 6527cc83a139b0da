"""The books are open: what the city owes in points, and what a partner is owed, both read from the ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from core.clock import iso, local_date, months_later, start_of_day
from core.db import db
from core.http.doors import Caller
from core.settings import City
from rewards.models import Benefit, Lot, Redemption, Voucher


def liability(*, city: City, at: datetime) -> dict[str, Any]:
    """Points outstanding by the month of their last day, and what they are worth.

    The value of a point is the average stated value per point over the published benefits: an estimate, which the
    answer says (`cents_per_point`). Vouchers bought and not yet used are owed at their stated value.
    """
    held = (
        select(Lot.expires_at, func.sum(Lot.points_left).label("points"))
        .where(Lot.expires_at > at, Lot.points_left > 0)
        .group_by(Lot.expires_at)
        .order_by(Lot.expires_at)
    )
    months: dict[str, int] = {}
    for row in db.session.execute(held):
        # An expiry is the start of the day after the last one: the month of the last day is what people mean.
        last_day = date.fromordinal(local_date(row.expires_at, zone=city.zone).toordinal() - 1)
        months[f"{last_day:%Y-%m}"] = months.get(f"{last_day:%Y-%m}", 0) + int(row.points)
    worth = select(func.sum(Benefit.value_cents), func.sum(Benefit.price_points)).where(Benefit.is_published)
    value, price = db.session.execute(worth).one()
    rate = (value or 0) / price if price else 0.0
    alive = select(func.count(), func.coalesce(func.sum(Voucher.value_cents), 0)).where(
        Voucher.status == "active", Voucher.expires_at > at
    )
    vouchers, vouchers_cents = db.session.execute(alive).one()
    total = sum(months.values())
    return {
        "at": iso(at),
        "points": total,
        "value_eur": _euro(total * rate),
        "cents_per_point": round(rate, 2),
        "months": [
            {"month": month, "points": points, "value_eur": _euro(points * rate)} for month, points in months.items()
        ],
        "vouchers": {"count": int(vouchers), "value_eur": _euro(vouchers_cents)},
    }


def partner_statement(*, who: Caller, month: date, city: City, language: str) -> dict[str, Any]:
    """What the clerk's partners redeemed in a month (of the city's calendar) and did not undo, per benefit."""
    starts_at = start_of_day(month, zone=city.zone)
    ends_at = start_of_day(months_later(month, 1), zone=city.zone)
    rows = db.session.execute(
        select(
            Redemption.partner_code,
            Redemption.benefit_code,
            func.count().label("times"),
            func.sum(Redemption.value_cents).label("cents"),
        )
        .where(
            Redemption.partner_code.in_(who.partners),
            Redemption.at >= starts_at,
            Redemption.at < ends_at,
            Redemption.undone_at.is_(None),
        )
        .group_by(Redemption.partner_code, Redemption.benefit_code)
        .order_by(Redemption.partner_code, Redemption.benefit_code)
    ).all()
    named = select(Benefit.code, Benefit.titles).where(Benefit.code.in_({row.benefit_code for row in rows}))
    titles: dict[str, dict[str, str]] = dict(db.session.execute(named).tuples().all())
    return {
        "month": f"{month:%Y-%m}",
        "items": [
            {
                "partner": row.partner_code,
                "benefit": row.benefit_code,
                "title": titles.get(row.benefit_code, {}).get(language, row.benefit_code),
                "redemptions": row.times,
                "value_eur": _euro(row.cents),
            }
            for row in rows
        ],
        "redemptions": sum(row.times for row in rows),
        "value_eur": _euro(sum(row.cents for row in rows)),
    }


def _euro(cents: float) -> str:
    return f"{cents / 100:.2f}"
