"""What somebody does in their own matter is in the log as well, and is no office's look at them."""

from datetime import datetime
from uuid import UUID

from core import audit
from core.http.doors import Caller

OFFICE = "resident"


def record_own(kind: str, citizen_id: UUID, *, object: object = "", purpose: str, at: datetime) -> None:
    """Write an audit row whose actor is its subject; also where they have no session (yet)."""
    person = Caller(citizen_id=citizen_id, session_id=citizen_id, roles=frozenset())
    audit.record(kind, by=person, office=OFFICE, subject_id=citizen_id, object=object, purpose=purpose, at=at)
