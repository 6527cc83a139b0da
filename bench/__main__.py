"""`python -m bench`: what share is reached of what this machine's web framework and database can do; `make bench`."""

import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bench import picture, report
from bench.machine import Failed
from bench.plan import EVERYTHING, FULL, SHORT, measure
from core.settings import ROOT


@click.command()
@click.option(
    "--full", is_flag=True, help="Towns of up to a million residents, and longer: for the figures in the docs."
)
@click.option("--only", type=click.Choice(EVERYTHING), multiple=True, help="Some workloads or groups of figures only.")
@click.option("--residents", type=click.IntRange(200), multiple=True, help="Towns of these sizes instead.")
@click.option("--rounds", type=click.IntRange(1), help="How often each is measured.")
@click.option("--seconds", type=click.FloatRange(0.1), help="How long each time.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder on the disk for the database.",
)
@click.option("--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="Where the figures go.")
@click.option(
    "--from",
    "earlier",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Measure nothing: tell the figures of an earlier run.",
)
@click.option("--docs", is_flag=True, help="Put the figures, the tables and the picture into docs/.")
def main(
    full: bool,
    only: tuple[str, ...],
    residents: tuple[int, ...],
    rounds: int | None,
    seconds: float | None,
    data: Path | None,
    file: Path | None,
    earlier: Path | None,
    docs: bool,
) -> None:
    """Start everything, put it under load, and print what share of the limits of this machine is reached.

    Only shares of one run can be compared: how fast a machine is changes from hour to hour.
    """
    usual = FULL if full else SHORT
    size = replace(
        usual,
        residents=residents or usual.residents,
        rounds=rounds or usual.rounds,
        seconds=seconds or usual.seconds,
    )
    if earlier is not None:
        found = json.loads(earlier.read_text(encoding="utf-8"))
    else:
        try:
            found = measure(size, only=only or EVERYTHING, data=data)
        except Failed as problem:
            raise click.ClickException(str(problem)) from problem
    for line in report.told(found):
        click.echo(line)
    if earlier is None:
        file = file or ROOT / "instance" / "bench" / f"{found['at'].replace(':', '')}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        click.echo(f"\nAll of it: {file}")
    if docs:
        into_docs(found, ROOT / "docs")
        click.echo("docs/performance.md, .json and .svg say so now.")


def into_docs(found: dict[str, Any], docs: Path) -> None:
    """Put the tables between their marks in `performance.md`, and the figures and the picture beside it."""
    page = docs / "performance.md"
    text = report.written_between(page.read_text(encoding="utf-8"), "bench", list(report.tables(found)))
    page.write_text(text, encoding="utf-8")
    (docs / "performance.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (docs / "performance.svg").write_text(picture.drawn(found["figures"]), encoding="utf-8")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
