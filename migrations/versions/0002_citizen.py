"""People, consent, sign-in and roles."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms_version", sa.String(length=40), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=5), nullable=True),
        sa.Column("district", sa.String(length=60), nullable=True),
        sa.Column("notices", sa.String(length=10), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'erased' OR (name IS NULL AND email IS NULL AND language IS NULL AND district IS NULL)",
            name=op.f("ck_citizen_erased_is_empty"),
        ),
        sa.CheckConstraint("status IN ('active', 'leaving', 'erased')", name=op.f("ck_citizen_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizen")),
    )
    op.create_index("ix_citizen_erase_at", "citizen", ["erase_at"], unique=False)
    op.create_table(
        "sign_in_code",
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_sign_in_code")),
    )
    op.create_index(op.f("ix_sign_in_code_expires_at"), "sign_in_code", ["expires_at"], unique=False)
    op.create_table(
        "consent",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_consent_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "purpose", name=op.f("pk_consent")),
    )
    op.create_table(
        "identifier",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_identifier_citizen_id")),
        sa.PrimaryKeyConstraint("kind", "value_hash", name=op.f("pk_identifier")),
    )
    op.create_index(op.f("ix_identifier_citizen_id"), "identifier", ["citizen_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("partner", sa.String(length=60), nullable=True),
        sa.Column("office", sa.String(length=120), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(role = 'clerk') = (partner IS NOT NULL)", name=op.f("ck_role_grant_clerk_has_partner")),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_role_grant_citizen_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("citizen_id", "role", "partner", name=op.f("uq_role_grant_citizen_id_role_partner")),
    )
    op.create_index(op.f("ix_role_grant_citizen_id"), "role_grant", ["citizen_id"], unique=False)
    op.create_index(
        "uq_role_grant_citizen_id_role",
        "role_grant",
        ["citizen_id", "role"],
        unique=True,
        sqlite_where=sa.text("partner IS NULL"),
        postgresql_where=sa.text("partner IS NULL"),
    )
    op.create_table(
        "terms_acceptance",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_terms_acceptance_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "version", name=op.f("pk_terms_acceptance")),
    )
    op.create_table(
        "token_family",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rotated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name=op.f("fk_token_family_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_token_family")),
    )


def downgrade() -> None:
    op.drop_table("token_family")
    op.drop_table("terms_acceptance")
    op.drop_table("role_grant")
    op.drop_table("identifier")
    op.drop_table("consent")
    op.drop_table("sign_in_code")
    op.drop_table("citizen")
