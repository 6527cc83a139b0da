"""The commands of the rewards."""

import click
from flask import current_app
from flask.cli import AppGroup

from core.cli import print_verdict
from core.db import Does, in_transaction
from rewards import oracle

ledger_commands = AppGroup("ledger", help="The books.")


@ledger_commands.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def ledger_verify(as_json: bool) -> None:
    """Check every promise about the books; exit code 1, and the facts, when anything is off."""
    checks = current_app.extensions["ledger_checks"]
    print_verdict(in_transaction(lambda: oracle.verdict(checks), does=Does.SNAPSHOT), as_json=as_json)
