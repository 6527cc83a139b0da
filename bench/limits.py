"""Requests beside what the web framework and the database can do alone, and in a large town beside a small one."""

from collections.abc import Callable, Mapping, Sequence

from bench.cells import Cell, median_over, of_ceiling, of_cost, ratio
from bench.measuring import Bench
from bench.server import Server
from bench.workloads import WORKLOADS, Place

GROUPS_OF_WORKLOADS = {
    "reads": ("browse", "etag", "cold", "points"),
    "verify": ("verify",),
    "buy": ("buy", "hot", "rich"),
    "redeem": ("redeem",),
    "submit": ("submit",),
    "day": ("day",),
}
"""What is measured in turn, so that a cell and its limits lie close together."""


def beside_the_limits(bench: Bench, group: str, names: Sequence[str], place: Place, bare: Server) -> None:
    """These workloads, what they cost the database alone, and a bare Flask, in turn."""
    takes = {"bare": bench.bare(bare)}
    for name in names:
        takes[name] = bench.ours(name, place)
        takes |= {f"{name}, {form}": bench.alone(name, form, place) for form in WORKLOADS[name].forms}
    cells, figures = bench.alternate(group, takes), bench.measured.figures
    for name in names:
        same = "buy" if name in ("hot", "rich") and "buy" in names else name  # they do the same work
        forms = [f"{same}, {form}" for form in WORKLOADS[same].forms]
        figures[f"{name} by cost"] = of_cost(cells, name, stack="bare", databases=forms)
        if forms:
            figures[f"{name} / ceiling"] = of_ceiling(cells, name, stack="bare", databases=forms)
        else:
            figures[f"{name} / bare"] = ratio(cells, name, "bare")
    if "buy" in names and "hot" in names:
        figures["hot / spread"] = ratio(cells, "hot", "buy")
    if "buy" in names and "rich" in names:
        figures["1,000 lots / 10"] = median_over(cells, _p50_of("rich", "buy"), "rich", "buy")


def _p50_of(one: str, other: str) -> Callable[[Mapping[str, Cell]], float]:
    return lambda cells: (cells[one].latency_ms(50) or 0) / (cells[other].latency_ms(50) or 1)


def growth(bench: Bench, name: str, places: Mapping[int, Place]) -> None:
    """The same requests in towns of all sizes, in turn."""
    takes = {str(residents): bench.ours(name, place) for residents, place in places.items()}
    cells, smallest = bench.alternate(f"growth of {name}", takes), str(min(places))
    for residents in map(str, places):
        if residents != smallest:
            grown = median_over(cells, _p50_of(residents, smallest), residents, smallest)
            bench.measured.figures[f"{name} p50, {residents} / {smallest} residents"] = grown
