"""The shape of the house: what imports what, one place that commits, one that reads the clock, a door on each room."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import UniqueConstraint

from app import HOLDERS
from core.db import Base
from core.settings import ROOT

PACKAGES = ("core", "citizen", "rewards", "catalogue")
"""From the right to the left of `app → catalogue → rewards → citizen → core`."""
DISTRIBUTED = ("account", "entry", "lot", "allocation", "voucher", "submission", "idempotency")
PERSON = re.compile(r"(citizen|subject|actor|organiser|verifier|clerk)_id$|leased_by$|decided_by$|confirmed_by$")
NOT_ABOUT_RESIDENTS = {
    "event": "an organiser acts for an office, and the event stays with it",
    "case_given_back": "a verifier's number, in the office's own work",
}


def modules(package: str) -> Iterator[Path]:
    yield from sorted((ROOT / package).rglob("*.py"))


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_stands_to_its_right(package: str) -> None:
    forbidden = {*PACKAGES[PACKAGES.index(package) + 1 :], "app"}

    wrong = {
        (file.name, name) for file in modules(package) for name in imported(file) if name.split(".")[0] in forbidden
    }

    assert wrong == set()


def test_one_place_commits() -> None:
    places = {f"{p}/{file.name}" for p in PACKAGES for file in modules(p) if ".commit(" in file.read_text("utf-8")}

    assert places == {"core/db.py"}


def test_one_place_reads_the_clock() -> None:
    reads = re.compile(r"datetime\.now\(|time\.time\(|date\.today\(|utcnow\(")
    places = {f"{p}/{file.name}" for p in PACKAGES for file in modules(p) if reads.search(file.read_text("utf-8"))}

    assert places == {"core/clock.py"}


def test_every_table_about_a_person_has_a_holder() -> None:
    held = {model.__tablename__ for holder in HOLDERS for model in holder.models}
    about_people = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(PERSON.search(column.name) for column in table.columns)
    }

    assert about_people - held - set(NOT_ABOUT_RESIDENTS) == set()


@pytest.mark.parametrize("name", DISTRIBUTED)
def test_a_residents_rows_lie_together(name: str) -> None:
    table = Base.metadata.tables[name]
    unique = [index for index in table.indexes if index.unique]
    keys = [list(table.primary_key.columns), *(list(index.columns) for index in unique)]
    keys += [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [list(c.columns) for c in table.foreign_key_constraints if c.referred_table.name in DISTRIBUTED]

    assert {key[0].name for key in keys} == {"citizen_id"}
