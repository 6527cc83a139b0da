"""The database has the last word: one transaction per request or task, opened and committed here and nowhere else."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

import orjson
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    Result,
    event,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from core.driver import send
from core.errors import Conflict, Refusal, Unavailable
from core.replica import PublicReads
from core.settings import Settings

T = TypeVar("T")

TRIES = 6
PATIENCE_SECONDS = 10


class Base(DeclarativeBase):
    """Typed models of all domains; constraints are named, so that a migration can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class _Session(Session):
    """Sends everything through the connection of the open transaction."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **others: Any) -> Any:
        return super().get_bind(mapper, clause, bind or self.info.get("connection"), **others)


db = SQLAlchemy(metadata=Base.metadata, session_options={"class_": _Session})


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses a naive datetime on the way in; SQLite gives naive ones back, which are UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Does(Enum):
    """What a request or task does to the database, which decides how its transaction begins."""

    READS = "reads"  # each statement sees the latest commits
    BROWSES = "browses"  # reads what is public, where it may lag behind: from the replica, if there is one
    SNAPSHOT = "snapshot"  # all statements see one moment
    WRITES = "writes"
    PHASES = "phases"  # opens its own transactions, for slow work between them


class InsufficientStorage(Unavailable):
    """The disk is full: nothing was changed, and reading goes on."""

    status = 507


class AlreadyThere(Conflict):
    """Something with this name or number is there already."""

    final = False


def init_db(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url, is_pooled=settings.is_pooled)
    if url := settings.read_database_url:
        app.config["SQLALCHEMY_BINDS"] = {"replica": {"url": url, **engine_options(url, is_pooled=settings.is_pooled)}}
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            listen(engine)
        open_reads(app)


def open_reads(app: Flask) -> None:
    """Know the engines for what only reads, which differ from the others in how a transaction begins."""
    engines = {name: engine.execution_options(**_options(Does.READS)) for name, engine in db.engines.items()}
    app.extensions["public_reads"] = PublicReads(engines[None], engines.get("replica"))


def engine_options(url: str, *, is_pooled: bool = False) -> dict[str, Any]:
    # What is logged of an error never holds what was written: that may be about a person.
    if url.startswith("sqlite"):
        return {
            "connect_args": {"timeout": 8},
            "pool_size": 10,
            "max_overflow": 20,
            "hide_parameters": True,
            "json_deserializer": orjson.loads,
        }
    limits = "-c lock_timeout=4000 -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
    return {
        "hide_parameters": True,
        "json_deserializer": orjson.loads,
        "pool_size": 10,
        "max_overflow": 20,
        "pool_timeout": 10,
        # A pooler hands each transaction to another session: none may remember a statement, and what limits it is set
        # for the role (docs/scaling.md).
        "connect_args": {"connect_timeout": 5} | ({"prepare_threshold": None} if is_pooled else {"options": limits}),
    }


def listen(engine: Engine) -> None:
    """Make an engine keep the rules of the house, whatever the database is."""
    event.listen(engine, "handle_error", _leave_the_row_out)
    if engine.dialect.name == "sqlite":
        _own_the_transaction(engine)


def _leave_the_row_out(context: ExceptionContext) -> None:
    """PostgreSQL quotes the row that broke a constraint: that may be about a person, and errors are logged."""
    said = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if said is not None:
        context.original_exception.args = (said,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (said,)


def _own_the_transaction(engine: Engine) -> None:
    """On SQLite we own it: the driver's own BEGIN loses updates silently (see promises.md, rule 4)."""

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        # `secure_delete`: what is deleted is overwritten, not left in a free page of the file (charter C2).
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=8000",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def in_transaction(work: Callable[[], T], *, does: Does = Does.WRITES) -> T:
    """Run `work` in one transaction and commit it; what passes by itself (deadlock, lost race, busy file) is tried
    again from the start, at most `TRIES` times and for `PATIENCE_SECONDS`. So is what lost its connection before the
    commit, once on a new one: a kept connection is not asked first whether it still lives.

    A `Refusal` rolls back, unless it says that what was written stays. Raises `Unavailable` (503) when the database
    cannot do it now, `InsufficientStorage` (507) when the disk is full.
    """
    if does is Does.BROWSES:
        return _browsing(work)
    session = db.session()
    assert not session.in_transaction(), "one within another, or something was read after the last was committed"
    patience_ends = time.monotonic() + PATIENCE_SECONDS
    reconnects_left = 1
    for tries_left in reversed(range(TRIES)):
        is_committing = False
        try:
            with _connection(session, does):
                try:
                    result = work()
                except Refusal as no:
                    if no.stays:
                        is_committing = True
                        session.commit()
                    raise
                is_committing = True
                if session.in_transaction():
                    session.commit()
                return result
        except DBAPIError as problem:
            may_pass = passes(problem)
            if problem.connection_invalidated and not is_committing and reconnects_left:
                reconnects_left, may_pass = 0, True
            if not (may_pass and tries_left and time.monotonic() < patience_ends):
                raise _refusal_of(problem) from problem
            time.sleep(random.uniform(0.005, 0.04) * (TRIES - tries_left))
        except PoolTimeout as problem:
            raise Unavailable() from problem
    raise AssertionError("the last try returns or raises")


