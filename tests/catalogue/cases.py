"""Deeds done in a test's town: each step is the call that a person's phone makes, and must be answered well."""

import secrets
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import select
from uuid_utils.compat import uuid7

from core.audit import AuditEntry
from core.clock import iso
from core.db import db
from tests.catalogue.deed_bodies import deed_body
from tests.town import Answer, Person, Town

APPROVE = {"decision": "approve"}
DECLINE = {"decision": "decline", "reason_code": "other_deed", "text": "This is another street."}
ASK = {"decision": "ask", "reason_code": "photo_unclear", "text": "Which tree is it?"}


def photo(shade: int = 0, *, size: tuple[int, int] = (40, 30)) -> bytes:
    """A small JPEG, another one for each shade."""
    content = BytesIO()
    Image.new("RGB", size, (shade % 256, 80, 160)).save(content, "JPEG")
    return content.getvalue()


def upload_of(content: bytes) -> tuple[bytes, str]:
    """The body of an upload and its content type; the boundary is another one each time, as phones do."""
    boundary = secrets.token_hex(8)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="any.jpg"\r\n\r\n'
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def own_id() -> str:
    return str(uuid7())


class Cases:
    """What happens around submissions in one town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.clock = town.clock
        self._manager: Person | None = None

    def deed(self, code: str = "water-trees", **changes: Any) -> str:
        """Publish a deed for which a photo is enough, worth 3 points, in force from now."""
        self._manager = self._manager or self.town.manager()
        kept = {"unit": "deed", "points": 3, "max_per_day": 5, "max_per_year": 50} | changes
        answer = self._manager.post("/deeds", json=deed_body(code, **kept))
        assert answer.status_code == 201, answer.json
        return code

    def event(self, organiser: Person, deed: str, **changes: Any) -> str:
        """Announce one that begins now and lasts three hours."""
        now = self.clock.now()
        body = {"deed": deed, "title": "In the park", "starts_at": iso(now), "ends_at": iso(now + timedelta(hours=3))}
        answer = organiser.post("/events", json=body | changes)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def code_of(self, event: str, organiser: Person) -> str:
        answer = organiser.get(f"/events/{event}/code")
        assert answer.status_code == 200, answer.json
        return str(answer.json["code"])

    def try_claim(self, doer: Person, deed: str = "water-trees", **said: Any) -> Answer:
        return doer.post("/submissions", json={"deed": deed, "done_at": iso(self.clock.now())} | said)

    def claim(self, doer: Person, deed: str = "water-trees", **said: Any) -> str:
        answer = self.try_claim(doer, deed, **said)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def send_photo(self, doer: Person, submission: str, content: bytes | None = None, **more: Any) -> Answer:
        data, content_type = upload_of(photo() if content is None else content)
        return doer.post(f"/submissions/{submission}/evidence", data=data, content_type=content_type, **more)

    def claim_with_photo(self, doer: Person, deed: str = "water-trees", **said: Any) -> str:
        """Claim, and send the photo: it is in the queue."""
        submission = self.claim(doer, deed, **said)
        answer = self.send_photo(doer, submission)
        assert (answer.status_code, answer.json["status"]) == (201, "in_review"), answer.json
        return submission

    def seen(self, person: Person, submission: str) -> dict[str, Any]:
        answer = person.get(f"/submissions/{submission}")
        assert answer.status_code == 200, answer.json
        shown: dict[str, Any] = answer.json
        return shown

    def lease(self, verifier: Person) -> str | None:
        """The submission that they hold now, if there was any."""
        answer = verifier.post("/review-queue/lease")
        assert answer.status_code in (200, 204), answer.json
        return str(answer.json["id"]) if answer.status_code == 200 else None

    def try_decide(
        self, verifier: Person, submission: str, decision: dict[str, Any] = APPROVE, *, revision: int = 2
    ) -> Answer:
        """Decide on a revision: 2 is a claim with one photo."""
        headers = {"If-Match": f'"{revision}"'}
        return verifier.post(f"/submissions/{submission}/verification", json=decision, headers=headers)

    def decide(
        self, verifier: Person, submission: str, decision: dict[str, Any] = APPROVE, *, revision: int = 2
    ) -> dict[str, Any]:
        answer = self.try_decide(verifier, submission, decision, revision=revision)
        assert answer.status_code == 200, answer.json
        shown: dict[str, Any] = answer.json
        return shown

    def approved(self, doer: Person, verifier: Person, deed: str = "water-trees", **said: Any) -> str:
        submission = self.claim_with_photo(doer, deed, **said)
        self.decide(verifier, submission)
        return submission

    def balance(self, person: Person) -> int:
        return int(person.get("/me/points").json["balance"])

    def audited(self, kind: str) -> list[AuditEntry]:
        """The log's lines of a kind."""
        rows = select(AuditEntry).where(AuditEntry.kind == kind).order_by(AuditEntry.id)
        found: list[AuditEntry] = self.town.does(lambda: [_detached(row) for row in db.session.scalars(rows)])
        return found

    def looks_at(self, person: Person, kind: str) -> list[tuple[UUID | None, str]]:
        """Who was recorded as having looked at this person's matters, and for what."""
        return [(row.actor_id, row.purpose) for row in self.audited(kind) if row.subject_id == person.id]


def _detached(row: AuditEntry) -> AuditEntry:
    db.session.expunge(row)
    return row
