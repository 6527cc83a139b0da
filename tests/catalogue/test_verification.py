"""A deed counts once a verifier, never its own doer, has confirmed what they saw; and everyone learns why."""

from typing import Any

import pytest

from catalogue import verification
from core.http.doors import Role
from tests.catalogue.cases import APPROVE, ASK, DECLINE, Cases, own_id, photo
from tests.town import Answer, Person, Town


@pytest.fixture
def doer(town: Town, cases: Cases) -> Person:
    cases.deed()
    return town.resident()


def test_an_approved_deed_earns_its_points(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)
    verifier = town.verifier("Oficina de l'Eixample")
    cases.lease(verifier)
    cases.clock.forward(minutes=5)

    decided = cases.decide(verifier, submission)

    assert decided == {
        "submission": submission,
        "status": "approved",
        "revision": 3,
        "decision": "approve",
        "reason_code": "as_described",
        "rule_version": 1,
        "office": "Oficina de l'Eixample",
        "points_awarded": 3,
        "cap_bound": None,
        "second_verifier_needed": False,
        "appeal_until": "2026-12-23T10:05:00Z",
    }
    assert cases.balance(doer) == 3
    assert doer.get("/me/points/entries").json["items"][0]["submission"] == submission
    assert verifier.get("/review-queue").json["waiting"] == 0


def test_c22_the_resident_sees_who_decided_why_and_how_to_appeal(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)
    verifier = town.verifier()
    cases.decide(verifier, submission, DECLINE)

    shown = doer.get(f"/submissions/{submission}", headers={"Accept-Language": "en"}).json

    assert (shown["status"], shown["points_awarded"]) == ("declined", None)
    assert shown["decisions"] == [
        {
            "decision": "decline",
            "is_final": True,
            "reason_code": "other_deed",
            "reason": "What was done is not this deed.",
            "text": "This is another street.",
            "rule_version": 1,
            "office": "Oficina de Bones Accions",
            "at": "2026-11-23T10:00:00Z",
            "appeal_until": "2026-12-23T10:00:00Z",
            "how_to_appeal": town.city.terms.appeal["en"],
        }
    ]
    for_portuguese = doer.get(f"/submissions/{submission}", headers={"Accept-Language": "pt"}).json
    assert for_portuguese["decisions"][0]["how_to_appeal"].startswith("Escreva ao serviço de verificação")
    assert str(verifier.id) not in doer.get(f"/submissions/{submission}").text
    assert cases.balance(doer) == 0
    assert cases.looks_at(doer, "submission.declined") == [(verifier.id, "other_deed")]


def test_c44_nobody_verifies_their_own_deed(town: Town, cases: Cases) -> None:
    cases.deed()
    doer = town.staff_resident(Role.VERIFIER)
    submission = cases.claim_with_photo(doer)

    answer = doer.post(f"/submissions/{submission}/verification", json=APPROVE)

    assert (answer.status_code, answer.json["code"]) == (403, "own_case")
    assert cases.try_decide(doer, submission).json["code"] == "own_case"
    assert cases.balance(doer) == 0


def test_a_decision_names_the_version_that_was_seen(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer)
    path = f"/submissions/{submission}/verification"

    without = verifier.post(path, json=APPROVE)
    others = [
        verifier.post(path, json=APPROVE, headers={"If-Match": value}) for value in ('"1"', '"3"', "*", 'W/"2"', "2")
    ]

    assert (without.status_code, without.json["code"]) == (428, "precondition_required")
    assert {(answer.status_code, answer.json["code"]) for answer in others} == {(412, "version_changed")}
    assert cases.balance(doer) == 0


