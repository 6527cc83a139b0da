"""Points end at an instant fixed when they were awarded; the job only records it, and being late changes nothing.

Residents with something due are read without a lock, then recorded in batches under their account locks, taken in one
order. A killed run is taken up where it stopped: a lot that is closed is not found again, and the unique
(citizen_id, lot, cause) would refuse to record it twice.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select

from core.db import Does, db, in_transaction
from core.settings import Settings
from rewards import ledger
from rewards.models import Account, Lot

RESIDENTS_PER_BATCH = 200


def expire_points(*, at: datetime, settings: Settings) -> int:
    """The job: record every lot whose date has come. Returns how many lots."""
    lots, after = 0, None
    while batch := in_transaction(partial(_residents_due, at, after=after), does=Does.READS):
        lots += in_transaction(partial(_record, batch, at=at))
        after = batch[-1]
    return lots


def expire_all_of(citizen_id: UUID, *, at: datetime) -> int:
    """What a leaver did not spend expires when they go. The caller holds the account lock. Returns how many points."""
    open_lots = (
        select(Lot).where(Lot.citizen_id == citizen_id, Lot.closed_at.is_(None)).order_by(Lot.expires_at, Lot.id)
    )
    return sum(ledger.expire_lot(lot, cause="left", reason="left", at=at) for lot in db.session.scalars(open_lots))


def _residents_due(at: datetime, *, after: UUID | None) -> Sequence[UUID]:
    due = select(Lot.citizen_id).where(Lot.closed_at.is_(None), Lot.expires_at <= at).distinct()
    if after is not None:
        due = due.where(Lot.citizen_id > after)
    return db.session.scalars(due.order_by(Lot.citizen_id).limit(RESIDENTS_PER_BATCH)).all()


def _record(residents: Sequence[UUID], *, at: datetime) -> int:
    lock = select(Account).where(Account.citizen_id.in_(residents)).order_by(Account.citizen_id)
    accounts = db.session.scalars(lock.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
    assert len(accounts) == len(residents), "who has a lot has an account"
    due = (
        select(Lot)
        .where(Lot.citizen_id.in_(residents), Lot.closed_at.is_(None), Lot.expires_at <= at)
        .order_by(Lot.citizen_id, Lot.expires_at, Lot.id)
        .execution_options(populate_existing=True)
    )
    lots = db.session.scalars(due).all()
    for lot in lots:
        ledger.expire_lot(lot, cause="date", reason="points_expired", at=at)
    return len(lots)
