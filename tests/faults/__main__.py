"""`python -m tests.faults`: kills, a bad network, a full disk, and a crash at every statement; `make faults`."""

import sys
import time
from collections.abc import Callable

import click

from tests.conftest import DATABASES
from tests.faults.crashes import crash_everywhere
from tests.faults.disk import full_disk, small_disk
from tests.faults.kills import kill_database, kill_schedulers, kill_workers, restart_database
from tests.faults.network import bad_network
from tests.storms.__main__ import progress, told
from tests.storms.crowd import Tell
from tests.storms.place import new_place
from tests.storms.sizes import part_of
from tests.storms.storms import Figures

FAULTS: dict[str, tuple[Callable[..., Figures], dict[str, int], int]] = {
    "workers": (kill_workers, {"kills": 200, "wishes": 4_000}, 200),
    "database": (kill_database, {"kills": 20, "wishes": 1_000}, 20),
    "restart": (restart_database, {"restarts": 5}, 5),
    "schedulers": (kill_schedulers, {"kills": 100, "lots": 5_000}, 100),
    "network": (bad_network, {"requests": 3_000}, 3_000),
    "disk": (full_disk, {"rounds": 10}, 10),
    "crashes": (crash_everywhere, {}, 56),
}
"""The fault, its sizes, and how many steps it tells of."""

ON_POSTGRESQL_ONLY = ("database", "restart")
DISK_MIB = {"sqlite": 24, "postgresql": 256}


@click.command()
@click.option("--db", "kinds", multiple=True, type=click.Choice(DATABASES), default=DATABASES)
@click.option("--only", multiple=True, type=click.Choice(list(FAULTS)), default=list(FAULTS))
@click.option("--part", type=click.IntRange(1, 100), default=100, help="Percent of the full size.")
def main(kinds: list[str], only: list[str], part: int) -> None:
    """Break the town's machines in every way, and see that nothing acknowledged is lost and nothing is done twice."""
    is_well = True
    for kind in kinds:
        for name in only:
            if kind == "postgresql" or name not in ON_POSTGRESQL_ONLY:
                said, held = fault(name, kind, part)
                click.echo(f"{kind:<11} {name:<11} {said}")
                is_well &= held
    click.echo("Nothing was lost, and nothing was done twice." if is_well else "NOT WELL: see above.")
    sys.exit(0 if is_well else 1)


def fault(name: str, kind: str, part: int) -> tuple[str, bool]:
    """What it counted, and whether all held."""
    act, full, steps = FAULTS[name]
    sizes = part_of(full, part)
    with progress(f"{name} ({kind})", max(1, steps * part // 100) if full else steps) as tell:
        began = time.monotonic()
        try:
            figures = _done(name, kind, act, sizes, tell)
        except PermissionError as problem:
            return f"NOT DONE: this needs the right to mount a small disk ({problem})", False
        except AssertionError as broken:
            return f"BROKEN: {told(broken)}", False
        seconds = time.monotonic() - began
    answers = ", ".join(f"{count} × {said}" for said, count in sorted(figures.pop("answers", {}).items()))
    counted = "; ".join(f"{count} {what}" for what, count in figures.items())
    return f"{counted} in {seconds:.0f} s" + (f"; answers {answers}" if answers else ""), True


def _done(name: str, kind: str, act: Callable[..., Figures], sizes: dict[str, int], tell: Tell) -> Figures:
    if name == "disk":
        with small_disk(DISK_MIB[kind]) as disk, new_place(kind, within=disk) as place, place.served() as server:
            return act(place, server, tell, **sizes)
    with new_place(kind) as place:
        if name in ("crashes", "schedulers"):  # these start their own processes
            return act(place, None, tell, **sizes)
        with place.served() as server:
            return act(place, server, tell, **sizes)


if __name__ == "__main__":
    main()
