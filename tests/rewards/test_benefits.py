"""A benefit is a small extra with a stated value, the same for all, and its stock is changed by differences."""

from typing import Any

import pytest
from sqlalchemy import select

from core.audit import AuditEntry
from core.db import Does, db
from tests.rewards.market import CINEMA, MUSEUM, Market, facts
from tests.town import Answer, Person, Town

TITLES = {"en": "A ticket", "es": "Una entrada", "ca": "Una entrada", "pt": "Um bilhete"}
TERMS = {
    "code": "museum-ticket",
    "category": "culture",
    "partner": MUSEUM,
    "titles": TITLES,
    "price_points": 8,
    "value_eur": 5,
    "voucher_days": 60,
}


# --- reading ----------------------------------------------------------------------------------------------------------


def test_anyone_reads_what_points_buy_and_what_is_left(town: Town, market: Market) -> None:
    market.benefit(stock=3, max_per_person_per_year=2, value_eur=4.5)

    shown = town.anyone().get("/benefits/museum-ticket", headers={"Accept-Language": "pt"})

    assert shown.status_code == 200
    assert shown.json == {
        "code": "museum-ticket",
        "category": "culture",
        "partner": {"code": MUSEUM, "name": "Museu De La Vila"},
        "title": "Um bilhete",
        "titles": TITLES,
        "price_points": 8,
        "stock_left": 3,
        "max_per_person_per_year": 2,
        "value_eur": "4.50",
        "voucher_days": 60,
        "opens_at": None,
        "closes_at": None,
        "is_open": True,
        "is_published": True,
        "version": 1,
        "source": None,
    }
    assert facts(town.anyone().get("/benefits/a-pony")) == (404, "not_found")


def test_benefits_are_listed_by_code_without_gap_or_double(town: Town, market: Market) -> None:
    for number in range(5):
        market.benefit(f"ticket-{number}")

    pages = [town.anyone().get("/benefits", query_string={"limit": 2}).json]
    market.benefit("a-first-one")
    while cursor := pages[-1]["next_cursor"]:
        pages.append(town.anyone().get("/benefits", query_string={"limit": 2, "cursor": cursor}).json)

    assert [item["code"] for page in pages for item in page["items"]] == [f"ticket-{number}" for number in range(5)]


def test_benefits_are_found_by_category_and_partner(town: Town, market: Market) -> None:
    market.benefit("ticket")
    market.benefit("film", partner=CINEMA)
    market.benefit("swim", category="sport")

    def codes(**query: str) -> list[str]:
        return [item["code"] for item in town.anyone().get("/benefits", query_string=query).json["items"]]

    assert codes() == ["film", "swim", "ticket"]
    assert codes(category="culture") == ["film", "ticket"]
    assert codes(partner=CINEMA) == ["film"]
    assert codes(category="sport", partner=CINEMA) == []


def test_what_was_withdrawn_is_listed_only_among_all(town: Town, market: Market) -> None:
    market.benefit()

    market.manager.patch("/benefits/museum-ticket", json={"is_published": False})

    assert town.anyone().get("/benefits").json["items"] == []
    whole = town.anyone().get("/benefits?all=true").json["items"]
    assert [(item["code"], item["is_published"]) for item in whole] == [("museum-ticket", False)]
    assert town.anyone().get("/benefits/museum-ticket").json["is_open"] is False


# --- publishing -------------------------------------------------------------------------------------------------------


