"""A city's deeds come from a file as they would by the API; loading it again publishes only what differs."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalogue.browsing import announced_rules
from catalogue.deed_rules import RULE_COLUMNS
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
from core.differences import differences
from core.http.doors import Caller
from core.importing import (
    Checked,
    Outcome,
    Row,
    Table,
    body_of,
    check_rows,
    loaded_dump,
    outcomes,
    progress,
    title_columns,
)
from core.settings import City

OPTIONAL = frozenset({"access", "districts", "source"})
REQUIRED = {"code", *RULE_COLUMNS} - OPTIONAL - {"titles", "paused_until"}
NUMBERS = frozenset({"points", "max_per_day", "max_per_year", "minutes"})
LISTS = frozenset({"evidence", "access", "districts"})


@dataclass(frozen=True)
class DeedRow:
    """A deed of a file, checked."""

    line: int
    code: str
    rule: dict[str, Any]


def check_deeds(table: Table, *, in_force_from: datetime, city: City, districts: frozenset[str]) -> Checked[DeedRow]:
    """Check every row as the API checks a body: charter, schema, and whether the rule adds up."""
    schema = NewDeed(exclude=("in_force_from", "reason", "paused_until"))

    def checked(row: Row) -> DeedRow:
        rule = gate(body_of(row, numbers=NUMBERS, lists=LISTS), schema, breaches_of_raw_deed)
        code = rule.pop("code")
        check(rule | {"paused_until": None}, in_force_from=in_force_from, city=city, districts=districts)
        return DeedRow(row.line, code, rule)

    required, optional = title_columns(city)
    return check_rows(table, kind="deed", required=REQUIRED | required, optional=OPTIONAL | optional, check=checked)


def load_deeds(rows: list[DeedRow], *, in_force_from: datetime, reason: str, city: City, at: datetime) -> Counter[str]:
    """Publish what is new or differs from what each deed says in the end; counts new, changed, announced and same."""
    load_one = loader(in_force_from=in_force_from, reason=reason, who=None, city=city, at=at)
    counts = Counter(load_one(row).result for row in progress(rows, "Loading"))
    if set(counts) - {"same"}:
        mark_changed()
    return counts


def load_sent(
    table: Table, checked: Checked[DeedRow], *, dry_run: bool, reason: str, who: Caller, city: City, at: datetime
) -> dict[str, Any]:
    """Load what a manager sent, all or nothing, or only try to. Raises `ImportRefused`."""
    load_one = loader(in_force_from=at, reason=reason, who=who, city=city, at=at)
    rows = outcomes(table, checked, load_one, dry_run=dry_run)
    if not dry_run and any(row.result != "same" for row in rows):
        mark_changed()
    return loaded_dump(rows, dry_run=dry_run)


def loader(
    *, in_force_from: datetime, reason: str, who: Caller | None, city: City, at: datetime
) -> Callable[[DeedRow], Outcome]:
    """What loads a row, knowing what there was before.

    What is worse for residents is announced: it comes into force 30 days from now (charter C20). Nothing overtakes
    what was announced before: it is called off, from its own date on. A pause is none of a file's business: it stays.
    """
    known, districts = announced_rules(), known_districts()

    def load_one(row: DeedRow) -> Outcome:
        if row.code not in known:
            rule = row.rule | {"paused_until": None}
            deed = add_deed(row.code, at=at)
            add_version(deed, rule, in_force_from=in_force_from, reason=reason, who=who, at=at)
            return Outcome("new", row.code, row.line, in_force_from=in_force_from)
        last_from, last = known[row.code]
        rule = row.rule | {"paused_until": last["paused_until"]}
        changes = differences(last, rule)
        if not changes:
            return Outcome("same", row.code, row.line, in_force_from=last_from)
        starts_at, worse = max(in_force_from, last_from), []
        if starts_at < at + NOTICE and (worse := worse_than_until(row.code, rule, starts_at, city=city, at=at)):
            starts_at = at + NOTICE
            check(rule, in_force_from=starts_at, city=city, districts=districts)
        there = lock_deed(row.code)
        assert there is not None
        add_version(there, rule, in_force_from=starts_at, reason=reason, who=who, at=at)
        result = "announced" if starts_at > at else "changed"
        return Outcome(result, row.code, row.line, changes=changes, worse=worse, in_force_from=starts_at)

    return load_one
