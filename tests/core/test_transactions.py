"""What passes by itself is tried again inside; what does not is a 503 or a 507 that says when to come back."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select, text, update
from werkzeug.test import TestResponse

from app import create_app
from core import db as database_rules
from core import migrations
from core.db import AlreadyThere, Does, db, in_transaction
from core.errors import Conflict, Unavailable
from core.http.attempts import Attempt
from core.settings import Settings
from tests import postgres
from tests.core.conftest import Room

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
API = "/api/v1/room"


class Counted(Conflict):
    """No, and it is counted."""

    stays = True


def add(bucket: str) -> dict[str, Any]:
    db.session.add(Attempt(bucket=bucket, window_starts_at=NOON, tries=1))
    db.session.flush()
    return {"bucket": bucket}


def raise_tries(bucket: str) -> None:
    db.session.execute(update(Attempt).where(Attempt.bucket == bucket).values(tries=Attempt.tries + 1))


def rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        found = in_transaction(lambda: db.session.execute(select(Attempt.bucket, Attempt.tries)).all(), does=Does.READS)
    return {row.bucket: row.tries for row in found}


def within(app: Flask, work: Callable[[], Any], *, does: Does = Does.WRITES) -> Any:
    with app.app_context():
        return in_transaction(work, does=does)


# --- what passes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_that_lock_each_other_out_both_get_through(app: Flask) -> None:
    within(app, lambda: [add("a"), add("b")])
    both_hold_one = Barrier(2)
    runs: list[str] = []

    def move(first: str, second: str) -> Callable[[], None]:
        def work() -> None:
            runs.append(first)
            raise_tries(first)
            if len(runs) <= 2:  # only the first try of each waits for the other, and so into a deadlock
                both_hold_one.wait(timeout=20)
            raise_tries(second)

        return work

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(within, app, move(*pair)) for pair in (("a", "b"), ("b", "a"))]:
            done.result(timeout=30)

    assert rows(app) == {"a": 3, "b": 3}
    assert len(runs) == 3


def test_a_lost_update_is_not_possible_for_who_locks_in_one_statement(app: Flask) -> None:
    within(app, lambda: add("a"))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(within, app, lambda: raise_tries("a")) for _ in range(20)]:
            done.result(timeout=30)

    assert rows(app) == {"a": 21}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_writers_on_one_file_wait_for_each_other(app: Flask) -> None:
    """Read, then write what was read plus one: without `BEGIN IMMEDIATE` updates would be lost here."""
    within(app, lambda: add("a"))

    def count_up() -> None:
        tries = db.session.scalars(select(Attempt.tries).where(Attempt.bucket == "a")).one()
        db.session.execute(update(Attempt).where(Attempt.bucket == "a").values(tries=tries + 1))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(within, app, count_up) for _ in range(40)]:
            done.result(timeout=30)

    assert rows(app) == {"a": 41}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_readers_do_not_wait_for_a_writer(app: Flask) -> None:
    def write() -> dict[str, int]:
        add("a")
        with ThreadPoolExecutor() as pool:
            return pool.submit(rows, app).result(timeout=5)

    assert within(app, write) == {}
    assert rows(app) == {"a": 1}


def test_who_waits_too_long_for_a_lock_is_told_to_come_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait is made short here; a request waits some seconds, a few times, within a bound."""
    monkeypatch.setattr(database_rules, "PATIENCE_SECONDS", 0.3)
    within(app, lambda: add("a"))
    _wait_for_locks(app, milliseconds=100)
    tries: list[int] = []

    def change() -> None:
        tries.append(1)
        raise_tries("a")

    def hold() -> None:
        raise_tries("a")
        with ThreadPoolExecutor() as pool, pytest.raises(Unavailable) as told:
            pool.submit(within, app, change).result(timeout=20)
        assert told.value.facts["retry_after"] >= 1

    within(app, hold)

    assert rows(app) == {"a": 2}
    assert len(tries) <= 4


def _wait_for_locks(app: Flask, *, milliseconds: int) -> None:
    with app.app_context():
        db.engine.dispose()
        says = "SET lock_timeout = {}" if db.engine.dialect.name == "postgresql" else "PRAGMA busy_timeout = {}"

        @event.listens_for(db.engine, "connect")
        def shorten(connection: Any, _record: Any) -> None:
            connection.execute(says.format(milliseconds))
            connection.commit()


def test_work_that_never_gets_through_is_tried_a_bounded_number_of_times(app: Flask) -> None:
    tries: list[int] = []

    def lose() -> None:
        tries.append(1)
        add("a")
        db.session.expunge_all()
        add("a")

    with pytest.raises(AlreadyThere):
        within(app, lose)

    assert len(tries) == database_rules.TRIES
    assert rows(app) == {}


def test_a_refusal_whose_rows_cannot_be_committed_is_no_bare_error(app: Flask) -> None:
    """What stays is committed like anything else: when the database says no then, it is the database's no."""

    def refuse() -> None:
        db.session.execute(insert(Attempt).values(bucket="a", window_starts_at=NOON, tries=1))
        db.session.add(Attempt(bucket="a", window_starts_at=NOON, tries=2))
        raise Counted()

    with pytest.raises(AlreadyThere):
        within(app, refuse)

    assert rows(app) == {}


