"""The same three paths as a good team would write them with Django, beside ours."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.cells import Cell, ratio
from bench.load import Request
from bench.machine import Failed
from bench.measuring import WARM_UP_S, Bench, Take
from bench.server import Server, other
from bench.town import DEEDS
from bench.workloads import Place, request
from core.settings import ROOT

PEOPLE_MAX = 10_000
"""Fewer than ours may be, to the peer's advantage: it takes a while to make them."""
AWARDS_PER_S_MAX = 600
"""More submissions than this the peer will hardly decide."""


@dataclass
class Peer:
    """The peer's server, and whom to ask it about."""

    server: Server
    residents: Sequence[int]
    benefits: Sequence[str]
    verifier: int
    submissions: list[int]
    asked: int = 0


def peer(bench: Bench, place: Place) -> None:
    """Ours signs in, keeps the answer, and writes to the log and the outbox; the peer does none of that."""
    with _running(bench, residents=place.town.residents) as other_one:
        cells = bench.alternate(
            "peer",
            {
                "browse": bench.ours("browse", place),
                "cold": bench.ours("cold", place),
                "peer browse": _browse(bench, other_one),
                "verify": bench.ours("verify", place),
                "peer award": _award(bench, other_one),
                "buy": bench.ours("buy", place),
                "peer redeem": _redeem(bench, other_one),
            },
        )
    for ours, theirs in (("browse", "browse"), ("cold", "browse"), ("verify", "award"), ("buy", "redeem")):
        bench.measured.figures[f"{ours} / peer {theirs}"] = ratio(cells, ours, f"peer {theirs}")


@contextmanager
def _running(bench: Bench, *, residents: int) -> Iterator[Peer]:
    bench.tell("peer: made ready")
    database = bench.cluster.database("peer")
    waiting = int(AWARDS_PER_S_MAX * (bench.rounds * bench.seconds + WARM_UP_S))
    sizes = {"people": min(residents, PEOPLE_MAX), "deeds": DEEDS, "waiting": waiting}
    done = subprocess.run(
        [sys.executable, "-m", "bench.peer.prepare", "--url", database.url]
        + [part for name, size in sizes.items() for part in (f"--{name}", str(size))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"the peer could not be made ready: {done.stderr}")
    whom: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    environ = {"PEER_DATABASE_URL": database.url}
    with other("bench.peer.wsgi:application", environ, log=bench.folder / "peer.log") as server:
        yield Peer(server, whom["residents"], whom["benefits"], whom["verifier"], whom["submissions"])


def _browse(bench: Bench, peer: Peer) -> Take:
    asked = [request("GET", "/browse", status=200)]
    return lambda seconds: bench.runner.loaded(peer.server, asked, seconds=seconds, repeats=True)


def _award(bench: Bench, peer: Peer) -> Take:
    def take(seconds: float) -> Cell:
        waiting = peer.submissions[peer.asked : peer.asked + int(AWARDS_PER_S_MAX * seconds)]
        requests = [_post("/award", 200, submission=one, verifier=peer.verifier) for one in waiting]
        cell = bench.runner.loaded(peer.server, requests, seconds=seconds, repeats=False)
        peer.asked += cell.count
        return cell

    return take


def _redeem(bench: Bench, peer: Peer) -> Take:
    """Who buys is another each time, so that nobody runs out of points."""
    asked = [
        _post("/redeem", 201, resident=resident, benefit=peer.benefits[place % len(peer.benefits)])
        for place, resident in enumerate(peer.residents)
    ]
    return lambda seconds: bench.runner.loaded(peer.server, asked, seconds=seconds, repeats=True)


def _post(path: str, status: int, **body: object) -> Request:
    return request("POST", path, body=body, status=status)
