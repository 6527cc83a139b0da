"""A resident buys once, knowing what it costs and ends; shows the voucher without a network; and can give it back."""

from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.rewards.market import Market
from tests.town import Person, Town
from tests.web.conftest import Opens, Watch, looks_right, module

KEPT = "return JSON.stringify(await m.all('kept'))"


@pytest.fixture
def market(town: Town) -> Market:
    return Market(town)


def opened(phone: Opens, person: Person, path: str, **options: Any) -> Page:
    """A phone whose clock is the town's."""
    page = phone(person, **options)
    page.clock.set_fixed_time(person.now())
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    return page


def buys(page: Page, points: int = 8) -> None:
    page.get_by_role("button", name=f"Buy for {points} points").click()
    page.get_by_role("dialog").get_by_role("button", name=f"Buy for {points} points").click()


def test_benefits_tell_what_is_left_and_whether_it_is_enough(market: Market, phone: Opens) -> None:
    person = market.shopper(12)
    market.benefit("museum-ticket", stock=2000)
    market.benefit("concert", titles=_named("Concert at the Auditori"), price_points=20, stock=7)
    market.benefit("bus-day", category="mobility", titles=_named("A day on the bus"), price_points=3, stock=1)
    market.benefit("pool", category="sport", titles=_named("Swimming pool"), opens_at="2026-12-01T00:00:00+01:00")
    market.buy(market.shopper(), "bus-day", 3)
    market.buy(person, "museum-ticket")

    page = opened(phone, person, "/#/benefits")

    benefits = page.get_by_role("list", name="Benefits").get_by_role("listitem")
    expect(benefits.filter(has_text="A ticket")).to_contain_text("1,999 left")
    expect(benefits.filter(has_text="A ticket")).to_contain_text("4 points short")
    expect(benefits.filter(has_text="Concert")).to_contain_text("7 left")
    expect(benefits.filter(has_text="bus")).to_contain_text("Sold out")
    expect(benefits.filter(has_text="pool")).to_contain_text("From 1 December 2026")
    expect(page.get_by_role("region", name="Ready to use").get_by_role("link", name="A ticket")).to_be_visible()
    looks_right(page, "phone-benefits")
    page.get_by_label("Kind").select_option("sport")
    expect(benefits).to_have_count(1)


def test_a_purchase_says_what_it_costs_and_what_would_lapse(market: Market, phone: Opens) -> None:
    market.benefit(stock=3, max_per_person_per_year=6)
    person = market.shopper(5)
    market.town.clock.forward(days=700)  # the first five points end before a voucher of 60 days
    market.award(person, 20)
    page = opened(phone, person, "/#/benefits")

    page.get_by_role("link", name="A ticket").click()
    expect(page.get_by_text("3 left")).to_be_visible()
    expect(page.get_by_text("at most 6 a year")).to_be_visible()
    looks_right(page, "phone-benefit")
    page.get_by_role("button", name="Buy for 8 points").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It costs 8 points. Afterwards you have 17 points.")
    expect(dialog).to_contain_text("5 points of these could only be spent until 23 November 2028")
    looks_right(page, "phone-purchase")
    dialog.get_by_role("button", name="Buy for 8 points").click()

    expect(page.get_by_text("Last day: 22 December 2028")).to_be_visible()
    looks_right(page, "phone-voucher")
    assert market.balance(person) == 17


