"""What a job looks for in a table of all residents is found by an index, however many they are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("citizen", "erased_at"), ("token_family", "ended_at")):
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_index("ix_token_family_expires_at", "token_family", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_token_family_expires_at", "token_family")
    op.drop_index("ix_token_family_ended_at", "token_family")
    op.drop_index("ix_citizen_erased_at", "citizen")
