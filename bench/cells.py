"""A cell is one workload under load for a moment; only cells that alternate in one run are compared with each other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

MS_PER_S, US_PER_S = 1_000, 1_000_000


@dataclass(frozen=True)
class Cell:
    """How many requests were answered in how many seconds, and what that cost. `latencies_s` is sorted, and empty
    where nobody wrote them down."""

    count: int
    seconds: float
    server_cpu_s: float = 0.0
    database_cpu_s: float = 0.0
    latencies_s: Sequence[float] = field(default=(), repr=False)

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    def latency_ms(self, percent: float) -> float | None:
        """The latency that so many percent of the requests stayed within."""
        if not self.latencies_s:
            return None
        return self.latencies_s[min(len(self.latencies_s) - 1, int(len(self.latencies_s) * percent / 100))] * MS_PER_S

    @property
    def server_us(self) -> float:
        """Processor time of the server per request."""
        return self.server_cpu_s / self.count * US_PER_S

    @property
    def database_us(self) -> float:
        return self.database_cpu_s / self.count * US_PER_S

    @property
    def cost_us(self) -> float:
        """Of both."""
        return self.server_us + self.database_us


Rounds = Mapping[str, Sequence[Cell]]
"""The cells of each workload, one per round: those of one number lie next to each other in time."""


def ratio(rounds: Rounds, of: str, to: str) -> float:
    """The median over the rounds of how much of another workload's throughput one reaches."""
    return median_over(rounds, lambda cells: cells[of].per_second / cells[to].per_second, of, to)


def of_ceiling(rounds: Rounds, of: str, *, stack: str, databases: Sequence[str]) -> float:
    """The same to the stack ceiling: what a program would reach that adds nothing to a bare answer of the web
    framework and the same work in the database, done in whichever of the forms is the quickest."""

    def share(cells: Mapping[str, Cell]) -> float:
        return cells[of].per_second / ceiling(cells[stack], *(cells[name] for name in databases))

    return median_over(rounds, share, of, stack, *databases)


def of_cost(rounds: Rounds, of: str, *, stack: str, databases: Sequence[str]) -> float:
    """The share of the processor time of a request that the limit would take as well: what else the machine has to do
    changes it less than it changes throughput."""

    def share(cells: Mapping[str, Cell]) -> float:
        least = min((cells[name].cost_us for name in databases), default=0.0)
        return (cells[stack].cost_us + least) / cells[of].cost_us

    return median_over(rounds, share, of, stack, *databases)


def ceiling(stack: Cell, *databases: Cell) -> float:
    """Requests per second."""
    return 1 / (1 / stack.per_second + 1 / max(one.per_second for one in databases))


def median_over(rounds: Rounds, figure: Callable[[Mapping[str, Cell]], float], *names: str) -> float:
    """The median over the rounds of a figure made from one cell of each of these workloads."""
    of_each = zip(*(rounds[name] for name in names), strict=True)
    return median(figure(dict(zip(names, cells, strict=True))) for cells in of_each)


def summary(cells: Sequence[Cell]) -> dict[str, float | None]:
    """The medians over the rounds."""

    def middle(figure: Callable[[Cell], float | None]) -> float | None:
        known = [value for value in map(figure, cells) if value is not None]
        return median(known) if known else None

    return {
        "per_second": middle(lambda cell: cell.per_second),
        "p50_ms": middle(lambda cell: cell.latency_ms(50)),
        "p99_ms": middle(lambda cell: cell.latency_ms(99)),
        "server_us": middle(lambda cell: cell.server_us),
        "database_us": middle(lambda cell: cell.database_us),
    }
