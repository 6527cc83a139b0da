"""A session is a family of tokens: each refresh token works once, and who calls is read again at each request."""

import base64
import binascii
import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy import bindparam, select, update

from citizen.models import Citizen, RoleGrant, TokenFamily
from citizen.own_acts import record_own
from core import audit
from core.db import db, run
from core.errors import NotFound, Unauthorized
from core.forgetting import forget
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.ids import new_id
from core.settings import Settings

ACCESS_LIFE = timedelta(minutes=15)
FAMILY_LIFE = timedelta(days=90)
RETRY_WINDOW = timedelta(seconds=30)
"""A refresh whose answer was lost may be sent again this long, and gets the same pair (promises A51)."""
ENDED_KEPT = timedelta(days=30)
"""So long an ended session can be seen in its owner's export."""
CLOCK_SET_BACK_MAX = timedelta(days=1)
"""A session opened while the clock was ahead by more ends when it is set right: else it would live longer than any."""
SEED_BYTES = 16
TOKENS_REMEMBERED = 4096
"""A phone sends the same token for a quarter of an hour: its signature is reckoned once per process, not per call."""

_ALGORITHM = "Ed25519"  # RFC 9864: the fully named one, and no other
_HEADER = {"alg": _ALGORITHM, "typ": "at+jwt"}
_MAC_AT = 16 + 16 + 4
_REFRESH_BYTES = _MAC_AT + 32


class TokenInvalid(Unauthorized):
    """This refresh token opens nothing (any more): sign in again."""


class TokenReused(Unauthorized):
    """This refresh token was used before: the session is closed, in case somebody copied it. Sign in again."""

    stays: ClassVar[bool] = True


@dataclass(frozen=True)
class Tokens:
    access_token: str
    refresh_token: str
    expires_in: int = int(ACCESS_LIFE.total_seconds())


def caller_of(authorization: str | None, *, at: datetime, settings: Settings) -> Caller | None:
    """Who holds this `Authorization` header, by one query; None when it holds no token of ours that is still good."""
    claims = _read_access_token(authorization or "", at=at, settings=settings)
    if claims is None:
        return None
    citizen_id, session_id = claims
    rows = run(_CALLER, {"citizen": citizen_id, "session": session_id, "at": at}).all()
    if not rows:
        return None
    grants = [(Role(row.role), row.partner, row.office) for row in rows if row.role is not None]
    joined = {Role.RESIDENT} if rows[0].terms_version is not None else set()
    return Caller(
        citizen_id=citizen_id,
        session_id=session_id,
        roles=frozenset(joined | {role for role, _, _ in grants}),
        partners=frozenset(partner for _, partner, _ in grants if partner is not None),
        offices=tuple((role, office) for role, _, office in grants if office is not None),
        is_leaving=rows[0].status == "leaving",
    )


# Asked at every request, so it is built once.
_CALLER = (
    select(Citizen.status, Citizen.terms_version, RoleGrant.role, RoleGrant.partner, RoleGrant.office)
    .join(TokenFamily, TokenFamily.citizen_id == Citizen.id)
    .outerjoin(RoleGrant, RoleGrant.citizen_id == Citizen.id)
    .where(
        Citizen.id == bindparam("citizen"),
        Citizen.status != "erased",
        TokenFamily.id == bindparam("session"),
        TokenFamily.ended_at.is_(None),
        TokenFamily.expires_at > bindparam("at"),
    )
)


def open_session(citizen_id: UUID, *, seed: bytes, at: datetime, settings: Settings) -> Tokens:
    """Open a session for someone who has shown who they are, and record it. `seed` are `SEED_BYTES` random bytes."""
    family = TokenFamily(
        citizen_id=citizen_id,
        id=new_id(),
        seed=seed,
        generation=0,
        created_at=at,
        rotated_at=at,
        expires_at=at + FAMILY_LIFE,
    )
    db.session.add(family)
    record_own("session.opened", citizen_id, object=family.id, purpose="sign-in", at=at)
    return _tokens(family, settings=settings)


def renew(refresh_token: str, *, at: datetime, settings: Settings) -> Tokens:
    """Exchange a refresh token for the next pair.

    The token before the newest gets that same newest pair for `RETRY_WINDOW`. Raises `TokenInvalid` for what is not a
    live token of ours (nothing changes), `TokenReused` for an older one (the family ends, RFC 9700 §4.14.2).
    """
    citizen_id, family_id, generation, mac = _read_refresh_token(refresh_token)
    family = db.session.scalar(
        select(TokenFamily)
        .where(TokenFamily.citizen_id == citizen_id, TokenFamily.id == family_id)
        .with_for_update(key_share=True)
    )
    if family is None or not hmac.compare_digest(mac, _refresh_mac(family, generation, settings=settings)):
        raise TokenInvalid()
    is_over = family.expires_at <= at or family.expires_at > at + FAMILY_LIFE + CLOCK_SET_BACK_MAX
    if family.ended_at is not None or is_over or generation > family.generation:
        raise TokenInvalid()
    if generation == family.generation:
        family.generation += 1
        family.rotated_at = at
        return _tokens(family, settings=settings)
    if generation == family.generation - 1 and abs(at - family.rotated_at) <= RETRY_WINDOW:
        return _tokens(family, settings=settings)
    family.ended_at, family.ended_because = at, "reused"
    audit.record("session.reused", by=None, subject_id=citizen_id, object=family_id, purpose="security", at=at)
    raise TokenReused()


