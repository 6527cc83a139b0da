"""There is one clock, in UTC; only the edge and the jobs read it, and everything below is told the time."""

import re
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo

_OFFSET_PART = re.compile(r"(\d+)\s*(weeks?|days?|hours?|minutes?|seconds?|[wdhms])?(?![a-z])\s*", re.IGNORECASE)
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Clock:
    """The time now. `file` (BONAFETA_CLOCK) holds an RFC 3339 instant or an offset such as `+90d` or `-1h 30m`; it is
    read at each `now()`, so that a test or a rehearsal can move time. An absent or empty file is the real time."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file

    def now(self) -> datetime:
        real = datetime.now(UTC)
        if self._file is None:
            return real
        try:
            text = self._file.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return real
        try:
            if text[:1] in ("+", "-"):
                return real + offset_of(text)
            instant = datetime.fromisoformat(text) if text else real
        except (ValueError, OverflowError) as problem:
            raise ValueError(
                f"the clock file {self._file} holds neither an instant nor an offset: {text!r}"
            ) from problem
        if instant.tzinfo is None:
            raise ValueError(f"the clock file {self._file} must hold an instant with a zone, not {text!r}")
        return instant.astimezone(UTC)


def offset_of(text: str) -> timedelta:
    """`+90d`, `-1h 30m`, `+3600` (seconds) as a timedelta; ValueError otherwise."""
    sign = {"+": 1, "-": -1}[text[0]]
    rest = text[1:].strip()
    if not rest or _OFFSET_PART.sub("", rest):
        raise ValueError(f"not an offset: {text!r}")
    parts = dict.fromkeys(_UNITS.values(), 0)
    for number, unit in _OFFSET_PART.findall(rest):
        parts[_UNITS[(unit or "s")[0].lower()]] += int(number)
    return sign * timedelta(**parts)


def local_date(at: datetime, *, zone: ZoneInfo) -> date:
    """The calendar day at the city's clock."""
    return at.astimezone(zone).date()


def start_of_day(day: date, *, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the city's calendar day begins (fold 0: the first midnight where there are two)."""
    return datetime.combine(day, time_of_day.min, tzinfo=zone).astimezone(UTC)


def end_of_life(day: date, *, zone: ZoneInfo) -> datetime:
    """The UTC instant at which something whose last day is `day` ends: the start of the next local day."""
    return start_of_day(day + timedelta(days=1), zone=zone)


def months_later(day: date, months: int) -> date:
    """The same day `months` later; a day that the month lacks becomes its last one (29 February becomes 28)."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def iso(at: datetime) -> str:
    """RFC 3339 in UTC with a `Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
