"""Points end at an instant that was fixed when they were given; jobs only write it down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import hypothesis
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from citizen.models import Citizen
from core.clock import iso
from core.db import Does, db, in_transaction
from core.ids import new_id
from core.settings import ROOT, City, Settings
from rewards import expiry, ledger, vouchers
from rewards.models import Account, Entry, Lot, Voucher
from tests.rewards.market import MUSEUM, Killed, Market, facts
from tests.town import Person, Town

BARCELONA = City.read(ROOT / "cities" / "barcelona.toml")
INSTANT = timedelta(microseconds=1)
DATE = datetime(2028, 11, 23, 23, tzinfo=UTC)
"""When points given on 23 November 2026, the day on which the tests' clock starts, end: midnight in Barcelona."""


# --- the instant ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("awarded_at", "expires_at"),
    [
        pytest.param("2026-11-23T10:00Z", "2028-11-23T23:00Z", id="the-start-of-the-day-after"),
        pytest.param("2026-11-23T22:59:59.999999Z", "2028-11-23T23:00Z", id="the-last-moment-of-the-local-day"),
        pytest.param("2026-11-23T23:00Z", "2028-11-24T23:00Z", id="the-first-moment-of-the-local-day"),
        pytest.param("2026-07-01T10:00Z", "2028-07-01T22:00Z", id="in-summer-two-hours-before-utc"),
        pytest.param("2028-02-29T10:00Z", "2030-02-28T23:00Z", id="29-february-becomes-28"),
        pytest.param("2026-02-28T10:00Z", "2028-02-28T23:00Z", id="28-february-stays-28-in-a-leap-year"),
        pytest.param("2026-12-31T23:30Z", "2029-01-01T23:00Z", id="already-next-year-in-barcelona"),
        pytest.param("2026-03-25T10:00Z", "2028-03-25T23:00Z", id="the-eve-of-the-short-day"),
        pytest.param("2026-03-26T10:00Z", "2028-03-26T22:00Z", id="the-short-day"),
        pytest.param("2026-10-28T10:00Z", "2028-10-28T22:00Z", id="the-eve-of-the-long-day"),
        pytest.param("2026-10-29T10:00Z", "2028-10-29T23:00Z", id="the-long-day"),
    ],
)
def test_points_live_to_the_end_of_their_last_local_day(awarded_at: str, expires_at: str) -> None:
    at = datetime.fromisoformat(awarded_at)

    assert ledger.expiry_of(at, city=BARCELONA) == datetime.fromisoformat(expires_at)


@pytest.mark.parametrize(
    ("months", "awarded_at", "expires_at"),
    [
        (6, "2026-08-31T10:00Z", "2027-02-28T23:00Z"),
        (6, "2027-08-31T10:00Z", "2028-02-29T23:00Z"),
        (1, "2027-01-31T10:00Z", "2027-02-28T23:00Z"),
        (1, "2027-03-31T10:00Z", "2027-04-30T22:00Z"),
        (13, "2026-12-15T10:00Z", "2028-01-15T23:00Z"),
    ],
)
def test_a_day_that_the_last_month_lacks_becomes_its_last_one(months: int, awarded_at: str, expires_at: str) -> None:
    city = replace(BARCELONA, points=replace(BARCELONA.points, expire_after_months=months))

    assert ledger.expiry_of(datetime.fromisoformat(awarded_at), city=city) == datetime.fromisoformat(expires_at)


def test_25_months_later_the_points_are_gone_since_the_right_local_day(town: Town, market: Market) -> None:
    person = market.shopper(10)

    town.clock.set(DATE - INSTANT)
    assert person.get("/me/points").json == {
        "balance": 10,
        "upcoming_expiries": [{"points": 10, "expires_at": "2028-11-23T23:00:00Z"}],
    }

    town.clock.set(DATE)
    assert person.get("/me/points").json == {"balance": 0, "upcoming_expiries": []}

    town.clock.forward(days=30)
    assert town.run_job("expire-points") == 1
    assert market.entries(person) == [("award", 10, "deed_verified"), ("expiry", -10, "points_expired")]


