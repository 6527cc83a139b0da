"""The oracle finds each kind of damage: no breach of a promise about the books stays unseen."""

import json
import re
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import CursorResult, delete, event, insert, select, text

from core.db import Base, Does, db
from core.ids import new_id
from rewards import oracle
from rewards.models import Lot
from tests.rewards.market import CINEMA, Market
from tests.town import Town

# Which check must find what is done to the busy ledger of `numbers`.
DAMAGE = [
    ("balance_is_entries", "UPDATE lot SET points_left = points_left - 1 WHERE id = :held"),
    ("balance_is_entries", "DELETE FROM entry WHERE lot_id = :ended AND kind = 'expiry'"),
    ("balance_is_entries", "DELETE FROM lot WHERE id = :lonely"),
    ("balance_never_negative", "UPDATE entry SET seq = seq + 100 WHERE citizen_id = :spender AND kind = 'award'"),
    ("entries_are_numbered_without_gap", "UPDATE account SET entry_seq = entry_seq + 1 WHERE citizen_id = :spender"),
    ("entries_are_numbered_without_gap", "UPDATE entry SET seq = 99 WHERE lot_id = :lonely"),
    (
        "lot_holds_what_is_left",  # the resident's sum stays right
        "UPDATE lot SET points_left = points_left + CASE id WHEN :held THEN -1 ELSE 1 END WHERE id IN (:held, :spent)",
    ),
    ("lot_holds_what_is_left", "UPDATE allocation SET points = points - 1 WHERE voucher_id = :active"),
    ("award_is_one_lot", "UPDATE lot SET points = points + 1 WHERE id = :held"),
    ("award_is_one_lot", "DELETE FROM entry WHERE lot_id = :lonely"),
    ("award_has_a_lot", "UPDATE entry SET reference = :nobody WHERE lot_id = :held AND kind = 'award'"),
    ("reversal_adds_up", "UPDATE lot SET reversal_shortfall = reversal_shortfall + 1 WHERE id = :reversed"),
    ("reversal_adds_up", "UPDATE lot SET reversal_shortfall = NULL WHERE id = :reversed"),
    ("reversal_adds_up", "UPDATE lot SET reversed_at = NULL, reversal_shortfall = NULL WHERE id = :reversed"),
    ("expiry_not_before_its_date", "UPDATE lot SET expires_at = :later WHERE id = :ended"),
    ("expiry_not_before_its_date", "UPDATE entry SET lot_id = :nobody WHERE kind = 'expiry'"),
    ("closed_lot_is_empty", "UPDATE lot SET closed_at = expires_at WHERE id = :held"),
    ("spent_before_its_date", "UPDATE voucher SET bought_at = :later WHERE id = :active"),
    ("voucher_is_paid_once", "UPDATE entry SET points = points + 1 WHERE reference = :active"),
    ("voucher_is_paid_once", "DELETE FROM entry WHERE reference = :active"),
    ("voucher_is_allocated", "DELETE FROM allocation WHERE voucher_id = :active"),
    ("debit_has_a_voucher", "UPDATE entry SET reference = :nobody WHERE reference = :active"),
    ("points_go_back_with_the_voucher", "UPDATE allocation SET returned_at = :later WHERE voucher_id = :active"),
    ("points_go_back_with_the_voucher", "UPDATE allocation SET returned_at = NULL WHERE voucher_id = :cancelled"),
    ("refund_is_what_was_paid", "UPDATE entry SET points = 7 WHERE reference = :cancelled AND kind = 'refund'"),
    ("refund_is_what_was_paid", "UPDATE voucher SET status = 'cancelled' WHERE id = :active"),
    ("redeemed_once", "UPDATE redemption SET undone_at = at WHERE voucher_id = :redeemed"),
    ("redeemed_once", "UPDATE voucher SET status = 'redeemed' WHERE id = :active"),
    ("redeemed_once", "UPDATE voucher SET status = 'active' WHERE id = :redeemed"),
    ("redemption_has_its_voucher", "UPDATE redemption SET partner_code = 'nobody' WHERE voucher_id = :redeemed"),
    ("redemption_has_its_voucher", "UPDATE redemption SET voucher_id = :nobody WHERE voucher_id = :redeemed"),
    ("voucher_can_be_found", "DELETE FROM voucher_code WHERE voucher_id = :active"),
    ("stock_adds_up", "UPDATE benefit_stock SET stock = stock + 1"),
    ("stock_adds_up", "UPDATE benefit_stock SET stock = -1, stock_total = stock_total - stock - 1"),
    ("stock_adds_up", "UPDATE voucher SET status = 'expired' WHERE id = :active"),
    ("limited_benefit_has_a_stock", "DELETE FROM benefit_stock"),
    ("all_accounts_sum_to_zero", "UPDATE lot SET points_left = points_left + 1 WHERE id = :spent"),
]


