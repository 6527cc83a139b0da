"""A resident's own points."""

from typing import Any

from flask import jsonify

from core.db import Does
from core.http.doors import Role, caller, language, now, open_to
from core.http.openapi import Routes
from core.http.paging import PageQuery
from rewards import entries
from rewards.schemas import EntryPage, Points

routes = Routes("points", __name__, description="What a resident can spend, and every movement with its reason.")


@routes.route("/me/points")
@open_to(Role.RESIDENT, Does.READS)
@routes.response(200, Points)
def get_points() -> Any:
    """My balance, and what of it ends when."""
    return jsonify(entries.points_of(caller().citizen_id, at=now()))  # as it is: dumping a long list costs more


@routes.route("/me/points/entries")
@open_to(Role.RESIDENT, Does.READS)
@routes.arguments(PageQuery, location="query")
@routes.response(200, EntryPage)
def get_entries(query: dict[str, Any]) -> Any:
    """Every movement of my points, newest first."""
    return entries.entries_of(
        caller().citizen_id, cursor=query.get("cursor"), limit=query["limit"], language=language()
    )
