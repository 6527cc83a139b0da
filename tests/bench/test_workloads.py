"""In a tiny town every workload is answered as it should be, and the database alone does the same work."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from bench import database, server, town
from bench.measuring import Bench
from bench.points_due import during, expiry
from bench.running import Runner
from bench.statements import COUNTED, statements
from bench.supplies import Supplies
from bench.workloads import WORKLOADS, Place
from core.db import Base

RESIDENTS, TIMES = 60, 16
NOT_COUNTED = {"job_run", "audit_seal", "audit_sealed", "outbox", "reminder", "attempt"}
"""The job runner writes here meanwhile, and tries of one time share a row."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    with database.running(None) as cluster:
        town.sample(cluster, folder)
        seeded = cluster.database("town", template="sample")
        town.flask(["seed", "--residents", str(RESIDENTS)], town.environ_of(seeded, folder))
        yield Bench(cluster, folder, rounds=1, seconds=0.1, runner=Runner(cluster, folder))


@pytest.fixture(scope="module")
def place(bench: Bench) -> Iterator[Place]:
    with ExitStack() as until_the_end:
        copy = bench.cluster.database("copy", template="town")
        opened = until_the_end.enter_context(town.opened(copy, bench.folder, residents=RESIDENTS))
        opened.furnish()
        environ = opened.environ | {"BONAFETA_ENV": "production"}
        ours = until_the_end.enter_context(server.ours(environ, log=bench.folder / "log"))
        yield Place(opened, Supplies(opened), ours)


def test_every_workload_is_answered_as_it_should_be(bench: Bench, place: Place) -> None:
    counts = {name: bench.runner.asked(name, place, seconds=60, at_most=TIMES).count for name in WORKLOADS}

    assert set(counts.values()) - {TIMES} <= {counts["day"]}
    assert 0 < counts["day"] <= TIMES


def test_the_database_alone_does_the_same_work(bench: Bench, place: Place) -> None:
    for name in ("verify", "buy", "redeem"):
        ours = _changes(place, partial(bench.runner.asked, name, place, seconds=60, at_most=TIMES))
        alone = {
            form: _changes(place, partial(bench.runner.alone, name, form, place, seconds=60, at_most=TIMES))
            for form in WORKLOADS[name].forms
        }

        assert alone == dict.fromkeys(WORKLOADS[name].forms, ours)
        assert ours["audit_entry"] == TIMES


def test_the_database_alone_reads_as_often(bench: Bench, place: Place) -> None:
    for name in ("cold", "points"):
        assert bench.runner.alone(name, "statements", place, seconds=60, at_most=TIMES).count == TIMES


def test_statements_are_counted_per_request(bench: Bench, place: Place) -> None:
    statements(bench, place)

    assert all(bench.measured.statements[name] for name in COUNTED)
    assert bench.measured.figures["statements of browse"] == len(bench.measured.statements["browse"])


def test_all_points_of_a_town_end_in_each_way(bench: Bench) -> None:
    expiry(bench, {RESIDENTS: database.Database(bench.cluster, "town")})

    assert bench.measured.figures["expiry / batches"] > 0
    assert bench.measured.figures["expiry / lots"] > 0


def test_people_buy_while_points_end(bench: Bench, place: Place) -> None:
    during(bench, place)

    assert bench.measured.figures["deadlocks"] == 0
    assert bench.measured.figures["buy p99 during expiry / before"] > 0


def _changes(place: Place, work: Callable[[], object]) -> dict[str, int]:
    """By how much it changes the numbers of rows, and what is changed in place."""
    before = _state(place)
    work()
    after = _state(place)
    return {what: after[what] - before[what] for what in before}


def _state(place: Place) -> dict[str, int]:
    """How many rows each table has, and what is changed in place. Points are filled up before each purchase, so what
    they were then does not count."""
    place.town.sign_in()
    place.town.fill_lots()
    counts = {table: f"SELECT count(*) FROM {table}" for table in Base.metadata.tables.keys() - NOT_COUNTED}
    changed = {
        "numbered": "SELECT sum(entry_seq) FROM account",
        "stock taken": "SELECT sum(stock_total - stock) FROM benefit_stock",
        "redeemed": "SELECT count(*) FROM voucher WHERE status = 'redeemed'",
        "approved": "SELECT sum(revision) FROM submission WHERE status = 'approved'",
        "queued": "SELECT count(*) FROM review_case WHERE queued_at IS NOT NULL OR leased_by IS NOT NULL",
        "to be deleted": "SELECT count(*) FROM evidence_owner WHERE delete_at IS NOT NULL",
        "kept": "SELECT count(*) FROM idempotency WHERE status IS NOT NULL AND body IS NOT NULL",
        "points spent": "SELECT coalesce(sum(points), 0) FROM allocation",
    }
    return {what: int(place.town.database.run(query)[0][0]) for what, query in (counts | changed).items()}
