"""What the office sees of the books over time equals what happened, and is the same as JSON and as a table."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.rewards.market import CINEMA, MUSEUM, Market, facts
from tests.town import Answer, Town


def noon(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


def rows_of(answer: Answer) -> list[dict[str, str]]:
    assert (answer.status_code, answer.mimetype) == (200, "text/csv"), answer.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def seen(market: Market, path: str, **query: str) -> Any:
    answer = market.manager.get(path, query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_points_are_told_by_what_moved_them_and_by_the_citys_months(town: Town, market: Market) -> None:
    market.benefit(voucher_days=20)
    clerk = town.clerk(MUSEUM)
    town.clock.set(datetime(2026, 11, 30, 22, 59, tzinfo=UTC))  # the last minute of November, in the city
    one = market.shopper(20)
    town.clock.set(datetime(2026, 11, 30, 23, tzinfo=UTC))
    another = market.shopper(30)
    wrong = market.award(another, 7)
    town.clock.set(noon(12, 5))
    used, given_back, _forgotten = (market.buy(one), market.buy(one), market.buy(another))
    market.redeem(clerk, market.code(one, used))
    one.delete(f"/vouchers/{given_back}")
    market.reverse(another, wrong)
    town.clock.set(noon(1, 9, 2027))
    town.run_job("expire-vouchers")
    town.clock.set(noon(12, 2, 2028))
    town.run_job("expire-points")

    told = seen(market, "/overview/points", **{"from": "2026-11-01", "to": "2028-12-31"})

    nothing = {"issued": 0, "spent": 0, "returned": 0, "expired": 0, "taken_back": 0, "donated": 0}
    moved = {item["starts_on"]: item for item in told["items"] if item["issued"] or item["returned"] or item["expired"]}
    assert len(told["items"]) == 26
    assert moved == {
        "2026-11-01": {"starts_on": "2026-11-01", "ends_on": "2026-11-30", **nothing, "issued": 20},
        "2026-12-01": {
            "starts_on": "2026-12-01",
            "ends_on": "2026-12-31",
            **nothing,
            "issued": 37,
            "spent": 24,
            "returned": 8,
            "taken_back": 7,
        },
        "2027-01-01": {"starts_on": "2027-01-01", "ends_on": "2027-01-31", **nothing, "returned": 8},
        "2028-12-01": {"starts_on": "2028-12-01", "ends_on": "2028-12-31", **nothing, "expired": 42},
    }
    assert told["totals"] == {
        **nothing,
        "issued": 57,
        "spent": 24,
        "returned": 16,
        "expired": 42,
        "taken_back": 7,
    }
    assert (told["from"], told["to"], told["per"]) == ("2026-11-01", "2028-12-31", "month")


def test_redemptions_are_told_by_partner_and_day_without_those_undone(town: Town, market: Market) -> None:
    market.benefit()
    market.benefit("film", partner=CINEMA, value_eur=7.5)
    museum, cinema = town.clerk(MUSEUM), town.clerk(CINEMA)
    person = market.shopper(80)
    for at, clerk, benefit in (
        (datetime(2026, 12, 1, 22, 59, tzinfo=UTC), museum, "museum-ticket"),
        (datetime(2026, 12, 1, 23, 0, tzinfo=UTC), museum, "museum-ticket"),
        (noon(12, 2), museum, "museum-ticket"),
        (noon(12, 2), cinema, "film"),
    ):
        town.clock.set(at)
        market.redeem(clerk, market.code(person, market.buy(person, benefit)))
    undone = market.redeem(cinema, market.code(person, market.buy(person, "film")))
    cinema.delete(f"/till/redemptions/{undone}")

    told = seen(market, "/overview/redemptions")
    weeks = seen(market, "/overview/redemptions", per="week")

    assert [(row["starts_on"], row["ends_on"], row["partner"], row["redemptions"]) for row in told["items"]] == [
        ("2026-12-01", "2026-12-01", MUSEUM, 1),
        ("2026-12-02", "2026-12-02", CINEMA, 1),
        ("2026-12-02", "2026-12-02", MUSEUM, 2),
    ]
    assert told["totals"] == {"redemptions": 4, "value_eur": "22.50"}
    assert (told["from"], told["to"]) == ("2026-11-03", "2026-12-02")
    assert [(row["starts_on"], row["ends_on"], row["value_eur"]) for row in weeks["items"]] == [
        ("2026-11-30", "2026-12-02", "7.50"),
        ("2026-11-30", "2026-12-02", "15.00"),
    ]


def test_a_table_says_the_same_as_the_json(town: Town, market: Market) -> None:
    market.benefit()
    market.manager.patch(f"/partners/{MUSEUM}", json={"name": "=HYPERLINK(evil)"})
    person = market.shopper(20)
    market.redeem(town.clerk(MUSEUM), market.code(person, market.buy(person)))

    for path, items in (("/overview/points", "items"), ("/overview/redemptions", "items"), ("/liability", "months")):
        told = seen(market, path)[items]
        table = rows_of(market.manager.get(path, query_string={"format": "csv"}))

        harmless = [{name: str(cell).replace("=HYP", "'=HYP") for name, cell in row.items()} for row in told]
        assert table == harmless, path
        assert table


def test_steps_are_cut_by_the_days_that_were_asked_for(market: Market) -> None:
    def steps(**query: str) -> list[tuple[str, str]]:
        items = seen(market, "/overview/points", **query)["items"]
        return [(item["starts_on"], item["ends_on"]) for item in items]

    assert steps(**{"from": "2026-01-31", "to": "2026-03-01"}) == [
        ("2026-01-31", "2026-01-31"),
        ("2026-02-01", "2026-02-28"),
        ("2026-03-01", "2026-03-01"),
    ]
    assert steps(**{"from": "2026-11-22", "to": "2026-11-23", "per": "week"}) == [
        ("2026-11-22", "2026-11-22"),
        ("2026-11-23", "2026-11-23"),
    ]
    assert (len(steps()), steps()[0], steps()[-1]) == (
        12,
        ("2025-12-01", "2025-12-31"),
        ("2026-11-01", "2026-11-23"),
    )
    assert len(steps(per="day")) == 30


@pytest.mark.parametrize("path", ["/overview/points", "/overview/redemptions", "/overview/review"])
@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, "period_backwards"),
        ({"from": "2000-01-01", "to": "2199-12-31"}, "period_too_long"),
        ({"from": "2026-01-01", "to": "2026-03-04", "per": "day"}, "period_too_long"),
        ({"from": "0001-01-01"}, "invalid"),
        ({"to": "9999-12-31"}, "invalid"),
        ({"per": "hour"}, "invalid"),
        ({"format": "xml"}, "invalid"),
        ({"since": "2026-11-01"}, "invalid"),
    ],
)
def test_what_is_no_period_is_refused(market: Market, path: str, query: dict[str, str], code: str) -> None:
    assert facts(market.manager.get(path, query_string=query)) == (422, code)


def test_c10_nobody_but_managers_and_auditors_sees_the_books(town: Town, market: Market) -> None:
    office, others = (market.manager, town.auditor()), (town.resident(), town.verifier(), town.clerk(MUSEUM))

    for path in ("/overview/points", "/overview/redemptions", "/overview/review", "/liability"):
        assert {person.get(path).status_code for person in office} == {200}
        assert {person.get(path).status_code for person in others} == {403}
