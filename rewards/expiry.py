"""Points end at an instant fixed when they were awarded; the job only records it, and being late changes nothing.

What is due is read without a lock, then recorded for 200 residents at a time under their account locks. A killed run
is taken up where it stopped: a lot that is closed is not found again, and the unique (citizen_id, lot, cause) would
refuse to record it twice. The database records whole batches, since lot by lot takes it a hundred times as long;
`ledger.expire_lot` says the same of one lot, and a test holds the two to each other.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CursorResult,
    String,
    Uuid,
    any_,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as pg_insert

from core.db import Does, UtcDateTime, db, in_transaction, is_sqlite
from core.settings import Settings
from rewards import ledger
from rewards.models import Account, Entry, Lot

RESIDENTS_PER_BATCH = 200
LOTS_READ = 50_000
_CORE: dict[str, Any] = {"execution_options": {"synchronize_session": False}}


def expire_points(*, at: datetime, settings: Settings) -> int:
    """The job: record every lot whose date has come. Returns how many lots."""
    lots = 0
    while residents := in_transaction(partial(_whose_is_due, at), does=Does.READS):
        for start in range(0, len(residents), RESIDENTS_PER_BATCH):
            lots += in_transaction(partial(_record, residents[start : start + RESIDENTS_PER_BATCH], at=at))
    return lots


def expire_all_of(citizen_id: UUID, *, at: datetime) -> int:
    """What a leaver did not spend expires when they go. The caller holds the account lock. Returns how many points."""
    open_lots = (
        select(Lot).where(Lot.citizen_id == citizen_id, Lot.closed_at.is_(None)).order_by(Lot.expires_at, Lot.id)
    )
    return sum(ledger.expire_lot(lot, cause="left", reason="left", at=at) for lot in db.session.scalars(open_lots))


def _whose_is_due(at: datetime) -> Sequence[UUID]:
    """The residents who have one of the next lots due, in order, so that a batch touches rows that lie together. Which
    lots are next goes by date, as the index on what is open lies: to go by resident, the database would have to read
    all that is due, or every lot there is, to find the first of them."""
    due = select(Lot.citizen_id).where(Lot.closed_at.is_(None), Lot.expires_at <= at)
    first = due.order_by(Lot.expires_at, Lot.citizen_id).limit(LOTS_READ).subquery()
    return db.session.scalars(select(first.c.citizen_id).distinct().order_by(first.c.citizen_id)).all()


def _record(residents: Sequence[UUID], *, at: datetime) -> int:
    """Locked in one statement, computed in the next: what a purchase was just taking is not expired as well."""
    _lock_accounts(residents)
    is_due = _is_theirs(Lot.citizen_id, residents), Lot.closed_at.is_(None), Lot.expires_at <= at
    direction, city_account = ledger.CITY_ACCOUNT["expiry"]
    row: dict[str, Any] = {
        "citizen_id": Lot.citizen_id,
        "id": Lot.id,  # a lot ends by its date once: its own number is free for the entry that says so
        "seq": Account.entry_seq
        + func.row_number().over(partition_by=Lot.citizen_id, order_by=(Lot.expires_at, Lot.id)),
        "at": literal(at, UtcDateTime()),
        "kind": literal("expiry"),
        "direction": literal(direction),
        "points": Lot.points_left,
        "city_account": literal(city_account),
        "reason": literal("points_expired"),
        "lot_id": Lot.id,
        "cause": literal("date"),
    }
    entries = select(*row.values()).join(Account, Account.citizen_id == Lot.citizen_id)
    # The planner is told twice whose: else it reads all accounts.
    of_whom = _is_theirs(Account.citizen_id, residents)
    something_left = *is_due, Lot.points_left > 0
    db.session.execute(insert(Entry).from_select(list(row), entries.where(*something_left, of_whom)))
    of_each = select(Lot.citizen_id, func.count().label("entries")).where(*something_left).group_by(Lot.citizen_id)
    recorded = of_each.subquery("recorded")
    numbered = update(Account).where(Account.citizen_id == recorded.c.citizen_id, of_whom)
    db.session.execute(numbered.values(entry_seq=Account.entry_seq + recorded.c.entries), **_CORE)
    closed = update(Lot).where(*is_due).values(points_left=0, closed_at=at)
    result = db.session.execute(closed, **_CORE)
    assert isinstance(result, CursorResult)
    return result.rowcount


def _lock_accounts(residents: Sequence[UUID]) -> None:
    """In the order in which they are named, so that no two wait for each other. They are there, so this changes them to
    what they are: what a SELECT locks must lie on one machine, and one UPDATE of many keeps no order. SQLite has one
    writer at a time anyhow."""
    if not is_sqlite():
        whose = select(func.unnest(_array(residents)), literal(0))
        lock = pg_insert(Account).from_select([Account.citizen_id, Account.entry_seq], whose)
        as_it_is = {Account.entry_seq: Account.entry_seq}
        db.session.execute(lock.on_conflict_do_update(index_elements=[Account.citizen_id], set_=as_it_is))


def _is_theirs(citizen_id: Any, residents: Sequence[UUID]) -> ColumnElement[bool]:
    is_theirs: ColumnElement[bool] = citizen_id.in_(residents) if is_sqlite() else citizen_id == any_(_array(residents))
    return is_theirs


def _array(residents: Sequence[UUID]) -> ColumnElement[Sequence[UUID]]:
    """One parameter, put together here: 200 take the driver longer than all the rest of its work."""
    return cast(literal("{" + ",".join(map(str, residents)) + "}", String), ARRAY(Uuid))
