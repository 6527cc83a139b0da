"""What is over is deleted in pieces, oldest first: nobody waits for long, and a killed job loses one piece of work."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from core.db import Does, db, in_transaction

ROWS_PER_PIECE = 1_000


def forget(over: InstrumentedAttribute[Any], *, before: datetime) -> int:
    """Delete the rows whose time `over`, which has an index, is before `before`; returns how many. Opens its own
    transactions. A piece ends at a time and not after so many rows, so that one statement says it on any machine."""
    model, rows = over.class_, 0
    ends = select(over).where(over < before).order_by(over).offset(ROWS_PER_PIECE - 1).limit(1)
    while True:
        end = in_transaction(partial(db.session.scalar, ends), does=Does.READS)
        piece = delete(model).where(over <= end if end else over < before).execution_options(synchronize_session=False)
        deleted = in_transaction(partial(db.session.execute, piece))
        assert isinstance(deleted, CursorResult)
        rows += deleted.rowcount
        if end is None:
            return rows
