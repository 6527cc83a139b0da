"""A resident sees and steers what the city may say to them and knows of them, and leaves when they like."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.catalogue.cases import Cases
from tests.rewards.market import Market
from tests.town import Person, Town
from tests.web.conftest import Opens, Watch, looks_right, module


@pytest.fixture
def market(town: Town) -> Market:
    return Market(town)


def test_language_notices_name_and_consents_are_theirs_to_set(town: Town, phone: Opens) -> None:
    person = town.resident()
    page = phone(person, "/#/me")
    expect(page.get_by_text(f"Signed in as {person.email}")).to_be_visible()
    looks_right(page, "phone-me")

    page.get_by_label("How we tell you").select_option("none")
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Ona")
    page.get_by_role("button", name="Save the name").click()
    page.get_by_label("The organiser of an event that I name may see the name I gave").check()
    expect(page.get_by_text("Saved")).to_have_count(3)
    page.get_by_label("Language", exact=True).select_option("pt")
    expect(page.get_by_role("heading", name="O que guardam de mim")).to_be_visible()
    expect(page.get_by_text("Guardado").last).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)

    me = person.get("/me").json
    assert (me["notices"], me["name"], me["language"]) == ("none", "Ona", "pt")
    assert [bool(consent["given_at"]) for consent in me["consents"]] == [True]
    looks_right(page, "phone-me-pt")


def test_they_see_which_office_looked_at_what(town: Town, phone: Opens) -> None:
    person, cases = town.resident(), Cases(town)
    cases.deed()
    verifier = town.verifier(office="Green Office")
    submission = cases.claim_with_photo(person)
    assert cases.lease(verifier) == submission
    (photo,) = person.get(f"/submissions/{submission}").json["evidence"]
    assert verifier.get(f"/evidence/{photo['id']}").status_code == 200
    cases.decide(verifier, submission)

    page = phone(person, "/#/me")
    page.get_by_role("link", name="Who looked at my file").click()

    looks = page.get_by_role("list", name="Who looked at my file").get_by_role("listitem")
    expect(looks.nth(0)).to_contain_text("Approved a deed of yours")
    expect(looks.nth(0)).to_contain_text("Green Office")
    expect(looks.filter(has_text="Looked at a photo of yours")).to_have_count(1)
    looks_right(page, "phone-looks")


def test_each_thing_that_staff_do_has_words(town: Town, phone: Opens) -> None:
    """Every kind that code writes about somebody else's matters is told as a sentence."""
    page = phone(town.resident(), "/#/me/looks")
    expect(page.get_by_text("Nobody has looked")).to_be_visible()

    kinds = [f"{noun}.{verb}" for noun, verbs in DONE_BY_STAFF.items() for verb in verbs.split()]
    assert module(page, "shared/strings.js", "return given[0].filter((kind) => !m.has(`look.${kind}`))", kinds) == []


DONE_BY_STAFF = {
    "submission": "listed leased read given_back confirmed denied approved approved_first declined asked reversed",
    "evidence": "read",
    "attendance": "read",
    "voucher": "looked_up redeemed undone refused not_theirs refunded",
    "role": "granted revoked read",
    "session": "opened reused",
}


def test_everything_kept_of_them_comes_as_a_file(market: Market, phone: Opens, tmp_path: Path) -> None:
    person = market.shopper(20)
    page = phone(person, "/#/me")

    with page.expect_download() as download:
        page.get_by_role("button", name="Take all of it as a file").click()

    file = tmp_path / "mine.json"
    download.value.save_as(file)
    assert download.value.suggested_filename.startswith("bona-feta-")
    assert json.loads(file.read_text("utf-8"))["sections"]["profile"]["email"] == person.email


def test_a_lost_phone_is_signed_out_from_another(town: Town, phone: Opens, watch: Watch) -> None:
    watch.may_say("401")
    person = town.resident()
    lost = phone(person, "/#/points")
    expect(lost.get_by_text("No points to spend yet")).to_be_visible()
    page = phone(person, "/#/me")
    page.get_by_role("link", name="Where I am signed in").click()
    expect(page.get_by_text("This device")).to_be_visible()
    looks_right(page, "phone-sessions")

    page.get_by_role("listitem").filter(has_text="Another device").get_by_role("button").first.click()

    expect(page.get_by_text("That device is signed out.")).to_be_visible()
    lost.reload()
    expect(lost.get_by_role("button", name="Send me a code")).to_be_visible()


def test_leaving_gives_time_to_spend_and_can_be_taken_back(market: Market, phone: Opens) -> None:
    market.benefit()
    person = market.shopper(20)
    market.buy(person)
    page = phone(person, "/#/me")
    page.get_by_role("link", name="Leave").click()
    expect(page.get_by_text("You have 12 points to spend.")).to_be_visible()
    expect(page.get_by_text("1 voucher is not used yet.")).to_be_visible()
    looks_right(page, "phone-leave")

    page.get_by_role("button", name="Leave in 14 days").click()

    expect(page.get_by_text("You are leaving:")).to_be_visible()
    looks_right(page, "phone-leaving")
    assert person.get("/me").json["status"] == "leaving"
    page.goto("/#/benefits/museum-ticket")
    page.get_by_role("button", name="Buy for 8 points").click()
    page.get_by_role("dialog").get_by_role("button", name="Buy for 8 points").click()
    expect(page.get_by_text("Last day:")).to_be_visible()
    page.goto("/#/me")
    page.get_by_role("button", name="Stay after all").click()
    expect(page.get_by_text("Good to have you: you stay.")).to_be_visible()
    assert person.get("/me").json["status"] == "active"


def test_whoever_left_is_gone_when_the_window_is_over(market: Market, phone: Opens, watch: Watch) -> None:
    watch.may_say("401")
    person = market.shopper(20)
    page = phone(person, "/#/me/leave")
    page.get_by_role("button", name="Leave in 14 days").click()
    expect(page.get_by_text("You are leaving:")).to_be_visible()

    market.town.clock.forward(days=15)
    market.town.run_job("erase-leavers")
    page.reload()

    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()


def test_leaving_at_once_says_what_ends_and_forgets_everything(market: Market, phone: Opens, watch: Watch) -> None:
    market.benefit()
    person = market.shopper(20)
    market.buy(person)
    page = phone(person, "/#/me/leave")
    page.get_by_role("button", name="Leave at once").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12 points end unspent.")
    expect(dialog).to_contain_text("1 voucher can no longer be used.")
    looks_right(page, "phone-leave-now")

    dialog.get_by_role("button", name="Yes, delete everything").click()

    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    expect(page.get_by_text("You have left, and everything about you is deleted.")).to_be_visible()
    looks_right(page, "phone-left")
    assert module(page, "shared/store.js", "return (await m.all('kept')).length + (await m.all('session')).length") == 0
    page.reload()
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()
    assert is_gone(person)


def is_gone(person: Person) -> bool:
    return person.get("/me").status_code == 401