LEDGER = ("account", "entry", "lot", "benefit_stock", "voucher", "allocation", "voucher_code", "redemption")


@pytest.fixture
def market(town: Town) -> Market:
    """Without the look at the books afterwards: here they are damaged."""
    town.app.extensions["ledger_checks"] = {}  # what lies above the rewards is proved in `tests/catalogue`
    return Market(town)


@pytest.fixture
def numbers(town: Town, market: Market) -> dict[str, Any]:
    """A ledger in which everything has happened, and the numbers of what stands in it."""
    market.benefit(stock=9)
    market.benefit("film", partner=CINEMA)
    late, lonely, spender = (town.resident() for _ in range(3))
    ended = market.award(late, 12)
    town.clock.forward(days=720)
    taken_late = market.buy(late)
    town.clock.forward(days=20)
    town.run_job("expire-points")
    late.delete(f"/vouchers/{taken_late}")
    submissions = {"ended": ended, "lonely": market.award(lonely, 3)}
    submissions |= {"spent": market.award(spender, 8), "held": market.award(spender, 40)}
    vouchers = {"active": market.buy(spender), "cancelled": market.buy(spender)}
    spender.delete(f"/vouchers/{vouchers['cancelled']}")
    vouchers["redeemed"] = market.buy(spender, "film")
    code = market.code(spender, vouchers["redeemed"])
    clerk = town.clerk(CINEMA)
    clerk.delete(f"/till/redemptions/{market.redeem(clerk, code)}")
    market.redeem(clerk, code)
    unlucky = market.shopper(8)
    market.manager.post(f"/vouchers/{market.buy(unlucky)}/refund", json={"reason_code": "not_honoured"})
    submissions["reversed"] = market.award(unlucky, 9)
    market.reverse(unlucky, submissions["reversed"])
    of_a_submission = select(Lot.submission_id, Lot.id)
    lots = dict(market.inside(lambda: db.session.execute(of_a_submission).tuples().all(), does=Does.READS))
    return {
        **{name: lots[submission] for name, submission in submissions.items()},
        **vouchers,
        "spender": spender.id,
        "nobody": new_id(),
        "later": datetime(2040, 1, 1, tzinfo=UTC),
    }


def verify(app: Flask) -> tuple[int, Any]:
    """Exit code and facts of `flask ledger verify --json`."""
    result = FlaskCliRunner(app).invoke(args=["ledger", "verify", "--json"])
    return result.exit_code, json.loads(result.stdout)


def test_a_busy_ledger_is_found_in_order(app: Flask, numbers: dict[str, Any]) -> None:
    exit_code, verdict = verify(app)

    assert (exit_code, verdict["ok"], verdict["faults"]) == (0, True, [])
    assert verdict["checked"] == [*oracle.CHECKS, "all_accounts_sum_to_zero"]
    assert verdict["accounts"] == 4
    assert verdict["points_outstanding"] == 3 + 32 + 8
    assert verdict["city"] == {"issued": -(12 + 3 + 48 + 8), "spent": 16, "expired": 12, "donated": 0}


