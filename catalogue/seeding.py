"""A rehearsal town of any size, with made-up people: never in production, where nobody is created in bulk (C1)."""

import json
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import column, insert, select, table, text, update

from catalogue.made_up import COLUMNS, Calendar, Deed, History, Offer, Place, Rows, Value, joined_s
from catalogue.models import DeedVersion
from citizen.addresses import EMAIL, hash_of
from citizen.models import Citizen, Identifier, TermsAcceptance
from core.db import Base, Does, db, in_transaction, is_sqlite
from core.ids import new_id
from core.settings import Settings
from rewards.models import Benefit, BenefitStock
from rewards.routes.vouchers import CODE_KEY

RESIDENTS_PER_BATCH = 1_000
NAMES = 2_000
"""So many given names and surnames are made up; people combine them."""
PEOPLE: dict[type[Base], str] = {
    Citizen: "id status created_at terms_version joined_at name email language notices",
    Identifier: "kind value_hash citizen_id",
    TermsAcceptance: "citizen_id version at",
}
"""The columns that are written; those of what they did are in `made_up.py`."""


def seed(residents: int, *, deeds_each: int, settings: Settings, at: datetime, progress: Callable[[int], None]) -> None:
    """Add residents `resident1@example.org` and so on, each with verified deeds and their points, some with vouchers;
    the same number seeds the same people. Batches are committed one by one."""
    place = Place(
        deeds=in_transaction(_deeds, does=Does.READS),
        offers=in_transaction(_offers, does=Does.READS),
        city=settings.city,
        code_key=settings.key(CODE_KEY),
        calendar=Calendar(at, city=settings.city),
    )
    if not place.deeds:
        raise ValueError("the catalogue is empty: run `flask sample` first")
    names = _Names()
    first = in_transaction(_newest, does=Does.READS) + 1
    for start in range(first, first + residents, RESIDENTS_PER_BATCH):
        numbers = range(start, min(start + RESIDENTS_PER_BATCH, first + residents))
        rows: Rows = {model: [] for model in (*PEOPLE, *COLUMNS)}
        for number in numbers:
            citizen_id = new_id().hex
            _join(number, citizen_id, name=names.of(number), place=place, settings=settings, rows=rows)
            History(number, citizen_id, place=place, rows=rows).tell(deeds=deeds_each)
        in_transaction(partial(_write, rows, place))
        place.sold.clear()
        progress(len(numbers))
    if not settings.is_sqlite:
        in_transaction(partial(db.session.execute, text("ANALYZE")))  # or the first requests go by what was before


class _Names:
    def __init__(self) -> None:
        from faker import Faker

        faker = Faker(["es_ES", "pt_PT"], use_weighting=False)
        faker.seed_instance(2026)
        self.given = [faker.first_name() for _ in range(NAMES)]
        self.family = [faker.last_name() for _ in range(NAMES)]

    def of(self, number: int) -> str:
        chance = random.Random(-number)
        return f"{chance.choice(self.given)} {chance.choice(self.family)}"


def _deeds() -> list[Deed]:
    columns = (DeedVersion.deed_code, DeedVersion.number, DeedVersion.points, DeedVersion.per_year_max)
    counted = select(*columns).where(DeedVersion.unit == "deed", DeedVersion.points <= 6, DeedVersion.number == 1)
    return [Deed(*row) for row in db.session.execute(counted.order_by(DeedVersion.deed_code))]


def _offers() -> list[Offer]:
    """What can be bought at any time."""
    always = select(Benefit).where(Benefit.is_published, Benefit.opens_at.is_(None), Benefit.closes_at.is_(None))
    return [
        Offer(
            code=benefit.code,
            partner=benefit.partner_code,
            titles=json.dumps(benefit.titles, ensure_ascii=False),
            price_points=benefit.price_points,
            value_cents=benefit.value_cents,
            takes_stock=benefit.has_stock,
            voucher_days=benefit.voucher_days,
        )
        for benefit in db.session.scalars(always.order_by(Benefit.code))
    ]


def _newest() -> int:
    """The number of the last resident who was seeded."""
    emails = db.session.scalars(select(Citizen.email).where(Citizen.email.like("resident%@example.org")))
    numbers = (email.removeprefix("resident").partition("@")[0] for email in emails if email)
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _join(number: int, citizen_id: str, *, name: str, place: Place, settings: Settings, rows: Rows) -> None:
    email, city = f"resident{number}@example.org", place.city
    joined_at = place.calendar.text(joined_s(number, now_s=place.calendar.now_s))
    rows[Citizen].append(
        (citizen_id, "active", joined_at, city.terms.version, joined_at, name, email, city.languages[0], "email")
    )
    rows[Identifier].append((EMAIL, hash_of(email, settings=settings), citizen_id))
    rows[TermsAcceptance].append((citizen_id, city.terms.version, joined_at))


def _write(rows: Rows, place: Place) -> None:
    if not is_sqlite():
        db.session.execute(text("SET LOCAL timezone = 'UTC'"))
        db.session.execute(text("SET LOCAL synchronous_commit = off"))  # what a crash cuts short is begun anew
    for model, columns in {**PEOPLE, **COLUMNS}.items():
        if is_sqlite():
            _insert(model.__tablename__, columns.split(), rows[model])
        else:
            _copy(model.__tablename__, columns.split(), rows[model])
    for code, units in place.sold.items():
        # As if so many more had been put in for them: a large town would buy up the sample's stock.
        stock = update(BenefitStock).where(BenefitStock.benefit_code == code)
        db.session.execute(stock.values(stock_total=BenefitStock.stock_total + units))


def _insert(name: str, columns: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> None:
    values = [{column: value or None for column, value in zip(columns, row, strict=True)} for row in rows]
    if values:
        db.session.connection().execute(insert(table(name, *map(column, columns))), values)


def _copy(name: str, columns: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> None:
    """PostgreSQL's COPY, which takes rows several times faster than INSERT."""
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN (NULL '')") as copy:
        copy.write("".join([f"{_line(row)}\n" for row in rows]))


def _line(row: tuple[Value, ...]) -> str:
    try:
        return "\t".join(row)  # type: ignore[arg-type] # bytes are what the next line is for
    except TypeError:
        return "\t".join([one.replace("\\", "\\\\") if isinstance(one, str) else f"\\\\x{one.hex()}" for one in row])
