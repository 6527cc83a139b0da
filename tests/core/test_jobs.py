"""Each period of each job takes effect once, whoever runs it, dies, is away or turns the clock (A42 to A45)."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from queue import Queue
from threading import Barrier, Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import JOBS
from core import audit
from core.clock import local_date
from core.db import Does, db, in_transaction
from core.jobs import LEASE, RETRY_AFTER, Job, JobRun, drop_old_runs, run_due
from core.settings import ROOT, Settings
from tests.clock import MovableClock

MADRID = ZoneInfo("Europe/Madrid")
HOURLY = timedelta(hours=1)
Run = Callable[[Job], int | None]


class Works:
    """Work that says how often it was done, and when."""

    def __init__(self) -> None:
        self.at: list[datetime] = []

    def __call__(self, *, at: datetime, settings: Settings) -> int:
        self.at.append(at)
        return 1


@pytest.fixture
def works() -> Works:
    return Works()


@pytest.fixture
def hourly(works: Works) -> Job:
    return Job("test", HOURLY, works, "a job of a test")


@pytest.fixture
def run(app: Flask, settings: Settings) -> Run:
    """A scheduler's tick for one job."""

    def tick(job: Job) -> int | None:
        with app.app_context():
            return run_due(job, settings=settings)

    return tick


def runs(app: Flask) -> dict[datetime, JobRun]:
    with app.app_context():
        found = in_transaction(lambda: db.session.scalars(select(JobRun)).all(), does=Does.READS)
        return {run.period: run for run in found}


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_period_is_done_once_and_the_next_one_too(
    app: Flask, run: Run, hourly: Job, works: Works, clock: MovableClock
) -> None:
    done = [run(hourly), run(hourly)]
    clock.forward(minutes=59)
    done.append(run(hourly))
    clock.forward(minutes=1)
    done += [run(hourly), run(hourly)]

    assert done == [1, None, None, 1, None]
    assert len(works.at) == 2
    assert all(found.finished_at and found.done == 1 for found in runs(app).values())


def test_four_schedulers_do_each_period_once(run: Run, hourly: Job, works: Works, clock: MovableClock) -> None:
    def strike() -> None:
        clock.forward(hours=1)

    ready = Barrier(4, action=strike)

    def schedule() -> int:
        done = 0
        for _ in range(12):
            ready.wait(timeout=60)
            done += run(hourly) or 0
        return done

    with ThreadPoolExecutor(4) as pool:
        done = [scheduler.result(timeout=120) for scheduler in [pool.submit(schedule) for _ in range(4)]]

    assert sum(done) == 12
    assert Counter(hourly.period(at) for at in works.at) == {hourly.period(at): 1 for at in works.at}
    assert len(works.at) == 12


def test_a_job_whose_work_is_shared_keeps_no_periods(app: Flask, run: Run, hourly: Job, works: Works) -> None:
    shared = replace(hourly, is_shared=True)

    assert [run(shared), run(shared)] == [1, 1]
    assert runs(app) == {}


# --- killed, failed, away ---------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here, without another word to the database."""


def test_a_run_that_was_killed_is_taken_over_when_its_lease_is_over(
    app: Flask, run: Run, hourly: Job, works: Works, clock: MovableClock
) -> None:
    def be_killed(*, at: datetime, settings: Settings) -> int:
        raise Killed

    with pytest.raises(Killed):
        run(replace(hourly, work=be_killed))

    early = run(hourly)
    clock.forward(seconds=LEASE.total_seconds() - 1)
    early = early or run(hourly)
    clock.forward(seconds=1)
    late = run(hourly)

    assert (early, late) == (None, 1)
    assert [found.finished_at is not None for found in runs(app).values()] == [True]


def test_a_job_that_fails_is_tried_again_a_minute_later(
    app: Flask, run: Run, hourly: Job, works: Works, clock: MovableClock
) -> None:
    def fail(*, at: datetime, settings: Settings) -> int:
        raise ZeroDivisionError

    assert run(replace(hourly, work=fail)) is None
    assert run(hourly) is None
    clock.forward(seconds=RETRY_AFTER.total_seconds())

    assert run(hourly) == 1
    assert len(works.at) == 1


