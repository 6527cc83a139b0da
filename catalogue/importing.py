"""A city's deeds come from a file as they would by the API; loading it again publishes only what differs."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.browsing import rules_in_force
from catalogue.deed_rules import RULE_COLUMNS, differences
from catalogue.deeds import add_deed, add_version, check, lock_deed, mark_changed
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


def load_deeds(rows: list[DeedRow], *, in_force_from: datetime, reason: str, at: datetime) -> Counter[str]:
    """Publish what is new or differs from the rule in force at that time; counts new, changed and same."""
    counts: Counter[str] = Counter()
    known = rules_in_force(at=in_force_from)
    for row in progress(rows, "Loading"):
        if row.code in known and not differences(known[row.code], row.rule):
            counts["same"] += 1
            continue
        deed = lock_deed(row.code)
        counts["changed" if deed else "new"] += 1
        deed = deed or add_deed(row.code, at=at)
        add_version(deed, row.rule, in_force_from=in_force_from, reason=reason, who=None, at=at)
    if counts["new"] or counts["changed"]:
        mark_changed()
    return counts
