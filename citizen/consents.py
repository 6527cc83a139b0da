"""Consent is for one purpose, in the words that were shown, and is withdrawn one by one (charter C4, GDPR 7)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from citizen.models import Consent
from citizen.own_acts import record_own
from core.db import db
from core.errors import NotFound
from core.settings import City, ConsentPurpose
from core.titles import title_in


def give(purpose: str, *, citizen_id: UUID, language: str, at: datetime, city: City) -> dict[str, Any]:
    """Consent to a purpose in the words in force: `{purpose, version, text, given_at}`. Giving twice is giving once.
    Raises `NotFound` for a purpose that the city does not have."""
    asked = {known.purpose: known for known in city.consents}.get(purpose)
    if asked is None:
        raise NotFound()
    given = db.session.get(Consent, (citizen_id, purpose)) or Consent(citizen_id=citizen_id, purpose=purpose)
    if not _holds(given, asked):
        given.version, given.given_at, given.withdrawn_at = asked.version, at, None
        db.session.add(given)
        _record("consent.given", given, at=at)
    return _shown(asked, given, language=language, city=city)


def withdraw(purpose: str, *, citizen_id: UUID, at: datetime, city: City) -> None:
    """Take a consent back; also one for a purpose that the city has dropped. Raises `NotFound` for what is neither."""
    given = db.session.get(Consent, (citizen_id, purpose))
    if given is None and purpose not in {known.purpose for known in city.consents}:
        raise NotFound()
    if given is not None and given.withdrawn_at is None:
        given.withdrawn_at = at
        _record("consent.withdrawn", given, at=at)


def consents_of(citizen_id: UUID, *, language: str, city: City) -> list[dict[str, Any]]:
    """Every purpose of the city, with `given_at` where the person has consented to its words in force, else null."""
    rows = {row.purpose: row for row in db.session.scalars(select(Consent).where(Consent.citizen_id == citizen_id))}
    return [_shown(asked, rows.get(asked.purpose), language=language, city=city) for asked in city.consents]


def has_consented(citizen_id: UUID, purpose: str, *, city: City) -> bool:
    """Whether the person's data may be used for this purpose now."""
    given = db.session.get(Consent, (citizen_id, purpose))
    return any(_holds(given, asked) for asked in city.consents if asked.purpose == purpose)


def _holds(given: Consent | None, asked: ConsentPurpose) -> bool:
    """A yes to other words than those in force is no yes to these."""
    return given is not None and given.withdrawn_at is None and given.version == asked.version


def _shown(asked: ConsentPurpose, given: Consent | None, *, language: str, city: City) -> dict[str, Any]:
    return {
        "purpose": asked.purpose,
        "version": asked.version,
        "text": title_in(asked.text, language=language, city=city).strip(),
        "given_at": given.given_at if given is not None and _holds(given, asked) else None,
    }


def _record(kind: str, given: Consent, *, at: datetime) -> None:
    what = f"{given.purpose}:{given.version}"
    record_own(kind, given.citizen_id, object=what, purpose="consent", at=at)
