"""The catalogue is open to everyone without login, with every rule that was, is and will be in force (charter C19, C20)."""

from datetime import datetime

from sqlalchemy import select

from catalogue.models import DeedVersion
from core.db import db


def version_in_force(deed_code: str, *, at: datetime) -> DeedVersion | None:
    """The rule by which a deed done `at` that instant is judged; None when there was none yet, or no such deed."""
    return db.session.scalars(
        select(DeedVersion)
        .where(DeedVersion.deed_code == deed_code, DeedVersion.in_force_from <= at)
        .order_by(DeedVersion.in_force_from.desc(), DeedVersion.number.desc())
        .limit(1)
    ).first()


def version_numbered(deed_code: str, number: int) -> DeedVersion:
    """A version that is known to be there, such as the one that a submission names."""
    return db.session.get_one(DeedVersion, (deed_code, number))