def test_each_kind_of_damage_is_found_and_named(
    app: Flask, market: Market, numbers: dict[str, Any], subtests: pytest.Subtests
) -> None:
    guards_down(market)
    rows = market.inside(everything, does=Does.READS)

    for check, damage in DAMAGE:
        with subtests.test(f"{check}: {damage}"):
            assert market.inside(partial(done, damage, numbers)) > 0
            exit_code, verdict = verify(app)

            assert exit_code == 1
            assert verdict["ok"] is False
            assert check in {fault["check"] for fault in verdict["faults"]}
        market.inside(partial(restored, rows))

    assert verify(app)[0] == 0


def test_every_check_is_tried_with_damage() -> None:
    assert {check for check, _ in DAMAGE} == {*oracle.CHECKS, "all_accounts_sum_to_zero"}


def test_a_fault_tells_whose_and_what(app: Flask, market: Market, numbers: dict[str, Any]) -> None:
    guards_down(market)
    market.inside(partial(done, "UPDATE lot SET points_left = points_left - 5 WHERE id = :held", numbers))

    _, verdict = verify(app)

    [fault] = [fault for fault in verdict["faults"] if fault["check"] == "balance_is_entries"]
    assert (fault["entries"], fault["lots"]) == (32, 27)
    assert fault["citizen_id"].replace("-", "") == numbers["spender"].hex


def test_many_faults_of_a_kind_are_counted_and_a_few_printed(app: Flask, town: Town, market: Market) -> None:
    for _ in range(oracle.FAULTS_MAX + 3):
        market.shopper(1)
    guards_down(market)
    market.inside(partial(done, "UPDATE lot SET points_left = 0", {}))

    _, verdict = verify(app)

    of_one = [fault for fault in verdict["faults"] if fault["check"] == "balance_is_entries"]
    assert len(of_one) == oracle.FAULTS_MAX + 1
    assert of_one[-1] == {"check": "balance_is_entries", "more": 3}


def test_people_can_read_the_verdict_too(app: Flask, market: Market, numbers: dict[str, Any]) -> None:
    runner = FlaskCliRunner(app)
    well = runner.invoke(args=["ledger", "verify"])
    guards_down(market)
    market.inside(partial(done, "UPDATE benefit_stock SET stock = stock + 1", {}))

    ill = runner.invoke(args=["ledger", "verify"])

    assert (well.exit_code, well.stdout) == (0, "All is well.\n")
    assert ill.exit_code == 1
    assert "check=stock_adds_up, benefit=museum-ticket" in ill.stdout


# --- how to do damage -------------------------------------------------------------------------------------------------


def guards_down(market: Market) -> None:
    """Take away the triggers and constraints that would refuse the damage."""
    with market.town.app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if not is_sqlite:
            named = "SELECT conrelid::regclass || ' ' || quote_ident(conname) FROM pg_constraint"
            named += " WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0"
        with db.engine.begin() as connection:
            for (name,) in connection.execute(text(named)).all():
                table, _, constraint = name.partition(" ")
                drop = f"DROP TRIGGER {name}" if is_sqlite else f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"
                connection.execute(text(drop))
        event.listen(db.engine, "connect", _trust_on_sqlite if is_sqlite else _trust_on_postgresql)
        db.engine.dispose()


def _trust_on_sqlite(raw: Any, _: Any) -> None:
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA ignore_check_constraints = ON")


def _trust_on_postgresql(raw: Any, _: Any) -> None:
    raw.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
    raw.commit()


def done(damage: str, numbers: dict[str, Any]) -> int:
    """How many rows it hit."""
    named = {name: numbers[name] for name in re.findall(r":(\w+)", damage)}
    named = {name: UUID(value) if isinstance(value, str) else value for name, value in named.items()}
    hit = db.session.execute(text(damage).bindparams(**named))
    assert isinstance(hit, CursorResult)
    return hit.rowcount


def everything() -> dict[str, list[dict[str, Any]]]:
    tables = Base.metadata.sorted_tables
    return {
        table.name: [dict(row._mapping) for row in db.session.execute(select(table))]
        for table in tables
        if table.name in LEDGER
    }


def restored(rows: dict[str, list[dict[str, Any]]]) -> None:
    for name, of_it in rows.items():
        table = Base.metadata.tables[name]
        db.session.execute(delete(table))
        if of_it:
            db.session.execute(insert(table), of_it)
