"""A rehearsal town keeps the rules of a real one, and is never made of a real one (charter C1)."""

from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select

from app import create_app
from citizen.models import Citizen
from core.db import Does, db, in_transaction
from core.settings import Settings
from rewards import voucher_codes
from rewards.models import Account, Entry, Voucher, VoucherCode
from rewards.routes.vouchers import CODE_KEY


def seed(app: Flask, residents: int, deeds: int = 10) -> None:
    run = app.test_cli_runner()
    run.invoke(args=["sample"])
    seeded = run.invoke(args=["seed", "--residents", str(residents), "--deeds", str(deeds)])
    assert seeded.exit_code == 0, seeded.output


def found(app: Flask, query: Any) -> list[Any]:
    with app.app_context():
        return in_transaction(lambda: list(db.session.execute(query)), does=Does.READS)


def test_the_books_of_a_seeded_town_are_in_order(app: Flask) -> None:
    for _ in range(2):
        seed(app, 15, deeds=60)

    verified = app.test_cli_runner().invoke(args=["ledger", "verify"])

    assert verified.output == "All is well.\n"


def test_a_seeded_town_has_been_lived_in(app: Flask, settings: Settings) -> None:
    seed(app, 200)

    moved = {kind for (kind,) in found(app, select(Entry.kind).distinct())}
    vouchers = found(app, select(Voucher.status, Voucher.seed, VoucherCode.code_hash).join_from(*_VOUCHER_AND_CODE))

    assert moved == {"award", "spend", "refund", "expiry"}
    assert {voucher.status for voucher in vouchers} == {"active", "redeemed", "cancelled", "expired"}
    key = settings.key(CODE_KEY)
    assert all(
        voucher_codes.fingerprint(voucher_codes.code_of(voucher.seed, key=key)) == voucher.code_hash
        for voucher in vouchers
    )


def test_the_same_number_seeds_the_same_people(app: Flask) -> None:
    """Whether a town is seeded at once or in parts: the second part goes on where the first ended."""
    seed(app, 12)
    seed(app, 8)

    people = found(app, select(Citizen.email, Citizen.name, Account.entry_seq).join_from(*_CITIZEN_AND_ACCOUNT))

    assert {email for email, _, _ in people} == {f"resident{number}@example.org" for number in range(1, 21)}
    assert ("resident10@example.org", "Óscar Francisco", 13) in [tuple(person) for person in people]


def test_c1_nobody_is_created_in_bulk_in_production(settings: Settings) -> None:
    app = create_app(replace(settings, is_production=True))

    refused = app.test_cli_runner().invoke(args=["seed", "--residents", "1"])

    assert (refused.exit_code, "charter C1" in refused.stderr) == (1, True)
    with app.app_context():
        db.engine.dispose()


_CITIZEN_AND_ACCOUNT = Citizen, Account, Account.citizen_id == Citizen.id
_VOUCHER_AND_CODE = (
    Voucher,
    VoucherCode,
    (VoucherCode.citizen_id == Voucher.citizen_id) & (VoucherCode.voucher_id == Voucher.id),
)
