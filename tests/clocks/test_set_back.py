"""A clock that jumps, by an hour, a day or 400 days, and back, ends nothing twice and brings nothing to life (A45)."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import JOBS
from core.db import Does, db
from core.jobs import run_due
from rewards.models import Entry, Reminder
from tests.catalogue.cases import Cases
from tests.rewards.market import MUSEUM, Market
from tests.town import Answer, Person, Town

WALKS = int(os.environ.get("BONAFETA_CLOCK_WALKS", "2"))
"""Random histories per database; 200 is a long form."""
JUMPS = [timedelta(hours=1), timedelta(days=1), timedelta(days=400)]


@pytest.fixture
def market(town: Town) -> Iterator[Market]:
    market = Market(town)
    yield market
    assert market.verdict()["faults"] == []


@pytest.fixture
def cases(town: Town) -> Cases:
    return Cases(town)


def run_every_job(town: Town) -> None:
    for job in JOBS:
        with town.app.app_context():
            run_due(job, settings=town.settings)


def sign_in(town: Town, email: str) -> Any:
    body = {"email": email, "code": town.code_for(email), "terms_version": town.city.terms.version}
    answer = town.anyone().post("/auth/tokens", json=body)
    assert answer.status_code == 200, answer.json
    return answer.json


def me(town: Town, access_token: str) -> int:
    return town.anyone().get("/me", headers={"Authorization": f"Bearer {access_token}"}).status_code


def renew(town: Town, tokens: Any) -> Answer:
    return town.anyone().post("/auth/tokens/refresh", json={"refresh_token": tokens["refresh_token"]})


# --- what was made while the clock was ahead --------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", JUMPS, ids=str)
def test_a_lease_taken_while_the_clock_was_ahead_holds_nobody_up(town: Town, cases: Cases, ahead: timedelta) -> None:
    cases.deed()
    submission = cases.claim_with_photo(town.resident())
    town.clock.forward(seconds=ahead.total_seconds())
    gone = town.verifier()
    assert cases.lease(gone) == submission
    town.clock.forward(seconds=-ahead.total_seconds())
    verifier = town.verifier()

    assert cases.lease(verifier) == submission
    assert cases.decide(verifier, submission)["points_awarded"] == 3
    assert cases.try_decide(gone, submission).status_code == 409


@pytest.mark.parametrize("ahead", JUMPS, ids=str)
def test_a_code_sent_while_the_clock_was_ahead_is_good_for_no_longer(town: Town, ahead: timedelta) -> None:
    town.clock.forward(seconds=ahead.total_seconds())
    body = {"email": "ona@example.org", "code": town.code_for("ona@example.org"), "terms_version": "2026-11"}
    town.clock.forward(seconds=-ahead.total_seconds())

    assert town.anyone().post("/auth/tokens", json=body).status_code == 401


def test_a_token_given_while_the_clock_was_ahead_is_good_for_no_longer(town: Town) -> None:
    town.clock.forward(hours=1)
    tokens = sign_in(town, "ona@example.org")
    town.clock.forward(hours=-1)

    assert me(town, tokens["access_token"]) == 401
    renewed = renew(town, tokens)  # the session itself is good, and has its ninety days
    assert renewed.status_code == 200
    assert me(town, renewed.json["access_token"]) == 200
    town.clock.forward(minutes=16)
    assert me(town, renewed.json["access_token"]) == 401


def test_a_session_opened_while_the_clock_was_400_days_ahead_ends_when_it_is_set_right(town: Town) -> None:
    town.clock.forward(days=400)
    tokens = sign_in(town, "ona@example.org")
    town.clock.forward(days=-400)

    assert renew(town, tokens).status_code == 401
    assert me(town, sign_in(town, "ona@example.org")["access_token"]) == 200


def test_a_token_used_before_does_not_open_again_when_the_clock_is_set_back(town: Town) -> None:
    first = sign_in(town, "ona@example.org")
    town.clock.forward(hours=1)
    second = renew(town, first).json
    town.clock.forward(hours=-1)

    assert renew(town, first).json["code"] == "token_reused"
    assert renew(town, second).status_code == 401


def test_a_letter_written_while_the_clock_was_ahead_is_sent_when_it_is_set_right(town: Town) -> None:
    resident = town.resident()
    town.clock.forward(days=400)
    resident.delete("/me")
    town.clock.forward(days=-400)

    assert len(town.mails_to(resident.email)) == 1
    assert town.run_job("send-mail") == 0


# --- what was ended stays ended ---------------------------------------------------------------------------------------


def test_who_signed_out_or_is_blocked_by_time_stays_out_whatever_the_clock_says(town: Town) -> None:
    tokens = sign_in(town, "ona@example.org")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert town.anyone().delete("/auth/tokens", headers=headers).status_code == 204

    for jump in (*JUMPS, *[-jump for jump in JUMPS]):
        town.clock.forward(seconds=jump.total_seconds())
        assert (me(town, tokens["access_token"]), renew(town, tokens).status_code) == (401, 401)
        run_every_job(town)


def test_nobody_is_written_to_twice_about_the_same_points(town: Town, market: Market) -> None:
    person = market.shopper(10)
    town.clock.forward(days=725)
    days = [0, 1, -1, 400, -400, 0, 1, -1]
    for day in days:
        town.clock.forward(days=day)
        for job in JOBS:  # nothing of an earlier run is left to go by, but what the job itself wrote
            with town.app.app_context():
                job.work(at=town.clock.now(), settings=town.settings)

    letters = [mail for mail in town.mails_to(person.email) if "punt" in mail["Subject"].lower()]
    told = market.inside(lambda: db.session.scalar(select(func.count()).select_from(Reminder)), does=Does.READS)
    assert len(letters) == told == 1


@given(
    steps=st.lists(
        st.sampled_from(
            [
                *(timedelta(hours=1), timedelta(days=1), timedelta(days=30), timedelta(days=400)),
                *(timedelta(hours=-1), timedelta(days=-1), timedelta(days=-30), timedelta(days=-400)),
                *("award", "buy", "cancel", "redeem", "reverse", "jobs", "jobs"),
            ]
        ),
        min_size=10,
        max_size=25,
    )
)
@settings(max_examples=WALKS, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_clock_does_entries_keep_their_order_and_nothing_recorded_comes_back(
    town: Town, market: Market, steps: list[Any]
) -> None:
    """Entries are only added, numbered one after the other; a lot recorded as over gives nothing to spend again; each
    lot ends once per cause (A11)."""
    if town.anyone().get("/benefits/museum-ticket").status_code == 404:
        market.benefit(stock=100_000)
    person, clerk, awards = market.shopper(20), town.clerk(MUSEUM), []
    acts: dict[str, Callable[[], object]] = {
        "award": lambda: awards.append(market.award(person, 9)),
        "buy": lambda: market.order(person),
        "cancel": lambda: person.delete(f"/vouchers/{_active(person)}"),
        "redeem": lambda: clerk.post("/till/redemptions", json={"code": _code(person)}),
        "reverse": lambda: market.reverse(person, awards.pop()),
        "jobs": lambda: run_every_job(town),
    }
    start, entries = town.clock.now(), market.entries(person)
    for step in steps:
        if isinstance(step, timedelta):
            town.clock.set(max(start - timedelta(days=401), town.clock.now() + step))
        else:
            with suppress(IndexError, KeyError):  # there is none to redeem or reverse
                acts[step]()
        before, entries = entries, market.entries(person)
        assert entries[: len(before)] == before
        assert market.balance(person) <= sum(points for _, points, _ in entries)
    assert market.verdict()["faults"] == []
    ended = market.inside(
        lambda: db.session.execute(
            select(Entry.lot_id, Entry.cause, func.count())
            .where(Entry.kind == "expiry")
            .group_by(Entry.lot_id, Entry.cause)
        ).all(),
        does=Does.READS,
    )
    assert all(times == 1 for _, _, times in ended)


def _active(person: Person) -> str:
    items = person.get("/vouchers", query_string={"limit": 100}).json["items"]
    return next((str(item["id"]) for item in items if item["status"] == "active"), str(uuid4()))


def _code(person: Person) -> str:
    return str(person.get(f"/vouchers/{_active(person)}").json["code"])
