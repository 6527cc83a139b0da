"""Each domain says which tables hold personal data, how they are exported and how they are emptied; none is forgotten.

`app.py` lists the holders, and a test compares them with every table that is about a person.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select, update

from citizen.models import Citizen, Consent, Identifier, RoleGrant, SignInCode, TermsAcceptance, TokenFamily
from core.audit import AuditEntry
from core.clock import iso
from core.db import Base, db
from core.http.idempotency import Idempotency, forget_answers
from core.outbox import Outbox, forget_messages
from core.settings import Settings


@dataclass(frozen=True)
class PersonalDataHolder:
    """What one domain keeps of people.

    `export(citizen_id) -> {section: data}`, as JSON knows it. `erase(citizen_id, *, at, settings) -> files to unlink
    after the commit`; it may be run again at any time, and then finds little to do.
    """

    models: tuple[type[Base], ...]
    export: Callable[..., dict[str, Any]]
    erase: Callable[..., list[Path]]


def holders() -> Sequence[PersonalDataHolder]:
    """Those of every domain, as `app.py` lists them."""
    found: Sequence[PersonalDataHolder] = current_app.extensions["holders"]
    return found


def everything_of(citizen_id: UUID, *, at: datetime) -> dict[str, Any]:
    """All that is kept of somebody, and nothing of anybody else (GDPR 15 and 20, promises A58)."""
    sections = [holder.export(citizen_id) for holder in holders()]
    return {"exported_at": at, "sections": {name: data for section in sections for name, data in section.items()}}


def export(citizen_id: UUID) -> dict[str, Any]:
    """The person themself: profile, opt-ins, sessions, roles, waiting messages and stored answers, log entries."""

    def rows(model: type[Base], columns: str, order: Any) -> list[dict[str, Any]]:
        found = select(*(getattr(model, name) for name in columns.split())).where(_is_of(model, citizen_id))
        return [
            {name: _plain(value) for name, value in row._mapping.items()}
            for row in db.session.execute(found.order_by(order))
        ]

    profile = "id status created_at joined_at terms_version name email language district notices erase_at"
    log = "at office kind purpose object"
    return {
        "profile": rows(Citizen, profile, Citizen.id)[0],
        "terms_accepted": rows(TermsAcceptance, "version at", TermsAcceptance.at),
        "consents": rows(Consent, "purpose version given_at withdrawn_at", Consent.purpose),
        "sessions": rows(TokenFamily, "id created_at rotated_at expires_at ended_at ended_because", TokenFamily.id),
        "roles": rows(RoleGrant, "role partner office granted_at", RoleGrant.id),
        "messages_waiting": rows(Outbox, "kind address language facts created_at", Outbox.id),
        "answers_kept": rows(Idempotency, "operation key at status", Idempotency.at),
        "log": rows(AuditEntry, log, AuditEntry.id),
    }


def _is_of(model: Any, citizen_id: UUID) -> Any:
    if model is Citizen:
        return Citizen.id == citizen_id
    if model is AuditEntry:
        return AuditEntry.subject_id == citizen_id
    return model.citizen_id == citizen_id


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def erase(citizen_id: UUID, *, at: datetime, settings: Settings) -> list[Path]:
    """Leave a number that leads to nobody. What was accepted and what was done under it stays: it names no one."""
    email = db.session.scalar(select(Citizen.email).where(Citizen.id == citizen_id))
    hashes = db.session.scalars(select(Identifier.value_hash).where(Identifier.citizen_id == citizen_id)).all()
    db.session.execute(delete(SignInCode).where(SignInCode.address_hash.in_(hashes)))
    for model in (Identifier, Consent, TokenFamily, RoleGrant):
        db.session.execute(delete(model).where(model.citizen_id == citizen_id))
    forget_answers(citizen_id)
    forget_messages(citizen_id)
    if email is not None:
        # A message with a code is posted to an address before anybody knows whose it is.
        db.session.execute(delete(Outbox).where(Outbox.address == email))
    nobody = {"name": None, "email": None, "language": None, "district": None, "notices": "none", "erase_at": None}
    db.session.execute(
        update(Citizen)
        .where(Citizen.id == citizen_id, Citizen.status != "erased")
        .values(nobody | {"status": "erased", "erased_at": at})
    )
    return [] if email is None else list(_mail_files_to(email, settings))


def _mail_files_to(address: str, settings: Settings) -> Iterable[Path]:
    """Where no SMTP host is set, mail is files: those to this address."""
    for file in settings.mail_folder.glob("*") if settings.mail_folder.is_dir() else ():
        with suppress(FileNotFoundError):  # renamed while being looked at: it is seen under its new name
            head = BytesHeaderParser().parsebytes(file.read_bytes())
            if parseaddr(str(head["To"]))[1].lower() == address:
                yield file


HOLDER = PersonalDataHolder(
    models=(
        Citizen,
        Identifier,
        TermsAcceptance,
        Consent,
        SignInCode,
        TokenFamily,
        RoleGrant,
        Outbox,
        Idempotency,
        AuditEntry,
    ),
    export=export,
    erase=erase,
)
