"""The ledger, benefits, vouchers and the till."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "benefit_stock",
        sa.Column("benefit_code", sa.String(length=60), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("stock_total", sa.Integer(), nullable=False),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_benefit_stock_stock_not_negative")),
        sa.PrimaryKeyConstraint("benefit_code", name=op.f("pk_benefit_stock")),
    )
    op.create_table(
        "partner",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_partner")),
    )
    op.create_table(
        "redemption",
        sa.Column("partner_code", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("benefit_code", sa.String(length=60), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("clerk_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("partner_code", "id", name=op.f("pk_redemption")),
    )
    op.create_index("ix_redemption_partner_code_at_id", "redemption", ["partner_code", "at", "id"], unique=False)
    op.create_index(
        "uq_redemption_voucher",
        "redemption",
        ["partner_code", "voucher_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
        sqlite_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "voucher_code",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_voucher_code")),
    )
    op.create_table(
        "account",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("entry_seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_account_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_account")),
    )
    op.create_table(
        "benefit",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("partner_code", sa.String(length=60), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("price_points", sa.Integer(), nullable=False),
        sa.Column("has_stock", sa.Boolean(), nullable=False),
        sa.Column("per_person_per_year_max", sa.Integer(), nullable=True),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("voucher_days", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price_points BETWEEN 1 AND 1000000", name=op.f("ck_benefit_price_in_range")),
        sa.CheckConstraint("value_cents >= 0", name=op.f("ck_benefit_value_not_negative")),
        sa.CheckConstraint("voucher_days BETWEEN 1 AND 3660", name=op.f("ck_benefit_voucher_days_in_range")),
        sa.ForeignKeyConstraint(["partner_code"], ["partner.code"], name=op.f("fk_benefit_partner_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_benefit")),
    )
    op.create_index(op.f("ix_benefit_partner_code"), "benefit", ["partner_code"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_reminder_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "day", name=op.f("pk_reminder")),
    )
    op.create_table(
        "entry",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("city_account", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.String(length=60), nullable=True),
        sa.Column("reference", sa.Uuid(), nullable=True),
        sa.Column("subject", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "(kind = 'award' AND direction = 'in' AND city_account = 'issued')"
            " OR (kind = 'spend' AND direction = 'out' AND city_account = 'spent')"
            " OR (kind = 'refund' AND direction = 'in' AND city_account = 'spent')"
            " OR (kind = 'donation' AND direction = 'out' AND city_account = 'donated')"
            " OR (kind = 'expiry' AND direction = 'out' AND city_account = 'expired')"
            " OR (kind = 'reversal' AND direction = 'out' AND city_account = 'issued')",
            name=op.f("ck_entry_kind_moves_one_way"),
        ),
        sa.CheckConstraint("(kind = 'expiry') = (cause IS NOT NULL)", name=op.f("ck_entry_expiry_has_cause")),
        sa.CheckConstraint(
            "city_account IN ('issued', 'spent', 'expired', 'donated')", name=op.f("ck_entry_city_account_known")
        ),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_entry_direction_known")),
        sa.CheckConstraint("points BETWEEN 1 AND 1000000", name=op.f("ck_entry_points_in_range")),
        sa.ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"], name=op.f("fk_entry_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_entry")),
        sa.UniqueConstraint("citizen_id", "lot_id", "cause", name=op.f("uq_entry_citizen_id_lot_id_cause")),
        sa.UniqueConstraint("citizen_id", "seq", name=op.f("uq_entry_citizen_id_seq")),
    )
    op.create_table(
        "lot",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("points_left", sa.Integer(), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversal_shortfall", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("points BETWEEN 1 AND 1000000", name=op.f("ck_lot_points_in_range")),
        sa.CheckConstraint("points_left BETWEEN 0 AND points", name=op.f("ck_lot_points_left_in_range")),
        sa.ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"], name=op.f("fk_lot_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_lot")),
        sa.UniqueConstraint(
            "citizen_id", "submission_id", "revision", name=op.f("uq_lot_citizen_id_submission_id_revision")
        ),
    )
    op.create_index("ix_lot_citizen_id_expires_at_id", "lot", ["citizen_id", "expires_at", "id"], unique=False)
    op.create_index(
        "ix_lot_open_expires_at",
        "lot",
        ["expires_at", "citizen_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "voucher",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("benefit_code", sa.String(length=60), nullable=False),
        sa.Column("partner_code", sa.String(length=60), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("price_points", sa.Integer(), nullable=False),
        sa.Column("value_cents", sa.Integer(), nullable=False),
        sa.Column("takes_stock", sa.Boolean(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=16), nullable=True),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('active', 'redeemed', 'cancelled', 'expired')", name=op.f("ck_voucher_status_known")
        ),
        sa.CheckConstraint("price_points BETWEEN 1 AND 1000000", name=op.f("ck_voucher_price_in_range")),
        sa.ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"], name=op.f("fk_voucher_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_voucher")),
    )
    op.create_index(
        "ix_voucher_active_expires_at",
        "voucher",
        ["expires_at", "citizen_id"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
        sqlite_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_voucher_citizen_id_benefit_code_bought_on",
        "voucher",
        ["citizen_id", "benefit_code", "bought_on"],
        unique=False,
    )
    op.create_table(
        "allocation",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("points BETWEEN 1 AND 1000000", name=op.f("ck_allocation_points_in_range")),
        sa.ForeignKeyConstraint(
            ["citizen_id", "lot_id"], ["lot.citizen_id", "lot.id"], name=op.f("fk_allocation_citizen_id_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id", "voucher_id"],
            ["voucher.citizen_id", "voucher.id"],
            name=op.f("fk_allocation_citizen_id_voucher_id"),
        ),
        sa.PrimaryKeyConstraint("citizen_id", "voucher_id", "lot_id", name=op.f("pk_allocation")),
    )


def downgrade() -> None:
    op.drop_table("allocation")
    op.drop_table("voucher")
    op.drop_table("lot")
    op.drop_table("entry")
    op.drop_table("reminder")
    op.drop_table("benefit")
    op.drop_table("account")
    op.drop_table("voucher_code")
    op.drop_table("redemption")
    op.drop_table("partner")
    op.drop_table("benefit_stock")
