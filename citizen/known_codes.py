"""A person's row names a partner or a district only if there is one.

Who keeps those stands above us: each offers `check(code)`, which raises what its domain says, and `app.py` lists them.
"""

from collections.abc import Callable, Mapping

from flask import current_app


def check_known(kind: str, code: str | None) -> None:
    """Raises the refusal of whoever keeps that kind when there is no such code; no code at all is fine."""
    if code is not None:
        checks: Mapping[str, Callable[[str], None]] = current_app.extensions["known_codes"]
        checks[kind](code)
