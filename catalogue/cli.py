"""The commands of the catalogue: load a city's own, or the sample's."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from catalogue import districts
from catalogue.deeds import known_districts
from catalogue.importing import check_deeds, load_deeds
from catalogue.models import Deed
from core.clock import local_date, start_of_day
from core.db import Does, db, in_transaction
from core.http.doors import city, settings
from core.importing import FileRefused, Table, read_table
from core.settings import ROOT

catalogue_commands = AppGroup("catalogue", help="The catalogue of deeds.")

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_skip_bad = click.option("--skip-bad", is_flag=True, help="Load the good rows and leave the bad ones out.")


@catalogue_commands.command("import")
@_file
@_skip_bad
@click.option("--reason", help="Why the rules change, for everyone to read.")
def import_file(file: Path, skip_bad: bool, reason: str | None) -> None:
    """Load deeds or districts from FILE (CSV, told apart by the header).

    All rows are checked first; when any is bad, nothing changes. Loading a file again changes only what differs: such
    deeds get a new version, in force at once.
    """
    table = read_table(file)
    at = settings().clock.now()
    if set(table.columns) >= districts.COLUMNS:
        counts = _import_districts(table, skip_bad=skip_bad)
    elif "price_points" in table.columns:
        raise FileRefused("These are benefits: `flask rewards import` loads them.")
    else:
        reason = reason or f"Loaded from {file.name}."
        counts = _import_deeds(table, in_force_from=at, reason=reason, skip_bad=skip_bad)
    click.echo(told(counts))


@click.command("sample")
@with_appcontext
def sample() -> None:
    """Load the sample city's districts and deeds into an empty catalogue; otherwise change nothing."""
    if in_transaction(lambda: db.session.scalar(select(Deed.code).limit(1)), does=Does.READS):
        click.echo("The catalogue is already there.")
        return
    # The sample was in force all through the claim window, so that what was done in it can be claimed at once.
    today = local_date(settings().clock.now(), zone=city().zone)
    since = start_of_day(today - timedelta(days=city().claims.window_days), zone=city().zone)
    data = ROOT / "data"
    counts = _import_districts(read_table(data / "districts.csv"), skip_bad=False)
    click.echo(f"Districts: {told(counts)}")
    counts = _import_deeds(
        read_table(data / "deeds.csv"), in_force_from=since, reason="The sample catalogue.", skip_bad=False
    )
    click.echo(f"Deeds: {told(counts)}")


def told(counts: Counter[str]) -> str:
    return f"{counts['new']} new, {counts['changed']} changed, {counts['same']} same"


def _import_districts(table: Table, *, skip_bad: bool) -> Counter[str]:
    to_load = districts.check(table, city=city()).to_load(skip_bad=skip_bad)
    return in_transaction(lambda: districts.load(to_load))


def _import_deeds(table: Table, *, in_force_from: datetime, reason: str, skip_bad: bool) -> Counter[str]:
    known = in_transaction(known_districts, does=Does.READS)
    checked = check_deeds(table, in_force_from=in_force_from, city=city(), districts=known)
    to_load = checked.to_load(skip_bad=skip_bad)
    at = settings().clock.now()
    return in_transaction(lambda: load_deeds(to_load, in_force_from=in_force_from, reason=reason, at=at))
