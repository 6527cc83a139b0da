"""A resident sees what they can spend and until when, and each movement with its reason; no total and no rank."""

from typing import Any
from uuid import UUID

import pytest

from rewards import ledger
from rewards.entries import REASONS
from tests.rewards.market import MUSEUM, Market, facts
from tests.town import Town

# --- charter ----------------------------------------------------------------------------------------------------------


def test_c5_everyone_starts_at_zero(town: Town, market: Market) -> None:
    person = town.resident()

    assert person.get("/me/points").json == {"balance": 0, "upcoming_expiries": []}
    assert person.get("/me/points/entries").json == {"items": [], "next_cursor": None}


def test_c6_reversing_an_award_takes_at_most_what_is_left_of_it(town: Town, market: Market) -> None:
    market.benefit()
    person = town.resident()
    submission = market.award(person, 10)
    market.award(person, 4)
    market.buy(person)  # 8 of the first ten

    reversal = market.reverse(person, submission)

    assert reversal == ledger.Reversal(taken=2, shortfall=8)
    assert market.balance(person) == 4
    assert market.entries(person)[-1] == ("reversal", -2, "award_reversed")


def test_c6_reversing_what_was_all_spent_makes_no_debt(town: Town, market: Market) -> None:
    market.benefit()
    person = town.resident()
    submission = market.award(person, 8)
    market.buy(person)

    reversal = market.reverse(person, submission)
    market.award(person, 3)

    assert reversal == ledger.Reversal(taken=0, shortfall=8)
    assert market.balance(person) == 3
    assert [kind for kind, _, _ in market.entries(person)] == ["award", "spend", "award"]


def test_an_award_is_reversed_once(town: Town, market: Market) -> None:
    person = town.resident()
    submission = market.award(person, 10)
    market.reverse(person, submission)

    with pytest.raises(ledger.AlreadyReversed):
        market.reverse(person, submission)

    assert market.entries(person)[1:] == [("reversal", -10, "award_reversed")]


def test_an_award_of_nothing_has_nothing_to_take(town: Town, market: Market) -> None:
    person = market.shopper(5)

    assert market.reverse(person, UUID(int=1)) == ledger.Reversal(taken=0, shortfall=0)
    assert market.balance(person) == 5


def test_c11_a_balance_is_spendable_points_and_nothing_else_is_told(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(20)
    market.redeem(town.clerk(MUSEUM), market.code(person, market.buy(person)))
    town.clock.forward(days=1)
    market.award(person, 5)
    market.award(person, 2)

    shown = person.get("/me/points").json

    assert shown == {
        "balance": 19,
        "upcoming_expiries": [
            {"points": 12, "expires_at": "2028-11-23T23:00:00Z"},
            {"points": 7, "expires_at": "2028-11-24T23:00:00Z"},
        ],
    }


# --- who may ----------------------------------------------------------------------------------------------------------


def test_c13_points_are_their_owners_alone(town: Town, market: Market) -> None:
    market.shopper(20)

    for path in ("/me/points", "/me/points/entries"):
        assert town.anyone().get(path).status_code == 401
        assert facts(market.manager.get(path)) == (403, "forbidden")
        assert facts(town.clerk(market.partner()).get(path)) == (403, "forbidden")
    assert town.resident().get("/me/points").json["balance"] == 0


# --- movements --------------------------------------------------------------------------------------------------------


def test_each_movement_says_what_it_was_for(town: Town, market: Market) -> None:
    market.benefit()
    person = town.resident()
    submission = market.award(person, 10)
    voucher = market.buy(person)
    person.delete(f"/vouchers/{voucher}")
    market.reverse(person, submission)

    items = person.get("/me/points/entries", headers={"Accept-Language": "en"}).json["items"]

    about = ("seq", "kind", "points", "reason", "deed", "benefit", "submission", "voucher")
    assert [tuple(item[name] for name in about) for item in items] == [
        (4, "reversal", -10, "The award for a deed was reversed", None, None, str(submission), None),
        (3, "refund", 8, "Given back: you cancelled the voucher", None, "museum-ticket", None, voucher),
        (2, "spend", -8, "Spent on a benefit", None, "museum-ticket", None, voucher),
        (1, "award", 10, "Points for a verified deed", "beach-clean-up", None, str(submission), None),
    ]


def test_movements_are_listed_without_gap_or_double_while_others_come(town: Town, market: Market) -> None:
    person = town.resident()
    for points in range(1, 8):
        market.award(person, points)

    pages: list[Any] = [person.get("/me/points/entries", query_string={"limit": 3}).json]
    market.award(person, 100)
    while cursor := pages[-1]["next_cursor"]:
        pages.append(person.get("/me/points/entries", query_string={"limit": 3, "cursor": cursor}).json)

    assert [item["points"] for page in pages for item in page["items"]] == [7, 6, 5, 4, 3, 2, 1]
    assert [len(page["items"]) for page in pages] == [3, 3, 1]


def test_the_order_of_movements_does_not_come_from_a_clock(town: Town, market: Market) -> None:
    person = market.shopper(1)
    town.clock.forward(days=-400)
    market.award(person, 2)
    town.clock.forward(days=800)
    market.award(person, 3)

    assert [points for _, points, _ in market.entries(person)] == [1, 2, 3]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "many"}, {"cursor": "x"}, {"offset": 5}])
def test_a_page_that_is_none_is_refused(town: Town, query: dict[str, Any]) -> None:
    answer = town.resident().get("/me/points/entries", query_string=query)

    assert answer.status_code == 422


@pytest.mark.parametrize("language", ["en", "es", "ca", "pt"])
def test_c48_each_reason_is_told_in_words_and_the_words_of_an_end_are_neutral(language: str) -> None:
    words = {code: text[language] for code, text in REASONS.items()}

    assert len(set(words.values())) == len(words)
    threats = ("lose", "lost", "penal", "perd", "pierd", "sanci", "sanç", "forfeit", "!")
    assert not [text for text in words.values() for threat in threats if threat in text.lower()]
