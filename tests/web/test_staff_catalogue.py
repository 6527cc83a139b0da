"""Managers keep the catalogue: what a change does is seen before, and what the charter says at its field."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.catalogue.cases import Cases
from tests.catalogue.deed_bodies import deed_body
from tests.rewards.market import Market
from tests.town import Town
from tests.web.conftest import Opens, looks_right
from tests.web.office import at_work, go


@pytest.fixture
def furnished(town: Town) -> Town:
    """Deeds in every state, and benefits of two kinds."""
    cases, manager = Cases(town), town.manager()
    cases.deed()
    cases.deed("read-aloud", category="learning", titles=dict.fromkeys(town.city.languages, "Read aloud"), points=4)
    later = deed_body("plant-hedges", titles=dict.fromkeys(town.city.languages, "Plant hedges"))
    assert manager.post("/deeds", json=later | {"in_force_from": "2027-01-10T00:00:00Z"}).status_code == 201
    better = deed_body("read-aloud", category="learning", titles=dict.fromkeys(town.city.languages, "Read aloud"))
    del better["code"]
    better |= {"unit": "deed", "points": 5, "reason": "More children want to listen."}
    assert manager.put("/deeds/read-aloud", json=better).status_code == 200
    market = Market(town)
    market.benefit(stock=12)
    market.benefit("film", partner="cinema-del-barri", titles=dict.fromkeys(town.city.languages, "A film"))
    manager.patch("/benefits/film", json={"is_published": False})
    return town


def test_a_manager_finds_a_deed_and_changes_it_after_seeing_what_differs(desk: Opens, furnished: Town) -> None:
    page = at_work(desk, furnished, furnished.manager(), "/catalogue")
    expect(page.locator(".entry")).to_have_count(3)
    page.get_by_label("Search in titles and purposes").fill("aloud")
    expect(page.locator(".entry")).to_have_count(1)
    page.get_by_role("link", name="Read aloud").click()
    expect(page.get_by_text("More children want to listen.")).to_be_visible()
    page.get_by_role("link", name="Change").click()

    page.get_by_label("Points", exact=True).fill("3")
    outlook = page.get_by_role("region", name="What publishing does")
    expect(outlook.get_by_text("Residents would be worse off")).to_be_visible()
    expect(outlook.get_by_text("The earliest is 23 Dec 2026, 11:00.")).to_be_visible()
    expect(outlook.get_by_role("row", name="Points worse 5 3")).to_be_visible()
    looks_right(page, "staff-deed-notice")
    outlook.get_by_role("button", name="Publish for 24 December 2026").click()
    expect(outlook.get_by_text("Announced now, in force from 24 Dec 2026, 00:00.")).to_be_visible()
    page.get_by_label("Why").fill("Fewer points, more readers.")
    page.get_by_role("button", name="Publish this version").click()

    expect(page.get_by_text("Version 3 is announced: in force from 24 Dec 2026, 00:00.")).to_be_visible()
    newest = furnished.anyone().get("/deeds/read-aloud/versions").json["items"][0]
    assert (newest["points"], newest["in_force_from"], newest["reason"]) == (
        3,
        "2026-12-23T23:00:00Z",
        "Fewer points, more readers.",
    )


def test_what_the_charter_forbids_is_said_at_its_field_while_one_writes(desk: Opens, furnished: Town) -> None:
    page = at_work(desk, furnished, furnished.manager(), "/catalogue/_new")
    expect(page.get_by_role("heading", name="New deed")).to_be_visible()

    page.get_by_label("English").fill("Vote in the election")

    field = page.get_by_label("English")
    expect(field).to_have_attribute("aria-invalid", "true")
    told = page.locator(".field", has=field).locator(".error")
    expect(told).to_contain_text("The charter forbids this (C30). No points for political acts.")
    looks_right(page, "staff-deed-charter")
    for language in ("English", "Español", "Català", "Português"):
        page.get_by_label(language).fill("Sweep the square")
    expect(told).to_have_count(0)
    expect(page.get_by_label("Code", exact=True)).to_have_value("sweep-the-square")
    page.get_by_label("What it is good for").fill("A clean square")
    for label, value in (("Points", "2"), ("At most per day", "1"), ("At most per year", "20"), ("Usual length", "60")):
        page.get_by_label(label).fill(value)
    expect(page.get_by_text("This is new. It is in force from")).to_be_visible()
    page.get_by_role("button", name="Publish the deed").click()

    expect(page.get_by_role("heading", name="Sweep the square", level=1)).to_be_visible()
    assert furnished.anyone().get("/deeds/sweep-the-square").json["is_open"] is True


def test_a_deed_is_paused_at_once_and_opened_again(desk: Opens, furnished: Town) -> None:
    page = at_work(desk, furnished, furnished.manager(), "/catalogue/water-trees")

    page.get_by_role("button", name="Pause").click()
    page.get_by_label("Last day of the pause").fill("2026-12-04")
    page.get_by_label("Why").fill("A storm has closed the park.")
    looks_right(page, "staff-pause")
    page.get_by_role("button", name="Pause now").click()

    expect(page.get_by_text("Paused until 4 December 2026.")).to_be_visible()
    assert furnished.anyone().get("/deeds/water-trees").json["is_open"] is False
    page.get_by_role("button", name="End the pause").click()
    page.get_by_label("Why").fill("The park is open.")
    page.get_by_role("button", name="Open it again").click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    assert furnished.anyone().get("/deeds/water-trees").json["is_open"] is True


def test_a_pause_that_is_over_by_then_hinders_no_next_version(desk: Opens, furnished: Town) -> None:
    pause = deed_body("water-trees", unit="deed", points=3, paused_until="2026-12-04", reason="A storm.")
    del pause["code"]
    assert furnished.manager().put("/deeds/water-trees", json=pause).status_code == 200
    page = at_work(desk, furnished, furnished.manager(), "/catalogue/water-trees/edit")

    page.get_by_label("In force from").fill("2026-12-10")
    page.get_by_label("Points", exact=True).fill("4")

    outlook = page.get_by_role("region", name="What publishing does")
    expect(outlook.get_by_text("Announced now, in force from 10 Dec 2026, 00:00.")).to_be_visible()
    expect(outlook.get_by_role("row", name="Paused until 4 December 2026 None")).to_be_visible()


def test_stock_changes_by_a_difference_and_a_benefit_leaves_the_list_and_comes_back(
    desk: Opens, furnished: Town
) -> None:
    page = at_work(desk, furnished, furnished.manager(), "/benefits")
    page.get_by_label("Search by title, partner or code").fill("museu")
    page.get_by_role("link", name="A ticket").click()

    page.get_by_label("How many").fill("8")
    expect(page.get_by_text("12 now, 20 then.")).to_be_visible()
    page.get_by_role("button", name="Put in").click()
    expect(page.get_by_text("20 left now.")).to_be_visible()
    page.get_by_role("button", name="Take off the list").click()
    page.get_by_role("dialog").get_by_role("button", name="Take off the list").click()

    expect(page.get_by_role("button", name="Put on the list")).to_be_visible()
    shown = furnished.anyone().get("/benefits/museum-ticket").json
    assert (shown["stock_left"], shown["is_published"]) == (20, False)
    page.get_by_role("button", name="Put on the list").click()
    expect(page.get_by_role("button", name="Take off the list")).to_be_visible()


def test_a_benefits_change_and_window_are_seen_before_they_hold(desk: Opens, furnished: Town) -> None:
    page = at_work(desk, furnished, furnished.manager(), "/benefits/museum-ticket/edit")

    page.get_by_label("Price in points").fill("9")
    page.get_by_label("Last day").fill("2026-12-31")

    outlook = page.get_by_role("region", name="What publishing does")
    expect(outlook.get_by_role("row", name="Price in points 8 9")).to_be_visible()
    expect(outlook.get_by_role("row", name="Last day None 31 December 2026")).to_be_visible()
    looks_right(page, "staff-benefit-edit")
    page.get_by_role("button", name="Publish the change").click()

    expect(page.get_by_role("heading", name="A ticket", level=1)).to_be_visible()
    expect(page.get_by_text("31 December 2026")).to_be_visible()
    shown = furnished.anyone().get("/benefits/museum-ticket").json
    assert (shown["price_points"], shown["closes_at"]) == (9, "2026-12-31T23:00:00Z")


HEADER = (
    "code,category,title_en,title_es,title_ca,title_pt,"
    "points,unit,max_per_day,max_per_year,evidence,minutes,purpose,review_by\n"
)
ROWS = {
    "new": "sing,culture,Sing,Cantar,Cantar,Cantar,2,deed,1,20,photo,60,Songs for all,2027-12-31\n",
    "worse": "read-aloud,learning,Read,Leer,Llegir,Ler,2,deed,5,50,photo,60,Cool streets,2027-12-31\n",
    "forbidden": "protest,culture,Join a protest,Protestar,Protestar,Protestar,2,deed,1,20,photo,60,March,2027-12-31\n",
}


def test_a_table_tells_what_each_row_would_change_and_loads_all_or_nothing(
    desk: Opens, furnished: Town, tmp_path: Path
) -> None:
    page = at_work(desk, furnished, furnished.manager(), "/catalogue/_import")
    table = tmp_path / "deeds.csv"
    table.write_text(HEADER + "".join(ROWS.values()), encoding="utf-8")

    page.get_by_label("CSV file").set_input_files(table)

    expect(page.get_by_text("1 cannot be loaded")).to_be_visible()
    expect(page.locator(".import-rows > li").first).to_contain_text("The charter forbids this (C30).")
    expect(page.get_by_text("Residents would be worse off, so it comes into force on 23 Dec 2026")).to_be_visible()
    expect(page.get_by_role("button", name="Load")).to_have_count(0)
    looks_right(page, "staff-import-told")
    table.write_text(HEADER + ROWS["new"] + ROWS["worse"], encoding="utf-8")
    page.get_by_label("CSV file").set_input_files(table)
    page.get_by_label("Why").fill("The spring list.")
    page.get_by_role("button", name="Load 2 rows").click()

    expect(page.get_by_role("link", name="Sing")).to_be_visible()
    assert furnished.anyone().get("/deeds/sing").json["points"] == 2
    assert furnished.anyone().get("/deeds/protest").status_code == 404


PAGES = {
    "catalogue": ("/catalogue", "Water street trees"),
    "deed": ("/catalogue/read-aloud", "More children want to listen."),
    "deed-edit": ("/catalogue/read-aloud/edit", "Nothing differs"),
    "benefits": ("/benefits", "A ticket"),
    "benefit": ("/benefits/museum-ticket", "left to buy"),
    "benefit-new": ("/benefits/_new", "Something is still missing"),
    "import": ("/catalogue/_import", "CSV file"),
}


def test_the_catalogue_looks_as_it_should(desk: Opens, furnished: Town) -> None:
    page = at_work(desk, furnished, furnished.manager(), "/catalogue")
    for name, (path, text) in PAGES.items():
        go(page, path)
        expect(page.get_by_text(text).first).to_be_visible()
        looks_right(page, f"staff-{name}")
