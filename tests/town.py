"""A town for tests: its people come in by the API, as HTTP clients; each test sentence is about them.

    def test_nobody_verifies_their_own_deed(town):
        doer = town.verifier()

Signing in through a mailbox is what `tests/citizen/test_sign_in.py` does; here a session is opened by the same
behaviours, without the mail, so that a test with ten people stays quick.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, cast
from uuid import UUID, uuid4

from faker import Faker
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from catalogue.models import District
from citizen import addresses, membership, roles, tokens
from core.db import db, in_transaction
from core.http.doors import Role
from core.settings import City, Settings
from rewards import pairing, shifts, till_tokens
from rewards.models import Partner
from rewards.partners import open_partner
from tests.clock import MovableClock

API = "/api/v1"
PIN = "2750"
"""Of every till."""
NEEDS_KEY = ("/vouchers", "/till/redemptions")


class Answer(TestResponse):
    """An answer whose JSON is of the shape that the test expects; where it is not, the test fails."""

    @property
    def json(self) -> Any:
        return super().json


@dataclass
class Person:
    """Somebody with a phone: calls are relative to `/api/v1` and carry their access token, renewed when it is over.

    `key=` is the request's `Idempotency-Key`; a POST that needs one gets a random one unless told otherwise, and
    none with `key=""`.
    """

    client: FlaskClient
    open_session: Callable[["Person"], str | None] = field(repr=False)
    now: Callable[[], datetime] = field(repr=False)
    id: UUID | None = None
    name: str = ""
    email: str = ""
    _token: str | None = None
    _opened_at: datetime | None = None

    @property
    def token(self) -> str | None:
        """A good access token, None for anyone."""
        if self.id is not None and (self._opened_at is None or abs(self.now() - self._opened_at) >= tokens.ACCESS_LIFE):
            self._token, self._opened_at = self.open_session(self) or self._token, self.now()
        return self._token

    def get(self, path: str, **kwargs: Any) -> Answer:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, *, key: str | None = None, **kwargs: Any) -> Answer:
        return self.call("POST", path, key=str(uuid4()) if key is None and path in NEEDS_KEY else key, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Answer:
        return self.call("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Answer:
        return self.call("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Answer:
        return self.call("DELETE", path, **kwargs)

    def call(
        self, method: str, path: str, *, key: str | None = None, headers: Mapping[str, str] | None = None, **kwargs: Any
    ) -> Answer:
        """Any request; what else is given (`json`, `data`, `query_string`, …) goes to Werkzeug's test client."""
        carried = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        carried |= {"Idempotency-Key": key} if key else {}
        answer = self.client.open(API + path, method=method, headers=carried | dict(headers or {}), **kwargs)
        return cast(Answer, answer)


