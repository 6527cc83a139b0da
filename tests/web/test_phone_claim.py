"""A claim is written down on the phone, sent once, also after the app was closed; so is a scan without signal."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.catalogue.cases import Cases
from tests.town import Person, Town
from tests.web.conftest import Camera, Opens, Watch, looks_right, module
from tests.web.phone_town import load_catalogue, open_at


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo as a phone takes it, large and full of detail."""
    file = tmp_path / "photo.jpg"
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(file, "JPEG", quality=90)
    return file


def claims_of(person: Person) -> list[Any]:
    items: list[Any] = person.get("/submissions").json["items"]
    return items


def choose(page: Page, picture: Path) -> None:
    page.get_by_label("Photo", exact=True).set_input_files(picture)
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()


def cut(page: Page) -> None:
    """From now on there is no network; what was there before is kept."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)


def test_a_claim_goes_out_with_its_photo_made_small(phone: Opens, town: Town, picture: Path) -> None:
    load_catalogue(town)
    town.clock.forward(days=2)
    resident = town.resident()
    page = open_at(phone, town, resident, "/deeds/paint-bin")

    page.get_by_role("link", name="I did this").click()
    expect(page.get_by_text("Once it is confirmed: 6 points.")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("This deed is shown by a photo")).to_be_visible()
    looks_right(page, "phone-claim-refused")
    choose(page, picture)
    page.get_by_label("On which day").fill("2026-11-24")
    page.get_by_label("Note", exact=True).fill("The bin at the corner of the square.")
    looks_right(page, "phone-claim")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("A person at the city decides by 9 December 2026.")).to_be_visible()
    [claim] = claims_of(resident)
    assert (claim["status"], claim["note"]) == ("in_review", "The bin at the corner of the square.")
    assert claim["done_at"] == "2026-11-24T11:00:00Z"  # noon in Barcelona
    added = resident.get("/me/export").json
    assert [photo["width"] for photo in found(added, "width")] == [1600]


def found(data: Any, key: str) -> list[dict[str, Any]]:
    """Every object in it that has the key."""
    if isinstance(data, dict):
        return [data] if key in data else [one for value in data.values() for one in found(value, key)]
    return [one for item in data for one in found(item, key)] if isinstance(data, list) else []


def test_the_photo_is_seen_on_its_way(phone: Opens, town: Town, picture: Path) -> None:
    load_catalogue(town)
    page = open_at(phone, town, town.resident(), "/deeds/paint-bin/claim")
    choose(page, picture)
    held: list[Route] = []
    page.route("**/evidence", lambda route: held.append(route))

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("You can leave this page.")).to_be_visible()
    looks_right(page, "phone-sending")
    page.unroute("**/evidence")
    held[0].continue_()
    expect(page.get_by_text("A person at the city decides")).to_be_visible()


def test_hours_are_stepped_and_an_organiser_is_named(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    cases = Cases(town)
    resident = town.resident()
    event = cases.event(town.organiser(), "repair-cafe", title="Repair café at the library")
    page = open_at(phone, town, resident, "/deeds/repair-cafe/claim")

    expect(page.get_by_text("Once it is confirmed: 2 points.")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="More").click()
    expect(page.get_by_text("1 h 30 min")).to_be_visible()
    expect(page.get_by_text("Once it is confirmed: 3 points.")).to_be_visible()
    for _ in range(8):
        page.get_by_role("button", name="More").click()
    expect(page.get_by_text("Once it is confirmed: up to 6 points.")).to_be_visible()
    looks_right(page, "phone-claim-hours")
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("The organiser is asked to confirm it until")).to_be_visible()
    [claim] = claims_of(resident)
    assert (claim["quantity"], claim["event"]["id"], claim["status"]) == (210, event, "awaiting_confirmation")


def test_a_deed_is_done_without_points(phone: Opens, town: Town, picture: Path) -> None:
    load_catalogue(town)
    resident = town.resident()
    page = open_at(phone, town, resident, "/deeds/paint-bin")

    page.get_by_role("link", name="Do it without points").click()
    expect(page.get_by_role("checkbox", name="Do it without points")).to_be_checked()
    expect(page.get_by_text("Without points. Thank you.")).to_be_visible()
    choose(page, picture)
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("A person at the city decides")).to_be_visible()
    assert claims_of(resident)[0]["without_points"] is True


def test_a_claim_without_a_network_waits_and_is_sent_once_after_the_app_was_closed(
    phone: Opens, town: Town, watch: Watch, picture: Path
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    load_catalogue(town)
    resident = town.resident()
    page = open_at(phone, town, resident, "/deeds/paint-bin")
    expect(page.get_by_role("link", name="I did this")).to_be_visible()

    cut(page)
    page.get_by_role("link", name="I did this").click()
    choose(page, picture)
    page.get_by_label("Note", exact=True).fill("In the shade of the market, where there is no signal.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    looks_right(page, "phone-claim-kept")
    page.get_by_role("link", name="My deeds").click()
    expect(page.get_by_text("Waits for the network")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Waits for the network")).to_be_visible()
    looks_right(page, "phone-my-deeds-waiting")
    assert claims_of(resident) == []

    page.close()
    context = page.context
    context.set_offline(False)
    pages = [context.new_page(), context.new_page()]  # two at once send it once
    for one in pages:
        one.goto("/#/my-deeds")
    for one in pages:
        expect(one.get_by_text("Being looked at")).to_be_visible()
        expect(one.get_by_text("Waits for the network")).to_be_hidden()
    [claim] = claims_of(resident)
    assert (claim["status"], len(claim["evidence"])) == ("in_review", 1)


def test_what_waits_can_be_called_off(phone: Opens, town: Town, watch: Watch, picture: Path) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    load_catalogue(town)
    resident = town.resident()
    page = open_at(phone, town, resident, "/deeds/paint-bin/claim")
    choose(page, picture)
    cut(page)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("link", name="My deeds").click()

    page.get_by_role("button", name="Do not send this").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Remove").click()

    expect(page.get_by_text("Waits for the network")).to_be_hidden()
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    looks_right(page, "phone-my-deeds-none")
    assert claims_of(resident) == []


def test_a_claim_that_was_refused_says_why_and_can_be_mended(
    phone: Opens, town: Town, watch: Watch, picture: Path
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED", "409", "401")  # its token is over after two days
    cases = Cases(town)
    cases.deed("paint-bin", review_by="2026-11-23")
    resident = town.resident()
    page = open_at(phone, town, resident, "/deeds/paint-bin/claim")
    choose(page, picture)
    page.get_by_label("Note", exact=True).fill("Green now.")
    cut(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    town.clock.forward(days=2)
    page.context.set_offline(False)
    page.goto("/#/my-deeds")

    expect(page.get_by_text("Not accepted. The rule of this deed has ended")).to_be_visible()
    looks_right(page, "phone-my-deeds-refused")
    page.get_by_role("button", name="Change and send again").click()
    expect(page.get_by_label("Note", exact=True)).to_have_value("Green now.")
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()


def test_a_half_written_claim_is_there_after_the_phone_closed_the_app(phone: Opens, town: Town, picture: Path) -> None:
    load_catalogue(town)
    page = open_at(phone, town, town.resident(), "/deeds/paint-bin/claim")
    choose(page, picture)
    page.get_by_label("Note", exact=True).fill("Half a")
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()

    page.reload()

    expect(page.get_by_label("Note", exact=True)).to_have_value("Half a")
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()


def test_who_scans_an_events_code_is_checked_in(phone: Opens, town: Town, camera: Camera) -> None:
    cases = Cases(town)
    cases.deed("town-fair", evidence=["event_code"], points=2)
    organiser, resident = town.organiser(), town.resident()
    camera.sees(cases.code_of(cases.event(organiser, "town-fair"), organiser))
    page = open_at(phone, town, resident, "/deeds/town-fair")

    page.get_by_role("link", name="Scan a code").click()

    expect(page.get_by_text("Approved: 2 points. Thank you.")).to_be_visible()
    assert [(one["deed"], one["points_awarded"]) for one in claims_of(resident)] == [("town-fair", 2)]
    looks_right(page, "phone-checked-in")


def test_a_scan_without_signal_waits_and_counts_once_after_the_app_was_closed(
    phone: Opens, town: Town, camera: Camera, watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    cases = Cases(town)
    cases.deed("town-fair", evidence=["event_code"], points=2)
    organiser, resident = town.organiser(), town.resident()
    camera.sees(cases.code_of(cases.event(organiser, "town-fair"), organiser))
    page = open_at(phone, town, resident)
    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()

    cut(page)
    page.get_by_role("link", name="Scan a code").click()
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    page.close()
    town.clock.forward(hours=20)
    page.context.set_offline(False)
    page = page.context.new_page()
    page.goto("/#/my-deeds")

    expect(page.get_by_text("You were at “Water street trees”: 2 points.")).to_be_visible()
    looks_right(page, "phone-checked-in-later")
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("You were at")).to_be_hidden()
    assert len(claims_of(resident)) == 1


def test_another_picture_is_not_taken_for_a_code_and_a_code_can_be_typed(
    phone: Opens, town: Town, camera: Camera, watch: Watch
) -> None:
    watch.may_say("422")
    cases = Cases(town)
    cases.deed("town-fair", evidence=["event_code"], points=2)
    organiser, resident = town.organiser(), town.resident()
    code = cases.code_of(cases.event(organiser, "town-fair"), organiser)
    camera.sees("https://example.org/menu")
    page = open_at(phone, town, resident, "/check-in")

    expect(page.get_by_text("This is not an event's code.")).to_be_visible()
    looks_right(page, "phone-check-in-other")
    page.get_by_role("button", name="Type the code instead").click()
    page.get_by_label("Code", exact=True).fill("A" * 48)
    looks_right(page, "phone-check-in-typed")
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_text("This is not the code of an event.")).to_be_visible()
    page.get_by_role("button", name="Scan again").click()
    expect(page.get_by_text("This is not an event's code.")).to_be_visible()
    page.get_by_role("button", name="Type the code instead").click()
    page.get_by_label("Code", exact=True).fill(f"{code[:24].lower()} {code[24:]}")
    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_text("Approved: 2 points. Thank you.")).to_be_visible()


def test_the_camera_page_looks_as_it_should(phone: Opens, town: Town, camera: Camera) -> None:
    camera.sees("https://example.org/menu")
    page = open_at(phone, town, town.resident())
    module(page, "shared/router.js", "m.go('/check-in')")
    page.route("**/vendor/qr-decode.js", lambda route: None)  # it looks, and has not found anything yet

    expect(page.get_by_text("Point the camera at the code")).to_be_visible()
    looks_right(page, "phone-check-in")
