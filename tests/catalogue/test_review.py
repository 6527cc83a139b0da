"""A case is with one verifier at a time, never with its doer, and nothing in it says who that is."""

import pytest

from core.http.doors import Role
from tests.catalogue.cases import Cases, own_id
from tests.town import Person, Town

GIVE_BACK = {"reason_code": "someone_i_know"}


@pytest.fixture
def doer(town: Town, cases: Cases) -> Person:
    cases.deed()
    return town.resident("Montserrat Puig")


def test_the_queue_is_oldest_first_and_says_how_long_it_waits(doer: Person, town: Town, cases: Cases) -> None:
    first = cases.claim_with_photo(doer)
    cases.clock.forward(days=2)
    second = cases.claim_with_photo(town.resident())
    cases.claim(doer)  # has no photo yet
    cases.clock.forward(hours=1)

    queue = town.verifier().get("/review-queue").json

    assert [item["submission"] for item in queue["items"]] == [first, second]
    assert queue["items"][0] == {
        "submission": first,
        "deed": "water-trees",
        "deed_title": "Regar arbres",
        "event": None,
        "event_title": None,
        "queued_at": "2026-11-23T10:00:00Z",
        "waiting_seconds": 49 * 3600,
        "promised_by": "2026-12-07T10:00:00Z",
        "points_expected": 3,
        "is_leased": False,
        "leased_by_me": False,
        "needs_second": False,
    }
    assert (queue["waiting"], queue["oldest_queued_at"]) == (2, "2026-11-23T10:00:00Z")


def test_the_queue_is_read_by_pages(doer: Person, town: Town, cases: Cases) -> None:
    waiting = [cases.claim_with_photo(doer) for _ in range(3)]  # of one instant
    verifier = town.verifier()

    first = verifier.get("/review-queue", query_string={"limit": 2}).json
    rest = verifier.get("/review-queue", query_string={"limit": 2, "cursor": first["next_cursor"]}).json

    assert [item["submission"] for item in first["items"] + rest["items"]] == sorted(waiting)
    assert (rest["next_cursor"], rest["waiting"]) == (None, 3)
    assert verifier.get("/review-queue", query_string={"cursor": "AAAA"}).json["code"] == "bad_cursor"


def test_a_case_that_is_added_to_keeps_its_place(doer: Person, town: Town, cases: Cases) -> None:
    first = cases.claim_with_photo(doer)
    cases.clock.forward(hours=1)
    cases.claim_with_photo(town.resident())
    cases.clock.forward(hours=1)

    doer.patch(f"/submissions/{first}", json={"note": "And the one at the corner"})

    assert cases.seen(doer, first)["promised_by"] == "2026-12-07T10:00:00Z"
    assert cases.lease(town.verifier()) == first


def test_an_empty_queue_says_so(town: Town) -> None:
    verifier = town.verifier()

    assert verifier.get("/review-queue").json == {
        "items": [],
        "next_cursor": None,
        "waiting": 0,
        "oldest_queued_at": None,
        "overdue": 0,
        "matching": 0,
    }
    assert verifier.post("/review-queue/lease").status_code == 204


def test_a_verifier_sees_the_case_and_not_the_person(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer, note="All of Verdi street")
    cases.clock.forward(days=3)

    leased = verifier.post("/review-queue/lease")

    assert (leased.status_code, leased.headers["ETag"]) == (200, '"2"')
    (photo,) = leased.json["evidence"]
    assert leased.json == {
        "id": submission,
        "deed": "water-trees",
        "deed_title": "Regar arbres",
        "rule": {
            "points": 3,
            "unit": "deed",
            "max_per_day": 5,
            "max_per_year": 50,
            "evidence": ["photo"],
            "purpose": "Cool streets",
            "category": "environment",
            "minutes": 60,
            "access": ["evening"],
            "districts": [],
        },
        "checklist": [
            {
                "check": "photo",
                "text": "La foto mostra aquesta acció, al lloc i en el moment indicats.",
                "is_met": None,
            },
            {
                "check": "quantity",
                "text": "La quantitat és versemblant i no supera el que compta en un dia.",
                "is_met": None,
            },
            {
                "check": "without_pay",
                "text": "Res no indica que fos una feina pagada o una obligació.",
                "is_met": None,
            },
        ],
        "takes_two": False,
        "rule_version": 1,
        "status": "in_review",
        "revision": 2,
        "done_at": "2026-11-23T10:00:00Z",
        "quantity": 1,
        "unit": "deed",
        "note": "All of Verdi street",
        "event": None,
        "without_points": False,
        "evidence": [photo],
        "confirmation": None,
        "points_expected": 3,
        "promised_by": "2026-12-07T10:00:00Z",
        "first_approval": False,
        "questions": [],
        "queued_at": "2026-11-23T10:00:00Z",
        "waiting_days": 3,
        "leased_until": "2026-11-26T10:15:00Z",
        "leased_seconds": 900,
    }
    read_again = verifier.get(f"/submissions/{submission}")
    assert (read_again.json, read_again.headers["ETag"]) == (leased.json, '"2"')
    for answer in (leased, verifier.get("/review-queue"), read_again):
        for trace in (doer.name, doer.email, str(doer.id)):
            assert trace not in answer.text
    assert cases.looks_at(doer, "submission.leased") == [(verifier.id, "verification")]
    assert cases.looks_at(doer, "submission.read") == [(verifier.id, "verification")]


