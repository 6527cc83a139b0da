"""What operators do about people: give and take roles, open a session to try things, forget somebody."""

import secrets
import sys
from collections.abc import Callable
from typing import NoReturn, TypeVar

import click
from flask.cli import AppGroup
from marshmallow import ValidationError

from citizen import addresses, erasure, membership, roles, tokens
from citizen.models import Citizen
from citizen.schemas import STAFF_ROLES
from core import audit
from core.db import in_transaction
from core.errors import Refusal
from core.http.doors import Role, settings
from core.http.schemas import Code

T = TypeVar("T")

citizen_commands = AppGroup("citizen", help="People: roles, sessions, erasure.")


class Address(click.ParamType[str]):
    """An e-mail address in the one spelling that we keep."""

    name = "email"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return addresses.normalised(value) or self.fail(f"{value!r} is not an e-mail address")


@citizen_commands.command("token")
@click.argument("email", type=Address())
@click.option("--terms", "terms_version", help="Join with these terms first (in development only).")
def token(email: str, terms_version: str | None) -> None:
    """Print an access token of the person with this EMAIL, good for 15 minutes, and nothing else.

    Nobody has an account without a recorded yes to named terms (charter C1): who is new joins by signing in or, in
    development, with --terms VERSION.
    """
    if terms_version is not None and settings().is_production:
        _fail("--terms is for development: here everyone joins by signing in")
    at, city = settings().clock.now(), settings().city

    def opened() -> str:
        person = addresses.find(email, settings=settings())
        if person is None and terms_version is None:
            _fail(f"nobody here has the address {email}: sign in by mail, or join with --terms {city.terms.version}")
        if person is None:
            person = addresses.add_person(email, language=city.languages[0], at=at, settings=settings())
        if terms_version is not None:
            membership.accept_terms(person, terms_version, at=at, city=city)
        seed = secrets.token_bytes(tokens.SEED_BYTES)
        audit.record("session.opened", by=None, subject_id=person.id, purpose="command", at=at)
        return tokens.open_session(person.id, seed=seed, at=at, settings=settings()).access_token

    click.echo(_done(opened))


@citizen_commands.command("grant")
@click.argument("email", type=Address())
@click.argument("role")
@click.option("--partner", help="The code of the partner whose till a clerk serves; also written clerk:CODE.")
@click.option("--office", help="The office in whose name the person acts, if not the city's usual one.")
def grant(email: str, role: str, partner: str | None, office: str | None) -> None:
    """Give the person with this EMAIL a ROLE: verifier, organiser, clerk, manager or auditor."""
    kind, partner = _role(role, partner)
    if (kind is Role.CLERK) != (partner is not None):
        raise click.UsageError("a clerk has a partner (clerk:CODE), and nobody else has")
    at = settings().clock.now()

    def granted() -> bool:
        return roles.grant(email, kind, partner=partner, office=office, by=None, at=at, settings=settings())[1]

    click.echo(f"{email} is {role} now." if _done(granted) else f"{email} was {role} already.")


@citizen_commands.command("revoke")
@click.argument("email", type=Address())
@click.argument("role")
@click.option("--partner", help="Only the clerk of this partner; also written clerk:CODE.")
def revoke(email: str, role: str, partner: str | None) -> None:
    """Take a ROLE away from the person with this EMAIL; it counts on their next request."""
    kind, partner = _role(role, partner)
    at = settings().clock.now()
    taken = _done(lambda: roles.revoke_by_command(email, kind, partner=partner, at=at, settings=settings()))
    if not taken:
        _fail(f"{email} is not {role}")
    click.echo(f"{email} is not {role} any more.")


@citizen_commands.command("erase")
@click.argument("email", type=Address())
@click.confirmation_option(prompt="Forget this person at once and for good?")
def erase(email: str) -> None:
    """Forget the person with this EMAIL at once, for one who asks at the counter."""
    at = settings().clock.now()

    def found() -> Citizen:
        return addresses.find(email, settings=settings()) or _fail(f"nobody here has the address {email}")

    citizen_id = _done(lambda: found().id)
    erasure.erase_person(citizen_id, is_own_wish=False, at=at, settings=settings())
    click.echo(f"Forgotten: {citizen_id}.")


def _role(text: str, partner: str | None) -> tuple[Role, str | None]:
    name, _, code = text.partition(":")
    if name not in STAFF_ROLES:
        raise click.UsageError(f"no role {name!r}: there are {', '.join(STAFF_ROLES)}")
    partner = code or partner
    try:
        return Role(name), partner and Code().deserialize(partner)
    except ValidationError as problem:
        raise click.UsageError(f"{partner!r} is no partner's code") from problem


def _done(work: Callable[[], T]) -> T:
    try:
        return in_transaction(work)
    except Refusal as no:
        facts = ", ".join(f"{name} {value}" for name, value in no.facts.items())
        _fail(f"{no.title()} ({facts})")


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
