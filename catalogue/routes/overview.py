"""What managers and auditors see of the office's work."""

from typing import Any

from catalogue import overview
from catalogue.schemas.review import ReviewOverview
from core.db import Does
from core.http.doors import Role, city, now, open_to
from core.http.openapi import Routes
from core.http.tables import CSV, csv_file
from core.periods import PeriodQuery, period_of

routes = Routes("office", __name__, description="How the office keeps up.")


@routes.route("/overview/review")
@open_to(frozenset({Role.MANAGER, Role.AUDITOR}), Does.SNAPSHOT)
@routes.arguments(PeriodQuery, location="query")
@routes.response(200, ReviewOverview)
@routes.also_as(CSV)
def get_review_overview(query: dict[str, Any]) -> Any:
    """What waits now, what was decided, and how long people waited; withheld below ten people."""
    period = period_of(query["since"], query["until"], query["per"], at=now(), zone=city().zone)
    found = overview.review(period, city=city(), at=now())
    if query["format"] == "csv":
        return csv_file(found["items"], columns=overview.COLUMNS, name="review")
    return found
