"""A manager sees what publishing would do before it is done; a table is loaded by HTTP as it is by command."""

import csv
import io
from typing import Any

import pytest

from core.settings import ROOT
from tests.catalogue.cases import Cases
from tests.catalogue.deed_bodies import deed_body, version_body
from tests.citizen.traces import rows_of
from tests.rewards.market import Market, facts
from tests.town import Answer, Town

Rows = list[dict[str, str]]


def sample(name: str) -> Rows:
    return list(csv.DictReader((ROOT / "data" / name).read_text(encoding="utf-8").splitlines()))


def table_of(rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def everything(town: Town) -> list[Any]:
    return sorted(rows_of(town))


def results(answer: Answer) -> dict[str, str]:
    assert answer.status_code == 200, answer.json
    return {row["code"]: row["result"] for row in answer.json["rows"]}


# --- one item ---------------------------------------------------------------------------------------------------------


def test_trying_a_deed_tells_what_would_change_and_changes_nothing(town: Town, cases: Cases) -> None:
    cases.deed()
    manager = town.manager()
    manager.get("/me")
    body = deed_body("water-trees", unit="deed", points=4, max_per_day=5, max_per_year=50)
    before = everything(town)

    better = manager.post("/deeds/preview", json=body)
    same = manager.post("/deeds/preview", json=body | {"points": 3})
    new = manager.post("/deeds/preview", json=body | {"code": "plant-trees"})
    later = manager.post("/deeds/preview", json=body | {"in_force_from": "2027-01-10T00:00:00Z"})

    assert everything(town) == before
    assert better.json == {
        "code": "water-trees",
        "result": "changed",
        "changes": [{"field": "points", "before": 3, "after": 4}],
        "worse": [],
        "in_force_from": "2026-11-23T10:00:00Z",
        "earliest": "2026-11-23T10:00:00Z",
        "problem": None,
        "errors": [],
    }
    assert [answer.json["result"] for answer in (same, new, later)] == ["same", "new", "announced"]
    assert manager.put("/deeds/water-trees", json=version_body(**body)).json["version"] == 2


def test_c20_trying_worse_terms_tells_the_notice_that_they_need(town: Town, cases: Cases) -> None:
    cases.deed()
    manager = town.manager()
    body = deed_body("water-trees", unit="deed", points=2, max_per_day=4, max_per_year=50)

    too_soon = manager.post("/deeds/preview", json=body).json
    in_time = manager.post("/deeds/preview", json=body | {"in_force_from": too_soon["earliest"]}).json

    assert (too_soon["result"], too_soon["problem"], too_soon["worse"]) == (
        "refused",
        "notice_too_short",
        ["max_per_day", "points"],
    )
    assert [change["field"] for change in too_soon["changes"]] == ["points", "max_per_day"]
    assert too_soon["earliest"] == "2026-12-23T10:00:00Z"
    assert (in_time["result"], in_time["worse"]) == ("announced", ["max_per_day", "points"])


@pytest.mark.parametrize("row", sample("must-be-refused.csv"), ids=lambda row: row["code"])
def test_trying_what_the_charter_forbids_tells_its_rule_and_reason(town: Town, row: dict[str, str]) -> None:
    body = {"code": row["code"], "category": row["category"], "titles": {"en": row["title_en"]}}
    points = {"points": int(row["points"]), "price_points": int(row["points"])}

    told = town.manager().post(f"/{row['kind']}s/preview", json=body | points).json

    assert (told["code"], told["result"], told["problem"]) == (row["code"], "refused", "charter_refused")
    assert told["errors"][0]["rule"] == row["rule"]
    assert told["errors"][0]["reason"]


@pytest.mark.parametrize("body", [[], {}, "words", {"code": ["x"]}, {"code": "x" * 999}, {"code": "\0"}])
def test_trying_what_is_no_item_is_told_to_be_refused(town: Town, body: Any) -> None:
    for path in ("/deeds/preview", "/benefits/preview"):
        told = town.manager().post(path, json=body)

        assert (told.status_code, told.json["result"]) == (200, "refused")
        assert told.json["errors"]


def test_trying_a_benefit_tells_what_would_change_and_changes_nothing(town: Town, market: Market) -> None:
    market.benefit(stock=3)
    manager = market.manager
    before = everything(town)

    changed = manager.post("/benefits/preview", json={"code": "museum-ticket", "value_eur": 6, "is_published": False})
    same = manager.post("/benefits/preview", json={"code": "museum-ticket", "value_eur": "5.0"})
    moved = manager.post("/benefits/preview", json={"code": "museum-ticket", "partner": "nobody"})
    stock = manager.post("/benefits/preview", json={"code": "museum-ticket", "stock": 4})

    assert everything(town) == before
    assert (changed.json["result"], changed.json["changes"]) == (
        "changed",
        [
            {"field": "value_eur", "before": "5.00", "after": "6.00"},
            {"field": "is_published", "before": True, "after": False},
        ],
    )
    assert same.json["result"] == "same"
    assert (moved.json["result"], moved.json["problem"]) == ("refused", "partner_unknown")
    assert (stock.json["problem"], stock.json["errors"][0]["field"]) == ("invalid", "stock")


# --- a table ----------------------------------------------------------------------------------------------------------


def test_a_table_is_tried_and_then_loaded_as_it_was_told(town: Town) -> None:
    rows = sample("deeds.csv")[:5]
    manager = town.manager()
    manager.post("/deeds/import", json={"csv": table_of(rows[:3]), "dry_run": False, "reason": "A beginning."})
    rows[0]["points"], rows[1]["title_ca"] = "3", "Fer la compra a un veí"
    rows[2]["points"] = "9"  # one fewer
    sent = {"csv": table_of(rows), "dry_run": True, "reason": "The neighbours asked."}
    before = everything(town)

    tried = manager.post("/deeds/import", json=sent)
    assert everything(town) == before
    loaded = manager.post("/deeds/import", json=sent | {"dry_run": False})
    again = manager.post("/deeds/import", json=sent | {"dry_run": False})

    assert tried.json | {"dry_run": False} == loaded.json
    assert {name: tried.json[name] for name in ("new", "changed", "announced", "same", "refused")} == {
        "new": 2,
        "changed": 2,
        "announced": 1,
        "same": 0,
        "refused": 0,
    }
    first, _, third = tried.json["rows"][:3]
    assert (first["line"], first["changes"]) == (2, [{"field": "points", "before": 2, "after": 3}])
    assert (third["worse"], third["in_force_from"]) == (["points"], "2026-12-23T10:00:00Z")
    assert set(results(again).values()) == {"same"}
    newest = town.anyone().get(f"/deeds/{rows[0]['code']}/versions").json["items"][0]
    assert (newest["version"], newest["reason"], newest["points"]) == (2, "The neighbours asked.", 3)


def test_one_refused_row_stops_the_table_and_each_is_told(town: Town) -> None:
    rows = sample("deeds.csv")[:4]
    rows[1] |= {"title_en": "Vote in an election"}
    rows[2] |= {"points": "many", "unit": "fortnight"}
    manager, sent = town.manager(), {"csv": table_of(rows)}
    manager.get("/me")
    before = everything(town)

    tried = manager.post("/deeds/import", json=sent | {"dry_run": True})
    refused = manager.post("/deeds/import", json=sent | {"dry_run": False})

    assert everything(town) == before
    assert list(results(tried).values()) == ["new", "refused", "refused", "new"]
    told = [(row["line"], row["problem"], [error["field"] for error in row["errors"]]) for row in tried.json["rows"]]
    assert told[1][:2] == (3, "charter_refused")
    assert tried.json["rows"][1]["errors"][0]["rule"] == "C30"
    assert told[2] == (4, "invalid", ["points", "unit"])
    assert facts(refused) == (422, "import_refused")
    assert [row["line"] for row in refused.json["rows"]] == [3, 4]


@pytest.mark.parametrize("kind", ["deeds", "benefits"])
def test_every_line_that_must_be_refused_is_refused_by_its_rule(town: Town, kind: str) -> None:
    rows = sample("must-be-refused.csv")

    told = town.manager().post(f"/{kind}/import", json={"csv": table_of(rows), "dry_run": True})

    by_line = {row["line"]: row for row in told.json["rows"]}
    assert told.json["refused"] == len(told.json["rows"])
    for line, row in enumerate(rows, start=2):
        assert (by_line[line]["code"], by_line[line]["errors"][0]["rule"]) == (row["code"], row["rule"])


def test_a_row_that_breaks_in_the_books_is_told_beside_the_others(town: Town) -> None:
    """A unit that differs, a stock where there is none: what the rows say is good, and what is there forbids it."""
    manager = town.manager()
    deeds, benefits = sample("deeds.csv")[:2], sample("benefits.csv")[:2]
    for kind, rows in (("deeds", deeds), ("benefits", benefits)):
        assert manager.post(f"/{kind}/import", json={"csv": table_of(rows), "dry_run": False}).status_code == 200
    deeds[0]["unit"], benefits[0]["stock"], benefits[1]["price_points"] = "item", "", "21"

    of_deeds = manager.post("/deeds/import", json={"csv": table_of(deeds), "dry_run": True}).json
    of_benefits = manager.post("/benefits/import", json={"csv": table_of(benefits), "dry_run": True}).json
    refused = manager.post("/benefits/import", json={"csv": table_of(benefits), "dry_run": False})

    assert [row["problem"] for row in of_deeds["rows"]] == ["unit_fixed", None]
    assert [(row["result"], row["problem"]) for row in of_benefits["rows"]] == [
        ("refused", "invalid"),
        ("changed", None),
    ]
    assert of_benefits["rows"][1]["changes"] == [{"field": "price_points", "before": 20, "after": 21}]
    assert facts(refused) == (422, "import_refused")
    assert town.anyone().get("/benefits/concert-ticket").json["price_points"] == 20


def test_a_table_of_benefits_opens_its_partners_and_is_in_the_log(town: Town, cases: Cases) -> None:
    manager, rows = town.manager(), sample("benefits.csv")
    sent = {"csv": table_of(rows), "dry_run": True}

    assert manager.post("/benefits/import", json=sent).json["new"] == 15
    assert town.anyone().get("/benefits").json["items"] == []
    assert manager.post("/benefits/import", json=sent | {"dry_run": False}).json["new"] == 15
    rows[0]["stock"] = "2500"
    changed = manager.post("/benefits/import", json={"csv": table_of(rows), "dry_run": False}).json

    assert changed["rows"][0]["changes"] == [{"field": "stock", "before": 2000, "after": 2500}]
    assert len(manager.get("/partners?limit=100").json["items"]) == 15
    assert {row.actor_id for row in cases.audited("benefit.published")} == {manager.id}
    assert {row.actor_id for row in cases.audited("partner.opened")} == {manager.id}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n\n", "has no header"),
        ("code,code\n", "names a column twice"),
        ('code\n"visit', "not CSV"),
        ("code\n" + "x\n" * 501, "More than 500 rows"),
    ],
)
def test_a_text_that_is_no_table_says_why(town: Town, text: str, reason: str) -> None:
    for path in ("/deeds/import", "/benefits/import"):
        answer = town.manager().post(path, json={"csv": text, "dry_run": True})

        assert facts(answer) == (422, "file_unreadable")
        assert reason in answer.json["errors"][0]["reason"]


