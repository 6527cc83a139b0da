"""Managers and auditors read how the programme goes: in charts by pointer and keyboard, in tables, and in files."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.catalogue.cases import APPROVE, DECLINE, Cases
from tests.rewards.market import CINEMA, MUSEUM, Market
from tests.town import Town
from tests.web.conftest import Opens, looks_right


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


def told(text: str) -> re.Pattern[str]:
    """A day as any edition of the browser writes it, with a comma after its weekday or without."""
    return re.compile(text.replace("day ", "day,? ", 1))


def test_the_overview_looks_as_it_should(desk: Opens, busy: Town) -> None:
    page = overview(desk, busy)
    expect(page.locator(".plot svg").first).to_be_visible()

    looks_right(page, "staff-overview")


def test_a_charts_values_are_told_by_keyboard_by_pointer_and_in_its_table(desk: Opens, busy: Town) -> None:
    page = overview(desk, busy)
    chart = page.locator("figure", has_text="Claims decided")
    plot = chart.get_by_role("slider")

    plot.focus()
    page.keyboard.press("End")
    expect(plot).to_have_attribute("aria-valuetext", told("Sunday 29 November 2026: Approved: 2, Declined: 0"))
    page.keyboard.press("ArrowLeft")
    expect(chart.locator(".when")).to_have_text(told("Saturday 28 November 2026"))
    looks_right(page, "staff-overview-keyboard")
    page.keyboard.press("Home")
    expect(plot).to_have_attribute("aria-valuenow", "1")
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + 60)
    expect(chart.locator(".when")).to_have_text(told("Sunday 29 November 2026"))
    chart.get_by_text("Show as a table").click()

    expect(chart.get_by_role("row", name=told("Sunday 29 November 2026 2 0"))).to_be_visible()


def test_a_charts_numbers_are_taken_along_as_csv(desk: Opens, busy: Town, tmp_path: Path) -> None:
    page = overview(desk, busy)

    with page.expect_download() as begun:
        page.get_by_role("button", name="Download as CSV: Vouchers used, by partner").click()
    file = tmp_path / begun.value.suggested_filename
    begun.value.save_as(file)

    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert sum(int(row["redemptions"]) for row in rows) == 16
    assert {row["partner"] for row in rows} == {MUSEUM, CINEMA}


def test_the_period_is_chosen_and_stays_in_the_address(desk: Opens, busy: Town) -> None:
    page = overview(desk, busy)

    page.get_by_label("Period").select_option("month")
    expect(page.get_by_role("slider", name="Claims decided")).to_have_attribute("aria-valuemax", "12")
    page.reload()
    expect(page.get_by_role("slider", name="Claims decided")).to_have_attribute("aria-valuemax", "12")
    page.get_by_label("Period").select_option("own")
    page.get_by_label("From").fill("2026-11-24")
    page.get_by_label("To", exact=True).fill("2026-11-26")
    page.get_by_label("By", exact=True).select_option("day")
    page.get_by_role("button", name="Show", exact=True).click()

    plot = page.get_by_role("slider", name="Claims decided")
    expect(plot).to_have_attribute("aria-valuemax", "3")
    expect(plot).to_have_attribute("aria-valuetext", told("Thursday 26 November 2026: Approved: 2, Declined: 0"))


def test_a_statement_is_read_and_taken_along(desk: Opens, busy: Town) -> None:
    page = desk(busy.manager(), f"/staff#/overview/statements?partner={MUSEUM}&month=2026-11")

    expect(page.get_by_role("row", name="In all 11")).to_be_visible()
    page.get_by_text("Day by day").click()
    looks_right(page, "staff-statement")
    for button, beginning in (("Excel (XLSX)", b"PK"), ("Paper (PDF)", b"%PDF")):
        with page.expect_download() as begun:
            page.get_by_role("button", name=button).click()
        assert begun.value.path().read_bytes().startswith(beginning)


def test_an_auditor_sees_the_overview_and_what_else_is_theirs(desk: Opens, busy: Town) -> None:
    page = desk(busy.auditor(), "/staff")

    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(["Overview", "Log"])
    expect(page.get_by_role("link", name="Statements")).to_have_count(0)
