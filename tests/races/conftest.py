"""One town and one real server per database for all races: starting them for each test would take most of the time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import create_app
from core.db import db
from core.settings import Settings
from tests.clock import MovableClock
from tests.conftest import DATABASES, STARTS_AT
from tests.races.serving import Server
from tests.served import serving
from tests.town import Town


@pytest.fixture(scope="package", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_copies")() as url:
        yield url


@pytest.fixture(scope="package")
def environ(database: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("races")
    return {
        "BONAFETA_DATABASE_URL": database,
        "BONAFETA_INSTANCE": str(folder / "instance"),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(MovableClock(folder / "clock", starts_at=STARTS_AT).file),
    }


@pytest.fixture(scope="package")
def town(environ: dict[str, str]) -> Iterator[Town]:
    app = create_app(Settings.load(environ))
    yield Town(app, MovableClock(Path(environ["BONAFETA_CLOCK"]), starts_at=STARTS_AT))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="package")
def server(environ: dict[str, str], town: Town) -> Iterator[Server]:
    with serving(environ) as served:
        yield Server(served)
