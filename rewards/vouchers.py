"""A voucher is a benefit bought: shown to its owner, given back by them, and ended by its date with its points back."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_, update

from citizen.own_acts import record_own
from core import audit
from core.clock import iso
from core.db import Does, db, in_transaction
from core.errors import Conflict, Forbidden, NotFound
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.settings import City, Settings
from rewards import ledger, voucher_codes
from rewards.models import Benefit, BenefitStock, Partner, Voucher, VoucherCode

VOUCHERS_PER_BATCH = 100


class OwnVoucher(Forbidden):
    """Nobody decides their own case: another manager gives your points back."""


class NotActive(Conflict):
    """This voucher was used, cancelled or has expired."""


def cancel(voucher_id: UUID, *, citizen_id: UUID, at: datetime) -> tuple[Voucher, int]:
    """The owner gives an unused voucher back. Returns it and how many points can be spent again; cancelling it again
    changes nothing. Raises `NotFound`, `NotActive`."""
    ledger.lock_account(citizen_id)
    voucher = _own(voucher_id, citizen_id=citizen_id, lock=True)
    if voucher.status == "cancelled":
        return voucher, 0
    if (status := status_at(voucher, at=at)) != "active":
        raise NotActive(voucher_status=status)
    record_own("voucher.cancelled", citizen_id, object=voucher.id, purpose="purchase", at=at)
    return voucher, _end(voucher, "cancelled", reason="voucher_cancelled", at=at)


def refund(voucher_id: UUID, *, citizen_id: UUID, who: Caller, city: City, at: datetime) -> tuple[Voucher, int]:
    """A manager gives the points of a voucher back that the partner or the city cannot honour: they live at least
    `given_back_days_min` more, so nobody does so for themself. Raises `NotActive`, `NotFound`, `OwnVoucher`."""
    if citizen_id == who.citizen_id:
        raise OwnVoucher()
    ledger.lock_account(citizen_id)
    voucher = _own(voucher_id, citizen_id=citizen_id, lock=True)
    if voucher.status != "active":
        raise NotActive(voucher_status=voucher.status)
    lives_until = ledger.given_back_until(at, city=city)
    audit.record(
        "voucher.refunded",
        by=who,
        role=Role.MANAGER,
        subject_id=citizen_id,
        object=voucher_id,
        purpose="not_honoured",
        at=at,
    )
    return voucher, _end(voucher, "cancelled", reason="not_honoured", at=at, lives_until=lives_until)


def expire_vouchers(*, at: datetime, settings: Settings) -> int:
    """The job: end what was not used in time and give its points back. Returns how many vouchers."""
    ended, after = 0, None
    while due := in_transaction(partial(_due, at, after=after), does=Does.READS):
        for _, citizen_id, voucher_id in due:
            ended += in_transaction(partial(_expire, citizen_id, voucher_id, at=at))
        after = due[-1]
    return ended


def cancel_all_of(citizen_id: UUID, *, at: datetime) -> None:
    """Part of erasure: nobody is left to use them. The caller holds the account lock."""
    active = select(Voucher).where(Voucher.citizen_id == citizen_id, Voucher.status == "active").order_by(Voucher.id)
    for voucher in db.session.scalars(active.with_for_update(key_share=True)).all():
        _end(voucher, "cancelled", reason="voucher_cancelled", at=at)


def listed(citizen_id: UUID, *, cursor: str | None, limit: int, language: str, at: datetime) -> Any:
    """A page of one's own vouchers, newest first, without their codes."""
    query = select(Voucher).where(Voucher.citizen_id == citizen_id).order_by(Voucher.id.desc()).limit(limit + 1)
    after = read_cursor(cursor, UUID)
    if after is not None:
        query = query.where(Voucher.id < after[0])
    rows = db.session.scalars(query).all()
    return page(
        rows, limit=limit, key=lambda row: (row.id,), dump=lambda row: voucher_dump(row, language=language, at=at)
    )


def shown(voucher_id: UUID, *, citizen_id: UUID) -> Voucher:
    """One's own voucher. Raises `NotFound`."""
    return _own(voucher_id, citizen_id=citizen_id, lock=False)


def details_of(voucher: Voucher, *, at: datetime) -> dict[str, Any]:
    """What else its owner sees of one: `{partner_name, points_back}`, where it is good and what cancelling it now would
    give back."""
    back = ledger.returnable(voucher.citizen_id, voucher.id, at=at) if status_at(voucher, at=at) == "active" else []
    return {"partner_name": db.session.get_one(Partner, voucher.partner_code).name, "points_back": back}


