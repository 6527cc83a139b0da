"""Points move between a resident and the city and are never made otherwise; lots are the balance, earliest first.

Every writer holds the resident's account lock (`lock_account`) before it reads a lot: what is read before the lock is
stale. Entries are numbered under that lock, so their order does not come from a clock (promises A45).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from core.clock import end_of_life, local_date, months_later
from core.db import Base, db, is_sqlite, run
from core.errors import Conflict
from core.ids import new_id
from core.settings import City
from core.together import Together, insert_of, of_row
from rewards.models import POINTS_MAX, Account, Allocation, Entry, Lot

_LOTS_AT_ONCE = 20
"""A purchase reads lots in pieces of this size: a resident with a thousand of them needs the first few."""

CITY_ACCOUNT = {
    "award": ("in", "issued"),
    "spend": ("out", "spent"),
    "refund": ("in", "spent"),
    "donation": ("out", "donated"),
    "expiry": ("out", "expired"),
    "reversal": ("out", "issued"),
}
"""Each kind of entry moves one way, between the resident and one city account (charter C5)."""


class NotEnoughPoints(Conflict):
    """The balance does not cover the price."""


class AlreadyReversed(Conflict):
    """This award was reversed before: an award is reversed once."""


@dataclass(frozen=True)
class Part:
    """What a lot pays of a price."""

    lot_id: UUID
    points: int
    expires_at: datetime


@dataclass(frozen=True)
class Reversal:
    """What a reversal took, and what it could not take because it was spent or had expired: no debt is made."""

    taken: int
    shortfall: int


def lock_account(citizen_id: UUID) -> Account:
    """Lock the resident's account until the transaction ends, making it when there is none yet."""
    locked = (
        select(Account)
        .where(Account.citizen_id == citizen_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    account = db.session.scalars(locked).one_or_none()
    if account is None:
        insert = sqlite_insert if is_sqlite() else pg_insert
        new = insert(Account).values(citizen_id=citizen_id, entry_seq=0)
        db.session.execute(new.on_conflict_do_nothing())
        account = db.session.scalars(locked).one()
    # The session refers to rows weakly: held here, the account is not read again for the number of each entry.
    db.session.info["locked_account"] = account
    return account


def lock_for_entries(citizen_id: UUID) -> int:
    """Lock the account as `lock_account` does, without its object; the number of its newest entry. Who locks so
    numbers their entries and writes the last number into the account."""
    seq = run(_LOCK, {"citizen": citizen_id}).scalar_one_or_none()
    return lock_account(citizen_id).entry_seq if seq is None else int(seq)


_LOCK = select(Account.entry_seq).where(Account.citizen_id == bindparam("citizen")).with_for_update(key_share=True)


def balance(citizen_id: UUID, *, at: datetime) -> int:
    """What can be spent at that instant. Points at or past their date do not count, whether recorded or not."""
    return int(run(BALANCE, {"citizen": citizen_id, "at": at}).scalar_one())


BALANCE = select(func.coalesce(func.sum(Lot.points_left), 0)).where(
    Lot.citizen_id == bindparam("citizen"), Lot.expires_at > bindparam("at")
)
"""The same to be read together with what else depends on it."""


def expiry_of(at: datetime, *, city: City) -> datetime:
    """The instant at which points awarded now expire: the start of the local day after their last (charter C47)."""
    last_day = months_later(local_date(at, zone=city.zone), city.points.expire_after_months)
    return end_of_life(last_day, zone=city.zone)


def award(
    *, citizen_id: UUID, submission_id: UUID, revision: int, points: int, deed_code: str, at: datetime, city: City
) -> UUID:
    """Issue points for a verified deed, as a lot with its date; returns the lot's id. The caller holds the account
    lock; a second award of the same revision is refused by the database (promises A13)."""
    rows = award_rows(
        citizen_id=citizen_id,
        submission_id=submission_id,
        revision=revision,
        points=points,
        deed_code=deed_code,
        entry_seq=lock_for_entries(citizen_id) + 1,
        at=at,
        city=city,
    )
    _AWARD.run(rows)
    lot_id: UUID = rows[Lot]["id"]
    return lot_id


def award_rows(
    *,
    citizen_id: UUID,
    submission_id: UUID,
    revision: int,
    points: int,
    deed_code: str,
    entry_seq: int,
    at: datetime,
    city: City,
) -> dict[type[Base], dict[str, Any]]:
    """The rows that `AWARD` writes."""
    assert 1 <= points <= POINTS_MAX, points
    lot: dict[str, Any] = {
        "citizen_id": citizen_id,
        "id": new_id(),
        "points": points,
        "points_left": points,
        "awarded_at": at,
        "expires_at": expiry_of(at, city=city),
        "policy": f"{city.points.expire_after_months}-months",
        "submission_id": submission_id,
        "revision": revision,
        "reversed_at": None,
        "reversal_shortfall": None,
        "closed_at": None,
    }
    entry = entry_row(
        citizen_id,
        "award",
        points,
        seq=entry_seq,
        reason="deed_verified",
        lot_id=lot["id"],
        reference=submission_id,
        subject=deed_code,
        at=at,
    )
    return {Lot: lot, Entry: entry}


ENTRY = (
    update(Account).where(Account.citizen_id == of_row(Entry, "citizen_id")).values(entry_seq=of_row(Entry, "seq")),
    insert_of(Entry),
)
"""How an entry is written together with what it tells of: under the number that follows the account's newest."""

AWARD = (*ENTRY, insert_of(Lot))
_AWARD = Together(*AWARD)


def payable(citizen_id: UUID, points: int, *, at: datetime) -> list["Part"]:
    """Which lots pay these points: those that expire first. The caller holds the account lock. Raises
    `NotEnoughPoints`."""
    taken, missing = [], points
    for lot in _spendable_lots(citizen_id, at=at):
        part = min(missing, lot.points_left)
        taken.append(Part(lot_id=lot.id, points=part, expires_at=lot.expires_at))
        missing -= part
        if missing == 0:
            return taken
    raise NotEnoughPoints(balance=points - missing, price_points=points)


def give_back(
    *,
    citizen_id: UUID,
    voucher_id: UUID,
    benefit_code: str,
    reason: str,
    at: datetime,
    lives_until: datetime | None = None,
) -> int:
    """Return a voucher's points to the lots they came from, with the same dates; returns how many can be spent again.

    What belonged to a reversed lot goes to the city; what belonged to a lot past its date expires at once. With
    `lives_until` (the partner or the city could not honour it) what would expire before gets a lot of its own with that
    date. The caller holds the account lock and ends the voucher in the same transaction.
    """
    spendable = 0
    for allocation, lot in _taken_lots(citizen_id, voucher_id):
        points = allocation.points
        allocation.returned_at = at
        is_over = lot.closed_at is not None or lot.expires_at <= at
        if lot.reversed_at is None and lives_until is not None and (is_over or lot.expires_at < lives_until):
            lot = _open_lot(citizen_id, points=points, expires_at=lives_until, policy="given-back", at=at)
            is_over = False
        elif lot.reversed_at is None and not is_over:
            lot.points_left += points
        write_entry(
            citizen_id,
            "refund",
            points,
            reason=reason,
            lot_id=lot.id,
            reference=voucher_id,
            subject=benefit_code,
            at=at,
        )
        if lot.reversed_at is not None:
            lot.reversal_shortfall = (lot.reversal_shortfall or 0) - points
            write_entry(
                citizen_id,
                "reversal",
                points,
                reason="returned_to_reversed",
                lot_id=lot.id,
                reference=voucher_id,
                at=at,
            )
        elif is_over:
            cause = f"voucher:{voucher_id}"
            write_entry(
                citizen_id,
                "expiry",
                points,
                reason="returned_too_late",
                lot_id=lot.id,
                cause=cause,
                reference=voucher_id,
                at=at,
            )
        else:
            spendable += points
    return spendable


def returnable(citizen_id: UUID, voucher_id: UUID, *, at: datetime) -> list[dict[str, Any]]:
    """What `give_back` would make spendable at that instant: `[{points, expires_at}]`, the earliest to end first."""
    rows = (
        select(Lot.expires_at, func.sum(Allocation.points).label("points"))
        .join(Allocation, and_(Allocation.citizen_id == Lot.citizen_id, Allocation.lot_id == Lot.id))
        .where(
            Lot.citizen_id == citizen_id,
            Allocation.citizen_id == citizen_id,
            Allocation.voucher_id == voucher_id,
            Allocation.returned_at.is_(None),
            Lot.reversed_at.is_(None),
            Lot.closed_at.is_(None),
            Lot.expires_at > at,
        )
        .group_by(Lot.expires_at)
        .order_by(Lot.expires_at)
    )
    return [{"points": int(row.points), "expires_at": row.expires_at} for row in db.session.execute(rows)]


def reverse_award(*, citizen_id: UUID, submission_id: UUID, at: datetime) -> Reversal:
    """Take back an award, once: at most what is left of it (charter C6). The caller holds the account lock. An award
    of 0 points has no lot and nothing to take. Raises `AlreadyReversed`."""
    newest = (
        select(Lot)
        .where(Lot.citizen_id == citizen_id, Lot.submission_id == submission_id)
        .order_by(Lot.revision.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    lot = db.session.scalars(newest).one_or_none()
    if lot is None:
        return Reversal(taken=0, shortfall=0)
    if lot.reversed_at is not None:
        raise AlreadyReversed(reversed_at=lot.reversed_at)
    if lot.closed_at is None and lot.expires_at <= at:
        # Recorded here and not left to the job: a clock set back must not revive points of a reversed award.
        expire_lot(lot, cause="date", reason="points_expired", at=at)
    taken = lot.points_left
    lot.points_left -= taken
    lot.reversed_at, lot.reversal_shortfall = at, lot.points - taken
    if taken:
        write_entry(
            citizen_id, "reversal", taken, reason="award_reversed", lot_id=lot.id, reference=submission_id, at=at
        )
    return Reversal(taken=taken, shortfall=lot.points - taken)


def expire_lot(lot: Lot, *, cause: str, reason: str, at: datetime) -> int:
    """Record that a lot is over; what was left of it goes to the city. Returns how many points."""
    left = lot.points_left
    if left:
        write_entry(lot.citizen_id, "expiry", left, reason=reason, lot_id=lot.id, cause=cause, at=at)
    lot.points_left, lot.closed_at = 0, at
    return left


def write_entry(
    citizen_id: UUID,
    kind: str,
    points: int,
    *,
    reason: str,
    at: datetime,
    lot_id: UUID | None = None,
    cause: str | None = None,
    reference: UUID | None = None,
    subject: str | None = None,
) -> None:
    """Append an entry with the account's next number."""
    account = db.session.get_one(Account, citizen_id)
    account.entry_seq += 1
    row = entry_row(
        citizen_id,
        kind,
        points,
        seq=account.entry_seq,
        reason=reason,
        at=at,
        lot_id=lot_id,
        cause=cause,
        reference=reference,
        subject=subject,
    )
    db.session.add(Entry(**row))


def entry_row(
    citizen_id: UUID,
    kind: str,
    points: int,
    *,
    seq: int,
    reason: str,
    at: datetime,
    lot_id: UUID | None = None,
    cause: str | None = None,
    reference: UUID | None = None,
    subject: str | None = None,
) -> dict[str, Any]:
    """The columns of an entry, for a path that writes it together with others."""
    direction, city_account = CITY_ACCOUNT[kind]
    return {
        "citizen_id": citizen_id,
        "id": new_id(),
        "seq": seq,
        "at": at,
        "kind": kind,
        "direction": direction,
        "points": points,
        "city_account": city_account,
        "reason": reason,
        "lot_id": lot_id,
        "cause": cause,
        "reference": reference,
        "subject": subject,
    }


def given_back_until(at: datetime, *, city: City) -> datetime:
    """The earliest date of points that come back because a benefit could not be honoured."""
    last_day = local_date(at, zone=city.zone) + timedelta(days=city.benefits.given_back_days_min)
    return end_of_life(last_day, zone=city.zone)


def _open_lot(citizen_id: UUID, *, points: int, expires_at: datetime, policy: str, at: datetime) -> Lot:
    lot = Lot(
        citizen_id=citizen_id,
        id=new_id(),
        points=points,
        points_left=points,
        awarded_at=at,
        expires_at=expires_at,
        policy=policy,
    )
    db.session.add(lot)
    return lot


def _spendable_lots(citizen_id: UUID, *, at: datetime) -> Iterator[Row[Any]]:
    """The lots with points left, earliest date first, read in pieces: `id`, `points_left`, `expires_at`."""
    owner = {"citizen": citizen_id, "at": at}
    piece = run(_SPENDABLE, owner).all()
    while piece:
        yield from piece
        if len(piece) < _LOTS_AT_ONCE:
            return
        piece = run(_SPENDABLE_AFTER, owner | {"last_date": piece[-1].expires_at, "last_id": piece[-1].id}).all()


_SPENDABLE = (
    select(Lot.id, Lot.points_left, Lot.expires_at)
    .where(Lot.citizen_id == bindparam("citizen"), Lot.expires_at > bindparam("at"), Lot.points_left > 0)
    .order_by(Lot.expires_at, Lot.id)
    .limit(_LOTS_AT_ONCE)
)
_SPENDABLE_AFTER = _SPENDABLE.where(
    tuple_(Lot.expires_at, Lot.id)
    > tuple_(bindparam("last_date", type_=Lot.expires_at.type), bindparam("last_id", type_=Lot.id.type))
)


def _taken_lots(citizen_id: UUID, voucher_id: UUID) -> list[tuple[Allocation, Lot]]:
    taken = (
        select(Allocation, Lot)
        .join(Lot, (Lot.citizen_id == Allocation.citizen_id) & (Lot.id == Allocation.lot_id))
        .where(
            Allocation.citizen_id == citizen_id,
            Allocation.voucher_id == voucher_id,
            Allocation.returned_at.is_(None),
        )
        .order_by(Lot.expires_at, Lot.id)
        .execution_options(populate_existing=True)
    )
    return [(row.Allocation, row.Lot) for row in db.session.execute(taken)]
