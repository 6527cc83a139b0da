"""The catalogue: read by anyone, published by managers."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, request

from catalogue import browsing, deeds, districts, importing, previews
from catalogue.schemas.deeds import (
    ChangedDeed,
    DeedItem,
    DeedPage,
    DeedQuery,
    DeedsSent,
    DeedVersionPage,
    DistrictPage,
    NewDeed,
)
from core.charter_gate import breaches_of_raw_deed, gate
from core.db import Does, db, in_transaction
from core.errors import Invalid
from core.http.doors import ANYONE, Role, caller, city, language, now, open_to
from core.http.imports import BODY_BYTES_MAX, ItemTold, TableLoaded
from core.http.openapi import Routes
from core.http.paging import PageQuery
from core.http.public_pages import NOT_MODIFIED, PAGE_HEADERS, Edition, public_page
from core.http.versions import SeenVersion, version_seen
from core.importing import table_sent
from core.settings import City

routes = Routes("deeds", __name__, description="What can be done in the city, and what it earns.")

_NEW_DEED, _CHANGED_DEED = NewDeed(), ChangedDeed()


@routes.route("/deeds")
@open_to(ANYONE, Does.BROWSES)
@routes.arguments(DeedQuery, location="query")
@routes.response(200, DeedPage, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def list_deeds(query: dict[str, Any]) -> Response:
    """The deeds that can be done now, by code."""
    return _page(partial(browsing.deeds, **query))


@routes.route("/deeds/<code:code>")
@open_to(ANYONE, Does.BROWSES)
@routes.response(200, DeedItem, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def read_deed(code: str) -> Response:
    """What a deed says now; with `is_open` false when its review date is over."""
    return _page(_beside_edition(partial(browsing.deed, code)))


@routes.route("/deeds/<code:code>/versions")
@open_to(ANYONE, Does.BROWSES)
@routes.arguments(PageQuery, location="query")
@routes.response(200, DeedVersionPage, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def list_deed_versions(query: dict[str, Any], code: str) -> Response:
    """Every version of a deed, newest first, with what it changed and why (charter C20)."""
    return _page(_beside_edition(partial(browsing.versions, code, **query)))


@routes.route("/districts")
@open_to(ANYONE, Does.BROWSES)
@routes.response(200, DistrictPage, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def list_districts() -> Response:
    """The city's districts and their neighbourhoods."""
    return _page(_beside_edition(lambda **_: districts.listed()))


@routes.route("/deeds", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.raw_arguments(NewDeed)
@routes.response(201, DeedItem)
def publish_deed() -> Any:
    """Publish a deed. What the charter forbids is 422 `charter_refused` with its `rule`."""
    body = gate(request.get_json(), _NEW_DEED, breaches_of_raw_deed)
    code, in_force_from, reason = body.pop("code"), body.pop("in_force_from"), body.pop("reason")
    version = deeds.publish(code, body, in_force_from=in_force_from, reason=reason, who=caller(), city=city(), at=now())
    return browsing.deed_dump(version, at=now(), city=city(), language=language())


@routes.route("/deeds/<code:code>", methods=["PUT"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(SeenVersion, location="headers")
@routes.raw_arguments(ChangedDeed)
@routes.response(200, DeedItem)
def change_deed(seen: dict[str, Any], code: str) -> Any:
    """Publish the next version of a deed; where nothing differs, the version that says so already is the answer. With
    `If-Match`, the newest `version` that you know, it is 412 if somebody has published another one since."""
    body = gate(request.get_json(), _CHANGED_DEED, breaches_of_raw_deed)
    if body.pop("code", code) != code:
        raise Invalid(errors=[{"field": "code", "reason": "A deed keeps its code: it is the one in the address."}])
    in_force_from, reason = body.pop("in_force_from"), body.pop("reason")
    starts_at = in_force_from or now()
    version = deeds.change(
        code,
        body,
        in_force_from=starts_at,
        reason=reason,
        newest_seen=version_seen(seen["if_match"]),
        who=caller(),
        city=city(),
        at=now(),
    )
    return browsing.deed_dump(version, at=now(), city=city(), language=language())


@routes.route("/deeds/preview", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.raw_arguments(NewDeed)
@routes.response(200, ItemTold)
def preview_deed() -> Any:
    """What publishing this would do, of a new deed or of a next version: nothing of it stays. What would be refused
    is told with its rule and reason."""
    return previews.previewed(request.get_json(), who=caller(), city=city(), at=now())


@routes.route("/deeds/import", methods=["POST"])
@open_to(Role.MANAGER, Does.PHASES, body_bytes_max=BODY_BYTES_MAX)
@routes.arguments(DeedsSent)
@routes.response(200, TableLoaded)
def import_deeds(sent: dict[str, Any]) -> Any:
    """Load a table of deeds, all or nothing: what differs gets a new version, 30 days from now where residents would be
    worse off. With `dry_run` nothing is changed, and each row is told all the same."""
    # Reading and checking a table takes time, and holds nobody up.
    table = table_sent(sent["csv"])
    known = in_transaction(deeds.known_districts, does=Does.READS)
    checked = importing.check_deeds(table, in_force_from=now(), city=city(), districts=known)
    load = partial(importing.load_sent, table, checked, dry_run=sent["dry_run"], reason=sent["reason"])
    return in_transaction(partial(load, who=caller(), city=city(), at=now()))


def _page(read: Callable[..., tuple[Edition, Any]]) -> Response:
    edition, page = read(at=now(), city=city(), language=language())
    return public_page(page, edition=edition, language=language(), read_edition=browsing.edition)


def _beside_edition(read: Callable[..., Any]) -> Callable[..., tuple[Edition, Any]]:
    """What is read together with the edition that it is of; the edition first, so that a change in between shows."""

    def both(*, at: datetime, city: City, language: str) -> tuple[Edition, Any]:
        edition = browsing.edition(db.session.connection(), at=at, city=city)
        return edition, read(at=at, city=city, language=language)

    return both
