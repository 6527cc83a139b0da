"""The commands of the catalogue: load a city's own deeds, or the sample city."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Mapped

from catalogue import districts, seeding
from catalogue.deeds import known_districts
from catalogue.importing import check_deeds, load_deeds
from catalogue.models import Deed, District
from core.clock import local_date, start_of_day
from core.db import Does, db, in_transaction
from core.http.doors import city, settings
from core.importing import FileRefused, Table, file_argument, load, read_table, skip_bad_option
from core.settings import ROOT
from rewards.cli import import_benefits
from rewards.models import Benefit

catalogue_commands = AppGroup("catalogue", help="The catalogue of deeds.")

SAMPLE = ROOT / "data"


@catalogue_commands.command("import")
@file_argument
@skip_bad_option
@click.option("--reason", help="Why the rules change, for everyone to read.")
def catalogue_import(file: Path, skip_bad: bool, reason: str | None) -> None:
    """Load deeds or districts from FILE (CSV, told apart by the header).

    All rows are checked first; when any is bad, nothing changes. Loading a file again changes only what differs: such
    deeds get a new version, in force at once, or 30 days from now where residents would be worse off (charter C20).
    """
    table = read_table(file)
    if "neighbourhood" in table.columns:
        click.echo(_import_districts(table, skip_bad=skip_bad))
    elif "price_points" in table.columns:
        raise FileRefused("These are benefits: `flask rewards import` loads them.")
    else:
        reason = reason or f"Loaded from {file.name}."
        click.echo(_import_deeds(table, in_force_from=settings().clock.now(), reason=reason, skip_bad=skip_bad))


@click.command("sample")
@with_appcontext
def sample() -> None:
    """Load the sample city into an empty catalogue: districts, deeds and benefits that are not there yet."""
    # The deeds were in force all through the claim window, so that what was done in it can be claimed at once.
    today = local_date(settings().clock.now(), zone=city().zone)
    since = start_of_day(today - timedelta(days=city().claims.window_days), zone=city().zone)
    _unless_there("Districts", District.code, lambda: _import_districts(read_table(SAMPLE / "districts.csv")))
    reason = "The sample catalogue."
    deeds = SAMPLE / "deeds.csv"
    _unless_there("Deeds", Deed.code, lambda: _import_deeds(read_table(deeds), in_force_from=since, reason=reason))
    _unless_there("Benefits", Benefit.code, lambda: import_benefits(SAMPLE / "benefits.csv"))


@click.command("seed")
@click.option("--residents", type=click.IntRange(1, 10_000_000), default=1_000, show_default=True)
@click.option("--deeds", type=click.IntRange(1, 60), default=10, show_default=True, help="verified deeds of each")
@with_appcontext
def seed_command(residents: int, deeds: int) -> None:
    """Add made-up residents with verified deeds, for rehearsals and measurements; refused in production."""
    if settings().is_production:
        raise click.ClickException("Nobody is created in bulk in production (charter C1).")
    with click.progressbar(length=residents, label="Residents", file=sys.stderr) as bar:
        at = settings().clock.now()
        try:
            seeding.seed(residents, deeds_each=deeds, settings=settings(), at=at, progress=bar.update)
        except ValueError as problem:
            raise click.ClickException(str(problem)) from problem
    click.echo(f"{residents} residents, resident1@example.org and on, with {deeds} deeds each.")


def _unless_there(name: str, column: Mapped[str], load_sample: Callable[[], str]) -> None:
    is_there = in_transaction(lambda: db.session.scalar(select(column).limit(1)), does=Does.READS)
    click.echo(f"{name}: {'already there' if is_there else load_sample()}")


def _import_districts(table: Table, *, skip_bad: bool = False) -> str:
    if missing := sorted(districts.COLUMNS - set(table.columns)):
        raise FileRefused(f"A file of districts has the columns {', '.join(sorted(districts.COLUMNS))}: no {missing}.")
    rows = districts.check(table, city=city()).to_load(skip_bad=skip_bad)
    return load(lambda: districts.load(rows))


def _import_deeds(table: Table, *, in_force_from: datetime, reason: str, skip_bad: bool = False) -> str:
    known = in_transaction(known_districts, does=Does.READS)
    rows = check_deeds(table, in_force_from=in_force_from, city=city(), districts=known).to_load(skip_bad=skip_bad)
    at = settings().clock.now()
    return load(lambda: load_deeds(rows, in_force_from=in_force_from, reason=reason, city=city(), at=at))
