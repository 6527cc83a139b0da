"""The shape of the house: what imports what, one place that commits, one that reads the clock, a door on each room."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import UniqueConstraint

from app import HOLDERS
from core.db import Base
from core.http.access_list import access_page
from core.http.doors import ANYONE, SIGNED_IN, STAFF, Role
from core.http.edge import door_of
from core.settings import ROOT
from tests.town import Person, Town

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


def test_the_access_paper_is_up_to_date(app: Flask) -> None:
    assert (ROOT / "docs" / "access.md").read_text(encoding="utf-8") == access_page(app)


def test_every_door_lets_in_whom_it_says_and_nobody_else(app: Flask, town: Town) -> None:
    people: dict[Role | None, Person] = {None: town.anyone(), Role.RESIDENT: town.resident()}
    people |= {
        role: town.staff_resident(role) if role is Role.MANAGER else _staff(town, role) for role in sorted_staff()
    }
    wrong = []
    for rule in app.url_map.iter_rules():
        door = door_of(app, rule.endpoint)
        assert door is not None, rule
        if door.who == ANYONE:
            continue
        path = re.sub(r"<uuid:\w+>", "00000000-0000-7000-8000-000000000000", rule.rule)
        path = re.sub(r"<[^>]+>", "nothing", path).removeprefix("/api/v1")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            for role, person in people.items():
                if (method, path) in (("DELETE", "/me"), ("DELETE", "/auth/tokens")) and role is not None:
                    continue  # it would end the person; `tests/citizen` is about these
                status = person.call(method, path, key="a key").status_code
                roles = {role} if role is not Role.MANAGER else {role, Role.RESIDENT}
                is_in = role is not None and (door.who == SIGNED_IN or bool(door.who & roles))
                is_right = status not in (401, 403) and status < 500 if is_in else status == (403 if role else 401)
                if not is_right:
                    wrong.append((method, rule.rule, role, status))

    assert wrong == []


def sorted_staff() -> list[Role]:
    return sorted(STAFF, key=lambda role: role.value)


def _staff(town: Town, role: Role) -> Person:
    return town.clerk("museum") if role is Role.CLERK else getattr(town, role.value)()
