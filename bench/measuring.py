"""What is measured, in groups: the cells of a group alternate, and only they are compared with each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.cells import Cell, summary
from bench.database import Cluster
from bench.running import Runner
from bench.server import Server
from bench.workloads import Place

WARM_UP_S = 0.3

Take = Callable[[float], Cell]
Tell = Callable[[str], None]


@dataclass
class Measured:
    """What came out. `figures` are what the targets are about, by their names; `cells` the medians of each group,
    `statements` what a request sends to the database, and `seconds` how long each group took to measure."""

    figures: dict[str, float] = field(default_factory=dict)
    cells: dict[str, dict[str, dict[str, float | None]]] = field(default_factory=dict)
    statements: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class Bench:
    """Where and how long it is measured. `tell` is told what comes next."""

    cluster: Cluster
    folder: Path
    rounds: int
    seconds: float
    runner: Runner
    tell: Tell = lambda _: None
    measured: Measured = field(default_factory=Measured)

    def alternate(self, group: str, takes: Mapping[str, Take]) -> Mapping[str, Sequence[Cell]]:
        """One cell of each after the other, round by round, after a short round that does not count."""
        cells: dict[str, list[Cell]] = {name: [] for name in takes}
        for number in range(self.rounds + 1):
            for name, take in takes.items():
                self.tell(f"{group}: {name}, " + (f"round {number} of {self.rounds}" if number else "warming up"))
                cell = take(self.seconds if number else WARM_UP_S)
                if number:
                    cells[name].append(cell)
        self.measured.cells[group] = {name: summary(some) for name, some in cells.items()}
        return cells

    def bare(self, bare: Server) -> Take:
        return lambda seconds: self.runner.bare(bare, seconds=seconds)

    def ours(self, name: str, place: Place) -> Take:
        return lambda seconds: self.runner.asked(name, place, seconds=seconds)

    def alone(self, name: str, form: str, place: Place) -> Take:
        return lambda seconds: self.runner.alone(name, form, place, seconds=seconds)
