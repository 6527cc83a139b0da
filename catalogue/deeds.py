"""Each change of a deed is a new version with its reason and its date, never in the past; worse terms come 30 days
after they are told (charter C20)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from catalogue.browsing import version_in_force
from catalogue.deed_rules import REVIEW_BY_MAX, Rule, columns_of, faults_of, rule_of, worse
from catalogue.models import CatalogueState, Deed, DeedVersion, District
from core import audit
from core.clock import local_date
from core.db import db, is_sqlite
from core.differences import differences
from core.errors import Conflict, Invalid, NotFound
from core.http.doors import Caller, Role
from core.http.versions import VersionChanged
from core.settings import City
from core.titles import folded

CLOCK_SLACK = timedelta(minutes=5)
NOTICE = timedelta(days=30)
"""How long before they come into force worse terms are told (charter C20)."""


class DeedExists(Conflict):
    """A deed with this code is there already: publish a new version of it."""


class UnitFixed(Conflict):
    """A deed is counted in one unit for good, as its caps are: publish a new deed to count in another."""


class InForceInPast(Invalid):
    """A rule never comes into force in the past: what was done is judged by the rule of its day (charter C20)."""


class NoticeTooShort(Invalid):
    """Worse terms need 30 days' notice: what is better or changes nothing for anyone can be in force at once."""


def publish(
    code: str, rule: Rule, *, in_force_from: datetime | None, reason: str, who: Caller | None, city: City, at: datetime
) -> DeedVersion:
    """Publish a new deed, in force from now where no other time is given.

    Raises `DeedExists`, `InForceInPast`, `Invalid` (what does not add up).
    """
    in_force_from = _not_in_past(in_force_from or at, at=at)
    check(rule, in_force_from=in_force_from, city=city, districts=known_districts())
    if db.session.get(Deed, code) is not None:
        raise DeedExists(deed=code)
    deed = add_deed(code, at=at)
    mark_changed()
    return add_version(deed, rule, in_force_from=in_force_from, reason=reason, who=who, at=at)


def change(
    code: str,
    rule: Rule,
    *,
    in_force_from: datetime,
    reason: str,
    newest_seen: int | None = None,
    who: Caller | None,
    city: City,
    at: datetime,
) -> DeedVersion:
    """Publish a new version of a deed, or return the one that says the same at that time already. `newest_seen` is the
    number of the newest version that its writer knows, where they say it.

    A version that is announced for later stays announced: to call it off, publish another one for the same instant.
    Raises `NotFound`, `InForceInPast`, `NoticeTooShort`, `UnitFixed`, `VersionChanged`, `Invalid`.
    """
    in_force_from = _not_in_past(in_force_from, at=at)
    check(rule, in_force_from=in_force_from, city=city, districts=known_districts())
    deed = lock_deed(code)
    if deed is None:
        raise NotFound()
    last = version_in_force(code, at=in_force_from)
    if last is not None and not differences(rule_of(last), rule):
        return last
    if newest_seen not in (None, deed.versions):
        raise VersionChanged(version=deed.versions)
    if in_force_from < at + NOTICE - CLOCK_SLACK and (
        fields := worse_than_until(code, rule, in_force_from, city=city, at=at)
    ):
        raise NoticeTooShort(earliest=at + NOTICE, worse=fields)
    mark_changed()
    return add_version(deed, rule, in_force_from=in_force_from, reason=reason, who=who, at=at)


def known_districts() -> frozenset[str]:
    return frozenset(db.session.scalars(select(District.code)))


def check(rule: Rule, *, in_force_from: datetime, city: City, districts: frozenset[str]) -> None:
    """Raises `Invalid` with what does not add up."""
    from_day = local_date(in_force_from, zone=city.zone)
    if faults := list(faults_of(rule, from_day=from_day, city=city, districts=districts)):
        raise Invalid(errors=faults)


def worse_than_until(code: str, rule: Rule, in_force_from: datetime, *, city: City, at: datetime) -> list[str]:
    """The fields in which a rule is worse than one that residents live by from now until it comes into force."""
    to_come = select(DeedVersion).where(
        DeedVersion.deed_code == code, DeedVersion.in_force_from > at, DeedVersion.in_force_from < in_force_from
    )
    lived_by = [version_in_force(code, at=at), *db.session.scalars(to_come)]
    from_day = local_date(in_force_from, zone=city.zone)
    before = [rule_of(version) for version in lived_by if version]
    return sorted({field for one in before for field in worse(one, rule, from_day=from_day)})


def lock_deed(code: str) -> Deed | None:
    """The deed, held so that its versions are numbered one after the other."""
    locked = select(Deed).where(Deed.code == code).with_for_update(key_share=True)
    return db.session.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def add_deed(code: str, *, at: datetime) -> Deed:
    deed = Deed(code=code, created_at=at, versions=0)
    db.session.add(deed)
    db.session.flush()  # a version points to it, and somebody may have added it meanwhile
    return deed


def add_version(
    deed: Deed, rule: Rule, *, in_force_from: datetime, reason: str, who: Caller | None, at: datetime
) -> DeedVersion:
    """Add the next version of a deed that is new or locked; whoever does marks the catalogue as changed. Raises
    `UnitFixed`."""
    first = db.session.get(DeedVersion, (deed.code, 1)) if deed.versions else None
    if first is not None and first.unit != rule["unit"]:
        raise UnitFixed(deed=deed.code, unit=first.unit)
    deed.versions += 1
    version = DeedVersion(
        deed_code=deed.code,
        number=deed.versions,
        in_force_from=in_force_from,
        published_at=at,
        published_by=who.citizen_id if who else None,
        reason=reason,
        search=folded([*rule["titles"].values(), rule["purpose"]]),
        **columns_of(rule),
    )
    db.session.add(version)
    told = f"{deed.code}/{version.number}"
    audit.record("deed.published", by=who, role=Role.MANAGER, object=told, purpose="catalogue", at=at)
    return version


def mark_changed() -> None:
    """Raise the number that the ETags of the catalogue stand on, in the transaction of the change."""
    insert = sqlite_insert if is_sqlite() else pg_insert
    first: Any = insert(CatalogueState).values(id=1, version=1)
    raised = {"version": CatalogueState.version + 1}
    db.session.execute(first.on_conflict_do_update(index_elements=["id"], set_=raised))


def _not_in_past(in_force_from: datetime, *, at: datetime) -> datetime:
    if in_force_from.year > REVIEW_BY_MAX.year:
        raise Invalid(errors=[{"field": "in_force_from", "reason": f"Later than {REVIEW_BY_MAX}."}])
    if in_force_from < at - CLOCK_SLACK:
        raise InForceInPast(in_force_from=in_force_from)
    return max(in_force_from, at)