def test_a_table_is_of_limited_size_and_says_whether_it_is_a_try(town: Town) -> None:
    manager = town.manager()

    assert facts(manager.post("/deeds/import", json={"csv": "x" * 524_289, "dry_run": True})) == (422, "invalid")
    assert facts(manager.post("/deeds/import", json={"csv": "x" * 1_100_000, "dry_run": True}))[0] == 413
    assert facts(manager.post("/deeds/import", json={"csv": "code"})) == (422, "invalid")
    assert facts(town.auditor().post("/deeds/import", json={"csv": "code", "dry_run": True})) == (403, "forbidden")


# --- a pause ----------------------------------------------------------------------------------------------------------


def test_a_paused_deed_earns_nothing_until_the_pause_is_over(town: Town, cases: Cases) -> None:
    cases.deed()
    doer, manager = town.resident(), town.manager()
    cases.clock.forward(hours=1)
    done_before = cases.clock.now()
    cases.clock.forward(hours=1)
    rule = version_body(unit="deed", points=3, max_per_day=5, max_per_year=50)

    paused = manager.put(
        "/deeds/water-trees",
        json=rule | {"in_force_from": _now(cases), "reason": "A storm.", "paused_until": "2026-11-25"},
    )

    assert (paused.status_code, paused.json["is_open"], paused.json["paused_until"]) == (200, False, "2026-11-25")
    assert town.anyone().get("/deeds").json["items"] == []
    newest = town.anyone().get("/deeds/water-trees/versions").json["items"][0]
    assert (newest["reason"], newest["changes"]) == (
        "A storm.",
        [{"field": "paused_until", "before": None, "after": "2026-11-25"}],
    )
    assert facts(cases.try_claim(doer)) == (409, "deed_paused")
    assert cases.try_claim(doer, done_at=done_before.isoformat()).status_code == 201
    cases.clock.forward(days=3)
    assert [item["code"] for item in town.anyone().get("/deeds").json["items"]] == ["water-trees"]
    assert cases.try_claim(doer).status_code == 201


