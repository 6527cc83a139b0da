"""A town in which there is something of everything, so that requests made at random meet real things."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from citizen import roles
from core.http.doors import STAFF
from tests.clock import MovableClock
from tests.town import Person, Town

PARTNER = "museu-da-vila"


class BusyTown:
    """Residents who are also staff, a catalogue, an event, a submission in review and one approved, vouchers."""

    def __init__(self, app: Flask, data: Path) -> None:
        settings = app.extensions["bonafeta"]
        self.town = Town(app, MovableClock(settings.clock._file, starts_at=settings.clock.now()))
        for command in (["sample"],):
            result = app.test_cli_runner().invoke(args=command)
            assert result.exit_code == 0, result.output
        self.owner = self.everybody()
        self.real: dict[str, list[str]] = self._furnished()
        self._people: dict[str, Person] = {}

    def someone(self, operation: str) -> Person:
        """The owner of the real things; somebody new where the operation ends the caller's own membership."""
        if operation.startswith("DELETE") and operation.endswith(("/me", "/auth/tokens")):
            return self.everybody()
        return self.owner

    def everybody(self) -> Person:
        """A resident with every role there is: no door is closed to them."""
        person = self.town.resident()

        def promote() -> None:
            assert person.id is not None
            for role in sorted(STAFF, key=lambda role: role.value):
                roles.grant(
                    person.email,
                    role,
                    partner=PARTNER if role.value == "clerk" else None,
                    office=None,
                    by=None,
                    at=self.town.clock.now(),
                    settings=self.town.settings,
                )

        self.town.does(promote)
        return person

    def often_real(self, parameters: Mapping[str, Any], path: str, *, chance: random.Random) -> dict[str, Any]:
        """Path parameters, two times of three those of a real thing."""
        kind = path.removeprefix("/api/v1/").split("/")[0]
        return {
            name: chance.choice(self.real[kind]) if self.real.get(kind) and chance.random() < 0.67 else value
            for name, value in parameters.items()
        }

    def _furnished(self) -> dict[str, list[str]]:
        owner, town = self.owner, self.town
        doer, verifier, organiser = town.resident(), town.verifier(), town.organiser()
        now = town.clock.now().isoformat()
        event = organiser.post(
            "/events",
            json={
                "deed": "clean-beach",
                "title": "Clean-up",
                "starts_at": now,
                "ends_at": town.clock.now().replace(hour=20).isoformat(),
                "district": None,
            },
        )
        submissions = []
        for person in (owner, doer):
            for deed in ("paint-bin", "polish-playground"):
                made = person.post("/submissions", json={"deed": deed, "done_at": now, "quantity": 1})
                assert made.status_code == 201, made.json
                submissions.append(made.json["id"])
        own_event = owner.post("/events", json={"deed": "town-fair", "title": "Fair", "starts_at": now, "ends_at": now})
        return {
            "deeds": ["paint-bin", "clean-beach", "visit-neighbour"],
            "benefits": ["museum-ticket", "bus-day"],
            "partners": [PARTNER],
            "events": [answer.json["id"] for answer in (event, own_event) if answer.status_code == 201],
            "submissions": submissions,
            "vouchers": [],
            "me": ["name-to-organiser"],
            "roles": [item["id"] for item in owner.get("/roles").json["items"] if item["email"] == verifier.email],
        }
