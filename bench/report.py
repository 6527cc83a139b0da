"""What was measured, as it is read: on the screen, as JSON and as tables for the docs."""

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.limits import GROUPS_OF_WORKLOADS
from bench.measuring import Measured
from bench.targets import TARGETS, Target
from bench.workloads import MIX, WORKLOADS

Rows = Sequence[Sequence[str]]

GROWTH = "growth of "
WORKLOAD_HEADS = ("workload", "per second", "p50 ms", "p99 ms", "server µs", "database µs", "of the limit", "by cost")
PEER_HEADS = ("in turn with the peer", "per second", "p50 ms", "p99 ms", "server µs", "database µs")
GROWTH_HEADS = ("workload", "residents", "per second", "p50 ms", "p99 ms")
EXPIRY_HEADS = ("lots that end", "lots per second", "memory of the job, MiB", "of SQL in batches", "times lot by lot")


def facts(
    measured: Measured, *, sizes: Sequence[int], main: int, how: Mapping[str, Any], postgres: str
) -> dict[str, Any]:
    """All that was measured and on what, as JSON takes it."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
            "system": platform.system(),
            "python": platform.python_version(),
            "postgresql": postgres,
            "flask": version("flask"),
            "sqlalchemy": version("sqlalchemy"),
            "psycopg": version("psycopg"),
        },
        "how": {**how, "residents": list(sizes), "residents_main": main, "lots_each": 10},
        "figures": measured.figures,
        "cells": measured.cells,
        "statements": measured.statements,
        "seconds": measured.seconds,
    }


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines for the screen."""
    targets = _target_rows(found["figures"])
    if found["how"]["is_partial"]:
        targets = [row for row in targets if row[-1] != Target.NOT_MEASURED]
    yield from _framed("Targets", [("", "measured", "target", "stretch", ""), *targets])
    yield from _framed(
        f"Workloads, {found['how']['residents_main']:,} residents",
        [WORKLOAD_HEADS, *_workload_rows(found)],
    )
    yield from _framed("Beside the peer, in turn", [PEER_HEADS, *_peer_rows(found["cells"])])
    yield from _framed("As the town grows", [GROWTH_HEADS, *_growth_rows(found)])
    yield from _framed("Points that end", [EXPIRY_HEADS, *_expiry_rows(found["figures"])])
    yield from _framed("Statements of a request", [("", "statements"), *_statement_rows(found["statements"])])


def tables(found: Mapping[str, Any]) -> Iterator[str]:
    """The lines for docs/performance.md."""
    machine, how = found["machine"], found["how"]
    yield (
        f"Measured {found['at'][:10]} by `{how['command']}` on {machine['cores']} cores ({machine['processor']}),"
        f" {machine['memory_gb']} GB, Python {machine['python']}, PostgreSQL {machine['postgresql']} with fsync on"
        f" and its data {how['data']}; {how['residents_main']:,} residents where nothing else is said, ten lots each;"
        f" {how['connections']} connections, {how['rounds']} rounds of {how['seconds']} s."
    )
    yield ""
    yield "![What was measured, beside what was wanted](performance.svg)"
    yield ""
    yield from _markdown([("figure", "measured", "target", "stretch", ""), *_target_rows(found["figures"])])
    yield ""
    yield from _markdown([WORKLOAD_HEADS, *_workload_rows(found)])
    yield ""
    yield (
        "Of the limit: of the stack ceiling where the same work was measured in the database alone, else of bare Flask;"
        " by cost: the same in processor time, of which a busy machine takes less away than of throughput."
        f" A mixed day: {', '.join(f'{percent} % {WORKLOADS[name].what}' for name, percent in MIX.items())}."
    )
    for rows in (
        [PEER_HEADS, *_peer_rows(found["cells"])],
        [GROWTH_HEADS, *_growth_rows(found)],
        [EXPIRY_HEADS, *_expiry_rows(found["figures"])],
        [("request", "statements"), *_statement_rows(found["statements"])],
    ):
        if len(rows) > 1:
            yield ""
            yield from _markdown(rows)


