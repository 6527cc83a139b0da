"""A purchase costs the same statements however many lots it takes; how many each request costs stands in
`tests/growth/test_statements.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from core.db import db
from tests.rewards.market import Market
from tests.town import Town


def test_a_purchase_from_many_lots_costs_no_more_statements(town: Town, market: Market) -> None:
    market.benefit(stock=100)
    rich, thrifty = market.shopper(8), market.shopper(1)
    for _ in range(7):
        market.award(thrifty, 1)
    market.buy(rich)  # the first of a process asks what the others know
    market.award(rich, 8)
    counts = []

    for person in (rich, thrifty):
        assert person.token
        with counted(town) as statements:
            assert market.order(person).status_code == 201
        counts.append(len(statements))

    assert counts[0] == counts[1] > 0


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
