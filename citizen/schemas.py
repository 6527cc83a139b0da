"""What goes in and out of the routes about people; an answer holds what is listed here and nothing else."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from citizen.addresses import ADDRESS_LENGTH_MAX, normalised
from core.http.doors import STAFF, Role
from core.http.paging import PageQuery, page_of
from core.http.schemas import Boolean, Code, Instant, Schema, Text
from core.settings import LANGUAGES

STAFF_ROLES = tuple(sorted(role.value for role in STAFF))
STATUSES_SHOWN = ("active", "leaving")


class Email(fields.String):
    """An e-mail address in the one spelling that we keep."""

    default_error_messages = {"invalid": "This is not an e-mail address."}  # noqa: RUF012  marshmallow declares it so

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"format": "email", "maxLength": ADDRESS_LENGTH_MAX}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        address = normalised(super()._deserialize(value, attr, data, **kwargs))
        if address is None:
            raise self.make_error("invalid")
        return address


class CodeWish(Schema):
    email = Email(required=True)


class CodeSent(Schema):
    expires_in = fields.Integer(required=True, metadata={"description": "seconds that a sent code is good"})


class SignIn(Schema):
    email = Email(required=True)
    code = fields.String(required=True, validate=validate.Regexp(r"[0-9]{6}\Z"), metadata={"pattern": "^[0-9]{6}$"})
    terms_version = Text(at_most=40, metadata={"description": "the terms in force: whoever is new joins with them"})


class TokenPair(Schema):
    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds that the access token is good"})


class Refresh(Schema):
    refresh_token = Text(required=True, at_most=2000)  # longer than ours: whoever mixes tokens up is told so by a 401


class Terms(Schema):
    version = fields.String(required=True)
    text = fields.String(required=True)


class Membership(Schema):
    terms_version = Text(required=True, at_most=40)


class RoleShown(Schema):
    role = fields.String(required=True, validate=validate.OneOf(STAFF_ROLES))
    partner = fields.String(required=True, allow_none=True)
    office = fields.String(required=True)


class ConsentShown(Schema):
    purpose = fields.String(required=True)
    version = fields.String(required=True)
    text = fields.String(required=True)
    given_at = Instant(required=True, allow_none=True)


class Me(Schema):
    id = fields.UUID(required=True)
    email = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    district = fields.String(required=True, allow_none=True)
    notices = fields.String(required=True, validate=validate.OneOf(("email", "none")))
    status = fields.String(required=True, validate=validate.OneOf(STATUSES_SHOWN))
    joined_at = Instant(required=True, allow_none=True)
    terms_version = fields.String(required=True, allow_none=True)
    terms_in_force = fields.String(required=True)
    roles = fields.List(fields.Nested(RoleShown), required=True)
    consents = fields.List(fields.Nested(ConsentShown), required=True)
    erase_at = Instant(required=True, allow_none=True)


class ProfileChange(Schema):
    name = Text(at_most=120, allow_none=True)
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    district = Code(allow_none=True)
    notices = fields.String(validate=validate.OneOf(("email", "none")))


class Leave(Schema):
    now = Boolean(load_default=False)


class Leaving(Schema):
    status = fields.String(required=True, validate=validate.OneOf(("leaving", "erased")))
    erase_at = Instant(required=True)


class SessionShown(Schema):
    id = fields.UUID(required=True)
    created_at = Instant(required=True)
    last_used_at = Instant(required=True)
    expires_at = Instant(required=True)
    is_current = fields.Boolean(required=True)


class Export(Schema):
    exported_at = Instant(required=True)
    sections = fields.Dict(keys=fields.String(), required=True, metadata={"description": "everything, by its kind"})


class Look(Schema):
    at = Instant(required=True)
    office = fields.String(required=True)
    kind = fields.String(required=True)
    purpose = fields.String(required=True)
    object = fields.String(required=True)


class LogEntry(Look):
    id = fields.UUID(required=True)
    subject = fields.UUID(required=True, allow_none=True)
    actor = fields.UUID(required=True, allow_none=True)


class LogQuery(PageQuery):
    office = Text(at_most=120)
    kind = Text(at_most=60)
    since = Instant(data_key="from")
    until = Instant(data_key="to")


class NewRole(Schema):
    email = Email(required=True)
    role = fields.String(required=True, validate=validate.OneOf(STAFF_ROLES))
    partner = Code()
    office = Text(at_most=120)

    @validates_schema(skip_on_field_errors=True)
    def check_partner(self, data: dict[str, Any], **_: Any) -> None:
        is_clerk = data["role"] == Role.CLERK.value
        if is_clerk != ("partner" in data):
            reason = "A clerk has a partner." if is_clerk else "Only a clerk has a partner."
            raise ValidationError(reason, "partner")


class Grant(Schema):
    id = fields.UUID(required=True)
    email = fields.String(required=True, allow_none=True)
    role = fields.String(required=True, validate=validate.OneOf(STAFF_ROLES))
    partner = fields.String(required=True, allow_none=True)
    office = fields.String(required=True, allow_none=True)
    granted_at = Instant(required=True)


SessionPage = page_of(SessionShown, name="SessionPage")
LookPage = page_of(Look, name="LookPage")
LogPage = page_of(LogEntry, name="LogPage")
GrantPage = page_of(Grant, name="GrantPage")
