"""A city's deeds come from a file as they would by the API; loading it again publishes only what differs."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.browsing import announced_rules
from catalogue.deed_rules import RULE_COLUMNS, differences
from catalogue.deeds import (
    NOTICE,
    add_deed,
    add_version,
    check,
    known_districts,
    lock_deed,
    mark_changed,
    worse_than_until,
)
from catalogue.schemas.deeds import NewDeed
from core.charter_gate import breaches_of_raw_deed, gate
from core.importing import Checked, Row, Table, body_of, check_rows, progress, title_columns
from core.settings import City

OPTIONAL = frozenset({"access", "districts", "source"})
REQUIRED = {"code", *RULE_COLUMNS} - OPTIONAL - {"titles"}
NUMBERS = frozenset({"points", "max_per_day", "max_per_year", "minutes"})
LISTS = frozenset({"evidence", "access", "districts"})


@dataclass(frozen=True)
class DeedRow:
    """A deed of a file, checked."""

    code: str
    rule: dict[str, Any]


def check_deeds(table: Table, *, in_force_from: datetime, city: City, districts: frozenset[str]) -> Checked[DeedRow]:
    """Check every row as the API checks a body: charter, schema, and whether the rule adds up."""
    schema = NewDeed(exclude=("in_force_from", "reason"))

    def checked(row: Row) -> DeedRow:
        rule = gate(body_of(row, numbers=NUMBERS, lists=LISTS), schema, breaches_of_raw_deed)
        code = rule.pop("code")
        check(rule, in_force_from=in_force_from, city=city, districts=districts)
        return DeedRow(code, rule)

    required, optional = title_columns(city)
    return check_rows(table, kind="deed", required=REQUIRED | required, optional=OPTIONAL | optional, check=checked)


def load_deeds(rows: list[DeedRow], *, in_force_from: datetime, reason: str, city: City, at: datetime) -> Counter[str]:
    """Publish what is new or differs from what each deed says in the end; counts new, changed, announced and same.

    What is worse for residents is announced: it comes into force 30 days from now (charter C20). Nothing overtakes
    what was announced before: it is called off, from its own date on.
    """
    counts: Counter[str] = Counter()
    known, districts = announced_rules(), known_districts()
    for row in progress(rows, "Loading"):
        if row.code not in known:
            counts["new"] += 1
            add_version(
                add_deed(row.code, at=at), row.rule, in_force_from=in_force_from, reason=reason, who=None, at=at
            )
            continue
        last_from, last = known[row.code]
        if not differences(last, row.rule):
            counts["same"] += 1
            continue
        starts_at = max(in_force_from, last_from)
        if starts_at < at + NOTICE and worse_than_until(row.code, row.rule, starts_at, at=at):
            starts_at = at + NOTICE
            check(row.rule, in_force_from=starts_at, city=city, districts=districts)
        counts["announced" if starts_at > at else "changed"] += 1
        there = lock_deed(row.code)
        assert there is not None
        add_version(there, row.rule, in_force_from=starts_at, reason=reason, who=None, at=at)
    if set(counts) - {"same"}:
        mark_changed()
    return counts
