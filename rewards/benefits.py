"""A benefit is a small extra with a stated value, the same for all, whatever deed the points came from (C15, C41)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, select, true, update

from core import audit
from core.db import db
from core.errors import Conflict, Invalid, NotFound
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.http.versions import VersionChanged
from core.settings import City
from core.titles import title_faults
from rewards.models import Benefit, BenefitStock, Partner
from rewards.partners import check_partner


class BenefitExists(Conflict):
    """A benefit with this code is there already: change it instead."""


class WindowBackwards(Invalid):
    """A benefit closes after it opens."""


class ValueTooHigh(Invalid):
    """A benefit's value may not exceed what a person can be given in a year (charter C41)."""


class StockTooLow(Conflict):
    """That many units are not left: what is sold stays sold."""


class StockTooHigh(Conflict):
    """A benefit has ten million units in all at most."""


class NoStock(Conflict):
    """This benefit has no stock to change: it is unlimited."""


STOCK_MAX = 10_000_000
"""Units ever put into a benefit: a hundred years of a large city, and far below what a database's integer holds."""


@dataclass(frozen=True)
class BenefitTerms:
    """What a benefit says. `stock` None means unlimited; `opens_at` and `closes_at` None mean no window."""

    category: str
    partner: str
    titles: dict[str, str]
    price_points: int
    stock: int | None
    max_per_person_per_year: int | None
    value_eur: Decimal
    voucher_days: int
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    source: str | None = None


def browse(
    *,
    at: datetime,
    language: str,
    cursor: str | None,
    limit: int,
    category: str | None = None,
    partner: str | None = None,
    all: bool = False,
) -> Any:
    """A page of what can be bought, by code, with what is left of each; `all` lists also what is not published."""
    query = _with_stock().order_by(Benefit.code).limit(limit + 1)
    if not all:
        query = query.where(Benefit.is_published)
    if category is not None:
        query = query.where(Benefit.category == category)
    if partner is not None:
        query = query.where(Benefit.partner_code == partner)
    after = read_cursor(cursor, str)
    if after is not None:
        query = query.where(Benefit.code > after[0])
    rows = db.session.execute(query).all()
    return page(
        rows,
        limit=limit,
        key=lambda row: (row.Benefit.code,),
        dump=lambda row: benefit_dump(row.Benefit, row.Partner, row.stock, at=at, language=language),
    )


def shown(code: str, *, at: datetime, language: str) -> dict[str, Any]:
    """Raises `NotFound`."""
    row = db.session.execute(_with_stock().where(Benefit.code == code)).one_or_none()
    if row is None:
        raise NotFound()
    return benefit_dump(row.Benefit, row.Partner, row.stock, at=at, language=language)


def publish(code: str, terms: BenefitTerms, *, who: Caller | None, city: City, at: datetime) -> Benefit:
    """Offer a new benefit. Raises `BenefitExists`, `PartnerUnknown`, `WindowBackwards`, `ValueTooHigh`."""
    if db.session.get(Benefit, code) is not None:
        raise BenefitExists(benefit=code)
    benefit = benefit_of(code, terms, at=at)
    check(benefit, city=city)
    _check_partner(benefit)
    db.session.add(benefit)
    if terms.stock is not None:
        db.session.add(BenefitStock(benefit_code=code, stock=terms.stock, stock_total=terms.stock))
    audit.record("benefit.published", by=who, role=Role.MANAGER, object=code, purpose="catalogue", at=at)
    return benefit


def benefit_of(code: str, terms: BenefitTerms, *, at: datetime) -> Benefit:
    """A benefit that says this, not yet published."""
    return Benefit(
        code=code,
        category=terms.category,
        partner_code=terms.partner,
        titles=terms.titles,
        price_points=terms.price_points,
        has_stock=terms.stock is not None,
        per_person_per_year_max=terms.max_per_person_per_year,
        value_cents=cents(terms.value_eur),
        voucher_days=terms.voucher_days,
        opens_at=terms.opens_at,
        closes_at=terms.closes_at,
        source=terms.source,
        is_published=True,
        version=1,
        created_at=at,
        changed_at=at,
    )


def change(
    code: str,
    changes: dict[str, Any],
    *,
    version_seen: int | None = None,
    who: Caller | None,
    city: City,
    at: datetime,
) -> Benefit:
    """Change what a benefit says from now on; vouchers already bought keep what they were bought for. `changes` has
    field names of `BenefitTerms` without stock, and `is_published`. Raises as `publish`, and `NotFound`, and
    `VersionChanged` where another version was seen than is changed."""
    locked = select(Benefit).where(Benefit.code == code).with_for_update(key_share=True)
    benefit = db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()
    if benefit is None:
        raise NotFound()
    before = [getattr(benefit, column) for column in _COLUMNS.values()]
    for field, value in changes.items():
        setattr(benefit, _COLUMNS[field], cents(value) if field == "value_eur" else value)
    check(benefit, city=city)
    _check_partner(benefit)
    if before != [getattr(benefit, column) for column in _COLUMNS.values()]:
        if version_seen not in (None, benefit.version):
            raise VersionChanged(version=benefit.version)
        benefit.version, benefit.changed_at = benefit.version + 1, at
        audit.record("benefit.changed", by=who, role=Role.MANAGER, object=code, purpose="catalogue", at=at)
    return benefit


