"""A verifier goes through the queue without the mouse, and what they decide is theirs to take back for ten seconds."""

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from threading import Event

import pytest
from flask import Flask, request, request_finished
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from core.http.doors import Role
from tests.catalogue.cases import Cases
from tests.town import Person, Town
from tests.web.conftest import SEEN_WITHIN_MS, Opens, Watch, looks_right, module, screenshot

UNDO_MS = 10_000
TREES = {
    "en": "Water the street trees",
    "es": "Regar los árboles",
    "ca": "Regar els arbres",
    "pt": "Regar as árvores",
}


@cache
def street(shade: int = 0) -> bytes:
    """A picture of a tree in a street, that one can look at."""
    picture = Image.new("RGB", (1200, 900), (196, 214, 226))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 600, 1200, 900), fill=(150 + shade, 146, 138))
    draw.rectangle((60, 200, 420, 600), fill=(214, 190, 160))
    for window in range(6):
        x, y = 90 + window % 3 * 110, 240 + window // 3 * 170
        draw.rectangle((x, y, x + 70, y + 110), fill=(90, 110, 130))
    draw.rectangle((740, 380, 790, 700), fill=(104, 74, 50))
    draw.ellipse((560, 110, 980, 470), fill=(70, 128 + shade, 72))
    draw.polygon([(860, 640), (980, 640), (960, 760), (880, 760)], fill=(52, 96, 160))
    content = BytesIO()
    picture.save(content, "JPEG", quality=88)
    return content.getvalue()


@pytest.fixture
def cases(town: Town) -> Cases:
    return Cases(town)


@pytest.fixture
def waiting(town: Town, cases: Cases) -> dict[str, Person]:
    """Three cases with a photo and whose they are, the oldest first, a day apart."""
    cases.deed(titles=TREES, purpose="Young trees live through the summer, and streets stay cool.")
    found = {}
    for number in (1, 2, 3):
        doer = town.resident("Marta Puig")
        submission = cases.claim(doer, note=f"Tree number {number}, two buckets.")
        cases.send_photo(doer, submission, street(number))
        found[submission] = doer
        cases.clock.forward(days=1)
    return found


def at_a_case(desk: Opens, verifier: Person, **options: object) -> Page:
    page = desk(verifier, **options)
    page.clock.install()
    expect(page.get_by_role("button", name="Take the next case")).to_be_visible()
    page.keyboard.press("n")
    ready(page)
    return page


def ready(page: Page, note: str = "") -> None:
    """The case is there and can be decided."""
    expect(page.get_by_text(note or "two buckets")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()


def status_of(person: Person, submission: str) -> str:
    return str(person.get(f"/submissions/{submission}").json["status"])


def sent(page: Page, person: Person, submission: str) -> str:
    """The status once the ten seconds are over and what was decided has been answered."""
    with page.expect_response(re.compile("/verification$")):
        page.clock.run_for(UNDO_MS)
    return status_of(person, submission)


def test_the_queue_is_gone_through_by_the_keyboard_alone(desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    (first, one), (second, two), (third, three) = waiting.items()
    page = desk(town.verifier())
    page.clock.install()
    tiles = page.locator(".tiles")
    expect(tiles).to_contain_text("Waiting for a decision3")
    expect(tiles).to_contain_text("The oldest since23 Nov 2026")
    expect(page.get_by_text("Promised by 7 Dec 2026")).to_be_visible()

    page.keyboard.press("n")
    ready(page, "Tree number 1")
    expect(page.get_by_role("heading", name="Water the street trees")).to_be_focused()
    expect(page.get_by_text("3 points each time")).to_be_visible()
    expect(page.get_by_text("The photo shows this deed")).to_be_visible()
    expect(page.get_by_text("Marta")).to_have_count(0)
    page.keyboard.press("a")

    ready(page, "Tree number 2")
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name="Decline: why?")).to_be_visible()
    page.keyboard.press("1")
    words = page.get_by_label("What the resident reads")
    expect(words).to_be_focused()
    expect(words).to_have_value(re.compile("does not show that the deed was done"))
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Put what is meant in the place of [what is missing].")).to_be_visible()
    page.keyboard.type("the tree is not in the photo")
    page.keyboard.press("Control+Enter")

    ready(page, "Tree number 3")
    page.keyboard.press("q")
    page.keyboard.press("1")
    page.keyboard.type("the bucket")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing here waits for you")).to_be_visible()
    assert [status_of(doer, case) for case, doer in waiting.items()] == ["in_review"] * 3  # not sent yet

    assert sent(page, one, first) == "approved"
    page.keyboard.press("Escape")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    declined = two.get(f"/submissions/{second}").json
    asked = three.get(f"/submissions/{third}").json
    assert (declined["status"], asked["status"]) == ("declined", "asked")
    assert declined["decisions"][0]["text"] == (
        "What you sent does not show that the deed was done: the tree is not in the photo."
    )
    assert asked["decisions"][0]["text"].startswith("We cannot see the bucket in the photo.")