def test_only_a_manager_publishes(town: Town, market: Market) -> None:
    market.benefit(stock=3)
    market.partner()

    for person, status in ((town.anyone(), 401), (town.resident(), 403), (town.clerk(MUSEUM), 403)):
        answers = [
            person.post("/benefits", json=TERMS | {"code": "another"}),
            person.patch("/benefits/museum-ticket", json={"price_points": 1}),
            person.post("/benefits/museum-ticket/stock", json={"change": 1}),
        ]
        assert [answer.status_code for answer in answers] == [status] * 3
    assert market.stock() == 3


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        pytest.param({"code": "taken"}, 409, "benefit_exists", id="code-taken"),
        pytest.param({"partner": "nobody"}, 422, "partner_unknown", id="no-such-partner"),
        pytest.param(
            {"opens_at": "2026-12-01T00:00:00Z", "closes_at": "2026-12-01T01:00:00+01:00"},
            422,
            "window_backwards",
            id="closes-when-it-opens",
        ),
        pytest.param({"opens_at": "2026-12-01T00:00:00"}, 422, "invalid", id="time-without-zone"),
        pytest.param({"voucher_days": 366}, 422, "invalid", id="longer-than-the-city-allows"),
        pytest.param({"price_points": 0}, 422, "invalid", id="free"),
        pytest.param({"price_points": 1_000_001}, 422, "invalid", id="price-beyond-any"),
        pytest.param({"price_points": 8.5}, 422, "invalid", id="half-a-point"),
        pytest.param({"stock": -1}, 422, "invalid", id="stock-below-zero"),
        pytest.param({"stock": "3"}, 422, "invalid", id="stock-in-words"),
        pytest.param({"value_eur": -1}, 422, "invalid", id="value-below-zero"),
        pytest.param({"value_eur": 5.005}, 422, "invalid", id="value-in-parts-of-a-cent"),
        pytest.param({"value_eur": "1_0"}, 422, "invalid", id="value-in-a-program's-spelling"),
        pytest.param({"value_eur": "NaN"}, 422, "invalid", id="value-not-a-number"),
        pytest.param({"max_per_person_per_year": 0}, 422, "invalid", id="cap-of-none"),
        pytest.param({"titles": {"en": "A ticket"}}, 422, "invalid", id="titles-missing"),
        pytest.param({"code": "Museum Ticket"}, 422, "invalid", id="no-code"),
        pytest.param({"level": "gold"}, 422, "invalid", id="unknown-field"),
    ],
)
def test_what_does_not_add_up_is_not_published(market: Market, change: dict[str, Any], status: int, code: str) -> None:
    market.benefit("taken")

    answer = market.manager.post("/benefits", json=TERMS | change)

    assert facts(answer) == (status, code)
    assert [item["code"] for item in market.town.anyone().get("/benefits").json["items"]] == ["taken"]


def test_c41_a_benefit_states_a_value_and_a_small_one(market: Market) -> None:
    market.partner()

    without = market.manager.post("/benefits", json={name: TERMS[name] for name in TERMS if name != "value_eur"})
    too_much = market.manager.post("/benefits", json=TERMS | {"value_eur": 150.01})
    just = market.manager.post("/benefits", json=TERMS | {"value_eur": 150})
    raised = market.manager.patch("/benefits/museum-ticket", json={"value_eur": 151})

    assert facts(without) == (422, "invalid")
    assert [facts(answer) for answer in (too_much, raised)] == [(422, "value_too_high")] * 2
    assert too_much.json["value_eur_max"] == 150
    assert just.status_code == 201
    assert market.town.anyone().get("/benefits/museum-ticket").json["value_eur"] == "150.00"


def test_c40_what_is_no_extra_is_refused_by_its_rule(market: Market) -> None:
    market.partner()

    answer = market.manager.post("/benefits", json=TERMS | {"titles": TITLES | {"en": "A discount on your rent"}})

    assert facts(answer) == (422, "charter_refused")
    assert answer.json["rule"] == "C40"


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_change_is_a_new_version_and_none_is_none(market: Market) -> None:
    market.benefit()

    changes: list[dict[str, Any]] = [{"price_points": 9}, {"price_points": 9}, {}, {"value_eur": 4.99}]
    versions = [market.manager.patch("/benefits/museum-ticket", json=change).json["version"] for change in changes]

    assert versions == [2, 2, 2, 3]


def test_a_change_is_checked_as_a_whole(market: Market) -> None:
    market.benefit(opens_at="2026-12-01T00:00:00Z", closes_at="2026-12-24T00:00:00Z")

    changes: list[dict[str, Any]] = [
        {"opens_at": "2026-12-24T00:00:00Z"},
        {"partner": "nobody"},
        {"stock": 5},
        {"titles": {}},
    ]
    answers = [market.manager.patch("/benefits/museum-ticket", json=change) for change in changes]

    assert [facts(answer) for answer in answers] == [
        (422, "window_backwards"),
        (422, "partner_unknown"),
        (422, "invalid"),
        (422, "invalid"),
    ]
    shown = market.town.anyone().get("/benefits/museum-ticket").json
    assert (shown["version"], shown["opens_at"]) == (1, "2026-12-01T00:00:00Z")
    assert facts(market.manager.patch("/benefits/a-pony", json={"price_points": 1})) == (404, "not_found")


