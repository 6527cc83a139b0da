"""A device becomes a till by a code that a manager makes: read aloud, typed once within minutes, for one partner."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import delete, select
from stdnum import luhn

from citizen.sign_in import bucket_of, network_of
from core import audit
from core.db import db
from core.errors import NotFound, Unauthorized
from core.forgetting import forget
from core.http.attempts import count_attempt, refuse_if_exhausted
from core.http.doors import Caller, Role
from core.ids import new_id
from core.settings import Settings
from rewards.models import Partner, Till, TillPairing
from rewards.shifts import check_pin, pin_hash
from rewards.till_tokens import till_token
from rewards.voucher_codes import ALPHABET, grouped, meant

PAIRING_LIFE = timedelta(minutes=15)
SEED_BYTES = 5
"""40 bits, eight characters. With the bounds below fewer than one code in a billion is guessed while it lives."""
WRONG_PER_NETWORK_MAX, WRONG_MAX, WRONG_WINDOW = 30, 300, timedelta(minutes=10)


class PairingCodeInvalid(Unauthorized):
    """This pairing code is not, or no longer, good: ask a manager for a new one."""

    stays: ClassVar[bool] = True


@dataclass(frozen=True)
class Pairing:
    """A code to read out to whoever holds the device."""

    pairing_code: str
    till_id: UUID
    name: str
    expires_at: datetime


def invite(
    partner_code: str,
    *,
    name: str | None,
    till_id: UUID | None,
    seed: bytes,
    who: Caller | None,
    at: datetime,
    settings: Settings,
) -> Pairing:
    """Make a code for a new till of a partner, or to pair `till_id` again: its PIN and its token are then new ones.

    `seed` are `SEED_BYTES` random bytes. Raises `NotFound` for a partner or a till that there is not.
    """
    if db.session.get(Partner, partner_code) is None:
        raise NotFound()
    if till_id is not None:
        again = select(Till.name).where(Till.partner_code == partner_code, Till.id == till_id, Till.ended_at.is_(None))
        old_name = db.session.scalar(again)
        if old_name is None:
            raise NotFound()
        name = name or old_name
    till_id = till_id or new_id()
    name = name or f"Till {till_id.hex[-4:].upper()}"
    code, expires_at = code_of(seed), at + PAIRING_LIFE
    db.session.add(
        TillPairing(
            code_hash=_hash(code, settings),
            partner_code=partner_code,
            till_id=till_id,
            name=name,
            expires_at=expires_at,
        )
    )
    role = Role.MANAGER if who else None
    audit.record("till.invited", by=who, role=role, object=till_id, purpose="administration", at=at)
    return Pairing(grouped(code, size=3), till_id, name, expires_at)


def pair(
    code: str, *, pin: str, name: str | None, network: str | None, at: datetime, settings: Settings
) -> tuple[Till, str]:
    """Make a till of the device that sends this code, with the PIN that its people chose; returns it and its token.

    `network` is the caller's IP address. Raises `PairingCodeInvalid` (the try is counted), `PinTooObvious` (the code
    stays good), `TooManyRequests`.
    """
    check_pin(pin)  # before the code is looked at: a refusal that is not counted tells nothing about it
    from_there = bucket_of("pairings from", network_of(network), settings=settings)
    counts = ((from_there, WRONG_PER_NETWORK_MAX), ("pairings", WRONG_MAX))
    for bucket, at_most in counts:
        refuse_if_exhausted(bucket, at_most=at_most, window=WRONG_WINDOW, at=at)
    till = _found(code, at=at, settings=settings)
    if till is None:
        for bucket, at_most in counts:
            count_attempt(bucket, at_most=at_most, window=WRONG_WINDOW, at=at)
        raise PairingCodeInvalid()
    till.name, till.pairing_id, till.paired_at = name or till.name, new_id(), at
    till.pin_hash = pin_hash(pin, till_id=till.id, settings=settings)
    till.wrong_pins, till.locked_until = 0, None
    till.shift_id, till.shift_ends_at = None, None
    audit.record("till.paired", by=None, office=till.partner_code, object=till.id, purpose="till", at=at)
    return till, till_token(till, settings=settings)


def code_of(seed: bytes) -> str:
    """Eight characters that cannot be mistaken for each other, and one that finds a slip of the tongue or finger."""
    bits = int.from_bytes(seed)
    code = "".join(ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
    return code + str(luhn.calc_check_digit(code, ALPHABET))


def forget_old_pairings(*, at: datetime, settings: Settings) -> int:
    """The job: drop the codes that nobody typed in time; returns how many."""
    return forget(TillPairing.expires_at, before=at)


def _found(code: str, *, at: datetime, settings: Settings) -> Till | None:
    """The till that a code is for, an old one or a new one; the code is used up."""
    # Deleted as it is found: of two devices with one code at once, one finds nothing.
    found = db.session.execute(
        delete(TillPairing)
        .where(TillPairing.code_hash == _hash(meant(code), settings), TillPairing.expires_at > at)
        .where(TillPairing.expires_at <= at + PAIRING_LIFE)  # else made before the clock was set back
        .returning(TillPairing.partner_code, TillPairing.till_id, TillPairing.name)
    ).one_or_none()
    if found is None:
        return None
    same = select(Till).where(Till.partner_code == found.partner_code, Till.id == found.till_id)
    till = db.session.scalars(same.with_for_update()).one_or_none()
    if till is None:
        till = Till(partner_code=found.partner_code, id=found.till_id)
        db.session.add(till)
    if till.ended_at is not None:
        return None
    till.name = found.name
    return till


def _hash(code: str, settings: Settings) -> bytes:
    return hmac.digest(settings.key("pairing code"), code.encode(), hashlib.sha256)
