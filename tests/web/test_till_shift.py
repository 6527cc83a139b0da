"""A device becomes a till by a manager's code and a PIN, and each shift begins with the PIN."""

import re

import pytest
from playwright.sync_api import Page, expect

from rewards.voucher_codes import ALPHABET, read
from tests.rewards.market import MUSEUM, Market
from tests.town import PIN, Town
from tests.web.conftest import Camera, Opens, Watch, looks_right, module
from tests.web.tills import Counter, type_code


@pytest.fixture
def counter(town: Town, opens: Opens, camera: Camera) -> Counter:
    camera.sees_nothing()
    return Counter(town, opens)


def enter(page: Page, pin: str) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Begin the shift").click()


def test_a_device_is_paired_once_and_each_shift_begins_with_its_pin(
    counter: Counter, opens: Opens, watch: Watch
) -> None:
    watch.may_say("422")  # an obvious PIN
    page = opens("/till")
    code = counter.pairing()

    page.get_by_label("Code from the manager").press_sequentially(code.replace("-", "").lower())
    expect(page.get_by_label("Code from the manager")).to_have_value(code)
    page.get_by_label("Choose a PIN").fill("1234")
    page.get_by_role("button", name="Pair this device").click()
    expect(page.get_by_text("Others would try this PIN first.")).to_be_visible()
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_label("Name of this till").fill("Ticket desk")
    page.get_by_role("button", name="Pair this device").click()

    expect(page.get_by_role("heading", name="Museu De La Vila")).to_be_visible()
    expect(page.get_by_text("Ticket desk")).to_be_visible()
    enter(page, PIN)
    expect(page.get_by_label("Or type the code")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Or type the code")).to_be_visible()

    page.get_by_role("link", name="This till").click()
    expect(page.get_by_text("23 Nov 2026, 23:00")).to_be_visible()
    page.get_by_role("button", name="End the shift").click()
    page.get_by_role("dialog").get_by_role("button", name="End the shift").click()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    expect(page.get_by_text("The shift is over")).to_be_hidden()
    page.reload()
    enter(page, PIN)
    expect(page.get_by_label("Or type the code")).to_be_visible()


def test_a_slip_in_the_managers_code_is_told_before_it_is_sent(counter: Counter, opens: Opens, watch: Watch) -> None:
    watch.may_say("401")
    page = opens("/till")
    code = counter.pairing().replace("-", "")
    field = page.get_by_label("Code from the manager")
    other = "2" if code[3] != "2" else "3"

    field.fill(code[:3] + other + code[4:])
    expect(page.get_by_text("There is a slip somewhere in it.")).to_be_visible()
    field.fill("AU")
    expect(page.get_by_text("There is no “U” in these codes.")).to_be_visible()
    field.fill(code)
    counter.town.clock.forward(minutes=16)
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_role("button", name="Pair this device").click()

    expect(page.get_by_text("This code is not, or no longer, good.")).to_be_visible()


def test_wrong_pins_are_counted_down_then_the_till_is_locked_and_at_last_blocked(
    counter: Counter, watch: Watch
) -> None:
    watch.may_say("403", "429")
    page = counter.paired()

    for left in ("4 tries left", "3 tries left", "2 tries left", "One try left"):
        enter(page, "9041")
        expect(page.get_by_text(left)).to_be_visible()
    enter(page, "9041")
    expect(page.get_by_text("You can try again at 11:15.")).to_be_visible()
    expect(page.get_by_role("button", name="Begin the shift")).to_be_disabled()
    looks_right(page, "till-locked")

    for _ in range(2):
        counter.town.clock.forward(minutes=16)
        page.reload()
        expect(page.get_by_role("button", name="Begin the shift")).to_be_enabled()
        for _ in range(4):
            enter(page, "9041")
            expect(page.get_by_text(re.compile("tr(y|ies) left"))).to_be_visible()
        enter(page, "9041")
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text("this till is blocked")).to_be_visible()
    expect(page.get_by_label("PIN", exact=True)).to_be_hidden()
    looks_right(page, "till-blocked")
    page.get_by_role("link", name="Enter a new code").click()
    expect(page.get_by_role("heading", name="Make this device a till")).to_be_visible()


def test_a_till_open_overnight_asks_for_the_pin_and_shows_the_new_day(counter: Counter, watch: Watch) -> None:
    watch.may_say("401")
    page = counter.at_work()
    page.get_by_label("Or type the code").fill(counter.voucher())

    counter.town.clock.forward(hours=13)
    page.keyboard.press("Enter")

    expect(page.get_by_text("The shift is over")).to_be_visible()
    looks_right(page, "till-over")
    enter(page, PIN)
    type_code(page, counter.voucher())
    expect(page.get_by_role("button", name="Redeem")).to_be_visible()
    page.get_by_role("button", name="Not now").click()
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("heading", name="Redeemed today 24 November 2026")).to_be_visible()


def test_a_till_that_a_manager_ended_says_so(counter: Counter, watch: Watch) -> None:
    watch.may_say("401")
    page = counter.at_work()
    market: Market = counter.market
    [device] = market.manager.get(f"/partners/{MUSEUM}/devices").json["items"]

    market.manager.delete(f"/partners/{MUSEUM}/devices/{device['id']}")
    page.reload()

    expect(page.get_by_text("This device is no longer a till")).to_be_visible()


def test_a_clerk_without_a_device_signs_in_by_mail_and_stays_without_a_network(
    opens: Opens, town: Town, camera: Camera, watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    camera.sees_nothing()
    page = opens("/till")
    clerk = town.clerk(MUSEUM)

    page.get_by_role("link", name="No code? Sign in by e-mail").click()
    page.get_by_label("E-mail address").fill(clerk.email)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(town.code_for(clerk.email))
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_label("Or type the code")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("No network.")).to_be_visible()
    expect(page.get_by_label("Or type the code")).to_be_visible()


def test_the_way_into_a_shift_looks_as_it_should(counter: Counter, opens: Opens) -> None:
    page = opens("/till")
    expect(page.get_by_role("heading", name="Make this device a till")).to_be_visible()
    looks_right(page, "till-pair")
    page = counter.paired()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    looks_right(page, "till-pin")
    enter(page, PIN)
    page.get_by_role("link", name="This till").click()
    expect(page.get_by_role("heading", name="This till")).to_be_visible()
    looks_right(page, "till-device")


def test_a_device_finds_each_slip_that_the_server_would(counter: Counter, opens: Opens) -> None:
    page = opens("/till")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    code = counter.voucher().replace("-", "")
    wrong = [code[:at] + letter + code[at + 1 :] for at in range(27) for letter in (*ALPHABET, "U", "o", " ")]
    wrong += [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(26)] + [code[:-1], code + "0", ""]

    told = module(
        page, "till/codes.js", "return given[0].map((text) => m.slip(m.meant(text), m.VOUCHER) === null)", wrong
    )

    assert told == [read(text) is not None for text in wrong]