def owner_of(voucher_id: UUID) -> UUID:
    """Whose voucher it is, for a manager who holds only its id. Raises `NotFound`."""
    citizen_id = db.session.scalar(select(VoucherCode.citizen_id).where(VoucherCode.voucher_id == voucher_id))
    if citizen_id is None:
        raise NotFound()
    return citizen_id


def code_shown(voucher: Voucher, *, key: bytes, at: datetime) -> str | None:
    """The code in groups, for its owner; None once the voucher is not good any more."""
    return voucher_codes.grouped(code_of(voucher, key=key)) if status_at(voucher, at=at) == "active" else None


def code_to_scan(voucher: Voucher, *, key: bytes, at: datetime) -> str:
    """The code as a QR holds it. Raises `NotActive`."""
    if (status := status_at(voucher, at=at)) != "active":
        raise NotActive(voucher_status=status)
    return code_of(voucher, key=key)


def code_of(voucher: Voucher, *, key: bytes) -> str:
    assert voucher.seed is not None, "only an erased person's voucher has no seed"
    return voucher_codes.code_of(voucher.seed, key=key)


def status_at(voucher: Voucher, *, at: datetime) -> str:
    """An active voucher past its date is `expired`, whether the job has recorded that or not."""
    return "expired" if voucher.status == "active" and voucher.expires_at <= at else voucher.status


def voucher_dump(voucher: Voucher, *, language: str, at: datetime) -> dict[str, Any]:
    """What the owner sees of a voucher."""
    return {
        "id": str(voucher.id),
        "benefit": voucher.benefit_code,
        "title": voucher.titles.get(language) or next(iter(voucher.titles.values())),
        "partner": voucher.partner_code,
        "status": status_at(voucher, at=at),
        "price_points": voucher.price_points,
        "bought_at": iso(voucher.bought_at),
        "expires_at": iso(voucher.expires_at),
        "ended_at": iso(voucher.ended_at) if voucher.ended_at else None,
    }


def _return_unit(voucher: Voucher, *, at: datetime) -> None:
    """Give a unit back while the benefit can be bought or will be; afterwards it lapses with the window."""
    benefit = db.session.get_one(Benefit, voucher.benefit_code)
    stock = update(BenefitStock).where(BenefitStock.benefit_code == voucher.benefit_code)
    if benefit.closes_at is None or at < benefit.closes_at:
        db.session.execute(stock.values(stock=BenefitStock.stock + 1))
    else:
        db.session.execute(stock.values(stock_total=BenefitStock.stock_total - 1))


def _end(voucher: Voucher, status: str, *, reason: str, at: datetime, lives_until: datetime | None = None) -> int:
    voucher.status, voucher.ended_at = status, at
    returned = ledger.give_back(
        citizen_id=voucher.citizen_id,
        voucher_id=voucher.id,
        benefit_code=voucher.benefit_code,
        reason=reason,
        at=at,
        lives_until=lives_until,
    )
    db.session.flush()
    if voucher.takes_stock:
        _return_unit(voucher, at=at)
    return returned


def _own(voucher_id: UUID, *, citizen_id: UUID, lock: bool) -> Voucher:
    query = select(Voucher).where(Voucher.citizen_id == citizen_id, Voucher.id == voucher_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    voucher = db.session.scalars(query).one_or_none()
    if voucher is None:
        raise NotFound()
    return voucher


def _due(at: datetime, *, after: tuple[datetime, UUID, UUID] | None) -> list[tuple[datetime, UUID, UUID]]:
    """The next vouchers whose date has come, earliest first, as the index on what is active lies."""
    key = Voucher.expires_at, Voucher.citizen_id, Voucher.id
    query = select(*key).where(Voucher.status == "active", Voucher.expires_at <= at)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    rows = db.session.execute(query.order_by(*key).limit(VOUCHERS_PER_BATCH))
    return [(expires_at, citizen_id, voucher_id) for expires_at, citizen_id, voucher_id in rows]


def _expire(citizen_id: UUID, voucher_id: UUID, *, at: datetime) -> int:
    ledger.lock_account(citizen_id)
    voucher = _own(voucher_id, citizen_id=citizen_id, lock=True)
    if voucher.status != "active" or voucher.expires_at > at:
        return 0  # used, cancelled or prolonged since it was read
    _end(voucher, "expired", reason="voucher_expired", at=at)
    return 1
