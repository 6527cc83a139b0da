"""One cell after the other: a moment of load on a server, or the same work in the database alone."""

import array
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from bench import load
from bench.cells import Cell
from bench.database import CLIENTS, Cluster
from bench.load import Request
from bench.machine import Failed
from bench.server import Server
from bench.town import PRICE_POINTS
from bench.workloads import WORKLOADS, Place, request
from core.settings import ROOT

CONNECTIONS = 8
FIRST_GUESS_PER_S = 300
SPARE = 1.6
"""So many times the requests that are expected are made ready: a cell ends early when there are no more."""


@dataclass
class Runner:
    """Runs cells, and remembers how fast each kind goes, to have enough ready for the next."""

    cluster: Cluster
    folder: Path
    per_second: dict[str, float] = field(default_factory=dict)

    def asked(
        self,
        name: str,
        place: Place,
        *,
        seconds: float,
        at_most: int | None = None,
        connections: int = CONNECTIONS,
        when_ready: Callable[[], None] = lambda: None,
    ) -> Cell:
        """A cell of a workload by requests to our server. `when_ready` is called just before the load begins."""
        workload, kind = WORKLOADS[name], f"{name} of {place.town.residents}"
        place.town.sign_in()
        if workload.takes == "points":
            place.town.fill_lots()
        wanted = int(self.per_second.get(kind, FIRST_GUESS_PER_S) * seconds * SPARE) + connections
        wanted = min(wanted, workload.most(place.town) or wanted, at_most or wanted)
        requests, repeats = workload.make(place, wanted), workload.repeats
        if repeats and at_most is not None:
            requests, repeats = list(islice(cycle(requests), at_most)), False
        when_ready()
        cell = self.loaded(place.server, requests, seconds=seconds, repeats=repeats, connections=connections)
        if workload.takes in place.supplies.used:
            place.supplies.used[workload.takes] += cell.count
        self.per_second[kind] = cell.per_second
        return cell

    def alone(self, name: str, form: str, place: Place, *, seconds: float, at_most: int | None = None) -> Cell:
        """A cell of the same work in the database alone, as `statements` or as one `call`."""
        workload, kind, town, supplies = WORKLOADS[name], f"{name}, {form}", place.town, place.supplies
        town.sign_in()
        if workload.takes == "points":
            town.fill_lots()
        times = int(self.per_second.get(kind, FIRST_GUESS_PER_S) * seconds)
        times = max(1, min(times, workload.most(town) or times, at_most or times) // CLIENTS) * CLIENTS
        variables = {"first": 0, "people": town.size, "price": PRICE_POINTS}
        if workload.takes in supplies.used:
            supplies.see_to(workload.takes, times)
            variables |= {"first": supplies.used[workload.takes], "people": 10**9}
            supplies.used[workload.takes] += times
        cell = town.database.pgbench(getattr(workload, form), variables=variables, times=times)
        self.per_second[kind] = cell.per_second
        return cell

    def bare(self, server: Server, *, seconds: float) -> Cell:
        """A cell of the least that the web framework can do."""
        return self.loaded(server, [request("GET", "/", status=200)], seconds=seconds, repeats=True)

    def loaded(
        self,
        server: Server,
        requests: Sequence[Request],
        *,
        seconds: float,
        repeats: bool,
        connections: int = CONNECTIONS,
    ) -> Cell:
        """A cell of these requests. Raises `Failed`."""
        assert requests, "there is nothing left to ask"
        file = self.folder / "requests"
        load.written(requests, file)
        repeating = "repeats" if repeats else "once"
        command = [
            sys.executable,
            "-I",
            "-S",
            ROOT / "bench" / "load.py",
            *server.address,
            file,
            connections,
            seconds,
            repeating,
        ]
        before = server.cpu_seconds(), self.cluster.cpu_seconds()
        done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
        after = server.cpu_seconds(), self.cluster.cpu_seconds()
        if done.returncode:
            raise Failed(done.stderr.decode(errors="replace").strip())
        head, _, rest = done.stdout.partition(b"\n")
        latencies = array.array("d", rest)
        return Cell(
            count=len(latencies),
            seconds=json.loads(head)["seconds"],
            server_cpu_s=after[0] - before[0],
            database_cpu_s=after[1] - before[1],
            latencies_s=sorted(latencies),
        )
