"""Managers and auditors read how the programme goes: in charts by pointer and keyboard, in tables, and in files."""

import pytest
from playwright.sync_api import Page, expect

from tests.catalogue.cases import APPROVE, DECLINE, Cases
from tests.rewards.market import CINEMA, MUSEUM, Market
from tests.town import Town
from tests.web.conftest import DESK, PHONE, Opens, axe, screenshot

SIZES = {"phone": PHONE, "desk": DESK}


@pytest.fixture
def busy(town: Town) -> Town:
    """A town with a few weeks behind it."""
    cases, market, verifier = Cases(town), Market(town), town.verifier()
    cases.deed(points=4, max_per_day=50)
    market.benefit(value_eur="5.00")
    market.benefit("film", partner=CINEMA, price_points=4, value_eur="7.50")
    clerks = {partner: town.clerk(partner) for partner in (MUSEUM, CINEMA)}
    people = [town.resident() for _ in range(11)]
    for number, person in enumerate(people):
        market.award(person, 30 - number)
        submission = cases.claim_with_photo(person)
        town.clock.forward(hours=9 + number)
        cases.lease(verifier)
        cases.decide(verifier, submission, DECLINE if number % 4 == 0 else APPROVE)
        for benefit, partner in (("museum-ticket", MUSEUM), ("film", CINEMA))[: 1 + number % 2]:
            voucher = market.buy(person, benefit, 8 if partner == MUSEUM else 4)
            market.redeem(clerks[partner], market.code(person, voucher))
    cases.claim_with_photo(people[0])
    town.clock.forward(hours=2)
    return town


def overview(desk: Opens, town: Town, path: str = "/staff#/overview", **options: object) -> Page:
    page = desk(town.manager(), path, **options)
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.locator("figure")).to_have_count(4)
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_overview_looks_as_it_should(size: str, theme: str, desk: Opens, busy: Town) -> None:
    page = overview(desk, busy, size=SIZES[size], theme=theme)
    expect(page.locator(".plot svg").first).to_be_visible()

    screenshot(page, f"staff-overview-{size}-{theme}")

    assert axe(page) == []