def written_between(page: str, marker: str, lines: Sequence[str]) -> str:
    """The page with these lines between `<!-- marker -->` and `<!-- /marker -->`."""
    begin, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    assert page.count(begin) == page.count(end) == 1, f"the page has no place for {marker}"
    before, _, rest = page.partition(begin)
    return before + begin + "\n" + "\n".join(lines) + "\n" + end + rest.partition(end)[2]


def _target_rows(figures: Mapping[str, float]) -> list[tuple[str, ...]]:
    return [
        (
            target.what,
            target.said(figures.get(target.key)),
            target.wanted(target.bound),
            target.wanted(target.stretch),
            target.verdict(figures),
        )
        for target in TARGETS
    ]


def _workload_rows(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for group in GROUPS_OF_WORKLOADS:
        for name, cell in found["cells"].get(group, {}).items():
            workload, _, form = name.partition(", ")
            what = f"bare Flask (beside {group})" if name == "bare" else WORKLOADS[workload].what
            what += {"": "", "statements": ", in the database alone", "call": ", the same in one call"}[form]
            limit = found["figures"].get(f"{name} / ceiling", found["figures"].get(f"{name} / bare"))
            shares = (limit, found["figures"].get(f"{name} by cost"))
            rows.append((what, *_cell(cell), *("" if share is None else f"{share:.2f}" for share in shares)))
    return rows


def _peer_rows(cells: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Ours by what they are, the peer's by their names."""
    return [
        (WORKLOADS[name].what if name in WORKLOADS else name, *_cell(cell))
        for name, cell in cells.get("peer", {}).items()
    ]


def _cell(cell: Mapping[str, float | None]) -> list[str]:
    """Per second, p50, p99, and what the server and the database worked for one request; nothing where unknown."""
    latencies = ("" if (each := cell[name]) is None else f"{each:.1f}" for name in ("p50_ms", "p99_ms"))
    costs = (f"{each:,.0f}" if (each := cell[name]) else "" for name in ("server_us", "database_us"))
    return [f"{cell['per_second']:,.0f}", *latencies, *costs]


def _growth_rows(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    cells, share = found["cells"], found["figures"].get("expiry while buying, share of the time", 0)
    rows: list[tuple[str, ...]] = []
    for group, towns in cells.items():
        if group.startswith(GROWTH):
            what = WORKLOADS[group.removeprefix(GROWTH)].what
            for residents, cell in towns.items():
                rows.append((what, f"{int(residents):,}", *_cell(cell)[:3]))
    for name, cell in cells.get("during expiry", {}).items():
        when = "before points end" if name == "before" else f"while points end ({share:.0%} of the time)"
        rows.append((f"{WORKLOADS['buy'].what}, {when}", "", *_cell(cell)[:3]))
    return rows


def _expiry_rows(figures: Mapping[str, float]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in figures:
        if found := re.fullmatch(r"expiry of (\d+) lots, per second", name):
            lots = f"expiry of {found[1]} lots"
            beside = [f"{figures[f'{lots} / {way}']:.2f}" for way in ("batches", "lots")]
            rows.append((f"{int(found[1]):,}", f"{figures[name]:,.0f}", f"{figures[f'{lots}, MiB']:.0f}", *beside))
    return rows


def _statement_rows(statements: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [(WORKLOADS[name].what, str(len(found))) for name, found in statements.items()]


def _framed(title: str, rows: Rows) -> Iterator[str]:
    if len(rows) == 1:
        return
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    yield from ("", title, "")
    for row in rows:
        first, *rest = (
            text.rjust(width) if place else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  " + "  ".join([first, *rest]).rstrip()


def _markdown(rows: Rows) -> Iterator[str]:
    head, *rest = rows
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rest:
        yield f"| {' | '.join(row)} |"


def _processor() -> str:
    with Path("/proc/cpuinfo").open() as file:
        names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()
