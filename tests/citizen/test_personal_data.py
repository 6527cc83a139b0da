"""Everyone can take away all that is kept of them, and none of it is anybody else's (GDPR 15 and 20)."""

from core.http.doors import Role
from tests.town import Town


def test_an_export_holds_everything_that_is_kept_of_me(town: Town) -> None:
    person = town.staff_resident(Role.VERIFIER, name="Ona Ferrer")
    person.patch("/me", json={"district": town.district("gracia"), "language": "es"})
    person.put("/me/consents/name-to-organiser")
    person.delete("/me")

    answer = person.get("/me/export")

    assert answer.status_code == 200
    kept = answer.json["sections"]
    assert kept["profile"] == {
        "id": str(person.id),
        "status": "leaving",
        "created_at": "2026-11-23T10:00:00Z",
        "joined_at": "2026-11-23T10:00:00Z",
        "terms_version": "2026-11",
        "name": "Ona Ferrer",
        "email": person.email,
        "language": "es",
        "district": "gracia",
        "notices": "email",
        "erase_at": "2026-12-07T10:00:00Z",
    }
    assert kept["terms_accepted"] == [{"version": "2026-11", "at": "2026-11-23T10:00:00Z"}]
    assert [row["purpose"] for row in kept["consents"]] == ["name-to-organiser"]
    assert [row["role"] for row in kept["roles"]] == ["verifier"]
    assert len(kept["sessions"]) == 1
    assert [(row["kind"], row["address"]) for row in kept["messages_waiting"]] == [("leaving", person.email)]
    assert {row["kind"] for row in kept["log"]} >= {"membership.joined", "session.opened", "role.granted"}


def test_an_export_holds_nothing_of_anybody_else(town: Town) -> None:
    other = town.resident("Pau Vila")
    other.put("/me/consents/name-to-organiser")
    manager = town.manager()
    manager.post("/roles", json={"email": other.email, "role": "organiser"})
    manager.get("/roles")

    for asker in (town.resident(), manager):
        export = asker.get("/me/export").data

        assert str(asker.id).encode() in export
        assert not [trace for trace in ("Pau Vila", other.email, str(other.id)) if trace.encode() in export]


def test_an_export_holds_no_secret(town: Town) -> None:
    resident = town.resident()

    export = resident.get("/me/export").data

    assert b'"sessions"' in export
    assert not [name for name in (b"seed", b"hash", b"fingerprint") if name in export]
