"""The same request sent twice has one effect and one answer, kept 48 hours (draft-ietf-httpapi-idempotency-key)."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from flask import Request, Response
from sqlalchemy import JSON, LargeBinary, String, bindparam, delete, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime, db, run, sqlstate
from core.errors import Conflict, Invalid, Refusal
from core.forgetting import forget

KEPT = timedelta(hours=48)
_KEY = re.compile(r"[\x20-\x7e]{1,255}\Z")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Content-Language")


class Idempotency(Base):
    """What was answered to a keyed request. The claim, the effect and the answer are one transaction, so a crash
    leaves no key stuck (promises A32)."""

    __tablename__ = "idempotency"

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSON)
    body: Mapped[bytes | None]


class IdempotencyKeyMissing(Refusal):
    """Send an Idempotency-Key header with this request, a new one per wish, the same one when you send it again."""

    status = 400


class IdempotencyKeyInvalid(Refusal):
    """An Idempotency-Key has 1 to 255 printable ASCII characters."""

    status = 400


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key came with another request before: take a new one for a new wish."""


class IdempotencyRunning(Conflict):
    """The first request with this Idempotency-Key is still running: send it again in a moment."""

    final = False


class Claim:
    """A key held by this request, in this transaction. `stored` is the answer if there is one already."""

    def __init__(self, *, citizen_id: UUID, operation: str, key: str, fingerprint: bytes, at: datetime) -> None:
        self._key: dict[str, Any] = {"citizen_id": citizen_id, "operation": operation, "key": key}
        self.stored: Response | None = None
        try:
            row = run(_CLAIM, self._key | {"fingerprint": fingerprint, "at": at}).first()
        except OperationalError as problem:
            # A second INSERT of the same key waits for the first transaction, up to the lock timeout.
            if sqlstate(problem) == "55P03":
                raise IdempotencyRunning(retry_after=1) from problem
            raise
        if row is None:
            self._read(fingerprint)

    def _read(self, fingerprint: bytes) -> None:
        found = run(_STORED, _of(self._key)).first()
        if found is None or found.status is None:
            raise IdempotencyRunning(retry_after=1)
        if found.fingerprint != fingerprint:
            raise IdempotencyKeyReused()
        self.stored = Response(found.body, status=found.status, headers=found.headers)
        self.stored.headers["Idempotency-Replayed"] = "true"

    def keep(self, answer: Response) -> None:
        """Keep the answer, byte for byte."""
        headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        run(_KEEP, _of(self._key) | {"status": answer.status_code, "headers": headers, "body": answer.get_data()})

    def release(self) -> None:
        """Let the key go: the answer is not final."""
        run(_RELEASE, _of(self._key))


# Sent with every keyed request, so they are built once. SQLAlchemy puts an ON CONFLICT together anew each time it is
# sent, which takes longer than sending it: this one is written out.
_CLAIMED = ("citizen_id", "operation", "key", "fingerprint", "at")
_CLAIM = (
    text(
        f"INSERT INTO idempotency ({', '.join(_CLAIMED)}) VALUES ({', '.join(f':{name}' for name in _CLAIMED)})"  # noqa: S608
        " ON CONFLICT DO NOTHING RETURNING idempotency.key"
    )
    .bindparams(*(bindparam(name, type_=Idempotency.metadata.tables["idempotency"].c[name].type) for name in _CLAIMED))
    .columns(Idempotency.key)
)
_IS_IT = (
    Idempotency.citizen_id == bindparam("of_citizen_id"),
    Idempotency.operation == bindparam("of_operation"),
    Idempotency.key == bindparam("of_key"),
)
_STORED = select(Idempotency.fingerprint, Idempotency.status, Idempotency.headers, Idempotency.body).where(*_IS_IT)
_KEEP = update(Idempotency).where(*_IS_IT).values({name: bindparam(name) for name in ("status", "headers", "body")})
_RELEASE = delete(Idempotency).where(*_IS_IT)


def _of(key: dict[str, Any]) -> dict[str, Any]:
    return {f"of_{name}": value for name, value in key.items()}  # a column's own name would be taken for its new value


def read_key(request: Request, *, is_required: bool) -> str | None:
    """The request's key. Raises `IdempotencyKeyMissing`, `IdempotencyKeyInvalid`."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        if is_required:
            raise IdempotencyKeyMissing()
        return None
    if not _KEY.match(key):
        raise IdempotencyKeyInvalid()
    return key


def fingerprint_of(request: Request, body: bytes) -> bytes:
    """What makes a request the same one: method, path, query and body."""
    facts = [request.method, request.path, request.query_string.decode("latin-1"), hashlib.sha256(body).hexdigest()]
    return hashlib.sha256(orjson.dumps(facts)).digest()


def drop_old_keys(*, at: datetime) -> int:
    """Forget the answers older than `KEPT`; returns how many."""
    return forget(Idempotency.at, before=at - KEPT)


def forget_answers(citizen_id: UUID) -> None:
    """Part of erasure: a stored answer can hold what the person wrote."""
    db.session.execute(delete(Idempotency).where(Idempotency.citizen_id == citizen_id))
