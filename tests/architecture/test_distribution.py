"""Past one machine a resident's rows lie together (docs/scaling.md): schema and statements leave room for it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

import app  # noqa: F401  the models of all domains
from core.db import Base
from core.distribution import OF_A_RESIDENT, PLACES, By, Coordinator, Everywhere
from tests import citus_rules
from tests.architecture.schema import engine_of

LEADS_TO_A_RESIDENT = {
    *("identifier", "voucher_code", "evidence_owner", "review_case", "attendance", "redemption"),
    "outbox",  # a letter, until it is sent
}
"""Tables that name a resident and lie by another key: a request reads one row of these to find the resident."""


def faults(metadata: MetaData) -> Iterator[str]:
    """What of a schema Citus would refuse, or what would scatter a resident's rows."""
    for table in metadata.sorted_tables:
        if table.name == "alembic_version":
            continue
        place = PLACES.get(table.name)
        if place is None:
            yield f"{table.name}: nobody has said where it lies (core/distribution.py)"
            continue
        if isinstance(place, By):
            yield from _key_faults(table, place.column)
        if "citizen_id" in table.columns and place != OF_A_RESIDENT and table.name not in LEADS_TO_A_RESIDENT:
            yield f"{table.name}: holds a resident's rows apart from the resident"
        for key in table.foreign_key_constraints:
            if not _holds(key):
                yield f"{table.name}: {key.name} leads to where it cannot be watched"


def _key_faults(table: Table, column: str) -> Iterator[str]:
    uniques = [one.columns for one in table.constraints if isinstance(one, PrimaryKeyConstraint | UniqueConstraint)]
    uniques += [index.columns for index in table.indexes if index.unique]
    for key in (list(columns.keys()) for columns in uniques):
        if column not in key:
            yield f"{table.name}: unique ({', '.join(key)}) without {column}"
        elif column == "citizen_id" and key[0] != column:
            yield f"{table.name}: unique ({', '.join(key)}) does not begin with {column}"
    if not table.primary_key.columns:
        yield f"{table.name}: has no primary key"
    if table.columns[column].nullable:
        yield f"{table.name}: {column} may be null"


def _holds(key: ForeignKeyConstraint) -> bool:
    ours, theirs = PLACES.get(key.table.name), PLACES.get(key.elements[0].column.table.name)
    if isinstance(ours, By) and isinstance(theirs, By):
        same_home = _home(key.table.name) == _home(key.elements[0].column.table.name)
        return same_home and (ours.column, theirs.column) in _pairs(key)
    return (isinstance(theirs, Everywhere) and not isinstance(ours, Coordinator)) or ours == theirs == Coordinator()


def _pairs(key: ForeignKeyConstraint) -> list[tuple[str, str]]:
    return [(element.parent.name, element.column.name) for element in key.elements]


def _home(name: str) -> str | None:
    place = PLACES.get(name)
    return place.beside or name if isinstance(place, By) else None


def test_every_table_lies_where_its_keys_can_be_watched() -> None:
    assert list(faults(Base.metadata)) == []
    assert PLACES.keys() == Base.metadata.tables.keys()


def test_so_it_is_in_the_database_that_the_migrations_make(database: str) -> None:
    engine, there = engine_of(database), MetaData()
    there.reflect(engine)
    engine.dispose()

    assert list(faults(there)) == []
    assert there.tables.keys() == {*PLACES, "alembic_version"}


def test_what_lies_beside_a_table_comes_after_it_and_is_of_its_kind() -> None:
    order = list(PLACES)
    for name, place in PLACES.items():
        if isinstance(place, By) and place.beside is not None:
            home, tables = PLACES[place.beside], Base.metadata.tables
            assert isinstance(home, By)
            assert home.beside is None
            assert order.index(place.beside) < order.index(name)
            ours, theirs = tables[name].columns[place.column], tables[place.beside].columns[home.column]
            assert str(ours.type) == str(theirs.type)


def _citizen(metadata: MetaData) -> Table:
    return Table("citizen", metadata, Column("id", Integer, primary_key=True))


