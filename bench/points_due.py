"""The points of a town reach their date: how fast that is recorded, and what those notice who buy meanwhile."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median

from bench import town
from bench.cells import summary
from bench.database import Database
from bench.machine import Failed
from bench.measuring import Bench
from bench.workloads import Place
from core.settings import ROOT

ALL_ARE_DUE_DAYS = 3 * 365
"""So many days from now all points of the town are past their date."""
FIRST_DUE_DAYS, ALL_BUT_NEW_DUE_DAYS = 130, 730
"""Between these the lots of a seeded town end, evenly."""
LOTS_PER_S_AT_MOST, SECONDS_MIN = 60_000, 0.5


def expiry(bench: Bench, seeded: Mapping[int, Database]) -> None:
    """Our job, SQL alone and lot by lot, each on a copy of the same town."""
    figures, rates = bench.measured.figures, {}
    for residents, database in seeded.items():
        runs: dict[str, list[dict[str, float]]] = {"job": [], "batches": [], "lots": []}
        for number in range(bench.rounds):
            for way, some in runs.items():
                bench.tell(f"expiry, {residents} residents: {way}, round {number + 1} of {bench.rounds}")
                some.append(_expired(bench, database, way))
        speed = {way: [run["lots"] / run["seconds"] for run in some] for way, some in runs.items()}
        rates[residents] = speed["job"]
        name = f"expiry of {residents * 10} lots"
        figures[f"{name}, per second"] = median(speed["job"])
        figures[f"{name}, MiB"] = median(run["memory_bytes"] for run in runs["job"]) / 2**20
        for way in ("batches", "lots"):
            shares = [one / other for one, other in zip(speed["job"], speed[way], strict=True)]
            figures[f"{name} / {way}"] = median(shares)
    small, large = min(rates), max(rates)
    for way in ("batches", "lots"):
        figures[f"expiry / {way}"] = figures[f"expiry of {large * 10} lots / {way}"]
    if large > small:
        shares = [one / other for one, other in zip(rates[large], rates[small], strict=True)]
        figures[f"expiry, {large} / {small} residents"] = median(shares)


def during(bench: Bench, place: Place) -> None:
    """Purchases while a part of the town's points is expired, and just before."""
    figures, before, meanwhile, shares = bench.measured.figures, [], [], []
    place.town.database.run("SELECT bench.give_all_a_lasting_lot()")
    deadlocks = _deadlocks(place)
    for number in range(bench.rounds):
        bench.tell(f"buying during expiry, round {number + 1} of {bench.rounds}")
        days = FIRST_DUE_DAYS + (ALL_BUT_NEW_DUE_DAYS - FIRST_DUE_DAYS) * (number + 1) // (bench.rounds + 1)
        due = place.town.database.run(
            "SELECT count(*) FROM lot WHERE closed_at IS NULL AND expires_at <= now() + %s * interval '1 day'", days
        )[0][0]
        # No longer than the job will take: what it is about is the time meanwhile.
        seconds = max(SECONDS_MIN, min(bench.seconds, due / LOTS_PER_S_AT_MOST))
        before.append(bench.runner.asked("buy", place, seconds=seconds))
        with _expiring(place.town.environ, "job", days=days) as process:
            meanwhile.append(bench.runner.asked("buy", place, seconds=seconds, when_ready=_go(process)))
            shares.append(min(1.0, _said(process)["seconds"] / seconds))
    figures["expiry while buying, share of the time"] = min(shares)
    figures["buy p99 during expiry / before"] = median(
        (one.latency_ms(99) or 0) / (other.latency_ms(99) or 1) for one, other in zip(meanwhile, before, strict=True)
    )
    figures["deadlocks"] = _deadlocks(place) - deadlocks
    bench.measured.cells["during expiry"] = {"before": summary(before), "while": summary(meanwhile)}


def _expired(bench: Bench, seeded: Database, way: str) -> dict[str, float]:
    copy = bench.cluster.database("expiring", template=seeded.name)
    try:
        with _expiring(town.environ_of(copy, bench.folder), way, days=ALL_ARE_DUE_DAYS) as process:
            _go(process)()
            return _said(process)
    finally:
        bench.cluster.drop(copy)


@contextmanager
def _expiring(environ: Mapping[str, str], way: str, *, days: int) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.expiring", way, str(days)],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _go(process: "subprocess.Popen[str]") -> Callable[[], None]:
    """Wait until it has loaded its code; what is returned lets it begin."""
    assert process.stdout
    assert process.stdin
    if process.stdout.readline() != "ready\n":
        raise Failed("the points could not be expired: see above")
    stdin = process.stdin

    def go() -> None:
        stdin.write("go\n")
        stdin.flush()

    return go


def _deadlocks(place: Place) -> int:
    found = place.town.database.run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(found[0][0])


def _said(process: "subprocess.Popen[str]") -> dict[str, float]:
    answer, _ = process.communicate()
    if process.returncode:
        raise Failed("the points could not be expired: see above")
    found: dict[str, float] = json.loads(answer)
    return found