class Town:
    """The people of one test's deployment; same calls, same names. Add builders of deeds and benefits below."""

    def __init__(self, app: Flask, clock: MovableClock) -> None:
        self.app = app
        self.clock = clock
        self.settings: Settings = app.extensions["bonafeta"]
        self.city: City = self.settings.city
        self.faker = Faker("es_ES")
        self.faker.seed_instance(23)

    # --- people ---------------------------------------------------------------------------------------------------

    def resident(self, name: str | None = None) -> Person:
        """Somebody who has joined, with a name on their profile if one is given."""
        return self._person(joins=True, name=name)

    def verifier(self, office: str | None = None) -> Person:
        return self._person(Role.VERIFIER, office=office)

    def organiser(self) -> Person:
        return self._person(Role.ORGANISER)

    def clerk(self, partner: str) -> Person:
        return self._person(Role.CLERK, partner=partner)

    def device(self, partner: str) -> Person:
        """A device that was paired with a partner, outside of a shift."""
        till_id, token = self._pair(partner)
        return Person(client=self._client(), open_session=lambda _: token, now=self.clock.now, id=till_id)

    def till(self, partner: str) -> Person:
        """A device with an open shift; like a person's session it is opened again when it is over."""
        till_id, token = self._pair(partner)

        def begin(_: Person) -> str | None:
            device = till_tokens.caller_of(f"Bearer {token}", at=self.clock.now(), settings=self.settings)
            if device is None:
                return None
            till = shifts.open_shift(PIN, who=device, at=self.clock.now(), settings=self.settings)
            return till_tokens.shift_token(till, settings=self.settings)

        return Person(
            client=self._client(),
            open_session=lambda person: self.does(lambda: begin(person)),
            now=self.clock.now,
            id=till_id,
        )

    def manager(self) -> Person:
        return self._person(Role.MANAGER)

    def auditor(self) -> Person:
        return self._person(Role.AUDITOR)

    def staff_resident(
        self, role: Role, partner: str | None = None, name: str | None = None, email: str | None = None
    ) -> Person:
        """Somebody who has joined and also works for the programme."""
        return self._person(role, partner=partner, joins=True, name=name, email=email)

    def anyone(self) -> Person:
        """Somebody who has not signed in."""
        return Person(client=self._client(), open_session=lambda _: None, now=self.clock.now)

    def with_city(self, **changes: Any) -> Settings:
        """The settings with something else in the city's file; put them into `app.extensions["bonafeta"]`."""
        return replace(self.settings, city=replace(self.city, **changes))

    # --- places ----------------------------------------------------------------------------------------------------

    def district(self, code: str) -> str:
        """A district of the city."""
        self.does(lambda: db.session.merge(District(code=code, name=code.title(), neighbourhoods=[], position=0)))
        return code

    def partner(self, code: str) -> str:
        """An open partner, opened if it is not yet."""
        self.does(lambda: self._open_partner(code))
        return code

    # --- mail -------------------------------------------------------------------------------------------------------

    def mails_to(self, email: str) -> list[EmailMessage]:
        """What lies in somebody's mailbox once the mail has been sent, oldest first."""
        self.run_job("send-mail")
        files = sorted(self.settings.mail_folder.glob("*.eml"))
        mails = [BytesParser(policy=default).parsebytes(file.read_bytes()) for file in files]
        return [mail for mail in mails if mail["To"] == email]

    def code_for(self, email: str) -> str:
        """Ask for a code to sign in, and read it in the mailbox."""
        assert self.anyone().post("/auth/codes", json={"email": email}).status_code == 202
        found = re.search(r"^[0-9]{6}$", self.mails_to(email)[-1].get_content(), re.MULTILINE)
        assert found
        return found[0]

    # --- what happens behind the people's backs ---------------------------------------------------------------------

    def does(self, work: Callable[[], Any]) -> Any:
        """Run a behaviour in a transaction of its own, as a job would."""
        with self.app.app_context():
            return in_transaction(work)

    def run_job(self, name: str) -> int:
        """Do what is due for one job, at the clock's time."""
        job = next(job for job in self.app.extensions["jobs"] if job.name == name)
        with self.app.app_context():
            return int(job.work(at=self.clock.now(), settings=self.settings))

    # --- inside -----------------------------------------------------------------------------------------------------

    def _person(
        self,
        role: Role | None = None,
        *,
        partner: str | None = None,
        office: str | None = None,
        joins: bool = False,
        name: str | None = None,
        email: str | None = None,
    ) -> Person:
        email = email or self.faker.unique.ascii_email().lower()

        def arrive() -> UUID:
            at, city, settings = self.clock.now(), self.city, self.settings
            person = addresses.add_person(email, language=city.languages[0], at=at, settings=settings)
            person.name = name
            if joins:
                membership.accept_terms(person, city.terms.version, at=at, city=city)
            if partner is not None:
                self._open_partner(partner)
            if role is not None:
                roles.grant(email, role, partner=partner, office=office, by=None, at=at, settings=settings)
            return person.id

        return Person(
            client=self._client(),
            open_session=self._open_session,
            now=self.clock.now,
            id=self.does(arrive),
            name=name or "",
            email=email,
        )

    def _pair(self, partner: str) -> tuple[UUID, str]:
        at, settings = self.clock.now(), self.settings

        def paired() -> tuple[UUID, str]:
            self._open_partner(partner)
            db.session.flush()
            seed = secrets.token_bytes(pairing.SEED_BYTES)
            made = pairing.invite(partner, name=None, till_id=None, seed=seed, who=None, at=at, settings=settings)
            db.session.flush()
            till, token = pairing.pair(made.pairing_code, pin=PIN, name=None, network=None, at=at, settings=settings)
            return till.id, token

        found: tuple[UUID, str] = self.does(paired)
        return found

    def _open_partner(self, code: str) -> None:
        if db.session.get(Partner, code) is None:
            open_partner(code=code, name=code.replace("-", " ").title(), who=None, at=self.clock.now())

    def _open_session(self, person: Person) -> str | None:
        """A new access token; None for a person who is gone."""

        def opened() -> str | None:
            if person.id is None or addresses.locked(person.id) is None:
                return None
            seed = secrets.token_bytes(tokens.SEED_BYTES)
            return tokens.open_session(person.id, seed=seed, at=self.clock.now(), settings=self.settings).access_token

        token: str | None = self.does(opened)
        return token

    def _client(self) -> FlaskClient:
        return self.app.test_client(use_cookies=False)
