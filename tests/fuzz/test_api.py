"""Nothing that anybody sends makes the server fail, and every answer is one that the API's description allows (A54)."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from app import create_app
from core.db import db
from core.settings import ROOT, Settings
from tests.clock import MovableClock
from tests.conftest import DATABASES, STARTS_AT
from tests.fuzz.busy_town import BusyTown

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
EXAMPLES = int(os.environ.get("BONAFETA_FUZZ_EXAMPLES", "12"))
"""Per operation and database; the long form is `BONAFETA_FUZZ_EXAMPLES=400 make test`."""


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_copies")() as url:
        yield url


@pytest.fixture(scope="module")
def app(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    environ = {
        "BONAFETA_DATABASE_URL": database,
        "BONAFETA_INSTANCE": str(folder / "instance"),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(MovableClock(folder / "clock", starts_at=STARTS_AT).file),
    }
    app = create_app(Settings.load(environ))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def busy_town(app: Flask) -> BusyTown:
    return BusyTown(app, ROOT / "data")


@pytest.fixture(scope="module")
def api_schema(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def _operations() -> list[str]:
    """What there is to call; the description needs no database."""
    with TemporaryDirectory() as folder:
        spec = create_app(Settings.load({"BONAFETA_INSTANCE": folder})).extensions["openapi"].described()
    methods = ("get", "post", "put", "patch", "delete")
    return [f"{method.upper()} {path}" for path, item in spec["paths"].items() for method in methods if method in item]


@pytest.mark.parametrize("operation", _operations())
def test_no_request_breaks_the_server(operation: str, api_schema: Any, busy_town: BusyTown) -> None:
    method, path = operation.split(" ")

    @given(case=api_schema[path][method].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def any_request(case: Any) -> None:
        person = busy_town.someone(operation)
        case.headers = {
            **(case.headers or {}),
            "Authorization": f"Bearer {person.token}",
            "Accept-Encoding": "identity",
        }
        chance = random.Random(repr((case.path_parameters, case.body)))
        case.path_parameters = busy_town.often_real(case.path_parameters or {}, path, chance=chance)
        case.validate_response(case.call(), checks=CHECKS)

    any_request()
