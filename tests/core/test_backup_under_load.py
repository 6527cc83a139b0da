"""A backup taken while everybody writes holds all that was acknowledged before it began, and is one moment (A40)."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from catalogue.models import Evidence, Submission
from core.clock import iso
from core.db import Does, db, in_transaction
from core.settings import Settings
from rewards.models import Voucher
from tests import served
from tests.catalogue.cases import Cases, photo, upload_of
from tests.core.test_backup import Place, PlaceOf, assert_all_is_well, place_on  # noqa: F401  a fixture
from tests.races.serving import Server
from tests.rewards.market import Market
from tests.town import Person, Town

PHONES = 3
ROUNDS_BEFORE = 2
"""So many rounds has each phone behind it before the backup begins; it goes on until the backup has ended."""
MODELS: dict[str, Any] = {"submission": Submission, "evidence": Evidence, "voucher": Voucher}


@dataclass
class Crowd:
    """Phones that claim, send photos and buy, and what the server said yes to, with the moment of the answer."""

    server: Server
    is_over: threading.Event = field(default_factory=threading.Event)
    yes: list[tuple[float, str, str]] = field(default_factory=list)
    no: list[object] = field(default_factory=list)

    def phone(self, token: str, done_at: str, shade: int) -> None:
        while not self.is_over.is_set():
            claim = self._send("submission", "/submissions", token, {"deed": "water-trees", "done_at": done_at})
            if claim:
                self._send_photo(f"/submissions/{claim}/evidence", token, shade)
            self._send("voucher", "/vouchers", token, {"benefit": "museum-ticket", "price_points": 1})

    def acknowledged(self, *, before: float) -> dict[str, set[UUID]]:
        return {name: {UUID(fact) for at, kind, fact in self.yes if kind == name and at < before} for name in MODELS}

    def _send(self, kind: str, path: str, token: str, body: dict[str, object]) -> str | None:
        key = {"Idempotency-Key": secrets.token_hex(8)}
        answer = self.server.send("POST", path, token=token, json_body=body, headers=key)
        if answer.status == 201:
            self.yes.append((time.monotonic(), kind, answer.json["id"]))
            return str(answer.json["id"])
        if answer.status != 409:  # the cap of the day, no points left
            self.no.append(answer)
        return None

    def _send_photo(self, path: str, token: str, shade: int) -> None:
        body, content_type = upload_of(photo(shade))
        headers = {"Content-Type": content_type}
        answer = self.server.send("POST", path, token=token, raw_body=body, headers=headers)
        if answer.status == 201:
            self.yes.append((time.monotonic(), "evidence", answer.json["id"]))
        else:
            self.no.append(answer)


def shopper(town: Town, cases: Cases, first: Person, second: Person) -> str:
    """The token of a resident with points."""
    person = town.resident()
    submission = cases.claim_with_photo(person, "teach-swimming")
    cases.decide(first, submission)
    cases.decide(second, submission, revision=3)
    assert person.token
    return person.token


def test_all_that_was_acknowledged_before_a_backup_under_load_is_in_it(
    town: Town,
    app: Flask,
    settings: Settings,
    environ: dict[str, str],
    place_on: PlaceOf,  # noqa: F811
    tmp_path: Path,
) -> None:
    """And it comes back on the other database, whole."""
    cases, market = Cases(town), Market(town)
    cases.deed("water-trees", max_per_day=1000, max_per_year=1000)
    cases.deed("teach-swimming", points=50)
    market.benefit(price_points=1)
    verifiers = town.verifier(), town.verifier()
    tokens = [shopper(town, cases, *verifiers) for _ in range(PHONES)]
    with served.serving(environ) as running:
        crowd = Crowd(Server(running))
        done_at = iso(town.clock.now())
        phones = [
            threading.Thread(target=crowd.phone, args=(token, done_at, shade)) for shade, token in enumerate(tokens)
        ]
        sealer = threading.Thread(target=_seal_again_and_again, args=(town, crowd.is_over))
        for thread in (*phones, sealer):
            thread.start()
        _wait_until(lambda: len(crowd.yes) >= PHONES * ROUNDS_BEFORE * 3)
        began = time.monotonic()
        made = served.run("backup", str(tmp_path / "town.backup"), environ=environ)
        ended = time.monotonic()
        crowd.is_over.set()
        for thread in (*phones, sealer):
            thread.join()

    with place_on("postgresql" if settings.is_sqlite else "sqlite") as there:
        restored = there.flask("restore", str(tmp_path / "town.backup"))

        assert (made.returncode, restored[0], crowd.no) == (0, 0, []), (made.stderr, restored[1])
        before, kept = crowd.acknowledged(before=began), _ids(there)
        assert {name: ids - kept[name] for name, ids in before.items()} == {name: set() for name in MODELS}
        assert all(len(ids) >= PHONES for ids in before.values())
        assert sum(began < at < ended for at, _, _ in crowd.yes) > PHONES, "nobody wrote meanwhile"
        assert_all_is_well(there)


def _ids(place: Place) -> dict[str, set[UUID]]:
    def read() -> dict[str, set[UUID]]:
        return {name: set(db.session.scalars(select(model.id))) for name, model in MODELS.items()}

    with place.app.app_context():
        return in_transaction(read, does=Does.SNAPSHOT)


def _seal_again_and_again(town: Town, is_over: threading.Event) -> None:
    while not is_over.wait(0.1):
        town.run_job("seal-audit")


def _wait_until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not is_so():
        if time.monotonic() > ends:
            pytest.fail("nothing happens")
        threading.Event().wait(0.01)
