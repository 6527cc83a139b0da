"""Who decides, withdraws, leases and checks in at once, on real processes (A14, A18); awards are in `tests/storms`."""

from collections import Counter
from functools import partial
from typing import Any

import pytest

from tests.catalogue.cases import Cases
from tests.races.serving import Answer, Server, all_at_once, token_of
from tests.races.test_purchases import assert_books_are_clean
from tests.town import Person, Town

APPROVE = {"decision": "approve", "reason_code": "as_described", "text": None}


@pytest.fixture(scope="package", autouse=True)
def catalogue(town: Town) -> None:
    result = town.app.test_cli_runner().invoke(args=["sample"])
    assert result.exit_code == 0, result.output


def in_review(cases: Cases, person: Person, deed: str = "paint-bin") -> dict[str, Any]:
    """A submission with its photo, as its owner sees it."""
    submission = cases.claim_with_photo(person, deed)
    shown: dict[str, Any] = person.get(f"/submissions/{submission}").json
    assert shown["status"] == "in_review"
    return shown


def approve(server: Server, submission: dict[str, Any], token: str) -> Answer:
    seen = {"If-Match": f'"{submission["revision"]}"'}
    path = f"/submissions/{submission['id']}/verification"
    return server.send("POST", path, token=token, json_body=APPROVE, headers=seen)


def test_withdrawing_and_approving_at_once_one_of_them_wins(town: Town, server: Server) -> None:
    person = town.resident()
    verifier, token = token_of(town.verifier()), token_of(person)
    submissions = [in_review(Cases(town), person, deed="water-street-trees") for _ in range(6)]

    def withdraw(submission: dict[str, Any]) -> Answer:
        return server.send("DELETE", f"/submissions/{submission['id']}", token=token)

    def decide(submission: dict[str, Any]) -> Answer:
        return approve(server, submission, verifier)

    answers = all_at_once([partial(act, submission) for submission in submissions for act in (withdraw, decide)])

    outcomes = [(answers[i].status, answers[i + 1].status) for i in range(0, len(answers), 2)]
    assert set(outcomes) <= {(200, 409), (409, 200), (200, 412)}
    assert_books_are_clean(town)


def test_each_case_is_leased_to_one_verifier(town: Town, server: Server) -> None:
    person = town.resident()
    cases = {in_review(Cases(town), person, deed="polish-playground")["id"] for _ in range(4)}
    tokens = [token_of(town.verifier()) for _ in range(10)]

    answers = all_at_once([partial(server.send, "POST", "/review-queue/lease", token=token) for token in tokens])

    leased = [answer.json["id"] for answer in answers if answer.status == 200]
    assert {answer.status for answer in answers} <= {200, 204}
    assert len(leased) == len(set(leased))
    assert cases <= set(leased)


def test_a_check_in_counts_once_however_often_it_is_sent(town: Town, server: Server) -> None:
    organiser, person = town.organiser(), town.resident()
    starts_at = town.clock.now()
    event = organiser.post(
        "/events",
        json={
            "deed": "bike-to-work",
            "title": "Bike to work",
            "starts_at": starts_at.isoformat(),
            "ends_at": starts_at.replace(hour=20).isoformat(),
            "district": "gracia",
        },
    )
    assert event.status_code == 201, event.json
    code = organiser.get(f"/events/{event.json['id']}/code").json["code"]
    token = token_of(person)

    answers = all_at_once(
        [partial(server.send, "POST", "/check-ins", token=token, json_body={"code": code}) for _ in range(12)]
    )

    assert Counter(answer.status for answer in answers) == {201: 1, 200: 11}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert person.get("/me/points").json["balance"] == 1
    assert_books_are_clean(town)
