"""The commands of operations: the schema, the jobs, the audit log."""

import json
import os
import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import text

from core import audit, backup, distribution, migrations
from core.charter_list import charter_page
from core.db import Does, db, disconnect, in_transaction
from core.errors import Refusal
from core.http.api_types import types_page
from core.http.doors import settings
from core.http.error_list import errors_page
from core.jobs import Job, last_runs, run_forever
from core.serve import ServeError, serve
from core.welcome import welcome

db_commands = AppGroup("db", help="The database's schema.")
jobs_commands = AppGroup("jobs", help="What runs by itself: points expire, reminders, mail, deletions, seals.")
audit_commands = AppGroup("audit", help="The log of who did and looked at what.")
docs_commands = AppGroup("docs", help="Papers that are made from the code.")


@db_commands.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema to REVISION (default: the newest). Safe to run again, also after being killed."""
    migrations.upgrade(settings().database_url, revision)
    click.echo(f"The schema is at {revision}.")


@db_commands.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the schema back to REVISION."""
    migrations.downgrade(settings().database_url, revision)


@db_commands.command("migration")
@click.option("-m", "--message", required=True)
def migration(message: str) -> None:
    """Draft a migration from what the models say and the database lacks; read it and mend it by hand."""
    migrations.draft(settings().database_url, message)


@db_commands.command("distribute")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, and send nothing.")
@click.option("--role", help="The role that serves the town, if it is another than this one.")
def distribute(dry_run: bool, role: str | None) -> None:
    """Spread the tables over the machines of a Citus cluster (docs/scaling.md). Safe to run again, also after being
    killed. Nobody should be served meanwhile."""
    url, is_done = settings().database_url, True
    send = distribution.planned if dry_run else distribution.distribute
    try:
        for command in send(url, role=role):
            click.echo(f"{command};")
            is_done = False
    except distribution.DistributionError as problem:
        raise click.ClickException(f"{problem}.") from problem
    if is_done:
        click.echo("Every table lies where it should: nothing is left to do.", err=True)


@jobs_commands.command("run")
def jobs_run() -> None:
    """Run the jobs until stopped. Any number of these may run at once."""
    _refuse_unfinished()
    refuse_unlimited()
    run_forever(_app(), _jobs(), settings=settings())


@jobs_commands.command("once")
@click.argument("name")
def jobs_once(name: str) -> None:
    """Do what is due for one job now, whatever its period (see `flask jobs list`)."""
    named = {job.name: job for job in _jobs()}
    job = named.get(name.replace("_", "-"))
    if job is None:
        raise click.UsageError(f"no job {name!r}: there are {', '.join(named)}")
    done = job.work(at=settings().clock.now(), settings=settings())
    click.echo(f"{job.name}: {done} done")


@jobs_commands.command("list")
def jobs_list() -> None:
    """The jobs, how often they run, and their last period."""
    runs = in_transaction(last_runs, does=Does.READS)
    for job in _jobs():
        run = runs.get(job.name)
        state = "never" if run is None else f"{run.period:%Y-%m-%d %H:%MZ}"
        if job.is_shared:
            state = "shared by all that run"
        elif run is not None:
            state += f", {run.done} done" if run.finished_at else ", not finished"
        click.echo(f"{job.name:24} every {job.every!s:16} last {state:40} {job.tells}")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes that answer.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1), help="Requests at once in each.")
