"""What was decided and what the ledger holds are one fact, and two judges who share no line of code say the same."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Date, DateTime, Integer, Table, Uuid, and_, delete, insert, update
from sqlalchemy.exc import IntegrityError

from catalogue.books import AWARD_CHECKS
from core.db import Base, db
from core.ids import new_id
from rewards import oracle
from tests import second_opinion
from tests.catalogue.cases import ASK, DECLINE, Cases
from tests.damage import BOOKS, Rows, done, everything, guards_down
from tests.rewards.market import CINEMA, Market
from tests.town import Town

# Which check must find what is done to the town of `numbers`.
DAMAGE = [
    ("award_is_what_was_decided", "UPDATE lot SET points = points + 1 WHERE submission_id = :approved"),
    ("award_is_what_was_decided", "UPDATE submission SET status = 'declined' WHERE id = :approved"),
    ("award_is_what_was_decided", "UPDATE lot SET submission_id = :nobody WHERE submission_id = :approved"),
    ("decided_points_were_awarded", "DELETE FROM lot WHERE submission_id = :approved"),
    ("reversed_together", "UPDATE submission SET status = 'approved' WHERE id = :reversed"),
    ("reversed_together", "UPDATE lot SET reversed_at = awarded_at WHERE submission_id = :approved"),
    ("award_follows_its_rule", "UPDATE submission SET points_awarded = points_awarded + 1 WHERE id = :approved"),
    ("award_follows_its_rule", "UPDATE submission SET points_awarded = points_awarded + 1 WHERE id = :capped"),
    ("award_follows_its_rule", "UPDATE submission SET cap_bound = NULL WHERE id = :capped"),
    ("award_follows_its_rule", "UPDATE submission SET points_awarded = 2 WHERE id = :without_points"),
    ("award_follows_its_rule", "UPDATE submission SET quantity_confirmed = 30 WHERE id = :confirmed"),
    ("award_follows_its_rule", "UPDATE submission SET deed_version = 9 WHERE id = :approved"),
    ("status_is_what_was_decided", "UPDATE submission SET status = 'in_review' WHERE id = :declined"),
    ("status_is_what_was_decided", "UPDATE submission SET status = 'declined' WHERE id = :in_review"),
    ("status_is_what_was_decided", "DELETE FROM decision WHERE submission_id = :approved"),
    ("status_is_what_was_decided", "UPDATE decision SET is_final = :yes WHERE submission_id = :two_verifiers"),
    ("decision_of_nothing", "UPDATE decision SET submission_id = :nobody WHERE submission_id = :declined"),
    ("decision_of_nothing", "UPDATE confirmation SET submission_id = :nobody"),
    ("what_waits_is_in_the_queue", "UPDATE review_case SET queued_at = NULL WHERE submission_id = :in_review"),
    ("what_waits_is_in_the_queue", "UPDATE review_case SET due_at = NULL WHERE submission_id = :asked"),
    ("what_waits_is_in_the_queue", "UPDATE review_case SET queued_at = due_at WHERE submission_id = :asked"),
    ("what_waits_is_in_the_queue", "DELETE FROM review_case WHERE submission_id = :in_review"),
    ("nobody_decides_their_own_case", "UPDATE decision SET decided_by = citizen_id WHERE submission_id = :approved"),
    ("nobody_decides_their_own_case", "UPDATE confirmation SET organiser_id = citizen_id"),
    (
        "nobody_decides_their_own_case",
        "UPDATE decision SET decided_by = :organiser WHERE submission_id = :confirmed",
    ),
    ("daily_cap_holds", "UPDATE submission SET quantity_counted = 61 WHERE id = :capped"),
    ("yearly_cap_holds", "UPDATE deed_version SET per_year_max = 1"),
    ("two_verifiers_are_two", "UPDATE decision SET decided_by = :nobody WHERE submission_id = :two_verifiers"),
    ("earliest_lot_first", "UPDATE lot SET expires_at = :soon WHERE submission_id = :later"),  # all sums stay right
]


@pytest.fixture
def numbers(town: Town, cases: Cases) -> dict[str, Any]:
    """A town in which everything has happened to deeds and points, and the numbers of what stands in it."""
    market = Market(town)
    market.benefit(stock=9, value_eur=1)
    market.benefit("film", partner=CINEMA, price_points=3, value_eur=1)
    verifier, organiser, clerk = town.verifier(), town.organiser(), town.clerk(CINEMA)
    anna, bru = town.resident(), town.resident()
    cases.deed("sit-with", unit="hour", evidence=["organiser"], points=2, max_per_day=2)
    cases.deed("repair", points=12)
    cases.deed("read-aloud", unit="item", max_per_day=2)
    by_rule = cases.event(organiser, cases.deed("fair", points=1, evidence=["event_code"]))
    event = cases.event(organiser, "sit-with")

    confirmed = cases.claim(anna, "sit-with", event=event, quantity=90)
    organiser.post(f"/submissions/{confirmed}/confirmation", json={"confirmed": True, "quantity": 45})
    cases.decide(verifier, confirmed, revision=2)
    numbers = {"confirmed": confirmed, "silent": cases.claim(bru, "sit-with", event=event, quantity=30)}
    anna.post("/check-ins", json={"code": cases.code_of(by_rule, organiser)})
    town.clock.forward(days=1)
    numbers["approved"] = cases.approved(anna, verifier, cases.deed())
    town.clock.forward(days=1)
    numbers["later"] = cases.approved(anna, verifier)
    market.buy(anna, "film", price=3)
    numbers["capped"] = cases.claim_with_photo(anna, "read-aloud", quantity=3)
    cases.decide(verifier, numbers["capped"])
    numbers["without_points"] = cases.approved(bru, verifier, without_points=True)
    numbers["two_verifiers"] = cases.approved(bru, verifier, "repair")
    cases.decide(town.verifier(), numbers["two_verifiers"], revision=3)
    market.redeem(clerk, market.code(bru, market.buy(bru, "film", price=3)))
    cancelled = market.buy(bru)
    bru.delete(f"/vouchers/{cancelled}")
    numbers["reversed"] = cases.approved(bru, verifier)
    verifier.post(f"/submissions/{numbers['reversed']}/reversal", json={"reason_code": "our_mistake", "text": "Ours."})
    numbers["declined"] = cases.claim_with_photo(bru)
    cases.decide(verifier, numbers["declined"], DECLINE)
    numbers["asked"] = cases.claim_with_photo(bru)
    cases.decide(verifier, numbers["asked"], ASK)
    numbers["in_review"] = cases.claim_with_photo(bru)
    cases.claim(bru)
    unused = market.buy(anna, "film", price=3)
    anna.delete(f"/vouchers/{unused}")
    tomorrow = town.clock.now() + timedelta(days=1)
    return numbers | {"nobody": new_id(), "yes": True, "organiser": organiser.id, "soon": tomorrow}


def verdict(town: Town) -> dict[str, Any]:
    found: dict[str, Any] = oracle.verdict(town.app.extensions["ledger_checks"])
    return found


def test_a_town_where_everything_has_happened_is_found_in_order(town: Town, numbers: dict[str, Any]) -> None:
    with town.app.app_context():
        first, second = verdict(town)["faults"], second_opinion.faults(everything())
        db.session.rollback()

    assert (first, second) == ([], [])


def test_each_kind_of_damage_is_found_by_both_judges(
    town: Town, numbers: dict[str, Any], subtests: pytest.Subtests
) -> None:
    guards_down(town.app)

    for check, damage in DAMAGE:
        with subtests.test(f"{check}: {damage}"), town.app.app_context():
            try:
                assert done(damage, numbers) > 0
                assert check in {fault["check"] for fault in verdict(town)["faults"]}
                assert second_opinion.faults(everything()) != []
            finally:
                db.session.rollback()


def test_every_check_above_the_rewards_is_tried_with_damage() -> None:
    assert {check for check, _ in DAMAGE} - oracle.CHECKS.keys() == AWARD_CHECKS.keys()


def test_two_judges_say_the_same_of_any_damage(town: Town, numbers: dict[str, Any]) -> None:
    """`pytest --hypothesis-profile=thorough` does twenty times as much damage."""
    guards_down(town.app)
    with town.app.app_context():
        rows = everything()
        db.session.rollback()

    @settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True)
    @given(chance=st.randoms(use_true_random=False))
    def any_damage(chance: random.Random) -> None:
        with town.app.app_context():
            try:
                said = damage_something(rows, chance)
                first, second = verdict(town)["faults"], second_opinion.faults(everything())
            except IntegrityError:
                return  # a key refuses it
            finally:
                db.session.rollback()
        assert bool(first) == bool(second), (said, first, second)

    any_damage()


def damage_something(rows: Rows, chance: random.Random) -> str:
    """Take a row away, put it there twice or change one of its columns; says what was done."""
    table = Base.metadata.tables[chance.choice([name for name in BOOKS if rows[name]])]
    row = chance.choice(rows[table.name])
    this = and_(*(column == row[column.name] for column in table.primary_key))
    how = chance.choice(["delete", "double", *["change"] * 8])
    if how == "delete":
        db.session.execute(delete(table).where(this))
        return f"{how} {table.name} {row}"
    if how == "double":
        own = next(name for name in ("id", "seq", "number", "code_hash", "code", *row) if name in row)
        db.session.execute(insert(table).values(row | {own: another(table, own, row, rows, chance)}))
        return f"{how} {table.name} {row}"
    name = chance.choice(list(row))
    value = another(table, name, row, rows, chance)
    db.session.execute(update(table).where(this).values({name: value}))
    return f"{table.name}.{name}: {row[name]} -> {value} in {row}"


def another(table: Table, name: str, row: dict[str, Any], rows: Rows, chance: random.Random) -> Any:
    """Another value for a column, mostly one that could be meant."""
    column, value = table.columns[name], row[name]
    seen = sorted({repr(other[name]): other[name] for other in rows[table.name]}.items())
    choices = [found for _, found in seen if found != value]
    if column.nullable and value is not None:
        choices.append(None)
    if isinstance(column.type, Uuid):
        choices.append(new_id())
    elif isinstance(value, bool):
        choices.append(not value)
    elif isinstance(column.type, Integer):
        choices += [(value or 0) + 1, max(0, (value or 0) - 1)]
    elif isinstance(column.type, Date | DateTime) and value is not None:
        choices += [value + timedelta(days=days) for days in (-900, -1, 1, 900)]
    return chance.choice(choices or [value])