def test_a_purchase_whose_answer_was_lost_is_asked_about_and_never_made_twice(
    market: Market, phone: Opens, watch: Watch
) -> None:
    watch.may_say("ERR_FAILED")
    market.benefit(stock=5)
    person = market.shopper(20)
    page = opened(phone, person, "/#/benefits/museum-ticket")
    lost = loses_the_first_answer(page)

    buys(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No answer arrived")
    looks_right(page, "phone-purchase-lost")
    dialog.get_by_role("button", name="Ask again").click()

    expect(page.get_by_text("Last day:")).to_be_visible()
    assert (len(lost), len(vouchers(person)), market.balance(person), market.stock()) == (1, 1, 12, 4)


def test_a_purchase_without_an_answer_is_found_again_after_the_app_was_closed(
    market: Market, phone: Opens, watch: Watch
) -> None:
    watch.may_say("ERR_FAILED")
    market.benefit(stock=5)
    person = market.shopper(20)
    page = opened(phone, person, "/#/benefits/museum-ticket")
    loses_the_first_answer(page)
    buys(page)
    expect(page.get_by_role("dialog")).to_contain_text("No answer arrived")
    context = page.context
    page.close()

    page = context.new_page()
    page.goto("/#/benefits/museum-ticket")
    expect(page.get_by_text("you said yes to buying this, and no answer has arrived")).to_be_visible()
    looks_right(page, "phone-purchase-unanswered")
    page.get_by_role("button", name="Ask again").click()

    expect(page.get_by_text("Last day:")).to_be_visible()
    assert (len(vouchers(person)), market.balance(person), market.stock()) == (1, 12, 4)


def test_another_price_is_told_and_wants_another_yes(market: Market, phone: Opens, watch: Watch) -> None:
    watch.may_say("409")
    market.benefit()
    person = market.shopper(20)
    page = opened(phone, person, "/#/benefits/museum-ticket")
    page.get_by_role("button", name="Buy for 8 points").click()
    assert market.manager.patch("/benefits/museum-ticket", json={"price_points": 9}).status_code == 200

    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Buy for 8 points").click()

    expect(dialog).to_contain_text("The price has changed: it is 9 points now. Nothing was bought.")
    looks_right(page, "phone-purchase-price")
    assert vouchers(person) == []
    dialog.get_by_role("button", name="Buy for 9 points").click()
    expect(page.get_by_text("Last day:")).to_be_visible()
    assert market.balance(person) == 11


def test_what_is_sold_out_or_capped_meanwhile_is_told_in_plain_words(
    market: Market, phone: Opens, watch: Watch
) -> None:
    watch.may_say("409")
    market.benefit(stock=1)
    market.benefit("once", titles=_named("Once a year"), max_per_person_per_year=1)
    person = market.shopper(40)
    page = opened(phone, person, "/#/benefits/museum-ticket")
    page.get_by_role("button", name="Buy for 8 points").click()
    market.buy(market.shopper())

    page.get_by_role("dialog").get_by_role("button", name="Buy for 8 points").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing is left of this one.")
    looks_right(page, "phone-purchase-sold-out")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    expect(page.get_by_text("Sold out")).to_be_visible()
    market.buy(person, "once")
    page.goto("/#/benefits/once")
    buys(page)

    expect(page.get_by_role("dialog")).to_contain_text("You have had this once this year")


def test_a_voucher_is_shown_without_a_network_and_a_till_can_read_it(
    market: Market, phone: Opens, watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    market.benefit()
    person = market.shopper(20)
    voucher = market.buy(person)
    code = market.code(person, voucher)
    page = opened(phone, person, "/#/benefits")  # listed, never opened
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    module_until(page, code)

    page.context.set_offline(True)
    page.reload()
    page.get_by_role("link", name="A ticket Last day").click()

    expect(page.get_by_text("No network: this is what was known last.")).to_be_visible()
    expect(page.get_by_role("img", name="The code of this voucher")).to_be_visible()
    assert page.locator(".code-text").inner_text().split() == code.split("-")
    page.emulate_media(color_scheme="dark")  # it is bright all the same
    picture = Image.open(BytesIO(page.screenshot()))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [code.replace("-", "")]
    assert picture.getpixel((5, 300)) == (255, 255, 255)
    looks_right(page, "phone-voucher-offline")
    clerk = market.town.clerk("museu-de-la-vila")
    market.redeem(clerk, code)


def test_a_voucher_keeps_the_screen_awake_and_tells_when_it_was_used(market: Market, phone: Opens) -> None:
    market.benefit()
    person = market.shopper(20)
    voucher = market.buy(person)
    page = phone(person)
    page.context.grant_permissions(["screen-wake-lock"])
    page.evaluate(WATCH_THE_LOCK)
    page.goto(f"/#/vouchers/{voucher}")
    expect(page.get_by_text("Last day:")).to_be_visible()
    page.wait_for_function("() => window.awake === 1")

    market.redeem(market.town.clerk("museu-de-la-vila"), market.code(person, voucher))

    expect(page.get_by_text("Enjoy it!")).to_be_visible()
    page.wait_for_function("() => window.awake === 0")
    looks_right(page, "phone-voucher-used")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="My vouchers")).to_be_visible()


def test_a_voucher_is_given_back_knowing_what_returns(market: Market, phone: Opens) -> None:
    market.benefit(voucher_days=365)
    person = market.shopper(5)
    market.town.clock.forward(days=700)
    market.award(person, 20)
    market.buy(person)
    market.town.clock.forward(days=60)  # five of the eight are past their date
    page = opened(phone, person, "/#/vouchers")
    looks_right(page, "phone-vouchers")

    page.get_by_role("link", name="A ticket").click()
    page.get_by_role("button", name="Give it back").click()
    dialog = page.get_by_role("dialog", name="Give this voucher back?")
    expect(dialog).to_contain_text("3 points, until")
    expect(dialog).to_contain_text("5 points of those paid do not come back")
    looks_right(page, "phone-give-back")
    dialog.get_by_role("button", name="Give it back").click()

    expect(page.get_by_text("Given back: 3 points are yours again.")).to_be_visible()
    expect(page.get_by_role("list", name="My vouchers")).to_contain_text(
        "What came back of its points is under Points."
    )
    assert market.balance(person) == 20
    module_until(page, "<svg", there=False)


def test_no_code_stays_on_a_phone_whose_owner_signed_out(market: Market, phone: Opens) -> None:
    market.benefit()
    person = market.shopper(20)
    code = market.code(person, market.buy(person))
    page = opened(phone, person, "/#/benefits")
    module_until(page, code)

    page.goto("/#/me")
    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    assert code not in module(page, "shared/store.js", KEPT)


def test_who_has_no_vouchers_is_told_what_they_are(town: Town, phone: Opens) -> None:
    page = opened(phone, town.resident(), "/#/vouchers")

    expect(page.get_by_text("No vouchers yet")).to_be_visible()
    looks_right(page, "phone-vouchers-none")


WATCH_THE_LOCK = """() => {
    window.awake = 0;
    const {wakeLock} = navigator;
    const request = wakeLock.request.bind(wakeLock);
    wakeLock.request = async (kind) => {
        const lock = await request(kind);
        window.awake += 1;
        lock.addEventListener('release', () => (window.awake -= 1));
        return lock;
    };
}"""


def _named(title: str) -> dict[str, str]:
    return dict.fromkeys(("ca", "es", "en", "pt"), title)


def vouchers(person: Person) -> list[Any]:
    items: list[Any] = person.get("/vouchers").json["items"]
    return items


def loses_the_first_answer(page: Page) -> list[str]:
    """The purchase reaches the city, and what it answers never arrives."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort()

    page.route("**/api/v1/vouchers", lose)
    return lost


def module_until(page: Page, code: str, *, there: bool = True) -> None:
    """Wait until what this device keeps holds a code, or holds none."""
    body = (
        "for (;;) { const kept = JSON.stringify(await m.all('kept')); if (kept.includes(given[0]) === given[1]) return;"
    )
    module(page, "shared/store.js", body + " await new Promise((resolve) => setTimeout(resolve, 50)); }", code, there)
