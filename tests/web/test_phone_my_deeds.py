"""What I did shows its state, by when it is decided, why it was, by which rule, and how to object until when."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.catalogue.cases import DECLINE, Cases
from tests.town import Town
from tests.web.conftest import Opens, Watch, looks_right
from tests.web.phone_town import load_catalogue, open_at

ASK = {"decision": "ask", "reason_code": "photo_unclear", "text": "Which bin is it? Please step back a little."}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "photo.jpg"
    Image.linear_gradient("L").convert("RGB").save(file, "JPEG")
    return file


def test_the_list_shows_each_state_and_the_promised_date(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    cases = Cases(town)
    resident, verifier = town.resident(), town.verifier()
    cases.approved(resident, verifier, "paint-bin")
    cases.decide(verifier, cases.claim_with_photo(resident, "polish-playground"), DECLINE)
    cases.claim_with_photo(resident, "water-street-trees")
    event = cases.event(town.organiser(), "repair-cafe")
    cases.claim(resident, "repair-cafe", quantity=90, event=event)

    page = open_at(phone, town, resident, "/my-deeds")

    rows = page.get_by_role("list", name="My deeds").get_by_role("listitem")
    expect(rows).to_have_count(4)
    for number, said in enumerate(("Organiser is asked", "decision by 7 December 2026", "Declined", "6 points")):
        expect(rows.nth(number)).to_contain_text(said)
    expect(rows.nth(0)).to_contain_text("1 h 30 min")
    looks_right(page, "phone-my-deeds")


def test_a_refusal_says_why_by_which_rule_and_how_to_appeal(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    cases = Cases(town)
    resident = town.resident()
    claim = cases.claim_with_photo(resident, "paint-bin", note="On our square.")
    cases.decide(town.verifier(), claim, DECLINE)

    page = open_at(phone, town, resident, f"/my-deeds/{claim}")

    expect(page.get_by_text("This is another street.")).to_be_visible()
    expect(page.get_by_text("Oficina de Bones Accions, 23 November 2026.")).to_be_visible()
    expect(page.get_by_role("heading", name="You do not agree?")).to_be_visible()
    expect(page.get_by_text("You can appeal until 23 December 2026")).to_be_visible()
    expect(page.get_by_role("button", name="Withdraw")).to_be_hidden()
    looks_right(page, "phone-my-deed-declined")
    page.get_by_role("link", name="Rule version 1").click()
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()


def test_what_a_verifier_asks_for_is_answered_with_words_and_a_photo(phone: Opens, town: Town, picture: Path) -> None:
    load_catalogue(town)
    cases = Cases(town)
    resident = town.resident()
    claim = cases.claim_with_photo(resident, "paint-bin", note="A bin.")
    cases.decide(town.verifier(), claim, ASK)
    page = open_at(phone, town, resident, f"/my-deeds/{claim}")

    expect(page.get_by_role("heading", name="What we need from you")).to_be_visible()
    expect(page.get_by_text("Which bin is it? Please step back a little.").first).to_be_visible()
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Add a photo, or change the note.")).to_be_visible()
    looks_right(page, "phone-my-deed-asked")
    page.get_by_label("Another photo", exact=True).set_input_files(picture)
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()
    page.get_by_label("Note", exact=True).fill("The one at the corner of the square.")
    page.get_by_role("button", name="Send the answer").click()

    expect(page.get_by_text("A person at the city decides by")).to_be_visible()
    seen = cases.seen(resident, claim)
    assert (seen["status"], seen["note"]) == ("in_review", "The one at the corner of the square.")
    assert len(seen["evidence"]) == 2
    page.get_by_role("button", name="Show photo 2").click()
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()
    looks_right(page, "phone-my-deed-answered")


def test_a_claim_is_withdrawn_while_nothing_is_decided(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    cases = Cases(town)
    resident = town.resident()
    claim = cases.claim_with_photo(resident, "paint-bin")
    page = open_at(phone, town, resident, f"/my-deeds/{claim}")

    page.get_by_role("button", name="Withdraw this").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    looks_right(page, "phone-my-deed-withdraw")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Withdraw this").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw", exact=True).click()

    expect(page.get_by_text("You withdrew it. Nobody looks at it any more.")).to_be_visible()
    assert cases.seen(resident, claim)["status"] == "withdrawn"
    looks_right(page, "phone-my-deed-withdrawn")


def test_an_approval_says_what_it_earned_and_which_cap_bound_it(phone: Opens, town: Town) -> None:
    cases = Cases(town)
    cases.deed("water-trees", max_per_day=2)
    resident, verifier = town.resident(), town.verifier()
    claim = cases.approved(resident, verifier, "water-trees", quantity=3)
    page = open_at(phone, town, resident, f"/my-deeds/{claim}")

    expect(page.get_by_text("Approved: 6 points. Thank you.")).to_be_visible()
    expect(page.get_by_text("The day's cap for this deed left room for no more.")).to_be_visible()
    looks_right(page, "phone-my-deed-approved")


def test_a_missing_photo_is_added_later(phone: Opens, town: Town, picture: Path) -> None:
    load_catalogue(town)
    cases = Cases(town)
    resident = town.resident()
    claim = cases.claim(resident, "paint-bin")
    page = open_at(phone, town, resident, f"/my-deeds/{claim}")

    expect(page.get_by_text("A photo is missing: then it can be decided.")).to_be_visible()
    page.get_by_label("Photo", exact=True).set_input_files(picture)
    expect(page.get_by_role("img", name="Your photo")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.get_by_text("A person at the city decides by")).to_be_visible()


def test_somebody_elses_deed_is_not_there(phone: Opens, town: Town, watch: Watch) -> None:
    load_catalogue(town)
    claim = Cases(town).claim_with_photo(town.resident(), "paint-bin")
    watch.may_say("404")
    page = open_at(phone, town, town.resident(), f"/my-deeds/{claim}")

    expect(page.get_by_text("This is not among your deeds")).to_be_visible()


def test_without_a_network_what_was_seen_before_is_still_there(phone: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    load_catalogue(town)
    cases = Cases(town)
    resident = town.resident()
    cases.approved(resident, town.verifier(), "paint-bin")
    page = open_at(phone, town, resident)
    expect(page.get_by_text("6 points")).to_be_visible()
    page.get_by_role("link", name="My deeds").click()
    expect(page.get_by_text("Approved")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")

    page.context.set_offline(True)
    page.goto("/#/my-deeds")
    page.reload()

    expect(page.get_by_text("Approved")).to_be_visible()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_text("6 points")).to_be_visible()
    looks_right(page, "phone-home-offline")
