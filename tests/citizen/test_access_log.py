"""Everyone sees which office looked at what of theirs and why; the auditor sees all, and is seen (charter C43)."""

from typing import Any

import pytest

from core.http.doors import Role
from tests.town import Person, Town


def all_pages(person: Person, path: str, *, limit: int = 2, **query: str) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        page = person.get(path, query_string={"limit": limit, **query} | ({"cursor": cursor} if cursor else {})).json
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_c43_who_is_looked_at_sees_by_which_office_when_and_why(town: Town) -> None:
    verifier, manager = town.staff_resident(Role.VERIFIER), town.manager()
    town.clock.forward(minutes=5)
    manager.get("/roles")

    seen = all_pages(verifier, "/me/access-log")

    assert seen[0] == {
        "at": "2026-11-23T10:05:00Z",
        "office": "Oficina de Bones Accions",
        "kind": "role.read",
        "purpose": "administration",
        "object": "",
    }
    assert [(look["kind"], look["office"]) for look in seen[1:]] == [("role.granted", "software")]


def test_ones_own_acts_are_no_looks(town: Town) -> None:
    resident = town.resident()
    resident.patch("/me", json={"name": "Ona"})
    resident.put("/me/consents/name-to-organiser")
    resident.get("/me/export")

    assert all_pages(resident, "/me/access-log") == []


def test_nobody_sees_who_looked_at_others(town: Town) -> None:
    town.manager().get("/roles")

    assert all_pages(town.resident(), "/me/access-log") == []


def test_c43_no_name_or_number_of_staff_is_shown(town: Town) -> None:
    verifier, manager = town.staff_resident(Role.VERIFIER), town.manager()
    manager.get("/roles")

    shown = verifier.get("/me/access-log").data

    assert manager.email.encode() not in shown
    assert str(manager.id).encode() not in shown


def test_the_pages_of_the_log_hold_each_entry_once_while_others_write(town: Town) -> None:
    auditor = town.auditor()
    for minute in range(5):
        town.clock.forward(minutes=minute % 2)
        town.resident()
    first = auditor.get("/audit", query_string={"limit": 100}).json

    paged = all_pages(auditor, "/audit", limit=3)

    ids = [entry["id"] for entry in paged]
    assert len(set(ids)) == len(ids)
    assert [entry["id"] for entry in first["items"]] == [
        entry["id"] for entry in paged if entry["kind"] != "audit.read"
    ]
    assert [entry["at"] for entry in paged] == sorted((entry["at"] for entry in paged), reverse=True)


def test_the_log_is_read_by_office_kind_and_time(town: Town) -> None:
    auditor, manager = town.auditor(), town.manager()
    town.clock.forward(hours=1)
    manager.post("/roles", json={"email": "pau.vila@example.org", "role": "verifier"})
    town.clock.forward(hours=1)
    manager.post("/roles", json={"email": "nil.roca@example.org", "role": "verifier"})

    def kinds(**query: Any) -> list[tuple[str, str]]:
        return [(entry["kind"], entry["at"][11:16]) for entry in all_pages(auditor, "/audit", **query)]

    granted = [("role.granted", f"{hour}:00") for hour in (12, 11)]
    assert kinds(kind="role.granted", office="Oficina de Bones Accions") == granted
    one_hour = {"from": "2026-11-23T11:00:00Z", "to": "2026-11-23T12:00:00Z"}
    assert kinds(kind="role.granted", **one_hour) == granted[1:]
    assert kinds(kind="role.granted", office="nobody") == []


def test_an_entry_names_actor_subject_and_purpose(town: Town) -> None:
    auditor, manager = town.auditor(), town.manager()
    manager.post("/roles", json={"email": auditor.email, "role": "verifier"})

    (entry,) = all_pages(auditor, "/audit", kind="role.granted", office="Oficina de Bones Accions")

    assert set(entry) == {"id", "at", "office", "kind", "subject", "object", "purpose", "actor"}
    assert (entry["actor"], entry["subject"]) == (str(manager.id), str(auditor.id))
    assert (entry["object"], entry["purpose"]) == ("verifier", "administration")


def test_c43_reading_the_log_is_in_the_log(town: Town) -> None:
    auditor, other = town.auditor(), town.auditor()

    auditor.get("/audit")

    assert [entry["actor"] for entry in all_pages(other, "/audit", limit=100, kind="audit.read")] == [str(auditor.id)]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VERIFIER, Role.ORGANISER])
def test_only_auditors_read_the_log(town: Town, role: Role) -> None:
    assert town.staff_resident(role).get("/audit").status_code == 403
    assert town.anyone().get("/audit").status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2026-11-23T11:00:00"},
        {"limit": "0"},
        {"limit": "101"},
        {"cursor": "nonsense"},
        {"cursor": "WyIyMDI2IiwgIngiXQ"},
        {"subject": "x"},
        {"kind": "x" * 61},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(town: Town, query: dict[str, str]) -> None:
    assert town.auditor().get("/audit", query_string=query).status_code == 422
