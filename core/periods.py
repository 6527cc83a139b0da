"""A period of the city's calendar is cut into days, weeks or months; the database tells which of them a row is of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields, validate
from sqlalchemy import ColumnElement, and_, case

from core.clock import local_date, months_later, start_of_day
from core.errors import Invalid
from core.http.schemas import Schema
from core.http.tables import FormatQuery

STEPS_MAX = 62
STEPS_DEFAULT = {"day": 30, "week": 12, "month": 12}
_DAYS = validate.Range(date(2000, 1, 1), date(2199, 12, 31))


class PeriodBackwards(Invalid):
    """The period ends before it begins."""


class PeriodTooLong(Invalid):
    """The period has too many steps: ask for a shorter one, or per week or month."""


def steps_per(default: str) -> fields.String:
    return fields.String(
        load_default=default,
        validate=validate.OneOf(sorted(STEPS_DEFAULT)),
        metadata={"description": f"weeks begin on Monday; at most {STEPS_MAX} steps"},
    )


class PeriodQuery(FormatQuery):
    """Which part of the calendar. Both days belong to it."""

    since = fields.Date(
        data_key="from", load_default=None, validate=_DAYS, metadata={"description": "the first local day"}
    )
    until = fields.Date(
        data_key="to",
        load_default=None,
        validate=_DAYS,
        metadata={"description": "the last local day; today if not given"},
    )
    per = steps_per("month")


class PeriodShown(Schema):
    """Which part of the city's calendar an answer is about. Both days belong to it."""

    since = fields.Date(data_key="from", attribute="from", required=True)
    until = fields.Date(data_key="to", attribute="to", required=True)
    per = fields.String(required=True)


class StepShown(Schema):
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)


@dataclass(frozen=True)
class Period:
    """Local days from `starts[0]` to `last_day`, in steps that begin on `starts`."""

    per: str
    starts: tuple[date, ...]
    last_day: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime:
        return start_of_day(self.starts[0], zone=self.zone)

    @property
    def ends_at(self) -> datetime:
        return start_of_day(self.last_day + timedelta(days=1), zone=self.zone)

    def holds(self, instant: Any) -> ColumnElement[bool]:
        """Whether an instant (a column) lies in the period."""
        return and_(instant >= self.starts_at, instant < self.ends_at)

    def step_of(self, instant: Any) -> ColumnElement[int]:
        """The number of the step that an instant (a column) of the period lies in."""
        ends = [start_of_day(day, zone=self.zone) for day in self.starts[1:]]
        if not ends:
            return case((instant >= self.starts_at, 0), else_=0)
        return case(*((instant < end, number) for number, end in enumerate(ends)), else_=len(ends))

    def step_dump(self, number: int) -> dict[str, date]:
        """The first and the last day of a step."""
        later = [*self.starts[1:], self.last_day + timedelta(days=1)]
        return {"starts_on": self.starts[number], "ends_on": later[number] - timedelta(days=1)}

    def dump(self) -> dict[str, Any]:
        return {"from": self.starts[0], "to": self.last_day, "per": self.per}


def period_of(since: date | None, until: date | None, per: str, *, at: datetime, zone: ZoneInfo) -> Period:
    """From `since` to `until`, both within; by default up to today, as long as is usual for that step.

    Raises `PeriodBackwards`, `PeriodTooLong`.
    """
    last = until or local_date(at, zone=zone)
    if since is None:
        first = _begin(last, per)
        for _ in range(STEPS_DEFAULT[per] - 1):
            first = _begin(first - timedelta(days=1), per)
    else:
        first = since
    if first > last:
        raise PeriodBackwards()
    starts: list[date] = []
    for start in _starts(first, last, per):
        starts.append(start)
        if len(starts) > STEPS_MAX:
            raise PeriodTooLong(steps_max=STEPS_MAX, per=per)
    return Period(per, tuple(starts), last, zone)


def month_of(month: date, *, zone: ZoneInfo) -> Period:
    """A calendar month, day by day."""
    last = months_later(month, 1) - timedelta(days=1)
    return Period("day", tuple(_starts(month, last, "day")), last, zone)


def _starts(first: date, last: date, per: str) -> Iterator[date]:
    start = first
    while start <= last:
        yield start
        start = _next(_begin(start, per), per)


def _begin(day: date, per: str) -> date:
    if per == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if per == "week" else day


def _next(begin: date, per: str) -> date:
    if per == "month":
        return months_later(begin, 1)
    return begin + timedelta(days=7 if per == "week" else 1)
