"""What the rewards hold of a person: all of it is theirs to take away, and what can lead to them goes when they go."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from citizen.personal_data import PersonalDataHolder
from core.clock import iso
from core.db import db
from core.settings import Settings
from rewards import ledger, vouchers
from rewards.entries import entry_dump
from rewards.expiry import expire_all_of
from rewards.models import (
    Account,
    Allocation,
    Entry,
    Lot,
    Redemption,
    Reminder,
    Voucher,
    VoucherCode,
)


def export(citizen_id: UUID) -> dict[str, Any]:
    """Lots, entries and vouchers, complete against the ledger (promises A58)."""
    lots = select(Lot).where(Lot.citizen_id == citizen_id).order_by(Lot.expires_at, Lot.id)
    entries = select(Entry).where(Entry.citizen_id == citizen_id).order_by(Entry.seq)
    bought = select(Voucher).where(Voucher.citizen_id == citizen_id).order_by(Voucher.id)
    reminded = select(Reminder.day).where(Reminder.citizen_id == citizen_id).order_by(Reminder.day)
    return {
        "lots": [
            {
                "id": str(lot.id),
                "points": lot.points,
                "points_left": lot.points_left,
                "awarded_at": iso(lot.awarded_at),
                "expires_at": iso(lot.expires_at),
                "policy": lot.policy,
                "submission": str(lot.submission_id) if lot.submission_id else None,
                "reversed_at": iso(lot.reversed_at) if lot.reversed_at else None,
            }
            for lot in db.session.scalars(lots)
        ],
        "entries": [entry_dump(entry, language="en") for entry in db.session.scalars(entries)],
        "vouchers": [
            {
                "id": str(voucher.id),
                "benefit": voucher.benefit_code,
                "partner": voucher.partner_code,
                "status": voucher.status,
                "price_points": voucher.price_points,
                "bought_at": iso(voucher.bought_at),
                "expires_at": iso(voucher.expires_at),
                "ended_at": iso(voucher.ended_at) if voucher.ended_at else None,
            }
            for voucher in db.session.scalars(bought)
        ],
        "reminders": [day.isoformat() for day in db.session.scalars(reminded)],
    }


def erase(citizen_id: UUID, *, at: datetime, settings: Settings) -> list[Path]:
    """Unused vouchers end, what is left of the points expires; the entries stay, and lead to nobody."""
    ledger.lock_account(citizen_id)
    vouchers.cancel_all_of(citizen_id, at=at)
    db.session.flush()
    expire_all_of(citizen_id, at=at)
    db.session.execute(delete(Reminder).where(Reminder.citizen_id == citizen_id))
    return []


HOLDER = PersonalDataHolder(
    models=(Account, Allocation, Entry, Lot, Redemption, Reminder, Voucher, VoucherCode), export=export, erase=erase
)