@contextmanager
def _connection(session: Session, does: Does) -> Iterator[None]:
    """What this transaction sends goes through one connection, whether the session is asked or not. What only reads
    takes it past the session, which is slow to begin and to end and often not needed then."""
    with ExitStack() as stack:
        try:
            if does is Does.READS:
                engine = session.info.get("engine") or current_app.extensions["public_reads"].database
                session.info["connection"] = stack.enter_context(engine.connect())
            else:
                session.info["connection"] = session.connection(execution_options=_options(does))
            yield
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("connection", None)


def _browsing(work: Callable[[], T]) -> T:
    reads: PublicReads = current_app.extensions["public_reads"]
    engine = reads.engine()
    if engine is not reads.database:
        info = db.session().info
        info["engine"] = engine
        try:
            result = in_transaction(work, does=Does.READS)
            reads.answered(engine)
            return result
        except Unavailable:
            reads.failed(engine)
        finally:
            del info["engine"]
    return in_transaction(work, does=Does.READS)


def run(statement: Executable, parameters: Mapping[str, Any]) -> Result[Any]:
    """Send a statement of a hot path in the open transaction, past the session and its objects. It is built once: what
    differs from time to time is in `parameters`."""
    return send(db.session().info.get("connection") or db.session.connection(), statement, parameters)


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo only what is done within, when it raises: a case of many that is refused leaves the others be."""
    with db.session.begin_nested():
        yield


@contextmanager
def rehearsal() -> Iterator[None]:
    """Do what is done within, whole, and take it back at the end: what it came to was told meanwhile."""
    nested = db.session.begin_nested()
    try:
        yield
        db.session.flush()
    finally:
        nested.rollback()


def empty_write_ahead_log() -> bool:
    """On SQLite, leave nothing of what was overwritten in the log beside the file; False when somebody is still
    reading from it, so that it has to be done later. PostgreSQL recycles its own."""
    if not is_sqlite():
        return True
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA busy_timeout=1000")
        is_busy, _, _ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy
    finally:
        connection.cursor().execute("PRAGMA busy_timeout=8000")
        connection.close()


def disconnect() -> None:
    """Close every connection: a process that is made from this one must not talk through it as well."""
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _options(does: Does) -> dict[str, Any]:
    if is_sqlite():
        return {"writes": does is Does.WRITES}
    if does is Does.WRITES:
        return {}
    return {"isolation_level": "AUTOCOMMIT" if does is Does.READS else "REPEATABLE READ"}


def passes(problem: DBAPIError) -> bool:
    """Whether trying again can help: deadlock, serialisation, lock wait, busy file, or a unique key lost to another."""
    return sqlstate(problem) in _PASSING or _sqlite_code(problem) in _SQLITE_PASSING or is_taken(problem)


def is_taken(problem: DBAPIError) -> bool:
    """Whether a unique key was already there."""
    if not isinstance(problem, IntegrityError):
        return False
    return sqlstate(problem) == "23505" or _sqlite_code(problem) in (1555, 2067)  # PRIMARYKEY, UNIQUE


def sqlstate(problem: DBAPIError) -> str | None:
    return getattr(problem.orig, "sqlstate", None)


def _sqlite_code(problem: DBAPIError) -> int | None:
    return getattr(problem.orig, "sqlite_errorcode", None)


_PASSING = {"40001", "40P01", "55P03"}
_SQLITE_PASSING = {5, 6, 261, 517}  # BUSY, LOCKED, BUSY_RECOVERY, BUSY_SNAPSHOT
_SQLITE_AWAY = {8, 10, 14}  # READONLY, IOERR, CANTOPEN


def _refusal_of(problem: DBAPIError) -> Exception:
    state, code = sqlstate(problem), _sqlite_code(problem)
    if state == "53100" or (code is not None and code & 0xFF == 13):
        return InsufficientStorage(retry_after=30)
    if is_taken(problem):
        return AlreadyThere()
    if passes(problem) or problem.connection_invalidated or (code is not None and code & 0xFF in _SQLITE_AWAY):
        return Unavailable()
    if state is not None and (state[:2] in ("08", "53") or state in ("57P01", "57P02", "57P03", "57014", "25006")):
        return Unavailable()
    if state is None and code is None and type(problem.orig).__name__ == "OperationalError":
        return Unavailable(retry_after=5)  # the server cannot be reached
    return problem