BROKEN: dict[str, tuple[Callable[[MetaData], object], str]] = {
    "no place": (
        lambda made: Table("weather", made, Column("id", Integer, primary_key=True)),
        "weather: nobody has said where it lies (core/distribution.py)",
    ),
    "primary key without the resident": (
        lambda made: Table("lot", made, Column("citizen_id", Integer, nullable=False), Column("id", primary_key=True)),
        "lot: unique (id) without citizen_id",
    ),
    "the resident comes second": (
        lambda made: Table("lot", made, Column("id", primary_key=True), Column("citizen_id", primary_key=True)),
        "lot: unique (id, citizen_id) does not begin with citizen_id",
    ),
    "unique constraint without the key": (
        lambda made: Table(
            "redemption", made, Column("partner_code", primary_key=True), Column("id"), UniqueConstraint("id")
        ),
        "redemption: unique (id) without partner_code",
    ),
    "partial unique index without the key": (
        lambda made: Table(
            "redemption",
            made,
            Column("partner_code", primary_key=True),
            Column("id"),
            Index("one", "id", unique=True, postgresql_where=text("id > 1")),
        ),
        "redemption: unique (id) without partner_code",
    ),
    "a resident's rows by another key": (
        lambda made: Table("attempt", made, Column("bucket", primary_key=True), Column("citizen_id")),
        "attempt: holds a resident's rows apart from the resident",
    ),
    "foreign key from a lookup": (
        lambda made: Table(
            "identifier",
            made,
            Column("value_hash", primary_key=True),
            Column("citizen_id", ForeignKey(_citizen(made).c.id, name="fk")),
        ),
        "identifier: fk leads to where it cannot be watched",
    ),
    "foreign key beside each other, but not by the key": (
        lambda made: Table(
            "lot",
            made,
            Column("citizen_id", Integer, primary_key=True),
            Column("given_by", ForeignKey(_citizen(made).c.id, name="fk")),
        ),
        "lot: fk leads to where it cannot be watched",
    ),
    "foreign key from everywhere to somewhere": (
        lambda made: Table(
            "benefit",
            made,
            Column("code", String, primary_key=True),
            Column("by", ForeignKey(_citizen(made).c.id, name="fk")),
        ),
        "benefit: fk leads to where it cannot be watched",
    ),
    "foreign key from the coordinator": (
        lambda made: Table(
            "job_run",
            made,
            Column("job", primary_key=True),
            Column("deed", ForeignKey(Table("deed", made, Column("code", String, primary_key=True)).c.code, name="fk")),
        ),
        "job_run: fk leads to where it cannot be watched",
    ),
    "the key may be null": (
        lambda made: Table("outbox", made, Column("id", nullable=True), PrimaryKeyConstraint()),
        "outbox: id may be null",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_schema_that_could_not_be_spread_is_found(case: str) -> None:
    make, expected = BROKEN[case]
    made = MetaData()
    make(made)

    assert expected in list(faults(made))


REFUSED = {
    "SELECT lot.id FROM lot WHERE lot.citizen_id IN (%(a)s, %(b)s) FOR UPDATE": ("locks lot on many machines",),
    "SELECT account.citizen_id FROM account ORDER BY account.citizen_id FOR NO KEY UPDATE": (
        "locks account on many machines",
    ),
    "SELECT voucher.id FROM voucher JOIN voucher_code ON voucher_code.citizen_id = voucher.citizen_id"
    " WHERE voucher_code.code_hash = %(code)s": ("joins what lies apart: citizen, voucher_code",),
    "DELETE FROM sign_in_code WHERE sign_in_code.address_hash IN (SELECT identifier.value_hash FROM identifier)": (
        "joins what lies apart: identifier, sign_in_code",
    ),
    "SELECT lot.id FROM lot, entry WHERE lot.id = entry.lot_id": (
        "joins entry, lot on something else than what they lie by",
    ),
    "UPDATE review_case SET event_id=%(e)s, submission_id=%(s)s WHERE review_case.submission_id = %(t)s": (
        "changes what review_case lies by",
    ),
    "UPDATE account SET entry_seq=(SELECT max(entry.seq) AS max_1 FROM entry WHERE entry.citizen_id ="
    " account.citizen_id) WHERE account.citizen_id IN (%(a)s, %(b)s)": ("counts in a subquery for each of many rows",),
    "SELECT 1 FROM job_run JOIN deed ON deed.code = job_run.job": ("joins what lies on the coordinator alone",),
}
TAKEN = (
    "SELECT lot.id FROM lot WHERE lot.citizen_id = %(whose)s::UUID ORDER BY lot.id FOR NO KEY UPDATE",
    "SELECT lot.id FROM lot WHERE lot.citizen_id = ? AND lot.points_left > ?",
    "SELECT citizen.status FROM citizen JOIN token_family ON token_family.citizen_id = citizen.id"
    " LEFT OUTER JOIN role_grant ON role_grant.citizen_id = citizen.id WHERE citizen.id = %(id)s::UUID",
    "SELECT benefit.code FROM benefit JOIN partner ON partner.code = benefit.partner_code"
    " LEFT OUTER JOIN benefit_stock ON benefit_stock.benefit_code = benefit.code",
    "SELECT deed.code FROM deed WHERE deed.code = %(code)s FOR NO KEY UPDATE",
    "UPDATE review_case SET event_id=%(event)s WHERE review_case.submission_id IN (%(a)s, %(b)s)",
    "UPDATE account SET entry_seq=account.entry_seq + lots.times FROM (SELECT lot.citizen_id AS citizen_id, count(*) AS"
    " times FROM lot GROUP BY lot.citizen_id) AS lots WHERE account.citizen_id = lots.citizen_id",
    "WITH step_1 AS \n(INSERT INTO entry (citizen_id, id) VALUES (%(a)s, %(b)s)), \nstep_2 AS \n(UPDATE lot SET"
    " points_left=%(c)s WHERE lot.citizen_id = %(a)s) UPDATE benefit_stock SET stock=%(d)s"
    " WHERE benefit_stock.benefit_code = %(e)s RETURNING benefit_stock.stock",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_a_statement_that_would_be_refused_is_found(statement: str) -> None:
    assert citus_rules.faults(statement) == REFUSED[statement]


@pytest.mark.parametrize("statement", TAKEN)
def test_a_statement_that_stays_in_one_place_is_let_be(statement: str) -> None:
    assert citus_rules.faults(statement) == ()
