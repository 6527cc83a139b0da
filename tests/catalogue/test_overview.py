"""What the office sees of its own work equals a history that was made by hand, and tells of nobody."""

from datetime import UTC, datetime
from typing import Any

import pytest

from catalogue import overview as office
from tests.catalogue.cases import ASK, DECLINE, Cases
from tests.town import Person, Town


def overview(person: Person, **query: str) -> Any:
    answer = person.get("/overview/review", query_string=query)
    assert answer.status_code == 200, answer.json
    return answer.json


def decided_after(cases: Cases, verifier: Person, doer: Person, hours: float, decision: dict[str, Any]) -> str:
    """A claim, sent now, that is decided on so much later."""
    claim = cases.claim_with_photo(doer)
    cases.clock.forward(hours=hours)
    cases.decide(verifier, claim, decision)
    return claim


def test_what_was_decided_is_told_by_the_citys_months(town: Town, cases: Cases) -> None:
    cases.deed(max_per_day=1000, max_per_year=1000)
    manager, verifier = town.manager(), town.verifier()
    doers = [town.resident() for _ in range(10)]
    approve = {"decision": "approve"}
    cases.clock.set(datetime(2026, 11, 24, 12, tzinfo=UTC))
    for doer, hours in zip(doers, (1, 2, 3, 4, 5, 6.5, 7, 8, 9, 10), strict=True):
        decided_after(cases, verifier, doer, hours, DECLINE if hours == 10 else approve)
    assert cases.clock.now() < datetime(2026, 11, 30, 23, tzinfo=UTC)
    asked = cases.claim_with_photo(doers[0])
    cases.clock.set(datetime(2026, 11, 30, 23, tzinfo=UTC))  # December has begun in the city
    cases.decide(verifier, asked, ASK)
    turned = decided_after(cases, verifier, doers[1], 30, approve)
    reason = {"reason_code": "our_mistake", "text": "It was another one."}
    assert verifier.post(f"/submissions/{turned}/reversal", json=reason).status_code == 200

    told = overview(manager, **{"from": "2026-11-01", "to": "2026-12-31"})

    november, december = told["items"]
    nothing = {"decided": 0, "approved": 0, "by_rule": 0, "declined": 0, "asked": 0, "reversed": 0}
    assert november == {
        "starts_on": "2026-11-01",
        "ends_on": "2026-11-30",
        **nothing,
        "decided": 10,
        "approved": 9,
        "declined": 1,
        "median_hours": 5.5,
    }
    assert december == {
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-31",
        **nothing,
        "decided": 1,
        "approved": 1,
        "asked": 1,
        "reversed": 1,
        "median_hours": None,
    }
    assert told["totals"] == {
        **nothing,
        "decided": 11,
        "approved": 10,
        "declined": 1,
        "asked": 1,
        "reversed": 1,
        "median_hours": 6.0,
    }


def test_c10_how_long_people_waited_is_withheld_below_ten_people(town: Town, cases: Cases) -> None:
    cases.deed(max_per_day=1000, max_per_year=1000)
    manager, verifier = town.manager(), town.verifier()
    doers = [town.resident() for _ in range(9)]
    for doer in [*doers, doers[0]]:  # ten cases, of nine people
        decided_after(cases, verifier, doer, 1, {"decision": "approve"})

    nine = overview(manager)["totals"]
    decided_after(cases, verifier, town.resident(), 1, {"decision": "approve"})
    ten = overview(manager)["totals"]

    assert (nine["decided"], nine["median_hours"]) == (10, None)
    assert (ten["decided"], ten["median_hours"]) == (11, 1.0)


def test_what_waits_is_told_with_the_oldest_and_what_is_past_its_promise(town: Town, cases: Cases) -> None:
    cases.deed()
    manager = town.manager()
    empty = overview(manager)
    cases.claim_with_photo(town.resident())
    since = cases.clock.now()
    cases.clock.forward(days=town.city.review.promised_days, hours=1)
    cases.claim_with_photo(town.resident())

    told = overview(manager)

    assert (empty["waiting"], empty["oldest_queued_at"], empty["overdue"]) == (0, None, 0)
    assert (told["waiting"], told["oldest_queued_at"], told["overdue"]) == (2, since.isoformat()[:19] + "Z", 1)


def test_an_approval_by_rule_is_counted_and_is_no_waiting(town: Town, cases: Cases) -> None:
    organiser = town.organiser()
    fair = cases.event(organiser, cases.deed("town-fair", evidence=["event_code"], points=2))
    for _ in range(10):
        town.resident().post("/check-ins", json={"code": cases.code_of(fair, organiser)})

    told = overview(town.auditor(), per="day")["totals"]

    assert (told["approved"], told["by_rule"], told["median_hours"]) == (10, 10, None)


def test_a_table_has_a_row_per_step(town: Town, cases: Cases) -> None:
    cases.deed()
    cases.approved(town.resident(), town.verifier())

    answer = town.manager().get("/overview/review", query_string={"format": "csv", "from": "2026-11-01"})

    assert answer.get_data().decode("utf-8-sig").splitlines() == [
        "starts_on,ends_on,decided,approved,by_rule,declined,asked,reversed,median_hours",
        "2026-11-01,2026-11-23,1,1,0,0,0,0,",
    ]


def test_where_nothing_was_decided_there_is_no_median(
    town: Town, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "PEOPLE_MIN", 0)
    cases.deed()
    cases.approved(town.resident(), town.verifier())

    told = overview(town.manager(), **{"from": "2026-10-01", "to": "2026-11-30"})

    assert [step["median_hours"] for step in told["items"]] == [None, 0.0]
