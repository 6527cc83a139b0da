"""Who did or looked at what, for which office and why: codes and references, append-only, sealed against tampering.

A row is written in the transaction of what it tells of. A job seals committed rows in batches: each seal hashes its
rows and the seal before, and its head is also written outside the database, so that a changed, removed, reordered or
cut-off row is found. A chain inside each transaction would serialise every writer.
"""

import fcntl
import hashlib
import hmac
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
_KIND, _PURPOSE = re.compile(r"[a-z_]+\.[a-z_]+"), re.compile(r"[a-z_-]+")
_REFERENCE = re.compile(r"[a-z0-9._:/-]*")


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
    actor_id = by.citizen_id if by else None
    row = row_for(kind, actor_id=actor_id, office=office, subject_id=subject_id, object=object, purpose=purpose, at=at)
    db.session.add(AuditEntry(**row))


def row_for(
    kind: str,
    *,
    actor_id: UUID | None,
    office: str,
    subject_id: UUID | None,
    object: object,
    purpose: str,
    at: datetime,
) -> dict[str, Any]:
    """The columns of such a row, for a path that writes it together with others."""
    assert _KIND.fullmatch(kind), "a kind is no free text"
    assert _REFERENCE.fullmatch(str(object)), "an object is no free text"
    assert _PURPOSE.fullmatch(purpose), "a purpose is no free text"
    return {
        "id": new_id(),
        "at": at,
        "actor_id": actor_id,
        "office": office or "software",
        "kind": kind,
        "subject_id": subject_id,
        "object": str(object),
        "purpose": purpose,
    }


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


def write_heads(settings: Settings) -> bytes:
    """Append each head that the file outside the database lacks, signed with the deployment's key; returns the file as
    it then is. Where this begins a snapshot, it holds the head of each seal in it and of no other."""
    with head_file(settings).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until it is closed: of two sealers at once the second finds nothing to add
        file.seek(0)
        written = file.read()
        newest = max((head.number or 0 for head in _heads_in(written, settings) if head.is_signed), default=0)
        missing = select(AuditSeal).where(AuditSeal.number > newest).order_by(AuditSeal.number)
        if written and not written.endswith(b"\n"):
            file.write(b"\n")  # a line that was cut off stays for whoever checks, and spoils no other
        for seal in db.session.scalars(missing):
            head = {"number": seal.number, "hash": seal.hash, "at": iso(seal.at)}
            file.write(orjson.dumps(head | {"signature": _signature(seal, settings)}) + b"\n")
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        return file.read()


def head_file(settings: Settings) -> Path:
    return settings.instance / "audit-heads.jsonl"


def faults(settings: Settings) -> Iterator[dict[str, Any]]:
    """What is off in the sealed log: changed, removed, reordered or cut rows, forged or missing heads."""
    heads = _heads(settings)  # read before the rows: what is sealed meanwhile has no part in this
    before, seals = "", {}
    for expected, seal in enumerate(db.session.scalars(select(AuditSeal).order_by(AuditSeal.number)).all(), start=1):
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
        before, seals[seal.number] = seal.hash, seal
        db.session.expunge_all()
    yield from _head_faults(heads, seals, settings)


def sealed_count() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditSealed)) or 0


def _head_faults(heads: Sequence["_Head"], seals: dict[int, AuditSeal], settings: Settings) -> Iterator[dict[str, Any]]:
    for head in heads:
        if head.number is None:
            yield {"fault": "head_unreadable", "line": head.line}
        elif not head.is_signed:
            yield {"fault": "head_forged", "line": head.line}
        elif head.number not in seals:
            yield {"fault": "tail_cut", "number": head.number}
        elif head.signature != _signature(seals[head.number], settings):
            yield {"fault": "seal_changed", "number": head.number}
    # Read again: the head of a seal may have been written since.
    if missing := seals.keys() - {head.number for head in _heads(settings)}:
        yield {"fault": "heads_missing", "count": len(missing), "first": min(missing)}


@dataclass(frozen=True)
class _Head:
    """A line of the file outside the database; without a number it cannot be read."""

    line: int
    number: int | None
    signature: str
    is_signed: bool


def _heads(settings: Settings) -> list[_Head]:
    file = head_file(settings)
    return _heads_in(file.read_bytes(), settings) if file.exists() else []


def _heads_in(written: bytes, settings: Settings) -> list[_Head]:
    return [_head(number, line, settings) for number, line in enumerate(written.splitlines(), start=1)]


def _head(line_number: int, line: bytes, settings: Settings) -> _Head:
    try:
        found = orjson.loads(line)
        number, known, at, signature = (found[name] for name in ("number", "hash", "at", "signature"))
        seal = AuditSeal(number=int(number), hash=str(known), at=datetime.fromisoformat(at))
        signed = hmac.compare_digest(str(signature).encode(), _signature(seal, settings).encode())
    except (ValueError, KeyError, TypeError):
        return _Head(line_number, None, "", is_signed=False)
    return _Head(line_number, seal.number, signature, is_signed=signed)


def _hash(before: str, rows: Sequence[AuditEntry]) -> str:
    digest = hashlib.sha256(before.encode())
    for row in rows:
        facts = [row.id, iso(row.at), row.actor_id, row.office, row.kind, row.subject_id, row.object, row.purpose]
        digest.update(orjson.dumps(facts) + b"\n")
    return digest.hexdigest()


def _signature(seal: AuditSeal, settings: Settings) -> str:
    facts = f"{seal.number}:{seal.hash}:{iso(seal.at)}"
    return hmac.new(settings.key("audit head"), facts.encode(), hashlib.sha256).hexdigest()
