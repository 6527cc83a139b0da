"""What once went wrong at the office's desk, seen from the desk."""

import pytest
from playwright.sync_api import Route, expect

from catalogue import verification
from core.http.doors import Role
from tests.catalogue.cases import Cases
from tests.town import Town
from tests.web.conftest import Opens, Watch, axe, screenshot


@pytest.fixture
def cases(town: Town) -> Cases:
    return Cases(town)


def test_a_whole_event_goes_on_to_its_end(
    desk: Opens, town: Town, cases: Cases, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.may_say("ERR_FAILED")
    monkeypatch.setattr(verification, "EVENT_CASES_MAX", 2)
    cases.deed("clean-beach", evidence=["organiser"], max_per_day=50)
    organiser, verifier = town.organiser(), town.staff_resident(Role.VERIFIER)
    event = cases.event(organiser, "clean-beach", title="Beach morning")
    for doer in [verifier] * 3 + [town.resident() for _ in range(5)]:
        submission = cases.claim(doer, "clean-beach", event=event)
        assert organiser.post(f"/submissions/{submission}/confirmation", json={"confirmed": True}).status_code == 200
    page = desk(verifier, f"/staff#/queue/events/{event}")
    asked: list[Route] = []

    def third_fails(route: Route) -> None:
        asked.append(route)
        route.abort() if len(asked) == 3 else route.continue_()

    page.route("**/verification", third_fails)

    page.get_by_role("button", name="Approve all").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("4 of 8")).to_be_visible()
    screenshot(page, "staff-event-part-desk-light")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("5 approved")).to_be_visible()
    expect(page.get_by_text("3 not decided")).to_be_visible()
    expect(page.get_by_text("It is your own deed: somebody else decides it.")).to_have_count(3)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    assert axe(page) == []
    screenshot(page, "staff-event-all-desk-light")
