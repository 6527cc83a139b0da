"""What a partner's clerk does: look, redeem, undo, and see the day's and the month's redemptions."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response, request

from core.db import Does
from core.http.doors import Key, Role, caller, city, language, now, open_to
from core.http.openapi import Routes
from rewards import redemption, statement_files, statements
from rewards.schemas import (
    Glance,
    RedemptionPage,
    RedemptionQuery,
    RedemptionShown,
    Statement,
    StatementQuery,
    TillCode,
)

routes = Routes("till", __name__, description="Where a clerk redeems vouchers.")

AT_THE_TILL = frozenset({Role.CLERK, Role.TILL})
"""A clerk in person, or a device of their partner during a shift."""


def _still_theirs(stored: Response) -> None:
    redemption.refuse_others(request.get_json()["code"], who=caller(), at=now())
    if stored.status_code == 201:
        redemption.refuse_undone(UUID(orjson.loads(stored.get_data())["id"]), who=caller())


@routes.route("/till/lookups", methods=["POST"])
@open_to(AT_THE_TILL, Does.WRITES)
@routes.arguments(TillCode)
@routes.response(200, Glance)
def post_lookup(scan: dict[str, Any]) -> Any:
    """Is it good, and for what? Nothing is used up."""
    return redemption.look_up(scan["code"], who=caller(), language=language(), at=now())


@routes.route("/till/redemptions", methods=["POST"])
@open_to(AT_THE_TILL, Does.WRITES, key=Key.REQUIRED, on_replay=_still_theirs)
@routes.arguments(TillCode)
@routes.response(201, RedemptionShown)
def post_redemption(scan: dict[str, Any]) -> Any:
    """Use the voucher."""
    used = redemption.redeem(scan["code"], who=caller(), at=now())
    return redemption.redemption_dump(used, till=caller().till_name, language=language())


@routes.route("/till/redemptions/<uuid:redemption_id>", methods=["DELETE"])
@open_to(AT_THE_TILL, Does.WRITES)
@routes.response(200, RedemptionShown)
def delete_redemption(redemption_id: UUID) -> Any:
    """Take a mistaken scan back, within ten minutes."""
    undone, till = redemption.undo(redemption_id, who=caller(), at=now())
    return redemption.redemption_dump(undone, till=till, language=language())


@routes.route("/till/redemptions")
@open_to(AT_THE_TILL, Does.READS)
@routes.arguments(RedemptionQuery, location="query")
@routes.response(200, RedemptionPage)
def get_redemptions(query: dict[str, Any]) -> Any:
    """My partner's redemptions, newest first."""
    return redemption.listed(
        who=caller(),
        cursor=query.get("cursor"),
        limit=query["limit"],
        since=query.get("since"),
        language=language(),
    )


@routes.route("/partner/statement")
@open_to(AT_THE_TILL | {Role.MANAGER}, Does.SNAPSHOT)
@routes.arguments(StatementQuery, location="query")
@routes.response(200, Statement)
@routes.also_as(*statement_files.MEDIA_TYPES.values())
def get_statement(query: dict[str, Any]) -> Any:
    """What a partner is owed for a month, per benefit and day."""
    partners = statements.partners_of(caller(), query.get("partner"))
    found = statements.partner_statement(partners, month=query["month"], city=city(), language=language())
    if query["format"] == "json":
        return found
    return statement_files.file_of(found, query["format"], city=city(), language=language())
