"""Who leaves takes what is theirs along, and nothing of their words and photos stays (charter C2)."""

from pathlib import Path

from core.http.doors import Role
from tests.catalogue.cases import ASK, Cases, photo
from tests.citizen.traces import rows_of, traces_of
from tests.town import Town

WORDS = ("My aunt's plane tree", "Your aunt's tree", "Carme carried the bags")


def photos_of(town: Town) -> list[Path]:
    return list((town.settings.instance / "evidence").rglob("*.jpg"))


def test_what_one_has_done_can_be_taken_along(town: Town, cases: Cases) -> None:
    cases.deed()
    cases.deed("walk", evidence=["event_code"], points=1)
    doer, organiser, verifier = town.resident(), town.organiser(), town.verifier()
    event = cases.event(organiser, "walk")
    scanned = doer.post("/check-ins", json={"code": cases.code_of(event, organiser)}).json["id"]
    submission = cases.claim_with_photo(doer, note=WORDS[0])
    cases.decide(verifier, submission, ASK)

    sections = doer.get("/me/export").json["sections"]

    mine = {row["id"]: row for row in sections["submissions"]}
    assert set(mine) == {scanned, submission}
    assert (mine[submission]["note"], mine[submission]["status"]) == (WORDS[0], "asked")
    assert [row["submission_id"] for row in sections["check_ins"]] == [scanned]
    assert [row["submission_id"] for row in sections["evidence"]] == [submission]
    assert [(row["submission_id"], row["text"]) for row in sections["decisions"]] == [
        (scanned, None),
        (submission, ASK["text"]),
    ]
    assert str(verifier.id) not in str(sections)
    other = town.resident().get("/me/export").json["sections"]
    assert (other["submissions"], other["evidence"], other["decisions"]) == ([], [], [])
    assert [row["id"] for row in organiser.get("/me/export").json["sections"]["events_announced"]] == [event]


def test_nothing_of_ones_words_photos_and_places_stays(town: Town, cases: Cases) -> None:
    cases.deed()
    cases.deed("sweep", evidence=["organiser", "photo"])
    cases.deed("walk", evidence=["event_code"], points=1)
    doer, organiser, verifier = town.resident(), town.organiser(), town.verifier()
    other = cases.claim_with_photo(town.resident())
    walk, sweep = cases.event(organiser, "walk"), cases.event(organiser, "sweep")
    doer.post("/check-ins", json={"code": cases.code_of(walk, organiser)})
    asked = cases.claim_with_photo(doer, note=WORDS[0])
    cases.decide(verifier, asked, ASK | {"text": WORDS[1]})
    approved = cases.approved(doer, verifier)
    confirmed = cases.claim(doer, "sweep", event=sweep)
    cases.send_photo(doer, confirmed, photo(7))
    said = {"confirmed": False, "text": WORDS[2]}
    assert organiser.post(f"/submissions/{confirmed}/confirmation", json=said).status_code == 200
    assert all(traces_of(word, town=town) for word in WORDS)
    assert doer.delete("/me", json={"now": True}).status_code in (200, 202, 204)

    assert [traces_of(word, town=town) for word in WORDS] == [[], [], []]
    assert len(photos_of(town)) == 1
    tables = {table for table, value in rows_of(town) if value == str(doer.id).encode()}
    assert tables & {"attendance", "evidence", "evidence_owner"} == set()
    assert {"submission", "decision", "confirmation"} < tables
    queue = verifier.get("/review-queue").json
    assert [item["submission"] for item in queue["items"]] == [other]
    assert organiser.get(f"/events/{walk}/attendance").json["items"] == []
    assert organiser.get("/confirmations").json["items"] == []
    why = {"reason_code": "our_mistake", "text": "Too late to matter"}
    reversal = verifier.post(f"/submissions/{approved}/reversal", json=why)
    assert (reversal.status_code, reversal.json["points_taken"]) == (200, 0)
    assert town.run_job("delete-evidence") == 0
    assert town.run_job("lapse-cases") == 0


def test_events_stay_when_their_organiser_goes(town: Town, cases: Cases) -> None:
    cases.deed("sweep", evidence=["organiser"])
    organiser, doer = town.staff_resident(Role.ORGANISER), town.resident()
    event = cases.event(organiser, "sweep")
    submission = cases.claim(doer, "sweep", event=event)
    shown = town.anyone().get(f"/events/{event}").json
    assert organiser.delete("/me", json={"now": True}).status_code in (200, 202, 204)

    assert town.anyone().get(f"/events/{event}").json == shown
    cases.clock.forward(days=14)
    assert town.run_job("lapse-cases") == 1
    assert cases.seen(doer, submission)["status"] == "in_review"


def test_a_case_held_by_a_verifier_who_goes_is_free(town: Town, cases: Cases) -> None:
    cases.deed()
    verifier = town.staff_resident(Role.VERIFIER)
    submission = cases.claim_with_photo(town.resident())
    assert cases.lease(verifier) == submission
    verifier.delete("/me", json={"now": True})

    assert cases.lease(town.verifier()) == submission
