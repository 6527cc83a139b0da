"""What a person does most costs a known number of statements, whatever they have and however many lots it takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from core.db import db
from tests.rewards.market import MUSEUM, Market
from tests.town import Answer, Person, Town

BUY = {False: 7, True: 14}
"""On PostgreSQL who calls, the key, the lock, the benefit, the lots, all that is written, and the answer; SQLite, in
the same process, takes what is written in eight."""


@pytest.fixture
def person(town: Town, market: Market) -> Person:
    """Somebody with points in six lots, who has called before."""
    market.benefit(stock=100)
    person = market.shopper(5)
    for _ in range(5):
        market.award(person, 5)
    market.buy(person)
    return person


def test_statements_per_request(town: Town, market: Market, person: Person) -> None:
    clerk = town.clerk(MUSEUM)
    clerk.get("/till/redemptions")
    voucher = market.buy(person)
    code = market.code(person, voucher)

    def of(call: Callable[[], Answer]) -> int:
        with counted(town) as statements:
            assert call().status_code < 300
        return len(statements)

    used = ""

    def redeem() -> Answer:
        nonlocal used
        answer = clerk.post("/till/redemptions", json={"code": code})
        used = answer.json["id"]
        return answer

    counts = {
        "balance": of(lambda: person.get("/me/points")),
        "entries": of(lambda: person.get("/me/points/entries")),
        "benefits": of(lambda: town.anyone().get("/benefits")),
        "buy": of(lambda: market.order(person)),
        "show": of(lambda: person.get(f"/vouchers/{voucher}")),
        "look": of(lambda: clerk.post("/till/lookups", json={"code": code})),
        "redeem": of(redeem),
        "undo": of(lambda: clerk.delete(f"/till/redemptions/{used}")),
        "cancel": of(lambda: person.delete(f"/vouchers/{voucher}")),
    }
    assert counts == {
        "balance": 2,  # who calls, and their lots
        "entries": 2,
        "benefits": 1,
        "buy": BUY[town.settings.is_sqlite],
        "show": 2,
        "look": 5,  # who calls, the tries, the code, the voucher, and a line in the log
        "redeem": 9,
        "undo": 7,
        "cancel": 12,
    }


def test_a_purchase_from_many_lots_costs_no_more_statements(town: Town, market: Market, person: Person) -> None:
    market.benefit("concert", price_points=22, stock=100)

    with counted(town) as statements:
        assert market.order(person, "concert", 22).status_code == 201

    assert len(statements) == BUY[town.settings.is_sqlite]


@contextmanager
def counted(town: Town) -> Iterator[list[str]]:
    """The statements that reach the database, without those that only open and close a transaction."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    with town.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
