"""Nobody's points end unannounced: neutral words, 60, 14 and 3 days before, one a day, with what is left by then."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from core.db import Does, db
from rewards import reminders
from rewards.models import Reminder
from tests.rewards.market import Market
from tests.town import Town

LAST_DAY = datetime(2028, 11, 23, 9, tzinfo=UTC)
"""Nine in the morning (UTC) of the last day of points that were given on 23 November 2026."""


def days_before(days: int) -> datetime:
    return LAST_DAY - timedelta(days=days)


def test_c47_points_are_announced_60_14_and_3_days_before(town: Town, market: Market) -> None:
    person = market.shopper(10)
    told = {}

    for days in range(65, -3, -1):
        town.clock.set(days_before(days))
        if town.run_job("remind"):
            told[days] = town.mails_to(person.email)[-1]

    assert list(told) == [60, 14, 3]
    assert len(town.mails_to(person.email)) == 3
    assert all("10" in mail.get_content() and "2028-11-23" in mail.get_content() for mail in told.values())


def test_one_message_a_day_however_often_the_job_runs_and_however_much_ends(town: Town, market: Market) -> None:
    person = market.shopper(10)
    town.clock.forward(days=46)
    market.award(person, 5)
    town.clock.set(days_before(14))  # of the first; 60 before the second

    runs = [town.run_job("remind") for _ in range(3)]
    town.clock.forward(hours=6)
    runs.append(town.run_job("remind"))

    assert runs == [1, 0, 0, 0]
    [mail] = town.mails_to(person.email)
    assert ends(mail) == [(10, "2028-11-23"), (5, "2029-01-08")]


def test_a_reminder_missed_while_no_job_ran_is_made_up_once(town: Town, market: Market) -> None:
    market.shopper(10)
    town.clock.set(days_before(60) + timedelta(days=5))

    runs = [town.run_job("remind")]
    for _ in range(10):
        town.clock.forward(days=1)
        runs.append(town.run_job("remind"))

    assert runs == [1] + 10 * [0]


def test_after_a_long_outage_one_message_stands_for_all_that_were_missed(town: Town, market: Market) -> None:
    person = market.shopper(10)
    town.clock.set(days_before(2))

    assert [town.run_job("remind") for _ in range(2)] == [1, 0]
    town.clock.forward(days=1)
    assert town.run_job("remind") == 0
    assert len(town.mails_to(person.email)) == 1


def test_a_reminder_tells_what_remains_now(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(10)
    town.clock.set(days_before(60))
    market.buy(person)

    town.run_job("remind")

    [mail] = town.mails_to(person.email)
    assert ends(mail) == [(2, "2028-11-23")]


def test_who_has_spent_it_all_is_not_written_to_until_it_comes_back(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(8)
    town.clock.set(days_before(60))
    voucher = market.buy(person)

    assert town.run_job("remind") == 0
    person.delete(f"/vouchers/{voucher}")
    assert town.run_job("remind") == 1


def test_points_that_last_are_not_in_the_list_but_in_the_balance(town: Town, market: Market) -> None:
    person = market.shopper(10)
    town.clock.set(days_before(60))
    market.award(person, 7)

    town.run_job("remind")

    [mail] = town.mails_to(person.email)
    assert ends(mail) == [(10, "2028-11-23")]
    assert "17" in mail.get_content()


def test_nothing_is_announced_that_has_ended_though_no_job_has_recorded_it(town: Town, market: Market) -> None:
    market.shopper(10)
    town.clock.set(datetime(2028, 11, 23, 23, tzinfo=UTC))

    assert town.run_job("remind") == 0


def test_who_turned_messages_off_gets_none(town: Town, market: Market) -> None:
    person = market.shopper(10)
    assert person.patch("/me", json={"notices": "none"}).status_code == 200
    town.clock.set(days_before(60))

    assert town.run_job("remind") == 0
    assert town.mails_to(person.email) == []


def test_who_left_gets_none(town: Town, market: Market) -> None:
    person = market.shopper(10)
    town.clock.set(days_before(60))
    assert person.delete("/me", json={"now": True}).status_code == 200

    assert town.run_job("remind") == 0


def test_many_residents_are_told_in_batches_and_each_once(
    town: Town, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "LOTS_PER_BATCH", 2)
    people = [market.shopper(10) for _ in range(5)]
    town.clock.set(days_before(14))

    assert [town.run_job("remind") for _ in range(2)] == [5, 0]

    assert [len(town.mails_to(person.email)) for person in people] == [1] * 5
    days = select(Reminder.day)
    assert len(market.inside(lambda: db.session.scalars(days).all(), does=Does.READS)) == 5


def test_of_two_runs_at_once_one_tells(town: Town, market: Market) -> None:
    if town.settings.is_sqlite:
        pytest.skip("SQLite lets one writer in at a time")
    person = market.shopper(10)
    town.clock.set(days_before(14))
    with town.app.app_context():
        engine = db.engine

    others = [insert(Reminder).values(citizen_id=person.id, day=days_before(14).date())]

    def be_quicker(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """The other run has looked as well, and writes first."""
        if statement.startswith("INSERT INTO reminder") and others:
            with engine.begin() as connection:
                connection.execute(others.pop())

    event.listen(engine, "before_cursor_execute", be_quicker)

    assert town.run_job("remind") == 0
    assert others == []
    assert town.mails_to(person.email) == []


# --- words ------------------------------------------------------------------------------------------------------------

THREATS = {
    "en": "lose|lost|losing|hurry|last chance|urgent|warning|penalt|forfeit|waste|!",
    "es": "perder|pierd|perdid|prisa|última oportunidad|urgente|aviso|penaliz|sanci|!",
    "ca": "perdr|perds|perdut|afanya|última oportunitat|urgent|avís|penalitz|sanci|!",
    "pt": "perder|perde|perdid|pressa|última oportunidade|urgente|aviso|penaliz|sanç|!",
}


@pytest.mark.parametrize("language", ["en", "es", "ca", "pt"])
def test_c48_the_words_are_neutral_and_tell_date_amount_and_options(town: Town, market: Market, language: str) -> None:
    person = market.shopper(10)
    assert person.patch("/me", json={"language": language}).status_code == 200
    town.clock.set(days_before(14))

    town.run_job("remind")

    [mail] = town.mails_to(person.email)
    text = f"{mail['Subject']}\n{mail.get_content()}"
    assert mail["Content-Language"] == language
    assert ends(mail) == [(10, "2028-11-23")]
    assert re.search({"en": "spend", "es": "gastar", "ca": "gastar", "pt": "gastá|gastar"}[language], text)
    assert re.search(THREATS[language], text, re.IGNORECASE) is None


def ends(mail: EmailMessage) -> list[tuple[int, str]]:
    """Which points a message says can be spent until the end of which day."""
    found = re.findall(r"^- (\d+) \w+:.* (\d{4}-\d\d-\d\d)$", mail.get_content(), re.MULTILINE)
    return [(int(points), day) for points, day in found]