def test_a_case_is_with_one_verifier_at_a_time(doer: Person, town: Town, cases: Cases) -> None:
    one, other = town.verifier(), town.verifier()
    older = cases.claim_with_photo(doer)
    cases.clock.forward(minutes=1)
    newer = cases.claim_with_photo(doer)

    assert cases.lease(one) == older
    assert cases.lease(other) == newer
    assert cases.lease(town.verifier()) is None
    assert cases.lease(one) == older  # what they hold, not another one
    shown = {item["submission"]: item for item in one.get("/review-queue").json["items"]}
    assert (shown[older]["is_leased"], shown[older]["leased_by_me"]) == (True, True)
    assert (shown[newer]["is_leased"], shown[newer]["leased_by_me"]) == (True, False)
    assert other.get(f"/submissions/{older}").status_code == 404


def test_a_case_left_lying_is_free_after_15_minutes(doer: Person, town: Town, cases: Cases) -> None:
    one, other = town.verifier(), town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.lease(one)
    cases.clock.forward(minutes=15, seconds=-1)
    assert cases.lease(other) is None
    cases.clock.forward(seconds=1)

    assert one.get(f"/submissions/{submission}").status_code == 404
    assert cases.lease(other) == submission
    assert cases.lease(one) is None


def test_who_asks_again_in_time_has_the_case_for_the_whole_time_again(doer: Person, town: Town, cases: Cases) -> None:
    one = town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.lease(one)
    cases.clock.forward(minutes=14)

    again = one.post("/review-queue/lease")

    assert (again.json["id"], again.json["leased_seconds"]) == (submission, 900)
    cases.clock.forward(minutes=14)
    assert cases.lease(town.verifier()) is None


