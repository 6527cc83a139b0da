"""Who may do what is a row that a manager grants and takes away, and it counts on the next request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from citizen import addresses
from citizen.known_codes import check_known
from citizen.models import Citizen, RoleGrant
from core import audit
from core.db import db
from core.errors import Conflict, NotFound
from core.http.doors import Caller, Role
from core.http.paging import page, read_cursor
from core.ids import new_id
from core.settings import City, Settings


class OwnRole(Conflict):
    """Nobody gives themself a role, or takes their own role of manager: another manager can."""


def grant(
    address: str,
    role: Role,
    *,
    partner: str | None = None,
    office: str | None = None,
    by: Caller | None,
    at: datetime,
    settings: Settings,
) -> tuple[RoleGrant, bool]:
    """Give a role to whoever has this address, who need not have joined; says whether the grant is new.

    `partner` goes with the role of clerk, and with it alone. The same grant again is the same row, with the newer
    office if one is named. Raises `Invalid` for a partner that there is not, `OwnRole`.
    """
    check_known("partner", partner)
    person = addresses.find(address, settings=settings)
    if person is None:
        person = addresses.add_person(address, language=None, at=at, settings=settings)
    if by is not None and by.citizen_id == person.id:
        raise OwnRole()
    found = db.session.scalar(
        select(RoleGrant).where(
            RoleGrant.citizen_id == person.id,
            RoleGrant.role == role.value,
            RoleGrant.partner.is_not_distinct_from(partner),
        )
    )
    if found is not None and office in (None, found.office):
        _record("role.read", found, by=by, at=at)
        return found, False
    row = found or RoleGrant(
        id=new_id(),
        citizen_id=person.id,
        role=role.value,
        partner=partner,
        granted_at=at,
        granted_by=by.citizen_id if by else None,
    )
    row.office = office
    db.session.add(row)
    _record("role.granted", row, by=by, at=at)
    return row, found is None


def revoke(grant_id: UUID, *, by: Caller, at: datetime) -> None:
    """Take a role away. Raises `NotFound`, `OwnRole`."""
    row = db.session.scalars(select(RoleGrant).where(RoleGrant.id == grant_id)).one_or_none()
    if row is None:
        raise NotFound()
    if row.citizen_id == by.citizen_id and row.role == Role.MANAGER.value:
        raise OwnRole()
    _take(row, by=by, at=at)


def revoke_by_command(address: str, role: Role, *, partner: str | None, at: datetime, settings: Settings) -> int:
    """Take a role from whoever has this address, a clerk's at one partner or at all; says how many grants ended."""
    person = addresses.find(address, settings=settings)
    if person is None:
        return 0
    grants = select(RoleGrant).where(RoleGrant.citizen_id == person.id, RoleGrant.role == role.value)
    if partner is not None:
        grants = grants.where(RoleGrant.partner == partner)
    rows = db.session.scalars(grants).all()
    for row in rows:
        _take(row, by=None, at=at)
    return len(rows)


def grants(*, cursor: str | None, limit: int, by: Caller, at: datetime) -> Any:
    """A page of all grants with their people's addresses, oldest first. Whose were read is recorded (charter C43)."""
    rows = select(RoleGrant, Citizen.email).join(Citizen, Citizen.id == RoleGrant.citizen_id)
    after = read_cursor(cursor, UUID)
    if after is not None:
        rows = rows.where(RoleGrant.id > after[0])
    found = db.session.execute(rows.order_by(RoleGrant.id).limit(limit + 1)).all()
    for citizen_id in dict.fromkeys(row.RoleGrant.citizen_id for row in found[:limit]):
        audit.record("role.read", by=by, role=Role.MANAGER, subject_id=citizen_id, purpose="administration", at=at)
    return page(
        found,
        limit=limit,
        key=lambda row: (row.RoleGrant.id,),
        dump=lambda row: grant_dump(row.RoleGrant, email=row.email),
    )


def grant_dump(row: RoleGrant, *, email: str | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "email": email,
        "role": row.role,
        "partner": row.partner,
        "office": row.office,
        "granted_at": row.granted_at,
    }


def roles_of(citizen_id: UUID, *, city: City) -> list[dict[str, str | None]]:
    """The roles that somebody was granted: `{role, partner, office}`, the office as it signs."""
    grants = select(RoleGrant).where(RoleGrant.citizen_id == citizen_id).order_by(RoleGrant.id)
    return [
        {"role": grant.role, "partner": grant.partner, "office": grant.office or city.office(grant.role)}
        for grant in db.session.scalars(grants)
    ]


def _take(row: RoleGrant, *, by: Caller | None, at: datetime) -> None:
    db.session.execute(delete(RoleGrant).where(RoleGrant.citizen_id == row.citizen_id, RoleGrant.id == row.id))
    _record("role.revoked", row, by=by, at=at)


def _record(kind: str, row: RoleGrant, *, by: Caller | None, at: datetime) -> None:
    what = ":".join(part for part in (row.role, row.partner) if part)
    audit.record(
        kind,
        by=by,
        role=Role.MANAGER if by else None,
        subject_id=row.citizen_id,
        object=what,
        purpose="administration",
        at=at,
    )
