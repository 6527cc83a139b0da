"""The commands of the rewards."""

import secrets
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from marshmallow import ValidationError

from core.cli import print_verdict
from core.db import Does, in_transaction
from core.errors import NotFound
from core.http.doors import city, settings
from core.importing import FileRefused, file_argument, load, read_table, skip_bad_option
from rewards import oracle, pairing
from rewards.importing import check_benefits, load_benefits
from rewards.schemas import PairingNew

ledger_commands = AppGroup("ledger", help="The books.")
rewards_commands = AppGroup("rewards", help="The benefits that points buy, and the tills where they are had.")


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


@rewards_commands.command("pair")
@click.argument("partner")
@click.option("--name", help="What the till is called, such as `Front desk`.")
def rewards_pair(partner: str, name: str | None) -> None:
    """Print a code that makes a till of the PARTNER of one device: it is good once, for a quarter of an hour."""
    at, seed = settings().clock.now(), secrets.token_bytes(pairing.SEED_BYTES)
    try:
        wish = PairingNew().load({"name": name} if name is not None else {})
        made = in_transaction(
            lambda: pairing.invite(
                partner, name=wish.get("name"), till_id=None, seed=seed, who=None, at=at, settings=settings()
            )
        )
    except ValidationError as problem:
        raise click.UsageError(f"{name!r} is no name for a till") from problem
    except NotFound as no:
        raise click.ClickException(f"there is no partner {partner!r}") from no
    click.echo(made.pairing_code)


def import_benefits(file: Path, *, skip_bad: bool = False) -> str:
    """Load a file of benefits and say how many were new, changed and same."""
    table = read_table(file)
    if "neighbourhood" in table.columns or {"max_per_day", "evidence"} & set(table.columns):
        raise FileRefused("These are not benefits: `flask catalogue import` loads deeds and districts.")
    at = settings().clock.now()
    rows = check_benefits(table, at=at, city=city()).to_load(skip_bad=skip_bad)
    return load(lambda: load_benefits(rows, city=city(), at=at))
