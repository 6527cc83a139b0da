"""What is sent by the driver itself is what SQLAlchemy would have sent: the same values, the same errors."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import JSON, Executable, LargeBinary, Uuid, bindparam, func, insert, literal, select
from sqlalchemy.exc import DBAPIError

from core.db import UtcDateTime, db, run, sqlstate
from core.http.attempts import Attempt
from tests.town import Town

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ID, OTHER = UUID(int=1), UUID(int=2)

OF_EACH_KIND = select(
    literal(7).label("fixed"),
    bindparam("at", type_=UtcDateTime).label("at"),
    bindparam("id", type_=Uuid).label("id"),
    bindparam("said", type_=JSON).label("said"),
    bindparam("seed", type_=LargeBinary).label("seed"),
)
GIVEN = {"at": NOON, "id": ID, "said": {"titles": ["a", None, 3]}, "seed": b"\x00\xff"}
AMONG = select(func.count()).where(literal(ID, Uuid).in_(bindparam("ids", expanding=True, type_=Uuid)))
NEW_COUNT = (
    insert(Attempt)
    .values({name: bindparam(f"its_{name}") for name in ("bucket", "window_starts_at", "tries")})
    .returning(Attempt.bucket, Attempt.window_starts_at)
)


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [
        (OF_EACH_KIND, GIVEN),
        (AMONG, {"ids": [ID, OTHER]}),
        (AMONG, {"ids": [OTHER]}),
        (AMONG, {"ids": []}),
        (NEW_COUNT, {"its_bucket": "new", "its_window_starts_at": NOON, "its_tries": 1}),
        (NEW_COUNT, {"its_bucket": "taken", "its_window_starts_at": NOON, "its_tries": 1}),
        (NEW_COUNT, {"its_bucket": "x" * 200, "its_window_starts_at": NOON, "its_tries": 1}),
    ],
)
def test_both_ways_answer_the_same(town: Town, statement: Executable, parameters: dict[str, Any]) -> None:
    town.does(lambda: db.session.add(Attempt(bucket="taken", window_starts_at=NOON, tries=1)))

    assert answer(town, run, statement, parameters) == answer(town, db.session.execute, statement, parameters)


def test_what_was_sent_before_is_sent_with_other_values(town: Town) -> None:
    def found() -> list[int]:
        return [run(AMONG, {"ids": [ID] * length}).scalar_one() for length in (1, 5, 0, 2)]

    assert town.does(found) == [1, 1, 0, 1]


def test_a_row_is_read_by_its_names(town: Town) -> None:
    row = town.does(lambda: run(OF_EACH_KIND, GIVEN).one())

    assert (row.fixed, row.at, row.id, row.said, row.seed) == (7, NOON, ID, GIVEN["said"], GIVEN["seed"])
    assert row.at.tzinfo is UTC


class Undone(Exception):
    """Nothing of it stays."""


def answer(town: Town, ask: Callable[..., Any], statement: Executable, parameters: dict[str, Any]) -> Any:
    """The rows, or what the error is."""
    found: list[Any] = []

    def work() -> None:
        try:
            found.extend(tuple(row) for row in ask(statement, parameters))
        except DBAPIError as problem:
            found.extend([type(problem), sqlstate(problem)])
        raise Undone

    with pytest.raises(Undone):
        town.does(work)
    return found
