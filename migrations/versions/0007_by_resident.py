"""A resident's rows can lie together past one machine: what is found by another key refers to nobody, a role lies with
whose it is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Said in full: SQLite makes the table anew, and would leave out the CHECK that it is not told of.
ROLE_GRANT = sa.Table(
    "role_grant",
    sa.MetaData(),
    sa.Column("id", sa.Uuid(), nullable=False),
    sa.Column("citizen_id", sa.Uuid(), nullable=False),
    sa.Column("role", sa.String(length=20), nullable=False),
    sa.Column("partner", sa.String(length=60), nullable=True),
    sa.Column("office", sa.String(length=120), nullable=True),
    sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("granted_by", sa.Uuid(), nullable=True),
    sa.CheckConstraint("(role = 'clerk') = (partner IS NOT NULL)", name="ck_role_grant_clerk_has_partner"),
    sa.ForeignKeyConstraint(["citizen_id"], ["citizen.id"], name="fk_role_grant_citizen_id"),
    sa.UniqueConstraint("citizen_id", "role", "partner", name="uq_role_grant_citizen_id_role_partner"),
    sa.Index(
        "uq_role_grant_citizen_id_role",
        "citizen_id",
        "role",
        unique=True,
        sqlite_where=sa.text("partner IS NULL"),
        postgresql_where=sa.text("partner IS NULL"),
    ),
)


def upgrade() -> None:
    op.drop_index("ix_role_grant_citizen_id", "role_grant")
    _key_of_role_grant(before=["id"], after=["citizen_id", "id"])
    op.create_index("ix_role_grant_id", "role_grant", ["id"])
    with op.batch_alter_table("identifier") as identifier:
        identifier.drop_constraint("fk_identifier_citizen_id", type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("identifier") as identifier:
        identifier.create_foreign_key("fk_identifier_citizen_id", "citizen", ["citizen_id"], ["id"])
    op.drop_index("ix_role_grant_id", "role_grant")
    _key_of_role_grant(before=["citizen_id", "id"], after=["id"])
    op.create_index("ix_role_grant_citizen_id", "role_grant", ["citizen_id"])


def _key_of_role_grant(*, before: list[str], after: list[str]) -> None:
    table = ROLE_GRANT.to_metadata(sa.MetaData())
    table.append_constraint(sa.PrimaryKeyConstraint(*before, name="pk_role_grant"))
    with op.batch_alter_table("role_grant", copy_from=table) as role_grant:
        role_grant.drop_constraint("pk_role_grant", type_="primary")
        role_grant.create_primary_key("pk_role_grant", after)
