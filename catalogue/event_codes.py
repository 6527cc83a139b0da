"""An event's code lives for half a minute and is signed, so a photo of it soon proves nothing (design, Check-in)."""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

STEP = timedelta(seconds=30)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# 16 bytes of the event's id, 4 of the step's number since 1970, 10 of the signature: 48 characters without padding.
SIGNED_BYTES = 20
SIGNATURE_BYTES = 10
CODE_LENGTH = 48
TEXT_LENGTH_MAX = 100


@dataclass(frozen=True, slots=True)
class EventCode:
    code: str
    step_starts_at: datetime
    step_ends_at: datetime


@dataclass(frozen=True, slots=True)
class ReadEventCode:
    event_id: UUID
    step_starts_at: datetime


def code_at(event_id: UUID, *, at: datetime, key: bytes) -> EventCode:
    """Return what the event shows at that instant: 48 characters A-Z and 2-7, and when they begin and cease to show."""
    step = (at - EPOCH) // STEP
    signed = event_id.bytes + step.to_bytes(4, "big")
    starts_at = EPOCH + step * STEP
    return EventCode(
        code=base64.b32encode(signed + _signature(signed, key=key)).decode(),
        step_starts_at=starts_at,
        step_ends_at=starts_at + STEP,
    )


def read(text: str, *, key: bytes) -> ReadEventCode | None:
    """Return which event showed this code and since when, or None where the key has not signed it.

    Forgives case, blanks and hyphens. Whether that is recent enough and inside the event is for the check-in to say.
    """
    if len(text) > TEXT_LENGTH_MAX:
        return None
    code = "".join(text.split()).replace("-", "").upper()
    if len(code) != CODE_LENGTH:
        return None
    try:
        content = base64.b32decode(code)
    except ValueError:
        return None
    signed, signature = content[:SIGNED_BYTES], content[SIGNED_BYTES:]
    if not hmac.compare_digest(signature, _signature(signed, key=key)):
        return None
    return ReadEventCode(
        event_id=UUID(bytes=signed[:16]), step_starts_at=EPOCH + int.from_bytes(signed[16:], "big") * STEP
    )


def _signature(signed: bytes, *, key: bytes) -> bytes:
    return hmac.digest(key, signed, "sha256")[:SIGNATURE_BYTES]