def test_c22_a_decision_has_a_reason_that_fits(doer: Person, town: Town, cases: Cases) -> None:
    submission, verifier = cases.claim_with_photo(doer), town.verifier()
    unfit: list[dict[str, Any]] = [
        {"decision": "decline", "reason_code": "other_deed"},
        {"decision": "decline", "text": "No"},
        {"decision": "decline"},
        {"decision": "ask", "reason_code": "photo_unclear"},
        {"decision": "ask", "reason_code": "other_deed", "text": "Why?"},
        {"decision": "approve", "reason_code": "other_deed"},
        {"decision": "approve", "reason_code": "low_value_rule"},
        {"decision": "decline", "reason_code": "other_deed", "text": " "},
        {"decision": "reverse", "reason_code": "our_mistake", "text": "No"},
        {"decision": "approve", "points": 50},
        {},
    ]

    for decision in unfit:
        assert cases.try_decide(verifier, submission, decision).status_code == 422, decision
    assert cases.seen(doer, submission)["decisions"] == []


def test_a_case_that_another_holds_is_theirs_to_decide(doer: Person, town: Town, cases: Cases) -> None:
    holder, other = town.verifier(), town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.lease(holder)

    answer = cases.try_decide(other, submission)

    assert (answer.status_code, answer.json["code"]) == (409, "leased_by_another")
    cases.clock.forward(minutes=15)
    cases.decide(other, submission)


def test_a_case_is_decided_once(doer: Person, town: Town, cases: Cases) -> None:
    one, other = town.verifier(), town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.decide(one, submission)

    answers = [cases.try_decide(who, submission, what) for who in (one, other) for what in (APPROVE, DECLINE, ASK)]

    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(409, "not_in_review")}
    assert cases.balance(doer) == 3


def test_a_decision_whose_answer_was_lost_is_sent_again_by_its_key(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)
    verifier = town.verifier()

    def sent() -> Answer:
        path, seen = f"/submissions/{submission}/verification", {"If-Match": '"2"'}
        return verifier.post(path, json=APPROVE, headers=seen, key="one wish")

    first, again = sent(), sent()

    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert cases.balance(doer) == 3


