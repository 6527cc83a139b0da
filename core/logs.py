"""Logs say what happened and never who: codes, routes and request ids, one JSON line each in production."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog

from core.settings import Settings


def init_logs(settings: Settings) -> None:
    readable = structlog.dev.ConsoleRenderer(
        pad_event_to=10, colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    render = structlog.processors.JSONRenderer() if settings.is_production else readable
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(
                "iso" if settings.is_production else "%H:%M:%S", utc=settings.is_production
            ),
            structlog.processors.format_exc_info if settings.is_production else _pass_on,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda: structlog.PrintLogger(_STDERR),
        cache_logger_on_first_use=False,
    )


def _pass_on(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return event


class _Stderr:
    """Where lines go, looked up at each line: it can be redirected. When the disk under it is full the line is lost,
    and nothing else: a request must not fail for want of a log (promises A38)."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


_STDERR = cast(TextIO, _Stderr())
