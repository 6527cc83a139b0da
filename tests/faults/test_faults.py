"""The faults of `make faults`, small enough for every day. A full disk needs the right to mount one: it is there only;
`tests/core/test_transactions.py` fills a disk without."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import DATABASES
from tests.faults.__main__ import ON_POSTGRESQL_ONLY
from tests.faults.crashes import crash_everywhere
from tests.faults.kills import kill_database, kill_schedulers, kill_workers, restart_database
from tests.faults.network import bad_network
from tests.storms.place import Place, new_place, place_on
from tests.storms.storms import Figures

SERVED: dict[str, tuple[Callable[..., Figures], dict[str, int]]] = {
    "workers": (kill_workers, {"kills": 2, "wishes": 24}),
    "network": (bad_network, {"requests": 48}),
}


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_copies")() as url:
        yield url


@pytest.fixture
def place(database: str, tmp_path: Path) -> Iterator[Place]:
    with place_on(database, folder=tmp_path) as place:
        yield place


@pytest.mark.parametrize("name", SERVED)
def test_a_fault_loses_nothing_and_does_nothing_twice(name: str, place: Place) -> None:
    fault, sizes = SERVED[name]

    with place.served() as server:
        figures = fault(place, server, lambda _: None, **sizes)

    assert figures["answers"]["201"] >= 2 * (sizes.get("wishes") or sizes["requests"] // 2)


def test_a_killed_scheduler_ends_no_lot_twice(place: Place) -> None:
    figures = kill_schedulers(place, None, lambda _: None, kills=1, lots=500)

    assert figures["kills"] == 1


def test_a_crash_at_any_statement_of_any_write_leaves_nothing_half_done(place: Place) -> None:
    """One in fifteen of the statements; `make faults` takes them all."""
    figures = crash_everywhere(place, None, lambda _: None, one_in=15)

    assert figures["writes"] >= 62


def test_the_service_outlives_its_database() -> None:
    """A server of its own: that of the other tests is not to be killed."""
    assert ON_POSTGRESQL_ONLY == ("database", "restart")

    with new_place("postgresql") as place, place.served() as server:
        restarted = restart_database(place, server, lambda _: None, restarts=1)
        killed = kill_database(place, server, lambda _: None, kills=1, wishes=20)

    assert (restarted["restarts"], killed["kills"]) == (1, 1)
