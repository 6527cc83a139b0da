"""What the house does for itself: seal the log, forget what need not be kept."""

from datetime import datetime
from functools import partial

from core import audit
from core.db import in_transaction
from core.http.attempts import drop_old_attempts
from core.http.idempotency import drop_old_keys
from core.jobs import drop_old_runs
from core.settings import Settings


def seal_audit_log(*, at: datetime, settings: Settings) -> int:
    """Seal what was committed since; the head goes outside the database, also one that a killed run left out."""
    sealed = 0
    while rows := in_transaction(lambda: audit.seal_batch(at=at)):
        sealed += rows
    in_transaction(lambda: audit.write_heads(settings))
    return sealed


def forget_old(*, at: datetime, settings: Settings) -> int:
    """Drop stored answers after 48 hours, counts of tries after two days, finished job runs after sixty."""
    return drop_old_keys(at=at) + drop_old_attempts(at=at) + in_transaction(partial(drop_old_runs, at=at))