def test_only_what_is_in_review_is_decided(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim(doer)

    early = cases.try_decide(verifier, submission, revision=1)
    absent = cases.try_decide(verifier, own_id())

    assert (early.status_code, early.json["code"], early.json["submission_status"]) == (
        409,
        "not_in_review",
        "submitted",
    )
    assert absent.status_code == 404


def test_only_verifiers_decide(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)

    for person in (doer, town.organiser(), town.manager(), town.auditor()):
        assert cases.try_decide(person, submission).status_code == 403


def test_c44_from_ten_points_it_takes_two_verifiers(town: Town, cases: Cases) -> None:
    cases.deed(points=10)
    doer, one, other = town.resident(), town.verifier(), town.verifier()
    submission = cases.claim_with_photo(doer)

    first = cases.decide(one, submission)

    assert (first["status"], first["second_verifier_needed"], first["points_awarded"], first["appeal_until"]) == (
        "in_review",
        True,
        None,
        None,
    )
    assert cases.balance(doer) == 0
    assert cases.lease(one) is None
    assert cases.try_decide(one, submission, revision=3).json["code"] == "own_decision"
    assert one.get("/review-queue").json["items"][0]["needs_second"] is True
    leased = other.post("/review-queue/lease").json
    assert (leased["id"], leased["first_approval"]) == (submission, True)
    second = cases.decide(other, submission, revision=3)
    assert (second["status"], second["points_awarded"], second["second_verifier_needed"]) == ("approved", 10, False)
    assert cases.balance(doer) == 10
    told = [(one["decision"], one["is_final"]) for one in cases.seen(doer, submission)["decisions"]]
    assert told == [("approve", False), ("approve", True)]


def test_the_second_verifier_can_say_no(town: Town, cases: Cases) -> None:
    cases.deed(points=10)
    doer = town.resident()
    submission = cases.claim_with_photo(doer)
    cases.decide(town.verifier(), submission)

    cases.decide(town.verifier(), submission, DECLINE, revision=3)

    assert cases.seen(doer, submission)["status"] == "declined"
    assert cases.balance(doer) == 0


def test_a_first_approval_is_of_what_was_seen_then(town: Town, cases: Cases) -> None:
    cases.deed(points=10)
    doer, one, other, third = town.resident(), town.verifier(), town.verifier(), town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.decide(one, submission)
    cases.send_photo(doer, submission, photo(7))

    after = cases.decide(other, submission, revision=4)

    assert after["second_verifier_needed"] is True
    assert cases.balance(doer) == 0
    assert cases.try_decide(one, submission, revision=5).json["code"] == "own_decision"
    assert cases.lease(one) is None
    cases.decide(third, submission, revision=5)
    assert cases.balance(doer) == 10


def test_what_is_asked_and_not_answered_comes_back_after_14_days(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer)
    asked = cases.decide(verifier, submission, ASK)
    assert (asked["status"], asked["appeal_until"]) == ("asked", None)
    shown = cases.seen(doer, submission)
    assert (shown["due_at"], shown["promised_by"]) == ("2026-12-07T10:00:00Z", None)
    assert shown["decisions"][0]["text"] == "Which tree is it?"
    assert cases.lease(verifier) is None
    cases.clock.forward(days=14, seconds=-1)
    assert town.run_job("lapse-cases") == 0
    cases.clock.forward(hours=1)

    assert town.run_job("lapse-cases") == 1

    shown = cases.seen(doer, submission)
    assert (shown["status"], shown["due_at"], shown["promised_by"]) == ("in_review", None, "2026-12-21T10:00:00Z")
    leased = verifier.post("/review-queue/lease").json
    assert (leased["id"], leased["questions"][0]["text"]) == (submission, "Which tree is it?")
    cases.decide(verifier, submission, revision=leased["revision"])
    assert town.run_job("lapse-cases") == 0
    assert cases.balance(doer) == 3


def test_a_whole_event_is_decided_in_one_call(town: Town, cases: Cases) -> None:
    cases.deed("clean-beach", evidence=["organiser"], points=6)
    organiser, verifier = town.organiser(), town.staff_resident(Role.VERIFIER)
    event = cases.event(organiser, "clean-beach")
    came, denied, silent = town.resident(), town.resident(), town.resident()
    of_came, of_denied, _, of_verifier = [
        cases.claim(who, "clean-beach", event=event) for who in (came, denied, silent, verifier)
    ]
    for submission, said in (
        (of_came, {"confirmed": True}),
        (of_verifier, {"confirmed": True}),
        (of_denied, {"confirmed": False, "text": "Did not come"}),
    ):
        assert organiser.post(f"/submissions/{submission}/confirmation", json=said).status_code == 200

    answer = verifier.post(f"/events/{event}/verification", json=APPROVE | {"reason_code": "confirmed_by_organiser"})

    assert (answer.status_code, answer.json["left"]) == (200, 0)
    results = {item["submission"]: (item["result"], item.get("code")) for item in answer.json["items"]}
    assert results == {
        of_came: ("approved", None),
        of_denied: ("refused", "denied_by_organiser"),
        of_verifier: ("refused", "own_case"),
    }
    assert [cases.balance(who) for who in (came, denied, silent, verifier)] == [6, 0, 0, 0]
    rest = town.verifier().post(f"/events/{event}/verification", json=DECLINE)
    assert {item["submission"]: item["result"] for item in rest.json["items"]} == {
        of_denied: "declined",
        of_verifier: "declined",
    }


def test_an_event_leaves_to_another_what_they_hold(town: Town, cases: Cases) -> None:
    cases.deed("clean-beach", evidence=["organiser"])
    organiser = town.organiser()
    event = cases.event(organiser, "clean-beach")
    submission = cases.claim(town.resident(), "clean-beach", event=event)
    organiser.post(f"/submissions/{submission}/confirmation", json={"confirmed": True})
    cases.lease(town.verifier())

    answer = town.verifier().post(f"/events/{event}/verification", json=APPROVE)

    assert [(item["result"], item["code"]) for item in answer.json["items"]] == [("refused", "leased_by_another")]


def test_an_event_of_high_value_takes_two_verifiers_as_well(town: Town, cases: Cases) -> None:
    cases.deed("clean-beach", evidence=["organiser"], points=12)
    organiser, doer = town.organiser(), town.resident()
    event = cases.event(organiser, "clean-beach")
    submission = cases.claim(doer, "clean-beach", event=event)
    organiser.post(f"/submissions/{submission}/confirmation", json={"confirmed": True})
    one, other = town.verifier(), town.verifier()

    def decide(who: Person) -> Any:
        (item,) = who.post(f"/events/{event}/verification", json=APPROVE).json["items"]
        return item["result"], item.get("code")

    assert decide(one) == ("approved_first", None)
    assert decide(one) == ("refused", "own_decision")
    assert cases.balance(doer) == 0
    assert decide(other) == ("approved", None)
    assert cases.balance(doer) == 12


def test_an_event_is_not_asked_about_as_a_whole(town: Town, cases: Cases) -> None:
    cases.deed("clean-beach", evidence=["organiser"])
    event = cases.event(town.organiser(), "clean-beach")
    verifier = town.verifier()

    assert verifier.post(f"/events/{event}/verification", json=ASK).status_code == 422
    assert verifier.post(f"/events/{own_id()}/verification", json=APPROVE).status_code == 404
    assert verifier.post(f"/events/{event}/verification", json=APPROVE).json == {
        "items": [],
        "left": 0,
        "next_cursor": None,
    }
    assert town.organiser().post(f"/events/{event}/verification", json=APPROVE).status_code == 403


@pytest.mark.parametrize("decision", [APPROVE, DECLINE], ids=["approve", "decline"])
def test_what_cannot_be_decided_of_an_event_stands_in_nobodys_way(
    decision: dict[str, Any], town: Town, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "EVENT_CASES_MAX", 3)
    cases.deed("clean-beach", evidence=["organiser"], max_per_day=50)
    organiser, verifier = town.organiser(), town.staff_resident(Role.VERIFIER)
    event = cases.event(organiser, "clean-beach")

    def sent_in(by: Person, **said: Any) -> str:
        submission = cases.claim(by, "clean-beach", event=event)
        answer = organiser.post(f"/submissions/{submission}/confirmation", json={"confirmed": True} | said)
        assert answer.status_code == 200, answer.json
        return submission

    theirs = {sent_in(verifier) for _ in range(4)}
    held = {sent_in(town.resident())}
    cases.lease(verifier)
    verifier.delete("/review-queue/lease", json={"reason_code": "someone_i_know"})
    denied = {sent_in(town.resident(), confirmed=False, text="Did not come") for _ in range(4)}
    to_decide = {sent_in(town.resident()) for _ in range(4)}
    can = to_decide if decision is APPROVE else to_decide | denied

    told: list[tuple[str, str]] = []
    left, cursor = [], None
    while cursor or not told:
        answer = verifier.post(f"/events/{event}/verification", json=decision | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.json
        told += [(item["submission"], item["result"]) for item in answer.json["items"]]
        left.append(answer.json["left"])
        cursor = answer.json["next_cursor"]

    assert left == [max(0, len(can) - 3 * number) for number in range(1, len(left) + 1)]
    assert len(told) == len(dict(told)) == len(theirs | held | denied | to_decide)
    assert {submission for submission, result in told if result == f"{decision['decision']}d"} == can
    again = verifier.post(f"/events/{event}/verification", json=decision).json
    assert (len(again["items"]), again["left"]) == (3, 0)
    assert verifier.post(f"/events/{event}/verification", json=decision | {"cursor": "x"}).status_code == 422


def test_an_older_client_comes_to_the_end_of_an_event_too(
    town: Town, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "EVENT_CASES_MAX", 2)
    cases.deed("clean-beach", evidence=["organiser"], max_per_day=50)
    organiser, verifier, doers = town.organiser(), town.staff_resident(Role.VERIFIER), []
    event = cases.event(organiser, "clean-beach")
    for doer in (verifier, verifier, verifier, *(town.resident() for _ in range(3))):
        submission = cases.claim(doer, "clean-beach", event=event)
        assert organiser.post(f"/submissions/{submission}/confirmation", json={"confirmed": True}).status_code == 200
        doers.append((doer, submission))

    left = [verifier.post(f"/events/{event}/verification", json=APPROVE).json["left"] for _ in range(2)]

    assert left == [1, 0]
    assert [cases.seen(doer, case)["status"] for doer, case in doers] == ["in_review"] * 3 + ["approved"] * 3
