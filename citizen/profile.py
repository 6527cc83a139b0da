"""A profile is what its owner chose to say, seen by its owner alone (charter C10)."""

from typing import Any
from uuid import UUID

from citizen.addresses import locked
from citizen.consents import consents_of
from citizen.known_codes import check_known
from citizen.models import Citizen
from citizen.roles import roles_of
from core.db import db
from core.errors import Invalid, Unauthorized
from core.settings import City


def profile_of(citizen_id: UUID, *, language: str, city: City) -> dict[str, Any]:
    """What `GET /me` shows."""
    person = db.session.get_one(Citizen, citizen_id)
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "language": person.language,
        "district": person.district,
        "notices": person.notices,
        "status": person.status,
        "joined_at": person.joined_at,
        "terms_version": person.terms_version,
        "terms_in_force": city.terms.version,
        "roles": roles_of(citizen_id, city=city),
        "consents": consents_of(citizen_id, language=language, city=city),
        "erase_at": person.erase_at,
    }


def change(citizen_id: UUID, changes: dict[str, Any], *, city: City) -> None:
    """Set name, language, district or notices; None clears. Raises `Invalid` for a language or a district that the
    city lacks."""
    if changes.get("language", city.languages[0]) not in city.languages:
        raise Invalid(errors=[{"field": "language", "reason": f"Must be one of: {', '.join(city.languages)}."}])
    check_known("district", changes.get("district"))
    person = locked(citizen_id)
    if person is None:
        raise Unauthorized()  # erased since this request was let in
    for name, value in changes.items():
        setattr(person, name, value)
