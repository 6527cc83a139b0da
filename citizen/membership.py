"""Nobody takes part without a recorded yes to named terms, and leaving is one call (charter C1, C2)."""

from datetime import datetime, timedelta
from typing import Any

from citizen.addresses import locked
from citizen.models import Citizen, TermsAcceptance
from citizen.own_acts import record_own
from core.clock import iso
from core.db import db
from core.errors import Conflict, Unauthorized
from core.http.doors import Caller
from core.outbox import post
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


def take_part(terms_version: str, *, who: Caller, at: datetime, city: City) -> None:
    """Join, accept newer terms, or stay after all: whoever was leaving is so no longer. Raises `TermsRequired`."""
    person = _present(who)
    accept_terms(person, terms_version, at=at, city=city)
    if person.status == "leaving":
        person.status, person.erase_at = "active", None
        record_own("membership.resumed", person.id, purpose="membership", at=at)


def leave(*, who: Caller, at: datetime, city: City) -> datetime:
    """Begin the window in which points can still be spent; returns when the person is forgotten. Leaving again
    changes nothing."""
    person = _present(who)
    if person.erase_at is None:
        person.status, person.erase_at = "leaving", at + timedelta(days=city.leaving.window_days)
        record_own("membership.leaving", person.id, purpose="membership", at=at)
        if person.email is not None:
            post(
                "leaving",
                address=person.email,
                language=person.language or city.languages[0],
                facts={"erase_at": iso(person.erase_at)},
                citizen_id=person.id,
                at=at,
            )
    return person.erase_at


def _present(who: Caller) -> Citizen:
    person = locked(who.citizen_id)
    if person is None:
        raise Unauthorized()  # erased since this request was let in
    return person