@with_appcontext
def serve_command(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the API and run the jobs until Ctrl-C or SIGTERM."""
    _refuse_unfinished()
    refuse_unlimited()

    def when_taken(address: str) -> None:
        if not os.environ.get("BONAFETA_PUBLIC_URL"):
            current_app.extensions["bonafeta"] = replace(settings(), public_url=address)
        disconnect()

    def when_ready(address: str) -> None:
        click.echo(welcome(_app(), address, settings=settings()))

    try:
        serve(
            _app(),
            host=host,
            port=port,
            workers=workers,
            threads=threads,
            run_jobs=lambda: run_forever(_app(), _jobs(), settings=settings()),
            when_taken=when_taken,
            when_ready=when_ready,
        )
    except ServeError as problem:
        raise click.ClickException(str(problem)) from problem


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup_command(file: Path) -> None:
    """Write a backup of everything to FILE, while the town runs."""
    try:
        rows = backup.back_up(file, settings=settings(), at=settings().clock.now(), progress=_show_progress)
    except (OSError, Refusal, backup.BackupError) as problem:
        raise click.ClickException(f"the backup was not written: {_said(problem)}") from problem
    click.echo(f"{file}: {sum(rows.values())} rows of {len(rows)} tables, {file.stat().st_size} bytes.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def restore_command(file: Path) -> None:
    """Load FILE into an empty place, then forget again who was erased since (erasures.jsonl of the instance)."""
    forget_again = partial(current_app.extensions["forget_again"], at=settings().clock.now(), settings=settings())
    try:
        rows, forgotten = backup.restore(file, settings=settings(), progress=_show_progress, forget_again=forget_again)
    except backup.BackupError as problem:
        raise click.ClickException(str(problem)) from problem
    except (OSError, Refusal) as problem:
        raise click.ClickException(f"not restored: {_said(problem)}. Run it again once that is mended.") from problem
    click.echo(f"{sum(rows.values())} rows of {len(rows)} tables restored, {forgotten} erasures applied again.")
    click.echo("Check it: flask ledger verify, flask audit verify.")


@audit_commands.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def audit_verify(as_json: bool) -> None:
    """Check the sealed log; exit code 1 when a row was changed, removed, reordered or cut off."""
    faults, sealed = in_transaction(lambda: (list(audit.faults(settings())), audit.sealed_count()), does=Does.SNAPSHOT)
    print_verdict({"ok": not faults, "sealed": sealed, "faults": faults}, as_json=as_json)


@docs_commands.command("errors")
def docs_errors() -> None:
    """Print docs/errors.md: every way in which the API says no."""
    click.echo(errors_page(), nl=False)


@docs_commands.command("charter")
def docs_charter() -> None:
    """Print docs/charter.md: what holds each rule of the charter."""
    click.echo(charter_page(), nl=False)


@docs_commands.command("types")
def docs_types() -> None:
    """Print web/types/openapi.d.ts: what a check of the pages' types knows of the API."""
    click.echo(types_page(current_app.extensions["openapi"].described()), nl=False)


def print_verdict(verdict: dict[str, Any], *, as_json: bool) -> None:
    """Print what a check found; exit code 1 when it is not `ok`."""
    if as_json:
        click.echo(json.dumps(verdict, indent=2, default=str))
    else:
        click.echo("All is well." if verdict["ok"] else f"{len(verdict['faults'])} faults:")
        for fault in verdict["faults"]:
            click.echo("  " + ", ".join(f"{name}={value}" for name, value in fault.items()))
    if not verdict["ok"]:
        sys.exit(1)


def _show_progress(what: str, count: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{what}: {count}", err=True, nl=False)


def _refuse_unfinished() -> None:
    try:
        backup.refuse_unfinished(settings())
    except backup.BackupError as problem:
        raise click.ClickException(str(problem)) from problem


def refuse_unlimited() -> None:
    """Behind a pooler nobody may wait for a lock without end, and only the role can say so."""
    if not settings().is_pooled:
        return
    limit = text("SELECT current_setting('lock_timeout')")
    with suppress(Refusal):  # a database that is away is waited for
        if in_transaction(lambda: db.session.scalar(limit), does=Does.READS) == "0":
            raise click.ClickException(
                "with BONAFETA_POOLER the database's role sets the limits: ALTER ROLE … SET lock_timeout = '4s'"
                " (docs/scaling.md), then let the pooler connect anew"
            )


def _said(problem: Exception) -> str:
    return problem.title() if isinstance(problem, Refusal) else str(problem)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


def _jobs() -> list[Job]:
    return list(current_app.extensions["jobs"])


core_commands = (
    serve_command,
    db_commands,
    jobs_commands,
    audit_commands,
    docs_commands,
    backup_command,
    restore_command,
)