def test_c20_a_pause_holds_at_once_and_is_not_drawn_out(town: Town, cases: Cases) -> None:
    cases.deed()
    manager = town.manager()
    rule = version_body(unit="deed", points=3, max_per_day=5, max_per_year=50)

    def pause(until: str | None) -> Answer:
        body = rule | {"in_force_from": _now(cases), "paused_until": until}
        return manager.put("/deeds/water-trees", json=body)

    assert facts(pause("2026-12-24")) == (422, "invalid")
    assert facts(pause("2026-11-22")) == (422, "invalid")
    assert pause("2026-12-23").status_code == 200
    cases.clock.forward(days=20)
    longer = pause("2026-12-30")
    assert (facts(longer), longer.json["worse"]) == ((422, "notice_too_short"), ["paused_until"])
    assert pause("2026-12-15").status_code == 200
    cases.clock.forward(days=30)
    assert pause("2027-01-20").status_code == 200


def test_a_file_does_not_end_a_pause(town: Town) -> None:
    manager, rows = town.manager(), sample("deeds.csv")[:1]
    sent = {"csv": table_of(rows), "dry_run": False}
    manager.post("/deeds/import", json=sent)
    item = town.anyone().get(f"/deeds/{rows[0]['code']}").json
    rule = {name: item[name] for name in version_body() if name in item}
    told = {"in_force_from": "2026-11-23T10:00:00Z", "reason": "Holidays.", "paused_until": "2026-11-30"}
    assert manager.put(f"/deeds/{rows[0]['code']}", json=rule | told).status_code == 200

    again = manager.post("/deeds/import", json=sent)

    assert set(results(again).values()) == {"same"}
    assert town.anyone().get(f"/deeds/{rows[0]['code']}").json["paused_until"] == "2026-11-30"


def _now(cases: Cases) -> str:
    return cases.clock.now().isoformat()


@pytest.fixture
def market(town: Town) -> Market:
    return Market(town)
