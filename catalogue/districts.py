"""The city is known by its districts and their neighbourhoods, in its own order."""

from collections import Counter
from typing import Any

from sqlalchemy import select

from catalogue.deeds import mark_changed
from catalogue.models import District
from core.db import db
from core.errors import Invalid
from core.importing import Checked, Fault, FileRefused, Table
from core.settings import City
from core.titles import code_of

COLUMNS = {"city", "district", "neighbourhood"}
NAME_CHARS_MAX = 120
CODE_CHARS_MAX = 60


class DistrictUnknown(Invalid):
    """There is no such district."""


def check_district(code: str) -> None:
    """Raises `DistrictUnknown`."""
    if db.session.get(District, code) is None:
        raise DistrictUnknown(district=code)


def listed() -> dict[str, Any]:
    """All districts. One statement."""
    rows = db.session.scalars(select(District).order_by(District.position))
    items = [{"code": row.code, "name": row.name, "neighbourhoods": row.neighbourhoods} for row in rows]
    return {"items": items, "next_cursor": None}


def check(table: Table, *, city: City) -> Checked[District]:
    """The districts in a table of neighbourhoods; rows of other cities are left out. Raises `FileRefused`."""
    checked: Checked[District] = Checked(faults=list(table.faults))
    districts: dict[str, District] = {}
    for row in table.rows:
        if row.cells["city"] != city.name:
            continue
        try:
            name, neighbourhood = (_named(row.cells[column], column) for column in ("district", "neighbourhood"))
            district = districts.get(name["code"])
            if district is None:
                district = districts[name["code"]] = District(**name, neighbourhoods=[], position=len(districts))
            if neighbourhood["code"] in [other["code"] for other in district.neighbourhoods]:
                raise Invalid(errors=[{"field": "neighbourhood", "reason": "Stands in this district already."}])
            district.neighbourhoods.append(neighbourhood)
        except Invalid as no:
            checked.faults += [Fault(row.line, **error) for error in no.facts["errors"]]
    if not districts and not checked.faults:
        raise FileRefused(f"No row of this file is about {city.name}.")
    checked.good = list(districts.values())
    return checked


def load(districts: list[District]) -> Counter[str]:
    """Write the districts; counts those that are new, changed and same. None is removed: events may name it."""
    counts: Counter[str] = Counter()
    known = {district.code: district for district in db.session.scalars(select(District))}
    for district in districts:
        facts = {"name": district.name, "neighbourhoods": district.neighbourhoods, "position": district.position}
        there = known.get(district.code)
        if there is None:
            db.session.add(District(code=district.code, **facts))
            counts["new"] += 1
        elif any(getattr(there, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(there, name, value)
            counts["changed"] += 1
        else:
            counts["same"] += 1
    if counts["new"] or counts["changed"]:
        mark_changed()
    return counts


def _named(name: str, column: str) -> dict[str, str]:
    code = code_of(name)[:CODE_CHARS_MAX].strip("-")
    if not code or len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise Invalid(errors=[{"field": column, "reason": f"Needs a name of at most {NAME_CHARS_MAX} characters."}])
    return {"code": code, "name": name}