def end_session(who: Caller, session_id: UUID, *, at: datetime) -> None:
    """Sign out of one's own session: neither of its tokens opens anything any more. Ending it again changes nothing.
    Raises `NotFound`."""
    ended = db.session.scalar(
        update(TokenFamily)
        .where(TokenFamily.citizen_id == who.citizen_id, TokenFamily.id == session_id)
        .where(TokenFamily.ended_at.is_(None))
        .values(ended_at=at, ended_because="signed out")
        .returning(TokenFamily.id)
    )
    if ended is not None:
        record_own("session.ended", who.citizen_id, object=session_id, purpose="sign-out", at=at)
    elif db.session.get(TokenFamily, (who.citizen_id, session_id)) is None:
        raise NotFound()


def sessions_of(who: Caller, *, cursor: str | None, limit: int, at: datetime) -> Any:
    """A page of somebody's open sessions, newest first."""
    after = read_cursor(cursor, UUID)
    rows = select(TokenFamily).where(
        TokenFamily.citizen_id == who.citizen_id, TokenFamily.ended_at.is_(None), TokenFamily.expires_at > at
    )
    if after is not None:
        rows = rows.where(TokenFamily.id < after[0])
    return page(
        db.session.scalars(rows.order_by(TokenFamily.id.desc()).limit(limit + 1)).all(),
        limit=limit,
        key=lambda family: (family.id,),
        dump=lambda family: {
            "id": family.id,
            "created_at": family.created_at,
            "last_used_at": family.rotated_at,
            "expires_at": family.expires_at,
            "is_current": family.id == who.session_id,
        },
    )


def forget_old_sessions(*, at: datetime) -> int:
    """Part of tidying: sessions that are over; returns how many."""
    return forget(TokenFamily.expires_at, before=at) + forget(TokenFamily.ended_at, before=at - ENDED_KEPT)


def _tokens(family: TokenFamily, *, settings: Settings) -> Tokens:
    """The pair of the family's present generation: always the same one, so that a retry can be given it again."""
    opened = family.rotated_at.timestamp()
    claims = {
        "sub": str(family.citizen_id),
        "sid": str(family.id),
        "iat": int(opened),
        "exp": math.ceil(opened + ACCESS_LIFE.total_seconds()),
    }
    mac = _refresh_mac(family, family.generation, settings=settings)
    refresh = family.citizen_id.bytes + family.id.bytes + family.generation.to_bytes(4) + mac
    return Tokens(
        access_token=jwt.encode(_HEADER, claims, _signing_key(settings.key("access token")), algorithms=[_ALGORITHM]),
        refresh_token=base64.urlsafe_b64encode(refresh).rstrip(b"=").decode(),
    )


def _refresh_mac(family: TokenFamily, generation: int, *, settings: Settings) -> bytes:
    facts = family.seed + family.id.bytes + generation.to_bytes(4)
    return hmac.digest(settings.key("refresh token"), facts, hashlib.sha256)


def _read_refresh_token(text: str) -> tuple[UUID, UUID, int, bytes]:
    try:
        parts = base64.b64decode(text.encode() + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as problem:
        raise TokenInvalid() from problem
    if len(parts) != _REFRESH_BYTES:
        raise TokenInvalid()
    return UUID(bytes=parts[:16]), UUID(bytes=parts[16:32]), int.from_bytes(parts[32:_MAC_AT]), parts[_MAC_AT:]


def _read_access_token(authorization: str, *, at: datetime, settings: Settings) -> tuple[UUID, UUID] | None:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        citizen_id, session_id, expires = _signed(text.strip(), settings.key("access token"))
    except (JoseError, ValueError):
        return None
    # More than a life is left of what was signed before the clock was set back: its session is renewed, or is over.
    return (citizen_id, session_id) if 0 < expires - at.timestamp() <= 2 * ACCESS_LIFE.total_seconds() else None


@lru_cache(maxsize=TOKENS_REMEMBERED)
def _signed(text: str, key: bytes) -> tuple[UUID, UUID, int]:
    """What a token says that carries our signature: `sub`, `sid`, `exp`. That stays so, whatever the time; what is not
    ours raises, and is not remembered. Raises `JoseError`, `ValueError`."""
    token = jwt.decode(text, _signing_key(key), algorithms=[_ALGORITHM])
    if token.header.get("typ") != _HEADER["typ"]:
        raise ValueError("a token for something else")
    return UUID(token.claims["sub"]), UUID(token.claims["sid"]), token.claims["exp"]


@lru_cache(maxsize=2)
def _signing_key(seed: bytes) -> OKPKey:
    return OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(seed))