def test_each_change_is_in_the_log(market: Market) -> None:
    market.benefit(stock=3)
    market.manager.patch("/benefits/museum-ticket", json={"price_points": 9})
    market.manager.post("/benefits/museum-ticket/stock", json={"change": 1})

    rows = select(AuditEntry.kind, AuditEntry.object, AuditEntry.actor_id).where(AuditEntry.kind.like("benefit.%"))
    logged = market.inside(lambda: db.session.execute(rows.order_by(AuditEntry.id)).tuples().all(), does=Does.READS)
    assert logged == [
        (kind, "museum-ticket", market.manager.id)
        for kind in ("benefit.published", "benefit.changed", "benefit.stock_changed")
    ]


# --- stock ------------------------------------------------------------------------------------------------------------


def test_stock_changes_by_a_difference_and_what_is_sold_stays_sold(market: Market) -> None:
    market.benefit(stock=5)
    person = market.shopper(40)
    bought = [market.buy(person) for _ in range(3)]

    def change(units: int) -> Any:
        return market.manager.post("/benefits/museum-ticket/stock", json={"change": units})

    assert change(-2).json == {"benefit": "museum-ticket", "stock_left": 0}
    too_low = change(-1)
    assert facts(too_low) == (409, "stock_too_low")
    assert (too_low.json["stock_left"], too_low.json["change"]) == (0, -1)
    assert facts(market.order(person)) == (409, "sold_out")
    person.delete(f"/vouchers/{bought[0]}")
    assert market.stock() == 1
    assert change(10).json["stock_left"] == 11
    assert market.order(person).status_code == 201


@pytest.mark.parametrize("change", [1.5, "1", None, True, 10**9, [1]])
def test_a_difference_is_a_whole_number(market: Market, change: Any) -> None:
    market.benefit(stock=5)

    answer = market.manager.post("/benefits/museum-ticket/stock", json={"change": change})

    assert facts(answer) == (422, "invalid")
    assert market.stock() == 5


def test_a_benefit_has_ten_million_units_in_all_at_most(market: Market) -> None:
    market.benefit(stock=5)
    calls = [{"change": 9_999_995}, {"change": 1}, {"change": -4}, {"change": 5}, {"change": 4}]

    answers = [market.manager.post("/benefits/museum-ticket/stock", json=call) for call in calls]

    assert [facts(answer)[1] for answer in answers] == [None, "stock_too_high", None, "stock_too_high", None]
    assert (answers[1].json["stock_put_in"], answers[1].json["stock_max"]) == (10_000_000, 10_000_000)
    assert market.stock() == 10_000_000


def test_an_unlimited_benefit_has_no_stock_to_change(market: Market) -> None:
    market.benefit()

    answers = [
        market.manager.post(f"/benefits/{code}/stock", json={"change": 1}) for code in ("museum-ticket", "a-pony")
    ]

    assert [facts(answer) for answer in answers] == [(409, "no_stock"), (404, "not_found")]
    assert market.stock() is None


def test_two_managers_do_not_overwrite_each_other_unseen(town: Town, market: Market) -> None:
    market.benefit()
    one, other, older = town.manager(), town.manager(), town.manager()

    def change(who: Person, seen: int, **terms: Any) -> Answer:
        return who.patch("/benefits/museum-ticket", json=terms, headers={"If-Match": f'"{seen}"'})

    first = change(one, 1, price_points=9)
    late = change(other, 1, voucher_days=30)
    repeated = change(one, 1, price_points=9)  # its answer was lost

    assert (first.status_code, first.json["version"]) == (200, 2)
    assert (late.status_code, late.json["code"], late.json["version"]) == (412, "version_changed", 2)
    assert (repeated.status_code, repeated.json["version"]) == (200, 2)
    assert change(other, 2, voucher_days=30).json["price_points"] == 9
    assert older.patch("/benefits/museum-ticket", json={"voucher_days": 20}).status_code == 200
