"""A rehearsal town of any size, with made-up people: never in production, where nobody is created in bulk (C1)."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from faker import Faker
from sqlalchemy import Table, insert, select

from catalogue import reason_codes
from catalogue.models import Decision, DeedVersion, ReviewCase, Submission
from citizen.addresses import hash_of
from citizen.models import Citizen, Identifier, TermsAcceptance
from core.clock import local_date
from core.db import Base, Does, db, in_transaction, is_sqlite
from core.ids import new_id
from core.settings import City, Settings
from rewards import ledger
from rewards.models import Account, Entry, Lot

RESIDENTS_PER_BATCH = 500
OLDEST = timedelta(days=600)
"""Deeds lie within the life of their points, so that all of them still count."""

DONE_BEFORE = timedelta(hours=20)
"""How long before its verification a deed was done."""

Row = dict[str, Any]


class _Deed(NamedTuple):
    """The first version of a deed."""

    code: str
    version: int
    points: int
    per_year_max: int


@dataclass(frozen=True)
class _Rules:
    """What a batch needs to know."""

    deeds: Sequence["_Deed"]
    settings: Settings
    at: datetime


def seed(residents: int, *, deeds_each: int, settings: Settings, at: datetime, progress: Callable[[int], None]) -> None:
    """Add residents `resident1@example.org` and so on, each with verified deeds and their points; the same number
    seeds the same people. Batches are committed one by one."""
    faker, chance = Faker(["es_ES", "pt_PT"], use_weighting=False), random.Random(2026)
    faker.seed_instance(2026)
    rules = _Rules(deeds=in_transaction(_deeds, does=Does.READS), settings=settings, at=at)
    if not rules.deeds:
        raise ValueError("the catalogue is empty: run `flask sample` first")
    first = in_transaction(_count, does=Does.READS) + 1
    for start in range(first, first + residents, RESIDENTS_PER_BATCH):
        numbers = range(start, min(start + RESIDENTS_PER_BATCH, first + residents))
        rows = _rows(numbers, deeds_each=deeds_each, rules=rules, faker=faker, chance=chance)
        in_transaction(partial(_write, rows))
        progress(len(numbers))


def _deeds() -> list[_Deed]:
    columns = (DeedVersion.deed_code, DeedVersion.number, DeedVersion.points, DeedVersion.per_year_max)
    counted = select(*columns).where(DeedVersion.unit == "deed", DeedVersion.points <= 6, DeedVersion.number == 1)
    return [_Deed(*row) for row in db.session.execute(counted.order_by(DeedVersion.deed_code))]


def _count() -> int:
    newest = select(Citizen.email).where(Citizen.email.like("resident%@example.org"))
    numbers = [email.removeprefix("resident").partition("@")[0] for email in db.session.scalars(newest) if email]
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _rows(
    numbers: Sequence[int], *, deeds_each: int, rules: _Rules, faker: Faker, chance: random.Random
) -> dict[type[Base], list[Row]]:
    rows: dict[type[Base], list[Row]] = {
        model: []
        for model in (Citizen, Identifier, TermsAcceptance, Account, Submission, ReviewCase, Decision, Lot, Entry)
    }
    for number in numbers:
        for model, row in _resident(number, deeds_each=deeds_each, rules=rules, name=faker.name(), chance=chance):
            rows[model].append(row)
    return rows


def _resident(
    number: int, *, deeds_each: int, rules: _Rules, name: str, chance: random.Random
) -> Iterator[tuple[type[Base], Row]]:
    citizen_id, email, city = new_id(), f"resident{number}@example.org", rules.settings.city
    joined_at = rules.at - OLDEST - timedelta(days=1)
    yield (
        Citizen,
        {
            "id": citizen_id,
            "status": "active",
            "created_at": joined_at,
            "terms_version": city.terms.version,
            "joined_at": joined_at,
            "name": name,
            "email": email,
            "language": city.languages[0],
            "notices": "email",
        },
    )
    known_by = {"kind": "email", "value_hash": hash_of(email, settings=rules.settings), "citizen_id": citizen_id}
    yield Identifier, known_by
    yield TermsAcceptance, {"citizen_id": citizen_id, "version": city.terms.version, "at": joined_at}
    yield Account, {"citizen_id": citizen_id, "entry_seq": deeds_each}
    times = sorted(rules.at - chance.random() * (OLDEST - timedelta(days=1)) for _ in range(deeds_each))
    done: Counter[tuple[str, date | int]] = Counter()
    for seq, verified_at in enumerate(times, start=1):
        done_on = local_date(verified_at - DONE_BEFORE, zone=city.zone)
        # The caps hold for made-up people too: a deed once a day, and so often a year as it counts.
        fits = [
            deed
            for deed in rules.deeds
            if not done[deed.code, done_on] and done[deed.code, done_on.year] < deed.per_year_max
        ]
        deed = chance.choice(fits)
        done.update([(deed.code, done_on), (deed.code, done_on.year)])
        yield from _verified_deed(citizen_id, seq, verified_at, deed=deed, city=city)


def _verified_deed(
    citizen_id: UUID, seq: int, verified_at: datetime, *, deed: _Deed, city: City
) -> Iterator[tuple[type[Base], Row]]:
    (code, version, points, _), submission_id, lot_id = deed, new_id(), new_id()
    done_at = verified_at - DONE_BEFORE
    yield (
        Submission,
        {
            "citizen_id": citizen_id,
            "id": submission_id,
            "deed_code": code,
            "deed_version": version,
            "status": "approved",
            "revision": 2,
            "submitted_at": done_at,
            "done_at": done_at,
            "done_on": local_date(done_at, zone=city.zone),
            "quantity": 1,
            "without_points": False,
            "decided_at": verified_at,
            "quantity_counted": 1,
            "points_awarded": points,
        },
    )
    yield (
        ReviewCase,
        {
            "submission_id": submission_id,
            "citizen_id": citizen_id,
            "deed_code": code,
            "submitted_at": done_at,
            "points_expected": points,
        },
    )
    yield (
        Decision,
        {
            "citizen_id": citizen_id,
            "submission_id": submission_id,
            "number": 1,
            "decision": "approve",
            "is_final": True,
            "reason_code": reason_codes.DESCRIBED,
            "deed_version": version,
            "revision": 1,
            "office": city.office("verifier"),
            "at": verified_at,
        },
    )
    yield (
        Lot,
        {
            "citizen_id": citizen_id,
            "id": lot_id,
            "points": points,
            "points_left": points,
            "awarded_at": verified_at,
            "expires_at": ledger.expiry_of(verified_at, city=city),
            "policy": f"{city.points.expire_after_months}-months",
            "submission_id": submission_id,
            "revision": 1,
        },
    )
    yield (
        Entry,
        {
            "citizen_id": citizen_id,
            "id": new_id(),
            "seq": seq,
            "at": verified_at,
            "kind": "award",
            "direction": "in",
            "points": points,
            "city_account": "issued",
            "reason": "deed_verified",
            "lot_id": lot_id,
            "reference": submission_id,
            "subject": code,
        },
    )


def _write(rows: dict[type[Base], list[Row]]) -> None:
    for model, batch in rows.items():
        table = model.metadata.tables[model.__tablename__]
        if is_sqlite():
            db.session.execute(insert(table), batch)
        else:
            _copy(table, batch)


def _copy(table: Table, batch: list[Row]) -> None:
    """PostgreSQL's COPY, which takes rows several times faster than INSERT."""
    columns = list(batch[0])
    cursor = db.session.connection().connection.cursor()
    names = ", ".join(f'"{column}"' for column in columns)
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in batch:
            copy.write_row([row[column] for column in columns])
