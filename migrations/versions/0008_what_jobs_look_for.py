"""What a request or a job looks for among all residents' rows is found by an index, however many they are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHERE_NOT_NULL = (("citizen", "erased_at"), ("token_family", "ended_at"))
PLAIN = (
    ("token_family", "expires_at"),
    ("outbox", "address"),
    ("outbox", "stale_at"),
    ("event", "ends_at"),
    ("case_given_back", "verifier_id"),
)


def upgrade() -> None:
    for table, column in WHERE_NOT_NULL:
        op.create_index(
            f"ix_{table}_{column}",
            table,
            [column],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
        )
    for table, column in PLAIN:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in (*PLAIN, *WHERE_NOT_NULL):
        op.drop_index(f"ix_{table}_{column}", table)
