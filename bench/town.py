"""The town under load: the sample city with so many residents, and what the requests need is there beforehand.

People, sessions, benefits and the deed come in through the application.
"""

import base64
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask

from app import create_app
from bench.database import SQL, Cluster, Database
from bench.machine import Failed
from catalogue import deeds
from citizen import roles, tokens
from core import migrations
from core.db import db, in_transaction
from core.http.doors import Role
from core.jobs import JobRun
from core.settings import ROOT, Settings
from rewards import benefits
from rewards.partners import open_partner

PEOPLE_MAX = 2_000
STAFF = 32
RICH_ONE_IN, LOTS_OF_THE_RICH = 20, 1_000
DEED, PARTNER, HOT = "bench-deed", "bench-partner", "bench-hot"
SPREAD = tuple(f"bench-{number}" for number in range(1, 17))
PRICE_POINTS = 5
POINTS_EACH_MIN = 30
PURCHASES_EACH = POINTS_EACH_MIN // PRICE_POINTS
"""How often each of the people can buy until their lots are filled again."""
DEEDS = 1_000
TITLES = dict.fromkeys(("en", "es", "ca", "pt"), "Measured")
SECRET = "for measuring only, and the same each time"
SIGNED_IN_FOR = timedelta(minutes=8)


@dataclass
class Town:
    """A database with a town in it, and who and what requests are about."""

    database: Database
    environ: dict[str, str]
    residents: int
    app: Flask = field(repr=False)
    size: int = 0  # how many people act
    people: Sequence[str] = ()
    rich: Sequence[str] = ()
    verifiers: Sequence[str] = ()
    clerks: Sequence[str] = ()
    _signed_in_at: datetime | None = None

    @property
    def settings(self) -> Settings:
        settings: Settings = self.app.extensions["bonafeta"]
        return settings

    def does(self, work: Callable[[], Any]) -> Any:
        with self.app.app_context():
            return in_transaction(work)

    # --- what is there from the start -----------------------------------------------------------------------------

    def furnish(self) -> None:
        """Choose who acts, and add what the sample city lacks for this: one deed, benefits that do not sell out, staff,
        and as many deeds to browse as a large city has."""
        self.database.run((SQL / "setup.sql").read_text())
        self.does(self._publish)
        self.does(self._reminded)
        everybody = self.database.run("SELECT bench.choose_people(%s, %s)", PEOPLE_MAX, POINTS_EACH_MIN)[0][0]
        self.size = everybody - everybody // RICH_ONE_IN
        self.database.run("SELECT bench.make_rich(%s, %s)", self.size, LOTS_OF_THE_RICH)
        self.database.run("SELECT bench.choose_staff()")
        self.database.run("SELECT bench.copy_deeds(%s)", DEEDS)
        self.database.run("VACUUM ANALYZE")

    def _publish(self) -> None:
        at, city = self.settings.clock.now(), self.settings.city
        rule = {
            "category": "neighbourhood",
            "titles": TITLES,
            "points": 3,
            "unit": "deed",
            "max_per_day": 1_000,
            "max_per_year": 100_000,
            "evidence": ["photo"],
            "minutes": 30,
            "access": [],
            "districts": [],
            "purpose": "To be measured",
            "review_by": date(2199, 12, 31),
            "paused_until": None,
            "source": None,
        }
        deeds.publish(DEED, rule, in_force_from=None, reason="To be measured.", who=None, city=city, at=at)
        open_partner(code=PARTNER, name="Measured", who=None, at=at)
        db.session.flush()
        for code in (*SPREAD, HOT):
            terms = benefits.BenefitTerms(
                category="culture",
                partner=PARTNER,
                titles=TITLES,
                price_points=PRICE_POINTS,
                stock=benefits.STOCK_MAX,
                max_per_person_per_year=None,
                value_eur=Decimal("0.01"),
                voucher_days=60,
            )
            benefits.publish(code, terms, who=None, city=city, at=at)
        for number in range(STAFF):
            for role, partner in ((Role.VERIFIER, None), (Role.CLERK, PARTNER)):
                email = f"{role.value}{number}@example.org"
                roles.grant(email, role, partner=partner, by=None, at=at, settings=self.settings)

    def _reminded(self) -> None:
        """A day's letters have been written: nobody measures that morning."""
        at: datetime = self.settings.clock.now()
        for job in self.app.extensions["jobs"]:
            if job.every >= timedelta(days=1):
                run = {"runner": "bench", "started_at": at, "leased_until": at, "finished_at": at, "done": 0}
                db.session.add(JobRun(job=job.name, period=job.period(at), **run))

    # --- what lasts a while ---------------------------------------------------------------------------------------

    def sign_in(self) -> None:
        """Open everybody's session, unless they still have one."""
        at = self.settings.clock.now()
        if self._signed_in_at is not None and at < self._signed_in_at + SIGNED_IN_FOR:
            return
        self._signed_in_at = at
        everybody, self.verifiers, self.clerks = (self._sessions(table) for table in ("person", "verifier", "clerk"))
        self.people, self.rich = everybody[: self.size], everybody[self.size :]

    def _sessions(self, table: str) -> list[str]:
        """An access token for each; which session it is stands in the table."""
        people = self.database.run(f"SELECT citizen_id, n FROM bench.{table} ORDER BY n")
        at, found = self.settings.clock.now(), []
        for start in range(0, len(people), 500):
            open_them = partial(self._open, [row[0] for row in people[start : start + 500]], at=at)
            found += self.does(open_them)
        with self.database.connect() as connection, connection.transaction():
            connection.cursor().executemany(
                f"UPDATE bench.{table} SET session_id = %s WHERE n = %s",
                [(_session_of(token), row[1]) for token, row in zip(found, people, strict=True)],
            )
        return found

    def _open(self, people: Sequence[UUID], *, at: datetime) -> list[str]:
        settings = self.settings
        seeds = (secrets.token_bytes(tokens.SEED_BYTES) for _ in people)
        return [
            tokens.open_session(one, seed=seed, at=at, settings=settings).access_token
            for one, seed in zip(people, seeds, strict=True)
        ]

    def fill_lots(self) -> None:
        """Give everybody their points back, so that nobody's run out in the next cell."""
        self.database.run(
            """
            UPDATE lot SET points_left = points FROM bench.person p
            WHERE lot.citizen_id = p.citizen_id AND points_left < points AND closed_at IS NULL
            """
        )


