"""Entries, deed versions and the audit log refuse to be rewritten: triggers against UPDATE, DELETE, TRUNCATE.

A migration in batch mode on SQLite drops a table's triggers: one that touches these tables makes them again
(`tests/architecture` compares them).
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("entry", "deed_version", "audit_entry", "audit_seal", "audit_sealed")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';"
        " END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuses_rewriting BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in APPEND_ONLY:
        if is_sqlite:
            for verb in ("UPDATE", "DELETE"):
                op.execute(f"DROP TRIGGER {table}_refuses_{verb.lower()}")
        else:
            op.execute(f"DROP TRIGGER {table}_refuses_rewriting ON {table}")
    if not is_sqlite:
        op.execute("DROP FUNCTION refuse_rewriting")
