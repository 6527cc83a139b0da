"""A device proves itself by a token that only this server makes; whether it still opens is read at each request."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from core.db import run
from core.http.doors import Caller, Role
from core.settings import Settings
from rewards.models import Till

SHIFT_LIFE = timedelta(hours=12)
CLOCK_SET_BACK_MAX = timedelta(minutes=15)
"""A shift opened while the clock was ahead by more ends when it is set right: else it would last longer than any."""

_PREFIXES = {Role.DEVICE: "device", Role.TILL: "shift"}
_MAC_BYTES = 32


@dataclass(frozen=True)
class _Sealed:
    role: Role
    till_id: UUID
    number: UUID
    partner_code: str


def till_token(till: Till, *, settings: Settings) -> str:
    """What the device keeps: good until it is paired again or ended. Nothing in the database gives it away."""
    return _seal(_Sealed(Role.DEVICE, till.id, till.pairing_id, till.partner_code), settings)


def shift_token(till: Till, *, settings: Settings) -> str:
    """What the till sends during its shift."""
    assert till.shift_id is not None
    return _seal(_Sealed(Role.TILL, till.id, till.shift_id, till.partner_code), settings)


def caller_of(authorization: str | None, *, at: datetime, settings: Settings) -> Caller | None:
    """The device behind this `Authorization` header, by one query; None, and no query, for what is not ours."""
    sealed = _read(authorization or "", settings)
    if sealed is None:
        return None
    row = run(_TILL, {"partner": sealed.partner_code, "till": sealed.till_id}).one_or_none()
    if row is None or not (
        sealed.number == row.pairing_id
        if sealed.role is Role.DEVICE
        else sealed.number == row.shift_id and is_running(row.shift_ends_at, at=at)
    ):
        return None
    return Caller(
        citizen_id=sealed.till_id,
        session_id=sealed.number,
        roles=frozenset({sealed.role}),
        partners=frozenset({sealed.partner_code}),
        offices=((Role.CLERK, sealed.partner_code),),
        till_name=row.name,
    )


# Asked at every request of a till, so it is built once.
_TILL = select(Till.name, Till.pairing_id, Till.shift_id, Till.shift_ends_at).where(
    Till.partner_code == bindparam("partner"), Till.id == bindparam("till"), Till.ended_at.is_(None)
)


def is_running(shift_ends_at: datetime | None, *, at: datetime) -> bool:
    return shift_ends_at is not None and at < shift_ends_at <= at + SHIFT_LIFE + CLOCK_SET_BACK_MAX


def _seal(sealed: _Sealed, settings: Settings) -> str:
    facts = sealed.till_id.bytes + sealed.number.bytes + sealed.partner_code.encode()
    token = base64.urlsafe_b64encode(_mac(sealed.role, facts, settings) + facts).rstrip(b"=").decode()
    return f"{_PREFIXES[sealed.role]}_{token}"


def _read(authorization: str, settings: Settings) -> _Sealed | None:
    scheme, _, text = authorization.partition(" ")
    prefix, _, token = text.strip().partition("_")
    role = next((role for role, name in _PREFIXES.items() if name == prefix), None)
    if scheme.lower() != "bearer" or role is None:
        return None
    try:
        parts = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    mac, facts = parts[:_MAC_BYTES], parts[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(role, facts, settings)):
        return None
    return _Sealed(role, UUID(bytes=facts[:16]), UUID(bytes=facts[16:32]), facts[32:].decode())


def _mac(role: Role, facts: bytes, settings: Settings) -> bytes:
    return hmac.digest(settings.key(f"{_PREFIXES[role]} token"), facts, hashlib.sha256)
