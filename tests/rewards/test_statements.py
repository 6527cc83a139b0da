"""What a partner is owed and what the city owes are read from the books, by the city's calendar."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from citizen import roles
from core.http.doors import Role
from tests.rewards.market import CINEMA, MUSEUM, Market, facts
from tests.town import Person, Town


def statement(clerk: Person, month: str) -> Any:
    answer = clerk.get("/partner/statement", query_string={"month": month}, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.json
    return answer.json


def redeemed_at(market: Market, clerk: Person, at: datetime, *, benefit: str = "museum-ticket") -> str:
    """A voucher bought and used at that time; the number of its redemption."""
    market.town.clock.set(at)
    person = market.shopper(20)
    return market.redeem(clerk, market.code(person, market.buy(person, benefit)))


def test_a_month_is_told_per_benefit_at_the_value_it_was_sold_for(town: Town, market: Market) -> None:
    market.benefit()
    market.benefit("guided-tour", value_eur=4.5)
    clerk = town.clerk(MUSEUM)
    for day in (2, 3):
        redeemed_at(market, clerk, datetime(2026, 12, day, 12, tzinfo=UTC))
    redeemed_at(market, clerk, datetime(2026, 12, 4, 12, tzinfo=UTC), benefit="guided-tour")
    market.manager.patch("/benefits/museum-ticket", json={"value_eur": 7})
    redeemed_at(market, clerk, datetime(2026, 12, 5, 12, tzinfo=UTC))

    assert statement(clerk, "2026-12") == {
        "month": "2026-12",
        "partners": [{"partner": MUSEUM, "partner_name": "Museu De La Vila"}],
        "days": [
            {"day": f"2026-12-0{day}", "partner": MUSEUM, "title": "A ticket", "redemptions": 1} | told
            for day, told in (
                (2, {"benefit": "museum-ticket", "value_eur": "5.00"}),
                (3, {"benefit": "museum-ticket", "value_eur": "5.00"}),
                (4, {"benefit": "guided-tour", "value_eur": "4.50"}),
                (5, {"benefit": "museum-ticket", "value_eur": "7.00"}),
            )
        ],
        "items": [
            {
                "partner": MUSEUM,
                "benefit": "guided-tour",
                "title": "A ticket",
                "redemptions": 1,
                "value_eur": "4.50",
            },
            {
                "partner": MUSEUM,
                "benefit": "museum-ticket",
                "title": "A ticket",
                "redemptions": 3,
                "value_eur": "17.00",
            },
        ],
        "redemptions": 4,
        "value_eur": "21.50",
    }


def test_a_month_begins_and_ends_at_midnight_of_the_city(town: Town, market: Market) -> None:
    market.benefit()
    clerk = town.clerk(MUSEUM)
    instant = timedelta(microseconds=1)
    december, january = (
        datetime(2026, 11, 30, 23, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    )
    for at in (december - instant, december, january - instant, january):
        redeemed_at(market, clerk, at)

    months = ("2026-11", "2026-12", "2027-01", "2027-02")
    assert [statement(clerk, month)["redemptions"] for month in months] == [1, 2, 1, 0]


def test_what_was_undone_is_not_owed(town: Town, market: Market) -> None:
    market.benefit()
    clerk = town.clerk(MUSEUM)
    used = redeemed_at(market, clerk, datetime(2026, 12, 2, 12, tzinfo=UTC))
    clerk.delete(f"/till/redemptions/{used}")

    told = statement(clerk, "2026-12")
    assert [told[name] for name in ("items", "days", "redemptions", "value_eur")] == [[], [], 0, "0.00"]


def test_a_clerk_sees_the_statement_of_their_partners_only(town: Town, market: Market) -> None:
    market.benefit()
    market.benefit("film", partner=CINEMA)
    museum, cinema, both = town.clerk(MUSEUM), town.clerk(CINEMA), town.clerk(MUSEUM)
    town.does(
        lambda: roles.grant(
            both.email, Role.CLERK, partner=CINEMA, by=None, at=town.clock.now(), settings=town.settings
        )
    )
    at = datetime(2026, 12, 2, 12, tzinfo=UTC)
    redeemed_at(market, museum, at)
    redeemed_at(market, cinema, at, benefit="film")

    partners = [[line["partner"] for line in statement(clerk, "2026-12")["items"]] for clerk in (museum, cinema, both)]

    assert partners == [[MUSEUM], [CINEMA], [CINEMA, MUSEUM]]
    assert facts(town.resident().get("/partner/statement", query_string={"month": "2026-12"})) == (403, "forbidden")
    anothers = museum.get("/partner/statement", query_string={"month": "2026-12", "partner": CINEMA})
    assert facts(anothers) == (404, "not_found")


def test_a_manager_reads_the_statement_of_any_partner_that_they_name(town: Town, market: Market) -> None:
    market.benefit("film", partner=CINEMA)
    redeemed_at(market, town.clerk(CINEMA), datetime(2026, 12, 2, 12, tzinfo=UTC), benefit="film")

    def asked(**query: str) -> Any:
        return market.manager.get("/partner/statement", query_string={"month": "2026-12"} | query)

    assert [line["benefit"] for line in asked(partner=CINEMA).json["items"]] == ["film"]
    assert facts(asked()) == (422, "partner_required")
    assert facts(asked(partner="nobody")) == (404, "not_found")


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "2026-00", "2026-1", "26-11", "2026-11-23", "0001-01", "9999-12", "2026-11\n", "x"]
)
def test_what_is_no_month_is_refused(town: Town, market: Market, month: str) -> None:
    clerk = town.clerk(market.partner())

    assert facts(clerk.get("/partner/statement", query_string={"month": month})) == (422, "invalid")
    assert facts(clerk.get("/partner/statement")) == (422, "invalid")


def test_the_last_month_that_can_be_asked_for_is_answered(town: Town, market: Market) -> None:
    clerk = town.clerk(market.partner())

    assert statement(clerk, "2999-12")["redemptions"] == 0


# --- what the city owes -----------------------------------------------------------------------------------------------


def liability(market: Market) -> Any:
    answer = market.manager.get("/liability")
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_city_owes_points_by_the_month_of_their_last_day_and_vouchers_at_their_value(
    town: Town, market: Market
) -> None:
    market.benefit(price_points=8, value_eur=5)
    market.benefit("concert", price_points=12, value_eur=9)
    market.benefit("withdrawn", price_points=1, value_eur=100)
    market.manager.patch("/benefits/withdrawn", json={"is_published": False})
    town.clock.set(datetime(2026, 11, 30, 12, tzinfo=UTC))  # the last day is 30 November 2028: not December
    one, another = market.shopper(20), market.shopper(5)
    town.clock.set(datetime(2026, 12, 1, 12, tzinfo=UTC))
    market.award(another, 7)
    market.buy(one)

    assert liability(market) == {
        "at": "2026-12-01T12:00:00Z",
        "points": 24,
        "value_eur": "16.80",
        "cents_per_point": 70.0,
        "months": [
            {"month": "2028-11", "points": 17, "value_eur": "11.90"},
            {"month": "2028-12", "points": 7, "value_eur": "4.90"},
        ],
        "vouchers": {"count": 1, "value_eur": "5.00"},
    }


def test_what_has_ended_is_owed_no_more_though_no_job_has_run(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(20)
    used, _ = market.buy(person), market.buy(person)
    market.redeem(town.clerk(MUSEUM), market.code(person, used))
    assert liability(market)["vouchers"]["count"] == 1

    town.clock.set(datetime(2027, 1, 22, 23, tzinfo=UTC))
    assert liability(market)["vouchers"] == {"count": 0, "value_eur": "0.00"}
    assert liability(market)["points"] == 4
    town.clock.set(datetime(2028, 11, 23, 23, tzinfo=UTC))
    assert (liability(market)["points"], liability(market)["months"]) == (0, [])


def test_an_empty_town_owes_nothing(market: Market) -> None:
    owed = liability(market)

    assert (owed["points"], owed["value_eur"], owed["cents_per_point"], owed["months"]) == (0, "0.00", 0.0, [])


def test_only_managers_see_what_the_city_owes(town: Town, market: Market) -> None:
    people = (town.resident(), town.clerk(market.partner()), town.verifier())

    assert {facts(person.get("/liability")) for person in people} == {(403, "forbidden")}
