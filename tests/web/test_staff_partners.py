"""Managers keep partners, their tills and who may do what; auditors read the log."""

import re

from playwright.sync_api import expect

from citizen import roles
from core.http.doors import Role
from tests.rewards.market import MUSEUM, Market
from tests.town import PIN, Town
from tests.web.conftest import Opens, Watch, looks_right
from tests.web.office import at_work, go


def test_a_manager_adds_a_partner_renames_it_and_takes_it_out_of_business(desk: Opens, town: Town) -> None:
    page = at_work(desk, town, town.manager(), "/partners")
    page.get_by_role("button", name="New partner").first.click()
    page.get_by_label("Name", exact=True).fill("Forn de l'Eixample")
    page.get_by_role("button", name="Add the partner").click()

    expect(page.get_by_role("heading", name="Forn de l'Eixample", level=1)).to_be_visible()
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("Forn Nou")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Forn Nou", level=1)).to_be_visible()
    page.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    expect(page.get_by_role("button", name="Activate", exact=True)).to_be_visible()

    assert town.manager().get("/partners").json["items"] == [
        {"code": "forn-de-l-eixample", "name": "Forn Nou", "is_active": False}
    ]


def test_a_device_is_paired_by_a_code_that_runs_down_and_is_ended(desk: Opens, town: Town) -> None:
    town.partner(MUSEUM)
    page = at_work(desk, town, town.manager(), f"/partners/{MUSEUM}")
    page.get_by_role("button", name="Pair a device").click()
    page.get_by_label("Name of the till").fill("Front desk")
    page.get_by_role("button", name="Make a code").click()

    expect(page.get_by_text(re.compile(r"1[45]:\d\d minutes left"))).to_be_visible()
    code = page.locator(".pairing-code").inner_text()
    looks_right(page, "staff-pairing")
    expect(page.get_by_text(re.compile(r"14:5[0-8] minutes left"))).to_be_visible()
    paired = town.anyone().post("/till/devices", json={"pairing_code": code, "pin": PIN})
    assert paired.status_code == 201
    expect(page.get_by_text("Front desk is paired.")).to_be_visible()
    page.get_by_role("button", name="Done").click()

    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_text("No till yet")).to_be_visible()
    page.get_by_text("1 ended").click()
    expect(page.get_by_text("Front desk ended on")).to_be_visible()


def test_a_code_that_nobody_used_gives_way_to_another(desk: Opens, town: Town) -> None:
    town.partner(MUSEUM)
    page = desk(town.manager(), f"/staff#/partners/{MUSEUM}")
    page.get_by_role("button", name="Pair a device").click()
    page.clock.install()
    page.get_by_role("button", name="Make a code").click()
    first = page.locator(".pairing-code").inner_text()

    page.clock.fast_forward("15:01")

    expect(page.get_by_text("This code is over.")).to_be_visible()
    page.get_by_role("button", name="Make a code").click()
    expect(page.locator(".pairing-code")).to_be_visible()
    assert page.locator(".pairing-code").inner_text() != first


def test_a_role_is_given_seen_and_taken_away(desk: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("409")
    town.partner(MUSEUM)
    manager = town.manager()
    page = at_work(desk, town, manager, "/roles")
    expect(page.get_by_text("Yours: another manager can take it")).to_be_visible()

    page.get_by_role("button", name="Give a role").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill(manager.email)
    dialog.get_by_label("Role").select_option("auditor")
    dialog.get_by_role("button", name="Give a role").click()
    expect(dialog.get_by_text("Ask another manager.")).to_be_visible()
    dialog.get_by_label("E-mail address").fill("clerk@example.org")
    dialog.get_by_label("Role").select_option("clerk")
    dialog.get_by_label("Partner").select_option(MUSEUM)
    looks_right(page, "staff-role")
    dialog.get_by_role("button", name="Give a role").click()

    row = page.get_by_role("listitem").filter(has_text="clerk@example.org")
    expect(row).to_contain_text(MUSEUM)
    row.get_by_role("button", name="Take away").click()
    page.get_by_role("dialog").get_by_role("button", name="Take away").click()
    expect(row).to_have_count(0)


def test_an_auditor_finds_in_the_log_who_did_what(desk: Opens, town: Town) -> None:
    Market(town).benefit()
    page = at_work(desk, town, town.auditor(), "/audit")
    expect(page.locator(".log")).not_to_have_count(0)

    page.get_by_label("What happened").select_option("partner.opened")
    page.get_by_role("button", name="Show").click()

    expect(page.locator(".log")).to_have_count(1)
    expect(page.locator(".log")).to_contain_text(MUSEUM)
    page.get_by_label("From").fill("2026-12-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing fits")).to_be_visible()


PAGES = {
    "partners": ("/partners", "Museu De La Vila"),
    "partner": (f"/partners/{MUSEUM}", "On shift"),
    "roles": ("/roles", "Yours: another manager"),
    "audit": ("/audit", "role.read"),
}


def test_these_pages_look_as_they_should(desk: Opens, town: Town) -> None:
    Market(town).benefit()
    town.till(MUSEUM).get("/till/me")
    town.clerk("cinema-del-barri")
    person = town.manager()
    settings, at = town.settings, town.clock.now()
    town.does(lambda: roles.grant(person.email, Role.AUDITOR, by=None, at=at, settings=settings))
    page = at_work(desk, town, person, "/partners")
    for name, (path, text) in PAGES.items():
        go(page, path)
        expect(page.get_by_text(text).first).to_be_visible()
        looks_right(page, f"staff-{name}")
