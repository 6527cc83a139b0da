"""Every test has a database and a clock of its own; what touches a database runs on SQLite and on PostgreSQL.

The schema comes from the migrations only: each worker migrates one template of each, and each test gets a copy.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql
from sqlalchemy import URL, make_url

from app import create_app
from core import migrations
from core.db import db
from core.settings import Settings
from tests import citus_rules, postgres
from tests.clock import MovableClock
from tests.town import Town

SERVER = "BONAFETA_TEST_DATABASE_URL"
DATABASES = ("sqlite", "postgresql")
STARTS_AT = datetime(2026, 11, 23, 10, tzinfo=UTC)

# A busy machine is no failure of what is tested.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2000)  # --hypothesis-profile=thorough
hypothesis.settings.load_profile("house")

# Gives the URL of a new copy of the migrated template, or `of` the database at another URL that nobody is connected to,
# by a `name` if the URL is to be known before; and removes the copy afterwards.
Copies = Callable[..., AbstractContextManager[str]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=DATABASES, help="run what touches a database on this one only")


def pytest_configure(config: pytest.Config) -> None:
    """With several workers, their controller starts the server that they share."""
    if config.getoption("numprocesses", None) and config.getoption("db") != "sqlite" and SERVER not in os.environ:
        until_the_end = ExitStack()
        config.add_cleanup(until_the_end.close)
        os.environ[SERVER] = until_the_end.enter_context(postgres.running())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chosen := config.getoption("db"):
        others = [item for item in items if _database_of(item) not in (None, chosen)]
        items[:] = [item for item in items if _database_of(item) in (None, chosen)]
        config.hook.pytest_deselected(items=others)


def _database_of(item: pytest.Item) -> str | None:
    return item.callspec.params.get("database") if hasattr(item, "callspec") else None


@pytest.fixture
def clock(tmp_path: Path) -> MovableClock:
    return MovableClock(tmp_path / "clock", starts_at=STARTS_AT)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated, empty database that nobody else uses."""
    with request.getfixturevalue(f"{request.param}_copies")() as url:
        yield url


@pytest.fixture
def environ(database: str, clock: MovableClock, tmp_path: Path) -> dict[str, str]:
    """The settings, as a process that a test starts gets them: `env={**os.environ, **environ}`."""
    return {
        **postgres.as_served(database),
        "BONAFETA_INSTANCE": str(tmp_path / "instance"),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(clock.file),
    }


@pytest.fixture
def settings(environ: dict[str, str]) -> Settings:
    return Settings.load(environ)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    with app.app_context():
        engine = db.engine
    try:
        with citus_rules.kept(engine):
            yield app
    finally:
        with app.app_context():
            db.session.remove()
        engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def town(app: Flask, clock: MovableClock) -> Town:
    return Town(app, clock)


@pytest.fixture(scope="session")
def sqlite_copies() -> Iterator[Copies]:
    with TemporaryDirectory(prefix="bonafeta-sqlite-", dir=postgres.memory()) as created:
        folder = Path(created)
        migrations.upgrade(f"sqlite:///{folder}/template")

        @contextmanager
        def copied(of: str = "template", name: str = "") -> Iterator[str]:
            name = name or uuid4().hex
            shutil.copyfile(folder / Path(of).name, folder / name)
            try:
                yield f"sqlite:///{folder}/{name}"
            finally:
                for part in folder.glob(f"{name}*"):
                    part.unlink()

        yield copied


@pytest.fixture(scope="session")
def postgresql_copies() -> Iterator[Copies]:
    with ExitStack() as until_the_end:
        server = make_url(os.environ.get(SERVER) or until_the_end.enter_context(postgres.running()))
        admin = until_the_end.enter_context(psycopg.connect(_text(server, "postgresql"), autocommit=True))

        @contextmanager
        def copied(of: str, name: str = "") -> Iterator[str]:
            name = name or f"bonafeta_{uuid4().hex}"
            names = {"name": sql.Identifier(name), "template": sql.Identifier(of)}
            # Copying files takes half the time of logging them.
            admin.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY").format(**names))
            try:
                yield _text(server.set(database=name), "postgresql+psycopg")
            finally:
                admin.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))

        template = until_the_end.enter_context(copied("template1"))
        migrations.upgrade(template)
        yield lambda of=template, name="": copied(make_url(of).database or "", name)


def _text(url: URL, drivername: str) -> str:
    return url.set(drivername=drivername).render_as_string(hide_password=False)
