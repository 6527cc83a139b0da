"""Entries are written once: the database refuses to change them, and knows six kinds of them and no other."""

from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.db import Does, db
from core.ids import new_id
from rewards import ledger
from rewards.models import POINTS_MAX, Account, Entry, Lot
from tests.rewards.market import Market
from tests.town import Town


@pytest.mark.parametrize(
    "rewriting",
    [
        "UPDATE entry SET points = points + 1",
        "UPDATE entry SET reason = 'benefit_bought'",
        "UPDATE entry SET points = points WHERE 1 = 1",
        "DELETE FROM entry",
        "DELETE FROM entry WHERE kind = 'award'",
        "TRUNCATE entry",
        "TRUNCATE account CASCADE",
    ],
)
def test_no_entry_is_changed_or_deleted(town: Town, market: Market, rewriting: str) -> None:
    if rewriting.startswith("TRUNCATE") and town.settings.is_sqlite:
        rewriting = "DELETE FROM entry"  # which is what SQLite makes of it
    person = market.shopper(20)
    before = market.entries(person)

    with pytest.raises(DBAPIError, match="append-only"):
        market.inside(lambda: db.session.execute(text(rewriting)))

    assert market.entries(person) == before


GOOD = {"kind": "award", "direction": "in", "city_account": "issued", "points": 1, "cause": None, "reason": "x"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"direction": "out"},
        {"city_account": "spent"},
        {"kind": "transfer"},
        {"kind": "gift", "direction": "in", "city_account": "issued"},
        {"kind": "fine", "direction": "out", "city_account": "issued"},
        {"kind": "spend", "direction": "in", "city_account": "spent"},
        {"kind": "refund", "direction": "out", "city_account": "spent"},
        {"kind": "expiry", "direction": "in", "city_account": "expired", "cause": "date"},
        {"kind": "expiry", "direction": "out", "city_account": "expired", "cause": None},
        {"kind": "reversal", "direction": "in", "city_account": "issued"},
        {"cause": "date"},
        {"points": 0},
        {"points": -1},
        {"points": POINTS_MAX + 1},
    ],
    ids=lambda wrong: "-".join(f"{value}" for value in wrong.values()),
)
def test_c5_points_are_earned_spent_refunded_donated_expired_or_reversed_and_nothing_else_lowers_a_balance(
    town: Town, market: Market, wrong: dict[str, Any]
) -> None:
    person = market.shopper(20)

    def write(values: dict[str, Any]) -> None:
        db.session.execute(
            insert(Entry).values(citizen_id=person.id, id=new_id(), seq=2, at=town.clock.now(), **values)
        )

    with pytest.raises(IntegrityError):
        market.inside(lambda: write(GOOD | wrong))

    assert len(market.entries(person)) == 1


def test_c33_an_entry_is_between_one_resident_and_the_city_so_points_are_not_passed_on(
    town: Town, market: Market
) -> None:
    giver, taker = market.shopper(20), town.resident()
    assert taker.id is not None
    gift = GOOD | {"kind": "spend", "direction": "out", "city_account": taker.id.hex[:10]}

    def give() -> None:
        db.session.execute(insert(Entry).values(citizen_id=giver.id, id=new_id(), seq=2, at=town.clock.now(), **gift))

    with pytest.raises(IntegrityError, match=r"city_account_known|kind_moves_one_way"):
        market.inside(give)

    people = [column.name for column in Entry.__table__.columns if "citizen" in column.name or "person" in column.name]
    assert people == ["citizen_id"]


def test_two_entries_cannot_have_one_number(town: Town, market: Market) -> None:
    person = market.shopper(20)

    def write() -> None:
        with db.session.begin_nested():
            db.session.execute(
                insert(Entry).values(citizen_id=person.id, id=new_id(), seq=1, at=town.clock.now(), **GOOD)
            )

    with pytest.raises(IntegrityError), town.app.app_context():
        write()


def test_a_lot_ends_once_per_cause(town: Town, market: Market) -> None:
    person = market.shopper(20)
    town.clock.forward(days=800)
    town.run_job("expire-points")

    def again() -> None:
        ended = db.session.scalars(select(Entry).where(Entry.kind == "expiry")).one()
        columns = {column.name: getattr(ended, column.name) for column in Entry.__table__.columns}
        db.session.execute(insert(Entry).values(columns | {"id": new_id(), "seq": 3, "points": 1}))

    with pytest.raises(IntegrityError), town.app.app_context():
        again()

    assert len(market.entries(person)) == 2


def test_the_unique_submission_and_revision_is_awarded_once(town: Town, market: Market) -> None:
    person = town.resident()
    submission = market.award(person, 5)

    def again(revision: int) -> None:
        assert person.id is not None
        ledger.lock_account(person.id)
        ledger.award(
            citizen_id=person.id,
            submission_id=submission,
            revision=revision,
            points=5,
            deed_code="beach-clean-up",
            at=town.clock.now(),
            city=town.city,
        )

    with pytest.raises(IntegrityError), town.app.app_context():
        again(1)

    assert market.balance(person) == 5
    town.does(lambda: again(2))
    assert market.balance(person) == 10


@pytest.mark.parametrize("points", [0, -1, POINTS_MAX + 1])
def test_an_award_is_1_to_a_million_points(town: Town, market: Market, points: int) -> None:
    person = town.resident()

    with pytest.raises(AssertionError):
        market.award(person, points)

    assert market.balance(person) == 0


@pytest.mark.parametrize("left", ["-1", "points + 1"])
def test_c6_the_database_refuses_a_lot_below_zero_or_above_what_it_was(market: Market, left: str) -> None:
    market.shopper(20)

    with pytest.raises(IntegrityError, match="points_left_in_range"):
        market.inside(lambda: db.session.execute(text(f"UPDATE lot SET points_left = {left}")))


def test_the_first_movement_of_a_resident_opens_their_account(town: Town, market: Market) -> None:
    person = town.resident()
    assert market.inside(lambda: db.session.get(Account, person.id), does=Does.READS) is None

    market.award(person, 1)

    assert market.inside(lambda: db.session.get_one(Account, person.id).entry_seq, does=Does.READS) == 1
    assert market.inside(lambda: db.session.query(Lot).count(), does=Does.READS) == 1
