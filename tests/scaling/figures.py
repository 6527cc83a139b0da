"""The figures of docs/scaling.md: `python -m tests.scaling.figures [storage|pooler|replica ...]`.

What a resident takes on the disk, what a pooler spares and costs, and what a replica takes off the database. Two
servers on one machine share its cores, so nothing here is a rate: it is bytes, connections, and processor time.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click
import psycopg

from bench import load, machine, server
from bench.load import Request
from core import migrations
from tests import postgres
from tests.scaling.pooler import pooled

FLASK = (sys.executable, "-m", "flask")
RESIDENTS, REQUESTS, ROUNDS, CONNECTIONS = 5_000, 2_000, 3, 64
SERVERS = 4
"""How many servers stand before one database where connections are counted."""


def storage() -> None:
    """Bytes per resident of a seeded town, indexes included."""
    with _town(RESIDENTS) as (url, _):
        query = "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = %s"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            sizes = connection.execute(f"{query}::regnamespace ORDER BY 2 DESC".encode(), ["public"]).fetchall()
        for name, size in sizes[:12]:
            click.echo(f"  {name:20} {size / RESIDENTS:7.0f} bytes per resident")
        click.echo(f"storage: {sum(size for _, size in sizes) / RESIDENTS:.0f} bytes per resident, of {RESIDENTS}")


def pooler() -> None:
    """Connections that a database holds under load, and processor time per request, with a pooler and without."""
    with _town(10) as (url, environ), pooled(url) as folder:
        behind = {"BONAFETA_DATABASE_URL": f"postgresql://postgres@/postgres?host={folder}"}
        ways = {"direct": environ, "pooled": environ | behind | {"BONAFETA_POOLER": "transaction"}}
        for way, told in ways.items():
            with _servers(told, SERVERS) as servers:
                most = _under_load(servers, url)
            click.echo(f"pooler: {way}, {SERVERS} servers: {most} connections to the database at most")
        costs: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, told in ways.items():
                with _servers(told, 1) as [one]:
                    costs[way].append(_cost(one, _pages("/benefits"), _postmaster(url))[1])
        for way, found in costs.items():
            click.echo(f"pooler: {way}: {median(found) * 1e6:.0f} µs of the server per request, median of {ROUNDS}")


def replica() -> None:
    """Processor time of the database and of its replica per public page, and how far the replica is behind."""
    with _town(1_000) as (url, environ), postgres.running(replica_of=url) as copy:
        for kind, path in (("kept page of deeds", "/deeds"), ("page of benefits", "/benefits")):
            for way, told in (("alone", {}), ("with a replica", {"BONAFETA_READ_DATABASE_URL": copy})):
                with _servers(environ | told, 1) as [one]:
                    found = [_cost(one, _pages(path), _postmaster(url), _postmaster(copy)) for _ in range(ROUNDS)]
                database, followed = (median(cost[place] for cost in found) * 1e6 for place in (0, 2))
                click.echo(f"replica: {kind}, {way}: {database:.0f} µs of the database, {followed:.0f} of the replica")
        lags = sorted(_lag(url, copy) for _ in range(200))
        click.echo(f"replica: {lags[100] * 1e3:.1f} ms behind, 99 of 100 within {lags[198] * 1e3:.1f} ms")


@contextmanager
def _town(residents: int) -> Iterator[tuple[str, dict[str, str]]]:
    """A seeded town: the URL of its database, and what its processes are told."""
    with postgres.running() as url, TemporaryDirectory() as folder:
        migrations.upgrade(url.replace("postgresql:", "postgresql+psycopg:"))
        environ = {"BONAFETA_DATABASE_URL": url, "BONAFETA_INSTANCE": folder}
        for command in (["sample"], ["seed", "--residents", str(residents)]):
            subprocess.run([*FLASK, *command], env=os.environ | environ, stdout=subprocess.DEVNULL, check=True)
        yield url, environ


@contextmanager
def _servers(environ: dict[str, str], count: int) -> Iterator[list[server.Server]]:
    if not count:
        yield []
        return
    log = Path(environ["BONAFETA_INSTANCE"]) / "log"
    with server.ours(environ, log=log) as first, _servers(environ, count - 1) as others:
        yield [first, *others]


def _pages(path: str) -> list[Request]:
    text = f"GET /api/v1{path} HTTP/1.1\r\nHost: here\r\nAccept-Language: en\r\n\r\n"
    return [Request(text.encode(), 200)] * REQUESTS


def _under_load(servers: Sequence[server.Server], url: str) -> int:
    """The most connections that were seen while all servers were busy."""
    query = b"SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    with TemporaryDirectory() as folder, psycopg.connect(url, autocommit=True) as connection:
        file = Path(folder) / "requests"
        load.written(_pages("/benefits"), file)
        busy = [
            subprocess.Popen(
                [*(sys.executable, "-m", "bench.load"), *map(str, one.address), file, str(CONNECTIONS), "60", "once"],
                stdout=subprocess.DEVNULL,
            )
            for one in servers
        ]
        most = 0
        while any(one.poll() is None for one in busy):
            most = max(most, (connection.execute(query).fetchone() or (0,))[0])
            time.sleep(0.05)
    return most


def _cost(one: server.Server, pages: Sequence[Request], *postmasters: int) -> tuple[float, ...]:
    """Processor seconds per request of the first database, of the server, and of the other databases."""

    def spent() -> list[float]:
        first, *others = (machine.cpu_seconds(pid) for pid in postmasters)
        return [first, one.cpu_seconds(), *others]

    load.load(one.address, pages[:100], connections=8, seconds=60, repeats=False)
    before = spent()
    load.load(one.address, pages, connections=8, seconds=60, repeats=False)
    return tuple((after - earlier) / len(pages) for after, earlier in zip(spent(), before, strict=True))


def _postmaster(url: str) -> int:
    with psycopg.connect(url) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    return int((Path(folder) / "postmaster.pid").read_text().split()[0])


def _lag(url: str, copy: str) -> float:
    """Seconds from a commit on the database until the replica shows it."""
    with psycopg.connect(url, autocommit=True) as one, psycopg.connect(copy, autocommit=True) as other:
        one.execute("UPDATE catalogue_state SET version = version + 1")
        began = time.perf_counter()
        (version,) = one.execute("SELECT version FROM catalogue_state").fetchone() or (0,)
        while (other.execute("SELECT version FROM catalogue_state").fetchone() or (0,))[0] != version:
            pass
        return time.perf_counter() - began


FIGURES: dict[str, Callable[[], None]] = {"storage": storage, "pooler": pooler, "replica": replica}

if __name__ == "__main__":
    for name in sys.argv[1:] or FIGURES:
        FIGURES[name]()
