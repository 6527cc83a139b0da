"""The public list of benefits, and what managers do with it."""

from functools import partial
from typing import Any

from flask import request

from core.charter_gate import breaches_of_raw_benefit, gate
from core.db import Does, in_transaction
from core.http.doors import ANYONE, Role, caller, city, language, now, open_to
from core.http.imports import BODY_BYTES_MAX, ItemTold, TableLoaded, TableSent
from core.http.openapi import Routes
from core.http.paging import PageQuery
from core.http.public_pages import NOT_MODIFIED, PAGE_HEADERS, public_page
from core.http.versions import SeenVersion, version_seen
from core.importing import table_sent
from rewards import benefits, importing, partners, previews
from rewards.benefits import BenefitTerms
from rewards.schemas import (
    BenefitChange,
    BenefitNew,
    BenefitPage,
    BenefitQuery,
    BenefitShown,
    BenefitWish,
    PartnerChange,
    PartnerNew,
    PartnerPage,
    PartnerShown,
    StockChange,
    StockShown,
)

routes = Routes("benefits", __name__, description="What points buy, and where.")


@routes.route("/benefits")
@open_to(ANYONE, Does.BROWSES)
@routes.arguments(BenefitQuery, location="query")
@routes.response(200, BenefitPage, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def get_benefits(query: dict[str, Any]) -> Any:
    """The benefits that can be had, with what is left of each."""
    listed = benefits.browse(at=now(), language=language(), cursor=query.pop("cursor", None), **query)
    # Stock is live, so the page is read each time; its ETag still spares a phone the bytes.
    return public_page(listed, edition=(listed,), language=language())


@routes.route("/benefits/<code:code>")
@open_to(ANYONE, Does.BROWSES)
@routes.response(200, BenefitShown, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def get_benefit(code: str) -> Any:
    """One benefit."""
    shown = benefits.shown(code, at=now(), language=language())
    return public_page(shown, edition=(shown,), language=language())


@routes.route("/benefits", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.raw_arguments(BenefitNew)
@routes.response(201, BenefitShown)
def post_benefit() -> Any:
    """Publish a benefit; what the charter forbids is refused by its rule."""
    terms = gate(request.get_json(), BenefitNew(), breaches_of_raw_benefit)
    code = terms.pop("code")
    benefits.publish(code, BenefitTerms(**terms), who=caller(), city=city(), at=now())
    return benefits.shown(code, at=now(), language=language())


@routes.route("/benefits/<code:code>", methods=["PATCH"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(SeenVersion, location="headers")
@routes.raw_arguments(BenefitChange)
@routes.response(200, BenefitShown)
def patch_benefit(seen: dict[str, Any], code: str) -> Any:
    """Change a benefit from now on; vouchers already bought stay as they were bought. With `If-Match`, the `version`
    that you saw, it is 412 if somebody has changed it since."""
    changes = gate(request.get_json(), BenefitChange(), breaches_of_raw_benefit)
    benefits.change(code, changes, version_seen=version_seen(seen["if_match"]), who=caller(), city=city(), at=now())
    return benefits.shown(code, at=now(), language=language())


@routes.route("/benefits/preview", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.raw_arguments(BenefitWish)
@routes.response(200, ItemTold)
def preview_benefit() -> Any:
    """What publishing this would do, or changing it where it is there: nothing of it stays. What would be refused is
    told with its rule and reason."""
    return previews.previewed(request.get_json(), who=caller(), city=city(), at=now())


@routes.route("/benefits/import", methods=["POST"])
@open_to(Role.MANAGER, Does.PHASES, body_bytes_max=BODY_BYTES_MAX)
@routes.arguments(TableSent)
@routes.response(200, TableLoaded)
def import_benefits(sent: dict[str, Any]) -> Any:
    """Load a table of benefits, all or nothing, and open the partners that it names. With `dry_run` nothing is changed,
    and each row is told all the same."""
    # Reading and checking a table takes time, and holds nobody up.
    table = table_sent(sent["csv"])
    checked = importing.check_benefits(table, at=now(), city=city())
    load = partial(importing.load_sent, table, checked, dry_run=sent["dry_run"])
    return in_transaction(partial(load, who=caller(), city=city(), at=now()))


@routes.route("/benefits/<code:code>/stock", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(StockChange)
@routes.response(200, StockShown)
def post_stock(change: dict[str, Any], code: str) -> Any:
    """Put units in, or take unsold ones out."""
    left = benefits.change_stock(code, change=change["change"], who=caller(), at=now())
    return {"benefit": code, "stock_left": left}


@routes.route("/partners")
@open_to(Role.MANAGER, Does.READS)
@routes.arguments(PageQuery, location="query")
@routes.response(200, PartnerPage)
def get_partners(query: dict[str, Any]) -> Any:
    """The partners."""
    return partners.listed(cursor=query.get("cursor"), limit=query["limit"])


@routes.route("/partners", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(PartnerNew)
@routes.response(201, PartnerShown)
def post_partner(wish: dict[str, Any]) -> Any:
    """Open a partner."""
    return partners.partner_dump(partners.open_partner(**wish, who=caller(), at=now()))


@routes.route("/partners/<code:code>", methods=["PATCH"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(PartnerChange)
@routes.response(200, PartnerShown)
def patch_partner(changes: dict[str, Any], code: str) -> Any:
    """Rename a partner, or make it inactive: it sells nothing more and still honours what was sold."""
    return partners.partner_dump(partners.change_partner(code, changes=changes, who=caller(), at=now()))
