"""What is public may be read from a copy that follows the database; while that is away, the database itself answers."""

import time

import structlog
from sqlalchemy import Engine

log = structlog.get_logger()

ASKED_AGAIN_AFTER_SECONDS = 10


class PublicReads:
    """Where public pages are read. A replica that did not answer is asked again by one request now and then."""

    def __init__(self, database: Engine, replica: Engine | None) -> None:
        self.database, self._replica = database, replica
        self._is_away = False
        self._asked_again_at = 0.0

    def engine(self) -> Engine:
        if self._replica is None:
            return self.database
        if self._is_away:
            at = time.monotonic()
            if at < self._asked_again_at:
                return self.database
            self._asked_again_at = at + ASKED_AGAIN_AFTER_SECONDS
        return self._replica

    def failed(self, engine: Engine) -> None:
        if engine is self._replica and not self._is_away:
            self._is_away, self._asked_again_at = True, time.monotonic() + ASKED_AGAIN_AFTER_SECONDS
            log.warning("replica away", reads="from the database itself")

    def answered(self, engine: Engine) -> None:
        if engine is self._replica and self._is_away:
            self._is_away = False
            log.info("replica back")
