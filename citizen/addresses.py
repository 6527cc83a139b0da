"""A person is found by the keyed hash of a normalised e-mail address, and by nothing else."""

import hashlib
import hmac
import re
import unicodedata
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from citizen.models import Citizen, Identifier
from core.db import db
from core.ids import new_id
from core.settings import Settings

ADDRESS_LENGTH_MAX = 254
EMAIL = "email"
# The dot-atom of RFC 5322 at a host name of two labels or more; a domain in other letters is written in punycode.
_ADDRESS = re.compile(
    r"(?=.{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)


def normalised(text: str) -> str | None:
    """The one spelling of an address that we keep and write to; None when it is not an address."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    return address if len(address) <= ADDRESS_LENGTH_MAX and _ADDRESS.fullmatch(address) else None


def hash_of(address: str, *, settings: Settings) -> bytes:
    """The 32 bytes by which an address is found. Without the server's key they say nothing of it."""
    return hmac.digest(settings.key("identifier"), f"{EMAIL}:{address}".encode(), hashlib.sha256)


def find(address: str, *, settings: Settings) -> Citizen | None:
    """The person with this address, their row locked, so that nobody is let in while being erased."""
    found = select(Identifier.citizen_id).where(
        Identifier.kind == EMAIL, Identifier.value_hash == hash_of(address, settings=settings)
    )
    citizen_id = db.session.scalar(found)
    return None if citizen_id is None else locked(citizen_id)


def locked(citizen_id: UUID) -> Citizen | None:
    """The person as they are now, locked until the transaction ends; None once erased."""
    person = db.session.scalar(
        select(Citizen)
        .where(Citizen.id == citizen_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return None if person is None or person.status == "erased" else person


def add_person(address: str, *, language: str | None, at: datetime, settings: Settings) -> Citizen:
    """A new person with this address, who has joined nothing yet. Two at once collide on the identifier's key, and
    the later transaction starts again."""
    person = Citizen(id=new_id(), status="active", created_at=at, email=address, language=language, notices="email")
    db.session.add(person)
    db.session.flush()  # the identifier refers to it
    db.session.add(Identifier(kind=EMAIL, value_hash=hash_of(address, settings=settings), citizen_id=person.id))
    db.session.flush()  # lets the identifier's key speak now
    return person
