"""Devices are paired with a partner's till, and a shift on one begins with its PIN."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "till",
        sa.Column("partner_code", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("pairing_id", sa.Uuid(), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pin_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("shift_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("wrong_pins BETWEEN 0 AND 15", name=op.f("ck_till_wrong_pins_in_range")),
        sa.CheckConstraint("(shift_id IS NULL) = (shift_ends_at IS NULL)", name=op.f("ck_till_shift_has_end")),
        sa.CheckConstraint("ended_at IS NULL OR shift_id IS NULL", name=op.f("ck_till_ended_has_no_shift")),
        sa.PrimaryKeyConstraint("partner_code", "id", name=op.f("pk_till")),
    )
    op.create_table(
        "till_pairing",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("partner_code", sa.String(length=60), nullable=False),
        sa.Column("till_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_till_pairing")),
    )
    op.create_index("ix_till_pairing_expires_at", "till_pairing", ["expires_at"])


def downgrade() -> None:
    op.drop_table("till_pairing")
    op.drop_table("till")
