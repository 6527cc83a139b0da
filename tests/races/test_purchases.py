"""What excludes each other at once, on real processes (A22, A25); crowds of buyers are in `tests/storms`."""

from collections import Counter
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from core.db import db
from rewards import benefits, ledger, oracle, partners
from rewards.benefits import BenefitTerms
from rewards.models import Partner
from tests.races.serving import Answer, Server, all_at_once, token_of
from tests.town import Person, Town


def open_museum(town: Town, *, stock: int | None) -> dict[str, Any]:
    """A benefit of its own for each test; what to send to buy it."""
    code = f"ticket-{uuid4().hex[:8]}"
    at, city = town.clock.now(), town.city
    terms = BenefitTerms(
        category="culture",
        partner="museum",
        titles=dict.fromkeys(("en", "es", "ca", "pt"), "Museum ticket"),
        price_points=8,
        stock=stock,
        max_per_person_per_year=None,
        value_eur=Decimal(5),
        voucher_days=60,
    )
    if town.does(lambda: db.session.get(Partner, "museum")) is None:
        town.does(lambda: partners.open_partner(code="museum", name="Museum", who=None, at=at))
    town.does(lambda: benefits.publish(code, terms, who=None, city=city, at=at))
    return {"benefit": code, "price_points": terms.price_points}


def give_points(town: Town, person: Person, points: int) -> None:
    def award() -> None:
        assert person.id is not None
        ledger.lock_account(person.id)
        ledger.award(
            citizen_id=person.id,
            submission_id=uuid4(),
            revision=1,
            points=points,
            deed_code="paint-bin",
            at=town.clock.now(),
            city=town.city,
        )

    town.does(award)


def buy(server: Server, ticket: dict[str, Any], token: str, key: str | None = None) -> Answer:
    return server.send(
        "POST", "/vouchers", token=token, json_body=ticket, headers={"Idempotency-Key": key or str(uuid4())}
    )


def assert_books_are_clean(town: Town) -> None:
    verdict = town.does(lambda: oracle.verdict({}))
    assert verdict["ok"], verdict["faults"]


def test_the_same_request_sent_many_times_buys_once(town: Town, server: Server) -> None:
    ticket = open_museum(town, stock=5)
    person = town.resident()
    give_points(town, person, 60)
    token = token_of(person)

    answers = all_at_once([partial(buy, server, ticket, token, "the same wish") for _ in range(24)])
    later = buy(server, ticket, token, "the same wish")

    assert {answer.status for answer in answers} <= {201, 409}
    assert {answer.body for answer in answers if answer.status == 201} == {later.body}
    assert later.headers["Idempotency-Replayed"] == "true"
    assert person.get("/me/points").json["balance"] == 52
    assert_books_are_clean(town)


def test_a_voucher_is_used_once(town: Town, server: Server) -> None:
    ticket = open_museum(town, stock=5)
    person, clerks = town.resident(), [town.clerk("museum") for _ in range(12)]
    give_points(town, person, 8)
    voucher = person.post("/vouchers", json=ticket).json["id"]
    code = person.get(f"/vouchers/{voucher}").json["code"]
    tokens = [token_of(clerk) for clerk in clerks]

    def scan(token: str) -> Answer:
        return server.send(
            "POST",
            "/till/redemptions",
            token=token,
            json_body={"code": code},
            headers={"Idempotency-Key": str(uuid4())},
        )

    answers = all_at_once([partial(scan, token) for token in tokens * 2])

    assert Counter(answer.status for answer in answers) == {201: 1, 409: 23}
    assert {answer.json["code"] for answer in answers if answer.status == 409} == {"already_redeemed"}
    assert len({answer.json["redeemed_at"] for answer in answers}) == 1
    assert_books_are_clean(town)


def test_cancelling_and_redeeming_at_once_one_of_them_wins(town: Town, server: Server) -> None:
    ticket = open_museum(town, stock=20)
    person, clerk = town.resident(), token_of(town.clerk("museum"))
    give_points(town, person, 80)
    token = token_of(person)
    vouchers = [person.post("/vouchers", json=ticket).json["id"] for _ in range(10)]
    codes = {voucher: person.get(f"/vouchers/{voucher}").json["code"] for voucher in vouchers}

    def cancel(voucher: str) -> Answer:
        return server.send("DELETE", f"/vouchers/{voucher}", token=token)

    def scan(voucher: str) -> Answer:
        key = {"Idempotency-Key": voucher}
        return server.send("POST", "/till/redemptions", token=clerk, json_body={"code": codes[voucher]}, headers=key)

    answers = all_at_once([partial(act, voucher) for voucher in vouchers for act in (cancel, scan)])

    outcomes = [(answers[i].status, answers[i + 1].status) for i in range(0, len(answers), 2)]
    assert set(outcomes) <= {(200, 409), (409, 201)}
    cancelled = outcomes.count((200, 409))
    assert person.get("/me/points").json["balance"] == 8 * cancelled
    assert_books_are_clean(town)
