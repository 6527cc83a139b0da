"""A rehearsal town keeps the rules of a real one, and is never made of a real one (charter C1)."""

from dataclasses import replace

from flask import Flask

from app import create_app
from core.db import db
from core.settings import Settings


def test_the_books_of_a_seeded_town_are_in_order(app: Flask) -> None:
    run = app.test_cli_runner()
    run.invoke(args=["sample"])

    seeded = [run.invoke(args=["seed", "--residents", "15", "--deeds", "60"]).exit_code for _ in range(2)]

    assert seeded == [0, 0]
    assert run.invoke(args=["ledger", "verify"]).output == "All is well.\n"


def test_c1_nobody_is_created_in_bulk_in_production(settings: Settings) -> None:
    app = create_app(replace(settings, is_production=True))

    refused = app.test_cli_runner().invoke(args=["seed", "--residents", "1"])

    assert (refused.exit_code, "charter C1" in refused.stderr) == (1, True)
    with app.app_context():
        db.engine.dispose()
