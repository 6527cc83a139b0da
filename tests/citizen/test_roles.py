"""A role is given and taken by a manager, and counts from the person's next request on."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from citizen.models import RoleGrant
from core.db import db
from core.http.doors import Role
from core.ids import new_id
from tests.citizen.traces import rows_of
from tests.town import Answer, Person, Town


def grants_of(manager: Person, email: str) -> list[dict[str, Any]]:
    answer = manager.get("/roles?limit=100").json
    assert answer
    return [grant for grant in answer["items"] if grant["email"] == email]


def code_of(answer: Answer) -> Any:
    return answer.status_code, answer.json["code"]


def test_a_role_counts_on_the_next_request(town: Town) -> None:
    manager, resident = town.manager(), town.resident()
    assert resident.get("/audit").status_code == 403

    answer = manager.post("/roles", json={"email": resident.email, "role": "auditor"})

    assert answer.status_code == 201
    assert (answer.json["email"], answer.json["role"]) == (resident.email, "auditor")
    assert resident.get("/audit").status_code == 200


def test_a_role_taken_away_counts_on_the_next_request(town: Town) -> None:
    manager, auditor = town.manager(), town.auditor()
    assert auditor.get("/audit").status_code == 200
    (grant,) = grants_of(manager, auditor.email)

    answer = manager.delete(f"/roles/{grant['id']}")

    assert answer.status_code == 204
    assert auditor.get("/audit").status_code == 403
    assert auditor.get("/me").status_code == 200


def test_the_same_grant_again_is_the_same_grant(town: Town) -> None:
    manager, wish = (
        town.manager(),
        {"email": "pau.vila@example.org", "role": "clerk", "partner": town.partner("museu-picasso")},
    )

    first, second = manager.post("/roles", json=wish), manager.post("/roles", json=wish)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert len(grants_of(manager, "pau.vila@example.org")) == 1


def test_the_same_grant_with_another_office_is_the_same_grant_for_that_office(town: Town) -> None:
    manager, wish = town.manager(), {"email": "pau.vila@example.org", "role": "verifier"}
    first = manager.post("/roles", json=wish | {"office": "Districte de Gràcia"}).json

    second = manager.post("/roles", json=wish | {"office": "Districte de Sants"}).json

    assert second == first | {"office": "Districte de Sants"}
    assert manager.post("/roles", json=wish).json == second


def test_nobody_is_clerk_of_a_partner_that_there_is_not(town: Town) -> None:
    manager = town.manager()

    answer = manager.post("/roles", json={"email": "pau.vila@example.org", "role": "clerk", "partner": "nobody"})

    assert (answer.status_code, answer.json["code"], answer.json["partner"]) == (422, "partner_unknown", "nobody")
    assert grants_of(manager, "pau.vila@example.org") == []


def test_one_clerk_may_serve_two_partners(town: Town) -> None:
    manager = town.manager()
    for partner in ("museu-picasso", "museu-maritim"):
        wish = {"email": "pau.vila@example.org", "role": "clerk", "partner": town.partner(partner)}
        assert manager.post("/roles", json=wish).status_code == 201

    assert {grant["partner"] for grant in grants_of(manager, "pau.vila@example.org")} == {
        "museu-picasso",
        "museu-maritim",
    }


@pytest.mark.parametrize(
    "wish",
    [
        {"role": "clerk"},
        {"role": "clerk", "partner": "No Code"},
        {"role": "clerk", "partner": None},
        {"role": "verifier", "partner": "museu-picasso"},
        {"role": "resident"},
        {"role": "mayor"},
        {"role": "verifier", "office": "x" * 121},
        {"role": "verifier", "granted_at": "2020-01-01T00:00:00Z"},
        {"role": "verifier", "email": "not an address"},
    ],
)
def test_a_grant_that_makes_no_sense_is_refused(town: Town, wish: dict[str, Any]) -> None:
    manager = town.manager()

    answer = manager.post("/roles", json={"email": "pau.vila@example.org"} | wish)

    assert answer.status_code == 422
    assert grants_of(manager, "pau.vila@example.org") == []


def test_whoever_is_granted_a_role_need_not_be_a_member_and_does_not_become_one(town: Town) -> None:
    town.manager().post("/roles", json={"email": "pau.vila@example.org", "role": "verifier"})

    code = town.code_for("pau.vila@example.org")
    answer = town.anyone().post("/auth/tokens", json={"email": "pau.vila@example.org", "code": code})

    carry = {"Authorization": f"Bearer {answer.json['access_token']}"}
    me = town.anyone().get("/me", headers=carry).json
    assert (me["terms_version"], me["joined_at"]) == (None, None)
    assert me["roles"] == [{"role": "verifier", "partner": None, "office": "Oficina de Bones Accions"}]
    assert town.anyone().get("/me/points", headers=carry).status_code == 403
    assert not [value for table, value in rows_of(town) if table == "terms_acceptance"]


def test_a_manager_cannot_take_their_own_role_but_another_can(town: Town) -> None:
    one, other = town.manager(), town.manager()
    (grant,) = grants_of(one, one.email)

    assert code_of(one.delete(f"/roles/{grant['id']}")) == (409, "own_role")
    assert other.delete(f"/roles/{grant['id']}").status_code == 204
    assert one.get("/roles").status_code == 403


def test_a_manager_may_take_another_role_of_their_own(town: Town) -> None:
    manager = town.manager()
    own = town.manager().post("/roles", json={"email": manager.email, "role": "auditor"}).json

    assert manager.delete(f"/roles/{own['id']}").status_code == 204


@pytest.mark.parametrize(
    "wish",
    [
        {"role": "auditor"},
        {"role": "clerk", "partner": "museu-picasso"},
        {"role": "manager", "office": "Alcaldia"},  # what they are already, in another office's name
    ],
)
def test_nobody_gives_themself_a_role(town: Town, wish: dict[str, Any]) -> None:
    town.partner("museu-picasso")
    manager = town.manager()

    answer = manager.post("/roles", json={"email": manager.email.upper()} | wish)

    assert code_of(answer) == (409, "own_role")
    assert [(grant["role"], grant["office"]) for grant in grants_of(manager, manager.email)] == [("manager", None)]


def test_a_grant_that_is_not_there_is_not_found(town: Town) -> None:
    assert town.manager().delete(f"/roles/{new_id()}").status_code == 404


@pytest.mark.parametrize("role", [Role.VERIFIER, Role.ORGANISER, Role.AUDITOR])
def test_only_managers_see_and_change_roles(town: Town, role: Role) -> None:
    person = town.staff_resident(role)

    answers = [
        person.get("/roles"),
        person.post("/roles", json={"email": person.email, "role": "manager"}),
        person.delete(f"/roles/{new_id()}"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_nobody_sees_roles_without_signing_in(town: Town) -> None:
    assert town.anyone().get("/roles").status_code == 401


def test_the_pages_of_roles_hold_each_once(town: Town) -> None:
    manager = town.manager()
    clerks = [town.clerk("museu-picasso").email for _ in range(4)]
    seen, cursor = [], None
    while True:
        page = manager.get("/roles", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {})).json
        seen += [grant["email"] for grant in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert seen == [manager.email, *clerks]


def test_who_gives_takes_and_reads_roles_is_in_the_log(town: Town) -> None:
    manager, auditor = town.manager(), town.auditor()
    wish = {"email": "pau.vila@example.org", "role": "clerk", "partner": town.partner("mnac")}
    granted = manager.post("/roles", json=wish).json
    manager.delete(f"/roles/{granted['id']}")
    manager.get("/roles")

    log = auditor.get("/audit?limit=100").json

    entries = [entry for entry in log["items"] if entry["actor"] == str(manager.id)]
    told = {(entry["kind"], entry["object"]) for entry in entries}
    assert {("role.granted", "clerk:mnac"), ("role.revoked", "clerk:mnac")} <= told
    assert {entry["subject"] for entry in entries if entry["kind"] == "role.read"} == {str(manager.id), str(auditor.id)}


def test_eight_managers_at_once_grant_a_role_once(town: Town) -> None:
    manager = town.manager()
    wish, carry = {"email": "pau.vila@example.org", "role": "verifier"}, {"Authorization": f"Bearer {manager.token}"}

    def ask(_: int) -> int:
        return town.anyone().post("/roles", json=wish, headers=carry).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(ask, range(8)))

    assert statuses == [200] * 7 + [201]
    assert len(grants_of(manager, "pau.vila@example.org")) == 1


def test_the_database_refuses_a_second_grant_of_the_same_role(town: Town) -> None:
    auditor = town.auditor()
    row = {
        "id": new_id(),
        "citizen_id": auditor.id,
        "role": "auditor",
        "partner": None,
        "office": None,
        "granted_at": town.clock.now(),
        "granted_by": None,
    }

    def twice() -> None:
        with pytest.raises(IntegrityError):
            db.session.execute(insert(RoleGrant).values(row))
        db.session.rollback()

    town.does(twice)
