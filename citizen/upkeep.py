"""What is over need not be kept: spent codes, and sessions that ended a while ago."""

from datetime import datetime

from citizen.sign_in import forget_old_codes
from citizen.tokens import forget_old_sessions
from core.settings import Settings


def forget_old_sign_ins(*, at: datetime, settings: Settings) -> int:
    """The job: drop codes that are over, and sessions that ended long ago; returns how many."""
    return forget_old_codes(at=at) + forget_old_sessions(at=at)
