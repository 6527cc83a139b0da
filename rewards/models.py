"""The books: lots are the balance, entries are never changed, and the constraints are the last word."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizen.models import Citizen
from core.db import Base, UtcDateTime

POINTS_MAX = 1_000_000
"""The most that one movement carries (promises A7)."""


class Account(Base):
    """A resident's account: the row that is locked, and the number of its newest entry."""

    __tablename__ = "account"

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey(Citizen.id), primary_key=True)
    entry_seq: Mapped[int] = mapped_column(default=0)


class Entry(Base):
    """A movement of points between one resident's account and one city account, so it balances by construction.

    `direction` is seen from the resident: `in` from the city account, `out` to it. Triggers refuse any change.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("citizen_id", "seq"),
        UniqueConstraint("citizen_id", "lot_id", "cause"),
        CheckConstraint("points BETWEEN 1 AND 1000000", name="points_in_range"),
        CheckConstraint("direction IN ('in', 'out')", name="direction_known"),
        CheckConstraint("city_account IN ('issued', 'spent', 'expired', 'donated')", name="city_account_known"),
        CheckConstraint("(kind = 'expiry') = (cause IS NOT NULL)", name="expiry_has_cause"),
        CheckConstraint(
            "(kind = 'award' AND direction = 'in' AND city_account = 'issued')"
            " OR (kind = 'spend' AND direction = 'out' AND city_account = 'spent')"
            " OR (kind = 'refund' AND direction = 'in' AND city_account = 'spent')"
            " OR (kind = 'donation' AND direction = 'out' AND city_account = 'donated')"
            " OR (kind = 'expiry' AND direction = 'out' AND city_account = 'expired')"
            " OR (kind = 'reversal' AND direction = 'out' AND city_account = 'issued')",
            name="kind_moves_one_way",
        ),
        ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"]),
        Index("ix_entry_at", "at", postgresql_using="brin"),  # rows lie by time: it costs an entry next to nothing
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(10))
    direction: Mapped[str] = mapped_column(String(3))
    points: Mapped[int]
    city_account: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(60))  # a code, told in words by `entries.py`
    lot_id: Mapped[UUID | None]
    cause: Mapped[str | None] = mapped_column(String(60))
    reference: Mapped[UUID | None]  # the submission or the voucher
    subject: Mapped[str | None] = mapped_column(String(60))  # the code of the deed or the benefit


class Lot(Base):
    """Points awarded together, with one expiry instant fixed at award. The balance is the sum of `points_left` over
    lots not yet past it. `closed_at` is when the job recorded that the date has passed: the partial index on it is how
    the job finds work, and leaves updates of `points_left` heap-only."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("points BETWEEN 1 AND 1000000", name="points_in_range"),
        CheckConstraint("points_left BETWEEN 0 AND points", name="points_left_in_range"),
        UniqueConstraint("citizen_id", "submission_id", "revision"),
        ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"]),
        Index("ix_lot_citizen_id_expires_at_id", "citizen_id", "expires_at", "id"),
        Index(
            "ix_lot_open_expires_at",
            "expires_at",
            "citizen_id",
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    points: Mapped[int]
    points_left: Mapped[int]
    awarded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    policy: Mapped[str] = mapped_column(String(40))
    submission_id: Mapped[UUID | None]
    revision: Mapped[int | None]
    reversed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reversal_shortfall: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Partner(Base):
    """Where benefits are redeemed."""

    __tablename__ = "partner"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    is_active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Benefit(Base):
    """What points buy. Its stock lies apart, in `benefit_stock`: a write to a reference table goes to every node."""

    __tablename__ = "benefit"
    __table_args__ = (
        CheckConstraint("price_points BETWEEN 1 AND 1000000", name="price_in_range"),
        CheckConstraint("value_cents >= 0", name="value_not_negative"),
        CheckConstraint("voucher_days BETWEEN 1 AND 3660", name="voucher_days_in_range"),
    )

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    category: Mapped[str] = mapped_column(String(40))
    partner_code: Mapped[str] = mapped_column(ForeignKey("partner.code"), index=True)
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    price_points: Mapped[int]
    has_stock: Mapped[bool]
    per_person_per_year_max: Mapped[int | None]
    value_cents: Mapped[int]
    voucher_days: Mapped[int]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str | None] = mapped_column(String(300))
    is_published: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BenefitStock(Base):
    """The units left to sell: taken last in a purchase, by `UPDATE … WHERE stock > 0`. `stock_total` is what the
    managers have put in; vouchers alive plus redeemed plus `stock` equal it."""

    __tablename__ = "benefit_stock"
    __table_args__ = (CheckConstraint("stock >= 0", name="stock_not_negative"),)

    benefit_code: Mapped[str] = mapped_column(String(60), primary_key=True)
    stock: Mapped[int]
    stock_total: Mapped[int]


