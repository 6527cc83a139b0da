"""What is said of a deed, to the letter."""

from marshmallow import fields, validate

from catalogue.deed_rules import EVIDENCE, UNITS
from core.charter import DEED_CATEGORIES
from core.http.imports import TableSent
from core.http.paging import PageQuery, page_of
from core.http.schemas import BooleanInQuery, Code, Difference, Instant, Schema, Text, Whole
from core.titles import Titles


class DeedRule(Schema):
    """The rule of a deed: what it is, what it earns, how often, and what shows that it was done."""

    category = fields.String(required=True, validate=validate.OneOf(sorted(DEED_CATEGORIES)))
    titles = fields.Nested(Titles, required=True, metadata={"description": "in each of the city's languages"})
    points = Whole(
        required=True,
        at_least=1,
        at_most=1000,
        metadata={"description": "per deed, item or hour (60 minutes; a part of an hour earns its part, rounded down)"},
    )
    unit = fields.String(required=True, validate=validate.OneOf(UNITS))
    max_per_day = Whole(required=True, at_least=1, at_most=1000, metadata={"description": "deeds, items or hours"})
    max_per_year = Whole(required=True, at_least=1, at_most=100_000, metadata={"description": "deeds, items or hours"})
    evidence = fields.List(
        fields.String(validate=validate.OneOf(EVIDENCE)),
        required=True,
        validate=validate.Length(1, len(EVIDENCE)),
        metadata={"description": "all that is needed", "uniqueItems": True},
    )
    minutes = Whole(required=True, at_least=1, at_most=100_000, metadata={"description": "how long it usually takes"})
    access = fields.List(
        Code(),
        load_default=list,
        validate=validate.Length(max=20),
        metadata={"description": "access tags, such as seated or evening (charter C39)", "uniqueItems": True},
    )
    districts = fields.List(
        Code(),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "codes of districts; none means all", "uniqueItems": True},
    )
    purpose = Text(required=True, at_most=300, metadata={"description": "what it is good for (charter C21)"})
    review_by = fields.Date(
        required=True, metadata={"description": "the last local day on which it can be done (charter C21)"}
    )
    source = Text(
        at_most=300, load_default=None, allow_none=True, metadata={"description": "where the idea comes from"}
    )
    paused_until = fields.Date(
        load_default=None, allow_none=True, metadata={"description": "the last local day of a pause, if it begins now"}
    )


class NewDeed(DeedRule):
    """A deed to publish."""

    code = Code(required=True)
    in_force_from = Instant(load_default=None, metadata={"description": "never in the past; now where not given"})
    reason = Text(at_most=500, load_default="First version.", metadata={"description": "why, for everyone to read"})


class ChangedDeed(DeedRule):
    """The next version of a deed, whole."""

    code = Code(metadata={"description": "as in the address, where given"})
    in_force_from = Instant(load_default=None, metadata={"description": "never in the past; now where not given"})
    reason = Text(required=True, at_most=500, metadata={"description": "why, for everyone to read (charter C20)"})


class DeedsSent(TableSent):
    """A table of deeds to load."""

    reason = Text(
        at_most=500, load_default="Loaded from a table.", metadata={"description": "why, for everyone to read"}
    )


class DeedItem(Schema):
    """A deed as a version has it."""

    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "in the reader's language (Accept-Language)"})
    category = fields.String(required=True)
    titles = fields.Dict(fields.String(), fields.String(), required=True)
    points = fields.Integer(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(UNITS))
    max_per_day = fields.Integer(required=True)
    max_per_year = fields.Integer(required=True)
    evidence = fields.List(fields.String(), required=True)
    minutes = fields.Integer(required=True)
    access = fields.List(fields.String(), required=True)
    districts = fields.List(fields.String(), required=True, metadata={"description": "none means all"})
    purpose = fields.String(required=True)
    review_by = fields.Date(required=True)
    source = fields.String(required=True, allow_none=True)
    paused_until = fields.Date(required=True, allow_none=True)
    version = fields.Integer(required=True)
    in_force_from = Instant(required=True)
    is_open = fields.Boolean(
        required=True, metadata={"description": "in force, and its review date is not over: it can be claimed"}
    )


class DeedVersionItem(DeedItem):
    """A version of a deed, and what it changed. One that is announced has `in_force_from` in the future."""

    published_at = Instant(required=True)
    reason = fields.String(required=True)
    changes = fields.List(fields.Nested(Difference), required=True)


class DeedQuery(PageQuery):
    """Filters. A value that nothing has gives an empty list."""

    category = Text(at_most=60)
    district = Text(at_most=60, metadata={"description": "a district's code: deeds done there or anywhere"})
    access = Text(at_most=60, metadata={"description": "an access tag"})
    q = Text(
        at_most=100,
        metadata={"description": "words in a title of any language or in the purpose, whatever case and accents"},
    )
    all = BooleanInQuery(
        load_default=False,
        metadata={"description": "also those that cannot be done now: announced, paused, past their review date"},
    )


class Neighbourhood(Schema):
    """A part of a district."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class DistrictItem(Schema):
    """A district of the city."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    neighbourhoods = fields.List(fields.Nested(Neighbourhood), required=True)


DeedPage = page_of(DeedItem, name="DeedPage")
DeedVersionPage = page_of(DeedVersionItem, name="DeedVersionPage")
DistrictPage = page_of(DistrictItem, name="DistrictPage")
