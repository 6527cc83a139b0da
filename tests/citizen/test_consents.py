"""Consent is for one purpose, in the words that were shown, and is taken back as easily as it was given (C4)."""

from dataclasses import replace
from typing import Any

from citizen.consents import has_consented
from core.http.doors import Role
from tests.town import Person, Town

PURPOSE = "name-to-organiser"
PATH = f"/me/consents/{PURPOSE}"


def shown_to(person: Person) -> dict[str, Any]:
    me = person.get("/me", headers={"Accept-Language": "en"}).json
    (consent,) = me["consents"]
    return dict(consent)


def holds(town: Town, person: Person) -> Any:
    assert person.id
    citizen_id, city = person.id, town.app.extensions["bonafeta"].city
    return town.does(lambda: has_consented(citizen_id, PURPOSE, city=city))


def test_nobody_has_consented_before_they_did(town: Town) -> None:
    resident = town.resident()

    assert shown_to(resident) == {
        "purpose": PURPOSE,
        "version": "1",
        "text": "The organiser of an event that I name may see the name I gave, to confirm that I came.",
        "given_at": None,
    }
    assert not holds(town, resident)


def test_c4_consent_is_kept_with_its_time_and_words(town: Town) -> None:
    resident = town.resident()

    answer = resident.put(PATH, headers={"Accept-Language": "en"})

    assert answer.status_code == 200
    assert answer.json == shown_to(resident)
    assert shown_to(resident)["given_at"] == "2026-11-23T10:00:00Z"
    assert holds(town, resident)


def test_consenting_twice_is_consenting_once(town: Town) -> None:
    resident = town.resident()
    first = resident.put(PATH).json
    town.clock.forward(days=1)

    assert resident.put(PATH).json == first


def test_c4_consent_is_taken_back_in_one_call_and_given_again(town: Town) -> None:
    resident = town.resident()
    resident.put(PATH)
    town.clock.forward(days=1)

    assert [resident.delete(PATH).status_code for _ in range(2)] == [204, 204]
    assert shown_to(resident)["given_at"] is None
    assert not holds(town, resident)
    resident.put(PATH)
    assert shown_to(resident)["given_at"] == "2026-11-24T10:00:00Z"


def test_a_yes_to_older_words_is_no_yes_to_the_new_ones(town: Town) -> None:
    resident = town.resident()
    resident.put(PATH)
    (asked,) = town.city.consents

    town.app.extensions["bonafeta"] = town.with_city(consents=(replace(asked, version="2"),))

    assert shown_to(resident)["given_at"] is None
    assert not holds(town, resident)


def test_one_persons_consent_is_not_anothers(town: Town) -> None:
    one, other = town.resident(), town.resident()

    one.put(PATH)

    assert not holds(town, other)


def test_a_purpose_that_the_city_does_not_have_is_not_found(town: Town) -> None:
    resident = town.resident()

    assert resident.put("/me/consents/advertising").status_code == 404
    assert resident.delete("/me/consents/advertising").status_code == 404


def test_only_residents_consent(town: Town) -> None:
    assert town.verifier().put(PATH).status_code == 403
    assert town.staff_resident(Role.VERIFIER).put(PATH).status_code == 200


def test_each_consent_and_its_withdrawal_is_in_the_log(town: Town) -> None:
    resident = town.resident()
    resident.put(PATH)
    resident.put(PATH)
    resident.delete(PATH)
    resident.delete(PATH)

    log = town.auditor().get("/audit?limit=100").json

    told = [(entry["kind"], entry["object"]) for entry in log["items"] if entry["kind"].startswith("consent")]
    assert told == [("consent.withdrawn", f"{PURPOSE}:1"), ("consent.given", f"{PURPOSE}:1")]
