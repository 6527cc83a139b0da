"""Past one machine each resident's rows lie together: which table lies where, and the commands of Citus that put it.

Citus spreads a PostgreSQL over many machines. It refuses unique keys and foreign keys that it could not watch on one of
them, so the schema keeps its rules from the start; `tests/architecture` holds the table below to them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, ForeignKeyConstraint, create_engine, text
from sqlalchemy.exc import DBAPIError

from core import migrations
from core.db import Base, engine_options, listen


@dataclass(frozen=True)
class By:
    """Spread over the machines by a column, which stands in every unique key. Rows of one value lie `beside` those of
    another table with that value, and only so may a statement, or a foreign key, lead from one to the other."""

    column: str
    beside: str | None = None


@dataclass(frozen=True)
class Everywhere:
    """A whole copy on every machine: often read, rarely written. May be joined with anything."""


@dataclass(frozen=True)
class Coordinator:
    """On the first machine alone, and never written in one transaction with what lies elsewhere: a crash between the
    two commits would keep the one and lose the other."""


Place = By | Everywhere | Coordinator
OF_A_RESIDENT = By("citizen_id", beside="citizen")

PLACES: dict[str, Place] = {
    # The catalogue, and what else everybody reads
    "catalogue_state": Everywhere(),
    "district": Everywhere(),
    "deed": Everywhere(),
    "deed_version": Everywhere(),
    "event": Everywhere(),
    "partner": Everywhere(),
    "benefit": Everywhere(),
    "audit_seal": Everywhere(),
    # A resident: a request about one of them finds all of this on one machine
    "citizen": By("id"),
    "terms_acceptance": OF_A_RESIDENT,
    "consent": OF_A_RESIDENT,
    "role_grant": OF_A_RESIDENT,
    "token_family": OF_A_RESIDENT,
    "idempotency": OF_A_RESIDENT,
    "reminder": OF_A_RESIDENT,
    "account": OF_A_RESIDENT,
    "entry": OF_A_RESIDENT,
    "lot": OF_A_RESIDENT,
    "voucher": OF_A_RESIDENT,
    "allocation": OF_A_RESIDENT,
    "submission": OF_A_RESIDENT,
    "confirmation": OF_A_RESIDENT,
    "decision": OF_A_RESIDENT,
    "evidence": OF_A_RESIDENT,
    # What is found by another key: one row of it leads a request to the resident
    "identifier": By("value_hash"),
    "sign_in_code": By("address_hash"),
    "voucher_code": By("code_hash"),
    "evidence_owner": By("evidence_id"),
    "review_case": By("submission_id"),
    "case_given_back": By("submission_id", beside="review_case"),
    "attendance": By("event_id"),
    "redemption": By("partner_code"),
    "till": By("partner_code", beside="redemption"),
    "till_pairing": By("code_hash"),
    "benefit_stock": By("benefit_code"),
    # What requests leave behind. Not on the coordinator: it is written in one transaction with what it tells of
    "attempt": By("bucket"),
    "outbox": By("id"),
    "audit_entry": By("id"),
    "audit_sealed": By("entry_id", beside="audit_entry"),
    # The jobs' own
    "job_run": Coordinator(),
}

ROLE_SETTINGS = {
    # One connection per machine and statement: many at once would use them up, and Citus refuses to write a table that
    # lies everywhere after a statement of the same transaction has read with many from one that refers to it.
    "citus.multi_shard_modify_mode": "sequential",
    # Waiting happens on the machines, which know nothing of what the application asked of the coordinator.
    "lock_timeout": "4s",
}
"""What the role that serves sets wherever it signs in to this database: Citus repeats it on every machine."""
OWNER_SETTINGS = {
    # Our triggers refuse what is written on any machine, and look at nothing elsewhere: that is what makes them safe.
    "citus.enable_unsafe_triggers": "on",
}
"""The same for the role that sends these commands and the migrations."""


class DistributionError(Exception):
    """The tables cannot be spread as things are: the text says why, and what to do."""


@dataclass(frozen=True)
class Found:
    """What a database has, as far as spreading its tables is concerned."""

    owner: str  # the role that asks
    role: str  # the role that serves
    database: str
    settings: frozenset[tuple[str, str]]  # role, and `name=value` as it has it there
    has_citus: bool
    placed: dict[str, str]  # table to Citus' letter: `h` for what is spread, `n` for what is everywhere
    with_bytes: frozenset[str]  # tables with bytes on the coordinator: once placed elsewhere, these are left over
    keys: frozenset[str]  # names of its foreign keys


def distribute(url: str, *, role: str | None = None) -> Iterator[str]:
    """Send the commands, and tell each before it is sent; none where all is as it should be. Killed, or refused by one
    of the machines, it is run again. `role` is whose settings serve the town, this connection's if none is named.
    Raises `DistributionError`."""
    with _connected(url) as connection:
        # With a migration at the same time, the second waits.
        connection.execute(text("SELECT pg_advisory_lock(6005)"))
        _refuse_unready(connection)
        for command in commands(_found(connection, role)):
            yield command
            connection.exec_driver_sql(command)


def planned(url: str, *, role: str | None = None) -> list[str]:
    """What `distribute` would send, also where Citus is not installed. Raises `DistributionError`."""
    with _connected(url) as connection:
        return list(commands(_found(connection, role)))


def commands(found: Found) -> Iterator[str]:
    """What is still to be sent, in order. Foreign keys go first and come back last: then no table has to wait for
    another, rows that are there already are checked where they lie, and nothing hinders the coordinator's copies from
    being emptied."""
    if wrong := [name for name, how in found.placed.items() if name in PLACES and how != _method(name)]:
        raise DistributionError(f"these lie elsewhere than they should: {', '.join(sorted(wrong))}. Move them by hand")
    if not found.has_citus:
        yield "CREATE EXTENSION IF NOT EXISTS citus"
    for role, settings in ((found.role, ROLE_SETTINGS), (found.owner, OWNER_SETTINGS)):
        for name, value in settings.items():
            if (role, f"{name}={value}") not in found.settings:
                yield f"ALTER ROLE {_quoted(role)} IN DATABASE {_quoted(found.database)} SET {name} = '{value}'"
    elsewhere = [name for name, place in PLACES.items() if not isinstance(place, Coordinator)]
    missing = [name for name in elsewhere if name not in found.placed]
    left_over = [name for name in elsewhere if name in found.with_bytes]
    dropped = {key for key in _foreign_keys() if key.name in found.keys and _touches(key, {*missing, *left_over})}
    for key in _foreign_keys():
        if key in dropped:
            yield f"ALTER TABLE {key.table.name} DROP CONSTRAINT {key.name}"
    if missing:
        yield from (f"SET {name} = {value}" for name, value in OWNER_SETTINGS.items())
    for name in missing:
        yield _placing(name)
    if left_over:
        # Append-only tables refuse TRUNCATE, here of a copy whose rows have just gone to where they belong.
        yield "SET session_replication_role = replica"
        for name in left_over:
            yield f"SELECT truncate_local_data_after_distributing_table('{name}')"
        yield "SET session_replication_role = origin"
    for key in _foreign_keys():
        if key in dropped or key.name not in found.keys:
            ours, theirs = ", ".join(key.column_keys), ", ".join(element.column.name for element in key.elements)
            refers = f"FOREIGN KEY ({ours}) REFERENCES {key.referred_table.name} ({theirs})"
            yield f"ALTER TABLE {key.table.name} ADD CONSTRAINT {key.name} {refers}"


def _placing(name: str) -> str:
    place = PLACES[name]
    if isinstance(place, By):
        beside = place.beside or "none"
        return f"SELECT create_distributed_table('{name}', '{place.column}', colocate_with => '{beside}')"
    return f"SELECT create_reference_table('{name}')"


def _method(name: str) -> str | None:
    place = PLACES[name]
    return "h" if isinstance(place, By) else "n" if isinstance(place, Everywhere) else None


def _foreign_keys() -> list[ForeignKeyConstraint]:
    """All, those of the table above first as it stands there."""
    order = list(PLACES)
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_key_constraints]
    return sorted(keys, key=lambda key: (order.index(key.table.name), str(key.name)))


def _touches(key: ForeignKeyConstraint, tables: set[str]) -> bool:
    return key.table.name in tables or key.referred_table.name in tables


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    if url.startswith("sqlite"):
        raise DistributionError(
            "this town lies on SQLite, which is one file on one machine. Citus spreads a PostgreSQL: make a backup,"
            " set BONAFETA_DATABASE_URL to the coordinator's database and restore there, then come back"
        )
    engine = create_engine(url, **engine_options(url), isolation_level="AUTOCOMMIT")
    listen(engine)
    try:
        with engine.connect() as connection:
            for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                connection.exec_driver_sql(f"SET {limit} = 0")
            _refuse_other_schema(connection)
            yield connection
    except DBAPIError as problem:
        hint = getattr(getattr(problem.orig, "diag", None), "message_hint", None)
        raise DistributionError(f"the database refused: {problem.orig}" + (f" ({hint})" if hint else "")) from problem
    finally:
        engine.dispose()


def _refuse_other_schema(connection: Connection) -> None:
    is_there = connection.scalar(text("SELECT to_regclass('alembic_version')")) is not None
    if not is_there or connection.scalar(text("SELECT version_num FROM alembic_version")) != migrations.newest():
        raise DistributionError("the schema is not this version's: run `flask db upgrade` first")


def _refuse_unready(connection: Connection) -> None:
    if _has_citus(connection):
        return
    if not connection.scalar(text("SELECT 1 FROM pg_available_extensions WHERE name = 'citus'")):
        raise DistributionError(
            "this PostgreSQL has no Citus: install Citus 13 on every machine, name it in shared_preload_libraries and"
            " start them again (docs/scaling.md). --dry-run prints what will then be sent"
        )
    if "citus" not in str(connection.scalar(text("SHOW shared_preload_libraries"))):
        raise DistributionError("put citus first in shared_preload_libraries on every machine, and start them again")


def _has_citus(connection: Connection) -> bool:
    return connection.scalar(text("SELECT to_regclass('pg_dist_partition')")) is not None


def _found(connection: Connection, role: str | None) -> Found:
    has_citus = _has_citus(connection)
    owner, database = connection.execute(text("SELECT current_user, current_database()")).one()
    settings = text(
        "SELECT rolname, unnest(setconfig) FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole"
        " WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    # A table on the coordinator alone may be known to Citus as well: `n` and `s`.
    placed = text(
        "SELECT logicalrelid::text, partmethod::text FROM pg_dist_partition WHERE (partmethod, repmodel) <> ('n', 's')"
    )
    names = {"names": list(PLACES)}
    with_bytes = text(
        "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE pg_relation_size(to_regclass(name)) > 0"
    )
    keys = text("SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace")
    return Found(
        owner=owner,
        role=role or owner,
        database=database,
        settings=frozenset(connection.execute(settings).tuples()),
        has_citus=has_citus,
        placed=dict(connection.execute(placed).tuples().all()) if has_citus else {},
        with_bytes=frozenset(connection.scalars(with_bytes, names)),
        keys=frozenset(connection.scalars(keys)),
    )


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string()
