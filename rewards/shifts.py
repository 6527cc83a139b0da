"""A shift at a till begins with four digits: guessed a few times and no more, and worth nothing without the device."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, select, update

from core import audit
from core.clock import iso
from core.db import db
from core.errors import Forbidden, Invalid, TooManyRequests, Unauthorized
from core.http.doors import Caller
from core.ids import new_id
from core.settings import Settings
from rewards.models import Till
from rewards.till_tokens import SHIFT_LIFE

WRONG_PINS_IN_A_ROW_MAX, LOCKED_FOR = 5, timedelta(minutes=15)
WRONG_PINS_MAX = 15
_RUNS = ("01234567890", "09876543210")


class PinTooObvious(Invalid):
    """Choose a PIN that is harder to guess: no digit or pair that repeats, no run such as 1234."""


class PinWrong(Forbidden):
    """This is not the till's PIN."""

    stays: ClassVar[bool] = True


class TillLocked(TooManyRequests):
    """Too many wrong PINs: wait for the seconds named in Retry-After."""


class TillBlocked(Forbidden):
    """Too many wrong PINs: a manager has to pair this till again."""

    stays: ClassVar[bool] = True


def check_pin(pin: str) -> None:
    """Raises `PinTooObvious` for what others would try first."""
    if pin[:2] == pin[2:] or any(pin in run for run in _RUNS):
        raise PinTooObvious()


def pin_hash(pin: str, *, till_id: UUID, settings: Settings) -> bytes:
    """Under a server key: of ten thousand PINs no slow hash hides one from who has the database."""
    return hmac.digest(settings.key("till pin"), till_id.bytes + pin.encode(), hashlib.sha256)


def open_shift(pin: str, *, who: Caller, at: datetime, settings: Settings) -> Till:
    """Begin a shift on this device; the one before it ends. Raises `PinWrong`, `TillLocked`, `TillBlocked`."""
    # Locked before it is compared: of many guesses at once each sees how many there were.
    till = db.session.scalars(select(Till).where(*is_own(who)).with_for_update()).one()
    if till.pairing_id != who.session_id or till.ended_at is not None:
        raise Unauthorized()  # since this request was let in
    _refuse_if_locked(till, at=at)
    if not hmac.compare_digest(till.pin_hash, pin_hash(pin, till_id=till.id, settings=settings)):
        till.wrong_pins += 1
        if till.wrong_pins % WRONG_PINS_IN_A_ROW_MAX == 0:
            till.locked_until = at + LOCKED_FOR
        record("shift.refused", till, by=who, at=at)
        _refuse_if_locked(till, at=at)
        raise PinWrong(tries_left=WRONG_PINS_IN_A_ROW_MAX - till.wrong_pins % WRONG_PINS_IN_A_ROW_MAX)
    till.wrong_pins, till.locked_until = 0, None
    till.shift_id, till.shift_ends_at, till.last_used_at = new_id(), at + SHIFT_LIFE, at
    record("shift.opened", till, by=who, at=at)
    return till


def end_shift(*, who: Caller, at: datetime) -> None:
    """End the shift whose token this is."""
    ended = (
        update(Till)
        .where(*is_own(who), Till.shift_id == who.session_id)
        .values(shift_id=None, shift_ends_at=None)
        .returning(Till)
    )
    till = db.session.scalars(ended).one_or_none()
    if till is not None:
        record("shift.ended", till, by=who, at=at)


def is_own(who: Caller) -> tuple[ColumnElement[bool], ...]:
    """Which till this device is: it has one partner."""
    [partner_code] = who.partners
    return Till.partner_code == partner_code, Till.id == who.citizen_id


def is_locked(till: Till, *, at: datetime) -> bool:
    # What has longer to run than any lock was locked before the clock was set back.
    return till.locked_until is not None and at < till.locked_until <= at + LOCKED_FOR


def record(kind: str, till: Till, *, by: Caller, at: datetime) -> None:
    """Write what happened at a till into the log, in its partner's name."""
    audit.record(kind, by=by, office=till.partner_code, object=till.id, purpose="till", at=at)


def _refuse_if_locked(till: Till, *, at: datetime) -> None:
    if till.wrong_pins >= WRONG_PINS_MAX:
        raise TillBlocked()
    if is_locked(till, at=at):
        assert till.locked_until is not None
        seconds = max(1, int((till.locked_until - at).total_seconds()))
        raise TillLocked(retry_after=seconds, locked_until=iso(till.locked_until))
