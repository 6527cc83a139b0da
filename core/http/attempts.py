"""Guessing is bounded: tries are counted in the database, so that all workers count together."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Integer, String, bindparam, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, UtcDateTime, run
from core.errors import TooManyRequests
from core.forgetting import forget


class Attempt(Base):
    """How often something was tried in a window of time. `bucket` names what and who, by keyed hash where personal."""

    __tablename__ = "attempt"

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_starts_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True, index=True)
    tries: Mapped[int]


def count_attempt(bucket: str, *, at_most: int, window: timedelta, at: datetime) -> None:
    """Count one try in the fixed window that `at` falls in. Raises `TooManyRequests` above `at_most`; the count of a
    refused try stays."""
    if _counted(bucket, 1, window=window, at=at) > at_most:
        raise TooManyRequests(retry_after=_seconds_left(window, at))


def refuse_if_exhausted(bucket: str, *, at_most: int, window: timedelta, at: datetime) -> None:
    """For a place where only failures are counted: raise `TooManyRequests` once `at_most` of them have been. The
    count is held until the transaction ends: tries at once pass one by one, and no more than `at_most` get through."""
    if _counted(bucket, 0, window=window, at=at) >= at_most:
        raise TooManyRequests(retry_after=_seconds_left(window, at))


def drop_old_attempts(*, at: datetime) -> int:
    """Forget the counts of windows that are long over; returns how many."""
    return forget(Attempt.window_starts_at, before=at - timedelta(days=2))


def _counted(bucket: str, more: int, *, window: timedelta, at: datetime) -> int:
    tries: int = run(
        _COUNTED, {"bucket": bucket, "window_starts_at": _window_start(window, at), "more": more}
    ).scalar_one()
    return tries


# Written out, since SQLAlchemy puts an ON CONFLICT together anew each time it is sent.
_COUNTED = (
    text(
        "INSERT INTO attempt (bucket, window_starts_at, tries) VALUES (:bucket, :window_starts_at, :more)"
        " ON CONFLICT (bucket, window_starts_at) DO UPDATE SET tries = attempt.tries + :more RETURNING attempt.tries"
    )
    .bindparams(
        bindparam("bucket", type_=String),
        bindparam("window_starts_at", type_=UtcDateTime),
        bindparam("more", type_=Integer),
    )
    .columns(Attempt.tries)
)


def _seconds_left(window: timedelta, at: datetime) -> int:
    return max(1, int((_window_start(window, at) + window - at).total_seconds()))


def _window_start(window: timedelta, at: datetime) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)
