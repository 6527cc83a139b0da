"""Every route says who may call it and whether it reads or writes; a route that does not say so does not start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app, g, request

from core.db import Does
from core.errors import Forbidden, Unauthorized
from core.settings import City, Settings

View = TypeVar("View", bound=Callable[..., Any])

JSON_BYTES_MAX = 64 * 1024


class Role(Enum):
    """What a caller may do. `RESIDENT` follows from accepted terms. `DEVICE` and `TILL` are no person's: a device that
    was paired with a partner, outside of a shift and within one. The others are rows that a manager grants."""

    RESIDENT = "resident"
    VERIFIER = "verifier"
    ORGANISER = "organiser"
    CLERK = "clerk"
    MANAGER = "manager"
    AUDITOR = "auditor"
    DEVICE = "device"
    TILL = "till"


OF_DEVICES = frozenset({Role.DEVICE, Role.TILL})
STAFF = frozenset(Role) - OF_DEVICES - {Role.RESIDENT}
SIGNED_IN = frozenset(Role) - OF_DEVICES
"""Any person with a token, also one whose last role has just been taken away; a device is let in only by name."""
ANYONE: frozenset[Role] = frozenset()


class Key(Enum):
    """Whether a route takes an `Idempotency-Key`."""

    NONE = "none"
    ACCEPTED = "accepted"
    REQUIRED = "required"


@dataclass(frozen=True)
class Caller:
    """The signed-in person: read from the database at each request, so that a role taken away counts at once.

    A device has its own number where a person has theirs (nobody has the same one), and a name."""

    citizen_id: UUID
    session_id: UUID
    roles: frozenset[Role]
    partners: frozenset[str] = frozenset()  # a clerk's
    offices: tuple[tuple[Role, str], ...] = ()
    is_leaving: bool = False
    till_name: str | None = None

    def office(self, role: Role) -> str:
        """The office that this person acts for in a role: the grant's own, else the city's default."""
        return dict(self.offices).get(role) or city().office(role.value)


@dataclass(frozen=True)
class Door:
    """Who may call a route, what it does, and what it takes."""

    who: frozenset[Role]
    does: Does
    key: Key
    body_bytes_max: int
    takes_json: bool
    on_replay: Callable[[Response], None] | None

    def admit(self, person: Caller | None) -> None:
        if not self.who:
            return
        if person is None:
            raise Unauthorized()
        is_let_in = not person.roles & OF_DEVICES if self.who == SIGNED_IN else self.who & person.roles
        if not is_let_in:
            raise Forbidden(needs=sorted(role.value for role in self.who))


def open_to(
    who: frozenset[Role] | Role,
    does: Does,
    *,
    key: Key = Key.NONE,
    body_bytes_max: int = JSON_BYTES_MAX,
    takes_json: bool = True,
    on_replay: Callable[[Response], None] | None = None,
) -> Callable[[View], View]:
    """Declare a route's door: `@open_to(Role.CLERK, Does.WRITES, key=Key.REQUIRED)`. `on_replay` may refuse a stored
    answer that is no longer true."""
    who = frozenset({who}) if isinstance(who, Role) else who

    def declare(view: View) -> View:
        view.door = Door(who, does, key, body_bytes_max, takes_json, on_replay)  # type: ignore[attr-defined]
        return view

    return declare


def caller() -> Caller:
    """The person behind this request; only in a route whose door lets nobody else in."""
    person: Caller = g.caller
    return person


def now() -> datetime:
    """The one instant of this request, in UTC."""
    at: datetime = g.at
    return at


def settings() -> Settings:
    found: Settings = current_app.extensions["bonafeta"]
    return found


def city() -> City:
    return settings().city


def language() -> str:
    """The city's language that the reader likes best (`Accept-Language`), else the city's first."""
    languages = city().languages
    for tag, quality in request.accept_languages:  # the best first
        wanted = tag.partition("-")[0].lower()  # `es-MX` reads Spanish rather than their second choice
        if quality and wanted in languages:
            return wanted
    return languages[0]
