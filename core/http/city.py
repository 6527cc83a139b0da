"""What a page has to know of the city before anyone signs in: its name, its clock and its languages."""

from flask import Response
from marshmallow import fields, validate

from core.db import Does
from core.http.doors import ANYONE, city, language, open_to
from core.http.openapi import Routes
from core.http.public_pages import NOT_MODIFIED, PAGE_HEADERS, public_page
from core.http.schemas import Schema
from core.settings import LANGUAGES

routes = Routes("city", __name__, description="What the city is.")


class CityShown(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True, metadata={"description": "an IANA time zone: days begin and end in it"})
    languages = fields.List(
        fields.String(validate=validate.OneOf(LANGUAGES)),
        required=True,
        metadata={"description": "the first is the language of whoever names none"},
    )
    currency = fields.String(required=True, metadata={"description": "of `value_eur` (ISO 4217)"})
    terms_version = fields.String(required=True, metadata={"description": "the terms in force: `GET /terms`"})
    claim_window_days = fields.Integer(
        required=True, metadata={"description": "so long after a deed it can be submitted"}
    )
    leaving_window_days = fields.Integer(
        required=True, metadata={"description": "so long whoever leaves can spend what is left"}
    )


@routes.route("/city")
@open_to(ANYONE, Does.PHASES)
@routes.response(200, CityShown, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def get_city() -> Response:
    """The city's name, time zone, languages and terms in force."""
    shown = {
        "code": city().code,
        "name": city().name,
        "zone": city().zone.key,
        "languages": list(city().languages),
        "currency": "EUR",
        "terms_version": city().terms.version,
        "claim_window_days": city().claims.window_days,
        "leaving_window_days": city().leaving.window_days,
    }
    return public_page(shown, edition=(shown,), language=language())
