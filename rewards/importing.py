"""A city's benefits come from a file as they would by the API; loading it again changes only what differs."""

from collections import Counter
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from core.charter_gate import breaches_of_raw_benefit, gate
from core.db import db
from core.differences import differences
from core.errors import Invalid
from core.http.doors import Caller
from core.importing import (
    Checked,
    Outcome,
    Row,
    Table,
    body_of,
    check_rows,
    loaded_dump,
    outcomes,
    progress,
    title_columns,
)
from core.settings import City
from core.titles import code_of
from rewards import benefits
from rewards.benefits import BenefitTerms
from rewards.models import Benefit, BenefitStock, Partner
from rewards.partners import open_partner
from rewards.schemas import BenefitNew, PartnerNew

OPTIONAL = frozenset({"opens_at", "closes_at", "source"})
REQUIRED = {"code", *(field.name for field in fields(BenefitTerms))} - OPTIONAL - {"titles"}
NUMBERS = frozenset({"price_points", "stock", "max_per_person_per_year", "voucher_days"})

NOBODY: Caller | None = None
"""Who publishes what comes from a file: a command has no person."""


@dataclass(frozen=True)
class BenefitRow:
    """A benefit of a file, checked."""

    line: int
    code: str
    partner_name: str
    terms: BenefitTerms


def check_benefits(table: Table, *, at: datetime, city: City) -> Checked[BenefitRow]:
    """Check every row as the API checks a body. The column `partner` holds a partner's name or code."""
    schema, partner_name_of = BenefitNew(), PartnerNew(only=["name"])

    def checked(row: Row) -> BenefitRow:
        body = body_of(row, numbers=NUMBERS)
        if partner_name := row.cells["partner"]:
            body["partner"] = code_of(partner_name)
        loaded = gate(body, schema, breaches_of_raw_benefit)
        if faults := partner_name_of.validate({"name": partner_name}):
            raise Invalid(errors=[{"field": "partner", "reason": reason} for reason in faults["name"]])
        code, terms = loaded.pop("code"), BenefitTerms(**loaded)
        benefits.check(benefits.benefit_of(code, terms, at=at), city=city)
        return BenefitRow(row.line, code, partner_name, terms)

    required, optional = title_columns(city)
    return check_rows(table, kind="benefit", required=REQUIRED | required, optional=OPTIONAL | optional, check=checked)


def load_benefits(rows: list[BenefitRow], *, city: City, at: datetime) -> Counter[str]:
    """Publish what is new, change what differs, and open partners that are not there; counts new, changed and same.

    `stock` is what the city has put in so far. Raises `Invalid`, `StockTooLow`.
    """
    return Counter(_load(row, who=NOBODY, city=city, at=at).result for row in progress(rows, "Loading"))


def load_sent(
    table: Table, checked: Checked[BenefitRow], *, dry_run: bool, who: Caller, city: City, at: datetime
) -> dict[str, Any]:
    """Load what a manager sent, all or nothing, or only try to. Raises `ImportRefused`."""
    rows = outcomes(table, checked, lambda row: _load(row, who=who, city=city, at=at), dry_run=dry_run)
    return loaded_dump(rows, dry_run=dry_run)


def _load(row: BenefitRow, *, who: Caller | None, city: City, at: datetime) -> Outcome:
    if db.session.get(Partner, row.terms.partner) is None:
        open_partner(code=row.terms.partner, name=row.partner_name, who=who, at=at)
    benefit = db.session.get(Benefit, row.code)
    if benefit is None:
        benefits.publish(row.code, row.terms, who=who, city=city, at=at)
        return Outcome("new", row.code, row.line)
    before = benefits.terms_of(benefit) | {"stock": _stock_total(row.code)}
    benefit = benefits.change(row.code, _changes(row.terms), who=who, city=city, at=at)
    _put_in(row, who=who, at=at)
    changes = differences(before, benefits.terms_of(benefit) | {"stock": row.terms.stock})
    return Outcome("changed" if changes else "same", row.code, row.line, changes=changes)


def _changes(terms: BenefitTerms) -> dict[str, Any]:
    return {field.name: getattr(terms, field.name) for field in fields(terms) if field.name != "stock"}


def _stock_total(code: str) -> int | None:
    stock = db.session.get(BenefitStock, code)
    return stock.stock_total if stock else None


def _put_in(row: BenefitRow, *, who: Caller | None, at: datetime) -> None:
    total = _stock_total(row.code)
    if (total is None) != (row.terms.stock is None):
        reason = f"The benefit {row.code} keeps what it has: a stock, or none."
        raise Invalid(errors=[{"field": "stock", "reason": reason}])
    if total is not None and row.terms.stock is not None and total != row.terms.stock:
        benefits.change_stock(row.code, change=row.terms.stock - total, who=who, at=at)
