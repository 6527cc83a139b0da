"""What is kept of a person: as little as sign-in, consent and mail need, findable by keyed hash only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime

STATUSES = ("active", "leaving", "erased")


class Citizen(Base):
    """A person. `terms_version` is null for staff who have not joined (charter C1: no account without opt-in).
    Once erased, the row is a number that leads to nobody."""

    __tablename__ = "citizen"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'leaving', 'erased')", name="status_known"),
        CheckConstraint(
            "status <> 'erased' OR (name IS NULL AND email IS NULL AND language IS NULL AND district IS NULL)",
            name="erased_is_empty",
        ),
        Index("ix_citizen_erase_at", "erase_at"),
        Index(
            "ix_citizen_erased_at",
            "erased_at",
            postgresql_where=text("erased_at IS NOT NULL"),
            sqlite_where=text("erased_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(10), default="active")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    terms_version: Mapped[str | None] = mapped_column(String(40))
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str | None] = mapped_column(String(5))
    district: Mapped[str | None] = mapped_column(String(60))
    notices: Mapped[str] = mapped_column(String(10), default="email")
    erase_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Identifier(Base):
    """What a person is found by: `(kind, keyed hash)`. E-mail now; card and residence proof later. Past one machine it
    lies by that key, and a foreign key cannot lead to where the person lies."""

    __tablename__ = "identifier"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    value_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(index=True)


class TermsAcceptance(Base):
    """The recorded opt-in to a named version of the terms (charter C1)."""

    __tablename__ = "terms_acceptance"

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    version: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """Consent for one purpose, withdrawn one by one (charter C4)."""

    __tablename__ = "consent"

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInCode(Base):
    """The last one-time code sent to an address. The code itself is derived from `seed` and a server key, so that
    nothing in the database gives it away (promises A52)."""

    __tablename__ = "sign_in_code"

    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int]


class TokenFamily(Base):
    """A signed-in device. Refresh tokens are derived from `seed`, a server key and `generation`: only the newest
    opens, an older one closes the family (RFC 9700 §4.14.2)."""

    __tablename__ = "token_family"
    __table_args__ = (
        Index(
            "ix_token_family_ended_at",
            "ended_at",
            postgresql_where=text("ended_at IS NOT NULL"),
            sqlite_where=text("ended_at IS NOT NULL"),
        ),
    )

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(16))
    generation: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rotated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_because: Mapped[str | None] = mapped_column(String(20))


class RoleGrant(Base):
    """A role that a person has. A clerk's names the partner."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(role = 'clerk') = (partner IS NOT NULL)", name="clerk_has_partner"),
        UniqueConstraint("citizen_id", "role", "partner"),
        # Nulls differ from each other, so the constraint above sees clerks alone.
        Index(
            "uq_role_grant_citizen_id_role",
            "citizen_id",
            "role",
            unique=True,
            sqlite_where=text("partner IS NULL"),
            postgresql_where=text("partner IS NULL"),
        ),
    )

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizen.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, index=True)  # a manager who takes it away holds only this
    role: Mapped[str] = mapped_column(String(20))
    partner: Mapped[str | None] = mapped_column(String(60))
    office: Mapped[str | None] = mapped_column(String(120))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by: Mapped[UUID | None]
