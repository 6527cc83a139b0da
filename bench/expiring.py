"""The points of a whole town reach their date: recorded by our job, by SQL alone, and lot by lot.

Run as a module, `python -m bench.expiring job|batches|lots DAYS`, in a process of its own, so that its memory is the
job's. It says `ready`, begins when it is sent a line, and prints what it did as JSON.
"""

import json
import os
import sys
import time
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import psycopg
from flask import Flask
from sqlalchemy import select

from app import create_app
from bench import machine
from core.db import Does, db, in_transaction
from core.settings import Settings
from rewards import ledger
from rewards.expiry import expire_points
from rewards.models import Lot

RESIDENTS_PER_BATCH = 200
LOTS_ONE_BY_ONE = 300
"""So many lots say well enough how long one takes."""

LOCK = "SELECT 1 FROM account WHERE citizen_id = ANY(%(batch)s) ORDER BY citizen_id FOR NO KEY UPDATE"
RECORD = """
    WITH recorded AS (
        INSERT INTO entry (citizen_id, id, seq, at, kind, direction, points, city_account, reason, lot_id, cause)
        SELECT l.citizen_id, uuidv7(),
            a.entry_seq + row_number() OVER (PARTITION BY l.citizen_id ORDER BY l.expires_at, l.id),
            %(at)s, 'expiry', 'out', l.points_left, 'expired', 'points_expired', l.id, 'date'
        FROM lot l JOIN account a ON a.citizen_id = l.citizen_id
        WHERE l.citizen_id = ANY(%(batch)s) AND a.citizen_id = ANY(%(batch)s) AND l.closed_at IS NULL
            AND l.expires_at <= %(at)s AND l.points_left > 0
        RETURNING citizen_id
    )
    UPDATE account SET entry_seq = entry_seq + entries
    FROM (SELECT citizen_id AS whose, count(*) AS entries FROM recorded GROUP BY citizen_id) counted
    WHERE citizen_id = whose
"""
CLOSE = """
    UPDATE lot SET points_left = 0, closed_at = %(at)s
    WHERE citizen_id = ANY(%(batch)s) AND closed_at IS NULL AND expires_at <= %(at)s
"""


def by_our_job(app: Flask, *, at: datetime) -> int:
    """The job as the city runs it. Returns how many lots."""
    with app.app_context():
        return expire_points(at=at, settings=app.extensions["bonafeta"])


def by_batches(url: str, *, at: datetime) -> int:
    """The same rows by the least SQL that keeps the same promises: 200 residents at a time, locked first."""
    with psycopg.connect(url, autocommit=True) as connection:
        due = connection.execute(
            "SELECT DISTINCT citizen_id FROM lot WHERE closed_at IS NULL AND expires_at <= %s ORDER BY citizen_id", [at]
        )
        residents, lots = [citizen_id for (citizen_id,) in due.fetchall()], 0
        for start in range(0, len(residents), RESIDENTS_PER_BATCH):
            values = {"batch": residents[start : start + RESIDENTS_PER_BATCH], "at": at}
            with connection.transaction():
                connection.execute(LOCK, values)
                connection.execute(RECORD, values)
                lots += connection.execute(CLOSE, values).rowcount
    return lots


def lot_by_lot(app: Flask, *, at: datetime) -> int:
    """The first few hundred, each in a transaction of its own, as the ledger records one."""
    due = select(Lot.citizen_id, Lot.id).where(Lot.closed_at.is_(None), Lot.expires_at <= at).limit(LOTS_ONE_BY_ONE)
    with app.app_context():
        found = in_transaction(lambda: db.session.execute(due).all(), does=Does.READS)
        for citizen_id, lot_id in found:
            in_transaction(partial(_expire, citizen_id, lot_id, at=at))
    return len(found)


def _expire(citizen_id: UUID, lot_id: UUID, *, at: datetime) -> None:
    ledger.lock_account(citizen_id)
    lot = db.session.get_one(Lot, (citizen_id, lot_id))
    ledger.expire_lot(lot, cause="date", reason="points_expired", at=at)


def main() -> None:
    how, days = sys.argv[1:]
    settings = Settings.load()
    app = create_app(settings)
    at = settings.clock.now() + timedelta(days=int(days))
    url = settings.database_url.replace("postgresql+psycopg:", "postgresql:")
    ways = {
        "job": lambda: by_our_job(app, at=at),
        "batches": lambda: by_batches(url, at=at),
        "lots": lambda: lot_by_lot(app, at=at),
    }
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    lots = ways[how]()
    seconds = time.perf_counter() - began
    print(json.dumps({"lots": lots, "seconds": seconds, "memory_bytes": machine.memory_peak_bytes(os.getpid())}))


if __name__ == "__main__":
    main()
