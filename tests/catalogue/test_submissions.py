"""Only the person themself says what they did; it is judged by the rule of its day and withdrawn until decided."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import iso
from tests.catalogue.cases import APPROVE, ASK, Cases, own_id
from tests.catalogue.deed_bodies import version_body
from tests.town import Person, Town


@pytest.fixture
def doer(town: Town, cases: Cases) -> Person:
    cases.deed()
    return town.resident()


def test_a_claim_waits_for_its_photo_and_then_for_a_verifier(doer: Person, cases: Cases) -> None:
    claimed = cases.try_claim(doer, note="The plane trees in my street")

    assert claimed.status_code == 201
    assert claimed.headers["ETag"] == '"1"'
    assert claimed.json | {"id": "", "deed_title": ""} == {
        "id": "",
        "deed": "water-trees",
        "deed_title": "",
        "rule_version": 1,
        "status": "submitted",
        "revision": 1,
        "done_at": "2026-11-23T10:00:00Z",
        "quantity": 1,
        "unit": "deed",
        "note": "The plane trees in my street",
        "event": None,
        "without_points": False,
        "evidence_needed": ["photo"],
        "evidence": [],
        "confirmation": None,
        "decisions": [],
        "points_awarded": None,
        "points_expected": 3,
        "cap_bound": None,
        "submitted_at": "2026-11-23T10:00:00Z",
        "promised_by": None,
        "due_at": None,
    }
    sent = cases.send_photo(doer, claimed.json["id"])
    shown = doer.get(f"/submissions/{claimed.json['id']}")
    assert shown.headers["ETag"] == '"2"'
    assert (shown.json["status"], shown.json["evidence_needed"]) == ("in_review", [])
    assert shown.json["evidence"] == [{"id": sent.json["id"], "uploaded_at": "2026-11-23T10:00:00Z"}]
    assert shown.json["promised_by"] == "2026-12-07T10:00:00Z"


def test_a_title_is_told_in_the_readers_language(doer: Person, cases: Cases) -> None:
    submission = cases.claim(doer)

    def title(language: str) -> Any:
        return doer.get(f"/submissions/{submission}", headers={"Accept-Language": language}).json["deed_title"]

    assert [title("es"), title("pt"), title("de")] == ["Regar árboles", "Regar árvores", "Regar arbres"]


def test_a_phone_that_chose_the_id_can_send_again(doer: Person, cases: Cases) -> None:
    claim = {"id": own_id(), "done_at": iso(cases.clock.now()), "note": "Twice"}
    first = cases.try_claim(doer, **claim)
    cases.clock.forward(hours=5)

    again = cases.try_claim(doer, **claim)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert len(doer.get("/submissions").json["items"]) == 1


def test_one_id_is_one_claim(doer: Person, cases: Cases) -> None:
    claim = {"id": own_id(), "done_at": iso(cases.clock.now())}
    cases.clock.forward(hours=1)
    cases.claim(doer, **claim)

    others: list[dict[str, Any]] = [{"note": "Else"}, {"quantity": 2}, {"without_points": True}]
    for other in [*others, {"done_at": "2026-11-23T10:00:01Z"}]:
        answer = cases.try_claim(doer, **claim | other)
        assert (answer.status_code, answer.json["code"]) == (409, "submission_differs")


def test_an_id_belongs_to_whoever_sent_it_first(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim(doer, id=own_id())

    answer = cases.try_claim(town.resident(), id=submission)

    assert (answer.status_code, answer.json["code"]) == (409, "submission_id_taken")
    assert cases.seen(doer, submission)["revision"] == 1


def test_an_id_is_a_uuid7_or_is_not_sent(doer: Person, cases: Cases) -> None:
    for wrong in ("6f9619ff-8b86-4011-b42d-00c04fc964ff", "01890a5d-ac96-774b-0cce-b302099a8057", "seven", 7):
        assert cases.try_claim(doer, id=wrong).status_code == 422


def test_a_key_gives_the_same_answer(doer: Person, cases: Cases) -> None:
    body = {"deed": "water-trees", "done_at": iso(cases.clock.now())}
    first = doer.post("/submissions", json=body, key="one")

    again = doer.post("/submissions", json=body, key="one")

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(doer.get("/submissions").json["items"]) == 1


def test_c20_a_deed_is_judged_by_the_rule_of_its_day(doer: Person, town: Town, cases: Cases) -> None:
    before = cases.clock.now()
    cases.clock.forward(days=10)
    changed = version_body(unit="deed", points=5, in_force_from=iso(cases.clock.now()))
    assert town.manager().put("/deeds/water-trees", json=changed).status_code == 200
    cases.clock.forward(days=1)

    old = cases.try_claim(doer, done_at=iso(before + timedelta(days=9))).json
    new = cases.try_claim(doer).json

    assert (old["rule_version"], old["points_expected"]) == (1, 3)
    assert (new["rule_version"], new["points_expected"]) == (2, 5)


def test_no_deed_was_done_before_it_was_in_the_catalogue(doer: Person, cases: Cases) -> None:
    answer = cases.try_claim(doer, done_at=iso(cases.clock.now() - timedelta(seconds=1)))

    assert (answer.status_code, answer.json["code"]) == (422, "deed_not_in_force")


def test_only_what_is_in_the_catalogue_can_be_claimed(doer: Person, cases: Cases) -> None:
    answer = cases.try_claim(doer, "fly-to-the-moon")

    assert (answer.status_code, answer.json["code"]) == (422, "deed_unknown")


def test_c21_a_deed_past_its_review_date_cannot_be_claimed(town: Town, cases: Cases) -> None:
    cases.deed(review_by="2026-11-25")
    doer = town.resident()
    # The 25th ends at 23:00 UTC in Madrid.
    cases.clock.forward(days=2, hours=12)
    cases.claim(doer)
    cases.clock.forward(hours=1)

    late = cases.try_claim(doer)
    of_the_day_before = cases.try_claim(doer, done_at="2026-11-25T12:00:00Z")

    assert (late.status_code, late.json["code"], late.json["review_by"]) == (409, "deed_lapsed", "2026-11-25")
    assert (of_the_day_before.status_code, of_the_day_before.json["code"]) == (409, "deed_lapsed")


def test_a_deed_is_claimed_once_it_is_done(doer: Person, cases: Cases) -> None:
    at = cases.clock.now()

    in_an_hour = cases.try_claim(doer, done_at=iso(at + timedelta(hours=1)))
    by_a_fast_clock = cases.try_claim(doer, id=own_id(), done_at=iso(at + timedelta(minutes=2)))

    assert (in_an_hour.status_code, in_an_hour.json["code"]) == (422, "done_in_future")
    assert (by_a_fast_clock.status_code, by_a_fast_clock.json["done_at"]) == (201, iso(at))
    assert cases.try_claim(doer, id=by_a_fast_clock.json["id"], done_at=iso(at + timedelta(minutes=2))).json == (
        by_a_fast_clock.json
    )


def test_a_deed_can_be_claimed_for_90_days(doer: Person, cases: Cases) -> None:
    done_at = iso(cases.clock.now())
    cases.clock.forward(days=90)
    assert cases.try_claim(doer, done_at=done_at).status_code == 201
    cases.clock.forward(seconds=1)

    answer = cases.try_claim(doer, done_at=done_at)

    assert (answer.status_code, answer.json["code"], answer.json["window_days"]) == (422, "claim_window_over", 90)


def test_hours_are_claimed_in_minutes(town: Town, cases: Cases) -> None:
    cases.deed("read-aloud", unit="hour", points=2)
    doer = town.resident()

    without = cases.try_claim(doer, "read-aloud")
    claimed = cases.try_claim(doer, "read-aloud", quantity=100)

    assert (without.status_code, without.json["code"]) == (422, "quantity_required")
    assert (claimed.json["quantity"], claimed.json["unit"], claimed.json["points_expected"]) == (100, "hour", 3)


def test_what_cannot_be_meant_is_refused(doer: Person, cases: Cases) -> None:
    senseless: list[dict[str, Any]] = [
        {"points": 50},
        {"status": "approved"},
        {"citizen_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
        {"quantity": 0},
        {"quantity": 1.5},
        {"quantity": "2"},
        {"quantity": True},
        {"quantity": 10**15},
        {"done_at": "2026-11-23T10:00:00"},
        {"done_at": "yesterday"},
        {"note": "a\0b"},
        {"note": "x" * 2001},
        {"deed": "No Code"},
        {"event": "here"},
        {"without_points": "no"},
    ]

    for said in senseless:
        assert cases.try_claim(doer, **said).status_code == 422, said
    assert doer.get("/submissions").json["items"] == []


def test_a_note_can_be_changed_until_the_decision(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)

    changed = doer.patch(f"/submissions/{submission}", json={"note": "Forty litres"})

    assert (changed.status_code, changed.json["note"], changed.headers["ETag"]) == (200, "Forty litres", '"3"')
    cases.decide(town.verifier(), submission, revision=3)
    too_late = doer.patch(f"/submissions/{submission}", json={"note": "Fifty"})
    assert (too_late.status_code, too_late.json["code"]) == (409, "already_decided")


def test_the_same_note_again_changes_nothing(doer: Person, cases: Cases) -> None:
    submission = cases.claim(doer, note="Once")

    assert doer.patch(f"/submissions/{submission}", json={"note": "Once"}).headers["ETag"] == '"1"'


def test_a_claim_can_be_withdrawn_until_it_is_decided(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer)

    withdrawn = doer.delete(f"/submissions/{submission}")
    again = doer.delete(f"/submissions/{submission}")

    assert (withdrawn.status_code, withdrawn.json["status"]) == (200, "withdrawn")
    assert again.json == withdrawn.json
    assert cases.lease(verifier) is None
    assert cases.try_decide(verifier, submission, revision=3).json["code"] == "not_in_review"
    decided = cases.approved(doer, verifier)
    too_late = doer.delete(f"/submissions/{decided}")
    assert (too_late.status_code, too_late.json["code"], too_late.json["submission_status"]) == (
        409,
        "already_decided",
        "approved",
    )


def test_a_verifiers_question_is_answered_by_a_note(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer)
    cases.decide(verifier, submission, ASK)

    answered = doer.patch(f"/submissions/{submission}", json={"note": "The second from the corner"})

    assert (answered.json["status"], answered.json["due_at"]) == ("in_review", None)
    assert cases.lease(verifier) == submission
    cases.decide(verifier, submission, APPROVE, revision=answered.json["revision"])
    assert cases.balance(doer) == 3


def test_nobody_else_sees_or_touches_a_claim(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)
    other = town.resident()

    answers = [
        other.get(f"/submissions/{submission}"),
        other.patch(f"/submissions/{submission}", json={"note": "Mine"}),
        other.delete(f"/submissions/{submission}"),
        cases.send_photo(other, submission),
        town.verifier().get(f"/submissions/{submission}"),
    ]

    absent = other.get(f"/submissions/{own_id()}")
    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.json["code"] for answer in answers} == {absent.json["code"]}
    assert other.get("/submissions").json["items"] == []
    assert cases.seen(doer, submission)["revision"] == 2


def test_my_claims_come_newest_first_without_gap_or_double(doer: Person, cases: Cases) -> None:
    made = []
    for _ in range(5):
        made.append(cases.claim(doer))
        made.append(cases.claim(doer))  # of the same instant
        cases.clock.forward(minutes=1)

    pages, cursor = [], None
    for _ in range(10):
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        answer = doer.get("/submissions", query_string=query).json
        pages += [item["id"] for item in answer["items"]]
        cases.claim(doer)  # while others write
        if not (cursor := answer["next_cursor"]):
            break

    assert sorted(pages) == sorted(made)
    by_instant = [set(made[start : start + 2]) for start in (8, 6, 4, 2, 0)]
    assert [set(pages[start : start + 2]) for start in (0, 2, 4, 6, 8)] == by_instant


def test_who_is_leaving_earns_no_more(doer: Person, cases: Cases) -> None:
    sent = {"id": own_id(), "done_at": iso(cases.clock.now())}
    cases.claim(doer, **sent)
    assert doer.delete("/me").status_code in (200, 202, 204)

    answer = cases.try_claim(doer)

    assert (answer.status_code, answer.json["code"]) == (409, "leaving")
    assert cases.try_claim(doer, **sent).status_code == 200


def test_staff_who_have_not_joined_claim_nothing(town: Town, cases: Cases) -> None:
    cases.deed()

    for person, status in ((town.verifier(), 403), (town.manager(), 403), (town.anyone(), 401)):
        assert cases.try_claim(person).status_code == status


def test_c36_any_deed_can_be_done_without_points(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer, without_points=True)

    decided = cases.decide(town.verifier(), submission)

    assert (decided["status"], decided["points_awarded"], decided["cap_bound"]) == ("approved", 0, None)
    assert cases.balance(doer) == 0
    assert cases.seen(doer, submission)["points_expected"] == 0


def test_c36_whatever_shows_that_it_was_done(doer: Person, town: Town, cases: Cases) -> None:
    organiser, verifier = town.organiser(), town.verifier()
    cases.deed("clean-beach", evidence=["organiser"])
    cases.deed("open-day", evidence=["event_code"], points=1)
    hosted, opened = cases.event(organiser, "clean-beach"), cases.event(organiser, "open-day")
    confirmed = cases.claim(doer, "clean-beach", event=hosted, without_points=True)
    came = cases.claim(doer, "open-day", event=opened, without_points=True)

    organiser.post(f"/submissions/{confirmed}/confirmation", json={"confirmed": True, "quantity": 1})
    cases.decide(verifier, confirmed)
    doer.post("/check-ins", json={"code": cases.code_of(opened, organiser)})

    seen = [cases.seen(doer, submission) for submission in (confirmed, came)]
    assert [(one["status"], one["points_awarded"]) for one in seen] == [("approved", 0)] * 2
    assert cases.balance(doer) == 0


def test_what_waits_is_listed_by_itself_page_by_page(doer: Person, town: Town, cases: Cases) -> None:
    waiting = [cases.claim_with_photo(doer) for _ in range(3)]
    cases.decide(town.verifier(), waiting.pop(0))
    doer.delete(f"/submissions/{waiting.pop(0)}")
    cases.clock.forward(minutes=1)
    waiting.append(cases.claim(doer))

    first = doer.get("/submissions", query_string={"open": "true", "limit": 1}).json
    second = doer.get("/submissions", query_string={"open": "true", "limit": 1, "cursor": first["next_cursor"]}).json

    assert [one["id"] for one in first["items"] + second["items"]] == waiting[::-1]
    assert second["next_cursor"] is None
    assert len(doer.get("/submissions").json["items"]) == 4
