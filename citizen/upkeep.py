"""What is over need not be kept: spent codes, and sessions that ended a while ago."""

from datetime import datetime
from functools import partial

from citizen.sign_in import forget_old_codes
from citizen.tokens import forget_old_sessions
from core.db import in_transaction
from core.settings import Settings


def forget_old_sign_ins(*, at: datetime, settings: Settings) -> int:
    """The job: drop codes that are over, and sessions that ended long ago; returns how many."""
    return sum(in_transaction(partial(forget, at=at)) for forget in (forget_old_codes, forget_old_sessions))
