"""What a resident sends of a deed that they did, and what they see of it."""

from typing import Any
from uuid import RFC_4122, UUID

from flask_smorest.fields import Upload
from marshmallow import ValidationError, fields, validate

from catalogue.checklist import CHECKS
from catalogue.deed_rules import EVIDENCE, UNITS
from core.http.paging import PageQuery, page_of
from core.http.schemas import Boolean, BooleanInQuery, Code, Instant, Schema, Text, Whole

QUANTITY_MAX = 100_000
STATUSES = (
    "submitted",
    "awaiting_confirmation",
    "in_review",
    "asked",
    "approved",
    "declined",
    "withdrawn",
    "reversed",
)
CAPS = ("day", "year", "person_year", "held")
DECISIONS = ("approve", "decline", "ask", "reverse")


def is_v7(value: UUID) -> None:
    if value.version != 7 or value.variant != RFC_4122:
        raise ValidationError("Must be a UUIDv7 (RFC 9562).")


def own_id() -> fields.UUID:
    """An id that the client may choose, so that a phone without signal can resend safely."""
    told = "a UUIDv7 of your choice: sent again, the same claim is the same submission"
    return fields.UUID(validate=is_v7, load_default=None, metadata={"description": told})


def claim_quantity(**kwargs: Any) -> Whole:
    return Whole(at_least=1, at_most=QUANTITY_MAX, metadata={"description": _QUANTITY}, **kwargs)


_QUANTITY = "whole deeds or items; minutes where the deed's unit is the hour"


class NewSubmission(Schema):
    """ "I did this"."""

    id = own_id()
    deed = Code(required=True)
    done_at = Instant(required=True)
    quantity = claim_quantity(load_default=None)
    note = Text(at_most=2000, lines=True, load_default=None, allow_none=True)
    event = fields.UUID(load_default=None, allow_none=True, metadata={"description": "the event or placement"})
    without_points = Boolean(load_default=False)


class SubmissionQuery(PageQuery):
    """Which of one's own."""

    open = BooleanInQuery(
        load_default=False, metadata={"description": "true: only those on which nothing final is decided yet"}
    )


class SubmissionChange(Schema):
    """What a resident can change while nothing is decided."""

    note = Text(at_most=2000, lines=True, required=True, allow_none=True)


class CheckIn(Schema):
    """The code that the event shows."""

    code = Text(required=True, at_most=100)
    id = own_id()
    without_points = Boolean(
        load_default=False,
        metadata={"description": "true also takes the points off a claim of this event that awaited the check-in"},
    )


class PhotoUpload(Schema):
    photo = Upload(required=True, metadata={"description": "JPEG, PNG or WebP, up to 10 MiB and 25 megapixels"})


