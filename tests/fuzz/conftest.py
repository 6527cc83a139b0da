"""One town per database for all of the fuzz, and the figures of what was answered, told at the end."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask

from app import create_app
from core.db import db
from core.settings import Settings
from tests.clock import MovableClock
from tests.conftest import DATABASES, STARTS_AT
from tests.fuzz.good_calls import GoodCalls

FIGURES = "answers by status"


@pytest.fixture(scope="package", params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue(f"{request.param}_copies")() as url:
        yield url


@pytest.fixture(scope="package")
def fuzzed_clock(tmp_path_factory: pytest.TempPathFactory) -> MovableClock:
    return MovableClock(tmp_path_factory.mktemp("fuzz") / "clock", starts_at=STARTS_AT)


@pytest.fixture(scope="package")
def app(database: str, fuzzed_clock: MovableClock) -> Iterator[Flask]:
    environ = {
        "BONAFETA_DATABASE_URL": database,
        "BONAFETA_INSTANCE": str(Path(fuzzed_clock.file).with_name("instance")),
        "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
        "BONAFETA_CLOCK": str(fuzzed_clock.file),
    }
    app = create_app(Settings.load(environ))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="package")
def good_calls(app: Flask, fuzzed_clock: MovableClock) -> GoodCalls:
    return GoodCalls(app, fuzzed_clock)


@pytest.fixture(scope="package")
def api_schema(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What each operation answered to those who may call it and to the others. Whoever may call it and never heard
    2xx, in a long run, is a hole in the fuzz."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.getreports(outcome)]
    told = [value for report in reports if report.when == "call" for name, value in report.user_properties]
    figures = [value for value in told if isinstance(value, dict) and "may_not" in value]
    if not figures:
        return
    terminalreporter.section("what was answered: cases, 2xx, statuses (by role without the right)")
    total = Counter[int]()
    for operation in sorted({figure["operation"] for figure in figures}):
        of_it = [figure for figure in figures if figure["operation"] == operation]
        may, may_not = (_together(figure[group] for figure in of_it) for group in ("may", "may_not"))
        deaf = set.intersection(*(set(figure["deaf"]) for figure in of_it))
        total += may + may_not
        never = f"  never 2xx: {', '.join(sorted(deaf))}" if deaf else ""
        terminalreporter.write_line(f"{operation:58} {_words(may)}  ({_statuses(may_not)}){never}")
    terminalreporter.write_line(f"{'in all':58} {_words(total)}")


def _together(counts: Iterable[dict[str, int]]) -> Counter[int]:
    return sum((Counter({int(status): number for status, number in one.items()}) for one in counts), Counter[int]())


def _words(statuses: Counter[int]) -> str:
    good = sum(number for status, number in statuses.items() if status < 300)
    return f"{statuses.total():6} {100 * good / max(1, statuses.total()):5.1f} %  {_statuses(statuses)}"


def _statuses(statuses: Counter[int]) -> str:
    return " ".join(f"{status}:{number}" for status, number in sorted(statuses.items()))
