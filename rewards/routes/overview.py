"""What managers and auditors see of the books: all residents together, never one."""

from typing import Any

from core.db import Does
from core.http.doors import Role, city, now, open_to
from core.http.openapi import Routes
from core.http.tables import CSV, FormatQuery, csv_file
from core.periods import PeriodQuery, period_of
from rewards import overview, statements
from rewards.schemas import Liability, PointsOverview, RedemptionsOverview, RedemptionsQuery

routes = Routes("overview", __name__, description="How the programme goes: sums over everybody, and never a person.")

OFFICE = frozenset({Role.MANAGER, Role.AUDITOR})


@routes.route("/overview/points")
@open_to(OFFICE, Does.READS)
@routes.arguments(PeriodQuery, location="query")
@routes.response(200, PointsOverview)
@routes.also_as(CSV)
def get_points_overview(query: dict[str, Any]) -> Any:
    """Points issued, spent, returned, expired and taken back. What is outstanding is at `/liability`."""
    period = period_of(query["since"], query["until"], query["per"], at=now(), zone=city().zone)
    found = overview.points(period)
    if query["format"] == "csv":
        return csv_file(found["items"], columns=overview.POINTS_COLUMNS, name="points")
    return found


@routes.route("/overview/redemptions")
@open_to(OFFICE, Does.SNAPSHOT)
@routes.arguments(RedemptionsQuery, location="query")
@routes.response(200, RedemptionsOverview)
@routes.also_as(CSV)
def get_redemptions_overview(query: dict[str, Any]) -> Any:
    """What partners redeemed, by partner and day."""
    period = period_of(query["since"], query["until"], query["per"], at=now(), zone=city().zone)
    found = overview.redemptions(period)
    if query["format"] == "csv":
        return csv_file(found["items"], columns=overview.REDEMPTION_COLUMNS, name="redemptions")
    return found


@routes.route("/liability")
@open_to(OFFICE, Does.SNAPSHOT)
@routes.arguments(FormatQuery, location="query")
@routes.response(200, Liability)
@routes.also_as(CSV)
def get_liability(query: dict[str, Any]) -> Any:
    """Points outstanding by the month they end, and their value."""
    owed = statements.liability(city=city(), at=now())
    if query["format"] == "csv":
        return csv_file(owed["months"], columns=("month", "points", "value_eur"), name="outstanding-points")
    return owed
