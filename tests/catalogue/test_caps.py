"""What is above a cap earns nothing and says so; days and years are the city's, of when the deed was done (C35)."""

from pathlib import Path
from typing import Any

import pytest

from core.settings import ROOT
from tests.catalogue.cases import Cases
from tests.clock import MovableClock
from tests.town import Person, Town


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A city of small caps: 20 points a year, 12 held, and one verifier however many points."""
    text = (ROOT / "cities" / "barcelona.toml").read_text(encoding="utf-8")
    for old, new in (
        ("per_year_max = 260", "per_year_max = 20"),
        ("held_max = 60", "held_max = 12"),
        ("two_verifiers_from_points = 10", "two_verifiers_from_points = 1000"),
        ("by_rule_points_max = 2", "by_rule_points_max = 1000"),
    ):
        assert old in text
        text = text.replace(old, new)
    city = tmp_path / "small.toml"
    city.write_text(text, encoding="utf-8")
    return environ | {"BONAFETA_CITY": str(city)}


@pytest.fixture
def organiser(town: Town) -> Person:
    return town.organiser()


@pytest.fixture
def doer(town: Town) -> Person:
    return town.resident()


class Walks:
    """Events of one deed at which residents check in: each is decided at once, by rule."""

    def __init__(self, cases: Cases, organiser: Person, deed: str = "walk", **rule: Any) -> None:
        self.cases, self.organiser, self.deed = cases, organiser, deed
        cases.deed(deed, evidence=["event_code"], **({"points": 1, "max_per_day": 9, "max_per_year": 99} | rule))

    def done_by(self, doer: Person, **event: Any) -> tuple[int, str | None]:
        """What one more of these earns now, and the cap that bound it."""
        decided = self.decided(doer, **event)
        return decided["points_awarded"], decided["cap_bound"]

    def decided(self, doer: Person, **event: Any) -> dict[str, Any]:
        place = self.cases.event(self.organiser, self.deed, **event)
        answer = doer.post("/check-ins", json={"code": self.cases.code_of(place, self.organiser)})
        assert (answer.status_code, answer.json["status"]) == (201, "approved"), answer.json
        shown: dict[str, Any] = answer.json
        return shown


def test_c35_a_deed_counts_so_often_a_day(doer: Person, organiser: Person, town: Town, cases: Cases) -> None:
    walks = Walks(cases, organiser, max_per_day=2)
    others = Walks(cases, organiser, "sweep")

    earned = [walks.done_by(doer) for _ in range(3)]

    assert earned == [(1, None), (1, None), (0, "day")]
    assert others.done_by(doer) == (1, None)
    assert walks.done_by(town.resident()) == (1, None)
    cases.clock.forward(days=1)
    assert walks.done_by(doer) == (1, None)


def test_c35_a_deed_counts_so_often_a_year(doer: Person, organiser: Person, clock: MovableClock, cases: Cases) -> None:
    walks = Walks(cases, organiser, max_per_day=1, max_per_year=2)
    earned = []
    for _ in range(3):
        earned.append(walks.done_by(doer))
        clock.forward(days=1)

    assert earned == [(1, None), (1, None), (0, "year")]
    clock.forward(days=60)
    assert walks.done_by(doer) == (1, None)


def test_days_and_years_are_the_citys(doer: Person, organiser: Person, clock: MovableClock, cases: Cases) -> None:
    walks = Walks(cases, organiser, max_per_day=1, max_per_year=1)
    # At 22:59 UTC it is still 2026 in Madrid, at 23:00 UTC it is 2027.
    clock.set(clock.now().replace(month=12, day=31, hour=22, minute=59))
    assert walks.done_by(doer) == (1, None)
    assert walks.done_by(doer) == (0, "day")

    clock.forward(minutes=1)

    assert walks.done_by(doer) == (1, None)
    assert walks.done_by(doer) == (0, "day")


def test_c35_a_person_earns_so_much_a_year(doer: Person, organiser: Person, town: Town, cases: Cases) -> None:
    walks, others = Walks(cases, organiser, points=5), Walks(cases, organiser, "sweep", points=9)
    earned = [walks.done_by(doer), walks.done_by(doer)]
    _spend(town, doer, 10)
    earned += [others.done_by(doer)]
    _spend(town, doer, 9)

    earned += [others.done_by(doer), walks.done_by(doer)]

    assert earned == [(5, None), (5, None), (9, None), (1, "person_year"), (0, "person_year")]
    cases.clock.forward(days=60)
    assert walks.done_by(doer) == (5, None)


def test_c35_a_person_holds_so_much(doer: Person, organiser: Person, town: Town, cases: Cases) -> None:
    walks = Walks(cases, organiser, points=5)

    earned = [walks.done_by(doer) for _ in range(4)]

    assert earned == [(5, None), (5, None), (2, "held"), (0, "held")]
    assert cases.balance(doer) == 12
    _spend(town, doer, 4)
    assert walks.done_by(doer) == (4, "held")


def test_hours_are_capped_by_the_minute(doer: Person, organiser: Person, cases: Cases) -> None:
    walks = Walks(cases, organiser, unit="hour", points=2, max_per_day=2)
    now = "2026-11-23T10:00:00Z"

    earned = [
        walks.done_by(doer, starts_at=now, ends_at="2026-11-23T11:15:00Z"),  # 75 minutes
        walks.done_by(doer, starts_at=now, ends_at="2026-11-23T10:20:00Z"),  # 20, for which there is no whole point
        walks.done_by(doer, starts_at=now, ends_at="2026-11-23T12:00:00Z"),  # 120, of which 25 fit
        walks.done_by(doer, starts_at=now, ends_at="2026-11-23T10:30:00Z"),
    ]

    assert earned == [(2, None), (0, None), (0, "day"), (0, "day")]


def test_part_of_a_quantity_can_fit(doer: Person, town: Town, cases: Cases) -> None:
    cases.deed(unit="item", points=2, max_per_day=5, max_per_year=100)
    verifier = town.verifier()
    cases.approved(doer, verifier, quantity=3)
    second = cases.claim_with_photo(doer, quantity=3)

    decided = cases.decide(verifier, second)

    assert (decided["points_awarded"], decided["cap_bound"]) == (4, "day")
    shown = cases.seen(doer, second)
    assert (shown["quantity"], shown["points_expected"], shown["points_awarded"]) == (3, 6, 4)


def test_the_day_is_that_of_the_deed_and_not_of_the_decision(doer: Person, town: Town, cases: Cases) -> None:
    cases.deed(max_per_day=1)
    verifier = town.verifier()
    one = cases.claim_with_photo(doer)
    cases.clock.forward(days=1)
    other = cases.claim_with_photo(doer)

    earned = [cases.decide(verifier, submission)["points_awarded"] for submission in (other, one)]

    assert earned == [3, 3]


def test_what_was_not_approved_or_without_points_takes_no_room(doer: Person, town: Town, cases: Cases) -> None:
    cases.deed(max_per_day=1, max_per_year=1)
    verifier = town.verifier()
    cases.approved(doer, verifier, without_points=True)
    declined, withdrawn, waiting = (cases.claim_with_photo(doer) for _ in range(3))
    cases.decide(verifier, declined, {"decision": "decline", "reason_code": "other_deed", "text": "No"})
    doer.delete(f"/submissions/{withdrawn}")

    decided = cases.decide(verifier, waiting)

    assert (decided["points_awarded"], decided["cap_bound"]) == (3, None)


def test_a_reversal_frees_room_and_tops_up_nothing(doer: Person, town: Town, cases: Cases) -> None:
    cases.deed(max_per_day=1)
    verifier = town.verifier()
    first, second = cases.approved(doer, verifier), cases.approved(doer, verifier)
    assert cases.seen(doer, second)["points_awarded"] == 0

    why = {"reason_code": "our_mistake", "text": "Mixed up."}
    assert verifier.post(f"/submissions/{first}/reversal", json=why).status_code == 200

    assert cases.balance(doer) == 0
    assert cases.seen(doer, second)["points_awarded"] == 0
    third = cases.claim_with_photo(doer)
    assert cases.decide(verifier, third)["points_awarded"] == 3


def _spend(town: Town, person: Person, points: int) -> None:
    """Buy something for so many points."""
    manager = town.manager()
    code = f"ticket-{points}-{town.faker.unique.pyint()}"
    manager.post("/partners", json={"code": "museum", "name": "Museu"})
    titles = dict.fromkeys(("en", "es", "ca", "pt"), "A museum ticket")
    benefit = {
        "code": code,
        "category": "culture",
        "partner": "museum",
        "titles": titles,
        "price_points": points,
        "value_eur": 5,
        "voucher_days": 30,
    }
    made = manager.post("/benefits", json=benefit)
    assert made.status_code == 201, made.json
    bought = person.post("/vouchers", json={"benefit": code, "price_points": points})
    assert bought.status_code == 201, bought.json
