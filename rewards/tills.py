"""A till is a partner's device and nobody's account: managers see it and end it, and it knows its own state."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import audit
from core.db import db
from core.errors import NotFound, Unauthorized
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from rewards.models import Partner, Till
from rewards.shifts import WRONG_PINS_MAX, is_locked, is_own
from rewards.till_tokens import is_running

STATES = ("paired", "on_shift", "locked", "blocked", "ended")


def listed(partner_code: str, *, cursor: str | None, limit: int, at: datetime) -> Any:
    """A page of a partner's tills, those first paired first. Raises `NotFound`."""
    if db.session.get(Partner, partner_code) is None:
        raise NotFound()
    query = select(Till).where(Till.partner_code == partner_code)
    after = read_cursor(cursor, UUID)
    if after is not None:
        query = query.where(Till.id > after[0])
    rows = db.session.scalars(query.order_by(Till.id).limit(limit + 1)).all()
    return page(rows, limit=limit, key=lambda till: (till.id,), dump=lambda till: till_dump(till, at=at))


def end(partner_code: str, till_id: UUID, *, who: Caller, at: datetime) -> None:
    """End a till at once, with its shift and its unused code. Ending again changes nothing. Raises `NotFound`."""
    one = select(Till).where(Till.partner_code == partner_code, Till.id == till_id)
    till = db.session.scalars(one.with_for_update()).one_or_none()
    if till is None:
        raise NotFound()
    if till.ended_at is None:
        till.ended_at, till.shift_id, till.shift_ends_at = at, None, None
        audit.record("till.ended", by=who, role=Role.MANAGER, object=till.id, purpose="administration", at=at)


def own(*, who: Caller, at: datetime) -> dict[str, Any]:
    """What a device shows of itself."""
    till = db.session.scalars(select(Till).where(*is_own(who), Till.ended_at.is_(None))).one_or_none()
    if till is None:
        raise Unauthorized()  # ended since this request was let in
    return shown(till, at=at)


def shown(till: Till, *, at: datetime) -> dict[str, Any]:
    partner = db.session.get_one(Partner, till.partner_code)
    return {"partner": {"code": partner.code, "name": partner.name}, "till": till_dump(till, at=at)}


def till_dump(till: Till, *, at: datetime) -> dict[str, Any]:
    is_on_shift = is_running(till.shift_ends_at, at=at)
    return {
        "id": till.id,
        "name": till.name,
        "state": _state(till, is_on_shift=is_on_shift, at=at),
        "paired_at": till.paired_at,
        "last_used_at": till.last_used_at,
        "shift_ends_at": till.shift_ends_at if is_on_shift else None,
        "locked_until": till.locked_until if is_locked(till, at=at) else None,
        "ended_at": till.ended_at,
    }


def _state(till: Till, *, is_on_shift: bool, at: datetime) -> str:
    if till.ended_at is not None:
        return "ended"
    if till.wrong_pins >= WRONG_PINS_MAX:
        return "blocked"
    if is_locked(till, at=at):
        return "locked"
    return "on_shift" if is_on_shift else "paired"
