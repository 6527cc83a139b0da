"""One furnished town per database; whoever changes it does so in a copy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.access.scene import Scene, Scenery, built, rows_kept
from tests.clock import MovableClock
from tests.conftest import DATABASES, STARTS_AT


@pytest.fixture(scope="package", params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="package")
def scenery(
    database: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scenery]:
    folder: Path = tmp_path_factory.mktemp("access")
    environ = {
        "BONAFETA_INSTANCE": str(folder / "instance"),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(MovableClock(folder / "clock", starts_at=STARTS_AT).file),
    }
    with built(request.getfixturevalue(f"{database}_copies"), environ) as scenery:
        yield scenery


@pytest.fixture(scope="package")
def kept(untouched: dict[bool, Scene]) -> list[Any]:
    """What stands in every table but those where a try may leave its trace."""
    return rows_kept(untouched)


@pytest.fixture(scope="package")
def untouched(scenery: Scenery) -> Iterator[dict[bool, Scene]]:
    """The scene with Ona as a resident, and with every role besides (True): for calls that change nothing."""
    with scenery.lasting(staffed=False) as plain, scenery.lasting(staffed=True) as staffed:
        yield {False: plain, True: staffed}
