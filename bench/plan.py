"""One run from its first process to its last: towns are made and served, and every group is measured in turn."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click

from bench import database, report, server, town
from bench.database import Cluster, Database
from bench.limits import GROUPS_OF_WORKLOADS, beside_the_limits, growth
from bench.measuring import Bench
from bench.peers import peer
from bench.points_due import during, expiry
from bench.running import CONNECTIONS, Runner
from bench.server import Server
from bench.statements import statements
from bench.supplies import Supplies
from bench.workloads import WORKLOADS, Place
from tests import postgres

GROUPS = ("growth", "expiry", "peer", "statements")
MAIN_MOST = 100_000
"""The town in which most is measured is the largest one of no more residents than this."""
BYTES_PER_RESIDENT = 40_000
"""What a town takes, with a copy of it."""


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    residents: tuple[int, ...]
    rounds: int
    seconds: float
    growing: tuple[str, ...]  # the workloads whose growth is measured


SHORT = Size((1_000, 10_000), rounds=3, seconds=0.7, growing=("buy",))
FULL = Size((1_000, 10_000, 100_000, 1_000_000), rounds=5, seconds=2.0, growing=("points", "buy", "redeem"))
EVERYTHING = (*WORKLOADS, *GROUPS)


def measure(size: Size, *, only: Sequence[str], data: Path | None) -> dict[str, Any]:
    """All that is in `only`, as `report.facts` gives it."""
    given = [argument for argument in sys.argv[1:] if argument != "--docs"]
    main_size = max((number for number in size.residents if number <= MAIN_MOST), default=min(size.residents))
    # Ten times as many lots say nothing yet of how expiry grows.
    ends = {min(size.residents), main_size} if main_size == MAIN_MOST else {main_size}
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(TemporaryDirectory(prefix="bonafeta-bench-", dir=postgres.memory())))
        memory = postgres.memory() if data is None and _fit_into_memory(sum(size.residents)) else None
        within = data or memory or Path(tempfile.gettempdir())
        where = "in memory" if within == memory else f"in {within}" if data else "on the disk"
        click.echo(f"PostgreSQL starts, its data {where}, fsync on.", err=True)
        cluster = until_the_end.enter_context(database.running(within))
        bench = Bench(cluster, folder, size.rounds, size.seconds, Runner(cluster, folder))
        served = set(size.residents) if "growth" in only else {main_size}
        expired = ends if "expiry" in only else set()
        seeded = {residents: _seeded(cluster, folder, residents) for residents in sorted(served | expired)}
        if expired:
            towns = {residents: seeded[residents] for residents in sorted(expired)}
            _run(bench, {"expiry": partial(expiry, bench, towns)})
        places = {
            residents: until_the_end.enter_context(_open(seeded[residents], folder, residents))
            for residents in sorted(served)
        }
        bench.measured.figures["memory at first"] = places[main_size].server.memory_bytes() / 1e6
        bare = until_the_end.enter_context(server.other("bench.bare:app", {}, log=folder / "bare.log"))
        _run(bench, _work(bench, only, size.growing, places, main=places[main_size], bare=bare))
        bench.measured.figures["memory"] = places[main_size].server.memory_bytes() / 1e6
        bench.measured.figures["start"] = median(place.server.started_in_s for place in places.values())
        return report.facts(
            bench.measured,
            sizes=sorted(places),
            main=main_size,
            how={
                "is_partial": set(only) != set(EVERYTHING),
                "command": " ".join(["make bench", *([f'ARGS="{" ".join(given)}"'] if given else [])]),
                "rounds": size.rounds,
                "seconds": size.seconds,
                "connections": CONNECTIONS,
                "data": where,
            },
            postgres=cluster.main.run("SHOW server_version")[0][0].split()[0],
        )


def _work(
    bench: Bench,
    only: Sequence[str],
    growing: Sequence[str],
    places: Mapping[int, Place],
    *,
    main: Place,
    bare: Server,
) -> dict[str, Callable[[], None]]:
    """What is to be done, by name, in this order."""
    work: dict[str, Callable[[], None]] = {}
    for group, names in GROUPS_OF_WORKLOADS.items():
        if chosen := [name for name in names if name in only]:
            work[group] = partial(beside_the_limits, bench, group, chosen, main, bare)
    if "growth" in only and len(places) > 1:
        work |= {f"growth of {name}": partial(growth, bench, name, places) for name in growing}
    if "peer" in only:
        work["peer"] = partial(peer, bench, main)
    if "statements" in only:
        work["statements"] = partial(statements, bench, main)
    if "expiry" in only:
        work["during"] = partial(during, bench, main)
    return work


def _run(bench: Bench, work: Mapping[str, Callable[[], None]]) -> None:
    """Do it, with a bar that says what is being measured."""
    with click.progressbar(length=len(work), file=sys.stderr, show_eta=False, item_show_func=lambda now: now) as bar:

        def tell(what: str) -> None:
            bar.current_item = what
            bar.render_progress()

        bench.tell = tell
        for name, do in work.items():
            began = time.monotonic()
            do()
            bench.measured.seconds[name] = round(time.monotonic() - began, 1)
            bar.update(1)


def _seeded(cluster: Cluster, folder: Path, residents: int) -> Database:
    """A town in which nobody has acted yet, with nobody connected to it."""
    if not cluster.has("sample"):
        click.echo("The sample city is loaded.", err=True)
        town.sample(cluster, folder)
    seeded = cluster.database(f"town-{residents}", template="sample")
    click.echo(f"{residents:,} residents are made up.", err=True)
    town.flask(["seed", "--residents", str(residents)], town.environ_of(seeded, folder), shows=True)
    return seeded


@contextmanager
def _open(seeded: Database, folder: Path, residents: int) -> Iterator[Place]:
    """The town with what the load needs, and our server, as a city runs it."""
    with town.opened(seeded, folder, residents=residents) as opened:
        opened.furnish()
        environ = opened.environ | {"BONAFETA_ENV": "production"}
        with server.ours(environ, log=folder / f"ours-{residents}.log") as ours:
            yield Place(opened, Supplies(opened), ours)


def _fit_into_memory(residents: int) -> bool:
    """Whether towns of so many leave enough of it free."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    folder = postgres.memory()
    return folder is not None and residents * BYTES_PER_RESIDENT < min(free / 2, shutil.disk_usage(folder).free)
