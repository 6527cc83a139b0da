"""The storms of `make storm`, small enough for every day; and that they fail where a guard is missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import DATABASES
from tests.races.serving import Server
from tests.storms import controls
from tests.storms.place import Place, place_on
from tests.storms.sizes import CONTROL, SHORT, STORMS


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_copies")() as url:
        yield url


@pytest.fixture(scope="module")
def place(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("storms")
    with place_on(database, folder=folder) as place:
        yield place


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[Server]:
    with place.served() as server:
        yield server


@pytest.mark.parametrize("name", STORMS)
def test_a_storm_leaves_the_books_in_order(name: str, place: Place, server: Server) -> None:
    figures = STORMS[name](place, server, lambda _: None, **SHORT[name])

    assert figures["requests"] > 0
    assert place.faults() == []


@pytest.mark.parametrize(("name", "kind"), [("redeem", "postgresql"), ("spend", "sqlite")])
def test_without_its_guard_a_storm_breaks_them(name: str, kind: str) -> None:
    with controls.place_without(name, kind) as place, place.served() as server, pytest.raises(AssertionError):
        STORMS[name](place, server, lambda _: None, **CONTROL[name])
