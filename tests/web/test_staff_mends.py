"""What once went wrong at the office's desk, seen from the desk."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from catalogue import verification
from core.http.doors import Role
from core.settings import ROOT
from tests.catalogue.cases import Cases
from tests.catalogue.deed_bodies import deed_body, version_body
from tests.rewards.market import MUSEUM, Market
from tests.town import PIN, Town
from tests.web.conftest import Opens, Watch, looks_right, module
from tests.web.office import at_work


@pytest.fixture
def cases(town: Town) -> Cases:
    return Cases(town)


def test_a_whole_event_goes_on_to_its_end(
    desk: Opens, town: Town, cases: Cases, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.may_say("ERR_FAILED")
    monkeypatch.setattr(verification, "EVENT_CASES_MAX", 2)
    cases.deed("clean-beach", evidence=["organiser"], max_per_day=50)
    organiser, verifier = town.organiser(), town.staff_resident(Role.VERIFIER)
    event = cases.event(organiser, "clean-beach", title="Beach morning")
    for doer in [verifier] * 3 + [town.resident() for _ in range(5)]:
        submission = cases.claim(doer, "clean-beach", event=event)
        assert organiser.post(f"/submissions/{submission}/confirmation", json={"confirmed": True}).status_code == 200
    page = desk(verifier, f"/staff#/queue/events/{event}")
    asked: list[Route] = []

    def third_fails(route: Route) -> None:
        asked.append(route)
        route.abort() if len(asked) == 3 else route.continue_()

    page.route("**/verification", third_fails)

    page.get_by_role("button", name="Approve all").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("4 of 8")).to_be_visible()
    looks_right(page, "staff-event-part")
    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("5 approved")).to_be_visible()
    expect(page.get_by_text("3 not decided")).to_be_visible()
    expect(page.get_by_text("It is your own deed: somebody else decides it.")).to_have_count(3)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    looks_right(page, "staff-event-all")


def test_two_managers_change_a_benefit_at_once(desk: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("412")
    market = Market(town)
    market.benefit()
    page = at_work(desk, town, town.manager(), "/benefits/museum-ticket/edit")
    page.get_by_label("Price in points").fill("9")
    market.manager.patch("/benefits/museum-ticket", json={"voucher_days": 30, "value_eur": 4})

    page.get_by_role("button", name="Publish the change").click()

    told = page.get_by_role("table", name="Somebody else has changed this meanwhile.")
    expect(told.get_by_role("row", name="Days that a voucher lives 60 30")).to_be_visible()
    expect(page.get_by_label("Price in points")).to_have_value("9")
    expect(page.get_by_label("Days that a voucher lives")).to_have_value("30")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    looks_right(page, "staff-benefit-meanwhile")
    page.get_by_role("button", name="Publish the change").click()
    expect(page.get_by_role("heading", name="A ticket", level=1)).to_be_visible()
    shown = town.anyone().get("/benefits/museum-ticket").json
    assert (shown["price_points"], shown["voucher_days"], shown["value_eur"]) == (9, 30, "4.00")


def test_a_pause_does_not_take_back_what_another_manager_published(
    desk: Opens, town: Town, cases: Cases, watch: Watch
) -> None:
    watch.may_say("412")
    cases.deed()
    page = at_work(desk, town, town.manager(), "/catalogue/water-trees")
    page.get_by_role("button", name="Pause").click()
    page.get_by_label("Why").fill("A storm has closed the park.")
    better = version_body(unit="deed", points=5, reason="Thirsty trees.")
    assert town.manager().put("/deeds/water-trees", json=better).status_code == 200

    page.get_by_role("button", name="Pause now").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Thirsty trees.")).to_be_visible()
    expect(dialog.get_by_label("Why")).to_have_value("A storm has closed the park.")
    looks_right(page, "staff-pause-meanwhile")
    page.get_by_role("button", name="Pause now").click()
    expect(page.get_by_text("Paused until 30 November 2026.")).to_be_visible()
    assert town.anyone().get("/deeds/water-trees").json["points"] == 5


def test_a_decision_that_the_device_cannot_write_down_says_so_and_keeps_the_case(
    desk: Opens, town: Town, cases: Cases
) -> None:
    cases.deed()
    doer = town.resident()
    submission = cases.claim_with_photo(doer)
    page = desk(town.verifier(), "/staff#/queue/case")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    put = page.evaluate_handle("() => IDBObjectStore.prototype.put")
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); } }"
    )

    page.keyboard.press("d")
    page.keyboard.press("1")
    page.get_by_label("What the resident reads").fill("No tree is to be seen.")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("alert")).to_contain_text("Nothing was decided: this device could not write your decision")
    expect(page.get_by_label("What the resident reads")).to_have_value("No tree is to be seen.")
    looks_right(page, "staff-case-unkept")
    page.evaluate("(put) => { IDBObjectStore.prototype.put = put; }", put)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nothing here waits for you")).to_be_visible()
    page.goto("/staff")
    expect(page.get_by_text("Nothing waits")).to_be_visible()
    assert doer.get(f"/submissions/{submission}").json["status"] == "declined"


def test_what_is_late_is_told_whatever_is_filtered_and_no_median_is_none(desk: Opens, town: Town, cases: Cases) -> None:
    cases.deed()
    cases.claim_with_photo(town.resident())
    cases.clock.forward(days=town.city.review.promised_days, hours=1)

    queue = desk(town.verifier(), "/staff#/queue?category=care")
    page = at_work(desk, town, town.manager(), "/overview")

    expect(queue.locator(".tiles")).to_contain_text("Past the promised day1")
    median = page.locator(".tiles > div", has_text="Median time to decide")
    expect(median).to_contain_text("NoneNobody decided anything in this period")
    looks_right(page, "staff-overview-none")


def test_a_key_that_is_held_or_pressed_twice_decides_one_case(desk: Opens, town: Town, cases: Cases) -> None:
    cases.deed(max_per_day=50)
    for note in ("One.", "Two.", "Three."):
        cases.claim_with_photo(town.resident(), note=note)
    page = desk(town.verifier(), "/staff#/queue/case")
    page.route("**/verification", lambda _: None)  # what was decided stays to be counted
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()

    page.evaluate(f"() => {{ {PRESSED_A} {PRESSED_A} }}")  # before the first is written down
    page.evaluate(f"async () => {{ {once_in_sight('Two.')} {PRESSED_A} }}")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()

    assert waiting_in(page) == 1
    expect(page.get_by_text("Two.")).to_be_visible()
    page.keyboard.down("a")
    page.keyboard.down("a")
    expect(page.get_by_text("Three.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    page.keyboard.down("a")  # held all the while
    page.keyboard.up("a")
    assert waiting_in(page) == 2
    expect(page.get_by_text("Three.")).to_be_visible()


def test_a_case_that_comes_in_place_of_a_lapsed_one_is_seen_before_it_is_decided(
    desk: Opens, town: Town, cases: Cases, watch: Watch
) -> None:
    watch.may_say("401")
    cases.deed()
    for note in ("One.", "Two."):
        cases.claim_with_photo(town.resident(), note=note)
    page = desk(town.verifier(), "/staff#/queue/case")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    town.clock.forward(minutes=16)
    assert cases.lease(town.verifier())

    page.keyboard.press("k")
    page.evaluate(f"async () => {{ {once_in_sight('Two.')} {PRESSED_A} }}")

    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    assert waiting_in(page) == 0


PRESSED_A = "dispatchEvent(new KeyboardEvent('keydown', { key: 'a', cancelable: true }));"


def once_in_sight(text: str) -> str:
    return f"""await new Promise((seen) => {{
        const look = () => document.body.innerText.includes('{text}') && (watch.disconnect(), seen());
        const watch = new MutationObserver(look);
        watch.observe(document.body, {{ subtree: true, childList: true, characterData: true }});
        look();
    }});"""


def waiting_in(page: Page) -> int:
    """How many decisions wait to be sent."""
    return int(module(page, "shared/queue.js", "return (await m.outbox()).length"))


def test_an_address_that_is_none_says_so(desk: Opens, town: Town) -> None:
    page = desk(town.manager(), "/staff#/no/such/page")

    expect(page.get_by_role("heading", name="There is no such page")).to_be_attached()
    looks_right(page, "staff-unknown")
    page.get_by_role("link", name="To the beginning").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_benefit_needs_a_partner_first(desk: Opens, town: Town) -> None:
    page = desk(town.manager(), "/staff#/benefits/_new")

    expect(page.get_by_text("No partners yet")).to_be_visible()
    looks_right(page, "staff-benefit-no-partner")
    page.get_by_role("link", name="To the partners").click()
    expect(page.get_by_role("button", name="New partner")).to_be_visible()


def test_a_device_is_seen_to_be_paired_however_many_there_are(desk: Opens, town: Town) -> None:
    town.till(MUSEUM)
    page = at_work(desk, town, town.manager(), f"/partners/{MUSEUM}")
    one_a_page = re.compile(r"/devices\?")
    page.route(one_a_page, lambda route: route.continue_(url=route.request.url.replace("limit=100", "limit=1")))
    page.get_by_role("button", name="Pair a device").click()
    page.get_by_label("Name of the till").fill("Zoo gate")
    page.get_by_role("button", name="Make a code").click()
    code = page.locator(".pairing-code").inner_text()

    assert town.anyone().post("/till/devices", json={"pairing_code": code, "pin": PIN}).status_code == 201

    expect(page.get_by_text("Zoo gate is paired.")).to_be_visible()


def test_a_second_table_is_told_to_who_does_not_see_it(desk: Opens, town: Town, tmp_path: Path) -> None:
    town.partner(MUSEUM)
    page = desk(town.manager(), "/staff#/benefits/_import")
    told = page.get_by_role("status").filter(has_text="new")
    page.get_by_label("CSV file").set_input_files(table(tmp_path / "one.csv", "ticket"))
    expect(told).to_have_text("1 new")
    place = told.element_handle()

    page.get_by_label("CSV file").set_input_files(table(tmp_path / "two.csv", "ticket", "film"))

    expect(told).to_have_text("2 new")
    assert page.evaluate("(place) => place.isConnected", place)  # what comes together with its words is not read out


def table(file: Path, *codes: str) -> Path:
    file.write_text(table_of(*codes), encoding="utf-8")
    return file


def table_of(*codes: str) -> str:
    titles = ",".join(f"title_{language}" for language in ("ca", "es", "en", "pt"))
    rows = [f"code,category,partner,{titles},price_points,stock,max_per_person_per_year,value_eur,voucher_days"]
    return "\n".join(rows + [f"{code},culture,{MUSEUM},A,A,A,A,8,,,5,60" for code in codes])


def test_what_cannot_be_accepted_is_said_in_the_readers_language(desk: Opens, town: Town) -> None:
    town.partner(MUSEUM)
    page = at_work(desk, town, town.manager(), "/catalogue/_new", language="es")
    for label, value in (("Puntos", "2"), ("Como mucho al día", "5"), ("Como mucho al año", "2")):
        page.get_by_label(label).fill(value)
    for title in ("English", "Español", "Català", "Português"):
        page.get_by_label(title).fill("Barrer la plaza")
    page.get_by_label("Para qué sirve").fill("Una plaza limpia")
    page.get_by_label("Duración habitual").fill("60")
    page.locator("[type=submit]").click()

    expect(page.get_by_text("Es menos de lo que cuenta en un día.")).to_be_visible()
    looks_right(page, "staff-deed-reason")


def test_each_reason_that_a_field_is_refused_for_has_words(town: Town) -> None:
    town.partner(MUSEUM)
    manager = town.manager()
    deed = deed_body()
    benefit = {"code": "ticket", "category": "culture", "partner": MUSEUM, "titles": deed["titles"]}
    benefit |= {"price_points": 8, "value_eur": "5", "voucher_days": 60}
    assert manager.post("/benefits", json=benefit | {"code": "film", "stock": 3}).status_code == 201
    wrong_deeds: list[dict[str, Any]] = [
        {"points": 0, "max_per_day": "x", "minutes": None, "code": "A b", "category": "x", "purpose": "x" * 301},
        {"titles": {"en": "A"}, "max_per_year": 1, "districts": ["x"], "access": ["a", "a"], "review_by": "2026-01-01"},
        {"titles": {}, "purpose": "", "review_by": "x", "source": "a\u0007"},
        {"paused_until": "2027-12-01", "review_by": "2500-01-01"},
        {"in_force_from": "today", "more": 1},
    ]
    wrong_benefits: list[dict[str, Any]] = [
        {"price_points": -1, "value_eur": "5.001", "voucher_days": 1.5, "partner": "B b", "titles": {"en": ""}},
        {"voucher_days": 3000},
    ]
    tables = [",".join(deed_body()), "code,kind\nticket,benefit\na,b,c\n", table_of("film", "a", "a")]

    answers = [manager.post("/deeds/preview", json=deed | wrong).json for wrong in wrong_deeds]
    answers += [manager.post("/benefits/preview", json=benefit | wrong).json for wrong in wrong_benefits]
    for kind in ("deeds", "benefits"):
        for text in tables:
            told = manager.post(f"/{kind}/import", json={"csv": text, "dry_run": True})
            assert told.status_code == 200, told.json
            answers += told.json["rows"]
    errors = [error for answer in answers for error in answer["errors"] if "rule" not in error]

    known = [re.compile(sentence.replace("(?<", "(?P<")) for sentence in KNOWN.findall(REASONS.read_text("utf-8"))]
    assert len(known) > 20
    assert [error for error in errors if not any(one.search(error["reason"]) for one in known)] == []
    assert {one.pattern for one in known if not any(one.search(error["reason"]) for error in errors)} == set()


REASONS = ROOT / "web" / "staff" / "catalogue" / "reasons.js"
KNOWN = re.compile(r"^  \[/(\^.+\$)/, 'reason", re.MULTILINE)
