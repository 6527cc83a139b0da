"""A voucher is used once, at its own partner; the clerk learns whether it is good and for what, nothing else (C15)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, select, tuple_, update

from core import audit
from core.audit import AuditEntry
from core.clock import iso
from core.db import db, run
from core.errors import Conflict, NotFound
from core.http.attempts import count_attempt, refuse_if_exhausted
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.ids import new_id
from core.together import Together, insert_of
from rewards import voucher_codes
from rewards.models import Redemption, Till, Voucher, VoucherCode

UNDO_WITHIN = timedelta(minutes=10)
LIVES_AFTER_UNDO = timedelta(hours=24)
WRONG_CODES_MAX, WRONG_CODES_WINDOW = 60, timedelta(minutes=10)
"""Wrong codes per clerk. A code has 128 random bits: this only keeps a till from being used to hammer."""


class VoucherNotFound(NotFound):
    """No voucher of yours has this code."""

    stays = True  # the counted try, and the audit row

    @classmethod
    def code(cls) -> str:
        return "not_found"


class AlreadyRedeemed(Conflict):
    """This voucher was used already, at `redeemed_at`."""

    stays = True  # the audit row: the clerk has learnt how it stands


class VoucherExpired(Conflict):
    """This voucher expired, at `expired_at`."""

    stays = True


class VoucherCancelled(Conflict):
    """This voucher was cancelled, at `cancelled_at`."""

    stays = True


class RedemptionUndone(Conflict):
    """This redemption was undone meanwhile: scan the voucher again to redeem it again."""

    final = False


class UndoTooLate(Conflict):
    """A redemption can be undone for ten minutes."""


def look_up(code: str, *, who: Caller, language: str, at: datetime) -> dict[str, Any]:
    """A glance before redeeming. Raises `VoucherNotFound`, `TooManyRequests`."""
    voucher = _voucher(code, who=who, at=at)
    state = _state(voucher, at=at)
    _record("voucher.looked_up", voucher, who=who, at=at)
    return {
        "status": state,
        "benefit": voucher.benefit_code,
        "title": _title(voucher.titles, language),
        "valid_until": iso(voucher.expires_at),
        "ended_at": iso(voucher.ended_at) if voucher.ended_at else None,
    }


def redeem(code: str, *, who: Caller, at: datetime) -> Redemption:
    """Use the voucher. Raises `VoucherNotFound`, `AlreadyRedeemed`, `VoucherExpired`, `VoucherCancelled`,
    `TooManyRequests`."""
    voucher = _voucher(code, who=who, at=at)
    # The check and the act are one statement: of many scans at once exactly one finds it active (promises A22, A25).
    it = {"citizen": voucher.citizen_id, "voucher": voucher.id}
    if run(_USE, it | {"at": at}).first() is None:
        voucher = run(_VOUCHER, it).one()
        _record("voucher.refused", voucher, who=who, at=at)
        raise _spoilt(voucher, at=at)
    redemption = {
        "partner_code": voucher.partner_code,
        "id": new_id(),
        "citizen_id": voucher.citizen_id,
        "voucher_id": voucher.id,
        "benefit_code": voucher.benefit_code,
        "titles": voucher.titles,
        "value_cents": voucher.value_cents,
        "clerk_id": who.citizen_id,
        "at": at,
        "undone_at": None,
    }
    _REDEEMED.run({Redemption: redemption, AuditEntry: _line("voucher.redeemed", voucher, who=who, at=at)})
    return Redemption(**redemption)


_VOUCHER = select(
    Voucher.citizen_id,
    Voucher.id,
    Voucher.benefit_code,
    Voucher.partner_code,
    Voucher.titles,
    Voucher.status,
    Voucher.value_cents,
    Voucher.expires_at,
    Voucher.ended_at,
).where(Voucher.citizen_id == bindparam("citizen"), Voucher.id == bindparam("voucher"))
_OPENS = select(VoucherCode.citizen_id, VoucherCode.voucher_id).where(VoucherCode.code_hash == bindparam("fingerprint"))
_USE = (
    update(Voucher)
    .where(
        Voucher.citizen_id == bindparam("citizen"),
        Voucher.id == bindparam("voucher"),
        Voucher.status == "active",
        Voucher.expires_at > bindparam("at"),
    )
    .values(status="redeemed", ended_at=bindparam("at", type_=Voucher.ended_at.type))
    .returning(Voucher.id)
)
_REDEEMED = Together(insert_of(Redemption), insert_of(AuditEntry))


def undo(redemption_id: UUID, *, who: Caller, at: datetime) -> tuple[Redemption, str | None]:
    """Take a mistaken scan back: the voucher is good again, for at least a day. Undoing again changes nothing.
    Returns it with the name of the till where it was used, if that was a device. Raises `NotFound`, `UndoTooLate`."""
    row = db.session.execute(_with_till(who).where(Redemption.id == redemption_id)).one_or_none()
    if row is None:
        raise NotFound()
    found, till = row
    if found.undone_at is not None:
        return found, till
    if at >= found.at + UNDO_WITHIN:
        raise UndoTooLate(redeemed_at=found.at, undo_until=found.at + UNDO_WITHIN)
    # The voucher is locked before its redemption, as redeeming does; of two undos at once one finds nothing to do.
    locked = select(Voucher).where(Voucher.citizen_id == found.citizen_id, Voucher.id == found.voucher_id)
    voucher = db.session.scalars(locked.with_for_update(key_share=True)).one()
    own = select(Redemption).where(Redemption.partner_code == found.partner_code, Redemption.id == found.id)
    redemption = db.session.scalars(own.with_for_update().execution_options(populate_existing=True)).one()
    if redemption.undone_at is None:
        redemption.undone_at = at
        voucher.status, voucher.ended_at = "active", None
        voucher.expires_at = max(voucher.expires_at, at + LIVES_AFTER_UNDO)
        _record("voucher.undone", voucher, who=who, at=at)
    return redemption, till


def refuse_others(code: str, *, who: Caller, at: datetime) -> None:
    """Before a stored answer is given again: the clerk must still be one of the voucher's partner (promises A31).
    Raises `VoucherNotFound`, `TooManyRequests`."""
    _voucher(code, who=who, at=at)


def refuse_undone(redemption_id: UUID, *, who: Caller) -> None:
    """Before a stored answer is given again: it must still be true. Raises `RedemptionUndone`."""
    undone = select(Redemption.undone_at).where(
        Redemption.partner_code.in_(who.partners), Redemption.id == redemption_id, Redemption.undone_at.is_not(None)
    )
    undone_at = db.session.scalar(undone)
    if undone_at is not None:
        raise RedemptionUndone(undone_at=undone_at)


def listed(*, who: Caller, cursor: str | None, limit: int, language: str, since: datetime | None) -> Any:
    """A page of the redemptions of the clerk's partners, newest first."""
    query = _with_till(who)
    if since is not None:
        query = query.where(Redemption.at >= since)
    after = read_cursor(cursor, datetime, UUID)
    if after is not None:
        query = query.where(tuple_(Redemption.at, Redemption.id) < after)
    rows = db.session.execute(query.order_by(Redemption.at.desc(), Redemption.id.desc()).limit(limit + 1)).all()
    return page(
        rows,
        limit=limit,
        key=lambda row: (row.Redemption.at, row.Redemption.id),
        dump=lambda row: redemption_dump(row.Redemption, till=row.name, language=language),
    )


