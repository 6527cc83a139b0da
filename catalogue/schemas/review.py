"""What verifiers send and see."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from catalogue.schemas.submissions import CAPS, DECISIONS, STATUSES
from core.http.paging import PageQuery, page_of
from core.http.schemas import BooleanInQuery, Instant, Schema, Text
from core.periods import PeriodShown, StepShown

REASON_CODE = {"description": "one of /reason-codes for this decision"}


class Wished(Schema):
    """Which of the cases that wait. A value that nothing has finds none."""

    category = Text(at_most=60, metadata={"description": "of the deed"})
    event = fields.UUID()
    queued_before = Instant(metadata={"description": "only what has waited since before then"})
    needs_second = BooleanInQuery(metadata={"description": "true: what a first verifier has approved; false: the rest"})


class NextWished(Wished):
    """Which case to take next."""

    beside = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=10),
        metadata={"description": "cases that you hold and are done with: another one is taken beside them"},
    )


class QueueQuery(PageQuery, Wished):
    """A page of the queue."""


class QueueItem(Schema):
    """A case that waits; nothing in it says whose it is."""

    submission = fields.UUID(required=True)
    deed = fields.String(required=True)
    deed_title = fields.String(required=True)
    event = fields.UUID(required=True, allow_none=True)
    event_title = fields.String(required=True, allow_none=True)
    queued_at = Instant(required=True)
    waiting_seconds = fields.Integer(required=True)
    promised_by = Instant(required=True)
    points_expected = fields.Integer(required=True)
    is_leased = fields.Boolean(required=True)
    leased_by_me = fields.Boolean(required=True)
    needs_second = fields.Boolean(required=True, metadata={"description": "a first verifier has approved it"})


class QueuePage(page_of(QueueItem, name="QueueItems")):  # type: ignore[misc]
    waiting = fields.Integer(required=True, metadata={"description": "how many wait in all"})
    matching = fields.Integer(required=True, metadata={"description": "how many of them are what was asked for"})
    oldest_queued_at = Instant(required=True, allow_none=True, metadata={"description": "of all that wait"})
    overdue = fields.Integer(
        required=True, metadata={"description": "how many of all that wait are past the day that was promised"}
    )


class GiveBack(Schema):
    reason_code = Text(required=True, at_most=40, metadata=REASON_CODE)
    submission = fields.UUID(load_default=None, metadata={"description": "which, where you hold several"})


class Reasoned(Schema):
    """A decision and its reason. A refusal needs words to the resident (charter C22)."""

    reason_code = Text(at_most=40, load_default=None, metadata=REASON_CODE)
    text = Text(at_most=2000, lines=True, load_default=None, allow_none=True)

    @validates_schema
    def check_words(self, data: dict[str, Any], **_: Any) -> None:
        if data["decision"] == "approve":
            return
        missing = [name for name in ("reason_code", "text") if data[name] is None]
        if missing:
            raise ValidationError({name: ["Required, unless you approve."] for name in missing})


class EventVerification(Reasoned):
    """A decision on all of an event."""

    decision = fields.String(required=True, validate=validate.OneOf(["approve", "decline"]))
    cursor = fields.String(
        load_default=None, metadata={"description": "`next_cursor` of the call before", "maxLength": 500}
    )


class Verification(Reasoned):
    """A decision on one submission."""

    decision = fields.String(required=True, validate=validate.OneOf(["approve", "decline", "ask"]))


class Decided(Schema):
    submission = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    revision = fields.Integer(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    reason_code = fields.String(required=True)
    rule_version = fields.Integer(required=True)
    office = fields.String(required=True)
    points_awarded = fields.Integer(required=True, allow_none=True)
    cap_bound = fields.String(required=True, allow_none=True, validate=validate.OneOf(CAPS))
    second_verifier_needed = fields.Boolean(required=True)
    appeal_until = Instant(required=True, allow_none=True)


class EventCaseDecided(Schema):
    """What became of one case of the event. `code` says why it was refused, as a problem's code does."""

    submission = fields.UUID(required=True)
    queued_at = Instant(required=True)
    result = fields.String(
        required=True, validate=validate.OneOf(["approved", "approved_first", "declined", "refused"])
    )
    code = fields.String()
    points_awarded = fields.Integer(allow_none=True)
    cap_bound = fields.String(allow_none=True, validate=validate.OneOf(CAPS))
    second_verifier_needed = fields.Boolean()


class EventDecided(Schema):
    items = fields.List(fields.Nested(EventCaseDecided), required=True)
    left = fields.Integer(
        required=True, metadata={"description": "how many come after these that you can decide: call again"}
    )
    next_cursor = fields.String(
        required=True, allow_none=True, metadata={"description": "null when you were told of all that wait"}
    )


class Reversing(Schema):
    reason_code = Text(required=True, at_most=40, metadata=REASON_CODE)
    text = Text(required=True, at_most=2000, lines=True)


class Reversed(Schema):
    submission = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    points_taken = fields.Integer(required=True)
    shortfall = fields.Integer(required=True, metadata={"description": "spent or expired before: no debt is made"})
    reason_code = fields.String(required=True)
    rule_version = fields.Integer(required=True)
    office = fields.String(required=True)
    appeal_until = Instant(required=True)


class ReasonItem(Schema):
    code = fields.String(required=True)
    used_for = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "approve, decline, ask, reverse, give_back; empty where only a rule uses it"},
    )
    text = fields.String(required=True)
    template = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "words to begin with, where words are needed; what is in [brackets] is to be filled in"
        },
    )


class ReasonList(Schema):
    items = fields.List(fields.Nested(ReasonItem), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ReviewCounts(Schema):
    decided = fields.Integer(required=True, metadata={"description": "approved or declined for good"})
    approved = fields.Integer(required=True)
    by_rule = fields.Integer(required=True, metadata={"description": "of those approved: without a person"})
    declined = fields.Integer(required=True)
    asked = fields.Integer(required=True, metadata={"description": "questions to residents"})
    reversed = fields.Integer(required=True)
    median_hours = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "from the claim to a person's decision; null where it is of fewer than ten people"},
    )


class ReviewStep(StepShown, ReviewCounts):
    """What was decided in one step."""


class ReviewOverview(PeriodShown):
    at = Instant(required=True)
    waiting = fields.Integer(required=True)
    oldest_queued_at = Instant(required=True, allow_none=True)
    overdue = fields.Integer(required=True, metadata={"description": "of those waiting: past the promised day"})
    items = fields.List(fields.Nested(ReviewStep), required=True)
    totals = fields.Nested(ReviewCounts, required=True)
