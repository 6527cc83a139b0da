"""A message is sent if and only if what it tells of was committed, at least once, with a stable Message-ID."""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import structlog
from sqlalchemy import JSON, ColumnElement, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Does, UtcDateTime, db, in_transaction
from core.ids import new_id
from core.settings import Settings

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
WAIT_MAX = timedelta(hours=6)
GIVEN_UP_AFTER = timedelta(days=3)
BATCH = 50
TIMEOUT_SECONDS = 20


class Outbox(Base):
    """A message to send. It holds facts, not text: it is written out when it is sent, and the row is deleted then."""

    __tablename__ = "outbox"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(5))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    send_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    stale_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int]


@dataclass(frozen=True)
class Letter:
    """A message in words."""

    subject: str
    text: str


Writer = Callable[..., Letter]
"""`write(facts, language=..., settings=...) -> Letter`; `app.py` lists one per kind."""


def post(
    kind: str,
    *,
    address: str,
    language: str,
    facts: dict[str, Any],
    citizen_id: UUID | None,
    at: datetime,
    stale_after: timedelta = GIVEN_UP_AFTER,
) -> None:
    """Put a message into the outbox, in the transaction of what it tells of."""
    db.session.add(
        Outbox(
            id=new_id(),
            citizen_id=citizen_id,
            kind=kind,
            address=address,
            language=language,
            facts=facts,
            created_at=at,
            send_at=at,
            stale_at=at + stale_after,
            tries=0,
        )
    )


def send_due(writers: Mapping[str, Writer], *, at: datetime, settings: Settings) -> int:
    """Send what is due; returns how many left the house. A failure is tried again later, ever more rarely."""
    waiting = select(Outbox.id).where(or_(_is_due(at), Outbox.stale_at <= at)).limit(1)
    if in_transaction(lambda: db.session.scalar(waiting), does=Does.READS) is None:
        return 0
    in_transaction(lambda: db.session.execute(delete(Outbox).where(Outbox.stale_at <= at)))
    sent = 0
    while message := in_transaction(partial(_lease, at)):
        try:
            letter = writers[message.kind](message.facts, language=message.language, settings=settings)
            _send(_mail(message, letter, settings), settings, name=f"{message.id}.eml")
        except (OSError, smtplib.SMTPException) as problem:
            log.warning("mail not sent", kind=message.kind, tries=message.tries, problem=type(problem).__name__)
            continue
        except Exception:
            # It cannot be written as it is; that must not keep the others from being sent.
            log.exception("mail not written", kind=message.kind, tries=message.tries)
            continue
        in_transaction(partial(db.session.execute, delete(Outbox).where(Outbox.id == message.id)))
        sent += 1
    return sent


def _lease(at: datetime) -> Outbox | None:
    """Take one message: until its next try nobody else does. The row waits longer with each try."""
    due = select(Outbox.id, Outbox.tries).where(_is_due(at)).order_by(Outbox.send_at).limit(BATCH)
    for found in db.session.execute(due).all():
        wait = min(LEASE * 2**found.tries, WAIT_MAX)
        taken = db.session.execute(
            update(Outbox)
            .where(Outbox.id == found.id, Outbox.tries == found.tries)
            .values(tries=found.tries + 1, send_at=at + wait)
            .returning(Outbox)
        ).scalar_one_or_none()
        if taken is not None:
            db.session.expunge(taken)
            return taken
    return None


def _is_due(at: datetime) -> ColumnElement[bool]:
    """Nothing waits longer than `WAIT_MAX`: what would was posted before the clock was set back."""
    return or_(Outbox.send_at <= at, Outbox.send_at > at + WAIT_MAX)


def _mail(message: Outbox, letter: Letter, settings: Settings) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["Message-ID"] = f"<{message.id}@{mail['From'].addresses[0].domain}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["To"] = message.address
    mail["Subject"] = letter.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="8bit")
    mail["Content-Language"] = message.language  # after the content, whose headers replace all Content-* ones
    return mail


def _send(mail: EmailMessage, settings: Settings, *, name: str) -> None:
    if settings.smtp_url is None:
        settings.mail_folder.mkdir(parents=True, exist_ok=True)
        draft = settings.mail_folder / f".{name}.draft"
        draft.write_bytes(mail.as_bytes())
        draft.rename(settings.mail_folder / name)
        return
    with _connected(settings.smtp_url) as server:
        server.send_message(mail)


@contextmanager
def _connected(smtp_url: str) -> Iterator[smtplib.SMTP]:
    """A session with the mail server, encrypted wherever it can be. A password is never sent in the clear."""
    url, secure = urlsplit(smtp_url), ssl.create_default_context()
    host = url.hostname or "localhost"
    with (
        smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT_SECONDS, context=secure)
        if url.scheme == "smtps"
        else smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT_SECONDS)
    ) as server:
        if url.scheme != "smtps":
            server.ehlo_or_helo_if_needed()
            if server.has_extn("starttls"):
                server.starttls(context=secure)
            elif url.username:
                raise smtplib.SMTPNotSupportedError("no STARTTLS, and a password is not sent without")
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        yield server


def forget_messages(citizen_id: UUID) -> None:
    """Part of erasure."""
    db.session.execute(delete(Outbox).where(Outbox.citizen_id == citizen_id))
