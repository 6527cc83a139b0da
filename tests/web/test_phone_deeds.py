"""The catalogue is found and read before anything is done: open to all, by district as chosen, with what is left."""

from playwright.sync_api import expect

from core.clock import iso
from tests.catalogue.cases import Cases
from tests.catalogue.deed_bodies import version_body
from tests.town import Town
from tests.web.conftest import Opens, looks_right
from tests.web.phone_town import load_catalogue, open_at


def test_deeds_are_found_by_words_kind_and_district(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    Cases(town).deed("only-in-sants", districts=[town.district("sants")], category="care")
    town.district("gracia")
    page = open_at(phone, town, town.resident(), "/deeds")
    listed = page.get_by_role("list", name="Good deeds").get_by_role("listitem")

    expect(listed).to_have_count(20)
    page.get_by_role("button", name="Show more").click()
    expect(listed).to_have_count(25)
    page.get_by_role("searchbox", name="Search").fill("BIN")
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text("Paint a street bin")
    page.reload()
    expect(listed).to_have_count(1)
    page.get_by_role("searchbox", name="Search").fill("zebra")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    looks_right(page, "phone-deeds-none")
    page.get_by_role("button", name="Show all deeds").click()
    page.get_by_role("button", name="Care").click()
    expect(listed).to_have_count(3)
    expect(page.get_by_role("button", name="Care")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("District").select_option("gracia")
    expect(listed).to_have_count(2)
    page.get_by_label("Suits").select_option("weekend")
    expect(listed).to_have_count(1)


def test_the_list_shows_what_is_left_today(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    cases = Cases(town)
    resident = town.resident()
    cases.approved(resident, town.verifier(), "paint-bin")

    page = open_at(phone, town, resident, "/deeds")

    bin_row = page.get_by_role("listitem").filter(has_text="Paint a street bin")
    expect(bin_row).to_contain_text("Done for today")
    garden = page.get_by_role("listitem").filter(has_text="Work in the community garden")
    expect(garden).to_contain_text("3 h left today")
    expect(garden).to_contain_text("2 points an hour")
    expect(garden).to_contain_text("Organiser confirms")
    looks_right(page, "phone-deeds")


def test_a_deed_says_its_rule_and_its_history_in_plain_words(phone: Opens, town: Town) -> None:
    cases = Cases(town)
    cases.deed("water-trees", points=2, unit="hour", districts=[town.district("gracia")])
    later = {"points": 3, "access": [], "reason": "Summer is hotter.", "in_force_from": iso(town.clock.forward(days=2))}
    changed = town.manager().put("/deeds/water-trees", json=version_body(**later))
    assert changed.status_code == 200, changed.json

    page = open_at(phone, town, None, "/deeds/water-trees")

    expect(page.get_by_role("heading", name="Water street trees")).to_be_visible()
    for said in ("3 points an hour", "Up to 5 h a day and 50 h a year", "You send a photo of what you did."):
        expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_role("link", name="Do it without points")).to_be_visible()
    looks_right(page, "phone-deed")
    page.get_by_role("link", name="What has changed").click()
    expect(page.get_by_text("Summer is hotter.")).to_be_visible()
    expect(page.get_by_text("Points: from 2 to 3")).to_be_visible()
    expect(page.get_by_text("Where: from Gracia to The whole city")).to_be_visible()
    expect(page.get_by_text("Good to know: from In the evening to none")).to_be_visible()
    expect(page.get_by_text("In force since 23 November 2026")).to_be_visible()
    looks_right(page, "phone-deed-history")


def test_a_deed_in_a_pause_says_until_when_and_one_that_is_not_there_says_so(phone: Opens, town: Town) -> None:
    cases = Cases(town)
    cases.deed("clean-beach", evidence=["event_code"], paused_until="2026-12-01")
    page = open_at(phone, town, town.resident(), "/deeds/clean-beach")

    expect(page.get_by_text("This deed is paused until 1 December 2026.")).to_be_visible()
    expect(page.get_by_role("link", name="Scan a code")).to_be_hidden()
    looks_right(page, "phone-deed-paused")


def test_what_can_be_done_with_others_names_its_events(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    cases = Cases(town)
    cases.event(town.organiser(), "repair-cafe", title="Repair café at the library", district=town.district("gracia"))
    page = open_at(phone, town, town.resident(), "/deeds/repair-cafe")

    expect(page.get_by_text("Repair café at the library")).to_be_visible()
    expect(page.get_by_text("23 Nov 2026, 11:00–14:00 · Gracia")).to_be_visible()
    looks_right(page, "phone-deed-events")
