"""What was written into the log stays as it was written, and whoever changes it is found out (charter C43)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from core import audit
from core.audit import AuditEntry, AuditSeal, AuditSealed
from core.clock import iso
from core.db import Does, db, in_transaction, is_sqlite
from core.errors import Conflict
from core.http.doors import Caller, Role
from core.ids import new_id
from core.settings import Settings
from core.upkeep import seal_audit_log
from tests.catalogue.cases import Cases
from tests.core.conftest import Room
from tests.rewards.market import Market
from tests.town import Town

APPEND_ONLY = {
    "audit_entry": "purpose",
    "audit_seal": "hash",
    "audit_sealed": "position",
    "entry": "subject",
    "deed_version": "search",
}
"""What is never rewritten, with a column of each."""
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def within(app: Flask, work: Callable[[], Any]) -> Any:
    with app.app_context():
        return in_transaction(work)


def record(number: int) -> None:
    audit.record("deed.changed", by=None, object=f"row-{number}", purpose="test", at=NOON + timedelta(minutes=number))


def record_and_say_so(number: int) -> dict[str, Any]:
    record(number)
    return {}


def write(app: Flask, *numbers: int) -> None:
    def write_them() -> None:
        for number in numbers:
            record(number)

    within(app, write_them)


def seal(app: Flask, settings: Settings) -> int:
    with app.app_context():
        return seal_audit_log(at=NOON, settings=settings)


@pytest.fixture
def log(app: Flask, settings: Settings) -> Path:
    """Three seals of three, two and one rows, with their heads outside; returns the file of the heads."""
    for numbers in ((1, 2, 3), (4, 5), (6,)):
        write(app, *numbers)
        seal(app, settings)
    return audit.head_file(settings)


def verdict(app: Flask) -> tuple[int, dict[str, Any]]:
    """What `flask audit verify --json` says, and its exit code."""
    result = app.test_cli_runner().invoke(args=["audit", "verify", "--json"])
    return result.exit_code, json.loads(result.stdout)


def faults(app: Flask) -> list[str]:
    code, found = verdict(app)
    assert (code == 0) is found["ok"] is (not found["faults"])
    return [fault["fault"] for fault in found["faults"]]


def tamper(app: Flask, *statements: Any) -> None:
    """As somebody who owns the database could: triggers and foreign keys do not hold them."""

    def change() -> None:
        if is_sqlite():
            db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
            triggers = db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in triggers:
                db.session.execute(text(f"DROP TRIGGER {name}"))
        else:
            db.session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            db.session.execute(statement)

    within(app, change)


def row(number: int) -> Any:
    return AuditEntry.object == f"row-{number}"


def id_of(number: int) -> Any:
    return select(AuditEntry.id).where(row(number)).scalar_subquery()


# --- writing ----------------------------------------------------------------------------------------------------------


class Refused(Conflict):
    """No."""


def test_c43_a_row_is_written_with_what_it_tells_of_or_not_at_all(app: Flask, client: FlaskClient, room: Room) -> None:
    def refuse() -> None:
        record(1)
        raise Refused()

    room.view = refuse
    assert client.post("/api/v1/room/writes").status_code == 409
    room.view = partial(record_and_say_so, 2)
    assert client.post("/api/v1/room/writes").status_code == 200

    assert within(app, lambda: db.session.scalars(select(AuditEntry.object)).all()) == ["row-2"]


def test_a_row_says_who_for_which_office_on_whom_and_why(app: Flask) -> None:
    actor, subject = new_id(), new_id()
    mayor = Caller(actor, new_id(), frozenset({Role.VERIFIER}), offices=((Role.VERIFIER, "Parks"),))
    clerk = Caller(actor, new_id(), frozenset({Role.MANAGER}))

    def write_three() -> None:
        audit.record("evidence.read", by=mayor, role=Role.VERIFIER, subject_id=subject, purpose="review", at=NOON)
        audit.record("role.read", by=clerk, role=Role.MANAGER, object=7, purpose="administration", at=NOON)
        audit.record("points.expired", by=None, purpose="expiry", at=NOON)

    within(app, write_three)
    rows = within(app, lambda: [_facts(row) for row in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))])

    default = app.extensions["bonafeta"].city.office("manager")
    assert rows == [
        (actor, "Parks", "evidence.read", subject, "", "review", NOON),
        (actor, default, "role.read", None, "7", "administration", NOON),
        (None, "software", "points.expired", None, "", "expiry", NOON),
    ]


def _facts(row: AuditEntry) -> tuple[Any, ...]:
    return row.actor_id, row.office, row.kind, row.subject_id, row.object, row.purpose, row.at


# --- sealing ----------------------------------------------------------------------------------------------------------


def test_c43_an_untouched_log_verifies(app: Flask, log: Path) -> None:
    assert verdict(app) == (0, {"ok": True, "sealed": 6, "faults": []})


def test_an_empty_log_verifies(app: Flask) -> None:
    assert verdict(app) == (0, {"ok": True, "sealed": 0, "faults": []})


def test_sealing_takes_each_row_once(app: Flask, settings: Settings, log: Path) -> None:
    assert seal(app, settings) == 0
    write(app, 7)
    assert [seal(app, settings), seal(app, settings)] == [1, 0]
    assert len(log.read_bytes().splitlines()) == 4
    assert faults(app) == []


def test_a_large_backlog_is_sealed_in_batches(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SEAL_ROWS_MAX", 3)
    write(app, *range(8))

    assert seal(app, settings) == 8
    assert within(app, lambda: db.session.scalars(select(AuditSeal.rows).order_by(AuditSeal.number)).all()) == [3, 3, 2]
    assert faults(app) == []


def test_rows_that_come_late_with_an_earlier_time_are_sealed_too(app: Flask, settings: Settings, log: Path) -> None:
    write(app, -1000)

    assert seal(app, settings) == 1
    assert faults(app) == []


def test_two_sealers_at_once_seal_each_row_once(app: Flask, settings: Settings) -> None:
    write(app, *range(20))
    ready = Barrier(2)

    def run() -> int:
        ready.wait(timeout=20)
        return seal(app, settings)

    with ThreadPoolExecutor() as pool:
        sealed = [done.result(timeout=30) for done in [pool.submit(run), pool.submit(run)]]

    assert sum(sealed) == 20
    assert verdict(app) == (0, {"ok": True, "sealed": 20, "faults": []})


def test_a_head_that_a_killed_run_left_out_is_written_by_the_next(app: Flask, settings: Settings, log: Path) -> None:
    write(app, 7)
    within(app, lambda: audit.seal_batch(at=NOON))
    assert faults(app) == ["heads_missing"]

    seal(app, settings)

    assert faults(app) == []


def test_two_that_write_heads_at_once_write_each_once(app: Flask, settings: Settings, log: Path) -> None:
    """And the next head is not taken for written because there is one line too many."""
    write(app, 7)
    within(app, lambda: audit.seal_batch(at=NOON))
    ready = Barrier(4)

    def run() -> None:
        ready.wait(timeout=20)
        within(app, lambda: audit.write_heads(settings))

    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(run) for _ in range(4)]:
            done.result(timeout=30)
    write(app, 8)
    seal(app, settings)

    assert [orjson.loads(line)["number"] for line in log.read_bytes().splitlines()] == [1, 2, 3, 4, 5]
    assert faults(app) == []


def test_a_line_cut_off_by_a_crash_is_told_and_spoils_no_other(app: Flask, settings: Settings, log: Path) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:2]) + lines[2][:20])

    write(app, 7)
    seal(app, settings)

    assert faults(app) == ["head_unreadable"]
    assert [orjson.loads(line)["number"] for line in log.read_bytes().splitlines()[3:]] == [3, 4]


# --- tampering --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column",
    ["at", "actor_id", "office", "kind", "subject_id", "object", "purpose"],
)
def test_c43_a_changed_row_is_found(app: Flask, log: Path, column: str) -> None:
    forged: dict[str, Any] = {"at": NOON, "actor_id": new_id(), "subject_id": new_id()}
    tamper(app, update(AuditEntry).where(row(4)).values({column: forged.get(column, "forged")}))

    assert faults(app) == ["rows_changed"]
    assert verdict(app)[1]["faults"] == [{"fault": "rows_changed", "number": 2}]


def test_c43_a_removed_row_is_found(app: Flask, log: Path) -> None:
    tamper(
        app,
        delete(AuditSealed).where(AuditSealed.entry_id == id_of(2)),
        delete(AuditEntry).where(row(2)),
    )

    assert verdict(app)[1]["faults"] == [{"fault": "rows_removed", "number": 1, "sealed": 3, "found": 2}]


def test_a_row_put_in_the_place_of_another_is_found(app: Flask, log: Path) -> None:
    write(app, 9)
    place = select(AuditSealed.position).where(AuditSealed.entry_id == id_of(2)).scalar_subquery()
    tamper(
        app,
        insert(AuditSealed).values(entry_id=id_of(9), seal_number=1, position=place),
        delete(AuditSealed).where(AuditSealed.entry_id == id_of(2)),
    )

    assert faults(app) == ["rows_changed"]


def test_c43_two_rows_that_changed_places_are_found(app: Flask, log: Path) -> None:
    tamper(app, update(AuditSealed).where(AuditSealed.seal_number == 1).values(position=2 - AuditSealed.position))

    assert faults(app) == ["rows_changed"]


def test_a_row_moved_to_another_seal_is_found(app: Flask, log: Path) -> None:
    tamper(app, update(AuditSealed).where(AuditSealed.entry_id == id_of(3)).values(seal_number=2, position=5))

    assert faults(app) == ["rows_removed", "rows_removed"]


def _cut(first: int) -> list[Any]:
    numbers = select(AuditSealed.entry_id).where(AuditSealed.seal_number >= first)
    return [
        delete(AuditEntry).where(AuditEntry.id.in_(numbers)),
        delete(AuditSealed).where(AuditSealed.seal_number >= first),
        delete(AuditSeal).where(AuditSeal.number >= first),
    ]


def test_c43_a_tail_cut_off_with_its_seals_is_found(app: Flask, log: Path) -> None:
    tamper(app, *_cut(2))

    assert verdict(app)[1]["faults"] == [{"fault": "tail_cut", "number": 2}, {"fault": "tail_cut", "number": 3}]


def test_a_whole_log_that_is_gone_is_found(app: Flask, log: Path) -> None:
    tamper(app, *_cut(1))

    assert faults(app) == ["tail_cut"] * 3


def test_a_seal_taken_out_of_the_middle_is_found(app: Flask, log: Path) -> None:
    tamper(app, delete(AuditSealed).where(AuditSealed.seal_number == 2), delete(AuditSeal).where(AuditSeal.number == 2))

    assert faults(app) == ["seal_missing"]


def test_a_chain_made_again_after_a_change_does_not_match_its_heads(app: Flask, log: Path) -> None:
    """Whoever owns the database can compute every hash anew; the heads are elsewhere, under a key."""
    tamper(app, update(AuditEntry).where(row(4)).values(office="forged"))

    def chain(number: int, before: str) -> str:
        sealed = select(AuditEntry).join(AuditSealed, AuditSealed.entry_id == AuditEntry.id)
        rows = db.session.scalars(sealed.where(AuditSealed.seal_number == number).order_by(AuditSealed.position)).all()
        return audit._hash(before, rows)

    first = within(app, lambda: chain(1, ""))
    second = within(app, lambda: chain(2, first))
    third = within(app, lambda: chain(3, second))
    tamper(
        app,
        update(AuditSeal).where(AuditSeal.number == 2).values(hash=second),
        update(AuditSeal).where(AuditSeal.number == 3).values(hash=third),
    )

    assert faults(app) == ["seal_changed", "seal_changed"]


def test_a_seal_with_another_time_is_found(app: Flask, log: Path) -> None:
    tamper(app, update(AuditSeal).where(AuditSeal.number == 2).values(at=NOON + timedelta(days=1)))

    assert faults(app) == ["seal_changed"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["number", "hash", "at", "signature"])
def test_c43_a_forged_head_is_found(app: Flask, log: Path, name: str) -> None:
    lines = [orjson.loads(line) for line in log.read_bytes().splitlines()]
    lines[1][name] = {"number": 9, "hash": "0" * 64, "at": iso(NOON + timedelta(days=1)), "signature": "0" * 64}[name]
    log.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))

    assert "head_forged" in faults(app)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"no json", b'{"number": "x", "hash": 1, "at": 2}'])
def test_a_head_that_is_none_is_told(app: Flask, log: Path, line: bytes) -> None:
    with log.open("ab") as file:
        file.write(line + b"\n")

    assert faults(app) == ["head_unreadable"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("keep", "missing"), [(0, 3), (2, 1)])
def test_c43_heads_that_are_missing_are_told(app: Flask, log: Path, keep: int, missing: int) -> None:
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:keep]))

    assert verdict(app)[1]["faults"] == [{"fault": "heads_missing", "count": missing, "first": keep + 1}]


def test_without_the_file_all_heads_are_missing(app: Flask, log: Path) -> None:
    log.unlink()

    assert faults(app) == ["heads_missing"]


def test_heads_of_another_deployment_are_forged(app: Flask, log: Path, settings: Settings) -> None:
    """The signature is made with the secret: without it nobody signs for us."""
    other = Settings.load(
        {"BONAFETA_INSTANCE": str(settings.instance), "BONAFETA_SECRET_KEY": "the secret of somebody else"}
    )
    log.unlink()
    within(app, lambda: audit.write_heads(other))

    assert faults(app) == ["head_forged"] * 3


def test_the_words_for_people_say_the_same(app: Flask, log: Path) -> None:
    runner = app.test_cli_runner()
    good = runner.invoke(args=["audit", "verify"])
    log.unlink()
    bad = runner.invoke(args=["audit", "verify"])

    assert (good.exit_code, good.stdout) == (0, "All is well.\n")
    assert (bad.exit_code, bad.stdout) == (1, "1 faults:\n  fault=heads_missing, count=3, first=1\n")


# --- nobody waits for a sealer, and a sealer for nobody ---------------------------------------------------------------


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_writer_commits_while_a_sealer_is_at_work(app: Flask, settings: Settings) -> None:
    write(app, 1)

    def seal_and_wait_for_a_writer() -> int:
        sealed = audit.seal_batch(at=NOON)
        db.session.flush()
        with ThreadPoolExecutor() as pool:
            pool.submit(write, app, 2).result(timeout=10)
        return sealed

    assert within(app, seal_and_wait_for_a_writer) == 1
    assert seal(app, settings) == 1
    assert verdict(app) == (0, {"ok": True, "sealed": 2, "faults": []})


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_sealer_commits_while_a_writer_is_at_work_and_takes_its_row_the_next_time(
    app: Flask, settings: Settings
) -> None:
    """The row of a slow writer is earlier than what is sealed before it."""
    write(app, 5)

    def write_and_wait_for_a_sealer() -> None:
        record(1)
        db.session.flush()
        with ThreadPoolExecutor() as pool:
            assert pool.submit(seal, app, settings).result(timeout=10) == 1

    within(app, write_and_wait_for_a_sealer)

    assert seal(app, settings) == 1
    assert verdict(app) == (0, {"ok": True, "sealed": 2, "faults": []})


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_on_sqlite_who_writes_takes_turns_with_a_sealer_and_is_not_refused(app: Flask, settings: Settings) -> None:
    write(app, 1)
    with ThreadPoolExecutor() as pool:

        def seal_while_a_writer_waits() -> Any:
            assert audit.seal_batch(at=NOON) == 1
            db.session.flush()
            return pool.submit(write, app, 2)

        within(app, seal_while_a_writer_waits).result(timeout=10)

    assert seal(app, settings) == 1
    assert verdict(app) == (0, {"ok": True, "sealed": 2, "faults": []})


def test_who_checks_the_log_holds_nobody(app: Flask, settings: Settings, log: Path) -> None:
    def check_while_others_write_and_seal() -> list[Any]:
        found = list(audit.faults(settings))
        with ThreadPoolExecutor() as pool:
            pool.submit(write, app, 7).result(timeout=10)
            assert pool.submit(seal, app, settings).result(timeout=10) == 1
        return found

    with app.app_context():
        assert in_transaction(check_while_others_write_and_seal, does=Does.SNAPSHOT) == []


# --- the database refuses ---------------------------------------------------------------------------------------------


def test_c43_the_database_refuses_to_rewrite_log_entries_and_rules(app: Flask, town: Town, log: Path) -> None:
    Cases(town).deed()
    Market(town).shopper()
    for name, column in APPEND_ONLY.items():
        for statement in (f"UPDATE {name} SET {column} = {column}", f"DELETE FROM {name}", f"TRUNCATE {name} CASCADE"):
            if statement.startswith("TRUNCATE") and _is_sqlite(app):
                continue  # it has no such word
            with pytest.raises(DBAPIError, match="append-only"):
                within(app, partial(db.session.execute, text(statement)))

    assert faults(app) == []


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_c43_the_role_that_the_application_works_as_cannot_get_round_it(app: Flask, log: Path) -> None:
    """One that may do anything with the rows, and owns no table, as `docs/operating.md` tells to set it up."""
    role = f"town_{new_id().hex}"

    def as_the_role(statement: str) -> None:
        db.session.execute(text(f"CREATE ROLE {role}"))
        db.session.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"))
        db.session.execute(text(f"SET LOCAL ROLE {role}"))
        db.session.execute(text(statement))

    tries = [
        *(f"UPDATE {name} SET {column} = {column}" for name, column in APPEND_ONLY.items()),
        *(f"DELETE FROM {name}" for name in APPEND_ONLY),
        *(f"TRUNCATE {name} CASCADE" for name in APPEND_ONLY),
    ]
    round_about = [
        "SET session_replication_role = replica",
        *(f"ALTER TABLE {name} DISABLE TRIGGER ALL" for name in APPEND_ONLY),
        *(f"DROP TRIGGER {name}_refuses_rewriting ON {name}" for name in APPEND_ONLY),
        "CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$",
    ]

    for statement in tries:
        with pytest.raises(DBAPIError, match="append-only"):
            within(app, partial(as_the_role, statement))
    for statement in round_about:
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            within(app, partial(as_the_role, statement))
    within(app, partial(as_the_role, "SELECT count(*) FROM audit_entry"))
    within(
        app, lambda: db.session.execute(text(f"DROP OWNED BY {role}")) and db.session.execute(text(f"DROP ROLE {role}"))
    )


def _is_sqlite(app: Flask) -> bool:
    with app.app_context():
        return is_sqlite()


def test_what_is_sealed_while_the_log_is_checked_is_no_fault(app: Flask, settings: Settings, log: Path) -> None:
    """A seal and its head that come between the reading of the rows and that of the heads."""
    tamper(app, update(AuditEntry).where(row(1)).values(office="forged"))

    def check() -> list[str]:
        found = audit.faults(settings)
        first = next(found)
        with ThreadPoolExecutor() as pool:
            pool.submit(write, app, 7).result(timeout=20)
            assert pool.submit(seal, app, settings).result(timeout=20) == 1
        return [fault["fault"] for fault in (first, *found)]

    with app.app_context():
        found = in_transaction(check, does=Does.SNAPSHOT)

    assert found == ["rows_changed"]
    assert len(log.read_bytes().splitlines()) == 4
