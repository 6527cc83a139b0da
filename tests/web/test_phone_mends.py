"""What the phone says of a wish, a wait and a look is what is so: each of these once said something else."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from core.settings import ROOT
from tests.catalogue.cases import Cases
from tests.rewards.market import Market
from tests.town import Person, Town
from tests.web.conftest import Camera, Opens, Watch, looks_right, module
from tests.web.phone_town import load_catalogue, open_at


def test_c36_a_deed_that_is_scanned_is_done_without_points_also_without_signal(
    phone: Opens, town: Town, camera: Camera, watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    cases = Cases(town)
    cases.deed("town-fair", evidence=["event_code"], points=2)
    organiser, resident = town.organiser(), town.resident()
    camera.sees(cases.code_of(cases.event(organiser, "town-fair"), organiser))
    page = open_at(phone, town, resident, "/deeds/town-fair")
    expect(page.get_by_role("link", name="Do it without points")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)

    page.get_by_role("link", name="Do it without points").click()
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    page.get_by_role("link", name="My deeds").click()
    expect(page.get_by_text("without points")).to_be_visible()
    page.context.set_offline(False)
    module(page, "shared/queue.js", "await m.sendAll()")

    expect(page.get_by_text("You were at “Water street trees”, without points.")).to_be_visible()
    [claim] = resident.get("/submissions").json["items"]
    assert (claim["status"], claim["without_points"], claim["points_awarded"]) == ("approved", True, 0)


@pytest.fixture
def claiming(phone: Opens, town: Town) -> tuple[Page, Person]:
    """Before a claim that an organiser is to confirm."""
    cases = Cases(town)
    cases.deed("sweep", evidence=["organiser"])
    cases.event(town.organiser(), "sweep")
    resident = town.resident()
    page = open_at(phone, town, resident, "/deeds/sweep/claim")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    return page, resident


def take_back(page: Page) -> None:
    page.get_by_role("button", name="Do not send this").click()
    page.get_by_role("button", name="Remove", exact=True).click()


def claims(person: Person) -> int:
    return len(person.get("/submissions").json["items"])


def test_what_was_never_on_its_way_reaches_nobody(claiming: tuple[Page, Person], watch: Watch) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    page, resident = claiming
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("link", name="My deeds").click()

    take_back(page)

    expect(page.get_by_text("Removed. It was not sent, and nobody gets it.")).to_be_visible()
    assert claims(resident) == 0


def test_what_may_have_arrived_is_not_said_to_reach_nobody(claiming: tuple[Page, Person], watch: Watch) -> None:
    watch.may_say("ERR_FAILED")
    page, resident = claiming

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/submissions", lose_the_answer)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    page.unroute("**/api/v1/submissions")
    page.route("**/api/v1/**", lambda route: route.abort())
    page.get_by_role("link", name="My deeds").click()

    take_back(page)

    expect(page.get_by_text("But it may have arrived before")).to_be_visible()
    assert claims(resident) == 1


def test_what_arrives_while_it_is_taken_back_is_said_to_have_arrived(claiming: tuple[Page, Person]) -> None:
    page, resident = claiming
    held: list[Route] = []
    page.route(
        "**/api/v1/submissions",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    module(page, "shared/router.js", "m.go('/my-deeds')")

    take_back(page)
    held[0].continue_()

    expect(page.get_by_text("Too late: it has arrived.")).to_be_visible()
    assert claims(resident) == 1


def test_a_busy_service_is_not_called_a_missing_network(claiming: tuple[Page, Person], watch: Watch) -> None:
    watch.may_say("503")
    page, resident = claiming
    page.route(
        "**/api/v1/submissions",
        lambda route: route.fulfill(status=503) if route.request.method == "POST" else route.continue_(),
    )

    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("The city's service is slow or busy just now.")).to_be_visible()
    looks_right(page, "phone-sending-busy")
    page.get_by_role("link", name="My deeds").click()
    expect(page.get_by_text("Waits, and is sent by itself")).to_be_visible()
    page.unroute("**/api/v1/submissions")

    expect(page.get_by_text("Organiser is asked")).to_be_visible()
    assert claims(resident) == 1


def test_signing_out_waits_for_what_is_being_sent_and_leaves_nothing(
    claiming: tuple[Page, Person], watch: Watch
) -> None:
    watch.may_say("401")  # what a page asks in the moment of going
    page, resident = claiming
    held: list[Route] = []
    page.route(
        "**/api/v1/submissions",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    module(page, "shared/session.js", "globalThis.$gone = m.signOut()")
    module(page, "shared/api.js", "await m.api.get('/me/caps')")  # as a page may, which is not held up

    held[0].continue_()
    page.evaluate("() => globalThis.$gone")

    expect(page.get_by_role("link", name="See the deeds")).to_be_visible()
    assert claims(resident) == 1
    assert module(page, "shared/queue.js", "return (await m.outbox()).length") == 0


def test_c43_who_looked_at_my_file_says_why(phone: Opens, town: Town) -> None:
    person, cases = town.resident(), Cases(town)
    cases.deed()
    verifier = town.verifier(office="Green Office")
    submission = cases.claim_with_photo(person)
    assert cases.lease(verifier) == submission
    cases.decide(verifier, submission)

    page = open_at(phone, town, person, "/me/looks", language="es")

    looks = page.get_by_role("listitem")
    expect(looks.nth(0)).to_contain_text("Motivo: Las pruebas muestran la acción tal como se describe.")
    expect(looks.nth(1)).to_contain_text("Motivo: para decidir sobre tu acción")
    looks_right(page, "phone-looks-why")


def test_home_shows_what_waits_however_much_was_decided_since(phone: Opens, town: Town) -> None:
    cases, resident = Cases(town), town.resident()
    cases.deed()
    waiting = [cases.claim_with_photo(resident) for _ in range(5)]
    for _ in range(21):
        town.clock.forward(minutes=1)
        assert resident.delete(f"/submissions/{cases.claim(resident)}").status_code == 200

    page = open_at(phone, town, resident)

    section = page.locator("section", has=page.get_by_role("heading", name="Waiting for a decision"))
    expect(section.get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_role("link", name=f"All {len(waiting)} that are waiting")).to_be_visible()


def test_home_is_new_again_once_the_network_is_back(phone: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    cases, resident = Cases(town), town.resident()
    cases.deed()
    page = open_at(phone, town, resident)
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("You see what was there last")).to_be_visible()
    cases.approved(resident, town.verifier())
    cases.claim_with_photo(resident)

    page.context.set_offline(False)

    expect(page.get_by_text("Being looked at")).to_be_visible()
    expect(page.get_by_text("Until 23 November 2028")).to_be_visible()


def test_a_second_claim_is_not_promised_what_the_first_may_take(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    resident = town.resident()
    page = open_at(phone, town, resident, "/deeds/paint-bin/claim")
    expect(page.get_by_text("Once it is confirmed: 6 points.")).to_be_visible()
    Cases(town).claim_with_photo(resident, "paint-bin")

    page.get_by_role("link", name="Deeds", exact=True).click()
    row = page.get_by_role("listitem").filter(has_text="Paint a street bin")
    expect(row).to_contain_text("Waiting for a decision")
    row.click()
    page.get_by_role("link", name="I did this").click()

    expect(page.get_by_text("Once it is confirmed: up to 6 points. Of the day's")).to_be_visible()
    looks_right(page, "phone-claim-second")


def test_a_phone_whose_clock_is_days_ahead_claims_for_the_citys_day(phone: Opens, town: Town) -> None:
    cases, resident = Cases(town), town.resident()
    cases.deed("sweep", evidence=["organiser"])
    cases.event(town.organiser(), "sweep", ends_at=None)
    page = phone(resident)
    page.context.clock.set_fixed_time(town.clock.now() + timedelta(days=3))
    page.goto("/#/deeds/sweep/claim")
    page.reload()

    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("The organiser is asked to confirm it until")).to_be_visible()
    assert resident.get("/submissions").json["items"][0]["done_at"].startswith("2026-11-23")


def test_only_the_clock_asks_the_device_for_the_time() -> None:
    own_clock = {"clock.js", "queue.js", "api.js"}  # a wait is measured by the device's, an id only begins with it
    files = [file for place in ("phone", "till", "shared") for file in (ROOT / "web" / place).rglob("*.js")]

    asking = {file.name for file in files if re.search(r"new Date\(\)|Date\.now\(\)", file.read_text("utf-8"))}

    assert asking - own_clock == set()


@pytest.mark.parametrize(
    ("place", "entry"), [("/vouchers", "Benefits"), ("/my-deeds", "Deeds"), ("/check-in", "Deeds"), ("/terms", "Me")]
)
def test_each_page_lights_its_entry(place: str, entry: str, phone: Opens, town: Town) -> None:
    page = open_at(phone, town, town.resident(), place)

    expect(page.locator("nav.places [aria-current=page]")).to_have_text([entry])


def test_a_dialog_ends_the_same_way_however_it_is_closed(phone: Opens, town: Town) -> None:
    page = open_at(phone, town, town.resident(), "/me")
    page.goto("/#/points")
    dialog, opener = page.get_by_role("dialog"), page.get_by_role("button", name="Language and appearance")
    for close in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.evaluate("() => document.querySelector('dialog').close()"),  # as a browser may, unasked
        lambda: page.go_back(),
    ):
        opener.click()
        expect(dialog).to_be_visible()
        close()
        expect(page.locator("dialog")).to_have_count(0)

    expect(page.get_by_role("heading", name="Me", exact=True)).to_be_visible()


def test_a_vouchers_page_is_left_however_it_is_closed(phone: Opens, town: Town) -> None:
    market = Market(town)
    market.benefit()
    person = market.shopper(20)
    page = open_at(phone, town, person, f"/vouchers/{market.buy(person)}")
    expect(page.get_by_role("dialog")).to_be_visible()

    page.evaluate("() => document.querySelector('dialog').close()")

    expect(page.get_by_role("heading", name="My vouchers")).to_be_visible()


def test_what_came_back_of_a_lapsed_voucher_is_said_once_it_has(phone: Opens, town: Town) -> None:
    market = Market(town)
    market.benefit(voucher_days=30)
    person = market.shopper(20)
    market.buy(person)
    town.clock.forward(days=31)
    page = open_at(phone, town, person, "/vouchers")
    expect(page.get_by_text("own last day come back to you shortly.")).to_be_visible()

    town.run_job("expire-vouchers")
    page.reload()

    expect(page.get_by_text("What came back of its points is under Points.")).to_be_visible()


def test_who_is_leaving_is_told_once_and_can_stay(phone: Opens, town: Town) -> None:
    person = town.resident()
    person.delete("/me")

    page = open_at(phone, town, person)

    expect(page.get_by_text("You are leaving")).to_have_count(1)
    looks_right(page, "phone-home-leaving")
    page.get_by_role("button", name="Stay after all").click()
    expect(page.get_by_text("You are leaving")).to_be_hidden()
    assert person.get("/me").json["status"] == "active"
