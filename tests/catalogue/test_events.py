"""An organiser announces in public, confirms who came, and learns a name only from those who agreed."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import iso
from core.http.doors import Role
from tests.catalogue.cases import APPROVE, Cases, own_id
from tests.town import Person, Town

YES = {"confirmed": True}
NO = {"confirmed": False, "text": "Nobody of that group came."}


@pytest.fixture
def organiser(town: Town, cases: Cases) -> Person:
    cases.deed("clean-beach", evidence=["organiser"], points=4)
    return town.organiser()


def test_an_event_is_public(organiser: Person, town: Town, cases: Cases) -> None:
    event = cases.event(organiser, "clean-beach", title="Bogatell, by the kiosk")

    shown = town.anyone().get(f"/events/{event}")

    assert shown.status_code == 200
    assert shown.json == {
        "id": event,
        "deed": "clean-beach",
        "title": "Bogatell, by the kiosk",
        "starts_at": "2026-11-23T10:00:00Z",
        "ends_at": "2026-11-23T13:00:00Z",
        "district": None,
        "office": "Entitats col·laboradores",
        "is_cancelled": False,
    }
    assert town.anyone().get("/events").json == {"items": [shown.json], "next_cursor": None}
    assert town.anyone().get(f"/events/{own_id()}").status_code == 404


def test_the_list_holds_what_is_on_or_to_come(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("walk-dogs", evidence=["organiser"])
    now = cases.clock.now()
    running = cases.event(organiser, "clean-beach")
    placement = cases.event(organiser, "walk-dogs", ends_at=None)
    over = cases.event(organiser, "clean-beach", ends_at=iso(now + timedelta(hours=1)))
    cancelled = cases.event(organiser, "clean-beach")
    later = cases.event(
        organiser,
        "clean-beach",
        starts_at=iso(now + timedelta(days=3)),
        ends_at=iso(now + timedelta(days=3, hours=1)),
    )
    organiser.delete(f"/events/{cancelled}")
    cases.clock.forward(hours=1)

    def listed(**query: Any) -> list[str]:
        return [item["id"] for item in town.anyone().get("/events", query_string=query).json["items"]]

    assert listed() == [*sorted([running, placement]), later]
    assert listed(deed="walk-dogs") == [placement]
    assert listed(deed="unknown") == []
    assert set(listed(**{"from": iso(now)})) == {running, placement, over, later}
    assert listed(**{"from": iso(now + timedelta(days=2))}) == [placement, later]
    first = town.anyone().get("/events", query_string={"limit": 2}).json
    rest = town.anyone().get("/events", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert [item["id"] for item in first["items"] + rest["items"]] == listed()
    assert town.anyone().get("/events", query_string={"from": "today"}).status_code == 422


def test_an_organiser_sees_all_that_they_announced(organiser: Person, town: Town, cases: Cases) -> None:
    now = cases.clock.now()
    starts = [iso(now - timedelta(days=2)), iso(now), iso(now + timedelta(days=2))]
    mine = [cases.event(organiser, "clean-beach", starts_at=start, ends_at=None) for start in starts]
    cases.event(town.organiser(), "clean-beach")
    organiser.delete(f"/events/{mine[0]}")

    first = organiser.get("/me/events", query_string={"limit": 2}).json
    rest = organiser.get("/me/events", query_string={"cursor": first["next_cursor"]}).json

    shown = first["items"] + rest["items"]
    assert [(event["id"], event["is_cancelled"]) for event in shown] == [
        (mine[2], False),
        (mine[1], False),
        (mine[0], True),
    ]
    assert rest["next_cursor"] is None


def test_what_does_not_add_up_is_not_announced(organiser: Person, town: Town) -> None:
    body = {"deed": "clean-beach", "title": "Bogatell", "starts_at": "2026-11-23T10:00:00Z"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"deed": "fly-to-the-moon"}, "deed_unknown"),
        ({"district": "atlantis"}, "district_unknown"),
        ({"ends_at": "2026-11-23T10:00:00Z"}, "event_times_invalid"),
        ({"ends_at": "2026-12-24T10:00:01Z"}, "event_times_invalid"),
        ({"starts_at": "2026-11-23T10:00:00"}, "invalid"),
        ({"office": "Mine"}, "invalid"),
        ({"title": ""}, "invalid"),
    ]

    for changes, code in wrong:
        answer = organiser.post("/events", json=body | changes)
        assert (answer.status_code, answer.json["code"]) == (422, code), changes
    assert town.anyone().get("/events").json["items"] == []


def test_an_organiser_changes_and_cancels_their_own_events(organiser: Person, town: Town, cases: Cases) -> None:
    event = cases.event(organiser, "clean-beach")
    other = town.organiser()

    changed = organiser.patch(f"/events/{event}", json={"ends_at": "2026-11-23T14:00:00Z", "title": "Longer"})

    assert (changed.status_code, changed.json["ends_at"], changed.json["title"]) == (
        200,
        "2026-11-23T14:00:00Z",
        "Longer",
    )
    assert organiser.patch(f"/events/{event}", json={"ends_at": "2026-11-23T09:00:00Z"}).status_code == 422
    assert organiser.patch(f"/events/{event}", json={"deed": "walk-dogs"}).status_code == 422
    for call in ("patch", "delete"):
        more = {"json": {"title": "Mine"}} if call == "patch" else {}
        assert getattr(other, call)(f"/events/{event}", **more).status_code == 404
    assert [organiser.delete(f"/events/{event}").status_code for _ in range(2)] == [204, 204]
    assert organiser.get(f"/events/{event}").json["is_cancelled"] is True
    late = organiser.patch(f"/events/{event}", json={"title": "Again"})
    assert (late.status_code, late.json["code"]) == (409, "event_cancelled")


def test_only_organisers_announce(organiser: Person, town: Town) -> None:
    body = {"deed": "clean-beach", "title": "Bogatell", "starts_at": "2026-11-23T10:00:00Z"}

    for person in (town.resident(), town.verifier(), town.manager()):
        assert person.post("/events", json=body).status_code == 403
    assert town.anyone().post("/events", json=body).status_code == 401


def test_the_code_shows_to_its_organiser_while_the_event_is_on(organiser: Person, town: Town, cases: Cases) -> None:
    event = cases.event(organiser, "clean-beach", starts_at=iso(cases.clock.now() + timedelta(minutes=10)))
    path = f"/events/{event}/code"
    early = organiser.get(path)
    cases.clock.forward(minutes=10, seconds=40)

    shown = organiser.get(path)

    assert (early.status_code, early.json["code"]) == (409, "event_not_on")
    assert (shown.status_code, shown.json["valid_until"]) == (200, "2026-11-23T10:11:00Z")
    assert town.organiser().get(path).status_code == 404
    assert town.resident().get(path).status_code == 403
    cases.clock.forward(seconds=20)
    assert organiser.get(path).json["code"] != shown.json["code"]
    cases.clock.forward(hours=3)
    assert organiser.get(path).json["code"] == "event_not_on"


def test_a_deed_with_an_organiser_names_its_event(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("walk-dogs", evidence=["organiser"])
    doer, at = town.resident(), cases.clock.now()
    event = cases.event(organiser, "clean-beach", starts_at=iso(at))
    placement = cases.event(organiser, "walk-dogs", starts_at=iso(at + timedelta(hours=1)), ends_at=None)
    cancelled = cases.event(organiser, "clean-beach")
    organiser.delete(f"/events/{cancelled}")
    cases.clock.forward(hours=4)

    def code(deed: str, **said: Any) -> str:
        return str(cases.try_claim(doer, deed, **said).json["code"])

    assert code("clean-beach") == "event_required"
    assert code("clean-beach", event=own_id()) == "event_unknown"
    assert code("walk-dogs", event=event) == "event_unknown"
    assert code("clean-beach", event=cancelled, done_at=iso(at)) == "event_unknown"
    assert code("clean-beach", event=event) == "done_outside_event"
    assert code("walk-dogs", event=placement, done_at=iso(at)) == "done_outside_event"
    named = cases.try_claim(doer, "clean-beach", event=event, done_at=iso(at + timedelta(hours=3)))
    assert (named.status_code, named.json["status"]) == (201, "awaiting_confirmation")
    assert (named.json["event"]["id"], named.json["due_at"]) == (event, "2026-12-07T14:00:00Z")
    assert cases.try_claim(doer, "walk-dogs", event=placement).status_code == 201


def test_an_organiser_confirms_and_a_verifier_decides(town: Town, cases: Cases) -> None:
    cases.deed("read-aloud", evidence=["organiser"], unit="hour", points=2, max_per_day=4)
    organiser, doer, verifier = town.organiser(), town.resident("Jordi"), town.verifier()
    event = cases.event(organiser, "read-aloud")
    submission = cases.claim(doer, "read-aloud", event=event, quantity=180, note="For my class")
    assert cases.lease(verifier) is None

    (listed,) = organiser.get("/confirmations").json["items"]
    said = organiser.post(f"/submissions/{submission}/confirmation", json=YES | {"quantity": 120})

    assert listed == {
        "submission": submission,
        "event": event,
        "deed": "read-aloud",
        "deed_title": "Regar arbres",
        "done_at": "2026-11-23T10:00:00Z",
        "quantity": 180,
        "unit": "hour",
        "submitted_at": "2026-11-23T10:00:00Z",
        "due_at": "2026-12-07T10:00:00Z",
        "name": None,
    }
    assert said.status_code == 200
    assert said.json == {
        "submission": submission,
        "status": "in_review",
        "confirmed": True,
        "quantity": 120,
        "text": None,
        "at": "2026-11-23T10:00:00Z",
    }
    assert organiser.get("/confirmations").json["items"] == []
    leased = verifier.post("/review-queue/lease").json
    assert (leased["id"], leased["points_expected"], leased["confirmation"]["quantity"]) == (submission, 4, 120)
    assert cases.decide(verifier, submission)["points_awarded"] == 4
    assert cases.looks_at(doer, "submission.listed") == [(organiser.id, "confirmation")]
    assert cases.looks_at(doer, "submission.confirmed") == [(organiser.id, "confirmation")]


def test_what_counts_is_the_smaller_of_claimed_and_confirmed(town: Town, cases: Cases) -> None:
    cases.deed("read-aloud", evidence=["organiser"], unit="hour", points=2, max_per_day=4)
    organiser, doer = town.organiser(), town.resident()
    event = cases.event(organiser, "read-aloud")
    submission = cases.claim(doer, "read-aloud", event=event, quantity=60)

    organiser.post(f"/submissions/{submission}/confirmation", json=YES | {"quantity": 180})

    assert cases.decide(town.verifier(), submission)["points_awarded"] == 2


def test_a_no_has_words_and_a_verifier_decides_all_the_same(organiser: Person, town: Town, cases: Cases) -> None:
    doer = town.resident()
    submission = cases.claim(doer, "clean-beach", event=cases.event(organiser, "clean-beach"))
    path = f"/submissions/{submission}/confirmation"
    for wordless in ({"confirmed": False}, NO | {"quantity": 1}, {}, {"confirmed": "yes"}):
        assert organiser.post(path, json=wordless).status_code == 422

    said = organiser.post(path, json=NO)

    assert (said.json["status"], said.json["quantity"]) == ("in_review", None)
    shown = cases.seen(doer, submission)
    assert (shown["confirmation"]["confirmed"], shown["confirmation"]["text"]) == (False, NO["text"])
    assert shown["status"] == "in_review"
    assert cases.decide(town.verifier(), submission)["points_awarded"] == 4


def test_an_organiser_speaks_once_and_of_their_own_events(organiser: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim(town.resident(), "clean-beach", event=cases.event(organiser, "clean-beach"))
    path = f"/submissions/{submission}/confirmation"

    assert town.organiser().post(path, json=YES).status_code == 404
    assert town.resident().post(path, json=YES).status_code == 403
    assert organiser.post(f"/submissions/{own_id()}/confirmation", json=YES).status_code == 404
    assert organiser.post(path, json=YES).status_code == 200
    again = organiser.post(path, json=NO)
    assert (again.status_code, again.json["code"]) == (409, "already_confirmed")
    assert town.organiser().get("/confirmations").json["items"] == []


def test_nobody_confirms_their_own_deed(town: Town, cases: Cases) -> None:
    cases.deed("clean-beach", evidence=["organiser"])
    host = town.staff_resident(Role.ORGANISER)
    submission = cases.claim(host, "clean-beach", event=cases.event(host, "clean-beach"))

    answer = host.post(f"/submissions/{submission}/confirmation", json=YES)

    assert (answer.status_code, answer.json["code"]) == (403, "own_case")
    assert host.get("/confirmations").json["items"] == []


def test_a_silent_organiser_holds_nobody_up(organiser: Person, town: Town, cases: Cases) -> None:
    doer = town.resident()
    submission = cases.claim(doer, "clean-beach", event=cases.event(organiser, "clean-beach"))
    cases.clock.forward(days=14, seconds=-1)
    assert town.run_job("lapse-cases") == 0
    cases.clock.forward(seconds=1)

    assert town.run_job("lapse-cases") == 1

    shown = cases.seen(doer, submission)
    assert (shown["status"], shown["evidence_needed"]) == ("in_review", [])
    late = organiser.post(f"/submissions/{submission}/confirmation", json=YES)
    assert (late.status_code, late.json["code"]) == (409, "not_awaiting_confirmation")
    assert organiser.get("/confirmations").json["items"] == []
    cases.decide(town.verifier(), submission, APPROVE, revision=shown["revision"])


def test_photo_and_organiser_are_both_needed(town: Town, cases: Cases) -> None:
    cases.deed("paint-bin", evidence=["photo", "organiser"])
    organiser, doer = town.organiser(), town.resident()
    submission = cases.claim(doer, "paint-bin", event=cases.event(organiser, "paint-bin"))
    early = organiser.post(f"/submissions/{submission}/confirmation", json=YES)
    assert (early.status_code, early.json["code"]) == (409, "not_awaiting_confirmation")
    assert cases.seen(doer, submission)["evidence_needed"] == ["photo", "organiser"]

    sent = cases.send_photo(doer, submission)

    assert sent.json["status"] == "awaiting_confirmation"
    assert cases.seen(doer, submission)["evidence_needed"] == ["organiser"]
    organiser.post(f"/submissions/{submission}/confirmation", json=YES)
    assert cases.seen(doer, submission)["status"] == "in_review"


def test_a_name_is_shown_to_organisers_by_consent_only(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("walk", evidence=["event_code"], points=1)
    doer = town.resident("Jordi")
    event, walk = cases.event(organiser, "clean-beach"), cases.event(organiser, "walk")
    cases.claim(doer, "clean-beach", event=event)
    doer.post("/check-ins", json={"code": cases.code_of(walk, organiser)})

    def names() -> list[str | None]:
        lists = [organiser.get(path).json["items"] for path in ("/confirmations", f"/events/{walk}/attendance")]
        return [item["name"] for items in lists for item in items]

    assert names() == [None, None]
    assert doer.put("/me/consents/name-to-organiser").status_code in (200, 201, 204)
    assert names() == ["Jordi", "Jordi"]
    doer.delete("/me/consents/name-to-organiser")
    assert names() == [None, None]
    assert cases.looks_at(doer, "attendance.read") == [(organiser.id, "confirmation")] * 3


def test_an_organiser_sees_who_checked_in_at_their_own_event(town: Town, cases: Cases) -> None:
    cases.deed("walk", evidence=["event_code"], points=1)
    organiser = town.organiser()
    event = cases.event(organiser, "walk")
    made = []
    for _ in range(3):
        code = cases.code_of(event, organiser)
        made.append(town.resident().post("/check-ins", json={"code": code}).json["id"])
        cases.clock.forward(minutes=1)
    path = f"/events/{event}/attendance"

    first = organiser.get(path, query_string={"limit": 2}).json
    rest = organiser.get(path, query_string={"limit": 2, "cursor": first["next_cursor"]}).json

    came = first["items"] + rest["items"]
    assert [item["submission"] for item in came] == made
    assert came[1] == {
        "submission": made[1],
        "scanned_at": "2026-11-23T10:01:00Z",
        "status": "approved",
        "name": None,
    }
    assert town.organiser().get(path).status_code == 404
    assert town.verifier().get(path).status_code == 403
