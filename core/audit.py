"""Who did or looked at what, for which office and why: codes and references, append-only, sealed against tampering.

A row is written in the transaction of what it tells of. A job seals committed rows in batches: each seal hashes its
rows and the seal before, and its head is also written outside the database, so that a changed, removed, reordered or
cut-off row is found. A chain inside each transaction would serialise every writer.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import iso
from core.db import Base, UtcDateTime, db
from core.http.doors import Caller, Role
from core.ids import new_id
from core.settings import Settings

SEAL_ROWS_MAX = 5_000


class AuditEntry(Base):
    """One deed of an office or of a person: never changed, never deleted (triggers refuse it)."""

    __tablename__ = "audit_entry"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[UUID | None]  # none: a job or a command
    office: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(60), index=True)
    subject_id: Mapped[UUID | None] = mapped_column(index=True)  # the resident whom it is about
    object: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(60))


class AuditSeal(Base):
    """A sealed batch: `hash` covers its rows in order and the hash of the seal before."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class AuditSealed(Base):
    """Which entry stands where in which seal."""

    __tablename__ = "audit_sealed"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    seal_number: Mapped[int] = mapped_column(ForeignKey("audit_seal.number"), index=True)
    position: Mapped[int]


def record(
    kind: str,
    *,
    by: Caller | None,
    role: Role | None = None,
    office: str = "",
    subject_id: UUID | None = None,
    object: object = "",
    purpose: str,
    at: datetime,
) -> None:
    """Write one row. `kind` is `noun.verb` (`evidence.read`), `object` a code or an id, `purpose` a code."""
    if by is not None and role is not None:
        office = by.office(role)
    db.session.add(
        AuditEntry(
            id=new_id(),
            at=at,
            actor_id=by.citizen_id if by else None,
            office=office or "software",
            kind=kind,
            subject_id=subject_id,
            object=str(object),
            purpose=purpose,
        )
    )


def seal_batch(*, at: datetime) -> int:
    """Seal up to `SEAL_ROWS_MAX` committed rows that no seal holds yet; returns how many."""
    unsealed = (
        select(AuditEntry)
        .outerjoin(AuditSealed, AuditSealed.entry_id == AuditEntry.id)
        .where(AuditSealed.entry_id.is_(None))
        .order_by(AuditEntry.at, AuditEntry.id)
        .limit(SEAL_ROWS_MAX)
    )
    rows = db.session.scalars(unsealed).all()
    if not rows:
        return 0
    last = db.session.execute(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)).scalar_one_or_none()
    number = last.number + 1 if last else 1
    # Two sealers at once collide on the primary key of the seal: one of them is rolled back and tries again.
    seal = AuditSeal(number=number, at=at, rows=len(rows), hash=_hash(last.hash if last else "", rows))
    db.session.add(seal)
    db.session.flush()
    db.session.add_all(
        AuditSealed(entry_id=row.id, seal_number=number, position=position) for position, row in enumerate(rows)
    )
    return len(rows)


def write_heads(settings: Settings) -> None:
    """Append each head that the file outside the database lacks, signed with the deployment's key."""
    written = head_file(settings).read_bytes().count(b"\n") if head_file(settings).exists() else 0
    missing = db.session.scalars(select(AuditSeal).where(AuditSeal.number > written).order_by(AuditSeal.number)).all()
    with head_file(settings).open("ab") as file:
        for seal in missing:
            head = {"number": seal.number, "hash": seal.hash, "at": iso(seal.at)}
            head["signature"] = _signature(seal.number, seal.hash, settings)
            file.write(orjson.dumps(head) + b"\n")


def head_file(settings: Settings) -> Path:
    return settings.instance / "audit-heads.jsonl"


def faults(settings: Settings) -> Iterator[dict[str, Any]]:
    """What is off in the sealed log: changed, removed, reordered or cut rows, forged or missing heads."""
    before, hashes = "", {}
    seals = db.session.scalars(select(AuditSeal).order_by(AuditSeal.number)).all()
    for expected, seal in enumerate(seals, start=1):
        if seal.number != expected:
            yield {"fault": "seal_missing", "number": expected}
            return
        rows = db.session.scalars(
            select(AuditEntry)
            .join(AuditSealed, AuditSealed.entry_id == AuditEntry.id)
            .where(AuditSealed.seal_number == seal.number)
            .order_by(AuditSealed.position)
        ).all()
        if len(rows) != seal.rows:
            yield {"fault": "rows_removed", "number": seal.number, "sealed": seal.rows, "found": len(rows)}
        elif _hash(before, rows) != seal.hash:
            yield {"fault": "rows_changed", "number": seal.number}
        before = hashes[seal.number] = seal.hash
        db.session.expunge_all()
    yield from _head_faults(hashes, settings)


def sealed_count() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditSealed)) or 0


def _head_faults(hashes: dict[int, str], settings: Settings) -> Iterator[dict[str, Any]]:
    file = head_file(settings)
    lines = file.read_bytes().splitlines() if file.exists() else []
    if hashes and not lines:
        yield {"fault": "heads_missing", "file": file.name}
    for index, line in enumerate(lines, start=1):
        try:
            head = orjson.loads(line)
            number, known = head["number"], head["hash"]
            signed = hmac.compare_digest(head["signature"], _signature(number, known, settings))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            yield {"fault": "head_unreadable", "line": index}
            continue
        if not signed:
            yield {"fault": "head_forged", "line": index}
        elif number not in hashes:
            yield {"fault": "tail_cut", "number": number}
        elif hashes[number] != known:
            yield {"fault": "seal_changed", "number": number}


def _hash(before: str, rows: Sequence[AuditEntry]) -> str:
    digest = hashlib.sha256(before.encode())
    for row in rows:
        facts = [row.id, iso(row.at), row.actor_id, row.office, row.kind, row.subject_id, row.object, row.purpose]
        digest.update(orjson.dumps(facts) + b"\n")
    return digest.hexdigest()


def _signature(number: int, known: str, settings: Settings) -> str:
    return hmac.new(settings.key("audit head"), f"{number}:{known}".encode(), hashlib.sha256).hexdigest()
