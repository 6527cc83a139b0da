"""Deeds are published in versions, by managers, within the charter."""

import csv
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from catalogue.models import District
from core.audit import AuditEntry
from core.db import db
from core.settings import ROOT
from tests.catalogue.deed_bodies import TITLES, deed_body, version_body
from tests.clock import MovableClock
from tests.town import Answer, Person, Town

MUST_BE_REFUSED = list(csv.DictReader((ROOT / "data" / "must-be-refused.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture
def manager(town: Town) -> Person:
    return town.manager()


def faults(answer: Any) -> dict[str, str]:
    return {error["field"]: error["reason"] for error in answer.json["errors"]}


def test_a_manager_publishes_a_deed_and_anyone_reads_it(town: Town, manager: Person) -> None:
    published = manager.post("/deeds", json=deed_body())

    assert published.status_code == 201
    shown = town.anyone().get("/deeds/water-trees").json
    assert shown == published.json
    assert shown == deed_body(
        title="Regar arbres", version=1, in_force_from="2026-11-23T10:00:00Z", is_open=True, paused_until=None
    )


def test_only_a_manager_publishes(town: Town) -> None:
    assert town.anyone().post("/deeds", json=deed_body()).status_code == 401
    for person in (town.resident(), town.verifier(), town.auditor()):
        assert person.post("/deeds", json=deed_body()).status_code == 403
        assert person.put("/deeds/water-trees", json=version_body()).status_code == 403

    assert town.anyone().get("/deeds/water-trees").status_code == 404


def test_a_code_is_published_once(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    again = manager.post("/deeds", json=deed_body(points=9))

    assert (again.status_code, again.json["code"], again.json["deed"]) == (409, "deed_exists", "water-trees")
    assert manager.get("/deeds/water-trees").json["points"] == 2


def test_what_must_be_refused_is_refused_by_its_rule(town: Town, manager: Person) -> None:
    reader = town.anyone()
    for row in MUST_BE_REFUSED:
        rule, address = row["rule"], f"/{row['kind']}s"
        points = {"points" if row["kind"] == "deed" else "price_points": int(row["points"])}
        as_it_stands = {name: row[name] for name in ("code", "title_en", "category", "source")} | points
        with_titles = {name: row[name] for name in ("code", "category")} | points | {"titles": {"en": row["title_en"]}}

        for body in (as_it_stands, with_titles):
            answer = manager.post(address, json=body)

            said = (row["code"], answer.status_code, answer.json["code"], answer.json["rule"])
            assert said == (row["code"], 422, "charter_refused", rule)
            assert answer.json["errors"][0]["rule"] == answer.json["rules"][0] == rule
            assert "Missing data for required field." in faults(answer).values()
        assert reader.get(f"{address}/{row['code']}").status_code == 404


def test_a_harmless_category_hides_no_forbidden_words(manager: Person) -> None:
    for row in MUST_BE_REFUSED:
        if row["kind"] == "deed":
            body = deed_body("harmless", category="learning", titles=TITLES | {"en": row["title_en"]})

            answer = manager.post("/deeds", json=body)

            said = (row["code"], answer.status_code, answer.json["rule"], answer.json["errors"][0]["field"])
            assert said == (row["code"], 422, row["rule"], "titles.en")


def test_a_new_version_may_not_turn_into_what_the_charter_forbids(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    answer = manager.put("/deeds/water-trees", json=version_body(purpose="More people vote in the election"))

    assert (answer.json["rule"], answer.json["errors"][0]["field"]) == ("C30", "purpose")
    assert manager.get("/deeds/water-trees").json["version"] == 1


DO_NOT_ADD_UP: list[tuple[dict[str, Any], str]] = [
    ({"points": 0}, "points"),
    ({"points": 2.5}, "points"),
    ({"points": "2"}, "points"),
    ({"points": True}, "points"),
    ({"points": 10**30}, "points"),
    ({"category": "chess"}, "category"),
    ({"unit": "kilo"}, "unit"),
    ({"max_per_day": 0}, "max_per_day"),
    ({"max_per_day": 51}, "max_per_year"),
    ({"minutes": 0}, "minutes"),
    ({"evidence": []}, "evidence"),
    ({"evidence": ["hearsay"]}, "evidence.0"),
    ({"evidence": ["photo", "photo"]}, "evidence"),
    ({"access": ["Evening!"]}, "access.0"),
    ({"districts": ["atlantis"]}, "districts"),
    ({"districts": ["gracia", "gracia"]}, "districts"),
    ({"purpose": " "}, "purpose"),
    ({"review_by": "2026-11-22"}, "review_by"),
    ({"review_by": "2300-01-01"}, "review_by"),
    ({"review_by": "soon"}, "review_by"),
    ({"titles": {"ca": "Regar arbres"}}, "titles.en"),
    ({"titles": TITLES | {"fr": "Arroser"}}, "titles.fr"),
    ({"titles": TITLES | {"en": "a" * 201}}, "titles.en"),
    ({"in_force_from": "2026-11-24T10:00:00"}, "in_force_from"),
    ({"in_force_from": "9999-12-31T23:59:59Z"}, "in_force_from"),
    ({"in_force_from": "2028-01-01T10:00:00Z"}, "review_by"),
    ({"version": 7}, "version"),
    ({"published_by": "me"}, "published_by"),
    ({"code": "Two Words"}, "code"),
]


def test_a_rule_that_does_not_add_up_is_refused(manager: Person) -> None:
    for changes, field in DO_NOT_ADD_UP:
        body = json.dumps(deed_body() | changes)

        answer = manager.post("/deeds", data=body, content_type="application/json")

        assert (changes, answer.status_code, answer.json["code"]) == (changes, 422, "invalid")
        assert field in faults(answer), changes
    assert manager.get("/deeds").json["items"] == []


NONSENSE: list[tuple[bytes, str | None, int]] = [
    (b"{", "application/json", 400),
    (b"[]", "application/json", 422),
    (b'"deed"', "application/json", 422),
    (b"null", "application/json", 422),
    (b'{"titles": [], "points": {}, "category": 5, "purpose": null}', "application/json", 422),
    (b"code=x", "application/x-www-form-urlencoded", 415),
    (b"", None, 415),
]


def test_nonsense_gets_a_problem(manager: Person) -> None:
    for body, content_type, status in NONSENSE:
        answer = manager.post("/deeds", data=body, content_type=content_type)

        assert (body, answer.status_code, answer.mimetype) == (body, status, "application/problem+json")


def test_c20_a_change_is_a_new_version_with_its_reason_and_what_differs(town: Town, manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    changed = manager.put("/deeds/water-trees", json=version_body(points=3, titles=TITLES | {"ca": "Regar"}, access=[]))

    assert (changed.status_code, changed.json["version"]) == (200, 2)
    newest, first = town.anyone().get("/deeds/water-trees/versions").json["items"]
    assert (newest["version"], newest["reason"], newest["published_at"]) == (
        2,
        "Summer is hotter.",
        "2026-11-23T10:00:00Z",
    )
    assert newest["changes"] == [
        {"field": "titles.ca", "before": "Regar arbres", "after": "Regar"},
        {"field": "points", "before": 2, "after": 3},
        {"field": "access", "before": ["evening"], "after": []},
    ]
    assert (first["version"], first["points"], first["changes"]) == (1, 2, [])


def test_a_change_needs_a_reason_and_holds_from_now_unless_a_date_is_given(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())
    body = version_body(points=3)
    del body["in_force_from"]

    no_reason = manager.put("/deeds/water-trees", json={name: body[name] for name in body if name != "reason"})
    changed = manager.put("/deeds/water-trees", json=body)

    assert set(faults(no_reason)) == {"reason"}
    assert (changed.status_code, changed.json["in_force_from"]) == (200, "2026-11-23T10:00:00Z")


def test_a_change_may_repeat_the_code_and_not_change_it(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    same = manager.put("/deeds/water-trees", json=version_body(points=3) | {"code": "water-trees"})
    other = manager.put("/deeds/water-trees", json=version_body(points=4) | {"code": "water-shrubs"})

    assert (same.status_code, same.json["version"]) == (200, 2)
    assert (other.status_code, set(faults(other))) == (422, {"code"})


def test_a_deed_keeps_its_unit_for_its_caps_are_counted_in_it(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    answer = manager.put("/deeds/water-trees", json=version_body(unit="item", points=3))

    assert (answer.status_code, answer.json["code"], answer.json["unit"]) == (409, "unit_fixed", "hour")
    assert len(manager.get("/deeds/water-trees/versions").json["items"]) == 1


def test_a_change_that_changes_nothing_makes_no_version(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    answer = manager.put("/deeds/water-trees", json=version_body())

    assert (answer.status_code, answer.json["version"]) == (200, 1)
    assert len(manager.get("/deeds/water-trees/versions").json["items"]) == 1


def test_there_is_nothing_to_change_where_no_deed_is(manager: Person) -> None:
    assert manager.put("/deeds/nowhere", json=version_body()).status_code == 404
    assert manager.get("/deeds/nowhere/versions").status_code == 404


def test_c20_no_rule_comes_into_force_in_the_past(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    late = manager.put("/deeds/water-trees", json=version_body(points=3, in_force_from="2026-11-23T09:54:59Z"))
    slow_clock = manager.put("/deeds/water-trees", json=version_body(points=3, in_force_from="2026-11-23T09:55:00Z"))

    assert (late.status_code, late.json["code"]) == (422, "in_force_in_past")
    assert (slow_clock.status_code, slow_clock.json["in_force_from"]) == (200, "2026-11-23T10:00:00Z")


def test_c20_an_announced_version_is_public_and_not_yet_in_force(
    town: Town, manager: Person, clock: MovableClock
) -> None:
    manager.post("/deeds", json=deed_body())
    manager.put("/deeds/water-trees", json=version_body(points=5, in_force_from="2026-12-01T00:00:00+01:00"))
    reader = town.anyone()

    assert reader.get("/deeds/water-trees").json["points"] == 2
    assert [item["points"] for item in reader.get("/deeds").json["items"]] == [2]
    announced = reader.get("/deeds/water-trees/versions").json["items"][0]
    assert (announced["in_force_from"], announced["is_open"]) == ("2026-11-30T23:00:00Z", False)

    clock.forward(days=7, hours=12, minutes=59)
    assert reader.get("/deeds/water-trees").json["points"] == 2
    clock.forward(minutes=1)
    assert reader.get("/deeds/water-trees").json["points"] == 5
    assert [item["points"] for item in reader.get("/deeds").json["items"]] == [5]


WORSE: list[tuple[dict[str, Any], str]] = [
    ({"points": 1}, "points"),
    ({"max_per_day": 4}, "max_per_day"),
    ({"max_per_year": 49}, "max_per_year"),
    ({"minutes": 59}, "minutes"),
    ({"evidence": ["photo", "organiser"]}, "evidence"),
    ({"evidence": ["event_code"]}, "evidence"),
    ({"districts": ["gracia"]}, "districts"),
    ({"review_by": "2027-12-30"}, "review_by"),
]


@pytest.mark.parametrize(("changes", "field"), WORSE, ids=str)
def test_c20_worse_terms_need_30_days_notice(
    town: Town, manager: Person, clock: MovableClock, changes: dict[str, Any], field: str
) -> None:
    town.does(lambda: db.session.add(District(code="gracia", name="Gràcia", neighbourhoods=[], position=1)))
    manager.post("/deeds", json=deed_body())
    clock.forward(days=1)

    soon = manager.put("/deeds/water-trees", json=version_body(in_force_from="2026-12-24T09:54:59Z") | changes)
    told = soon.json
    in_time = manager.put("/deeds/water-trees", json=version_body(in_force_from=told["earliest"]) | changes)

    assert (soon.status_code, told["code"], told["worse"]) == (422, "notice_too_short", [field])
    assert told["earliest"] == "2026-12-24T10:00:00Z"
    assert (in_time.status_code, in_time.json["version"]) == (200, 2)
    assert [row["field"] for row in manager.get("/deeds/water-trees/versions").json["items"][0]["changes"]] == [field]
    assert manager.get("/deeds/water-trees").json["version"] == 1


def test_c20_terms_that_are_better_or_no_worse_can_be_in_force_at_once(town: Town, manager: Person) -> None:
    def add_districts() -> None:
        for code in ("gracia", "sants"):
            db.session.add(District(code=code, name=code.title(), neighbourhoods=[], position=1))

    town.does(add_districts)
    manager.post("/deeds", json=deed_body(evidence=["photo", "organiser"], districts=["gracia"]))
    better: dict[str, Any] = {"evidence": ["photo", "organiser"], "districts": ["gracia"]}

    changes: list[dict[str, Any]] = [
        {"points": 3},
        {"max_per_day": 6, "max_per_year": 60},
        {"evidence": ["organiser"]},
        {"districts": ["gracia", "sants"]},
        {"districts": []},
        {"review_by": "2028-01-31", "minutes": 70},
        {"titles": TITLES | {"en": "Water a tree"}, "purpose": "Shade", "access": [], "source": None},
        {"category": "neighbourhood"},
    ]
    for change in changes:
        better |= change
        answer = manager.put("/deeds/water-trees", json=version_body(**better))

        assert (change, answer.status_code) == (change, 200)
        assert manager.get("/deeds/water-trees").json["version"] == answer.json["version"]


def test_c20_an_announced_improvement_cannot_be_cut_short_by_a_back_door(manager: Person, clock: MovableClock) -> None:
    """Worse than what residents will live by in between is worse, though no worse than today's."""
    manager.post("/deeds", json=deed_body())
    manager.put("/deeds/water-trees", json=version_body(points=6, in_force_from="2026-12-03T10:00:00Z"))

    back = manager.put("/deeds/water-trees", json=version_body(points=2, in_force_from="2026-12-13T10:00:00Z"))
    in_time = manager.put("/deeds/water-trees", json=version_body(points=2, in_force_from="2026-12-23T10:00:00Z"))

    assert (back.status_code, back.json["code"]) == (422, "notice_too_short")
    assert in_time.status_code == 200


def test_c20_worse_terms_announced_in_time_are_made_no_worse_on_the_last_day(
    manager: Person, clock: MovableClock
) -> None:
    manager.post("/deeds", json=deed_body(points=6))
    in_force_from = "2026-12-24T00:00:00Z"
    assert (
        manager.put("/deeds/water-trees", json=version_body(points=5, in_force_from=in_force_from)).status_code == 200
    )
    clock.forward(days=30)

    worse = manager.put("/deeds/water-trees", json=version_body(points=1, in_force_from=in_force_from))
    called_off = manager.put("/deeds/water-trees", json=version_body(points=6, in_force_from=in_force_from))
    again = manager.put("/deeds/water-trees", json=version_body(points=5, in_force_from=in_force_from))

    assert [answer.status_code for answer in (worse, called_off, again)] == [422, 200, 422]


def test_an_announced_version_is_called_off_by_another_for_the_same_instant(
    manager: Person, clock: MovableClock
) -> None:
    manager.post("/deeds", json=deed_body())
    announced = "2026-12-01T00:00:00Z"
    manager.put("/deeds/water-trees", json=version_body(points=5, in_force_from=announced))

    called_off = manager.put("/deeds/water-trees", json=version_body(points=2, in_force_from=announced))

    assert called_off.json["version"] == 3
    clock.forward(days=30)
    assert manager.get("/deeds/water-trees").json["points"] == 2


def test_a_new_deed_can_be_announced(town: Town, manager: Person, clock: MovableClock) -> None:
    manager.post("/deeds", json=deed_body(in_force_from="2026-12-01T00:00:00Z"))

    assert town.anyone().get("/deeds").json["items"] == []
    assert town.anyone().get("/deeds/water-trees").status_code == 404
    assert len(town.anyone().get("/deeds/water-trees/versions").json["items"]) == 1

    clock.forward(days=8)
    assert town.anyone().get("/deeds/water-trees").json["is_open"] is True


def test_c21_a_deed_lapses_after_its_review_date(town: Town, manager: Person, clock: MovableClock) -> None:
    """Charter C21: the last day is a day of the city, which ends an hour before UTC's in winter."""
    manager.post("/deeds", json=deed_body(review_by="2026-11-24"))
    reader = town.anyone()

    clock.forward(days=1, hours=12, minutes=59)
    assert [item["is_open"] for item in reader.get("/deeds").json["items"]] == [True]

    clock.forward(minutes=1)
    assert reader.get("/deeds").json["items"] == []
    assert reader.get("/deeds/water-trees").json["is_open"] is False


def test_versions_are_paged_without_losing_a_difference(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())
    for points in (3, 4, 5, 6):
        manager.put("/deeds/water-trees", json=version_body(points=points))

    seen: list[Any] = []
    query: dict[str, Any] = {"limit": 2}
    for _ in range(3):
        page = manager.get("/deeds/water-trees/versions", query_string=query).json
        seen += page["items"]
        query["cursor"] = page["next_cursor"]

    assert query["cursor"] is None
    assert [item["version"] for item in seen] == [5, 4, 3, 2, 1]
    assert [[change["before"] for change in item["changes"]] for item in seen] == [[5], [4], [3], [2], []]


def test_publishing_is_audited(town: Town, manager: Person) -> None:
    manager.post("/deeds", json=deed_body())
    manager.put("/deeds/water-trees", json=version_body(points=3))

    kept = town.does(lambda: [(row.kind, row.object, row.actor_id, row.office) for row in audit_rows()])

    office = town.city.office("manager")
    assert kept == [
        ("deed.published", "water-trees/1", manager.id, office),
        ("deed.published", "water-trees/2", manager.id, office),
    ]


def audit_rows() -> list[AuditEntry]:
    published = select(AuditEntry).where(AuditEntry.kind == "deed.published").order_by(AuditEntry.id)
    return list(db.session.scalars(published))


def test_managers_at_once_number_their_versions_one_after_the_other(town: Town) -> None:
    managers = [town.manager() for _ in range(4)]
    tokens = [manager.token for manager in managers]  # signed in before the race

    def publish_and_change(racer: int) -> tuple[int, int, int]:
        first = managers[racer].post("/deeds", json=deed_body())
        change = managers[racer].put("/deeds/water-trees", json=version_body(purpose=f"Cool streets {racer}"))
        return first.status_code, change.status_code, change.json["version"]

    with ThreadPoolExecutor(len(managers)) as threads:
        answers = list(threads.map(publish_and_change, range(len(tokens))))

    assert sorted(first for first, _, _ in answers) == [201, 409, 409, 409]
    assert [change for _, change, _ in answers] == [200] * 4
    assert sorted(version for _, _, version in answers) == [2, 3, 4, 5]


def test_two_managers_do_not_overwrite_each_other_unseen(town: Town, manager: Person) -> None:
    assert manager.post("/deeds", json=deed_body()).status_code == 201

    def change(who: Person, seen: int, **changes: Any) -> Answer:
        return who.put("/deeds/water-trees", json=version_body(**changes), headers={"If-Match": f'"{seen}"'})

    paused = change(manager, 1, paused_until="2026-12-04")
    late = change(town.manager(), 1, points=3)
    repeated = change(manager, 1, paused_until="2026-12-04")  # its answer was lost

    assert (paused.status_code, paused.json["version"]) == (200, 2)
    assert (late.status_code, late.json["code"], late.json["version"]) == (412, "version_changed", 2)
    assert (repeated.status_code, repeated.json["version"]) == (200, 2)
    assert change(town.manager(), 2, points=3, paused_until="2026-12-04").json["version"] == 3
