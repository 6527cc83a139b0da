"""A whole deployment of its own: a migrated database, a town's people, and the real server and jobs on it."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app import create_app
from catalogue.browsing import version_numbered
from catalogue.models import ReviewCase
from catalogue.submissions import open_submission
from catalogue.verification import approve_by_rule
from core import migrations
from core.clock import iso
from core.db import Does, db, in_transaction
from core.http.doors import Caller, Role
from core.ids import new_id
from core.settings import ROOT, Settings
from rewards import ledger, oracle
from tests import postgres, second_opinion
from tests.catalogue.cases import Cases
from tests.clock import MovableClock
from tests.conftest import STARTS_AT
from tests.damage import everything
from tests.races.serving import Server
from tests.rewards.market import Market
from tests.served import serving
from tests.town import Person, Town

GIFT_POINTS = 8


@dataclass
class Place:
    """`town` sets the scene from within, `environ` is what a process of this deployment is told."""

    town: Town
    environ: Mapping[str, str]
    folder: Path
    root: Path = ROOT

    @property
    def kind(self) -> str:
        return "sqlite" if self.environ["BONAFETA_DATABASE_URL"].startswith("sqlite") else "postgresql"

    def clock_text(self) -> str:
        """The time now, as a phone writes it."""
        return iso(self.town.clock.now())

    @property
    def log(self) -> Path:
        """What the served processes say."""
        return self.folder / "server.log"

    @cached_property
    def market(self) -> Market:
        return Market(self.town)

    @cached_property
    def cases(self) -> Cases:
        return Cases(self.town)

    def give(self, person: Person, points: int) -> None:
        """Points for deeds that were done and verified before, 8 for each, above the caps of a person."""
        code, at, city = self._gift, self.town.clock.now(), self.town.city
        generous = replace(city, points=replace(city.points, per_year_max=10**6, held_max=10**6))
        assert person.id is not None
        who = Caller(person.id, new_id(), frozenset({Role.RESIDENT}))

        def verified() -> None:
            ledger.lock_account(who.citizen_id)
            submission = open_submission(
                version_numbered(code, 1),
                who=who,
                submission_id=None,
                done_at=at,
                quantity=points // GIFT_POINTS,
                note=None,
                event_id=None,
                without_points=False,
                at=at,
                city=city,
            )
            submission.status, db.session.get_one(ReviewCase, submission.id).queued_at = "in_review", at
            approve_by_rule(submission, at=at, city=generous)
            assert submission.points_awarded == points

        self.town.does(verified)

    @cached_property
    def _gift(self) -> str:
        return self.cases.deed("gift", unit="item", points=GIFT_POINTS, max_per_day=1_000, max_per_year=100_000)

    @contextmanager
    def served(self) -> Iterator[Server]:
        """The real server and jobs, from the code in `root`."""
        with serving(self.environ, root=self.root, log=self.log) as served:
            yield Server(served)

    def faults(self) -> list[Any]:
        """What either judge finds wrong with the books, in one moment."""
        return self._seen(lambda: [*self._verdict(), *second_opinion.faults(everything())])

    def oracle_faults(self) -> list[Any]:
        """The same by the oracle alone, which is quick enough to ask all the time."""
        return self._seen(self._verdict)

    def _verdict(self) -> list[Any]:
        return list(oracle.verdict(self.town.app.extensions["ledger_checks"])["faults"])

    def _seen(self, look: Any) -> list[Any]:
        with self.town.app.app_context():
            return list(in_transaction(look, does=Does.SNAPSHOT))


@contextmanager
def new_place(kind: str, *, root: Path = ROOT, within: Path | None = None) -> Iterator[Place]:
    """An empty deployment on `sqlite` or `postgresql`, in memory or `within` a folder, gone at the end."""
    with ExitStack() as until_the_end:
        folder = Path(
            until_the_end.enter_context(TemporaryDirectory(prefix="bonafeta-", dir=within or postgres.memory()))
        )
        url = f"sqlite:///{folder}/town.sqlite"
        if kind == "postgresql":
            url = until_the_end.enter_context(postgres.running(within)).replace("postgresql:", "postgresql+psycopg:")
        migrations.upgrade(url)
        yield until_the_end.enter_context(place_on(url, folder=folder, root=root))


@contextmanager
def place_on(url: str, *, folder: Path, root: Path = ROOT) -> Iterator[Place]:
    """A deployment on a migrated database."""
    clock = MovableClock(folder / "clock", starts_at=STARTS_AT)
    environ = {
        **postgres.as_served(url),
        "BONAFETA_INSTANCE": str(folder / "instance"),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(clock.file),
    }
    app = create_app(Settings.load(environ))
    try:
        yield Place(Town(app, clock), environ, folder, root)
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def copy_of_the_code(folder: Path) -> Path:
    """The project as it stands, to spoil."""
    parts = ("app.py", "core", "citizen", "rewards", "catalogue", "cities", "data", "migrations", "web")
    for part in parts:
        here = ROOT / part
        if here.is_dir():
            shutil.copytree(here, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(here, folder / part)
    assert not os.path.samefile(folder, ROOT)
    return folder