def test_what_was_decided_can_be_taken_back_for_ten_seconds(
    desk: Opens, town: Town, waiting: dict[str, Person]
) -> None:
    (first, one), (second, two), _ = waiting.items()
    page = at_a_case(desk, town.verifier())
    page.keyboard.press("a")
    ready(page, "Tree number 2")
    page.clock.run_for(UNDO_MS - 2000)

    page.keyboard.press("u")
    ready(page, "Tree number 1")
    page.clock.run_for(UNDO_MS)

    assert status_of(one, first) == "in_review"
    page.keyboard.press("a")
    ready(page, "Tree number 2")  # what was put aside comes next
    page.keyboard.press("a")
    ready(page, "Tree number 3")
    page.get_by_role("button", name="Undo").last.click()
    ready(page, "Tree number 2")
    assert sent(page, one, first) == "approved"
    assert status_of(two, second) == "in_review"
    page.keyboard.press("u")
    expect(page.get_by_text("There is nothing to take back any more.")).to_be_visible()


def test_a_closed_page_takes_nothing_back(desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    first, one = next(iter(waiting.items()))
    page = at_a_case(desk, town.verifier())
    page.keyboard.press("a")
    ready(page, "Tree number 2")

    answered = Event()

    def saw(_: Flask, **__: object) -> None:
        if request.path.endswith("/verification"):
            answered.set()

    with request_finished.connected_to(saw, town.app):
        page.goto("about:blank")
        assert answered.wait(SEEN_WITHIN_MS / 1000)
    other = page.context.new_page()
    other.goto("/staff")

    expect(other.locator(".tiles")).to_contain_text("Waiting for a decision2")
    assert status_of(one, first) == "approved"
    once_empty(other)
    expect(other.get_by_role("alert")).to_have_count(0)


def test_a_decision_without_a_network_goes_out_once_there_is_one(
    desk: Opens, town: Town, waiting: dict[str, Person], watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    first, one = next(iter(waiting.items()))
    page = at_a_case(desk, town.verifier())
    page.context.set_offline(True)

    page.keyboard.press("a")
    expect(page.get_by_text("There is no network at the moment.")).to_be_visible()
    page.clock.run_for(UNDO_MS)
    looks_right(page, "staff-case-offline")
    assert status_of(one, first) == "in_review"
    page.close()
    page.context.set_offline(False)
    page = page.context.new_page()
    page.goto("/staff")

    once_empty(page)
    assert status_of(one, first) == "approved"
    page.keyboard.press("n")
    ready(page, "Tree number 2")


def test_a_lease_warns_before_it_lapses_and_can_be_kept(desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    first = next(iter(waiting))
    verifier, colleague = town.verifier(), town.verifier()
    page = at_a_case(desk, verifier)
    pass_minutes(page, town, 13.5)
    expect(page.get_by_text("In less than two minutes this case goes back to the queue.")).to_be_visible()
    looks_right(page, "staff-case-soon")

    page.keyboard.press("k")
    expect(page.get_by_text("In less than two minutes")).to_have_count(0)
    pass_minutes(page, town, 15.5)

    expect(page.get_by_text("Your time for this case is over")).to_be_visible()
    looks_right(page, "staff-case-lapsed")
    assert Cases(town).lease(colleague) == first
    page.keyboard.press("k")
    expect(page.get_by_text("A colleague has taken that case.")).to_be_visible()
    ready(page, "Tree number 2")


def test_what_a_colleague_took_meanwhile_is_not_decided_and_says_so(
    desk: Opens, town: Town, waiting: dict[str, Person], watch: Watch
) -> None:
    watch.may_say("409")
    first, one = next(iter(waiting.items()))
    page = at_a_case(desk, town.verifier())
    pass_minutes(page, town, 15.5)
    Cases(town).lease(town.verifier())

    page.keyboard.press("a")
    ready(page, "Tree number 2")
    assert sent(page, one, first) == "in_review"

    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("Not approved: “Water the street trees”")
    expect(refused).to_contain_text("A colleague has this case now, so it is theirs to decide.")
    looks_right(page, "staff-case-refused")
    refused.get_by_role("button", name="I have read it").click()
    expect(refused).to_have_count(0)


def test_a_case_that_changed_after_it_was_seen_comes_again(
    desk: Opens, town: Town, waiting: dict[str, Person], watch: Watch
) -> None:
    watch.may_say("412")
    first, one = next(iter(waiting.items()))
    page = at_a_case(desk, town.verifier())
    page.keyboard.press("a")
    ready(page, "Tree number 2")
    one.patch(f"/submissions/{first}", json={"note": "Tree number 1, and I forgot: three buckets."})

    assert sent(page, one, first) == "in_review"
    expect(page.get_by_role("alert")).to_contain_text("The resident has added to it after you saw it.")
    page.keyboard.press("a")

    expect(page.get_by_text("three buckets")).to_be_visible()


def test_a_case_is_given_back_with_a_reason(desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    _, second, _ = waiting
    verifier = town.verifier()
    page = at_a_case(desk, verifier)
    page.keyboard.press("a")  # still to be sent, and not what is given back
    ready(page, "Tree number 2")

    page.keyboard.press("b")
    expect(page.get_by_text("The verifier may know the person.")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")

    ready(page, "Tree number 3")
    assert [str(row.object) for row in Cases(town).audited("submission.given_back")] == [second]


def test_the_queue_is_filtered_and_next_keeps_to_it(desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    cases = Cases(town)
    organiser = town.organiser()
    cases.deed("read-aloud", category="learning", points=10, titles=dict.fromkeys(TREES, "Read aloud"))
    event = cases.event(organiser, "read-aloud", title="Stories in the park")
    doer = town.resident()
    reading = cases.claim_with_photo(doer, "read-aloud", event=event, note="Two stories.")
    cases.decide(town.verifier(), reading)
    page = desk(town.verifier())

    page.get_by_label("Category").select_option("learning")
    expect(page.get_by_text("1 of 4 cases")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Waiting for").select_option("3")
    expect(page.get_by_text("1 of 4 cases")).to_be_visible()  # by the town's clock, not the device's
    page.get_by_label("Waiting for").select_option("7")
    expect(page.get_by_text("0 of 4 cases")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Approvals").select_option("true")
    expect(page.get_by_text("1 of 4 cases")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Stories in the park").click()
    expect(page.get_by_role("link", name="Decide on this event as a whole (1 case)")).to_be_visible()
    looks_right(page, "staff-queue-filtered")
    page.keyboard.press("n")

    ready(page, "Two stories.")
    expect(page.get_by_text("A colleague has approved: yours is the second")).to_be_visible()


def test_a_photo_is_looked_at_closely_by_keys(desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    first, one = next(iter(waiting.items()))
    Cases(town).send_photo(one, first, street(90))
    page = at_a_case(desk, town.verifier())
    photo = page.get_by_role("img", name="Photo 1 of 2")
    expect(photo).to_be_visible()

    for key in ("+", "+", "ArrowLeft", "r"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Show the whole photo")).to_have_text("200 %")
    assert "rotate(90deg)" in str(photo.get_attribute("style"))
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("img", name="Photo 2 of 2")).to_be_visible()


def test_single_keys_can_be_switched_off(desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    page = at_a_case(desk, town.verifier())
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Approve, with words")
    dialog.get_by_label("Single keys act.").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    page.keyboard.press("a")

    page.clock.run_for(1000)
    expect(page.get_by_text("Tree number 1")).to_be_visible()
    expect(page.get_by_text("Approved:")).to_have_count(0)


@pytest.fixture
def event_town(town: Town, cases: Cases) -> Callable[[], str]:
    """An event of which four cases wait: one that the organiser denied, one of the verifier's own colleague."""

    def made() -> str:
        cases.deed("clean-beach", evidence=["organiser"], titles=dict.fromkeys(TREES, "Clean the beach"))
        organiser = town.organiser()
        event = cases.event(organiser, "clean-beach", title="Beach morning")
        for said in [{"confirmed": True}] * 3 + [{"confirmed": False, "text": "Nobody of that day came."}]:
            submission = cases.claim(town.resident(), "clean-beach", event=event)
            answer = organiser.post(f"/submissions/{submission}/confirmation", json=said)
            assert answer.status_code == 200
        return event

    return made


def test_a_whole_event_is_decided_and_each_case_told(desk: Opens, town: Town, event_town: Callable[[], str]) -> None:
    event = event_town()
    page = desk(town.verifier(), f"/staff#/queue/events/{event}")
    expect(page.get_by_text("4 cases of this event wait for a decision.")).to_be_visible()
    looks_right(page, "staff-event")

    page.keyboard.press("a")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog")).to_contain_text("Approve 4 cases?")
    looks_right(page, "staff-event-sure")
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()

    expect(page.get_by_text("3 approved")).to_be_visible()
    expect(page.get_by_text("1 not decided")).to_be_visible()
    expect(page.get_by_text("The organiser said no: look at this one by itself.")).to_be_visible()
    looks_right(page, "staff-event-results")


def test_the_queue_and_its_cases_look_as_they_should(
    desk: Opens, town: Town, waiting: dict[str, Person], event_town: Callable[[], str]
) -> None:
    event_town()
    page = desk(town.staff_resident(Role.VERIFIER))
    expect(page.get_by_text("Promised by 7 Dec 2026")).to_be_visible()
    looks_right(page, "staff-queue")
    page.get_by_role("button", name="Take the next case").click()
    ready(page)
    expect(page.get_by_role("img", name="Photo 1 of 1")).to_be_visible()
    looks_right(page, "staff-case")
    page.get_by_role("button", name="Decline").click()
    page.get_by_label("What was done is not this deed.").check()
    looks_right(page, "staff-decline")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    looks_right(page, "staff-keys")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved: Water the street trees")).to_be_visible()
    ready(page)
    looks_right(page, "staff-case-undo")


@pytest.mark.parametrize("language", ["es", "ca", "pt"])
def test_a_case_in_every_language(language: str, desk: Opens, town: Town, waiting: dict[str, Person]) -> None:
    page = desk(town.verifier(), "/staff#/queue/case", language=language)

    expect(page.get_by_role("heading", name=TREES[language])).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()
    screenshot(page, f"staff-case-desk-{language}")


def test_an_empty_queue_says_so(desk: Opens, town: Town) -> None:
    page = desk(town.verifier())

    expect(page.get_by_text("Nothing waits")).to_be_visible()
    looks_right(page, "staff-queue-empty")


def pass_minutes(page: Page, town: Town, minutes: float) -> None:
    town.clock.forward(minutes=minutes)
    page.clock.fast_forward(int(minutes * 60_000))


def once_empty(page: Page) -> None:
    """Wait until nothing is left in the outbox."""
    module(
        page,
        "shared/queue.js",
        "while ((await m.outbox()).length) await new Promise((resolve) => setTimeout(resolve, 50));",
    )
