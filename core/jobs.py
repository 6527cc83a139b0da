"""Each period of each job takes effect once, however many schedulers run, whenever one was killed or was away.

APScheduler only ticks. Which period is due is computed from our clock in UTC; the truth is the row
`job_run (job, period)`; the work itself starts from what is due by now, never from "since last time".
"""

import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import String, Update, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Does, UtcDateTime, db, in_transaction, is_sqlite
from core.settings import Settings

log = structlog.get_logger()

LEASE = timedelta(minutes=10)
RETRY_AFTER = timedelta(minutes=1)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class JobRun(Base):
    """One period of one job: who has it until when, and when it was done."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    period: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    runner: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done: Mapped[int | None]


Work = Callable[..., int]
"""`work(at=..., settings=...) -> how many things were done`. Opens its own transactions, batch by batch; running it
twice, or half, does no harm."""


@dataclass(frozen=True)
class Job:
    """A job of the table in `app.py`. Periods are counted in UTC, so that a change of clocks skips or doubles none."""

    name: str
    every: timedelta
    work: Work
    tells: str
    starts_at: timedelta = timedelta(0)
    is_shared: bool = False  # takes its work row by row under leases of its own, so that schedulers share it

    def period(self, at: datetime) -> datetime:
        """The start of the period that `at` lies in."""
        origin = _EPOCH + self.starts_at
        return origin + (at - origin) // self.every * self.every


def run_due(job: Job, *, settings: Settings) -> int | None:
    """Do the job if its present period is not done yet and nobody else has it; returns how many things were done."""
    at = settings.clock.now()
    if job.is_shared:
        return job.work(at=at, settings=settings)
    period = job.period(at)
    if in_transaction(lambda: _is_done(job, period), does=Does.READS):
        return None
    if not in_transaction(lambda: _claim(job, period, at)):
        return None
    try:
        done = job.work(at=at, settings=settings)
    except Exception:
        log.exception("job failed", job=job.name, period=period.isoformat())
        in_transaction(lambda: _let_go(job, period, at, now=settings.clock.now()))
        return None
    in_transaction(lambda: _finish(job, period, at, done=done, now=settings.clock.now()))
    if done:
        log.info("job done", job=job.name, period=period.isoformat(), done=done)
    return done


def run_forever(app: Flask, jobs: Sequence[Job], *, settings: Settings) -> None:
    """Tick every other second until SIGTERM or SIGINT, and then let what runs come to its end; jobs run beside each
    other, each at most once at a time."""
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(len(jobs))})

    def tick(job: Job) -> None:
        with app.app_context():
            try:
                run_due(job, settings=settings)
            except Exception:
                log.exception("tick failed", job=job.name)

    for job in jobs:
        scheduler.add_job(
            tick,
            "interval",
            seconds=min(job.every.total_seconds(), 2),
            args=[job],
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    # Blocked before any thread starts, so that no thread takes it and no handler runs in the middle of something; a
    # second signal, while what runs comes to its end, asks for nothing more.
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    scheduler.start()
    signal.sigwait(stops)
    scheduler.shutdown()


def last_runs() -> dict[str, Any]:
    """The newest period of each job: `{name: (period, finished_at, done)}`."""
    newest = select(JobRun.job, func.max(JobRun.period).label("period")).group_by(JobRun.job).subquery()
    rows = db.session.execute(
        select(JobRun.job, JobRun.period, JobRun.finished_at, JobRun.done).join(
            newest, (newest.c.job == JobRun.job) & (newest.c.period == JobRun.period)
        )
    )
    return {row.job: row for row in rows}


def drop_old_runs(*, at: datetime) -> int:
    gone = db.session.execute(
        delete(JobRun)
        .where(JobRun.period < at - timedelta(days=60), JobRun.finished_at.is_not(None))
        .returning(JobRun.job)
    )
    return len(gone.all())


def _is_done(job: Job, period: datetime) -> bool:
    done = select(JobRun.finished_at).where(JobRun.job == job.name, JobRun.period == period)
    return db.session.scalar(done) is not None


def _claim(job: Job, period: datetime, at: datetime) -> bool:
    lease = {"runner": f"{socket.gethostname()}:{os.getpid()}", "started_at": at, "leased_until": at + LEASE}
    found = db.session.get(JobRun, (job.name, period))
    if found is None:
        insert = sqlite_insert if is_sqlite() else pg_insert
        new = insert(JobRun).values(job=job.name, period=period, **lease)
        return db.session.execute(new.on_conflict_do_nothing().returning(JobRun.job)).first() is not None
    if found.finished_at is not None or found.leased_until > at:
        return False
    taken = update(JobRun).where(
        JobRun.job == job.name, JobRun.period == period, JobRun.finished_at.is_(None), JobRun.leased_until <= at
    )
    return db.session.execute(taken.values(**lease).returning(JobRun.job)).first() is not None


def _let_go(job: Job, period: datetime, claimed_at: datetime, *, now: datetime) -> None:
    db.session.execute(_mine(job, period, claimed_at).values(leased_until=now + RETRY_AFTER))


def _finish(job: Job, period: datetime, claimed_at: datetime, *, done: int, now: datetime) -> None:
    db.session.execute(_mine(job, period, claimed_at).values(finished_at=now, done=done))


def _mine(job: Job, period: datetime, claimed_at: datetime) -> Update:
    """The run as this scheduler claimed it: one that was taken over meanwhile is somebody else's."""
    return update(JobRun).where(JobRun.job == job.name, JobRun.period == period, JobRun.started_at == claimed_at)