def test_nothing_is_spendable_from_the_instant_on_though_no_job_has_run(town: Town, market: Market) -> None:
    market.benefit(price_points=4)
    person = market.shopper(10)
    town.clock.set(DATE - INSTANT)
    in_time = market.order(person, price=4)

    town.clock.set(DATE)
    too_late = market.order(person, price=4)

    assert in_time.status_code == 201
    assert facts(too_late) == (409, "not_enough_points")
    assert too_late.json["balance"] == 0
    assert market.balance(person) == 0


def test_only_what_has_not_ended_is_spent(town: Town, market: Market) -> None:
    market.benefit(price_points=4)
    person = market.shopper(10)
    town.clock.forward(days=300)
    market.award(person, 3)
    town.clock.set(DATE)

    answer = market.order(person, price=4)

    assert facts(answer) == (409, "not_enough_points")
    assert answer.json["balance"] == 3


# --- charter ----------------------------------------------------------------------------------------------------------


def test_c47_the_date_is_fixed_at_award_and_never_shortened(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(10)

    town.app.extensions["bonafeta"] = town.with_city(points=replace(town.city.points, expire_after_months=1))
    clerk = town.clerk(MUSEUM)
    voucher = market.buy(person)
    used = market.redeem(clerk, market.code(person, voucher))
    assert clerk.delete(f"/till/redemptions/{used}").status_code == 200
    assert person.delete(f"/vouchers/{voucher}").json["points_returned"] == 8
    town.clock.forward(days=100)
    town.run_job("expire-points")

    assert person.get("/me/points").json["upcoming_expiries"] == [{"points": 10, "expires_at": iso(DATE)}]


def test_c47_what_ends_first_is_spent_first(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(5)
    town.clock.forward(days=1)
    market.award(person, 5)

    market.buy(person)

    assert person.get("/me/points").json["upcoming_expiries"] == [{"points": 2, "expires_at": "2028-11-24T23:00:00Z"}]


def test_what_ends_first_is_spent_first_though_it_was_given_last(town: Town, market: Market) -> None:
    market.benefit()
    town.clock.forward(days=10)
    person = market.shopper(5)
    town.clock.forward(days=-10)
    market.award(person, 5)

    market.buy(person)

    assert person.get("/me/points").json["upcoming_expiries"] == [{"points": 2, "expires_at": "2028-12-03T23:00:00Z"}]


# --- the job ----------------------------------------------------------------------------------------------------------


def test_the_job_records_once_what_is_due_and_nothing_else(town: Town, market: Market) -> None:
    due, later = market.shopper(7), market.shopper(4)
    town.clock.forward(days=1)
    market.award(later, 5)
    town.clock.set(DATE)

    runs = [town.run_job("expire-points") for _ in range(3)]

    assert runs == [2, 0, 0]
    assert market.entries(due) == [("award", 7, "deed_verified"), ("expiry", -7, "points_expired")]
    assert market.balance(later) == 5


def test_a_lot_that_was_spent_ends_without_an_entry(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(8)
    market.redeem(town.clerk(MUSEUM), market.code(person, market.buy(person)))
    town.clock.set(DATE)

    assert town.run_job("expire-points") == 1

    assert market.entries(person) == [("award", 8, "deed_verified"), ("spend", -8, "benefit_bought")]


def test_a_clock_set_back_revives_nothing_and_ends_nothing_twice(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(10)
    voucher = market.buy(person)
    town.clock.forward(days=800)
    town.run_job("expire-points")

    town.clock.forward(days=-790)

    assert market.balance(person) == 0
    assert person.delete(f"/vouchers/{voucher}").json["points_returned"] == 0
    town.clock.forward(days=790)
    assert town.run_job("expire-points") == 0
    assert market.entries(person)[2:] == [
        ("expiry", -2, "points_expired"),
        ("refund", 8, "voucher_cancelled"),
        ("expiry", -8, "returned_too_late"),
    ]


def test_a_clock_set_back_revives_nothing_of_a_reversed_award(town: Town, market: Market) -> None:
    person = town.resident()
    submission = market.award(person, 10)
    town.clock.set(DATE)
    reversal = market.reverse(person, submission)

    town.clock.forward(days=-30)

    assert reversal == ledger.Reversal(taken=0, shortfall=10)
    assert market.balance(person) == 0


def killed_again_and_again(market: Market, job: Callable[..., int]) -> int:
    """Run a job that is killed one statement later each time, until it comes to its end; returns how many kills."""
    for kills in range(1000):
        try:
            with market.killed_at(kills + 1), market.town.app.app_context():
                job(at=market.town.clock.now(), settings=market.town.settings)
                return kills
        except Killed:
            assert market.verdict()["faults"] == []
    raise AssertionError("it never comes to its end")


def test_the_job_can_be_killed_anywhere_and_is_taken_up(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "RESIDENTS_PER_BATCH", 2)
    people = [market.shopper(7) for _ in range(5)]
    market.town.clock.set(DATE)

    kills = killed_again_and_again(market, expiry.expire_points)

    assert kills > 5
    for person in people:
        assert market.entries(person) == [("award", 7, "deed_verified"), ("expiry", -7, "points_expired")]


def test_the_job_of_vouchers_can_be_killed_anywhere_too(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouchers, "VOUCHERS_PER_BATCH", 2)
    market.benefit(stock=3)
    people = [market.shopper(8) for _ in range(3)]
    for person in people:
        market.buy(person)
    market.town.clock.forward(days=61)

    kills = killed_again_and_again(market, vouchers.expire_vouchers)

    assert kills > 10
    assert market.stock() == 3
    assert [market.balance(person) for person in people] == [8, 8, 8]


# --- a batch at once is a lot after the other -------------------------------------------------------------------------

Facts = list[tuple[int, int, int, bool]]
FACTS = st.lists(
    st.tuples(
        st.integers(1, 30),  # points of a lot
        st.integers(0, 30),  # how many of them are spent
        st.integers(-3, 3),  # the day of its end, seen from the job's; some end together
        st.booleans(),  # whether a job has recorded it before
    ),
    max_size=6,
)


@given(people=st.lists(FACTS, min_size=1, max_size=5), per_batch=st.integers(1, 3), read=st.integers(1, 7))
@hypothesis.settings(max_examples=50, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_what_the_job_records_is_what_lot_after_lot_would(
    app: Flask, settings: Settings, people: list[Facts], per_batch: int, read: int
) -> None:
    def lot_after_lot() -> None:
        due = select(Lot).where(Lot.citizen_id.in_(some), Lot.closed_at.is_(None), Lot.expires_at <= DATE)
        for lot in db.session.scalars(due.order_by(Lot.citizen_id, Lot.expires_at, Lot.id)).all():
            ledger.lock_account(lot.citizen_id)
            ledger.expire_lot(lot, cause="date", reason="points_expired", at=DATE)

    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(expiry, "RESIDENTS_PER_BATCH", per_batch)
        patch.setattr(expiry, "LOTS_READ", read)
        some, others = (in_transaction(partial(residents_with, people)) for _ in range(2))
        in_transaction(lot_after_lot)

        done = expiry.expire_points(at=DATE, settings=settings)

        plainly, by_the_job = (in_transaction(partial(books_of, them), does=Does.READS) for them in (some, others))
    assert by_the_job == plainly
    assert done == sum(day <= 0 and not is_recorded for facts in people for _, _, day, is_recorded in facts)


def residents_with(people: list[Facts]) -> list[UUID]:
    """A resident for each, with a lot, its award and what was spent of it for each of their facts."""
    ids = [new_id() for _ in people]
    for person, lots in zip(ids, people, strict=True):
        db.session.add(Citizen(id=person, status="active", created_at=DATE, notices="email"))
        db.session.flush()
        account = Account(citizen_id=person, entry_seq=0)
        db.session.add(account)
        db.session.flush()
        for points, spent, day, is_recorded in lots:
            left = 0 if is_recorded else max(0, points - spent)
            lot = Lot(citizen_id=person, id=new_id(), points=points, points_left=left, policy="24-months")
            lot.awarded_at, lot.expires_at = DATE - timedelta(days=731), DATE + timedelta(days=day)
            lot.closed_at = DATE - INSTANT if is_recorded else None
            db.session.add(lot)
            ledger.write_entry(person, "award", points, reason="deed_verified", lot_id=lot.id, at=lot.awarded_at)
            if points > left:
                ledger.write_entry(person, "spend", points - left, reason="benefit_bought", at=lot.awarded_at)
    return ids


def books_of(people: list[UUID]) -> list[Any]:
    """Every row of their books; a lot by its place among theirs, and an entry by its number."""
    books = []
    for person in people:
        lots = db.session.execute(select(Lot.__table__).where(Lot.citizen_id == person).order_by(Lot.id)).all()
        entries = db.session.execute(
            select(Entry.__table__).where(Entry.citizen_id == person).order_by(Entry.seq)
        ).all()
        place = {lot.id: number for number, lot in enumerate(lots)} | {None: None}
        books.append(
            (
                db.session.scalar(select(Account.entry_seq).where(Account.citizen_id == person)),
                [tuple(lot)[2:] for lot in lots],
                [(*tuple(entry)[2:9], place[entry.lot_id], *tuple(entry)[10:]) for entry in entries],
            )
        )
    return books


# --- points that come back --------------------------------------------------------------------------------------------


def test_a_purchase_says_which_points_would_lapse_before_the_voucher(town: Town, market: Market) -> None:
    market.benefit(price_points=9, voucher_days=60)
    person = market.shopper(5)
    town.clock.forward(days=90)
    market.award(person, 5)
    town.clock.set(DATE - timedelta(days=30))

    answer = market.order(person, price=9)

    assert answer.json["lapsing"] == [{"points": 5, "expires_at": iso(DATE)}]


def test_points_that_come_back_before_their_date_keep_it(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(10)
    voucher = market.buy(person)
    town.clock.forward(days=59)

    answer = person.delete(f"/vouchers/{voucher}")

    assert answer.json["points_returned"] == 8
    assert person.get("/me/points").json == {
        "balance": 10,
        "upcoming_expiries": [{"points": 10, "expires_at": iso(DATE)}],
    }


@pytest.mark.parametrize("job_has_run", [True, False])
def test_points_that_come_back_past_their_date_end_at_once(town: Town, market: Market, job_has_run: bool) -> None:
    market.benefit()
    town.clock.set(DATE - timedelta(days=400))
    person = town.resident()
    town.clock.set(datetime(2026, 11, 23, 10, tzinfo=UTC))
    market.award(person, 10)
    town.clock.set(DATE - timedelta(days=10))
    voucher = market.buy(person)
    town.clock.set(DATE)
    if job_has_run:
        town.run_job("expire-points")

    answer = person.delete(f"/vouchers/{voucher}")
    town.run_job("expire-points")

    assert answer.json["points_returned"] == 0
    assert market.balance(person) == 0
    last = [("expiry", -2, "points_expired"), ("refund", 8, "voucher_cancelled"), ("expiry", -8, "returned_too_late")]
    assert sorted(market.entries(person)[2:]) == sorted(last)


def test_a_voucher_that_ends_unused_after_its_points_gives_none_back(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(10)
    town.clock.set(DATE - timedelta(days=10))
    market.buy(person)
    town.clock.forward(days=61)

    assert town.run_job("expire-points") == 1
    assert town.run_job("expire-vouchers") == 1

    assert market.balance(person) == 0
    assert market.entries(person)[2:] == [
        ("expiry", -2, "points_expired"),
        ("refund", 8, "voucher_expired"),
        ("expiry", -8, "returned_too_late"),
    ]


def test_of_a_voucher_paid_from_two_lots_only_the_living_part_comes_back(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(5)
    town.clock.forward(days=100)
    market.award(person, 5)
    town.clock.set(DATE - timedelta(days=10))
    voucher = market.buy(person)
    town.clock.set(DATE)

    answer = person.delete(f"/vouchers/{voucher}")

    assert answer.json["points_returned"] == 3
    assert market.balance(person) == 5


def test_points_that_come_back_to_a_reversed_award_go_to_the_city(town: Town, market: Market) -> None:
    market.benefit()
    person = town.resident()
    submission = market.award(person, 10)
    voucher = market.buy(person)
    reversal = market.reverse(person, submission)

    answer = person.delete(f"/vouchers/{voucher}")

    assert reversal == ledger.Reversal(taken=2, shortfall=8)
    assert answer.json["points_returned"] == 0
    assert market.entries(person)[2:] == [
        ("reversal", -2, "award_reversed"),
        ("refund", 8, "voucher_cancelled"),
        ("reversal", -8, "returned_to_reversed"),
    ]
    shortfall = select(Lot.reversal_shortfall).where(Lot.submission_id == submission)
    assert market.inside(lambda: db.session.scalar(shortfall), does=Does.READS) == 0


def test_a_lot_can_end_by_its_date_and_by_each_voucher_that_comes_back_late(town: Town, market: Market) -> None:
    market.benefit(price_points=3)
    person = market.shopper(10)
    town.clock.set(DATE - timedelta(days=1))
    bought = [market.buy(person, price=3) for _ in range(3)]
    town.clock.set(DATE)
    town.run_job("expire-points")

    for voucher in bought:
        person.delete(f"/vouchers/{voucher}")

    ends = select(Entry.points, Entry.cause).where(Entry.kind == "expiry").order_by(Entry.seq)
    rows = market.inside(lambda: db.session.execute(ends).tuples().all(), does=Does.READS)
    assert rows == [(1, "date"), *((3, f"voucher:{voucher}") for voucher in bought)]


# --- what the partner or the city cannot honour -----------------------------------------------------------------------


def refunded(market: Market, voucher: str) -> Any:
    answer = market.manager.post(f"/vouchers/{voucher}/refund", json={"reason_code": "not_honoured"})
    assert answer.status_code == 200, answer.json
    return answer.json


def upcoming(person: Person) -> Any:
    return person.get("/me/points").json["upcoming_expiries"]


def test_points_given_back_live_at_least_90_days(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(10)
    town.clock.set(DATE - timedelta(days=10))
    voucher = market.buy(person)

    answer = refunded(market, voucher)

    assert answer["points_returned"] == 8
    assert upcoming(person) == [
        {"points": 2, "expires_at": "2028-11-23T23:00:00Z"},
        {"points": 8, "expires_at": "2029-02-12T23:00:00Z"},
    ]


def test_points_given_back_past_their_date_live_90_days(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(10)
    town.clock.set(DATE - timedelta(days=10))
    voucher = market.buy(person)
    town.clock.set(DATE + timedelta(hours=12))
    town.run_job("expire-points")

    refunded(market, voucher)

    assert upcoming(person) == [{"points": 8, "expires_at": "2029-02-22T23:00:00Z"}]


def test_points_given_back_that_live_longer_keep_their_date(market: Market) -> None:
    market.benefit()
    person = market.shopper(10)
    voucher = market.buy(person)

    refunded(market, voucher)

    assert upcoming(person) == [{"points": 10, "expires_at": iso(DATE)}]


def test_points_given_back_of_a_reversed_award_go_to_the_city(town: Town, market: Market) -> None:
    market.benefit()
    person = town.resident()
    submission = market.award(person, 8)
    voucher = market.buy(person)
    market.reverse(person, submission)

    answer = refunded(market, voucher)

    assert answer["points_returned"] == 0
    assert market.balance(person) == 0


def test_points_given_back_are_points_like_any(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(8)
    town.clock.set(DATE - timedelta(days=1))
    refunded(market, market.buy(person))
    town.clock.forward(days=30)

    again = market.buy(person)
    person.delete(f"/vouchers/{again}")

    assert market.balance(person) == 8
    town.clock.forward(days=62)
    assert market.balance(person) == 0


def test_a_voucher_is_given_back_once_and_not_when_it_was_used(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(20)
    used, given_back = market.buy(person), market.buy(person)
    market.redeem(town.clerk(MUSEUM), market.code(person, used))
    refunded(market, given_back)

    answers = [
        market.manager.post(f"/vouchers/{voucher}/refund", json={"reason_code": "not_honoured"})
        for voucher in (used, given_back)
    ]

    assert [facts(answer) for answer in answers] == [(409, "not_active"), (409, "not_active")]
    assert [answer.json["voucher_status"] for answer in answers] == ["redeemed", "cancelled"]
    assert market.balance(person) == 12


def test_only_a_manager_gives_points_back(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    voucher = market.buy(person)

    answer = person.post(f"/vouchers/{voucher}/refund", json={"reason_code": "not_honoured"})

    assert facts(answer) == (403, "forbidden")
    status = select(Voucher.status)
    assert market.inside(lambda: db.session.scalar(status), does=Does.READS) == "active"
