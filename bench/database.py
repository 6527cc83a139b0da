"""PostgreSQL for measuring: durable as in a city, with room enough that no checkpoint falls into a cell."""

import os
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from bench.cells import Cell
from bench.machine import Failed, cpu_seconds
from core.settings import ROOT
from tests import postgres

SQL = ROOT / "bench" / "sql"
OPTIONS = (
    "-c shared_buffers=512MB -c max_wal_size=8GB -c checkpoint_timeout=30min"
    " -c shared_preload_libraries=pg_stat_statements"
)
CLIENTS, THREADS = 8, 2
SETTLED_WITHIN_S = 10


@dataclass(frozen=True)
class Database:
    """One database of the cluster."""

    cluster: "Cluster"
    name: str

    @property
    def url(self) -> str:
        return re.sub(r"/postgres\?", f"/{quote(self.name)}?", self.cluster.url)

    def connect(self) -> "psycopg.Connection[Any]":
        """In autocommit. The caller closes it."""
        return psycopg.connect(self.url, autocommit=True)

    def run(self, statement: str, *values: Any) -> list[Any]:
        """Run one statement; the rows that it gives, if it gives any."""
        with self.connect() as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def pgbench(self, script: str, *, variables: Mapping[str, int], times: int) -> Cell:
        """Run a script of `sql/` so many times, a multiple of the number of clients, among whom they are divided."""
        given = [f"-D{name}={value}" for name, value in {**variables, "turn": 0, "clients": CLIENTS}.items()]
        before = self.cluster.cpu_seconds()
        said = subprocess.run(
            [
                self.cluster.binaries / "pgbench",
                "--no-vacuum",
                "--protocol=prepared",
                f"--client={CLIENTS}",
                f"--jobs={THREADS}",
                f"--transactions={times // CLIENTS}",
                *given,
                f"--file={SQL / script}",
                self.url,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        count = re.search(r"actually processed: (\d+)", said.stdout)
        rate = re.search(r"tps = ([\d.]+)", said.stdout)
        failed = re.search(r"failed transactions: (\d+)", said.stdout)
        if said.returncode or not (count and rate) or (failed and failed[1] != "0"):
            raise Failed(f"pgbench failed at {script}: {said.stdout}{said.stderr}")
        return Cell(
            count=int(count[1]),
            seconds=int(count[1]) / float(rate[1]),
            database_cpu_s=self.cluster.cpu_seconds() - before,
        )


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL."""

    url: str
    binaries: Path
    pid: int

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.pid)

    @property
    def main(self) -> Database:
        """The one that is there from the start."""
        return Database(self, "postgres")

    def database(self, name: str, *, template: str = "template0") -> Database:
        """A new database, a copy of `template`, to which nobody may be connected."""
        self.main.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return Database(self, name)

    def count_statements(self, which: str) -> None:
        """`top` or `none`, from now on and in all sessions."""
        self.main.run(f"ALTER SYSTEM SET pg_stat_statements.track = '{which}'")
        self.main.run("SELECT pg_reload_conf()")
        patience_ends = time.monotonic() + SETTLED_WITHIN_S
        while self.main.run("SHOW pg_stat_statements.track")[0][0] != which:
            if time.monotonic() > patience_ends:
                raise Failed("PostgreSQL does not take a setting")
            time.sleep(0.02)

    def has(self, name: str) -> bool:
        return bool(self.main.run("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def drop(self, database: Database) -> None:
        self.main.run(f'DROP DATABASE "{database.name}" WITH (FORCE)')


@contextmanager
def running(within: Path | None) -> Iterator[Cluster]:
    """A cluster with its data `within` a folder (None: in memory where there is room), gone at the end."""
    with postgres.running(within, options=OPTIONS) as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        pid = int((Path(row[0]) / "postmaster.pid").read_text().split()[0])
        cluster = Cluster(url, _binaries(), pid)
        cluster.count_statements("none")
        yield cluster


def _binaries() -> Path:
    """Where `pgbench` is, which not every package of PostgreSQL brings along."""
    folder = postgres.find_binaries()
    if not os.access(folder / "pgbench", os.X_OK):
        raise Failed(f"There is no pgbench in {folder}: set PG_BIN to a folder that has it.")
    return folder
