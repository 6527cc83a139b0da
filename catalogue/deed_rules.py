"""A deed's rule adds up, lapses after its review date, and shows what got worse (C20, C21)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from catalogue.models import DeedVersion
from core.clock import local_date
from core.settings import City
from core.titles import title_faults

UNITS = ("deed", "hour", "item")
EVIDENCE = ("photo", "event_code", "organiser")
REVIEW_BY_MAX = date(2199, 12, 31)
PAUSE_DAYS_MAX = 30
"""A pause holds at once, so it may last no longer than the notice that anything else needs (charter C20)."""

RULE_COLUMNS = {
    "category": DeedVersion.category,
    "titles": DeedVersion.titles,
    "points": DeedVersion.points,
    "unit": DeedVersion.unit,
    "max_per_day": DeedVersion.per_day_max,
    "max_per_year": DeedVersion.per_year_max,
    "evidence": DeedVersion.evidence,
    "minutes": DeedVersion.minutes,
    "access": DeedVersion.access,
    "districts": DeedVersion.districts,
    "purpose": DeedVersion.purpose,
    "review_by": DeedVersion.review_by,
    "source": DeedVersion.source,
    "paused_until": DeedVersion.paused_until,
}
"""What a rule says, by its name in the API and its column."""

_COLUMN_NAMES = tuple((name, column.key) for name, column in RULE_COLUMNS.items())

Rule = Mapping[str, Any]
"""The values of `RULE_COLUMNS` by their names in the API."""


def rule_of(version: Any) -> dict[str, Any]:
    """The rule that a version (the model or a row with its columns) states."""
    return {name: getattr(version, column) for name, column in _COLUMN_NAMES}


def columns_of(rule: Rule) -> dict[str, Any]:
    return {column.key: rule[name] for name, column in RULE_COLUMNS.items()}


def is_open(version: Any, *, at: datetime, city: City) -> bool:
    """Whether the deed can be done under this version: in force, not past its review date (charter C21), not paused."""
    today = local_date(at, zone=city.zone)
    return bool(version.in_force_from <= at and today <= version.review_by and not is_paused(version, today))


def is_paused(version: Any, day: date) -> bool:
    """Whether what is done on that local day, under this version, does not count."""
    return version.paused_until is not None and day <= version.paused_until


def faults_of(rule: Rule, *, from_day: date, city: City, districts: Collection[str]) -> Iterator[dict[str, str]]:
    """What does not add up, as rows of field and reason. `from_day` is the local day the rule comes into force."""
    yield from title_faults(rule["titles"], city=city)
    if rule["max_per_year"] < rule["max_per_day"]:
        yield _fault("max_per_year", "Less than max_per_day.")
    for field in ("evidence", "access", "districts"):
        if len(set(rule[field])) < len(rule[field]):
            yield _fault(field, "Something stands here twice.")
    if unknown := sorted(set(rule["districts"]) - set(districts)):
        yield _fault("districts", f"Unknown: {', '.join(unknown)}.")
    if rule["review_by"] < from_day:
        yield _fault("review_by", "The review date is over before the rule comes into force.")
    paused_until = rule["paused_until"]
    if paused_until is not None and not from_day <= paused_until <= from_day + timedelta(days=PAUSE_DAYS_MAX):
        yield _fault("paused_until", f"A pause lasts from when it comes into force for {PAUSE_DAYS_MAX} days at most.")
    if rule["review_by"] > REVIEW_BY_MAX:
        yield _fault("review_by", f"Later than {REVIEW_BY_MAX}.")


def worse(before: Rule, after: Rule, *, from_day: date) -> list[str]:
    """The fields in which a resident is worse off `after`: what needs notice (charter C20). What only describes the
    deed (titles, purpose, access tags, category, source) is better or worse for nobody. A pause is worse only where it
    draws out another one, that is not over on `from_day`."""
    lower = ["points", "max_per_day", "max_per_year", "review_by"]
    if before["unit"] == "hour":
        lower.append("minutes")  # what a check-in at a standing placement counts
    found = [field for field in lower if after[field] < before[field]]
    if set(after["evidence"]) - set(before["evidence"]):
        found.append("evidence")
    pause, next_pause = before["paused_until"], after["paused_until"]
    if pause and next_pause and from_day <= pause + timedelta(days=1) and pause < next_pause:
        found.append("paused_until")
    everywhere_before, everywhere_after = not before["districts"], not after["districts"]
    is_lost = everywhere_before or set(before["districts"]) - set(after["districts"])
    if is_lost and not everywhere_after:
        found.append("districts")
    return found


def _fault(field: str, reason: str) -> dict[str, str]:
    return {"field": field, "reason": reason}
