"""An organiser announces an event, shows its code, sees who came as far as they agreed, and says what was done."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.catalogue.cases import Cases
from tests.catalogue.deed_bodies import TITLES
from tests.town import Person, Town
from tests.web.conftest import Opens, Watch, looks_right


@pytest.fixture
def cases(town: Town) -> Cases:
    return Cases(town)


@pytest.fixture
def organiser(town: Town, cases: Cases) -> Person:
    cases.deed("clean-beach", evidence=["event_code"], titles=dict.fromkeys(TITLES, "Clean the beach"))
    return town.organiser()


def at_town_time(page: Page, town: Town) -> Page:
    """A device whose clock is right."""
    page.clock.install(time=town.clock.now())
    page.reload()
    return page


def test_an_organiser_announces_an_event(desk: Opens, town: Town, organiser: Person) -> None:
    page = at_town_time(desk(organiser), town)
    expect(page.get_by_text("No events yet")).to_be_visible()

    page.get_by_role("button", name="Announce an event").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Deed").select_option("Clean the beach")
    dialog.get_by_label("Title").fill("Bogatell, by the kiosk")
    dialog.get_by_label("From").fill("10:30")
    dialog.get_by_label("Until").fill("12:30")
    looks_right(page, "staff-events-announce")
    dialog.get_by_role("button", name="Announce an event").click()

    expect(page.get_by_role("link", name=re.compile("Bogatell.*23 Nov 2026, 10:30–12:30"))).to_be_visible()
    (event,) = town.anyone().get("/events").json["items"]
    assert (event["title"], event["starts_at"]) == ("Bogatell, by the kiosk", "2026-11-23T09:30:00Z")


def test_the_code_on_the_screen_lets_people_check_in(desk: Opens, town: Town, cases: Cases, organiser: Person) -> None:
    cases.event(organiser, "clean-beach", title="Bogatell, by the kiosk")
    page = at_town_time(desk(organiser), town)
    expect(page.get_by_text("On now")).to_be_visible()
    looks_right(page, "staff-events")
    page.get_by_role("link", name=re.compile("Bogatell")).click()
    page.get_by_role("link", name="Show the code").click()
    code = page.locator(".letters")
    expect(page.get_by_role("img", name="The event's code")).to_be_visible()
    looks_right(page, "staff-event-code")
    first = code.inner_text()

    assert town.resident().post("/check-ins", json={"code": first}).status_code == 201
    town.clock.forward(seconds=30)
    page.clock.run_for(30_000)
    expect(code).not_to_have_text(first)
    page.get_by_role("link", name="Event", exact=True).click()
    page.get_by_role("button", name="Show who came").click()
    expect(page.get_by_text("Without a name")).to_be_visible()
    looks_right(page, "staff-event-organiser")


def test_a_code_that_may_be_old_is_not_shown(
    desk: Opens, town: Town, cases: Cases, organiser: Person, watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    event = cases.event(organiser, "clean-beach")
    page = at_town_time(desk(organiser, f"/staff#/events/{event}/code"), town)
    shown = page.get_by_role("img", name="The event's code")
    expect(shown).to_be_visible()

    page.context.set_offline(True)
    page.clock.run_for(30_000)

    expect(page.get_by_text("There is no network at the moment.")).to_be_visible()
    expect(shown).to_have_count(0)
    page.context.set_offline(False)
    page.clock.run_for(3_000)
    expect(shown).to_be_visible()


def test_a_cancelled_event_says_so(desk: Opens, town: Town, cases: Cases, organiser: Person) -> None:
    event = cases.event(organiser, "clean-beach")
    page = at_town_time(desk(organiser, f"/staff#/events/{event}"), town)

    page.get_by_role("button", name="Cancel the event").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the event").click()

    expect(page.get_by_text("Nobody can name it or check in any more.").first).to_be_visible()
    assert organiser.get("/me/events").json["items"][0]["is_cancelled"]


def test_an_organiser_says_what_was_done(desk: Opens, town: Town, cases: Cases, organiser: Person) -> None:
    cases.deed("read-aloud", evidence=["organiser"], unit="hour", titles=dict.fromkeys(TITLES, "Read aloud"))
    event = cases.event(organiser, "read-aloud")
    claims = {}
    for _ in range(3):
        doer = town.resident()
        claims[cases.claim(doer, "read-aloud", event=event, quantity=90)] = doer
        cases.clock.forward(minutes=1)
    page = desk(organiser, "/staff#/events/confirmations")

    cards = page.get_by_role("article")
    cards.nth(0).get_by_role("button", name="Yes: 1 hour 30 minutes").click()
    cards.nth(1).get_by_role("button", name="Yes, but another amount").click()
    cards.nth(1).get_by_label("How many minutes").fill("60")
    cards.nth(1).get_by_role("button", name="Confirm").click()
    cards.nth(2).get_by_role("button", name="No", exact=True).click()
    cards.nth(2).get_by_label("What happened?").fill("Nobody read that day.")
    looks_right(page, "staff-confirmations")
    cards.nth(2).get_by_role("button", name="No", exact=True).click()

    expect(page.get_by_text("You confirmed 1 hour 30 minutes.")).to_be_visible()
    expect(page.get_by_text("You confirmed 1 hour.")).to_be_visible()
    expect(page.get_by_text("You said no.")).to_be_visible()
    said = [doer.get(f"/submissions/{claim}").json["confirmation"] for claim, doer in claims.items()]
    assert [(one["confirmed"], one["quantity"], one["text"]) for one in said] == [
        (True, 90, None),
        (True, 60, None),
        (False, None, "Nobody read that day."),
    ]
