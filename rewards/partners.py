"""A partner honours vouchers and learns nothing about who holds them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import audit
from core.db import db
from core.errors import Conflict, Invalid, NotFound
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from rewards.models import Partner


class PartnerExists(Conflict):
    """A partner with this code is there already."""


class PartnerUnknown(Invalid):
    """There is no partner with this code: open it first."""


def check_partner(code: str) -> None:
    """Raises `PartnerUnknown`."""
    if db.session.get(Partner, code) is None:
        raise PartnerUnknown(partner=code)


def listed(*, cursor: str | None, limit: int) -> Any:
    """A page of partners by code."""
    query = select(Partner).order_by(Partner.code).limit(limit + 1)
    after = read_cursor(cursor, str)
    if after is not None:
        query = query.where(Partner.code > after[0])
    return page(db.session.scalars(query).all(), limit=limit, key=lambda row: (row.code,), dump=partner_dump)


def open_partner(*, code: str, name: str, who: Caller | None, at: datetime) -> Partner:
    """Raises `PartnerExists`."""
    if db.session.get(Partner, code) is not None:
        raise PartnerExists(partner=code)
    partner = Partner(code=code, name=name, is_active=True, created_at=at)
    db.session.add(partner)
    audit.record("partner.opened", by=who, role=Role.MANAGER, object=code, purpose="catalogue", at=at)
    return partner


def change_partner(code: str, *, changes: dict[str, Any], who: Caller, at: datetime) -> Partner:
    """Raises `NotFound`. An inactive partner sells nothing more and still honours what was sold."""
    partner = db.session.get(Partner, code)
    if partner is None:
        raise NotFound()
    for field, value in changes.items():
        setattr(partner, field, value)
    audit.record("partner.changed", by=who, role=Role.MANAGER, object=code, purpose="catalogue", at=at)
    return partner


def partner_dump(partner: Partner) -> dict[str, Any]:
    return {"code": partner.code, "name": partner.name, "is_active": partner.is_active}