class EvidenceAdded(Schema):
    """A photo as it is kept: rebuilt from its pixels."""

    id = fields.UUID(required=True)
    uploaded_at = Instant(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
    status = fields.String(
        required=True, validate=validate.OneOf(STATUSES), metadata={"description": "the submission's"}
    )


class EvidenceItem(Schema):
    id = fields.UUID(required=True)
    uploaded_at = Instant(required=True)


class EventNamed(Schema):
    id = fields.UUID(required=True)
    title = fields.String(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)


class ConfirmationItem(Schema):
    """What the organiser of the named event said."""

    confirmed = fields.Boolean(required=True)
    quantity = fields.Integer(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class DecisionItem(Schema):
    """Who decided what, why, by which rule, and how to appeal until when (charter C22)."""

    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    is_final = fields.Boolean(
        required=True, metadata={"description": "false: a question, or the first of two approvals"}
    )
    reason_code = fields.String(required=True)
    reason = fields.String(required=True, metadata={"description": "the reason code in the reader's language"})
    text = fields.String(required=True, allow_none=True)
    rule_version = fields.Integer(required=True)
    office = fields.String(required=True)
    at = Instant(required=True)
    appeal_until = Instant(required=True, allow_none=True)
    how_to_appeal = fields.String(required=True, allow_none=True, metadata={"description": "in the reader's language"})


class SubmissionFacts(Schema):
    """What both the resident and the verifier see."""

    id = fields.UUID(required=True)
    deed = fields.String(required=True)
    deed_title = fields.String(required=True)
    rule_version = fields.Integer(required=True, metadata={"description": "of the deed, in force at `done_at`"})
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    revision = fields.Integer(required=True, metadata={"description": "grows with each change; the ETag"})
    done_at = Instant(required=True)
    quantity = fields.Integer(required=True, metadata={"description": _QUANTITY})
    unit = fields.String(required=True, validate=validate.OneOf(UNITS))
    note = fields.String(required=True, allow_none=True)
    event = fields.Nested(EventNamed, required=True, allow_none=True)
    without_points = fields.Boolean(required=True)
    evidence = fields.List(fields.Nested(EvidenceItem), required=True)
    confirmation = fields.Nested(ConfirmationItem, required=True, allow_none=True)
    points_expected = fields.Integer(required=True, metadata={"description": "before caps"})
    promised_by = Instant(
        required=True, allow_none=True, metadata={"description": "until when a decision is promised (charter C25)"}
    )


class SubmissionItem(SubmissionFacts):
    """A submission as its owner sees it."""

    evidence_needed = fields.List(fields.String(validate=validate.OneOf(EVIDENCE)), required=True)
    decisions = fields.List(fields.Nested(DecisionItem), required=True)
    points_awarded = fields.Integer(required=True, allow_none=True)
    cap_bound = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(CAPS),
        metadata={"description": "the cap that cut the points: per day, per year, per person and year, or points held"},
    )
    submitted_at = Instant(required=True)
    due_at = Instant(
        required=True, allow_none=True, metadata={"description": "when silence ends and a verifier takes over"}
    )


class ReviewRule(Schema):
    points = fields.Integer(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(UNITS))
    max_per_day = fields.Integer(required=True)
    max_per_year = fields.Integer(required=True)
    evidence = fields.List(fields.String(), required=True)
    purpose = fields.String(required=True)
    category = fields.String(required=True)
    minutes = fields.Integer(required=True)
    access = fields.List(fields.String(), required=True)
    districts = fields.List(fields.String(), required=True, metadata={"description": "none means all"})


class CheckItem(Schema):
    """Something to look at before a decision."""

    check = fields.String(required=True, validate=validate.OneOf(CHECKS))
    text = fields.String(required=True)
    is_met = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "null: only a person can judge it"}
    )


class ReviewQuestion(Schema):
    """What a verifier asked the resident before."""

    reason_code = fields.String(required=True)
    text = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class ReviewedSubmission(SubmissionFacts):
    """A submission as the verifier sees it who holds its case: without the resident."""

    rule = fields.Nested(ReviewRule, required=True)
    checklist = fields.List(fields.Nested(CheckItem), required=True)
    takes_two = fields.Boolean(required=True, metadata={"description": "its points need the approval of two verifiers"})
    first_approval = fields.Boolean(required=True, metadata={"description": "another verifier has approved it already"})
    questions = fields.List(fields.Nested(ReviewQuestion), required=True)
    queued_at = Instant(required=True)
    waiting_days = fields.Integer(required=True)
    leased_until = Instant(required=True)
    leased_seconds = fields.Integer(required=True, metadata={"description": "how much longer it is yours"})


class CapTaken(Schema):
    """What of a deed's caps is taken, in the quantities of a submission."""

    deed = fields.String(required=True)
    day_counted = fields.Integer(required=True)
    day_waiting = fields.Integer(required=True, metadata={"description": "counts once approved, as far as it fits"})
    year_counted = fields.Integer(required=True)
    year_waiting = fields.Integer(required=True)


class CapsTaken(Schema):
    """Of today and this year. A deed that is not here has all of its caps left."""

    day = fields.Date(required=True, metadata={"description": "today in the city"})
    items = fields.List(fields.Nested(CapTaken), required=True)


SubmissionPage = page_of(SubmissionItem, name="SubmissionPage")