def redemption_dump(redemption: Redemption, *, till: str | None, language: str) -> dict[str, Any]:
    """`till` is the name of the device, none where a clerk did it in person."""
    return {
        "id": str(redemption.id),
        "benefit": redemption.benefit_code,
        "title": _title(redemption.titles, language),
        "partner": redemption.partner_code,
        "till": till,
        "till_id": str(redemption.clerk_id) if till else None,
        "redeemed_at": iso(redemption.at),
        "undo_until": iso(redemption.at + UNDO_WITHIN),
        "undone_at": iso(redemption.undone_at) if redemption.undone_at else None,
    }


def _with_till(who: Caller) -> Select[Any]:
    """The redemptions of the clerk's partners, each with the name of its till."""
    at_till = and_(Till.partner_code == Redemption.partner_code, Till.id == Redemption.clerk_id)
    return select(Redemption, Till.name).outerjoin(Till, at_till).where(Redemption.partner_code.in_(who.partners))


def _voucher(code: str, *, who: Caller, at: datetime) -> Row[Any]:
    """The voucher behind what was scanned or typed, if it belongs to one of the clerk's partners."""
    bucket = f"till:{who.citizen_id}"
    refuse_if_exhausted(bucket, at_most=WRONG_CODES_MAX, window=WRONG_CODES_WINDOW, at=at)
    canonical = voucher_codes.read(code)
    voucher = None
    if canonical is not None:
        # Two statements: past one machine a code lies elsewhere than the voucher that it opens.
        found = run(_OPENS, {"fingerprint": voucher_codes.fingerprint(canonical)}).one_or_none()
        if found is not None:
            voucher = run(_VOUCHER, {"citizen": found.citizen_id, "voucher": found.voucher_id}).one_or_none()
    if voucher is None or voucher.partner_code not in who.partners:
        count_attempt(bucket, at_most=WRONG_CODES_MAX, window=WRONG_CODES_WINDOW, at=at)
        if voucher is not None:
            audit.record("voucher.not_theirs", by=who, role=Role.CLERK, object=voucher.id, purpose="redemption", at=at)
        raise VoucherNotFound()
    return voucher


def _record(kind: str, voucher: Voucher | Row[Any], *, who: Caller, at: datetime) -> None:
    db.session.add(AuditEntry(**_line(kind, voucher, who=who, at=at)))


def _line(kind: str, voucher: Voucher | Row[Any], *, who: Caller, at: datetime) -> dict[str, Any]:
    """The log's row of what a clerk did with a voucher."""
    return audit.row_for(
        kind,
        actor_id=who.citizen_id,
        office=voucher.partner_code,
        subject_id=voucher.citizen_id,
        object=voucher.id,
        purpose="redemption",
        at=at,
    )


def _state(voucher: Row[Any], *, at: datetime) -> str:
    if voucher.status == "active":
        return "valid" if voucher.expires_at > at else "expired"
    return str(voucher.status)


def _spoilt(voucher: Row[Any], *, at: datetime) -> Conflict:
    state = _state(voucher, at=at)
    if state == "redeemed":
        return AlreadyRedeemed(redeemed_at=iso(voucher.ended_at or at))
    if state == "cancelled":
        return VoucherCancelled(cancelled_at=iso(voucher.ended_at or at))
    return VoucherExpired(expired_at=iso(voucher.expires_at))


def _title(titles: dict[str, str], language: str) -> str:
    return titles.get(language) or next(iter(titles.values()))
