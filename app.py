"""The one file that knows every domain: blueprints, commands, jobs, messages and the holders of personal data."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from werkzeug.middleware.proxy_fix import ProxyFix

import catalogue.models
import citizen.models
import core.audit
import core.outbox
import rewards.models
from catalogue.routes import deeds as deed_routes
from citizen import tokens
from core import cli
from core.db import init_db
from core.http import health
from core.http.attempts import Attempt
from core.http.edge import Edge, init_headers, routes_without_door
from core.http.idempotency import Idempotency
from core.http.openapi import Routes, init_openapi
from core.http.problems import init_problems
from core.jobs import Job
from core.logs import init_logs
from core.outbox import Writer
from core.settings import Settings, SettingsError

BLUEPRINTS: list[Routes] = [
    health.routes,
    deed_routes.routes,
]

JOBS: Sequence[Job] = ()

LETTERS: dict[str, Writer] = {}


def create_app(settings: Settings | None = None) -> Edge:
    """The application. Raises `SettingsError` when the deployment is not set as it must be."""
    settings = settings or Settings.load()
    app = Edge("bonafeta", static_folder=None)
    app.extensions["bonafeta"] = settings
    app.extensions["jobs"] = JOBS
    app.extensions["letters"] = LETTERS
    app.caller_of = partial(tokens.caller_of, settings=settings)
    init_logs(settings)
    init_db(app, settings)
    init_problems(app)
    init_openapi(app, BLUEPRINTS)
    init_headers(app)
    cli.init_commands(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    if open_doors := routes_without_door(app):
        raise SettingsError(f"routes that do not say who may call them: {', '.join(open_doors)}")
    return app
