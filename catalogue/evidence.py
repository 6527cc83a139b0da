"""A photo is for its owner and whoever holds its case, each look is on record, and it has a last day (C16, C17)."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from catalogue.browsing import version_numbered
from catalogue.models import Evidence, EvidenceOwner, Submission
from catalogue.photos import RebuiltPhoto
from catalogue.review import holds_lease
from catalogue.submissions import OPEN, AlreadyDecided, change, locked, own_submission
from citizen import own_acts
from core import audit
from core.db import Does, InsufficientStorage, db, in_transaction
from core.errors import Conflict, NotFound, Refusal
from core.files import sync_folder
from core.http.doors import Caller, Role
from core.ids import new_id
from core.settings import City, Settings

PHOTOS_MAX = 5
"""Per submission."""
ORPHAN_AFTER = timedelta(hours=24)
"""A file without a row is one that was never told of, or of a photo that is deleted (promises A36)."""
BATCH = 100
_NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}\.(jpg|draft)")


@dataclass(frozen=True)
class Stored:
    """A file that waits for its row. Its name is random, and ends with the id of the row."""

    evidence_id: UUID
    file_name: str
    photo: RebuiltPhoto


class TooManyPhotos(Conflict):
    """This submission has as many photos as it can hold."""


def is_wanted(submission_id: UUID, *, uploaded_sha256: str, who: Caller) -> bool:
    """Whether this photo would be taken; False where it is there already (sent again). Raises `NotFound`,
    `AlreadyDecided`, `TooManyPhotos`."""
    submission = own_submission(submission_id, who=who)
    if _sent_before(submission, uploaded_sha256):
        return False
    _check_room(submission)
    return True


def store(photo: RebuiltPhoto, *, settings: Settings, at: datetime) -> Stored:
    """Write a file that is there whole or not at all, and outlives a crash once this returns (promises A36)."""
    evidence_id = new_id()
    stored = Stored(evidence_id, f"{secrets.token_hex(16)}-{evidence_id.hex}.jpg", photo)
    file = file_of(stored.file_name, settings=settings)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_suffix(".draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
            new.write(photo.content)
            new.flush()
            os.fsync(new.fileno())
    except OSError:
        draft.unlink(missing_ok=True)  # half a photo must not fill what is left of a full disk
        raise
    os.utime(draft, (at.timestamp(), at.timestamp()))  # an orphan's age is told by our clock
    draft.rename(file)
    for folder in file.parents[:3]:
        sync_folder(folder)
    return stored


def add(
    submission_id: UUID,
    *,
    who: Caller,
    uploaded_sha256: str,
    stored: Stored | None,
    at: datetime,
    city: City,
) -> tuple[Evidence, Submission, bool]:
    """Put a stored photo to a submission; the last value is False when this photo was there already, and then the
    file is not needed. Raises as `is_wanted`, which may have changed its mind meanwhile."""
    submission, case = locked(submission_id, citizen_id=who.citizen_id)
    if found := _sent_before(submission, uploaded_sha256):
        return found, submission, False
    _check_room(submission)
    if stored is None:
        raise NotFound()
    photo = stored.photo
    evidence = Evidence(
        citizen_id=who.citizen_id,
        id=stored.evidence_id,
        submission_id=submission.id,
        file_name=stored.file_name,
        media_type=photo.media_type,
        bytes=len(photo.content),
        sha256=photo.sha256,
        uploaded_sha256=uploaded_sha256,
        width=photo.width,
        height=photo.height,
        uploaded_at=at,
    )
    owner = EvidenceOwner(evidence_id=evidence.id, citizen_id=who.citizen_id, submission_id=submission.id)
    db.session.add_all([evidence, owner])
    version = version_numbered(submission.deed_code, submission.deed_version)
    change(submission, case, version=version, at=at, city=city)
    return evidence, submission, True


def open_photo(evidence_id: UUID, *, who: Caller, at: datetime) -> tuple[str, str]:
    """The photo's file name and media type, and a line in the log of who looked (promises A55). Raises `NotFound` for
    everybody but its owner and the verifier who holds its case."""
    owner = db.session.get(EvidenceOwner, evidence_id)
    if owner is None:
        raise NotFound()
    if owner.citizen_id == who.citizen_id:
        own_acts.record_own("evidence.read", who.citizen_id, object=evidence_id, purpose="own", at=at)
    elif Role.VERIFIER in who.roles and holds_lease(owner.submission_id, who=who, at=at):
        audit.record(
            "evidence.read",
            by=who,
            role=Role.VERIFIER,
            subject_id=owner.citizen_id,
            object=evidence_id,
            purpose="verification",
            at=at,
        )
    else:
        raise NotFound()
    photo = db.session.get_one(Evidence, (owner.citizen_id, evidence_id))
    return photo.file_name, photo.media_type


@contextmanager
def discarded_unless_kept(stored: Stored | None, *, settings: Settings) -> Iterator[None]:
    """Around `add`: a file that got no row goes, so that a full disk does not fill for nothing. After another failure
    of the database nobody can say whether it has one: the sweep will."""
    file = file_of(stored.file_name, settings=settings) if stored else None
    try:
        yield
    except Refusal as no:
        if file is not None and (no.status < 500 or isinstance(no, InsufficientStorage)):
            file.unlink(missing_ok=True)
        raise


def content_of(file_name: str, *, settings: Settings) -> bytes:
    """Raises `NotFound` when the job has just deleted it."""
    try:
        return file_of(file_name, settings=settings).read_bytes()
    except FileNotFoundError as gone:
        raise NotFound() from gone


def evidence_dump(evidence: Evidence, submission: Submission) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "uploaded_at": evidence.uploaded_at,
        "width": evidence.width,
        "height": evidence.height,
        "bytes": evidence.bytes,
        "status": submission.status,
    }


def file_of(name: str, *, settings: Settings) -> Path:
    return settings.instance / "evidence" / name[:2] / name


def delete_due(*, at: datetime, settings: Settings) -> int:
    """Job: delete the photos whose last day is over, and files that no row names. A file goes after its row's
    deletion is committed; one left behind by a crash in between is an orphan of the next round."""
    done = 0
    while names := in_transaction(partial(_delete_rows, at=at)):
        for name in names:
            file_of(name, settings=settings).unlink(missing_ok=True)
        done += len(names)
    return done + _sweep(at=at, settings=settings)


def _delete_rows(*, at: datetime) -> list[str]:
    due = select(EvidenceOwner).where(EvidenceOwner.delete_at <= at).order_by(EvidenceOwner.delete_at).limit(BATCH)
    names = []
    for owner in db.session.scalars(due).all():
        photo = db.session.get_one(Evidence, (owner.citizen_id, owner.evidence_id))
        photo.deleted_at = at
        names.append(photo.file_name)
        db.session.delete(owner)
    return names


def _sweep(*, at: datetime, settings: Settings) -> int:
    swept = 0
    for folder in sorted((settings.instance / "evidence").glob("??")):
        ours = [file for file in folder.iterdir() if _NAME.fullmatch(file.name)]
        old = [file for file in ours if file.stat().st_mtime < (at - ORPHAN_AFTER).timestamp()]
        for start in range(0, len(old), BATCH):
            files = old[start : start + BATCH]
            kept = in_transaction(partial(_kept, files), does=Does.READS)
            for file in files:
                if file not in kept:
                    file.unlink(missing_ok=True)
                    swept += 1
    return swept


def _kept(files: list[Path]) -> set[Path]:
    by_id = {UUID(file.stem[-32:]): file for file in files}
    known = select(EvidenceOwner.evidence_id).where(EvidenceOwner.evidence_id.in_(by_id))
    return {by_id[evidence_id] for evidence_id in db.session.scalars(known)}


def _sent_before(submission: Submission, uploaded_sha256: str) -> Evidence | None:
    same = select(Evidence).where(
        Evidence.citizen_id == submission.citizen_id,
        Evidence.submission_id == submission.id,
        Evidence.uploaded_sha256 == uploaded_sha256,
    )
    return db.session.scalars(same.limit(1)).first()


def _check_room(submission: Submission) -> None:
    if submission.status not in OPEN:
        raise AlreadyDecided(submission_status=submission.status)
    held = select(func.count()).where(
        Evidence.citizen_id == submission.citizen_id, Evidence.submission_id == submission.id
    )
    if (db.session.scalar(held) or 0) >= PHOTOS_MAX:
        raise TooManyPhotos(photos_max=PHOTOS_MAX)
