"""A room built for tests: real routes through the real edge, where each test says what the view does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from marshmallow import fields

from core.db import Does
from core.http.doors import ANYONE, SIGNED_IN, Key, Role, open_to
from core.http.openapi import Routes
from core.http.schemas import Instant, Schema, Text, Whole

DOORS: dict[str, dict[str, Any]] = {
    "writes": {"who": ANYONE, "does": Does.WRITES, "key": Key.ACCEPTED},
    "reads": {"who": ANYONE, "does": Does.READS},
    "looks": {"who": ANYONE, "does": Does.SNAPSHOT},
    "phases": {"who": SIGNED_IN, "does": Does.PHASES, "takes_json": False},
    "keyed": {"who": SIGNED_IN, "does": Does.WRITES, "key": Key.ACCEPTED},
    "pays": {"who": Role.RESIDENT, "does": Does.WRITES, "key": Key.REQUIRED},
    "pays-other": {"who": Role.RESIDENT, "does": Does.WRITES, "key": Key.REQUIRED},
}


class Part(Schema):
    """What lies within."""

    note = Text(at_most=100)


class Wish(Schema):
    """A body with one field of each kind."""

    points = Whole(at_least=1, at_most=1000)
    note = Text(at_most=100, lines=True)
    at = Instant()
    part = fields.Nested(Part)


class Asked(Schema):
    """A query."""

    note = Text(at_most=100)


class Room:
    """`room.view` is what the routes of `DOORS` do; `room.on_replay` is asked before a stored answer of `checked`."""

    def __init__(self) -> None:
        self.view: Callable[[], Any] = dict
        self.on_replay: Callable[[], Any] = dict
        self.routes = Routes("room", __name__)
        checked = {"who": SIGNED_IN, "does": Does.WRITES, "key": Key.REQUIRED, "on_replay": lambda _: self.on_replay()}
        for name, door in (DOORS | {"checked": checked}).items():
            self._open(name, **door)
        self._read_wishes()

    def _open(self, name: str, **door: Any) -> None:
        def view() -> Any:
            """Do what the test says."""
            return self.view()

        view.__name__ = name.replace("-", "_")
        self.routes.route(f"/room/{name}", methods=["POST"])(open_to(**door)(view))

    def _read_wishes(self) -> None:
        @self.routes.route("/room/wishes", methods=["POST"])
        @open_to(ANYONE, Does.WRITES)
        @self.routes.arguments(Wish)
        @self.routes.response(200, Wish)
        def post_wish(wish: dict[str, Any]) -> Any:
            """Say back what was understood."""
            return wish

        @self.routes.route("/room/wishes")
        @open_to(ANYONE, Does.READS)
        @self.routes.arguments(Asked, location="query")
        @self.routes.response(200, Asked)
        def get_wish(asked: dict[str, Any]) -> Any:
            """Say back what was asked."""
            return asked


@pytest.fixture
def room(app: Flask) -> Room:
    """A room in the app of this test; ask for it before the first request."""
    room = Room()
    app.extensions["openapi"].register_blueprint(room.routes)
    return room
