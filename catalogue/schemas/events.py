"""What organisers send and see."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from catalogue.deed_rules import UNITS
from catalogue.schemas.submissions import STATUSES, claim_quantity
from core.http.paging import PageQuery, page_of
from core.http.schemas import Boolean, Code, Instant, Schema, Text

PLACEMENT = {"description": "none: a standing placement"}


class NewEvent(Schema):
    """When and where a deed can be done."""

    deed = Code(required=True)
    title = Text(required=True, at_most=200)
    starts_at = Instant(required=True)
    ends_at = Instant(load_default=None, allow_none=True, metadata=PLACEMENT)
    district = Code(load_default=None, allow_none=True)


class EventChange(Schema):
    title = Text(at_most=200)
    starts_at = Instant()
    ends_at = Instant(allow_none=True, metadata=PLACEMENT)
    district = Code(allow_none=True)


class EventItem(Schema):
    id = fields.UUID(required=True)
    deed = fields.String(required=True)
    title = fields.String(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True, metadata=PLACEMENT)
    district = fields.String(required=True, allow_none=True)
    office = fields.String(required=True)
    is_cancelled = fields.Boolean(required=True)


class EventQuery(PageQuery):
    deed = Text(at_most=60)
    district = Text(at_most=60)
    since = Instant(data_key="from", metadata={"description": "what has not ended then; now where not given"})


class EventCodeShown(Schema):
    code = fields.String(required=True)
    valid_until = Instant(required=True)


class AttendanceItem(Schema):
    """Somebody who checked in; by name only if they agreed to it."""

    submission = fields.UUID(required=True)
    scanned_at = Instant(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    name = fields.String(required=True, allow_none=True)


class AwaitingItem(Schema):
    """A submission that names one of my events; by name only if they agreed to it."""

    submission = fields.UUID(required=True)
    event = fields.UUID(required=True)
    deed = fields.String(required=True)
    deed_title = fields.String(required=True)
    done_at = Instant(required=True)
    quantity = fields.Integer(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(UNITS))
    submitted_at = Instant(required=True)
    due_at = Instant(required=True)
    name = fields.String(required=True, allow_none=True)


class NewConfirmation(Schema):
    """A quantity, or no with words."""

    confirmed = Boolean(required=True)
    quantity = claim_quantity(load_default=None)
    text = Text(at_most=2000, lines=True, load_default=None, allow_none=True)

    @validates_schema
    def check_no(self, data: dict[str, Any], **_: Any) -> None:
        if data["confirmed"]:
            return
        if data["text"] is None:
            raise ValidationError({"text": ["Required, unless you confirm."]})
        if data["quantity"] is not None:
            raise ValidationError({"quantity": ["Goes with a yes."]})


class ConfirmationGiven(Schema):
    submission = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    confirmed = fields.Boolean(required=True)
    quantity = fields.Integer(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


EventPage = page_of(EventItem, name="EventPage")
AttendancePage = page_of(AttendanceItem, name="AttendancePage")
AwaitingPage = page_of(AwaitingItem, name="AwaitingPage")
