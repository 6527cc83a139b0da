"""Time is one instant in UTC; what the city calls a day begins and ends at its own midnight."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import Clock, end_of_life, iso, local_date, months_later, offset_of, start_of_day

MADRID, LISBON = ZoneInfo("Europe/Madrid"), ZoneInfo("Europe/Lisbon")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def is_about_now(at: datetime, *, plus: timedelta = timedelta(0)) -> bool:
    return abs(at - datetime.now(UTC) - plus) < timedelta(minutes=1)


def test_without_a_file_it_is_the_real_time(file: Path) -> None:
    assert is_about_now(Clock().now())
    assert is_about_now(Clock(file).now())


@pytest.mark.parametrize("text", ["", "\n", "  "])
def test_an_empty_file_is_the_real_time(file: Path, text: str) -> None:
    file.write_text(text)

    assert is_about_now(Clock(file).now())


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2028-02-29T12:00:00Z", datetime(2028, 2, 29, 12, tzinfo=UTC)),
        ("2028-02-29T12:00:00+02:00\n", datetime(2028, 2, 29, 10, tzinfo=UTC)),
        ("2028-02-29T12:00:00.123456-05:00", datetime(2028, 2, 29, 17, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_stands_still_in_utc(file: Path, text: str, at: datetime) -> None:
    file.write_text(text)

    assert Clock(file).now() == at
    assert Clock(file).now().tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("+90d", timedelta(days=90)),
        ("-1h 30m", -timedelta(hours=1, minutes=30)),
        ("+2 weeks 1 day", timedelta(days=15)),
        ("+3600", timedelta(hours=1)),
        ("+ 5S", timedelta(seconds=5)),
        ("+31536000", timedelta(days=365)),
        ("-31536000s", -timedelta(days=365)),
    ],
)
def test_an_offset_moves_the_real_time(file: Path, text: str, offset: timedelta) -> None:
    file.write_text(text)

    assert offset_of(text) == offset
    assert is_about_now(Clock(file).now(), plus=offset)


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "2028-02-30T12:00:00Z",
        "2028-02-29T12:00:00",
        "2028-02-29",
        "+",
        "+1.5h",
        "+1d-2h",
        "+1d 2x",
        "+1 fortnight",
        "++1d",
        "+999999999999d",
        "-3000000d",
    ],
)
def test_a_file_that_says_no_time_is_an_error_and_not_a_guess(file: Path, text: str) -> None:
    file.write_text(text)

    with pytest.raises(ValueError, match="clock"):
        Clock(file).now()


def test_the_file_is_read_again_each_time(file: Path) -> None:
    clock = Clock(file)
    file.write_text("2028-01-01T00:00:00Z")
    before = clock.now()
    file.write_text("2027-01-01T00:00:00Z")

    assert (before.year, clock.now().year) == (2028, 2027)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 23), 24, date(2028, 11, 23)),
        (date(2028, 2, 29), 24, date(2030, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 30), 1, date(2027, 2, 28)),
        (date(2027, 3, 31), 1, date(2027, 4, 30)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
        (date(2027, 5, 17), 0, date(2027, 5, 17)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_its_month(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


@given(day=st.dates(date(2000, 1, 1), date(2200, 1, 1)), months=st.integers(0, 600))
def test_months_later_never_leaves_its_month_and_never_comes_early(day: date, months: int) -> None:
    later = months_later(day, months)

    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day == day.day or (later + timedelta(days=1)).month != later.month


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        (date(2026, 11, 23), "2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z"),
        (date(2027, 3, 28), "2027-03-27T23:00:00Z", "2027-03-28T22:00:00Z"),  # 23 hours
        (date(2027, 10, 31), "2027-10-30T22:00:00Z", "2027-10-31T23:00:00Z"),  # 25 hours
        (date(2026, 12, 31), "2026-12-30T23:00:00Z", "2026-12-31T23:00:00Z"),
    ],
)
def test_a_day_ends_where_the_next_begins_also_when_the_clocks_change(day: date, starts: str, ends: str) -> None:
    assert iso(start_of_day(day, zone=MADRID)) == starts
    assert iso(end_of_life(day, zone=MADRID)) == ends


def test_a_day_without_a_midnight_begins_with_its_first_moment() -> None:
    santiago = ZoneInfo("America/Santiago")  # 2027-09-05 begins at 01:00

    begins = start_of_day(date(2027, 9, 5), zone=santiago)

    assert local_date(begins, zone=santiago) == date(2027, 9, 5)
    assert local_date(begins - timedelta(seconds=1), zone=santiago) == date(2027, 9, 4)


@given(
    day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    zone=st.sampled_from([MADRID, LISBON, ZoneInfo("Atlantic/Azores"), ZoneInfo("America/Mexico_City")]),
)
def test_the_days_of_a_city_leave_no_gap_and_do_not_overlap(day: date, zone: ZoneInfo) -> None:
    starts, ends = start_of_day(day, zone=zone), end_of_life(day, zone=zone)

    assert local_date(starts, zone=zone) == day
    assert local_date(starts - timedelta(microseconds=1), zone=zone) == day - timedelta(days=1)
    assert ends == start_of_day(day + timedelta(days=1), zone=zone)


def test_an_instant_is_written_with_a_z() -> None:
    assert iso(datetime(2026, 11, 23, 11, tzinfo=MADRID)) == "2026-11-23T10:00:00Z"
