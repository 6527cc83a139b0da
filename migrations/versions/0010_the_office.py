"""The office sees its work and the books over time, and a deed can be paused."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BY_TIME = ("entry", "decision")


def upgrade() -> None:
    op.add_column("deed_version", sa.Column("paused_until", sa.Date(), nullable=True))
    for table in BY_TIME:
        op.create_index(f"ix_{table}_at", table, ["at"], postgresql_using="brin")


def downgrade() -> None:
    for table in BY_TIME:
        op.drop_index(f"ix_{table}_at", table)
    op.drop_column("deed_version", "paused_until")
