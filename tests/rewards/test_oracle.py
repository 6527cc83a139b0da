"""The oracle finds each kind of damage: no breach of a promise about the books stays unseen."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from core.db import Does, db
from core.ids import new_id
from rewards import oracle
from rewards.models import Lot
from tests.damage import done, everything, guards_down, restored
from tests.rewards.market import CINEMA, Market
from tests.town import Town

# Which check must find what is done to the busy ledger of `numbers`.
DAMAGE = [
    ("balance_is_entries", "UPDATE lot SET points_left = points_left - 1 WHERE id = :held"),
    ("balance_is_entries", "DELETE FROM entry WHERE lot_id = :ended AND kind = 'expiry'"),
    ("balance_is_entries", "DELETE FROM lot WHERE id = :lonely"),
    ("account_of_nobody", "DELETE FROM account WHERE citizen_id = :spender"),
    ("entry_moves_as_its_kind_does", "UPDATE entry SET city_account = 'spent' WHERE lot_id = :held"),
    ("entry_moves_as_its_kind_does", "UPDATE entry SET lot_id = :held WHERE reference = :active"),
    ("balance_never_negative", "UPDATE entry SET seq = seq + 100 WHERE citizen_id = :spender AND kind = 'award'"),
    ("entries_are_numbered_without_gap", "UPDATE account SET entry_seq = entry_seq + 1 WHERE citizen_id = :spender"),
    ("entries_are_numbered_without_gap", "UPDATE entry SET seq = 99 WHERE lot_id = :lonely"),
    ("entries_are_numbered_without_gap", "UPDATE entry SET seq = 0 WHERE lot_id = :lonely"),
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
    ("allocation_of_nothing", "UPDATE allocation SET lot_id = :nobody WHERE voucher_id = :cancelled"),
    ("allocation_of_nothing", "DELETE FROM voucher WHERE id = :active"),
    ("earliest_lot_first", "UPDATE lot SET expires_at = :soon WHERE id = :held"),
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
    ("code_opens_a_voucher", "UPDATE voucher_code SET voucher_id = :nobody WHERE voucher_id = :active"),
    ("stock_adds_up", "UPDATE benefit_stock SET stock = stock + 1"),
    ("stock_adds_up", "UPDATE benefit_stock SET stock = -1, stock_total = stock_total - stock - 1"),
    ("stock_adds_up", "UPDATE voucher SET status = 'expired' WHERE id = :active"),
    ("limited_benefit_has_a_stock", "DELETE FROM benefit_stock"),
    ("all_accounts_sum_to_zero", "UPDATE lot SET points_left = points_left + 1 WHERE id = :spent"),
]


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
        "soon": town.clock.now() + timedelta(days=1),
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
    guards_down(market.town.app)
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
    guards_down(market.town.app)
    market.inside(partial(done, "UPDATE lot SET points_left = points_left - 5 WHERE id = :held", numbers))

    _, verdict = verify(app)

    [fault] = [fault for fault in verdict["faults"] if fault["check"] == "balance_is_entries"]
    assert (fault["entries"], fault["lots"]) == (32, 27)
    assert fault["citizen_id"].replace("-", "") == numbers["spender"].hex


def test_many_faults_of_a_kind_are_counted_and_a_few_printed(app: Flask, town: Town, market: Market) -> None:
    for _ in range(oracle.FAULTS_MAX + 3):
        market.shopper(1)
    guards_down(market.town.app)
    market.inside(partial(done, "UPDATE lot SET points_left = 0", {}))

    _, verdict = verify(app)

    of_one = [fault for fault in verdict["faults"] if fault["check"] == "balance_is_entries"]
    assert len(of_one) == oracle.FAULTS_MAX + 1
    assert of_one[-1] == {"check": "balance_is_entries", "more": 3}


def test_people_can_read_the_verdict_too(app: Flask, market: Market, numbers: dict[str, Any]) -> None:
    runner = FlaskCliRunner(app)
    well = runner.invoke(args=["ledger", "verify"])
    guards_down(market.town.app)
    market.inside(partial(done, "UPDATE benefit_stock SET stock = stock + 1", {}))

    ill = runner.invoke(args=["ledger", "verify"])

    assert (well.exit_code, well.stdout) == (0, "All is well.\n")
    assert ill.exit_code == 1
    assert "check=stock_adds_up, benefit=museum-ticket" in ill.stdout
