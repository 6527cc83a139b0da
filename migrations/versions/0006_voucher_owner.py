"""Whose voucher it is, is found by an index: a manager who gives its points back holds only its number."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_voucher_code_voucher_id", "voucher_code", ["voucher_id"])


def downgrade() -> None:
    op.drop_index("ix_voucher_code_voucher_id", "voucher_code")
