"""An approval is undone once, takes what is left of it, and makes no debt (charter C6)."""

from typing import Any

import pytest

from core.http.doors import Role
from tests.catalogue.cases import DECLINE, Cases, own_id
from tests.town import Answer, Person, Town

WHY = {"reason_code": "our_mistake", "text": "We mixed up two streets."}


@pytest.fixture
def doer(town: Town, cases: Cases) -> Person:
    cases.deed()
    return town.resident()


def reverse(verifier: Person, submission: str, why: dict[str, Any] = WHY) -> Answer:
    return verifier.post(f"/submissions/{submission}/reversal", json=why)


def test_c22_a_reversal_takes_the_award_back_and_says_why(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.approved(doer, verifier)
    cases.approved(doer, verifier)

    answer = reverse(verifier, submission)

    assert answer.status_code == 200
    assert answer.json == {
        "submission": submission,
        "status": "reversed",
        "points_taken": 3,
        "shortfall": 0,
        "reason_code": "our_mistake",
        "rule_version": 1,
        "office": "Oficina de Bones Accions",
        "appeal_until": "2026-12-23T10:00:00Z",
    }
    assert cases.balance(doer) == 3
    shown = cases.seen(doer, submission)
    assert (shown["status"], shown["points_awarded"]) == ("reversed", 3)
    last = shown["decisions"][-1]
    assert (last["decision"], last["text"], last["appeal_until"]) == (
        "reverse",
        "We mixed up two streets.",
        "2026-12-23T10:00:00Z",
    )
    assert cases.looks_at(doer, "submission.reversed") == [(verifier.id, "our_mistake")]


def test_c6_what_has_expired_is_a_shortfall_and_no_debt(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.approved(doer, verifier)
    cases.clock.forward(days=740)

    answer = reverse(verifier, submission)

    assert (answer.json["points_taken"], answer.json["shortfall"]) == (0, 3)
    assert cases.balance(doer) == 0


def test_an_approval_is_reversed_once(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.approved(doer, verifier)
    reverse(verifier, submission)

    again = reverse(town.verifier(), submission)

    assert (again.status_code, again.json["code"]) == (409, "already_reversed")
    assert cases.balance(doer) == 0


def test_only_what_was_approved_is_reversed(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    waiting, declined = cases.claim_with_photo(doer), cases.claim_with_photo(doer)
    cases.decide(verifier, declined, DECLINE)

    for submission, status in ((waiting, "in_review"), (declined, "declined")):
        answer = reverse(verifier, submission)
        assert (answer.status_code, answer.json["code"]) == (409, "not_approved")
        assert answer.json["submission_status"] == status
    assert reverse(verifier, own_id()).status_code == 404


def test_an_approval_of_no_points_is_reversed_too(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.approved(doer, verifier, without_points=True)

    answer = reverse(verifier, submission)

    assert (answer.status_code, answer.json["points_taken"], answer.json["shortfall"]) == (200, 0, 0)
    assert reverse(verifier, submission).json["code"] == "already_reversed"


def test_c44_nobody_reverses_their_own(town: Town, cases: Cases) -> None:
    cases.deed()
    doer = town.staff_resident(Role.VERIFIER)
    submission = cases.approved(doer, town.verifier())

    answer = reverse(doer, submission)

    assert (answer.status_code, answer.json["code"]) == (403, "own_case")
    assert cases.balance(doer) == 3


def test_c22_a_reversal_has_a_reason_and_words(doer: Person, town: Town, cases: Cases) -> None:
    submission, verifier = cases.approved(doer, town.verifier()), town.verifier()

    for why in ({"reason_code": "our_mistake"}, {"text": "x"}, {"reason_code": "as_described", "text": "x"}):
        assert reverse(verifier, submission, why).status_code == 422, why
    assert cases.balance(doer) == 3


def test_only_verifiers_reverse(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.approved(doer, town.verifier())

    for person in (doer, town.manager(), town.organiser(), town.auditor()):
        assert reverse(person, submission).status_code == 403
