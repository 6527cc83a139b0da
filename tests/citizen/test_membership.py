"""Nobody takes part without a yes to named terms (C1), and whoever wants to go goes (C2)."""

from dataclasses import replace
from typing import Any

import pytest

from tests.citizen.traces import rows_of
from tests.town import Answer, Town


def code_of(answer: Answer) -> Any:
    return answer.status_code, answer.json["code"]


def me_of(answer: Answer) -> dict[str, Any]:
    assert answer.status_code == 200
    return dict(answer.json)


def with_newer_terms(town: Town) -> None:
    """The council decides on new terms; the deployment is started again with them."""
    town.app.extensions["bonafeta"] = town.with_city(terms=replace(town.city.terms, version="2027-01"))


@pytest.mark.parametrize(("language", "words"), [("en", "Taking part is voluntary"), ("pt", "Participar é voluntário")])
def test_c19_everyone_reads_the_terms_in_their_language(town: Town, language: str, words: str) -> None:
    answer = town.anyone().get("/terms", headers={"Accept-Language": language})

    assert answer.status_code == 200
    assert answer.json["version"] == "2026-11"
    assert answer.json["text"].startswith(words)
    assert answer.headers["Content-Language"] == language
    again = town.anyone().get("/terms", headers={"Accept-Language": language, "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = town.anyone().get("/terms", headers={"Accept-Language": "es", "If-None-Match": answer.headers["ETag"]})
    assert other.status_code == 200


def test_c1_every_resident_said_yes_to_a_named_version_at_a_time(town: Town) -> None:
    town.resident()

    kept = [value for table, value in rows_of(town) if table == "terms_acceptance"]

    assert b"2026-11" in kept
    assert b"2026-11-23 10:00:00+00:00" in kept


def test_staff_join_when_they_say_yes(town: Town) -> None:
    verifier = town.verifier()
    assert verifier.get("/me/points").status_code == 403

    me = me_of(verifier.put("/me/membership", json={"terms_version": "2026-11"}))

    assert (me["terms_version"], me["joined_at"]) == ("2026-11", "2026-11-23T10:00:00Z")
    assert verifier.get("/me/points").status_code == 200


def test_a_yes_to_other_terms_is_no_yes(town: Town) -> None:
    answer = town.verifier().put("/me/membership", json={"terms_version": "2025-01"})

    assert code_of(answer) == (409, "terms_required")
    assert answer.json["terms_version"] == "2026-11"


def test_a_resident_accepts_newer_terms(town: Town) -> None:
    resident = town.resident()
    town.clock.forward(days=60)
    with_newer_terms(town)
    before = me_of(resident.get("/me"))

    after = me_of(resident.put("/me/membership", json={"terms_version": "2027-01"}))

    assert (before["terms_version"], before["terms_in_force"]) == ("2026-11", "2027-01")
    assert (after["terms_version"], after["joined_at"]) == ("2027-01", before["joined_at"])
    accepted = [value for table, value in rows_of(town) if table == "terms_acceptance"]
    assert {b"2026-11", b"2027-01"} <= set(accepted)


def test_c2_leaving_opens_a_window_in_which_everything_still_works(town: Town) -> None:
    resident = town.resident()

    answer = resident.delete("/me")

    assert (answer.status_code, answer.json) == (200, {"status": "leaving", "erase_at": "2026-12-07T10:00:00Z"})
    me = me_of(resident.get("/me"))
    assert (me["status"], me["erase_at"]) == ("leaving", "2026-12-07T10:00:00Z")
    assert resident.get("/me/points").status_code == 200
    code = town.code_for(resident.email)
    body = {"email": resident.email, "code": code}
    assert town.anyone().post("/auth/tokens", json=body).status_code == 200


def test_leaving_again_moves_no_date(town: Town) -> None:
    resident = town.resident()
    first = resident.delete("/me").json
    town.clock.forward(days=3)

    second = resident.delete("/me").json

    assert second == first


def test_who_leaves_is_told_by_mail_until_when_they_can_stay(town: Town) -> None:
    resident = town.resident()

    resident.delete("/me")

    (mail,) = town.mails_to(resident.email)
    assert mail["Subject"] == "Te’n vas – Barcelona"
    assert "2026-12-07" in mail.get_content()


def test_who_was_leaving_may_stay(town: Town) -> None:
    resident = town.resident()
    resident.delete("/me")
    town.clock.forward(days=13)

    me = me_of(resident.put("/me/membership", json={"terms_version": "2026-11"}))

    assert (me["status"], me["erase_at"]) == ("active", None)
    town.clock.forward(days=30)
    assert town.run_job("erase-leavers") == 0
    assert resident.get("/me").status_code == 200


def test_when_the_window_is_over_the_person_is_forgotten(town: Town) -> None:
    leaver, stayer = town.resident(), town.resident()
    leaver.delete("/me")

    town.clock.forward(days=14, seconds=-1)
    assert town.run_job("erase-leavers") == 0
    assert leaver.get("/me").status_code == 200
    town.clock.forward(seconds=1)
    assert town.run_job("erase-leavers") == 1

    assert leaver.get("/me").status_code == 401
    assert stayer.get("/me").status_code == 200
    assert town.run_job("erase-leavers") == 0


@pytest.mark.parametrize("wish", [{"now": "yes"}, {"now": 2}, {"now": None}, {"later": True}])
def test_a_wish_to_leave_that_is_unclear_does_nothing(town: Town, wish: dict[str, Any]) -> None:
    resident = town.resident()

    assert resident.delete("/me", json=wish).status_code == 422
    assert me_of(resident.get("/me"))["status"] == "active"


def test_joining_and_leaving_are_in_the_log(town: Town) -> None:
    resident = town.resident()
    resident.delete("/me")
    resident.put("/me/membership", json={"terms_version": "2026-11"})
    resident.delete("/me", json={"now": True})

    log = town.auditor().get("/audit?limit=100").json

    kinds = [entry["kind"] for entry in log["items"] if entry["subject"] == str(resident.id)]
    assert [kind for kind in reversed(kinds) if kind.startswith("membership")] == [
        "membership.joined",
        "membership.leaving",
        "membership.resumed",
        "membership.erased",
    ]
