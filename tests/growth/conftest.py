"""One town on PostgreSQL for what grows, and what its server sends to it while somebody asks for something."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app import create_app
from core.db import db
from core.settings import Settings
from tests.clock import MovableClock
from tests.conftest import STARTS_AT
from tests.fuzz.good_calls import GoodCalls
from tests.fuzz.test_api import OPERATIONS

ALSO = {
    "GET /api/v1/submissions/{submission_id}": ["verifier"],
    "GET /api/v1/evidence/{evidence_id}": ["verifier"],
    "POST /api/v1/till/redemptions": ["till"],
}
"""Who gets there another way than whoever it is for first."""
ASKED = [(operation, role) for operation, roles in OPERATIONS.items() for role in (roles[0], *ALSO.get(operation, ()))]


@dataclass
class Sent:
    """A statement as it reached the database."""

    statement: str
    parameters: Any = field(repr=False)


@dataclass
class Growing:
    """A town, and what is asked of it."""

    app: Flask
    good_calls: GoodCalls

    def ask(self, operation: str, role: str) -> list[Sent]:
        """What a good call sends to the database; who it is by has called before."""
        call = self.good_calls.make(operation, role)
        assert (call.who.token is None) == (call.who.id is None)
        with self.sent() as sent:
            answer = self.good_calls.send(operation, call)
        assert 200 <= answer.status_code < 300, (operation, role, answer.get_data(as_text=True))
        return sent

    def run_job(self, name: str) -> list[Sent]:
        with self.sent() as sent:
            done = self.good_calls.town.run_job(name)
        assert done, f"{name} had nothing to do"
        return sent

    @contextmanager
    def sent(self) -> Iterator[list[Sent]]:
        """The statements that are sent meanwhile, without those that only open and close a transaction."""
        sent: list[Sent] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            sent.append(Sent(statement, parameters))

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)


@contextmanager
def growing(url: str, folder: Path) -> Iterator[Growing]:
    clock = MovableClock(folder / "clock", starts_at=STARTS_AT)
    environ = {
        "BONAFETA_DATABASE_URL": url,
        "BONAFETA_INSTANCE": str(folder / "instance"),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(clock.file),
    }
    app = create_app(Settings.load(environ))
    try:
        yield Growing(app, GoodCalls(app, clock))
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def new_town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Growing]:
    with request.getfixturevalue("postgresql_copies")() as url, growing(url, tmp_path) as town:
        yield town
