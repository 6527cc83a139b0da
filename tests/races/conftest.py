"""One town and one real server per database for all races: starting them for each test would take most of the time."""

from collections.abc import Iterator, Mapping

import pytest

from tests.conftest import DATABASES
from tests.races.serving import Server
from tests.storms.place import Place, place_on
from tests.town import Town


@pytest.fixture(scope="package", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_copies")() as url:
        yield url


@pytest.fixture(scope="package")
def place(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place_on(database, folder=tmp_path_factory.mktemp("races")) as place:
        yield place


@pytest.fixture(scope="package")
def environ(place: Place) -> Mapping[str, str]:
    return place.environ


@pytest.fixture(scope="package")
def town(place: Place) -> Town:
    return place.town


@pytest.fixture(scope="package")
def server(place: Place) -> Iterator[Server]:
    with place.served() as server:
        yield server
