"""`python -m bench`: how much of what this machine's database and web framework can do is left of it; `make bench`."""

import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bench import database, server, town
from bench.cells import Cell, of_ceiling, ratio, summary
from bench.running import Runner
from bench.supplies import Supplies
from bench.workloads import WORKLOADS
from tests import postgres


@click.command()
@click.option("--only", type=click.Choice(list(WORKLOADS)), multiple=True, help="Some of the workloads.")
@click.option("--residents", default=1_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--seconds", default=1.5, show_default=True, help="of each cell")
def main(only: tuple[str, ...], residents: int, rounds: int, seconds: float) -> None:
    """Measure."""
    chosen = [name for name in WORKLOADS if not only or name in only]
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(TemporaryDirectory(prefix="bonafeta-bench-", dir=postgres.memory())))
        cluster = until_the_end.enter_context(database.running(None))
        click.echo("PostgreSQL runs.", err=True)
        town.sample(cluster, folder)
        data = cluster.database("town", template="sample")
        town.flask(["seed", "--residents", str(residents)], town.environ_of(data, folder), shows=True)
        place = until_the_end.enter_context(town.opened(data, folder, residents=residents))
        place.furnish()
        supplies, runner = Supplies(place), Runner(cluster, folder)
        production = place.environ | {"BONAFETA_ENV": "production"}
        ours = until_the_end.enter_context(server.ours(production, log=folder / "ours.log"))
        bare = until_the_end.enter_context(server.other("bench.bare:app", {}, log=folder / "bare.log"))
        click.echo(f"started in {ours.started_in_s:.2f} s, {ours.memory_bytes() / 2**20:.0f} MiB", err=True)
        cells: dict[str, list[Cell]] = {}
        for round_number in range(rounds + 1):
            length = seconds if round_number else 0.5
            measured: dict[str, Cell] = {"bare": runner.bare(bare, seconds=length)}
            for name in chosen:
                workload = WORKLOADS[name]
                measured[name] = runner.served(name, ours, place, supplies, seconds=length)
                for form in ("statements", "call"):
                    if getattr(workload, form):
                        measured[f"{name}, {form}"] = runner.alone(name, form, place, supplies, seconds=length)
            if round_number:
                for kind, cell in measured.items():
                    cells.setdefault(kind, []).append(cell)
        for kind, some in cells.items():
            figures = summary(some)
            click.echo(f"{kind:<20}" + "".join(f" {name} {value or 0:>8.2f}" for name, value in figures.items()))
        for name in chosen:
            forms = [f"{name}, {form}" for form in ("statements", "call") if f"{name}, {form}" in cells]
            share = of_ceiling(cells, name, stack="bare", databases=forms) if forms else ratio(cells, name, "bare")
            click.echo(f"{name:<10} {share:.2f} of {'the stack ceiling' if forms else 'bare Flask'}")
        click.echo(f"{ours.memory_bytes() / 2**20:.0f} MiB", err=True)


if __name__ == "__main__":
    sys.exit(main())