@contextmanager
def opened(database: Database, folder: Path, *, residents: int) -> Iterator[Town]:
    """A town in a database that is migrated and holds the sample city and its residents."""
    environ = environ_of(database, folder)
    app = create_app(Settings.load(environ))
    try:
        yield Town(database, environ, residents, app)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def sample(cluster: Cluster, folder: Path) -> Database:
    """A database with the sample city and nobody in it."""
    database = cluster.database("sample")
    migrations.upgrade(database.url.replace("postgresql:", "postgresql+psycopg:"))
    flask(["sample"], environ_of(database, folder))
    return database


def environ_of(database: Database, folder: Path) -> dict[str, str]:
    """What processes of this deployment are told. The city's caps are raised in a copy of its file, so that no request
    of the load is cut short by one; they are computed all the same."""
    city, caps = folder / "city.toml", {"per_year_max": 10**6, "held_max": 10**6, "value_eur_per_year_max": 10**6}
    text = (ROOT / "cities" / "barcelona.toml").read_text(encoding="utf-8")
    for name, most in caps.items():
        text, count = re.subn(rf"^{name} = \d+$", f"{name} = {most}", text, flags=re.MULTILINE)
        assert count == 1, name
    city.write_text(text, encoding="utf-8")
    return {
        "BONAFETA_DATABASE_URL": database.url.replace("postgresql:", "postgresql+psycopg:"),
        "BONAFETA_INSTANCE": str(folder / database.name),
        "BONAFETA_CITY": str(city),
        "BONAFETA_SECRET_KEY": SECRET,
    }


def flask(command: Sequence[str], environ: dict[str, str], *, shows: bool = False) -> None:
    """Run a command of ours to its end; its progress is shown where it `shows`."""
    output = None if shows else subprocess.PIPE
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), *command],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=output,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"flask {' '.join(command)} failed: {done.stdout}{done.stderr or ''}")


def _session_of(token: str) -> str:
    """The session that a token of ours is for."""
    payload = token.split(".")[1]
    session: str = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sid"]
    return session