def test_a_run_taken_over_is_not_let_go_by_who_had_it_before(
    app: Flask, run: Run, hourly: Job, works: Works, clock: MovableClock
) -> None:
    """The first was slow and not dead: it fails while the second is at work, and a third must not join in."""
    seconds_turn, seconds_end = Event(), Event()

    def be_slow_and_fail(*, at: datetime, settings: Settings) -> int:
        clock.forward(seconds=LEASE.total_seconds())
        second.append(pool.submit(run, replace(hourly, work=take_over)))
        assert seconds_turn.wait(timeout=20)
        raise ZeroDivisionError

    def take_over(*, at: datetime, settings: Settings) -> int:
        seconds_turn.set()
        assert seconds_end.wait(timeout=20)
        return 2

    second: list[Any] = []
    with ThreadPoolExecutor() as pool:
        first = run(replace(hourly, work=be_slow_and_fail))
        clock.forward(seconds=RETRY_AFTER.total_seconds())
        third = run(hourly)
        seconds_end.set()
        assert second[0].result(timeout=20) == 2

    assert (first, third, works.at) == (None, None, [])
    assert [found.done for found in runs(app).values()] == [2]


@pytest.mark.parametrize("away", [timedelta(seconds=1), timedelta(hours=1), timedelta(hours=72), timedelta(days=400)])
def test_whoever_was_away_catches_up_in_one_run(
    run: Run, hourly: Job, works: Works, clock: MovableClock, away: timedelta
) -> None:
    """The work starts from what is due by now, so one run for the present period is all that is missed."""
    clock.set(datetime(2026, 11, 23, 10, 59, 59, tzinfo=UTC))
    run(hourly)
    clock.forward(seconds=away.total_seconds())

    assert [run(hourly), run(hourly)] == [1, None]
    assert works.at[-1] == clock.now()


def test_a_clock_that_jumps_back_and_forth_does_no_period_twice(
    app: Flask, run: Run, hourly: Job, works: Works, clock: MovableClock
) -> None:
    start = clock.now()
    for jump in (0, 400, 0, 1, -1, 0, 400, 1, 0):
        clock.set(start + timedelta(days=jump))
        run(hourly)
        clock.forward(minutes=10)
        run(hourly)

    assert len(works.at) == len({hourly.period(at) for at in works.at}) == 4


# --- every day has one ------------------------------------------------------------------------------------------------


@given(
    seconds=st.integers(1, 30 * 24 * 3600),
    starts_at=st.timedeltas(timedelta(0), timedelta(hours=23)),
    since=st.timedeltas(timedelta(0), timedelta(days=30_000)),
)
def test_periods_leave_no_gap_and_do_not_overlap(seconds: int, starts_at: timedelta, since: timedelta) -> None:
    every, at = timedelta(seconds=seconds), datetime(2021, 1, 1, tzinfo=UTC) + since
    job = Job("test", every, Works(), "", starts_at=starts_at)

    period = job.period(at)

    assert period <= at < period + every
    assert job.period(period) == period
    assert job.period(period - timedelta(microseconds=1)) == period - every


@pytest.mark.parametrize("job", [job for job in JOBS if job.every == timedelta(days=1)], ids=lambda job: job.name)
@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_every_day_in_madrid_has_exactly_one_daily_run(job: Job, year: int) -> None:
    """The two days on which the clocks change are days like all others (28 March and 31 October 2027)."""
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=number) for number in range(365)]

    days = [local_date(job.period(noon), zone=MADRID) for noon in noons]

    assert days == [date(year, 1, 1) + timedelta(days=number) for number in range(365)]


