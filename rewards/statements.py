"""The books are open: what the city owes in points, and what a partner is owed, both read from the ledger."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from core.clock import iso, local_date
from core.db import db
from core.errors import Invalid, NotFound
from core.http.doors import Caller, Role
from core.periods import month_of
from core.settings import City
from rewards.models import Benefit, Lot, Partner, Redemption, Voucher
from rewards.overview import euro


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
        "value_eur": euro(total * rate),
        "cents_per_point": round(rate, 2),
        "months": [
            {"month": month, "points": points, "value_eur": euro(points * rate)} for month, points in months.items()
        ],
        "vouchers": {"count": int(vouchers), "value_eur": euro(vouchers_cents)},
    }


class PartnerRequired(Invalid):
    """Name the partner: you are the clerk of none."""


def partners_of(who: Caller, partner: str | None) -> list[str]:
    """Whose statement this person may read: their partners', or the one they name; a manager may name any. Raises
    `NotFound`, `PartnerRequired`."""
    if partner is None:
        if not who.partners:
            raise PartnerRequired()
        return sorted(who.partners)
    is_any = Role.MANAGER in who.roles and db.session.get(Partner, partner) is not None
    if partner not in who.partners and not is_any:
        raise NotFound()
    return [partner]


def partner_statement(partners: list[str], *, month: date, city: City, language: str) -> dict[str, Any]:
    """What partners redeemed in a month (of the city's calendar) and did not undo, per benefit, and per day and
    benefit."""
    days = month_of(month, zone=city.zone)
    used = (
        select(
            Redemption.partner_code,
            days.step_of(Redemption.at).label("step"),
            Redemption.benefit_code,
            func.count().label("times"),
            func.sum(Redemption.value_cents).label("cents"),
        )
        .where(Redemption.partner_code.in_(partners), days.holds(Redemption.at), Redemption.undone_at.is_(None))
        .group_by(Redemption.partner_code, "step", Redemption.benefit_code)
    )
    rows = sorted(db.session.execute(used).all(), key=lambda row: (row.partner_code, row.step, row.benefit_code))
    named = select(Benefit.code, Benefit.titles).where(Benefit.code.in_({row.benefit_code for row in rows}))
    titles: dict[str, dict[str, str]] = dict(db.session.execute(named).tuples().all())
    names = select(Partner.code, Partner.name).where(Partner.code.in_(partners)).order_by(Partner.code)

    def line(partner: str, benefit: str, of_it: list[Any]) -> dict[str, Any]:
        return {
            "partner": partner,
            "benefit": benefit,
            "title": titles.get(benefit, {}).get(language, benefit),
            "redemptions": sum(row.times for row in of_it),
            "value_eur": euro(sum(row.cents for row in of_it)),
        }

    by_benefit: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        by_benefit.setdefault((row.partner_code, row.benefit_code), []).append(row)
    return {
        "month": f"{month:%Y-%m}",
        "partners": [{"partner": code, "partner_name": name} for code, name in db.session.execute(names)],
        "items": [line(*key, of_it) for key, of_it in sorted(by_benefit.items())],
        "days": [{"day": days.starts[row.step]} | line(row.partner_code, row.benefit_code, [row]) for row in rows],
        "redemptions": sum(row.times for row in rows),
        "value_eur": euro(sum(row.cents for row in rows)),
    }
