"""Who leaves is forgotten everywhere: a number stays that leads to nobody, and the books still balance (charter C2).

Erasures are listed outside the database as well, so that a restored backup forgets again.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select

from citizen.addresses import locked
from citizen.models import Citizen
from citizen.own_acts import record_own
from citizen.personal_data import holders
from core import audit
from core.clock import iso
from core.db import Does, db, empty_write_ahead_log, in_transaction
from core.settings import Settings

log = structlog.get_logger()

SWEPT_FOR = timedelta(days=1)
"""What a request that was under way still wrote after the erasure is swept away for this long."""


def erase_person(citizen_id: UUID, *, is_own_wish: bool, at: datetime, settings: Settings) -> bool:
    """Forget somebody, in a transaction of its own and then in the files; False when they were forgotten already."""
    files = in_transaction(partial(_empty, citizen_id, is_own_wish=is_own_wish, at=at, settings=settings))
    if files is None:
        return False
    _wipe(files)
    _list_erasure(citizen_id, at, settings)
    return True


def erase_leavers(*, at: datetime, settings: Settings) -> int:
    """The job: forget everyone whose window is over, and finish what was left over of those just forgotten; returns
    how many were forgotten."""
    lapsed = select(Citizen.id).where(Citizen.status == "leaving", Citizen.erase_at <= at).order_by(Citizen.id)
    ids = in_transaction(lambda: db.session.scalars(lapsed).all(), does=Does.READS)
    gone = 0
    for citizen_id in ids:
        try:
            gone += erase_person(citizen_id, is_own_wish=False, at=at, settings=settings)
        except Exception:
            log.exception("erasure failed")  # the others are forgotten all the same, this one is tried again
    _finish_recent(at=at, settings=settings)
    return gone


def forget_again(*, at: datetime, settings: Settings) -> int:
    """After a restore: erase everyone whom the list outside the database names and the backup still knows."""
    listed = _listed_erasures(settings)
    return sum(erase_person(citizen_id, is_own_wish=False, at=at, settings=settings) for citizen_id in listed)


def erasures_file(settings: Settings) -> Path:
    return settings.instance / "erasures.jsonl"


def _empty(citizen_id: UUID, *, is_own_wish: bool, at: datetime, settings: Settings) -> list[Path] | None:
    if locked(citizen_id) is None:
        return None
    files = _sweep(citizen_id, at=at, settings=settings)
    if is_own_wish:
        record_own("membership.erased", citizen_id, purpose="membership", at=at)
    else:
        audit.record("membership.erased", by=None, subject_id=citizen_id, purpose="membership", at=at)
    return files


def _finish_recent(*, at: datetime, settings: Settings) -> None:
    """A request that was let in before an erasure may write after it, and a crash may come between the commit and
    the files."""
    recent = select(Citizen.id, Citizen.erased_at).where(Citizen.status == "erased", Citizen.erased_at > at - SWEPT_FOR)
    rows = in_transaction(lambda: db.session.execute(recent).all(), does=Does.READS)
    listed = _listed_erasures(settings) if rows else set()
    for citizen_id, erased_at in rows:
        _wipe(in_transaction(partial(_sweep, citizen_id, at=at, settings=settings)))
        if citizen_id not in listed:
            _list_erasure(citizen_id, erased_at, settings)


def _sweep(citizen_id: UUID, *, at: datetime, settings: Settings) -> list[Path]:
    return [file for holder in holders() for file in holder.erase(citizen_id, at=at, settings=settings)]


def _wipe(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
    empty_write_ahead_log()


def _list_erasure(citizen_id: UUID, at: datetime, settings: Settings) -> None:
    line = orjson.dumps({"citizen_id": citizen_id, "erased_at": iso(at)}, option=orjson.OPT_APPEND_NEWLINE)
    with erasures_file(settings).open("ab+") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")  # a line that a crash cut off spoils no other
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _listed_erasures(settings: Settings) -> set[UUID]:
    file, listed = erasures_file(settings), set()
    for line in file.read_bytes().splitlines() if file.exists() else []:
        # One that a crash cut off is written again by the job: whoever is missing here is listed anew.
        with suppress(orjson.JSONDecodeError):
            listed.add(UUID(orjson.loads(line)["citizen_id"]))
    return listed
