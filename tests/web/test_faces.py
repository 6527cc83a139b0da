"""Each face opens, lets people in by a code, speaks four languages in two themes, and has nothing that axe finds."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from core.http.doors import Role
from tests.town import Town
from tests.web.conftest import Opens, Watch, looks_right, module

FACES = {"phone": "/", "staff": "/staff", "till": "/till"}
HOME = {"phone": "Good to see you", "staff": "Sums over everybody"}
"""What somebody who is signed in sees there first."""


@pytest.mark.parametrize("face", ["phone", "staff"])
def test_a_face_looks_as_it_should(face: str, opens: Opens, town: Town) -> None:
    page = opens(FACES[face])
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    looks_right(page, f"{face}-sign-in")

    person = {"phone": town.resident, "staff": town.manager}.get(face, partial(town.clerk, "museum"))()
    page = opens(FACES[face], person)
    expect(page.get_by_text(HOME[face])).to_be_visible()
    looks_right(page, f"{face}-home")
    page.get_by_role("button", name="Language and appearance").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    looks_right(page, f"{face}-preferences")


def test_a_new_resident_joins_by_a_code_and_stays_signed_in(phone: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("409")  # the terms come first
    page = phone()

    page.get_by_label("E-mail address").fill("nova@example.org")
    page.get_by_role("button", name="Send me a code").click()
    code = page.get_by_label("Code", exact=True)
    expect(code).to_be_visible()
    code.fill(newest_code(town, "nova@example.org"))
    looks_right(page, "phone-code")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("I have read this and want to take part.").check()
    looks_right(page, "phone-terms")
    page.get_by_role("button", name="Join").click()

    expect(page.get_by_text("Good to see you")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Good to see you")).to_be_visible()


def test_whoever_signs_out_is_out_after_a_reload_too(phone: Opens, town: Town) -> None:
    page = phone(town.resident())
    expect(page.get_by_text("Good to see you")).to_be_visible()

    module(page, "shared/session.js", "await m.signOut()")

    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()


def test_a_stranger_at_the_till_is_told_whom_to_ask(till: Opens, town: Town) -> None:
    page = till(town.resident())

    expect(page.get_by_text("A manager of the city can make you one.")).to_be_visible()


def test_the_language_and_the_theme_are_chosen_and_kept(phone: Opens) -> None:
    page = phone(language="pt")
    expect(page.get_by_role("button", name="Enviar-me um código")).to_be_visible()

    page.get_by_role("button", name="Idioma e aspeto").click()
    page.get_by_label("Idioma", exact=True).select_option("ca")
    page.get_by_label("Aspecte", exact=True).select_option("dark")
    page.get_by_role("button", name="Fet").click()
    page.reload()

    expect(page.get_by_role("button", name="Envia'm un codi")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "ca")


@pytest.mark.parametrize("face", ["phone"])
def test_a_face_that_was_open_once_opens_without_a_network(face: str, opens: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    person = town.staff_resident(Role.CLERK, partner="museum")
    page = opens(FACES[face], person)
    expect(page.get_by_text(HOME[face])).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")

    page.context.set_offline(True)
    page.reload()

    expect(page.get_by_text("No network.")).to_be_visible()
    expect(page.get_by_text(HOME[face])).to_be_visible()
    looks_right(page, f"{face}-offline")


def test_many_tabs_renew_one_session_without_ending_it(phone: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("401")  # a tab that is still asking when the town's clock moves renews by that
    page = phone(town.resident())
    expect(page.get_by_text(HOME["phone"])).to_be_visible()

    tabs = [page.context.new_page() for _ in range(4)]
    for tab in tabs:
        tab.goto("/", wait_until="commit")

    for tab in tabs:
        expect(tab.get_by_text(HOME["phone"])).to_be_visible()
    town.clock.forward(minutes=20)
    for tab in tabs:
        tab.reload()
        expect(tab.get_by_text(HOME["phone"])).to_be_visible()


def newest_code(town: Town, email: str) -> str:
    found = re.search(r"^[0-9]{6}$", town.mails_to(email)[-1].get_content(), re.MULTILINE)
    assert found
    return found[0]
