"""Days and months are the city's: month ends, 29 February and the two days on which the clocks change are days and
months like all others, for points, vouchers, caps and statements (A46)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import end_of_life, iso, local_date, months_later
from tests.catalogue.cases import Cases
from tests.rewards.market import MUSEUM, Market
from tests.town import Town

MADRID = ZoneInfo("Europe/Madrid")
INSTANT = timedelta(microseconds=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
EDGES = [
    *(SPRING - timedelta(days=1), SPRING, AUTUMN - timedelta(days=1), AUTUMN, date(2026, 12, 31), date(2027, 1, 31)),
    *(date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2027, 2, 28), date(2028, 8, 31), date(2027, 11, 30)),
]
CLOCK = st.times().map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
LOCAL = st.builds(
    lambda day, at: datetime.combine(day, at, MADRID).astimezone(UTC),
    st.sampled_from(EDGES) | st.dates(date(2026, 11, 23), date(2032, 12, 31)),
    st.sampled_from([time(0), time(0, 30), time(1, 59, 59), time(2, 30), time(3), time(23, 59, 59, 999000)]) | CLOCK,
)
quick = settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(at=LOCAL)
def test_points_live_to_the_last_moment_of_their_last_day_whatever_day_that_is(at: datetime, town: Town) -> None:
    market = Market(town)
    town.clock.set(at)
    person = market.shopper(5)
    [shown] = person.get("/me/points").json["upcoming_expiries"]
    ends_at = datetime.fromisoformat(shown["expires_at"])
    given_on = local_date(at, zone=MADRID)

    last_day = local_date(ends_at - INSTANT, zone=MADRID)
    assert last_day == months_later(given_on, 24)
    assert (last_day.day == given_on.day) or (last_day.month, last_day.day, given_on.day) == (2, 28, 29)
    assert ends_at.astimezone(MADRID).time() == time(0)
    for instant, balance in ((ends_at - INSTANT, 5), (ends_at, 0)):
        town.clock.set(instant)
        assert market.balance(person) == balance
    town.run_job("expire-points")
    assert market.entries(person) == [("award", 5, "deed_verified"), ("expiry", -5, "points_expired")]


@quick
@given(at=LOCAL, days=st.sampled_from([1, 28, 29, 30, 60, 365]))
def test_a_voucher_can_be_used_to_the_last_moment_of_its_last_day(at: datetime, days: int, town: Town) -> None:
    market = Market(town)
    code = f"ticket-{days}"
    town.clock.set(at)
    if town.anyone().get(f"/benefits/{code}").status_code == 404:
        market.benefit(code, voucher_days=days)
    person, clerk = market.shopper(8), town.clerk(MUSEUM)
    voucher = market.buy(person, code)
    ends_at = datetime.fromisoformat(person.get(f"/vouchers/{voucher}").json["expires_at"])

    assert ends_at == end_of_life(local_date(at, zone=MADRID) + timedelta(days=days), zone=MADRID)
    scan = {"code": market.code(person, voucher)}
    for instant, status in ((ends_at - INSTANT, "valid"), (ends_at, "expired")):
        town.clock.set(instant)
        assert clerk.post("/till/lookups", json=scan).json["status"] == status


@quick
@given(moments=st.lists(LOCAL, min_size=1, max_size=5))
def test_what_was_used_stands_in_the_statement_of_one_month_and_no_other(moments: list[datetime], town: Town) -> None:
    market = Market(town)
    partner = f"partner-{len(town.manager().get('/partners?limit=100').json['items'])}"
    market.benefit(f"ticket-{partner}", partner=partner)
    clerk = town.clerk(partner)
    for at in moments:
        town.clock.set(at)
        person = market.shopper(8)
        market.redeem(clerk, market.code(person, market.buy(person, f"ticket-{partner}")))

    months = [f"{local_date(at, zone=MADRID):%Y-%m}" for at in moments]
    around = {f"{months_later(local_date(at, zone=MADRID), more):%Y-%m}" for at in moments for more in (-1, 0, 1)}
    told = {month: clerk.get(f"/partner/statement?month={month}").json["redemptions"] for month in around}
    assert told == {month: months.count(month) for month in around}


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2028, 2, 29), date(2027, 1, 1)], ids=str)
def test_a_day_ends_for_caps_at_midnight_of_the_city_also_when_the_clocks_change(
    town: Town, cases: Cases, day: date
) -> None:
    """Done in the last second of the eve, in the first of the day, in its last and in the first of the next: the day
    in between has 23, 24 or 25 hours, and its cap counts two of them."""
    town.clock.set(datetime.combine(day - timedelta(days=2), time(12), MADRID))
    cases.deed(max_per_day=1, review_by="2029-12-31")
    begins, ends = (end_of_life(day - timedelta(days=before), zone=MADRID) for before in (1, 0))
    town.clock.set(ends + timedelta(hours=12))
    doer, verifier = town.resident(), town.verifier()
    moments = [begins - timedelta(seconds=1), begins, ends - timedelta(seconds=1), ends]

    claims = [cases.claim_with_photo(doer, done_at=iso(at)) for at in moments]
    earned = [cases.decide(verifier, claim)["cap_bound"] for claim in claims]

    assert earned == [None, None, "day", None]
    assert (ends - begins) / timedelta(hours=1) == {SPRING: 23, AUTUMN: 25}.get(day, 24)


@pytest.fixture
def cases(town: Town) -> Cases:
    return Cases(town)


def test_who_writes_the_hour_that_is_twice_says_which(town: Town, cases: Cases) -> None:
    """02:30 is twice on the day in autumn, and never on the one in spring: a time carries its offset."""
    town.clock.set(datetime(2027, 10, 31, 12, tzinfo=UTC))
    cases.deed()
    town.clock.set(datetime(2027, 11, 1, 12, tzinfo=UTC))
    doer = town.resident()

    answers = [cases.try_claim(doer, done_at=f"2027-10-31T13:30:00{zone}") for zone in ("+02:00", "+01:00", "Z", "")]

    assert [answer.status_code for answer in answers] == [422, 201, 201, 422]
    shown = [answer.json["done_at"] for answer in answers[1:3]]
    assert shown == ["2027-10-31T12:30:00Z", "2027-10-31T13:30:00Z"]
