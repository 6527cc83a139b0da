"""Whether the process lives, and whether it can serve; figures for whoever watches."""

from typing import Any

from flask import Response
from marshmallow import fields
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import backup
from core.db import Does, db
from core.errors import Unavailable
from core.http.doors import ANYONE, open_to, settings
from core.http.metrics import metrics_response
from core.http.openapi import Routes
from core.http.schemas import Schema

routes = Routes("operations", __name__, prefix="/", description="For those who run it.")


class Health(Schema):
    status = fields.String(required=True)


@routes.route("/healthz")
@open_to(ANYONE, Does.PHASES)
@routes.response(200, Health)
def healthz() -> dict[str, Any]:
    """The process lives."""
    return {"status": "ok"}


@routes.route("/readyz")
@open_to(ANYONE, Does.READS)
@routes.response(200, Health)
def readyz() -> dict[str, Any]:
    """The database answers, its schema is there, and no restore is under way."""
    if backup.is_unfinished(settings()):
        raise Unavailable()
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as problem:
        raise Unavailable() from problem  # no database, or one that `flask db upgrade` has not seen
    return {"status": "ready"}


@routes.route("/metrics")
@open_to(ANYONE, Does.PHASES)
@routes.response(200, {"type": "string"}, content_type="text/plain")
def metrics() -> Response:
    """Figures in the Prometheus text format."""
    return metrics_response()
