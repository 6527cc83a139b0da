"""Who scans the code that an event shows was there: once, within a day, and a deed of low value needs no more."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import iso
from core.http.doors import Role
from tests.catalogue.cases import Cases, own_id
from tests.town import Answer, Person, Town


@pytest.fixture
def organiser(town: Town, cases: Cases) -> Person:
    cases.deed("walk", evidence=["event_code"], points=2)
    return town.organiser()


@pytest.fixture
def doer(town: Town, organiser: Person) -> Person:
    return town.resident()


def check_in(person: Person, code: str, **more: Any) -> Answer:
    return person.post("/check-ins", json={"code": code} | more)


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_c23_a_check_in_of_low_value_is_approved_by_rule_and_says_so(
    doer: Person, organiser: Person, cases: Cases, town: Town
) -> None:
    event = cases.event(organiser, "walk")

    answer = check_in(doer, cases.code_of(event, organiser))

    assert (answer.status_code, answer.json["status"], answer.json["points_awarded"]) == (201, "approved", 2)
    (decision,) = answer.json["decisions"]
    assert (decision["reason_code"], decision["text"], decision["is_final"]) == ("low_value_rule", None, True)
    assert decision["reason"].startswith("Aprovada per regla, sense cap persona")
    assert decision["appeal_until"] == "2026-12-23T10:00:00Z"
    assert cases.balance(doer) == 2
    (line,) = cases.audited("submission.approved")
    assert (line.actor_id, line.office, line.subject_id) == (None, "software", doer.id)


def test_c23_a_check_in_of_higher_value_goes_to_a_verifier(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("first-aid", evidence=["event_code"], points=3)
    doer = town.resident()
    event = cases.event(organiser, "first-aid")

    answer = check_in(doer, cases.code_of(event, organiser))

    assert (answer.status_code, answer.json["status"], answer.json["decisions"]) == (201, "in_review", [])
    assert cases.balance(doer) == 0
    assert cases.lease(town.verifier()) == answer.json["id"]


def test_who_scans_twice_was_there_once(doer: Person, organiser: Person, cases: Cases) -> None:
    event = cases.event(organiser, "walk")
    first = check_in(doer, cases.code_of(event, organiser))
    cases.clock.forward(minutes=30)

    again = check_in(doer, cases.code_of(event, organiser), id=own_id())

    assert (again.status_code, again.json) == (200, first.json)
    assert cases.balance(doer) == 2


def test_a_scan_made_without_signal_counts_for_24_hours(
    doer: Person, organiser: Person, town: Town, cases: Cases
) -> None:
    event = cases.event(organiser, "walk")
    code = cases.code_of(event, organiser)
    cases.clock.forward(hours=24)

    in_time = check_in(doer, code, id=own_id())
    cases.clock.forward(seconds=1)
    late = check_in(town.resident(), code)
    resent = check_in(doer, code, id=in_time.json["id"])

    assert (in_time.status_code, in_time.json["done_at"]) == (201, "2026-11-23T10:00:00Z")
    assert refusal(late) == (422, "event_code_too_old")
    assert (resent.status_code, resent.json) == (200, in_time.json)


def test_a_code_counts_for_the_time_of_its_event_only(doer: Person, organiser: Person, cases: Cases) -> None:
    event = cases.event(organiser, "walk")
    cases.clock.forward(hours=2)
    code = cases.code_of(event, organiser)
    moved = {"ends_at": "2026-11-23T11:59:59Z"}
    assert organiser.patch(f"/events/{event}", json=moved).status_code == 200

    answer = check_in(doer, code)

    assert refusal(answer) == (422, "done_outside_event")
    organiser.patch(f"/events/{event}", json={"starts_at": "2026-11-23T12:00:20Z", "ends_at": None})
    begun_in_this_step = check_in(doer, code)
    assert begun_in_this_step.status_code == 201


def test_a_cancelled_event_takes_nobody_in(doer: Person, organiser: Person, cases: Cases) -> None:
    event = cases.event(organiser, "walk")
    code = cases.code_of(event, organiser)
    organiser.delete(f"/events/{event}")

    assert refusal(check_in(doer, code)) == (422, "event_unknown")


def test_guessing_is_bounded(doer: Person, organiser: Person, town: Town, cases: Cases) -> None:
    code = cases.code_of(cases.event(organiser, "walk"), organiser)
    for _ in range(20):
        assert refusal(check_in(doer, "A" * 48)) == (422, "event_code_invalid")

    answer = check_in(doer, "A" * 48)

    assert refusal(answer) == (429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert check_in(town.resident(), "A" * 48).status_code == 422
    assert check_in(doer, code).status_code == 429, "a guess that is right is a guess too"
    town.clock.forward(hours=1)
    assert check_in(doer, code).status_code == 201


def test_a_check_in_completes_what_was_claimed_before(doer: Person, organiser: Person, cases: Cases) -> None:
    event = cases.event(organiser, "walk")
    claimed = cases.try_claim(doer, "walk", event=event, note="With my dog", without_points=True)
    assert (claimed.json["status"], claimed.json["evidence_needed"]) == ("submitted", ["event_code"])

    answer = check_in(doer, cases.code_of(event, organiser))

    assert (answer.status_code, answer.json["id"], answer.json["status"]) == (201, claimed.json["id"], "approved")
    assert (answer.json["note"], answer.json["points_awarded"]) == ("With my dog", 0)
    assert len(doer.get("/submissions").json["items"]) == 1


def test_c36_a_check_in_can_be_without_points_and_is_approved_by_rule(
    organiser: Person, town: Town, cases: Cases
) -> None:
    cases.deed("first-aid", evidence=["event_code"], points=3)
    doer = town.resident()
    event = cases.event(organiser, "first-aid")

    answer = check_in(doer, cases.code_of(event, organiser), without_points=True)

    assert (answer.status_code, answer.json["status"], answer.json["without_points"]) == (201, "approved", True)
    assert (answer.json["points_expected"], answer.json["points_awarded"]) == (0, 0)
    assert cases.balance(doer) == 0


@pytest.mark.parametrize(("claimed", "scanned"), [(True, False), (False, True)])
def test_c36_who_wanted_no_points_when_claiming_or_when_checking_in_gets_none(
    doer: Person, organiser: Person, cases: Cases, claimed: bool, scanned: bool
) -> None:
    event = cases.event(organiser, "walk")
    before = cases.try_claim(doer, "walk", event=event, without_points=claimed)

    answer = check_in(doer, cases.code_of(event, organiser), without_points=scanned)
    again = check_in(doer, cases.code_of(event, organiser), without_points=not scanned)

    assert (answer.json["id"], answer.json["without_points"]) == (before.json["id"], True)
    assert (answer.json["points_awarded"], cases.balance(doer)) == (0, 0)
    assert (again.status_code, again.json) == (200, answer.json)


def test_c23_a_rule_approves_no_more_than_a_check_in_shows(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("plant", evidence=["event_code"], points=1, unit="item")
    doer = town.resident()
    event = cases.event(organiser, "plant")
    cases.claim(doer, "plant", event=event, quantity=2)

    answer = check_in(doer, cases.code_of(event, organiser))

    assert (answer.json["status"], answer.json["points_expected"]) == ("in_review", 2)


def test_hours_are_as_long_as_the_event(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("course", evidence=["event_code"], unit="hour", points=2, minutes=90)
    doer = town.resident()
    event = cases.event(organiser, "course")
    placement = cases.event(organiser, "course", ends_at=None)

    of_event = check_in(doer, cases.code_of(event, organiser)).json
    of_placement = check_in(doer, cases.code_of(placement, organiser)).json

    assert (of_event["quantity"], of_event["points_expected"], of_event["status"]) == (180, 6, "in_review")
    assert (of_placement["quantity"], of_placement["points_expected"]) == (90, 3)


def test_an_organisers_own_check_in_takes_a_person(organiser: Person, town: Town, cases: Cases) -> None:
    host = town.staff_resident(Role.ORGANISER)
    event = cases.event(host, "walk")

    answer = check_in(host, cases.code_of(event, host))

    assert (answer.json["status"], answer.json["points_expected"]) == ("in_review", 2)
    assert cases.balance(host) == 0


def test_check_in_and_photo_are_both_needed(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("repair", evidence=["event_code", "photo"], points=1)
    doer = town.resident()
    event = cases.event(organiser, "repair")

    scanned = check_in(doer, cases.code_of(event, organiser)).json
    sent = cases.send_photo(doer, scanned["id"])

    assert (scanned["status"], scanned["evidence_needed"]) == ("submitted", ["photo"])
    assert sent.json["status"] == "in_review"  # a photo takes a person


def test_a_deed_that_asks_for_no_check_in_has_none(organiser: Person, town: Town, cases: Cases) -> None:
    cases.deed("sweep", evidence=["organiser"])
    event = cases.event(organiser, "sweep")

    answer = check_in(town.resident(), cases.code_of(event, organiser))

    assert refusal(answer) == (409, "check_in_not_used")


def test_the_rule_of_the_day_counts(doer: Person, organiser: Person, cases: Cases) -> None:
    early = iso(cases.clock.now() - timedelta(days=1))
    event = cases.event(organiser, "walk", starts_at=early, ends_at=None)

    answer = check_in(doer, cases.code_of(event, organiser))

    assert (answer.status_code, answer.json["done_at"], answer.json["rule_version"]) == (
        201,
        "2026-11-23T10:00:00Z",
        1,
    )


def test_an_id_of_ones_own_is_kept(doer: Person, organiser: Person, town: Town, cases: Cases) -> None:
    chosen = own_id()
    one, other = (cases.event(organiser, "walk") for _ in range(2))

    assert check_in(doer, cases.code_of(one, organiser), id=chosen).json["id"] == chosen
    again = check_in(doer, cases.code_of(other, organiser), id=chosen)
    others = check_in(town.resident(), cases.code_of(other, organiser), id=chosen)

    assert refusal(again) == refusal(others) == (409, "submission_id_taken")


def test_who_is_leaving_earns_no_more(doer: Person, organiser: Person, cases: Cases) -> None:
    code = cases.code_of(cases.event(organiser, "walk"), organiser)
    doer.delete("/me")

    assert refusal(check_in(doer, code)) == (409, "leaving")


def test_only_residents_check_in(organiser: Person, town: Town, cases: Cases) -> None:
    code = cases.code_of(cases.event(organiser, "walk"), organiser)

    assert check_in(organiser, code).status_code == 403
    assert check_in(town.anyone(), code).status_code == 401
    for body in ({}, {"code": ""}, {"code": "x" * 101}, {"code": code, "points": 9}, {"code": 7}):
        assert town.resident().post("/check-ins", json=body).status_code == 422
