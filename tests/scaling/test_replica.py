"""A replica that follows the database answers what is public, and nothing else; without it the town goes on."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app import create_app
from core import migrations
from core.db import db
from core.settings import Settings
from tests import citus_rules, postgres
from tests.catalogue.cases import Cases
from tests.clock import MovableClock
from tests.rewards.market import Market
from tests.town import Town

FOLLOWS_WITHIN_SECONDS = 30


class Replica:
    """A PostgreSQL that follows another by streaming, until it is stopped."""

    def __init__(self, of: str) -> None:
        self._of, self._running = of, ExitStack()
        self.url = self._running.enter_context(postgres.running(replica_of=of))

    def stop(self) -> None:
        self._running.close()

    def hold_back(self) -> None:
        self._ask("SELECT pg_wal_replay_pause()")

    def catch_up(self) -> None:
        """Let it go on, and wait until it has all that was written."""
        self._ask("SELECT pg_wal_replay_resume() WHERE pg_is_wal_replay_paused()")
        with psycopg.connect(self._of) as connection:
            (written,) = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone() or ("",)
        patience_ends = time.monotonic() + FOLLOWS_WITHIN_SECONDS
        while not self._ask(f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"):
            assert time.monotonic() < patience_ends
            time.sleep(0.01)

    def _ask(self, query: str) -> object:
        with psycopg.connect(self.url) as connection:
            return (connection.execute(query.encode()).fetchone() or (None,))[0]


@pytest.fixture
def primary() -> Iterator[str]:
    with postgres.running() as url:
        migrations.upgrade(url.replace("postgresql:", "postgresql+psycopg:"))
        yield url


@pytest.fixture
def replica(primary: str) -> Iterator[Replica]:
    replica = Replica(primary)
    replica.catch_up()
    yield replica
    replica.stop()


@pytest.fixture
def app(primary: str, replica: Replica, clock: MovableClock, tmp_path: Path) -> Iterator[Flask]:
    environ = {
        "BONAFETA_DATABASE_URL": primary,
        "BONAFETA_READ_DATABASE_URL": replica.url,
        "BONAFETA_INSTANCE": str(tmp_path / "instance"),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(clock.file),
    }
    app = create_app(Settings.load(environ))
    with app.app_context():
        engines = list(db.engines.values())
    try:
        with citus_rules.kept(engines[0]):
            yield app
    finally:
        for engine in engines:
            engine.dispose()


@pytest.fixture
def town(app: Flask, clock: MovableClock) -> Town:
    return Town(app, clock)


def codes(town: Town, path: str) -> list[str]:
    return [item["code"] for item in town.anyone().get(path).json["items"]]


def test_public_pages_are_read_from_the_replica_and_nothing_else_is(town: Town, replica: Replica) -> None:
    person = town.resident()
    replica.catch_up()
    replica.hold_back()
    Cases(town).deed("water-trees")
    Market(town).benefit("museum", stock=5)

    hidden = [codes(town, "/deeds"), codes(town, "/benefits"), town.anyone().get("/deeds/water-trees").status_code]
    claimed = Cases(town).claim(person, "water-trees")
    own = [row["id"] for row in person.get("/submissions").json["items"]]

    replica.catch_up()
    assert hidden == [[], [], 404]
    assert own == [claimed], "what a resident has just written is there at once"
    assert codes(town, "/deeds") == ["water-trees"]
    assert codes(town, "/benefits") == ["museum"]


def test_a_page_and_its_etag_come_from_the_same_place(town: Town, replica: Replica) -> None:
    Cases(town).deed("water-trees")
    replica.catch_up()
    before = town.anyone().get("/deeds")
    replica.hold_back()
    Cases(town).deed("clean-beach")

    lagging = town.anyone().get("/deeds", headers={"If-None-Match": before.headers["ETag"]})
    replica.catch_up()
    after = town.anyone().get("/deeds", headers={"If-None-Match": before.headers["ETag"]})

    assert lagging.status_code == 304
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]


def test_without_its_replica_the_town_goes_on_and_says_so_once(
    town: Town, replica: Replica, capsys: pytest.CaptureFixture[str]
) -> None:
    Cases(town).deed("water-trees")
    replica.catch_up()
    assert codes(town, "/deeds") == ["water-trees"]
    capsys.readouterr()

    replica.stop()
    Cases(town).deed("clean-beach")
    answers = [codes(town, "/deeds") for _ in range(3)]

    assert answers == [["clean-beach", "water-trees"]] * 3
    assert capsys.readouterr().err.count("replica away") == 1
