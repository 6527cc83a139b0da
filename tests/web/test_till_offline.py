"""A till works through a minute without a network: a scan waits with its key, is counted once, and is never taken for
confirmed before it is."""

import pytest
from playwright.sync_api import Page, expect

from tests.town import PIN, Town
from tests.web.conftest import Camera, Opens, Watch, looks_right, module
from tests.web.tills import Counter, cut, panel, redeem, type_code

REDEMPTIONS = "**/api/v1/till/redemptions"


@pytest.fixture
def counter(town: Town, opens: Opens, camera: Camera, watch: Watch) -> Counter:
    camera.sees_nothing()
    watch.may_say("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    return Counter(town, opens)


def let_wait(page: Page, code: str) -> None:
    type_code(page, code)
    page.get_by_role("button", name="Let it wait").click()
    expect(page.get_by_role("heading", name="Not yet confirmed")).to_be_visible()


def worker_ready(page: Page) -> None:
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")


def test_a_scan_without_a_network_waits_and_is_counted_once(counter: Counter) -> None:
    page, code = counter.at_work(), counter.voucher()
    page.context.set_offline(True)

    let_wait(page, code)
    page.keyboard.press("Enter")
    expect(page.get_by_text("One scan is not yet confirmed")).to_be_visible()
    expect(page.get_by_text(f"11:00, code …{code[-3:]}")).to_be_visible()
    let_wait(page, code)  # the same code again: it waits already
    page.keyboard.press("Enter")
    expect(page.get_by_text("One scan is not yet confirmed")).to_be_visible()
    assert counter.redemptions() == []
    page.context.set_offline(False)

    expect(page.get_by_text("Museum ticket: valid")).to_be_visible()
    expect(page.get_by_text(f"Waited since 11:00: code …{code[-3:]}")).to_be_visible()
    assert len(counter.redemptions()) == 1
    page.reload()
    expect(page.get_by_text("Museum ticket: valid")).to_be_visible()
    page.get_by_role("button", name="Seen").click()
    expect(page.get_by_text("Museum ticket: valid")).to_be_hidden()
    page.reload()
    expect(page.get_by_label("Or type the code")).to_be_visible()
    expect(page.get_by_text("Museum ticket: valid")).to_be_hidden()


def test_an_amber_answer_turns_green_when_the_network_is_back(counter: Counter) -> None:
    page, code = counter.at_work(), counter.voucher()
    page.context.set_offline(True)
    let_wait(page, code)

    page.context.set_offline(False)

    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Seen")).to_have_count(0)
    assert len(counter.redemptions()) == 1


def test_an_answer_that_was_lost_on_its_way_is_not_counted_twice(counter: Counter) -> None:
    page, code = counter.at_work(), counter.voucher()
    lost = cut(page.context, REDEMPTIONS)

    redeem(page, code)
    expect(page.get_by_role("heading", name="Not yet confirmed")).to_be_visible()
    assert len(counter.redemptions()) == 1
    assert lost
    page.context.unroute(REDEMPTIONS)

    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()
    assert len(counter.redemptions()) == 1


def test_a_lost_answer_is_told_after_the_till_was_closed_and_its_shift_was_over(counter: Counter, watch: Watch) -> None:
    watch.may_say("401")
    page, code = counter.at_work(), counter.voucher()
    context = page.context
    worker_ready(page)
    cut(context, REDEMPTIONS)
    redeem(page, code)
    expect(page.get_by_role("heading", name="Not yet confirmed")).to_be_visible()
    context.set_offline(True)
    page.close()
    counter.town.clock.forward(hours=13)
    context.unroute(REDEMPTIONS)
    context.set_offline(False)

    page = context.new_page()
    page.goto("/till")
    expect(page.get_by_text("One scan is not yet confirmed.")).to_be_visible()
    looks_right(page, "till-pin-waits")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Museum ticket: valid")).to_be_visible()
    assert len(counter.redemptions()) == 1


def test_a_scan_that_waited_in_vain_is_told_with_its_reason(counter: Counter, watch: Watch) -> None:
    watch.may_say("409")
    page, code = counter.at_work(), counter.voucher()
    page.context.set_offline(True)
    let_wait(page, code)
    page.keyboard.press("Enter")
    counter.market.redeem(counter.town.clerk("museu-de-la-vila"), code)

    page.context.set_offline(False)

    expect(page.get_by_text("Not valid: Already used today at 11:00")).to_be_visible()
    looks_right(page, "till-in-vain")
    assert len(counter.redemptions()) == 1


def test_a_service_that_is_down_is_waited_for(counter: Counter, watch: Watch) -> None:
    watch.may_say("503")
    page, code = counter.at_work(), counter.voucher()
    page.route(REDEMPTIONS, lambda route: route.fulfill(status=503, json={"code": "unavailable"}))

    redeem(page, code)
    expect(page.get_by_role("heading", name="Not yet confirmed")).to_be_visible()
    page.keyboard.press("Enter")
    page.unroute(REDEMPTIONS)
    page.get_by_role("button", name="Try now").click()

    expect(page.get_by_text("Museum ticket: valid")).to_be_visible()
    assert len(counter.redemptions()) == 1


def test_the_till_opens_without_a_network(counter: Counter) -> None:
    page = counter.at_work()
    worker_ready(page)

    page.context.set_offline(True)
    page.reload()

    expect(page.get_by_text("No network.")).to_be_visible()
    let_wait(page, counter.voucher())


def test_what_waits_is_not_counted_at_another_till(counter: Counter, watch: Watch) -> None:
    watch.may_say("401")
    page, code = counter.at_work(), counter.voucher()
    worker_ready(page)
    page.context.set_offline(True)
    let_wait(page, code)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="This till").click()
    page.get_by_role("button", name="End the shift").click()
    expect(page.get_by_text("it waits for the next shift")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="End the shift").click()
    expect(page.get_by_label("PIN", exact=True)).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("link", name="PIN forgotten?").click()
    page.get_by_label("Code from the manager").fill(counter.pairing(name="Another"))
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_role("button", name="Pair this device").click()
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.keyboard.press("Enter")

    expect(page.get_by_label("Or type the code")).to_be_visible()
    assert module(page, "shared/queue.js", "await m.sendAll(); return (await m.outbox()).length") == 0
    assert counter.redemptions() == []


def test_waiting_looks_as_it_should(counter: Counter) -> None:
    page = counter.at_work()
    page.context.set_offline(True)
    type_code(page, counter.voucher())
    expect(page.get_by_role("button", name="Let it wait")).to_be_visible()
    looks_right(page, "till-unseen")
    page.get_by_role("button", name="Let it wait").click()
    expect(page.get_by_role("heading", name="Not yet confirmed")).to_be_visible()
    looks_right(page, "till-asked")
    page.keyboard.press("Enter")
    expect(panel(page)).to_have_count(0)
    looks_right(page, "till-waits")
    page.context.set_offline(False)
    expect(page.get_by_role("button", name="Seen")).to_be_visible()
    looks_right(page, "till-told")
