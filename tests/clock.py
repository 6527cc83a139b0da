"""Time stands still in a test until the test moves it, for every process that was told of the clock's file."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from core.clock import Clock, iso


class MovableClock(Clock):
    """The clock file (BONAFETA_CLOCK) of one test, and the hand that moves it."""

    def __init__(self, file: Path, *, starts_at: datetime) -> None:
        super().__init__(file)
        self.file = file
        self.set(starts_at)

    def set(self, at: datetime) -> None:
        """Put the clock at an instant, forward or back; a reader sees the old one or the new one, never half."""
        draft = self.file.with_suffix(".draft")
        draft.write_text(iso(at), encoding="utf-8")
        os.replace(draft, self.file)

    def forward(self, **units: float) -> datetime:
        """Let `units` of a timedelta pass, as in `forward(days=90)`, and say what time it is then."""
        self.set(self.now() + timedelta(**units))
        return self.now()
