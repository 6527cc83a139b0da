"""At the till: a glance, one button, and an answer that fills the screen; and ten minutes to take it back."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core.clock import iso
from tests.rewards.market import CINEMA
from tests.town import Town
from tests.web.conftest import DESK, Camera, Opens, Watch, axe, looks_right, screenshot
from tests.web.tills import TICKETS, Counter, panel, redeem, type_code


@pytest.fixture
def counter(town: Town, opens: Opens, camera: Camera) -> Counter:
    camera.sees_nothing()
    return Counter(town, opens)


def test_a_voucher_is_scanned_looked_at_and_redeemed_with_one_button(counter: Counter, camera: Camera) -> None:
    page = counter.at_work()
    camera.sees(counter.voucher().replace("-", ""))
    page.reload()

    expect(page.get_by_role("heading", name="Museum ticket", exact=True)).to_be_visible()
    expect(page.get_by_text("Valid until 22 January 2027")).to_be_visible()
    assert counter.redemptions() == []
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()
    assert len(counter.redemptions()) == 1
    page.keyboard.press("x")
    expect(panel(page)).to_have_count(0)
    expect(page.get_by_text("Last, at 11:00: Museum ticket: valid")).to_be_visible()
    expect(page.locator("video")).to_be_visible()
    assert outbox(page) == []


DETECTS = """class BarcodeDetector {
    static async getSupportedFormats() { return ['qr_code']; }
    async detect() {
        if (!'CODE') throw new DOMException('unavailable', 'NotSupportedError');
        return [{rawValue: 'CODE'}];
    }
}
globalThis.BarcodeDetector = BarcodeDetector;"""


@pytest.mark.parametrize("can_read", [True, False])
def test_what_a_browser_reads_itself_needs_no_decoder_and_where_it_fails_one_is_fetched(
    can_read: bool, counter: Counter, camera: Camera
) -> None:
    page = counter.at_work()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "qr-decode" in request.url else None)
    code = counter.voucher().replace("-", "")
    page.add_init_script(DETECTS.replace("CODE", code if can_read else ""))
    if not can_read:
        camera.sees(code)

    page.reload()

    expect(page.get_by_role("heading", name="Museum ticket", exact=True)).to_be_visible()
    assert bool(fetched) is not can_read


def test_the_queue_goes_on_by_itself(counter: Counter) -> None:
    page = counter.at_work()
    redeem(page, counter.voucher())
    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()

    expect(panel(page)).to_have_count(0)

    type_code(page, counter.voucher())
    expect(page.get_by_role("button", name="Redeem")).to_be_visible()


def test_a_hand_scanner_goes_from_one_customer_to_the_next_without_a_mouse(counter: Counter) -> None:
    page = counter.at_work(size=DESK)

    for _ in range(2):
        page.keyboard.type(counter.voucher().replace("-", ""), delay=5)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Redeem")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()

    assert len(counter.redemptions()) == 2


def test_the_next_code_of_a_hand_scanner_does_not_redeem_the_one_on_the_screen(counter: Counter) -> None:
    page = counter.at_work(size=DESK)
    type_code(page, counter.voucher())
    expect(page.get_by_role("button", name="Redeem")).to_be_focused()

    page.keyboard.type(counter.voucher())
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Redeem")).to_be_visible()
    assert counter.redemptions() == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()


def test_a_camera_that_nobody_uses_rests(counter: Counter) -> None:
    page = counter.at_work()
    page.clock.install()
    page.reload()
    expect(page.locator("video")).to_be_visible()

    page.clock.fast_forward(181_000)

    expect(page.get_by_text("The camera is resting.")).to_be_visible()
    looks_right(page, "till-resting")
    page.get_by_role("main").get_by_role("button", name="Scan").click()
    expect(page.locator("video")).to_be_visible()


def test_each_no_has_its_one_reason(counter: Counter, watch: Watch) -> None:
    watch.may_say("404")
    page = counter.at_work()
    used, old, cancelled = counter.voucher(), counter.voucher(), counter.market.buy(counter.shopper)
    cancelled_code = counter.market.code(counter.shopper, cancelled)
    counter.market.benefit("cinema-night", partner=CINEMA)
    elsewhere = counter.market.code(counter.shopper, counter.market.buy(counter.shopper, "cinema-night"))
    counter.shopper.delete(f"/vouchers/{cancelled}")

    redeem(page, used)
    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()
    page.keyboard.press("Enter")
    counter.town.clock.forward(minutes=42)
    for code, reason in (
        (used, "Not valid Already used today at 11:00"),
        (cancelled_code, "Not valid Cancelled"),
        (elsewhere, "Not valid Not valid here"),
    ):
        type_code(page, code)
        expect(page.get_by_role("heading", name=reason)).to_be_visible()
        page.keyboard.press("Space")
        expect(panel(page)).to_have_count(0)
    counter.town.clock.forward(days=61)
    page.reload()
    page.get_by_label("PIN", exact=True).fill("2750")
    page.get_by_role("button", name="Begin the shift").click()
    type_code(page, old)
    expect(page.get_by_role("heading", name="Not valid Expired on 22 January 2027")).to_be_visible()
    page.keyboard.press("Space")
    type_code(page, used)
    expect(page.get_by_role("heading", name="Not valid Already used on 23 Nov 2026 at 11:00")).to_be_visible()


def test_whoever_lost_the_race_is_told_after_the_button(counter: Counter, watch: Watch) -> None:
    watch.may_say("409")
    page, code = counter.at_work(), counter.voucher()
    type_code(page, code)
    expect(page.get_by_role("button", name="Redeem")).to_be_visible()

    counter.market.redeem(counter.town.clerk("museu-de-la-vila"), code)
    page.get_by_role("button", name="Redeem").click()

    expect(page.get_by_role("heading", name="Not valid Already used today at 11:00")).to_be_visible()
    assert len(counter.redemptions()) == 1


def test_a_slip_is_told_on_the_device(counter: Counter) -> None:
    page, code = counter.at_work(), counter.voucher()
    field = page.get_by_label("Or type the code")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "lookups" in request.url else None)

    field.press_sequentially(code.replace("-", "").lower()[:26])
    expect(field).to_have_value(code[:-1])
    page.keyboard.press("Enter")
    expect(page.get_by_text("One character is missing: a code has 27.")).to_be_visible()
    other = "3" if code[5] != "3" else "4"
    field.fill(f"{code[:5]}{other}{code[6:]}")
    expect(page.get_by_text("There is a slip somewhere in it.")).to_be_visible()
    looks_right(page, "till-slip")
    field.fill(f"U{code[1:]}")
    expect(page.get_by_text("There is no “U” in these codes.")).to_be_visible()
    assert axe(page) == []
    field.fill(f"  {code.lower()} ")
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Redeem")).to_be_visible()
    assert len(asked) == 1


def test_the_caret_stays_where_a_slip_is_mended(counter: Counter) -> None:
    page, code = counter.at_work(), counter.voucher()
    field = page.get_by_label("Or type the code")
    other = "3" if code[5] != "3" else "4"
    field.fill(f"{code[:5]}{other}{code[6:]}")

    field.evaluate("(input) => input.setSelectionRange(6, 6)")
    page.keyboard.press("Backspace")
    page.keyboard.type(code[5])

    expect(field).to_have_value(code)


def test_another_qr_code_is_told_from_a_voucher_without_asking(counter: Counter, camera: Camera) -> None:
    camera.sees("https://example.org/menu")
    page = counter.at_work()

    expect(page.get_by_role("heading", name="Not valid This is no voucher")).to_be_visible()
    looks_right(page, "till-no-voucher")


def test_a_scan_is_taken_back_from_the_answer_and_from_the_list(counter: Counter, watch: Watch) -> None:
    watch.may_say("409")
    page = counter.at_work()
    first, second = counter.voucher(), counter.voucher()

    redeem(page, first)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    looks_right(page, "till-undone")
    assert counter.redemptions() == []
    page.keyboard.press("Enter")
    redeem(page, first)
    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()
    page.keyboard.press("Escape")
    counter.town.clock.forward(minutes=8)
    redeem(page, second)
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Today").click()
    expect(page.get_by_text("2 vouchers, at all tills.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo (2 min)")).to_be_visible()
    page.get_by_role("button", name="Undo (10 min)").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("taken back at 11:08")).to_be_visible()
    assert len(counter.redemptions()) == 1
    counter.town.clock.forward(minutes=3)
    page.get_by_role("button", name="Undo (2 min)").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("more than ten minutes ago")).to_be_visible()
    expect(page.get_by_role("button", name="Undo (")).to_have_count(0)


def test_a_wrong_clock_changes_nothing(counter: Counter, watch: Watch) -> None:
    page, code = counter.at_work(timezone_id="America/Los_Angeles"), counter.voucher()
    page.clock.set_fixed_time(iso(counter.town.clock.now() + timedelta(days=3, hours=5)))
    page.reload()

    redeem(page, code)
    expect(page.get_by_text("Redeemed at 11:00.")).to_be_visible()
    page.keyboard.press("Enter")
    type_code(page, code)
    expect(page.get_by_role("heading", name="Not valid Already used today at 11:00")).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Today").click()

    expect(page.get_by_role("heading", name="Redeemed today 23 November 2026")).to_be_visible()
    expect(page.get_by_role("button", name="Undo (10 min)")).to_be_visible()


def test_the_till_looks_as_it_should(counter: Counter, camera: Camera) -> None:
    camera.sees(counter.voucher())
    page = counter.paired()
    page.get_by_label("PIN", exact=True).fill("2750")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Redeem")).to_be_visible()
    looks_right(page, "till-glance")
    page.get_by_role("button", name="Redeem").click()
    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()
    looks_right(page, "till-good")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Last, at 11:00")).to_be_visible()
    looks_right(page, "till-scan")
    camera.sees("another")
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_text("One voucher, at all tills.")).to_be_visible()
    looks_right(page, "till-today")
    page.get_by_role("button", name="Undo (10 min)").click()
    looks_right(page, "till-take-back")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("link", name="Scan").click()
    expect(page.get_by_role("heading", name="Not valid")).to_be_visible()
    looks_right(page, "till-bad")


@pytest.mark.parametrize("language", ["es", "ca", "pt"])
def test_the_till_speaks(language: str, counter: Counter) -> None:
    page = counter.at_work(language=language)
    page.locator(".voucher-code").fill(counter.voucher())
    page.keyboard.press("Enter")
    expect(page.locator("dialog.panel .big")).to_be_focused()
    screenshot(page, f"till-glance-{language}")
    page.keyboard.press("Enter")

    expect(page.locator("dialog.panel.good")).to_contain_text(TICKETS[language])
    screenshot(page, f"till-good-{language}")


def outbox(page: Page) -> list[str]:
    return list(
        page.evaluate("""() => new Promise((resolve) => {
        const asked = indexedDB.open('bonafeta-till', 1);
        asked.onsuccess = () => {
            const read = asked.result.transaction('outbox').objectStore('outbox').getAllKeys();
            read.onsuccess = () => { asked.result.close(); resolve(read.result); };
        };
    })""")
    )
