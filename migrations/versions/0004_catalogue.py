"""Deeds, submissions, evidence and review."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "citizen_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "catalogue_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_catalogue_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_state")),
    )
    op.create_table(
        "deed",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_deed")),
    )
    op.create_table(
        "district",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("neighbourhoods", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_district")),
    )
    op.create_table(
        "evidence_owner",
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("delete_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_owner")),
    )
    op.create_index(op.f("ix_evidence_owner_delete_at"), "evidence_owner", ["delete_at"], unique=False)
    op.create_table(
        "review_case",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("deed_code", sa.String(length=60), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("points_expected", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("first_verifier_id", sa.Uuid(), nullable=True),
        sa.Column("leased_by", sa.Uuid(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_review_case")),
    )
    op.create_index(
        "ix_review_case_due_at",
        "review_case",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_review_case_event_id"), "review_case", ["event_id"], unique=False)
    op.create_index(op.f("ix_review_case_leased_by"), "review_case", ["leased_by"], unique=False)
    op.create_index(
        "ix_review_case_queue",
        "review_case",
        ["queued_at", "submission_id"],
        unique=False,
        postgresql_where=sa.text("queued_at IS NOT NULL"),
        sqlite_where=sa.text("queued_at IS NOT NULL"),
    )
    op.create_table(
        "case_given_back",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("verifier_id", sa.Uuid(), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["review_case.submission_id"], name=op.f("fk_case_given_back_submission_id")
        ),
        sa.PrimaryKeyConstraint("submission_id", "verifier_id", name=op.f("pk_case_given_back")),
    )
    op.create_table(
        "deed_version",
        sa.Column("deed_code", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("per_day_max", sa.Integer(), nullable=False),
        sa.Column("per_year_max", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("access", sa.JSON(), nullable=False),
        sa.Column("districts", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(length=300), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.CheckConstraint("unit IN ('deed', 'hour', 'item')", name=op.f("ck_deed_version_unit_known")),
        sa.CheckConstraint("points BETWEEN 1 AND 1000", name=op.f("ck_deed_version_points_in_range")),
        sa.ForeignKeyConstraint(["deed_code"], ["deed.code"], name=op.f("fk_deed_version_deed_code")),
        sa.PrimaryKeyConstraint("deed_code", "number", name=op.f("pk_deed_version")),
        sa.UniqueConstraint(
            "deed_code", "in_force_from", "number", name=op.f("uq_deed_version_deed_code_in_force_from_number")
        ),
    )
    op.create_index(op.f("ix_deed_version_in_force_from"), "deed_version", ["in_force_from"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.Column("deed_code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district", sa.String(length=60), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deed_code"], ["deed.code"], name=op.f("fk_event_deed_code")),
        sa.ForeignKeyConstraint(["district"], ["district.code"], name=op.f("fk_event_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_organiser_id"), "event", ["organiser_id"], unique=False)
    op.create_index("ix_event_starts_at_id", "event", ["starts_at", "id"], unique=False)
    op.create_table(
        "submission",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deed_code", sa.String(length=60), nullable=False),
        sa.Column("deed_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("quantity_confirmed", sa.Integer(), nullable=True),
        sa.Column("without_points", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quantity_counted", sa.Integer(), nullable=True),
        sa.Column("points_awarded", sa.Integer(), nullable=True),
        sa.Column("cap_bound", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "status IN ('submitted', 'awaiting_confirmation', 'in_review', 'asked',"
            " 'approved', 'declined', 'withdrawn', 'reversed')",
            name=op.f("ck_submission_status_known"),
        ),
        sa.CheckConstraint(
            "points_awarded IS NULL OR points_awarded >= 0", name=op.f("ck_submission_points_awarded_not_negative")
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 100000", name=op.f("ck_submission_quantity_in_range")),
        sa.ForeignKeyConstraint(["citizen_id"], ["account.citizen_id"], name=op.f("fk_submission_citizen_id")),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_submission")),
    )
    op.create_index(
        "ix_submission_citizen_id_deed_code_done_on", "submission", ["citizen_id", "deed_code", "done_on"], unique=False
    )
    op.create_table(
        "confirmation",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("organiser_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["citizen_id", "submission_id"],
            ["submission.citizen_id", "submission.id"],
            name=op.f("fk_confirmation_citizen_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("citizen_id", "submission_id", name=op.f("pk_confirmation")),
    )
    op.create_table(
        "decision",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("deed_version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("office", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeal_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decision = 'approve' OR decided_by IS NOT NULL", name=op.f("ck_decision_only_a_human_declines")
        ),
        sa.CheckConstraint(
            "decision IN ('approve', 'decline', 'ask', 'reverse')", name=op.f("ck_decision_decision_known")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id", "submission_id"],
            ["submission.citizen_id", "submission.id"],
            name=op.f("fk_decision_citizen_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("citizen_id", "submission_id", "number", name=op.f("pk_decision")),
    )
    op.create_table(
        "evidence",
        sa.Column("citizen_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_sha256", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id", "submission_id"],
            ["submission.citizen_id", "submission.id"],
            name=op.f("fk_evidence_citizen_id_submission_id"),
        ),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_citizen_id_submission_id", "evidence", ["citizen_id", "submission_id"], unique=False)


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_table("decision")
    op.drop_table("confirmation")
    op.drop_table("submission")
    op.drop_table("event")
    op.drop_table("deed_version")
    op.drop_table("case_given_back")
    op.drop_table("review_case")
    op.drop_table("evidence_owner")
    op.drop_table("district")
    op.drop_table("deed")
    op.drop_table("catalogue_state")
    op.drop_table("attendance")