def terms_of(benefit: Benefit) -> dict[str, Any]:
    """What a benefit says, by its fields' names in the API, but for its stock."""
    terms = {field: getattr(benefit, column) for field, column in _COLUMNS.items()}
    return terms | {"value_eur": f"{benefit.value_cents / 100:.2f}"}


def change_stock(code: str, *, change: int, who: Caller | None, at: datetime) -> int:
    """Add units, or take back unsold ones (a negative `change`); returns what is left. One statement, so that it can
    happen beside purchases. Raises `NotFound`, `NoStock`, `StockTooLow`, `StockTooHigh`."""
    has_room = true() if change <= 0 else BenefitStock.stock_total + change <= STOCK_MAX
    moved = (
        update(BenefitStock)
        .where(BenefitStock.benefit_code == code, BenefitStock.stock + change >= 0, has_room)
        .values(stock=BenefitStock.stock + change, stock_total=BenefitStock.stock_total + change)
        .returning(BenefitStock.stock)
    )
    left = db.session.scalar(moved)
    if left is None:
        benefit = db.session.get(Benefit, code)
        if benefit is None:
            raise NotFound()
        stock = db.session.get(BenefitStock, code)
        if stock is None:
            raise NoStock()
        if change > 0:
            raise StockTooHigh(stock_put_in=stock.stock_total, stock_max=STOCK_MAX, change=change)
        raise StockTooLow(stock_left=stock.stock, change=change)
    audit.record("benefit.stock_changed", by=who, role=Role.MANAGER, object=code, purpose="catalogue", at=at)
    return int(left)


def is_open(benefit: Benefit | Row[Any], *, at: datetime) -> bool:
    """Whether it (or a row with its columns) can be bought at that instant."""
    opened = benefit.opens_at is None or benefit.opens_at <= at
    return benefit.is_published and opened and (benefit.closes_at is None or at < benefit.closes_at)


def cents(euro: Decimal) -> int:
    return int(euro * 100)


def benefit_dump(
    benefit: Benefit, partner: Partner, stock: int | None, *, at: datetime, language: str
) -> dict[str, Any]:
    return {
        "code": benefit.code,
        "category": benefit.category,
        "partner": {"code": partner.code, "name": partner.name},
        "title": benefit.titles.get(language) or next(iter(benefit.titles.values())),
        "titles": benefit.titles,
        "price_points": benefit.price_points,
        "stock_left": stock,
        "max_per_person_per_year": benefit.per_person_per_year_max,
        "value_eur": f"{benefit.value_cents / 100:.2f}",
        "voucher_days": benefit.voucher_days,
        "opens_at": benefit.opens_at,
        "closes_at": benefit.closes_at,
        "is_open": is_open(benefit, at=at) and partner.is_active,
        "is_published": benefit.is_published,
        "version": benefit.version,
        "source": benefit.source,
    }


_COLUMNS = {
    "category": "category",
    "partner": "partner_code",
    "titles": "titles",
    "price_points": "price_points",
    "max_per_person_per_year": "per_person_per_year_max",
    "value_eur": "value_cents",
    "voucher_days": "voucher_days",
    "opens_at": "opens_at",
    "closes_at": "closes_at",
    "source": "source",
    "is_published": "is_published",
}


def _with_stock() -> Select[Any]:
    return (
        select(Benefit, Partner, BenefitStock.stock)
        .join(Partner, Partner.code == Benefit.partner_code)
        .outerjoin(BenefitStock, BenefitStock.benefit_code == Benefit.code)
    )


def check(benefit: Benefit, *, city: City) -> None:
    """Raises `WindowBackwards`, `ValueTooHigh` or `Invalid` when what it says does not add up."""
    if faults := title_faults(benefit.titles, city=city):
        raise Invalid(errors=faults)
    if benefit.opens_at and benefit.closes_at and benefit.closes_at <= benefit.opens_at:
        raise WindowBackwards()
    if benefit.value_cents > city.benefits.value_eur_per_year_max * 100:
        raise ValueTooHigh(value_eur_max=city.benefits.value_eur_per_year_max)
    if benefit.voucher_days > city.benefits.voucher_days_max:
        raise Invalid(errors=[{"field": "voucher_days", "reason": f"at most {city.benefits.voucher_days_max}"}])


def _check_partner(benefit: Benefit) -> None:
    with db.session.no_autoflush:  # the foreign key would speak first, and say less
        check_partner(benefit.partner_code)