def test_another_case_is_taken_beside_those_that_one_is_done_with(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    waiting = []
    for _ in range(3):
        waiting.append(cases.claim_with_photo(doer))
        cases.clock.forward(minutes=1)
    first, second, third = waiting

    def beside(*done: str) -> str | None:
        answer = verifier.post("/review-queue/lease", query_string={"beside": list(done)})
        return str(answer.json["id"]) if answer.status_code == 200 else None

    assert (cases.lease(verifier), beside(first), beside(first)) == (first, second, second)
    assert (beside(first, second), beside(first, second, third)) == (third, None)
    assert cases.lease(town.verifier()) is None  # all three are held
    assert cases.decide(verifier, first)["status"] == "approved"
    assert cases.lease(verifier) == second


def test_of_several_cases_the_named_one_is_given_back(doer: Person, town: Town, cases: Cases) -> None:
    verifier, other = town.verifier(), town.verifier()
    first = cases.claim_with_photo(doer)
    cases.clock.forward(minutes=1)
    second = cases.claim_with_photo(doer)
    cases.lease(verifier)
    verifier.post("/review-queue/lease", query_string={"beside": first})

    assert verifier.delete("/review-queue/lease", json=GIVE_BACK | {"submission": second}).status_code == 204
    again = verifier.delete("/review-queue/lease", json=GIVE_BACK | {"submission": second})

    assert (again.status_code, again.json["code"]) == (409, "no_lease")
    assert (cases.lease(verifier), cases.lease(other)) == (first, second)


def test_no_more_than_ten_are_waited_with(town: Town) -> None:
    answer = town.verifier().post("/review-queue/lease", query_string={"beside": [own_id() for _ in range(11)]})

    assert (answer.status_code, answer.json["code"]) == (422, "invalid")


def test_a_case_given_back_is_offered_to_others_only(doer: Person, town: Town, cases: Cases) -> None:
    one, other = town.verifier(), town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.lease(one)

    given_back = one.delete("/review-queue/lease", json=GIVE_BACK)

    assert (given_back.status_code, given_back.data) == (204, b"")
    assert cases.lease(one) is None
    assert cases.try_decide(one, submission).json["code"] == "own_decision"
    assert cases.lease(other) == submission
    assert cases.looks_at(doer, "submission.given_back") == [(one.id, "someone_i_know")]


def test_who_holds_no_case_gives_none_back(doer: Person, town: Town, cases: Cases) -> None:
    cases.claim_with_photo(doer)
    verifier = town.verifier()

    answer = verifier.delete("/review-queue/lease", json=GIVE_BACK)

    assert (answer.status_code, answer.json["code"]) == (409, "no_lease")


def test_a_case_is_given_back_for_a_public_reason(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.lease(verifier)

    bodies: list[dict[str, str]] = [{}, {"reason_code": "as_described"}, {"reason_code": "because"}]
    for body in bodies:
        assert verifier.delete("/review-queue/lease", json=body).status_code == 422
    assert cases.lease(verifier) == submission


def test_c44_nobody_is_offered_their_own_case(town: Town, cases: Cases) -> None:
    cases.deed()
    doer = town.staff_resident(Role.VERIFIER)
    submission = cases.claim_with_photo(doer)

    assert cases.lease(doer) is None
    assert cases.lease(town.verifier()) == submission


def test_nobody_is_offered_what_they_confirmed(town: Town, cases: Cases) -> None:
    cases.deed("read-aloud", evidence=["organiser"])
    both = town.organiser()
    grant = {"email": both.email, "role": "verifier"}
    assert town.manager().post("/roles", json=grant).status_code == 201
    event = cases.event(both, "read-aloud")
    submission = cases.claim(town.resident(), "read-aloud", event=event)
    assert both.post(f"/submissions/{submission}/confirmation", json={"confirmed": True}).status_code == 200

    assert cases.lease(both) is None
    assert cases.try_decide(both, submission).json["code"] == "own_decision"
    assert cases.lease(town.verifier()) == submission


def test_only_verifiers_see_the_queue(doer: Person, town: Town, cases: Cases) -> None:
    cases.claim_with_photo(doer)

    for person in (doer, town.organiser(), town.manager(), town.auditor()):
        assert person.get("/review-queue").status_code == 403
        assert person.post("/review-queue/lease").status_code == 403


def test_a_withdrawn_case_is_no_longer_held(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.lease(verifier)
    doer.delete(f"/submissions/{submission}")

    assert verifier.get(f"/submissions/{submission}").status_code == 404
    assert verifier.delete("/review-queue/lease", json=GIVE_BACK).status_code == 409
    assert cases.lease(verifier) is None


def test_c19_anyone_reads_the_reason_codes_in_their_language(town: Town) -> None:
    def texts(language: str) -> dict[str, str]:
        answer = town.anyone().get("/reason-codes", headers={"Accept-Language": language})
        assert answer.status_code == 200
        return {item["code"]: item["text"] for item in answer.json["items"]}

    languages = [texts(language) for language in ("en", "es", "ca", "pt")]
    for code in languages[0]:
        assert len({language[code] for language in languages}) == 4, code
    uses = {item["code"]: item["used_for"] for item in town.anyone().get("/reason-codes").json["items"]}
    assert uses["low_value_rule"] == []
    assert {use for codes in uses.values() for use in codes} == {"approve", "decline", "ask", "reverse", "give_back"}


def test_reasons_that_need_words_come_with_words_to_begin_with(town: Town) -> None:
    def templates(language: str) -> dict[str, str]:
        items = town.anyone().get("/reason-codes", headers={"Accept-Language": language}).json["items"]
        needs_words = {"decline", "ask", "reverse"}
        assert all((item["template"] is not None) == bool(needs_words & set(item["used_for"])) for item in items)
        return {item["code"]: item["template"] for item in items if item["template"]}

    languages = [templates(language) for language in ("en", "es", "ca", "pt")]
    for code in languages[0]:
        assert len({language[code] for language in languages}) == 4, code
        assert all(language[code].count("[") == 1 for language in languages), code


def test_the_queue_is_narrowed_by_what_a_verifier_can_judge(town: Town, cases: Cases) -> None:
    cases.deed()
    cases.deed("cook", category="care")
    organiser = town.organiser()
    fair = cases.event(organiser, cases.deed("help-at-fair", evidence=["organiser"]))
    old = cases.claim_with_photo(town.resident())
    cases.clock.forward(days=3)
    care = cases.claim_with_photo(town.resident(), "cook")
    named = cases.claim(town.resident(), "help-at-fair", event=fair, done_at="2026-11-23T10:30:00Z")
    organiser.post(f"/submissions/{named}/confirmation", json={"confirmed": True})
    verifier = town.verifier()

    def found(**query: str) -> tuple[list[str], int, int]:
        queue = verifier.get("/review-queue", query_string=query).json
        return [item["submission"] for item in queue["items"]], queue["matching"], queue["waiting"]

    assert found() == ([old, care, named], 3, 3)
    assert found(category="care") == ([care], 1, 3)
    assert found(category="environment") == ([old, named], 2, 3)
    assert found(category="nothing") == ([], 0, 3)
    assert found(event=fair) == ([named], 1, 3)
    assert found(queued_before="2026-11-24T00:00:00Z") == ([old], 1, 3)
    assert found(needs_second="true") == ([], 0, 3)
    for query in ({"needs_second": "1"}, {"event": "x"}, {"queued_before": "yesterday"}, {"person": "x"}):
        assert verifier.get("/review-queue", query_string=query).json["code"] == "invalid"
    taken = verifier.post("/review-queue/lease", query_string={"category": "care"})
    assert taken.json["id"] == care
    assert town.verifier().post("/review-queue/lease", query_string={"category": "care"}).status_code == 204
    assert verifier.post("/review-queue/lease", query_string={"event": fair}).json["id"] == care  # what they hold


def test_what_a_first_verifier_has_approved_is_found_by_the_second(town: Town, cases: Cases) -> None:
    points = town.city.review.two_verifiers_from_points
    cases.deed(points=points)
    waiting, cheap = cases.claim_with_photo(town.resident()), cases.deed("cheap")
    cases.claim_with_photo(town.resident(), cheap)
    cases.decide(town.verifier(), waiting)

    queue = town.verifier().get("/review-queue", query_string={"needs_second": "true"}).json

    assert [item["submission"] for item in queue["items"]] == [waiting]


def test_a_verifier_is_told_what_to_look_at(town: Town, cases: Cases) -> None:
    organiser, english = town.organiser(), {"Accept-Language": "en"}
    deed = cases.deed("help-out", evidence=["photo", "organiser"], unit="hour", max_per_day=2)
    event = cases.event(organiser, deed)
    doer = town.resident()
    claim = cases.claim(doer, deed, event=event, quantity=150)
    assert cases.send_photo(doer, claim).status_code == 201
    answer = organiser.post(f"/submissions/{claim}/confirmation", json={"confirmed": False, "text": "Nobody came."})
    assert answer.json["status"] == "in_review"

    case = town.verifier().post("/review-queue/lease", headers=english).json

    assert [(item["check"], item["is_met"]) for item in case["checklist"]] == [
        ("photo", None),
        ("organiser", False),
        ("quantity", False),
        ("without_pay", None),
    ]
    assert case["checklist"][1]["text"] == "The organiser confirmed the deed."
    assert (case["rule"]["minutes"], case["rule"]["category"], case["takes_two"]) == (60, "environment", False)


def test_what_is_past_its_promise_is_told_whatever_is_asked_for(town: Town, cases: Cases) -> None:
    cases.deed()
    cases.claim_with_photo(town.resident())
    cases.clock.forward(days=town.city.review.promised_days, hours=1)
    cases.claim_with_photo(town.resident())

    queue = town.verifier().get("/review-queue", query_string={"category": "care"}).json

    assert (queue["matching"], queue["waiting"], queue["overdue"]) == (0, 2, 1)