# --- a database that is away ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_cut_is_not_the_next_ones_trouble(
    app: Flask, client: FlaskClient, room: Room
) -> None:
    room.view = lambda: add("a")
    assert client.post(f"{API}/writes").status_code == 200

    def cut_the_others() -> None:
        mine = "pid <> pg_backend_pid() AND datname = current_database()"
        db.session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))

    other = create_app(app.extensions["bonafeta"])
    within(other, cut_the_others)
    with other.app_context():
        db.engine.dispose()
    room.view = lambda: add("b")

    assert client.post(f"{API}/writes").status_code == 200
    assert rows(app) == {"a": 1, "b": 1}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_cut_in_the_middle_is_a_503_and_leaves_nothing(
    app: Flask, client: FlaskClient, room: Room
) -> None:
    def view() -> dict[str, Any]:
        add("a")
        db.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return add("b")

    room.view = view

    answer = client.post(f"{API}/writes")

    assert is_away(answer)
    assert rows(app) == {}


@pytest.fixture
def own_app(tmp_path: Path) -> Iterator[Callable[[str], tuple[Flask, Room]]]:
    """Makes an app on this URL."""
    made: list[Flask] = []

    def make(url: str) -> tuple[Flask, Room]:
        made.append(create_app(Settings.load({"BONAFETA_DATABASE_URL": url, "BONAFETA_INSTANCE": str(tmp_path)})))
        room = Room()
        made[-1].extensions["openapi"].register_blueprint(room.routes)
        return made[-1], room

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def test_a_database_that_stops_is_a_503_until_it_is_there_again(
    own_app: Callable[[str], tuple[Flask, Room]],
) -> None:
    """The same process serves again by itself; nobody restarts it (promises A39)."""
    with postgres.running() as url:
        migrations.upgrade(_driver(url))
        app, room = own_app(_driver(url))
        client = app.test_client()
        room.view = lambda: add("a")
        before = client.post(f"{API}/writes")

        start = _stop(url)
        during = [client.post(f"{API}/writes"), client.post(f"{API}/reads"), client.get("/readyz")]
        lives = client.get("/healthz")
        start()
        room.view = lambda: add("b")
        after = [client.get("/readyz"), client.post(f"{API}/writes")]

        assert before.status_code == 200
        assert all(is_away(answer) for answer in during)
        assert lives.status_code == 200
        assert [answer.status_code for answer in after] == [200, 200]
        assert rows(app) == {"a": 1, "b": 1}


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


def _stop(url: str) -> Callable[[], None]:
    """Stop this server and say how to start it again."""
    with psycopg.connect(url) as connection:
        asked = "SELECT setting, current_setting('data_directory'), current_setting('unix_socket_directories')"
        found = connection.execute(f"{asked} FROM pg_config WHERE name = 'BINDIR'").fetchone()
    assert found
    binaries, data, sockets = found

    def control(*what: str) -> None:
        subprocess.run(
            [Path(binaries) / "pg_ctl", f"--pgdata={data}", f"--log={sockets}/log", "--wait", *what],
            user=postgres.NOBODY,
            group=postgres.NOBODY,
            cwd=sockets,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    control("--mode=fast", "stop")
    return lambda: control(f"--options=-c listen_addresses= -c unix_socket_directories={sockets}", "start")


def is_away(answer: TestResponse) -> bool:
    assert answer.status_code == 503, answer.data
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["code"] == "unavailable"
    assert int(answer.headers["Retry-After"]) >= 1
    return True


# --- a disk that is full ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_is_a_507_and_reading_goes_on(app: Flask, client: FlaskClient, room: Room) -> None:
    """And when there is room again, writing goes on by itself (promises A38)."""
    pages = _let_the_file_grow(app, to=0)
    room.view = lambda: [add(f"{number:0100}") for number in range(2000)]

    full = client.post(f"{API}/writes")
    room.view = lambda: {"rows": len(db.session.scalars(select(Attempt)).all())}
    read = client.post(f"{API}/reads")
    _let_the_file_grow(app, to=pages + 1000)
    room.view = lambda: add("a")
    after = client.post(f"{API}/writes")

    assert full.status_code == 507
    assert full.content_type == "application/problem+json"
    assert full.get_json(force=True)["code"] == "insufficient_storage"
    assert int(full.headers["Retry-After"]) >= 1
    assert read.get_json() == {"rows": 0}
    assert after.status_code == 200
    assert rows(app) == {"a": 1}


def _let_the_file_grow(app: Flask, *, to: int) -> int:
    """SQLite then says that the disk is full above that many pages, or above those that it has; returns these."""
    with app.app_context():
        db.engine.dispose()

        @event.listens_for(db.engine, "connect")
        def limit(connection: Any, _record: Any) -> None:
            connection.execute(f"PRAGMA max_page_count = {max(to, 1)}")

        with db.engine.connect() as connection:
            return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_cannot_be_written_is_a_503_and_reading_goes_on(
    app: Flask, client: FlaskClient, room: Room
) -> None:
    with app.app_context():
        db.engine.dispose()

        @event.listens_for(db.engine, "connect")
        def protect(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA query_only = ON")

    room.view = lambda: add("a")
    written = client.post(f"{API}/writes")
    room.view = lambda: {"rows": len(db.session.scalars(select(Attempt)).all())}
    read = client.post(f"{API}/reads")

    assert is_away(written)
    assert read.get_json() == {"rows": 0}


# --- one at a time ----------------------------------------------------------------------------------------------------


def test_a_transaction_does_not_open_within_another(app: Flask) -> None:
    with pytest.raises(AssertionError):
        within(app, lambda: in_transaction(lambda: add("a")))

    assert rows(app) == {}


def test_nothing_is_read_between_transactions(app: Flask) -> None:
    """A row read after its commit would begin a transaction that nobody ends; on SQLite it would hold all writers."""

    def add_row() -> Attempt:
        row = Attempt(bucket="a", window_starts_at=NOON, tries=1)
        db.session.add(row)
        return row

    with app.app_context():
        row = in_transaction(add_row)
        assert row.tries == 1

        with pytest.raises(AssertionError):
            in_transaction(lambda: add("b"))
