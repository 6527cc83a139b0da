"""Home answers at a glance; who comes for the first time learns what this is and what it never does, then joins."""

from playwright.sync_api import Page, expect

from tests.catalogue.cases import ASK, Cases
from tests.town import Town
from tests.web.conftest import Opens, Watch, looks_right
from tests.web.phone_town import load_catalogue, open_at
from tests.web.test_faces import newest_code


def test_a_first_visit_says_what_this_is_and_what_it_never_does_and_ends_signed_in(
    phone: Opens, town: Town, watch: Watch
) -> None:
    watch.may_say("409")  # the terms come first
    load_catalogue(town)
    page = open_at(phone, town, None)

    expect(page.get_by_role("heading", name="Do good in Barcelona")).to_be_visible()
    expect(page.get_by_role("heading", name="What it never does")).to_be_visible()
    for never in ("It never rates you", "It never follows you", "It never holds you"):
        expect(page.get_by_text(never)).to_be_visible()
    page.get_by_label("E-mail address").fill("nova@example.org")
    page.get_by_role("button", name="Send me a code").click()
    code = page.get_by_label("Code", exact=True)
    expect(code).to_be_visible()  # by then the code is on its way
    code.fill(newest_code(town, "nova@example.org"))
    expect(page.get_by_text("It never rates you")).to_be_hidden()
    looks_right(page, "phone-first-code")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Taking part is voluntary")).to_be_visible()
    looks_right(page, "phone-first-terms")
    page.get_by_role("button", name="Join").click()  # without a yes, nothing happens
    expect(page.get_by_role("heading", name="Good to see you")).to_be_hidden()
    page.get_by_label("I have read this and want to take part.").check()
    page.get_by_role("button", name="Join").click()

    expect(page.get_by_text("Your first deed brings your first points.")).to_be_visible()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Your first deed brings your first points.")).to_be_visible()
    looks_right(page, "phone-home-new")


def test_who_works_for_the_city_and_has_not_joined_is_asked_first(phone: Opens, town: Town) -> None:
    page = open_at(phone, town, town.verifier())

    expect(page.get_by_role("heading", name="Do you want to take part?")).to_be_visible()
    looks_right(page, "phone-join")
    page.get_by_label("I have read this and want to take part.").check()
    page.get_by_role("button", name="Join").click()

    expect(page.get_by_role("heading", name="Good to see you")).to_be_visible()


def test_home_shows_what_i_have_what_waits_and_what_is_near(phone: Opens, town: Town) -> None:
    cases = Cases(town)
    load_catalogue(town)
    town.district("gracia")
    resident, verifier = town.resident("Marta Soler"), town.verifier()
    cases.approved(resident, verifier, "paint-bin")
    cases.claim_with_photo(resident, "polish-playground")
    asked = cases.claim_with_photo(resident, "water-street-trees")
    cases.decide(verifier, asked, ASK)

    page = open_at(phone, town, resident)

    expect(page.get_by_text("6 points", exact=True)).to_be_visible()
    expect(page.get_by_text("Until 23 November 2028")).to_be_visible()
    waiting = page.locator("section", has=page.get_by_role("heading", name="Waiting for a decision"))
    expect(waiting.get_by_role("listitem")).to_have_count(2)
    expect(waiting.get_by_role("listitem").first).to_contain_text("We need your answer")
    expect(waiting.get_by_text("decision by 7 December 2026")).to_be_visible()
    near = page.locator("section", has=page.get_by_role("heading", name="For you to do"))
    expect(near.get_by_role("listitem")).to_have_count(2)
    looks_right(page, "phone-home")

    with page.expect_response("**/api/v1/me"):
        near.get_by_label("Deeds in").select_option("gracia")
    page.reload()
    expect(near.get_by_label("Deeds in")).to_have_value("gracia")
    expect(near.get_by_role("listitem")).to_have_count(2)
    assert resident.get("/me").json["district"] == "gracia"


def test_the_first_visit_looks_as_it_should(phone: Opens, town: Town) -> None:
    page: Page = open_at(phone, town, None)
    expect(page.get_by_role("heading", name="How it works")).to_be_visible()
    looks_right(page, "phone-first")
