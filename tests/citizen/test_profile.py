"""What somebody says of themselves is theirs to change, and nothing else is."""

from typing import Any

import pytest

from tests.town import Town

FIELDS = {
    "id",
    "email",
    "name",
    "language",
    "district",
    "notices",
    "status",
    "joined_at",
    "terms_version",
    "terms_in_force",
    "roles",
    "consents",
    "erase_at",
}


def test_a_resident_sees_their_profile(town: Town) -> None:
    resident = town.resident("Ona Ferrer")

    me = resident.get("/me").json

    assert set(me) == FIELDS
    assert (me["id"], me["name"], me["notices"], me["roles"]) == (str(resident.id), "Ona Ferrer", "email", [])


def test_a_resident_changes_what_is_theirs(town: Town) -> None:
    resident = town.resident()
    changes = {"name": " Núria  Puig ", "language": "es", "district": town.district("gracia"), "notices": "none"}

    answer = resident.patch("/me", json=changes)

    assert answer.status_code == 200
    me = resident.get("/me").json
    assert me == answer.json
    assert {name: me[name] for name in changes} == changes | {"name": "Núria  Puig"}


def test_null_clears_a_name_and_a_district(town: Town) -> None:
    resident = town.resident("Ona Ferrer")
    resident.patch("/me", json={"district": town.district("gracia")})

    me = resident.patch("/me", json={"name": None, "district": None}).json

    assert (me["name"], me["district"]) == (None, None)


def test_what_is_not_named_stays(town: Town) -> None:
    resident = town.resident("Ona Ferrer")

    me = resident.patch("/me", json={"notices": "none"}).json

    assert (me["name"], me["notices"]) == ("Ona Ferrer", "none")


@pytest.mark.parametrize(
    "change",
    [
        {"email": "pau.vila@example.org"},
        {"roles": [{"role": "manager"}]},
        {"status": "active"},
        {"terms_version": "2026-11"},
        {"joined_at": "2020-01-01T00:00:00Z"},
        {"id": "00000000-0000-7000-8000-000000000000"},
        {"points": 100},
        {"erase_at": None},
        {"language": None},
        {"language": "de"},
        {"notices": None},
        {"notices": "post"},
        {"name": ""},
        {"name": "x" * 121},
        {"name": "Ona\u0000"},
        {"name": 7},
        {"district": "Gràcia"},
        {"district": "x" * 61},
    ],
)
def test_what_is_not_theirs_or_makes_no_sense_is_refused(town: Town, change: dict[str, Any]) -> None:
    resident = town.resident("Ona Ferrer")
    before = resident.get("/me").json

    assert resident.patch("/me", json=change).status_code == 422
    assert resident.get("/me").json == before


def test_a_district_that_the_city_does_not_have_is_refused(town: Town) -> None:
    resident = town.resident()
    town.district("gracia")

    answer = resident.patch("/me", json={"name": "Ona", "district": "atlantis"})

    assert (answer.status_code, answer.json["code"], answer.json["district"]) == (422, "district_unknown", "atlantis")
    assert resident.get("/me").json["name"] is None


def test_a_language_that_the_city_does_not_speak_is_refused(town: Town) -> None:
    resident = town.resident()
    town.app.extensions["bonafeta"] = town.with_city(languages=("ca", "es"))

    answer = resident.patch("/me", json={"language": "pt"})

    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": "language", "reason": "Must be one of: ca, es."}]


def test_nobody_has_a_profile_without_signing_in(town: Town) -> None:
    answers = [town.anyone().call(method, "/me", json={}) for method in ("GET", "PATCH", "DELETE")]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