class Voucher(Base):
    """A benefit bought. Its code is derived from `seed` and a server key and shown to its owner only."""

    __tablename__ = "voucher"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'redeemed', 'cancelled', 'expired')", name="status_known"),
        CheckConstraint("price_points BETWEEN 1 AND 1000000", name="price_in_range"),
        ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"]),
        Index("ix_voucher_citizen_id_benefit_code_bought_on", "citizen_id", "benefit_code", "bought_on"),
        Index(
            "ix_voucher_active_expires_at",
            "expires_at",
            "citizen_id",
            postgresql_where=text("status = 'active'"),
            sqlite_where=text("status = 'active'"),
        ),
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    benefit_code: Mapped[str] = mapped_column(String(60))
    partner_code: Mapped[str] = mapped_column(String(60))
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(10))
    price_points: Mapped[int]
    value_cents: Mapped[int]
    takes_stock: Mapped[bool]
    seed: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    bought_at: Mapped[datetime] = mapped_column(UtcDateTime)
    bought_on: Mapped[date]  # the city's calendar day, for the yearly caps
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Allocation(Base):
    """How many points of which lot a voucher took, and whether they went back."""

    __tablename__ = "allocation"
    __table_args__ = (
        CheckConstraint("points BETWEEN 1 AND 1000000", name="points_in_range"),
        ForeignKeyConstraint(["citizen_id", "voucher_id"], ["voucher.citizen_id", "voucher.id"]),
        ForeignKeyConstraint(["citizen_id", "lot_id"], ["lot.citizen_id", "lot.id"]),
    )

    citizen_id: Mapped[UUID] = mapped_column(primary_key=True)
    voucher_id: Mapped[UUID] = mapped_column(primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(primary_key=True)
    points: Mapped[int]
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VoucherCode(Base):
    """What the till finds a voucher by. `code_hash` is SHA-256 of a code of 128 random bits."""

    __tablename__ = "voucher_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    citizen_id: Mapped[UUID]
    voucher_id: Mapped[UUID] = mapped_column(index=True)  # a manager who gives points back holds only this


class Redemption(Base):
    """A voucher used at a partner. Kept by partner, since clerks ask for theirs and hold no resident's number; a
    voucher belongs to one partner, so the unique key over what is not undone holds city-wide."""

    __tablename__ = "redemption"
    __table_args__ = (
        Index(
            "uq_redemption_voucher",
            "partner_code",
            "voucher_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
        Index("ix_redemption_partner_code_at_id", "partner_code", "at", "id"),
    )

    partner_code: Mapped[str] = mapped_column(String(60), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID]
    voucher_id: Mapped[UUID]
    benefit_code: Mapped[str] = mapped_column(String(60))
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    value_cents: Mapped[int]
    clerk_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Till(Base):
    """A device that was paired with a partner, and its shift: no person, though it bears a number as they do.

    Its token names `pairing_id` and a shift's token `shift_id`, so that a new pairing or shift ends the one before.
    Whoever has the device guesses its PIN `wrong_pins` times and no more, counted since the last right one.
    """

    __tablename__ = "till"
    __table_args__ = (
        CheckConstraint("wrong_pins BETWEEN 0 AND 15", name="wrong_pins_in_range"),
        CheckConstraint("(shift_id IS NULL) = (shift_ends_at IS NULL)", name="shift_has_end"),
        CheckConstraint("ended_at IS NULL OR shift_id IS NULL", name="ended_has_no_shift"),
    )

    partner_code: Mapped[str] = mapped_column(String(60), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    pairing_id: Mapped[UUID]
    paired_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pin_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    wrong_pins: Mapped[int]
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shift_id: Mapped[UUID | None]
    shift_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when its newest shift was opened
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TillPairing(Base):
    """A pairing code that waits to be typed: gone once used. `code_hash` is keyed, as the code is short."""

    __tablename__ = "till_pairing"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    partner_code: Mapped[str] = mapped_column(String(60))
    till_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Reminder(Base):
    """A resident is reminded at most once a day."""

    __tablename__ = "reminder"

    citizen_id: Mapped[UUID] = mapped_column(ForeignKey(Citizen.id), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
