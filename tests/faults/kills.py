"""Whatever is killed without a word: nothing acknowledged is lost, nothing is done twice (A32, A35, A42)."""

import os
import random
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import psycopg
from sqlalchemy import func, select

from catalogue.seeding import seed
from core.db import db
from rewards.models import Entry, Lot
from tests import postgres
from tests.faults.wishes import Wishes
from tests.races.serving import Server, children_of, token_of
from tests.served import FLASK
from tests.storms.crowd import Line, Tell, beside
from tests.storms.place import GIFT_POINTS, Place
from tests.storms.storms import Figures, open_ticket

BACK_WITHIN_S = 30


def kill_workers(place: Place, server: Server, tell: Tell, *, kills: int, wishes: int) -> Figures:
    """SIGKILL to worker after worker while phones buy and redeem."""
    wanted = Wishes(place, count=wishes)
    with beside(server.kill_a_worker, times=kills, every_s=(0.05, 0.4), tell=tell) as killed:
        wanted.pour(server, lambda _: None, pace=lambda: (killed[0] + 0.5) / kills)
    wanted.assert_each_has_its_effect_once()
    return {"kills": killed[0], "wishes": wishes, "requests cut off": wanted.cut, "answers": dict(wanted.said)}


def kill_database(place: Place, server: Server, tell: Tell, *, kills: int, wishes: int) -> Figures:
    """SIGKILL to PostgreSQL and all its processes; it is started again and recovers what was acknowledged."""
    wanted, database = Wishes(place, count=wishes), Database(place)

    def kill() -> None:
        database.kill()
        database.start()

    with beside(kill, times=kills, every_s=(0.5, 2), tell=tell) as killed:
        wanted.pour(server, lambda _: None, pace=lambda: (killed[0] + 0.5) / kills)
    wanted.assert_each_has_its_effect_once()
    return {"kills": killed[0], "wishes": wishes, "requests cut off": wanted.cut, "answers": dict(wanted.said)}


def restart_database(place: Place, server: Server, tell: Tell, *, restarts: int) -> Figures:
    """While the database is away: 503 with `Retry-After`, also for who only reads, and the process says that it lives.
    Once it is back, so is the service, with the same workers (A39)."""
    database = Database(place)
    person, ticket = place.town.resident(), open_ticket(place, stock=restarts)
    place.give(person, GIFT_POINTS * restarts)
    token, workers, back_after_s = token_of(person), server.workers(), []
    with Line(server) as line:
        for _ in range(restarts):
            database.stop()
            away = [line.buy(ticket, token=token), line.send("GET", "/me/points", token=token)]
            assert [answer.status for answer in away] == [503, 503], [answer.body for answer in away]
            assert all(int(answer.headers["Retry-After"]) > 0 for answer in away)
            assert (server.status_of("/healthz"), server.status_of("/readyz")) == (200, 503)
            database.start()
            began = time.monotonic()
            while line.send("GET", "/me/points", token=token).status != 200:
                assert time.monotonic() - began < BACK_WITHIN_S
            assert line.buy(ticket, token=token).status == 201
            back_after_s.append(time.monotonic() - began)
            tell(1)
    assert server.workers() == workers, "a worker was started anew"
    assert place.faults() == []
    return {"restarts": restarts, "ms until it served again, at most": round(max(back_after_s) * 1000)}


def kill_schedulers(place: Place, _server: None, tell: Tell, *, kills: int, lots: int) -> Figures:
    """SIGKILL to one scheduler after the other while thousands of lots are due: each lot ends once, whole, and the next
    scheduler takes up the period where the last one died (A11, A42)."""
    chance, killed, cut_short = random.Random(3), 0, 0
    place.cases.deed("walk-dogs", points=3)
    while killed < kills:
        if open_lots(place) == 0:
            due_long_ago = place.town.clock.now() - timedelta(days=740)
            with place.town.app.app_context():
                seed(lots, deeds_each=1, settings=place.town.settings, at=due_long_ago, progress=lambda _: None)
        before = open_lots(place)
        with scheduler(place) as process:
            while open_lots(place) == before:  # it lives until it has begun
                assert process.poll() is None, "a scheduler ended by itself"
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.3))
            process.kill()
        killed += 1
        is_half_done = open_lots(place) > 0
        cut_short += is_half_done
        # The killed one's lease is over, mostly within its period; or the next period has come.
        place.town.clock.forward(minutes=11 if is_half_done else 16)
        tell(1)
    place.town.run_job("expire-points")
    ended = select(func.count(), func.count(Entry.lot_id.distinct())).where(Entry.kind == "expiry")
    entries, distinct = place.town.does(lambda: tuple(db.session.execute(ended).one()))
    closed = select(func.count()).where(Lot.closed_at.is_not(None))
    assert entries == distinct == place.town.does(lambda: db.session.scalar(closed))
    assert open_lots(place) == 0
    assert place.faults() == []
    return {"kills": killed, "lots": entries, "kills that left work half done": cut_short}


def scheduler(place: Place) -> "subprocess.Popen[bytes]":
    with place.log.open("a") as log:
        return subprocess.Popen(
            [*FLASK, "jobs", "run"], cwd=place.root, env={**os.environ, **place.environ}, stdout=log, stderr=log
        )


def open_lots(place: Place) -> int:
    due = select(func.count()).where(Lot.closed_at.is_(None), Lot.expires_at <= place.town.clock.now())
    count: int = place.town.does(lambda: db.session.scalar(due))
    return count


class Database:
    """The PostgreSQL of a place, as its operating system sees it."""

    def __init__(self, place: Place) -> None:
        url = place.environ["BONAFETA_DATABASE_URL"].replace("postgresql+psycopg:", "postgresql:")
        with psycopg.connect(url) as connection:
            found = connection.execute("SHOW data_directory").fetchone()
        assert found
        self._url, self._data = url, Path(found[0])
        self._binaries = Path(os.readlink(f"/proc/{self._pid()}/exe")).parent

    def kill(self) -> None:
        """All its processes at once, as when the power goes."""
        master = self._pid()
        for pid in (master, *children_of(master)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while Path(f"/proc/{master}").exists() and "postgres" in Path(f"/proc/{master}/cmdline").read_text():
            time.sleep(0.01)

    def stop(self) -> None:
        self._control("--mode=immediate", "--wait", "stop")

    def start(self) -> None:
        """With the options it ran with before; returns once it answers."""
        deadline = time.monotonic() + BACK_WITHIN_S
        while not self._answers():
            assert time.monotonic() < deadline, "PostgreSQL does not come back"
            self._control("--wait", "restart")  # it reads them in `postmaster.opts`

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _control(self, *arguments: str) -> None:
        command: list[str | Path] = [
            self._binaries / "pg_ctl",
            f"--pgdata={self._data}",
            f"--log={self._data}/again.log",
            *arguments,
        ]
        user = postgres.NOBODY
        subprocess.run(
            command, user=user, group=user, extra_groups=[] if user else None, stdout=subprocess.DEVNULL, check=False
        )

    def _pid(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])
