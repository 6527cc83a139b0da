"""A resident sees their points as batches with a last day, and each movement with its reason; none of it is a score."""

import pytest
from playwright.sync_api import expect

from tests.catalogue.cases import Cases
from tests.rewards.market import Market
from tests.town import Person, Town
from tests.web.conftest import Opens, Watch, looks_right


@pytest.fixture
def market(town: Town) -> Market:
    return Market(town)


def with_history(market: Market) -> Person:
    """Two awards with dates of their own, a ticket bought and given back, and another one bought."""
    person = market.town.resident()
    for deed, english in (("beach-clean-up", "Clean the beach"), ("trees", "Water the trees")):
        Cases(market.town).deed(deed, titles=dict.fromkeys(("ca", "es", "en", "pt"), english))
    market.award(person, 8)
    market.town.clock.forward(days=40)
    market.award(person, 15, deed="trees")
    market.benefit(price_points=5)
    assert person.delete(f"/vouchers/{market.buy(person, price=5)}").status_code == 200
    market.town.clock.forward(days=1)
    market.buy(person, price=5)
    return person


def test_points_are_batches_with_their_last_day_and_movements_with_their_reason(market: Market, phone: Opens) -> None:
    person = with_history(market)

    page = phone(person, "/#/points")

    batches = page.get_by_role("list", name="Your points and their last days").get_by_role("listitem")
    expect(batches).to_have_text(["3 points until 23 November 2028", "15 points until 2 January 2029"])
    history = page.get_by_role("list", name="What came and went").get_by_role("listitem")
    expect(history).to_have_count(5)
    expect(history.nth(0)).to_contain_text("A ticket")
    expect(history.nth(0)).to_contain_text("Spent on a benefit")
    expect(history.nth(0)).to_contain_text("5 points went")
    expect(history.nth(1)).to_contain_text("Given back: you cancelled the voucher")
    expect(history.nth(4)).to_contain_text("Clean the beach")
    expect(history.nth(4)).to_contain_text("Points for a verified deed")
    looks_right(page, "phone-points")


def test_who_has_no_points_is_told_where_they_come_from(town: Town, phone: Opens) -> None:
    page = phone(town.resident(), "/#/points")

    expect(page.get_by_text("No points to spend yet")).to_be_visible()
    expect(page.get_by_role("link", name="Find a good deed")).to_have_attribute("href", "#/deeds")
    looks_right(page, "phone-points-none")


def test_points_are_there_without_a_network(market: Market, phone: Opens, watch: Watch) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    page = phone(with_history(market), "/#/points")
    expect(page.get_by_text("Given back: you cancelled the voucher")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")

    page.context.set_offline(True)
    page.reload()

    expect(page.get_by_text("15 points until")).to_be_visible()
    expect(page.get_by_text("Given back: you cancelled the voucher")).to_be_visible()
    expect(page.get_by_text("There is no network at the moment")).to_have_count(0)  # it is said once, above
    looks_right(page, "phone-points-offline")
