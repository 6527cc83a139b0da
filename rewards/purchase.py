"""A purchase is one fact: points taken, a unit of stock taken and a voucher made, or nothing (promises A21).

A hot path, in four statements: the account is locked, the benefit and the lots are read under that lock, and all that
follows is written together, the stock last, so that a hot benefit is held briefly. It keeps no objects of the session.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, case, func, insert, null, select, true, update

from citizen.own_acts import own_row
from core.audit import AuditEntry
from core.clock import end_of_life, iso, local_date
from core.db import run
from core.errors import Conflict, Invalid
from core.ids import new_id
from core.settings import City
from core.together import Together, insert_of, of_row
from rewards import ledger, voucher_codes
from rewards.benefits import is_open
from rewards.models import Allocation, Benefit, BenefitStock, Entry, Lot, Partner, Voucher, VoucherCode


class BenefitUnknown(Invalid):
    """There is no benefit with this code."""


class BenefitClosed(Conflict):
    """This benefit cannot be bought now."""


class PriceChanged(Conflict):
    """The price is another one now: look again, and buy at the price you see."""


class SoldOut(Conflict):
    """Nothing is left of this benefit."""


class CapReached(Conflict):
    """You have had as much of this as one person can have in a year; the cap is the same for all (charter C35)."""


def buy(
    *, citizen_id: UUID, benefit_code: str, price_points: int, city: City, key: bytes, at: datetime
) -> tuple[Voucher, list[dict[str, Any]]]:
    """Buy one voucher at the price seen. Returns it, and which of its points would lapse before it does.

    Raises `BenefitUnknown`, `PriceChanged`, `BenefitClosed`, `CapReached`, `ledger.NotEnoughPoints`, `SoldOut`.
    """
    entry_seq = ledger.lock_for_entries(citizen_id)
    today = local_date(at, zone=city.zone)
    benefit = _priced(citizen_id, benefit_code, price_points, today=today, city=city, at=at)
    taken = ledger.payable(citizen_id, price_points, at=at)
    voucher = {
        "citizen_id": citizen_id,
        "id": new_id(),
        "benefit_code": benefit.code,
        "partner_code": benefit.partner_code,
        "titles": benefit.titles,
        "status": "active",
        "price_points": price_points,
        "value_cents": benefit.value_cents,
        "takes_stock": benefit.has_stock,
        "seed": secrets.token_bytes(16),
        "bought_at": at,
        "bought_on": today,
        "expires_at": end_of_life(today + timedelta(days=benefit.voucher_days), zone=city.zone),
        "ended_at": None,
    }
    code = voucher_codes.code_of(voucher["seed"], key=key)
    entry = ledger.entry_row(
        citizen_id,
        "spend",
        price_points,
        seq=entry_seq + 1,
        reason="benefit_bought",
        reference=voucher["id"],
        subject=benefit_code,
        at=at,
    )
    sale = _SALE_FROM_STOCK if benefit.has_stock else _SALE
    sold = sale.run(
        {
            Voucher: voucher,
            VoucherCode: {
                "code_hash": voucher_codes.fingerprint(code),
                "citizen_id": citizen_id,
                "voucher_id": voucher["id"],
            },
            Entry: entry,
            AuditEntry: own_row("voucher.bought", citizen_id, object=voucher["id"], purpose="purchase", at=at),
        },
        lots=[part.lot_id for part in taken],
        last_lot=taken[-1].lot_id,
        last_points=taken[-1].points,
    )
    if sold.first() is None:
        raise SoldOut(benefit=benefit.code)
    lapsing = [
        {"points": part.points, "expires_at": iso(part.expires_at)}
        for part in taken
        if part.expires_at < voucher["expires_at"]
    ]
    return Voucher(**voucher), lapsing


def _priced(
    citizen_id: UUID, benefit_code: str, price_points: int, *, today: date, city: City, at: datetime
) -> Row[Any]:
    """The benefit, once its price, window and yearly caps allow this purchase."""
    row = run(
        _BENEFIT,
        {
            "citizen": citizen_id,
            "benefit": benefit_code,
            "year_from": date(today.year, 1, 1),
            "year_to": date(today.year, 12, 31),
            "at": at,
        },
    ).one_or_none()
    if row is None:
        raise BenefitUnknown(benefit=benefit_code)
    if row.price_points != price_points:
        raise PriceChanged(price_points=row.price_points)
    if not is_open(row, at=at) or not row.is_active:
        raise BenefitClosed(opens_at=row.opens_at, closes_at=row.closes_at)
    most = row.per_person_per_year_max
    if most is not None and row.times >= most:
        raise CapReached(cap="max_per_person_per_year", most=most)
    most_cents = city.benefits.value_eur_per_year_max * 100
    if row.cents + row.value_cents > most_cents:
        raise CapReached(cap="value_eur_per_year", most=city.benefits.value_eur_per_year_max)
    return row


# What this resident has had this year: one past its date counts no longer, whether the job has recorded that or not.
_BOUGHT = (
    select(
        func.count(case((Voucher.benefit_code == bindparam("benefit"), 1))).label("times"),
        func.coalesce(func.sum(Voucher.value_cents), 0).label("cents"),
    )
    .where(
        Voucher.citizen_id == bindparam("citizen"),
        (Voucher.status == "redeemed") | ((Voucher.status == "active") & (Voucher.expires_at > bindparam("at"))),
        Voucher.bought_on.between(bindparam("year_from"), bindparam("year_to")),
    )
    .subquery()
)
_BENEFIT = (
    select(
        Benefit.code,
        Benefit.partner_code,
        Benefit.titles,
        Benefit.price_points,
        Benefit.has_stock,
        Benefit.per_person_per_year_max,
        Benefit.value_cents,
        Benefit.voucher_days,
        Benefit.opens_at,
        Benefit.closes_at,
        Benefit.is_published,
        Partner.is_active,
        _BOUGHT.c.times,
        _BOUGHT.c.cents,
    )
    .join(Partner, Partner.code == Benefit.partner_code)
    .join(_BOUGHT, true())  # one row
    .where(Benefit.code == bindparam("benefit"))
)

_OF_THESE_LOTS = (
    Lot.citizen_id == of_row(Voucher, "citizen_id"),
    Lot.id.in_(bindparam("lots", expanding=True)),
)
_IS_LAST = Lot.id == bindparam("last_lot")
_WRITES = (
    insert_of(Voucher),
    # All lots are emptied but the last, of which `last_points` are taken.
    insert(Allocation).from_select(
        ["citizen_id", "voucher_id", "lot_id", "points", "returned_at"],
        select(
            Lot.citizen_id,
            of_row(Voucher, "id"),
            Lot.id,
            case((_IS_LAST, bindparam("last_points")), else_=Lot.points_left),
            null(),
        ).where(*_OF_THESE_LOTS),
    ),
    update(Lot)
    .where(*_OF_THESE_LOTS)
    .values(points_left=case((_IS_LAST, Lot.points_left - bindparam("last_points")), else_=0)),
    *ledger.ENTRY,
    insert_of(VoucherCode),
)
_WRITTEN_DOWN = insert_of(AuditEntry)
_SALE = Together(*_WRITES, _WRITTEN_DOWN.returning(AuditEntry.id))
_SALE_FROM_STOCK = Together(
    *_WRITES,
    _WRITTEN_DOWN,
    update(BenefitStock)
    .where(BenefitStock.benefit_code == of_row(Voucher, "benefit_code"), BenefitStock.stock > 0)
    .values(stock=BenefitStock.stock - 1)
    .returning(BenefitStock.stock),
)
