"""The commands of the rewards."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from core.cli import print_verdict
from core.db import Does, in_transaction
from core.http.doors import city, settings
from core.importing import FileRefused, file_argument, load, read_table, skip_bad_option
from rewards import oracle
from rewards.importing import check_benefits, load_benefits

ledger_commands = AppGroup("ledger", help="The books.")
rewards_commands = AppGroup("rewards", help="The benefits that points buy.")


@ledger_commands.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def ledger_verify(as_json: bool) -> None:
    """Check every promise about the books; exit code 1, and the facts, when anything is off."""
    checks = current_app.extensions["ledger_checks"]
    print_verdict(in_transaction(lambda: oracle.verdict(checks), does=Does.SNAPSHOT), as_json=as_json)


@rewards_commands.command("import")
@file_argument
@skip_bad_option
def rewards_import(file: Path, skip_bad: bool) -> None:
    """Load benefits from FILE (CSV), and open the partners that it names.

    All rows are checked first; when any is bad, nothing changes. Loading a file again changes only what differs;
    vouchers already bought stay as they were bought.
    """
    click.echo(import_benefits(file, skip_bad=skip_bad))


def import_benefits(file: Path, *, skip_bad: bool = False) -> str:
    """Load a file of benefits and say how many were new, changed and same."""
    table = read_table(file)
    if "neighbourhood" in table.columns or {"max_per_day", "evidence"} & set(table.columns):
        raise FileRefused("These are not benefits: `flask catalogue import` loads deeds and districts.")
    at = settings().clock.now()
    rows = check_benefits(table, at=at, city=city()).to_load(skip_bad=skip_bad)
    return load(lambda: load_benefits(rows, city=city(), at=at))
