"""Managers say who may do what; auditors read the log."""

from typing import Any
from uuid import UUID

from citizen import access_log, roles
from citizen.schemas import Grant, GrantPage, LogPage, LogQuery, NewRole
from core.db import Does
from core.http.doors import Role, caller, now, open_to, settings
from core.http.openapi import Routes
from core.http.paging import PageQuery

routes = Routes("administration", __name__, description="Roles, and the log of who did and looked at what.")


@routes.route("/roles")
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(PageQuery, location="query")
@routes.response(200, GrantPage)
def get_roles(query: dict[str, Any]) -> Any:
    """Who has which role. That I looked is in the log."""
    return roles.grants(cursor=query.get("cursor"), limit=query["limit"], by=caller(), at=now())


@routes.route("/roles", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(NewRole)
@routes.response(201, Grant)
@routes.alt_response(200, schema=Grant, description="The same grant was there already.")
def post_role(wish: dict[str, Any]) -> Any:
    """Give a role to whoever has this address, member or not."""
    email, role = wish.pop("email"), Role(wish.pop("role"))
    row, is_new = roles.grant(email, role, **wish, by=caller(), at=now(), settings=settings())
    return roles.grant_dump(row, email=email), 201 if is_new else 200


@routes.route("/roles/<uuid:grant_id>", methods=["DELETE"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.response(204)
def delete_role(grant_id: UUID) -> None:
    """Take a role away; it counts on the person's next request."""
    roles.revoke(grant_id, by=caller(), at=now())


@routes.route("/audit")
@open_to(Role.AUDITOR, Does.WRITES)
@routes.arguments(LogQuery, location="query")
@routes.response(200, LogPage)
def get_audit(query: dict[str, Any]) -> Any:
    """The log, newest first, from `from` until before `to`. That I read it is in it."""
    filters = {name: query.get(name) for name in ("office", "kind", "since", "until", "cursor")}
    return access_log.entries(**filters, limit=query["limit"], who=caller(), at=now())
