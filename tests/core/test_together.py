"""What is written together leaves the very rows that the same steps leave one by one, as where tables are spread."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import create_app
from core.audit import AuditEntry
from core.clock import iso
from core.db import Does, db, in_transaction
from core.settings import Settings
from tests import citus_rules, postgres
from tests.catalogue.cases import APPROVE, DECLINE, Cases
from tests.clock import MovableClock
from tests.conftest import STARTS_AT, Copies
from tests.damage import everything
from tests.rewards.market import MUSEUM, Market
from tests.town import Person, Town

NewTown = Callable[[str], Town]


@pytest.fixture
def new_town(postgresql_copies: Copies, tmp_path: Path) -> Iterator[NewTown]:
    """An empty town on PostgreSQL, whose statements Citus would take where they are sent in turn."""
    with ExitStack() as until_the_end:

        def make(name: str) -> Town:
            clock = MovableClock(tmp_path / f"{name}.clock", starts_at=STARTS_AT)
            environ = {
                **postgres.as_served(until_the_end.enter_context(postgresql_copies())),
                "BONAFETA_INSTANCE": str(tmp_path / name),
                "BONAFETA_CLOCK": str(clock.file),
            }
            app = create_app(Settings.load(environ))
            with app.app_context():
                until_the_end.enter_context(citus_rules.kept(db.engine))
                until_the_end.callback(db.engine.dispose)
            return Town(app, clock)

        yield make


@pytest.mark.parametrize("seed", range(3))
def test_together_and_in_turn_leave_the_same_rows(new_town: NewTown, seed: int) -> None:
    together, in_turn = new_town("together"), new_town("in-turn")
    in_turn.app.extensions["takes_together"] = False

    answers = [lived_in(town, random.Random(seed)) for town in (together, in_turn)]

    assert together.app.extensions["takes_together"] is True
    assert answers[0] == answers[1]
    assert len(set(answers[0])) > 5, "all sorts of answers"
    assert rows_of(together) == rows_of(in_turn)


def lived_in(town: Town, chance: random.Random) -> list[tuple[str, int, str]]:
    """A few weeks of claims, decisions, purchases and cancellations: what was asked and how it was answered."""
    market, cases = Market(town), Cases(town)
    people, verifiers = [town.resident() for _ in range(3)], [town.verifier() for _ in range(2)]
    deeds = [cases.deed(), cases.deed("big", points=40), cases.deed("often", unit="item", max_per_day=3, points=2)]
    benefits = {
        market.benefit("ticket", price_points=5, stock=4): 5,
        market.benefit("swim", price_points=11, max_per_person_per_year=1): 11,
        market.benefit("dear", price_points=30, value_eur=90): 30,
    }
    market.partner(MUSEUM)
    told: list[tuple[str, int, str]] = []

    def tell(what: str, answer: Any) -> Any:
        told.append((what, answer.status_code, (answer.json or {}).get("code", "")))
        return answer.json

    def a_deed_is_done(person: Person) -> None:
        said = {"quantity": chance.randint(1, 5), "without_points": chance.random() < 0.1}
        claim = {"deed": chance.choice(deeds), "done_at": iso(town.clock.now())} | said
        submission = tell("claim", person.post("/submissions", json=claim))["id"]
        tell("photo", cases.send_photo(person, submission))
        revision = 2
        for verifier in verifiers[: chance.randint(1, 2)]:
            decision = chance.choice([APPROVE, APPROVE, APPROVE, DECLINE])
            seen = f'"{revision + chance.choice([0, 0, 0, 0, 1])}"'
            path = f"/submissions/{submission}/verification"
            decided = tell("decide", verifier.post(path, json=decision, headers={"If-Match": seen}))
            revision = decided.get("revision", revision)

    def a_voucher_is_bought(person: Person) -> None:
        benefit = chance.choice(list(benefits))
        price = benefits[benefit] + chance.choice([0, 0, 0, 0, 1])
        bought = tell("buy", market.order(person, benefit, price))
        if "id" in bought and chance.random() < 0.4:
            tell("cancel", person.delete(f"/vouchers/{bought['id']}"))

    for _ in range(30):
        chance.choice([a_deed_is_done, a_voucher_is_bought])(chance.choice(people))
        town.clock.forward(hours=chance.choice([1, 5, 24, 72]))
    for person in people:
        for _ in range(2):
            a_voucher_is_bought(person)
    return told


def rows_of(town: Town) -> dict[str, Counter[str]]:
    """Every row of the books and of the log, but for what is another number in each town."""
    with town.app.app_context():
        rows = in_transaction(everything, does=Does.SNAPSHOT)
        log = in_transaction(lambda: db.session.query(*AuditEntry.__table__.columns).all(), does=Does.READS)
    rows["audit_entry"] = [dict(row._mapping) for row in log]
    return {table: Counter(map(_alike, of_it)) for table, of_it in rows.items()}


def _alike(row: dict[str, Any]) -> str:
    told = {name: value for name, value in row.items() if name != "object" and not isinstance(value, UUID | bytes)}
    return repr(sorted(told.items()))
