"""Deeds and their rules over time, what residents say they did, and who decided what on which version."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime


class District(Base):
    """A district of the city and its neighbourhoods."""

    __tablename__ = "district"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    neighbourhoods: Mapped[list[dict[str, str]]] = mapped_column(JSON)  # [{code, name}]
    position: Mapped[int]


class CatalogueState(Base):
    """One row: the number that every published change raises, and with it the ETag of the catalogue."""

    __tablename__ = "catalogue_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]


class Deed(Base):
    """A catalogue item. What it says at a time is its version in force then."""

    __tablename__ = "deed"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    versions: Mapped[int]  # the number of the newest


class DeedVersion(Base):
    """A deed's rule from `in_force_from` until the next version's. Never changed: a correction is a new version."""

    __tablename__ = "deed_version"
    __table_args__ = (
        CheckConstraint("points BETWEEN 1 AND 1000", name="points_in_range"),
        CheckConstraint("unit IN ('deed', 'hour', 'item')", name="unit_known"),
        UniqueConstraint("deed_code", "in_force_from", "number"),
    )

    deed_code: Mapped[str] = mapped_column(ForeignKey("deed.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    in_force_from: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(String(500))
    category: Mapped[str] = mapped_column(String(40))
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    points: Mapped[int]
    unit: Mapped[str] = mapped_column(String(10))
    per_day_max: Mapped[int]  # in units: deeds, items, or hours
    per_year_max: Mapped[int]
    evidence: Mapped[list[str]] = mapped_column(JSON)  # some of photo, event_code, organiser
    minutes: Mapped[int]  # how long it usually takes
    access: Mapped[list[str]] = mapped_column(JSON)
    districts: Mapped[list[str]] = mapped_column(JSON)  # empty: all
    purpose: Mapped[str] = mapped_column(String(300))
    review_by: Mapped[date]  # the last local day on which it can be claimed
    source: Mapped[str | None] = mapped_column(String(300))
    paused_until: Mapped[date | None]  # the last local day of a pause that begins with this version
    search: Mapped[str] = mapped_column(Text)  # titles of all languages and purpose, folded


class Event(Base):
    """When and where an organiser hosts a deed; without `ends_at` it is a standing placement."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_starts_at_id", "starts_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organiser_id: Mapped[UUID] = mapped_column(index=True)
    office: Mapped[str] = mapped_column(String(120))
    deed_code: Mapped[str] = mapped_column(ForeignKey("deed.code"))
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    district: Mapped[str | None] = mapped_column(ForeignKey("district.code"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Submission(Base):
    """A resident says "I did this". `revision` grows with each change of what a decision would be about; `due_at` is
    when silence ends (an organiser's, or the resident's who was asked for more)."""

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint(
            "status IN ('submitted', 'awaiting_confirmation', 'in_review', 'asked',"
            " 'approved', 'declined', 'withdrawn', 'reversed')",
            name="status_known",
        ),
        CheckConstraint("quantity BETWEEN 1 AND 100000", name="quantity_in_range"),
        CheckConstraint("points_awarded IS NULL OR points_awarded >= 0", name="points_awarded_not_negative"),
        ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"]),
        Index("ix_submission_citizen_id_deed_code_done_on", "citizen_id", "deed_code", "done_on"),
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    deed_code: Mapped[str] = mapped_column(String(60))
    deed_version: Mapped[int]
    status: Mapped[str] = mapped_column(String(24))
    revision: Mapped[int]
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_on: Mapped[date]  # the city's calendar day of `done_at`: caps count by it
    quantity: Mapped[int]  # whole items or deeds; minutes where the unit is the hour
    quantity_confirmed: Mapped[int | None]
    without_points: Mapped[bool]
    note: Mapped[str | None] = mapped_column(String(2000))
    event_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quantity_counted: Mapped[int | None]  # what the caps let through
    points_awarded: Mapped[int | None]
    cap_bound: Mapped[str | None] = mapped_column(String(20))


class ReviewCase(Base):
    """A submission as staff find it: by its id alone, and oldest first once it is in the queue. A lease gives it to
    one verifier for a while; a lapsed one is free."""

    __tablename__ = "review_case"
    __table_args__ = (
        Index(
            "ix_review_case_queue",
            "queued_at",
            "submission_id",
            postgresql_where=text("queued_at IS NOT NULL"),
            sqlite_where=text("queued_at IS NOT NULL"),
        ),
        Index(
            "ix_review_case_due_at",
            "due_at",
            postgresql_where=text("due_at IS NOT NULL"),
            sqlite_where=text("due_at IS NOT NULL"),
        ),
    )

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID]
    deed_code: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[UUID | None] = mapped_column(index=True)
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    points_expected: Mapped[int]
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # set while a verifier is awaited
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when it goes to the queue by itself
    confirmed_by: Mapped[UUID | None]
    first_verifier_id: Mapped[UUID | None]
    leased_by: Mapped[UUID | None] = mapped_column(index=True)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseGivenBack(Base):
    """A verifier gave a case back (someone they know): it is not offered to them again."""

    __tablename__ = "case_given_back"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("review_case.submission_id"), primary_key=True)
    verifier_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    reason_code: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Decision(Base):
    """Who decided what, why, by which rule version (charter C22). `decision` is approve, decline, ask or reverse;
    `decided_by` is null where a rule approved (charter C23)."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_at", "at", postgresql_using="brin"),  # rows lie by time: it costs a decision next to nothing
        CheckConstraint("decision IN ('approve', 'decline', 'ask', 'reverse')", name="decision_known"),
        CheckConstraint("decision = 'approve' OR decided_by IS NOT NULL", name="only_a_human_declines"),
        ForeignKeyConstraint(["citizen_id", "submission_id"], ["submission.citizen_id", "submission.id"]),
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    decision: Mapped[str] = mapped_column(String(10))
    is_final: Mapped[bool]  # false: a first approval of two, or a question
    reason_code: Mapped[str] = mapped_column(String(40))
    text: Mapped[str | None] = mapped_column(String(2000))
    deed_version: Mapped[int]
    revision: Mapped[int]
    decided_by: Mapped[UUID | None]
    office: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    appeal_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Confirmation(Base):
    """What the organiser of the named event said: a quantity, or no, with a text."""

    __tablename__ = "confirmation"
    __table_args__ = (
        ForeignKeyConstraint(["citizen_id", "submission_id"], ["submission.citizen_id", "submission.id"]),
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    confirmed: Mapped[bool]
    quantity: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(String(2000))
    organiser_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Evidence(Base):
    """A photo rebuilt from pixels, in a private file with a random name."""

    __tablename__ = "evidence"
    __table_args__ = (
        ForeignKeyConstraint(["citizen_id", "submission_id"], ["submission.citizen_id", "submission.id"]),
        Index("ix_evidence_citizen_id_submission_id", "citizen_id", "submission_id"),
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID]
    file_name: Mapped[str] = mapped_column(String(80))
    media_type: Mapped[str] = mapped_column(String(40))
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_sha256: Mapped[str] = mapped_column(String(64))  # tells a resent photo
    width: Mapped[int]
    height: Mapped[int]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EvidenceOwner(Base):
    """Whose a photo is, for reviewers who hold only its id. `delete_at` is set by the final decision."""

    __tablename__ = "evidence_owner"

    evidence_id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID]
    submission_id: Mapped[UUID]
    delete_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Attendance(Base):
    """A resident checked in at an event, once."""

    __tablename__ = "attendance"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID]
    scanned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
