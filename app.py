"""The one file that knows every domain: blueprints, commands, jobs, messages and the holders of personal data."""

import gc

gc.disable()  # what is loaded here stays: to look through it again and again for what may go is a sixth of the start

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from werkzeug.middleware.proxy_fix import ProxyFix

from catalogue.books import AWARD_CHECKS
from catalogue.cli import catalogue_commands, sample, seed_command
from catalogue.districts import check_district
from catalogue.evidence import delete_due
from catalogue.personal_data import HOLDER as CATALOGUE_HOLDER
from catalogue.review import lapse_due
from catalogue.routes import deeds as deed_routes
from catalogue.routes import events as event_routes
from catalogue.routes import overview as office_overview
from catalogue.routes import review as review_routes
from catalogue.routes import submissions as submission_routes
from citizen import tokens
from citizen.cli import citizen_commands
from citizen.erasure import erase_leavers, forget_again
from citizen.letters import leaving_letter, sign_in_letter
from citizen.personal_data import HOLDER as CITIZEN_HOLDER
from citizen.personal_data import PersonalDataHolder
from citizen.routes import administration, me, sign_in
from citizen.upkeep import forget_old_sign_ins
from core.cli import core_commands
from core.db import init_db
from core.http import city, health
from core.http.doors import Caller
from core.http.edge import HARDENING, ONLY_BY_TLS, Edge, routes_without_door
from core.http.openapi import Routes, init_openapi
from core.http.pages import init_pages
from core.http.problems import init_problems
from core.jobs import Job
from core.logs import init_logs
from core.outbox import Writer, send_due
from core.settings import Settings, SettingsError
from core.upkeep import forget_old, seal_audit_log
from rewards import till_tokens
from rewards.cli import ledger_commands, rewards_commands
from rewards.expiry import expire_points
from rewards.pairing import forget_old_pairings
from rewards.partners import check_partner
from rewards.personal_data import HOLDER as REWARDS_HOLDER
from rewards.reminders import remind, reminder_letter
from rewards.routes import benefits, overview, points, till, tills, vouchers
from rewards.vouchers import expire_vouchers

gc.enable()

BLUEPRINTS: list[Routes] = [
    health.routes,
    city.routes,
    sign_in.routes,
    me.routes,
    administration.routes,
    deed_routes.routes,
    event_routes.routes,
    submission_routes.routes,
    review_routes.routes,
    points.routes,
    benefits.routes,
    vouchers.routes,
    till.routes,
    tills.routes,
    overview.routes,
    office_overview.routes,
]

LETTERS: dict[str, Writer] = {
    "sign-in-code": sign_in_letter,
    "leaving": leaving_letter,
    "points-reminder": reminder_letter,
}

JOBS: Sequence[Job] = (
    Job("erase-leavers", timedelta(minutes=10), erase_leavers, "forget those whose leaving window is over"),
    Job("forget-sign-ins", timedelta(hours=1), forget_old_sign_ins, "forget old codes and sessions"),
    Job("expire-points", timedelta(minutes=15), expire_points, "record the points whose date has come"),
    Job("expire-vouchers", timedelta(minutes=15), expire_vouchers, "end unused vouchers, give their points back"),
    Job("forget-pairings", timedelta(hours=1), forget_old_pairings, "forget the pairing codes that nobody typed"),
    Job("remind", timedelta(days=1), remind, "write to those whose points end soon", starts_at=timedelta(hours=8)),
    Job("lapse-cases", timedelta(minutes=10), lapse_due, "hand silent cases to the verifiers"),
    Job("delete-evidence", timedelta(hours=1), delete_due, "delete photos whose last day is over"),
    Job("send-mail", timedelta(seconds=2), partial(send_due, LETTERS), "send what lies in the outbox", is_shared=True),
    Job("seal-audit", timedelta(minutes=5), seal_audit_log, "seal the log of who did and looked at what"),
    Job("drop-idempotency-keys", timedelta(hours=1), forget_old, "forget old answers, counts and job runs"),
)

HOLDERS: Sequence[PersonalDataHolder] = (CATALOGUE_HOLDER, REWARDS_HOLDER, CITIZEN_HOLDER)
"""Who holds personal data; the people themselves come last, so that the others still find them."""

KNOWN_CODES = {"district": check_district, "partner": check_partner}
"""What a person's row may name, and how those who keep it are asked."""

LEDGER_CHECKS = AWARD_CHECKS
"""What `flask ledger verify` checks above the rewards."""


COMMANDS = (
    *core_commands,
    citizen_commands,
    ledger_commands,
    rewards_commands,
    catalogue_commands,
    sample,
    seed_command,
)


def create_app(settings: Settings | None = None) -> Edge:
    """The application. Raises `SettingsError` when the deployment is not set as it must be."""
    settings = settings or Settings.load()
    app = Edge("bonafeta", static_folder=None)
    app.extensions["bonafeta"] = settings
    app.extensions["jobs"] = JOBS
    app.extensions["holders"] = HOLDERS
    app.extensions["known_codes"] = KNOWN_CODES
    app.extensions["ledger_checks"] = LEDGER_CHECKS
    app.extensions["forget_again"] = forget_again
    app.caller_of = partial(caller_of, settings=settings)
    app.hardening = HARDENING | (ONLY_BY_TLS if settings.is_production else {})
    init_logs(settings)
    init_db(app, settings)
    init_problems(app)
    init_openapi(app, BLUEPRINTS)
    init_pages(app)
    for group in COMMANDS:
        app.cli.add_command(group)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    if open_doors := routes_without_door(app):
        raise SettingsError(f"routes that do not say who may call them: {', '.join(open_doors)}")
    return app


def caller_of(authorization: str | None, *, at: datetime, settings: Settings) -> Caller | None:
    """The person or the device behind a request, by one query."""
    person = tokens.caller_of(authorization, at=at, settings=settings)
    return person or till_tokens.caller_of(authorization, at=at, settings=settings)
