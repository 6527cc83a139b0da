"""What is over goes in pieces, to the last row, and what is not over stays."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import forgetting
from core.db import Does, db, in_transaction
from core.forgetting import forget
from core.http.attempts import Attempt
from tests.clock import MovableClock


@pytest.mark.parametrize("rows_per_piece", [1, 2, 5, 9])
def test_what_is_over_goes_whatever_the_size_of_a_piece(
    app: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, rows_per_piece: int
) -> None:
    monkeypatch.setattr(forgetting, "ROWS_PER_PIECE", rows_per_piece)
    at = clock.now()
    hours = [-3, -2, -2, -2, -1, 0, 0, 1, 2]

    def count_tries() -> None:
        for number, hour in enumerate(hours):
            when = at + timedelta(hours=hour)
            db.session.add(Attempt(bucket=f"test:{number}", window_starts_at=when, tries=1))

    with app.app_context():
        in_transaction(count_tries)
        gone = forget(Attempt.window_starts_at, before=at)
        left = in_transaction(lambda: db.session.scalars(select(Attempt.window_starts_at)).all(), does=Does.READS)

    assert gone == 5
    assert sorted(left) == [at, at, at + timedelta(hours=1), at + timedelta(hours=2)]
