"""The one file that knows every domain: blueprints, commands, jobs, messages and the holders of personal data."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue.cli import catalogue_commands, sample
from catalogue.routes import deeds as deed_routes
from citizen import tokens
from core.cli import core_commands
from core.db import init_db
from core.http import health
from core.http.edge import Edge, init_headers, routes_without_door
from core.http.metrics import init_metrics
from core.http.openapi import Routes, init_openapi
from core.http.problems import init_problems
from core.jobs import Job
from core.logs import init_logs
from core.outbox import Writer, send_due
from core.settings import Settings, SettingsError
from core.upkeep import forget_old, seal_audit_log
from rewards.cli import ledger_commands, rewards_commands
from rewards.expiry import expire_points
from rewards.reminders import remind, reminder_letter
from rewards.routes import benefits, points, till, vouchers
from rewards.vouchers import expire_vouchers

BLUEPRINTS: list[Routes] = [
    health.routes,
    deed_routes.routes,
    points.routes,
    benefits.routes,
    vouchers.routes,
    till.routes,
]

LETTERS: dict[str, Writer] = {
    "points-reminder": reminder_letter,
}

JOBS: Sequence[Job] = (
    Job("expire-points", timedelta(minutes=15), expire_points, "record the points whose date has come"),
    Job("expire-vouchers", timedelta(minutes=15), expire_vouchers, "end unused vouchers, give their points back"),
    Job("remind", timedelta(days=1), remind, "write to those whose points end soon", starts_at=timedelta(hours=8)),
    Job("send-mail", timedelta(seconds=2), partial(send_due, LETTERS), "send what lies in the outbox", is_shared=True),
    Job("seal-audit", timedelta(minutes=5), seal_audit_log, "seal the log of who did and looked at what"),
    Job("drop-idempotency-keys", timedelta(hours=1), forget_old, "forget old answers, counts and job runs"),
)

LEDGER_CHECKS: dict[str, str] = {}
"""What `flask ledger verify` checks above the rewards."""


COMMANDS = (*core_commands, ledger_commands, rewards_commands, catalogue_commands, sample)


def create_app(settings: Settings | None = None) -> Edge:
    """The application. Raises `SettingsError` when the deployment is not set as it must be."""
    settings = settings or Settings.load()
    app = Edge("bonafeta", static_folder=None)
    app.extensions["bonafeta"] = settings
    app.extensions["jobs"] = JOBS
    app.extensions["ledger_checks"] = LEDGER_CHECKS
    app.caller_of = partial(tokens.caller_of, settings=settings)
    init_logs(settings)
    init_db(app, settings)
    init_problems(app)
    init_openapi(app, BLUEPRINTS)
    init_headers(app)
    init_metrics(app)
    for group in COMMANDS:
        app.cli.add_command(group)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    if open_doors := routes_without_door(app):
        raise SettingsError(f"routes that do not say who may call them: {', '.join(open_doors)}")
    return app