@pytest.mark.parametrize("changes_on", [date(2027, 3, 28), date(2027, 10, 31)], ids=["spring", "autumn"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_day_on_which_the_clocks_change_has_one_run_at_its_hour(
    run: Run, hourly: Job, works: Works, clock: MovableClock, changes_on: date
) -> None:
    daily = replace(hourly, every=timedelta(days=1), starts_at=timedelta(hours=8))
    clock.set(datetime.combine(changes_on, datetime.min.time(), UTC) - timedelta(hours=15))
    for _ in range(2 * 70):
        run(daily)
        clock.forward(minutes=30)

    found = [at.astimezone(MADRID) for at in works.at[1:]]
    assert [at.date() for at in found] == [changes_on, changes_on + timedelta(days=1)]
    assert {at.hour for at in found} <= {9, 10}


# --- the table and its commands ---------------------------------------------------------------------------------------


def test_the_table_of_jobs_names_what_the_programme_needs() -> None:
    names = [job.name for job in JOBS]

    assert len(names) == len(set(names))
    assert {"expire-points", "expire-vouchers", "remind", "send-mail", "seal-audit", "drop-idempotency-keys"} <= set(
        names
    )
    assert all(job.tells and job.every >= timedelta(seconds=1) for job in JOBS)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_job_runs_on_an_empty_town(app: Flask, run: Run, job: Job) -> None:
    assert run(job) == 0


def test_once_does_what_is_due_now_whatever_the_period(app: Flask, clock: MovableClock) -> None:
    runner = app.test_cli_runner()
    _write_log(app, clock)

    first, again = (runner.invoke(args=["jobs", "once", "seal-audit"]) for _ in range(2))

    assert (first.exit_code, first.stdout) == (0, "seal-audit: 1 done\n")
    assert (again.exit_code, again.stdout) == (0, "seal-audit: 0 done\n")


def test_once_takes_underscores_and_knows_no_other_names(app: Flask) -> None:
    runner = app.test_cli_runner()

    good = runner.invoke(args=["jobs", "once", "expire_points"])
    bad = runner.invoke(args=["jobs", "once", "make-coffee"])

    assert (good.exit_code, good.stdout) == (0, "expire-points: 0 done\n")
    assert bad.exit_code == 2
    assert "make-coffee" in bad.stderr
    assert "expire-points" in bad.stderr


def test_the_list_says_what_each_does_and_when_it_last_ran(app: Flask, run: Run, clock: MovableClock) -> None:
    runner = app.test_cli_runner()
    jobs = {job.name: job for job in JOBS}
    run(jobs["expire-points"])

    listed = runner.invoke(args=["jobs", "list"]).stdout.splitlines()

    lines = {line.split()[0]: line for line in listed}
    assert list(lines) == list(jobs)
    assert "last 2026-11-23 10:00Z, 0 done" in lines["expire-points"]
    assert "last never" in lines["remind"]
    assert all(job.tells in lines[name] for name, job in jobs.items())


def test_old_runs_are_forgotten_and_unfinished_ones_are_not(
    app: Flask, run: Run, hourly: Job, clock: MovableClock
) -> None:
    run(hourly)
    clock.forward(hours=1)
    with pytest.raises(Killed):
        run(replace(hourly, work=_be_killed))
    clock.forward(days=60)
    run(hourly)

    with app.app_context():
        dropped = in_transaction(lambda: drop_old_runs(at=clock.now()))

    assert dropped == 1
    assert [found.finished_at is None for found in runs(app).values()] == [True, False]


def _be_killed(*, at: datetime, settings: Settings) -> int:
    raise Killed


# --- a real scheduler -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3, 4] if "BONAFETA_SCHEDULERS" in os.environ else [4])
def test_real_schedulers_do_each_period_once_make_up_for_missed_ones_and_stop_when_told(
    app: Flask, environ: dict[str, str], clock: MovableClock, number: int
) -> None:
    """Something falls due in each period, also over three days in which nobody ran. SIGTERM ends them without error."""
    _write_log(app, clock)
    with _schedulers(number, environ) as processes:
        lines = _Lines(processes)
        lines.wait_for("job=seal-audit")
        for away in (timedelta(seconds=1), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=72)):
            _write_log(app, clock)  # the period is done: what comes in it waits for the next
            clock.forward(seconds=away.total_seconds())
            if away > timedelta(seconds=1):  # after a second it is the same period still
                lines.wait_for("job=seal-audit")
        for process in processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(timeout=60) for process in processes]

    assert codes == [0] * number
    assert lines.done == [1, 2, 1, 1]  # each of five entries was sealed once
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0
    with app.app_context():
        open_runs = select(JobRun.job).where(JobRun.finished_at.is_(None))
        assert in_transaction(lambda: db.session.scalars(open_runs).all(), does=Does.READS) == []


@contextmanager
def _schedulers(number: int, environ: dict[str, str]) -> Iterator[list["subprocess.Popen[str]"]]:
    """`flask jobs run`, so many times; each is killed if it does not end by itself within a minute."""
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "jobs", "run"]
    processes = [
        subprocess.Popen(command, env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True)
        for _ in range(number)
    ]
    timers = [threading.Timer(60, process.kill) for process in processes]
    for timer in timers:
        timer.start()
    try:
        yield processes
    finally:
        for process, timer in zip(processes, timers, strict=True):
            timer.cancel()
            process.kill()
            process.wait()
            assert process.stderr
            process.stderr.close()


class _Lines:
    """What the schedulers log, read as it comes; `done` is what each run that did something says."""

    def __init__(self, processes: list["subprocess.Popen[str]"]) -> None:
        self.done: list[int] = []
        self._said: Queue[str] = Queue()
        for process in processes:
            threading.Thread(target=self._read, args=[process], daemon=True).start()

    def wait_for(self, words: str) -> None:
        """Until any of them says so."""
        while words not in (line := self._said.get(timeout=60)):
            pass
        found = re.search(r"done=(\d+)", line)
        assert found, line
        self.done.append(int(found[1]))

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr
        for line in process.stderr:
            self._said.put(line)


def _write_log(app: Flask, clock: MovableClock) -> None:
    with app.app_context():
        in_transaction(lambda: audit.record("deed.changed", by=None, purpose="test", at=clock.now()))
