"""What somebody does in their own matter is in the log as well, and is no office's look at them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from core import audit
from core.audit import AuditEntry
from core.db import db

OFFICE = "resident"


def record_own(kind: str, citizen_id: UUID, *, object: object = "", purpose: str, at: datetime) -> None:
    """Write an audit row whose actor is its subject; also where they have no session (yet)."""
    db.session.add(AuditEntry(**own_row(kind, citizen_id, object=object, purpose=purpose, at=at)))


def own_row(kind: str, citizen_id: UUID, *, object: object = "", purpose: str, at: datetime) -> dict[str, Any]:
    """The columns of such a row, for a path that writes it together with others."""
    return audit.row_for(
        kind, actor_id=citizen_id, office=OFFICE, subject_id=citizen_id, object=object, purpose=purpose, at=at
    )
