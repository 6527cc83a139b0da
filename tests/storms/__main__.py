"""`python -m tests.storms`: every storm at full size, then its control, on both databases; `make storm`."""

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

import click

from tests.conftest import DATABASES
from tests.races.serving import Server
from tests.storms import controls
from tests.storms.crowd import Tell
from tests.storms.place import Place, new_place
from tests.storms.sizes import CONTROL, FULL, STORMS, Sizes, part_of, steps


@click.command()
@click.option("--db", "kinds", multiple=True, type=click.Choice(DATABASES), default=DATABASES)
@click.option("--only", type=click.Choice(list(STORMS)), multiple=True, default=list(STORMS))
@click.option("--part", type=click.IntRange(1, 100), default=100, help="Percent of the full size.")
@click.option("--controls/--no-controls", "with_controls", default=True)
def main(kinds: list[str], only: list[str], part: int, with_controls: bool) -> None:
    """Let many do at once what may happen once, and see that the books hold; then see that without its guard each
    storm fails."""
    is_well = True
    for kind in kinds:
        with new_place(kind) as place, place.served() as server:
            for name in only:
                said, held = storm(name, place, server, {name: part_of(FULL[name], part)})
                click.echo(f"{kind:<11} {name:<8} {said}")
                is_well &= held
        for name in only if with_controls else ():
            said, held = control(name, kind)
            click.echo(f"{kind:<11} {name:<8} {said}")
            is_well &= not held
    well = "Every storm held" + (", and failed without its guard." if with_controls else ".")
    click.echo(well if is_well else "NOT WELL: see above.")
    sys.exit(0 if is_well else 1)


def storm(name: str, place: Place, server: Server, sizes: Sizes) -> tuple[str, bool]:
    """What it counted, and whether all held."""
    with progress(f"{name} ({place.kind})", steps(name, sizes)) as tell:
        began = time.monotonic()
        try:
            figures = STORMS[name](place, server, tell, **sizes[name])
            faults = place.faults()
            assert faults == [], faults[:2]
        except AssertionError as broken:
            return f"BROKEN: {told(broken)}", False
        seconds = time.monotonic() - began
    answers = ", ".join(f"{count} × {said}" for said, count in sorted(figures.pop("answers").items()))
    more = "".join(f"; {count} {what}" for what, count in figures.items() if what != "requests")
    return f"{figures['requests']} requests in {seconds:.0f} s: {answers}{more}", True


def control(name: str, kind: str) -> tuple[str, bool]:
    """The same, small, without its guards."""
    with controls.place_without(name, kind) as place, place.served() as server:
        said, held = storm(name, place, server, CONTROL)
    return ("NO GUARD WAS MISSED" if held else "without its guard: " + said.removeprefix("BROKEN: ")[:150]), held


def told(broken: AssertionError) -> str:
    """What was seen, and where."""
    where = traceback.extract_tb(broken.__traceback__)[-1]
    return f"{broken} ({Path(where.filename).name}:{where.lineno} {where.line})"


@contextmanager
def progress(label: str, length: int) -> Iterator[Tell]:
    """A bar on the screen; what the town's own people cause to be logged in this process stays off it."""
    screen = sys.stderr
    bar = click.progressbar(length=length, label=f"{label:<20}", show_pos=True, file=screen)
    with open(os.devnull, "w") as nowhere, redirect_stderr(nowhere), bar as shown:
        yield shown.update


if __name__ == "__main__":
    main()
