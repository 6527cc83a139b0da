"""Nobody takes part without a recorded yes to named terms, and leaving is one call (charter C1, C2)."""

from datetime import datetime
from typing import Any

from citizen.models import Citizen, TermsAcceptance
from citizen.own_acts import record_own
from core.db import db
from core.errors import Conflict
from core.settings import City


class TermsRequired(Conflict):
    """Taking part needs your yes to the terms in force: send their version."""

    def __init__(self, *, terms_version: str, **facts: Any) -> None:
        super().__init__(terms_version=terms_version, **facts)


def accept_terms(person: Citizen, terms_version: str | None, *, at: datetime, city: City) -> None:
    """Record the person's yes to the terms in force, which makes a resident of who was none. Accepting twice is
    accepting once. Raises `TermsRequired` for any other version."""
    if terms_version != city.terms.version:
        raise TermsRequired(terms_version=city.terms.version)
    if person.terms_version == terms_version:
        return
    kind = "membership.joined" if person.terms_version is None else "terms.accepted"
    person.terms_version = terms_version
    person.joined_at = person.joined_at or at
    db.session.merge(TermsAcceptance(citizen_id=person.id, version=terms_version, at=at))
    record_own(kind, person.id, object=terms_version, purpose="membership", at=at)
