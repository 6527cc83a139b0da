"""Whoever reads the mailbox of an address is its person: a code by mail opens a session, and guessing is bounded.

Nothing here tells whether an address is known (promises A53): the same rows are written and the same work is done.
"""

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from citizen import addresses
from citizen.membership import accept_terms
from citizen.models import Citizen, RoleGrant, SignInCode
from citizen.tokens import Tokens, open_session
from core.db import db, is_sqlite
from core.errors import Unauthorized
from core.forgetting import forget
from core.http.attempts import Attempt, count_attempt
from core.outbox import post
from core.settings import City, Settings

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES_MAX = 5
SEED_BYTES = 16

SENDS_PER_ADDRESS_MAX, ADDRESS_WINDOW = 5, timedelta(minutes=15)
"""Whoever asks for codes in another's name sends them to that other's mailbox, and cannot shut them out for good: a
sign-in clears the count, and so does the next window."""
SENDS_PER_NETWORK_MAX, SENDS_MAX, SENDS_WINDOW = 300, 3000, timedelta(minutes=10)
TRIES_PER_NETWORK_MAX, TRIES_WINDOW = 900, timedelta(minutes=10)

_NO_SEED = bytes(SEED_BYTES)


class CodeInvalid(Unauthorized):
    """This code is not, or no longer, the right one for this address: ask for a new one."""

    stays: ClassVar[bool] = True


def send_code(
    address: str, *, network: str | None, seed: bytes, language: str, at: datetime, settings: Settings
) -> None:
    """Send a code to a normalised address; the one sent before is void.

    `network` is the caller's IP address, `seed` are `SEED_BYTES` random bytes. Raises `TooManyRequests`.
    """
    _count("codes from", network_of(network), SENDS_PER_NETWORK_MAX, SENDS_WINDOW, at=at, settings=settings)
    _count("codes to", address, SENDS_PER_ADDRESS_MAX, ADDRESS_WINDOW, at=at, settings=settings)
    count_attempt("codes", at_most=SENDS_MAX, window=SENDS_WINDOW, at=at)
    sent = {"seed": seed, "sent_at": at, "expires_at": at + CODE_LIFE, "tries": 0}
    insert = sqlite_insert if is_sqlite() else pg_insert
    row = insert(SignInCode).values(address_hash=addresses.hash_of(address, settings=settings), **sent)
    db.session.execute(row.on_conflict_do_update(index_elements=["address_hash"], set_=sent))
    post(
        "sign-in-code",
        address=address,
        language=language,
        facts={"seed": seed.hex()},
        citizen_id=None,
        at=at,
        stale_after=CODE_LIFE,
    )


def sign_in(
    address: str,
    code: str,
    *,
    terms_version: str | None,
    network: str | None,
    session_seed: bytes,
    language: str,
    at: datetime,
    city: City,
    settings: Settings,
) -> Tokens:
    """Open a session for a normalised address with the code last sent to it; who is new joins with it.

    Raises `CodeInvalid` (the try is counted), `TermsRequired` (nothing is counted and the code stays good),
    `TooManyRequests`.
    """
    _count("tries from", network_of(network), TRIES_PER_NETWORK_MAX, TRIES_WINDOW, at=at, settings=settings)
    _use_code(address, code, at=at, settings=settings)
    person = addresses.find(address, settings=settings)
    if person is None:
        person = addresses.add_person(address, language=language, at=at, settings=settings)
    is_only_staff = person.terms_version is None and terms_version is None and _has_role(person)
    if terms_version == city.terms.version or (person.terms_version is None and not is_only_staff):
        accept_terms(person, terms_version, at=at, city=city)
    db.session.execute(delete(Attempt).where(Attempt.bucket == bucket_of("codes to", address, settings=settings)))
    return open_session(person.id, seed=session_seed, at=at, settings=settings)


def code_of(seed: bytes, *, settings: Settings) -> str:
    """The six digits that belong to a stored seed under the server's key: the database alone does not tell them."""
    digest = hmac.digest(settings.key("sign-in code"), seed, hashlib.sha256)
    return f"{int.from_bytes(digest) % 10**6:06d}"


def network_of(ip: str | None) -> str:
    """What counts as one sender: the /24 of an IPv4 address, the /64 of an IPv6 one."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    prefix = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def bucket_of(what: str, whom: str, *, settings: Settings) -> str:
    """A bucket that names nobody: addresses and networks are hashed under a key."""
    return f"{what} {hmac.digest(settings.key('attempt'), f'{what}:{whom}'.encode(), hashlib.sha256).hex()}"


def forget_old_codes(*, at: datetime) -> int:
    """Part of tidying: codes that are over; returns how many."""
    return forget(SignInCode.expires_at, before=at)


def _use_code(address: str, code: str, *, at: datetime, settings: Settings) -> None:
    """Take one try, in one statement, so that no two take the same; compare even where there is nothing to compare."""
    of_address = SignInCode.address_hash == addresses.hash_of(address, settings=settings)
    seed = db.session.scalar(
        update(SignInCode)
        .where(of_address, SignInCode.tries < CODE_TRIES_MAX, SignInCode.expires_at > at)
        .where(SignInCode.sent_at <= at + CODE_LIFE)  # else sent before the clock was set back, and good for longer
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode.seed)
    )
    is_same = hmac.compare_digest(code_of(seed or _NO_SEED, settings=settings), code)
    if seed is None or not is_same:
        raise CodeInvalid()
    db.session.execute(delete(SignInCode).where(of_address))


def _has_role(person: Citizen) -> bool:
    return db.session.scalar(select(RoleGrant.id).where(RoleGrant.citizen_id == person.id).limit(1)) is not None


def _count(what: str, whom: str, at_most: int, window: timedelta, *, at: datetime, settings: Settings) -> None:
    count_attempt(bucket_of(what, whom, settings=settings), at_most=at_most, window=window, at=at)
