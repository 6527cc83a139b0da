"""Whatever staff read or write of somebody is in the log, in the same transaction (charter C43, promises A59)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from core.audit import AuditEntry
from core.db import db
from core.http.doors import SIGNED_IN, STAFF
from core.http.edge import door_of
from tests.access.scene import CODES, Scene, Scenery, operations
from tests.citizen.traces import rows_of
from tests.rewards.market import MUSEUM, Killed
from tests.town import Town

NOT_ABOUT_ANYBODY = {
    "GET /events/{event_id}/code": "a code that everyone at the event sees",
    "GET /me/events": "what the organiser announced in public",
    "GET /liability": "sums of the city's accounts",
    "GET /overview/points": "sums of the city's accounts",
    "GET /overview/redemptions": "sums per partner",
    "GET /overview/review": "how many cases there were, and of ten people or more how long they waited",
    "GET /partner/statement": "sums per benefit",
    "GET /partners": "shops and museums",
    "GET /partners/{code}/devices": "a partner's devices, which are nobody's",
    "GET /review-queue": "which deeds wait, and since when: what they say, and whose they are, is behind the lease",
    "GET /till/redemptions": "a partner's own book: no resident and no voucher stands in it",
    "POST /benefits/preview": "what would be published: nothing of it stays",
    "POST /deeds/preview": "what would be published: nothing of it stays",
}
"""Staff operations that neither read nor write a record of a person, and why."""

# Who does it; the row's kind, whom it is about, its object (an id of the scene or a code), and its purpose.
LEAVES = {
    "DELETE /events/{event_id}": ("organiser", "event.cancelled", None, "event_id", "events"),
    "DELETE /partners/{code}/devices/{till_id}": ("manager", "till.ended", None, "till_id", "administration"),
    "DELETE /review-queue/lease": ("holder", "submission.given_back", "Ona", "submission_id", "someone_i_know"),
    "DELETE /roles/{grant_id}": ("manager", "role.revoked", "auditor", "auditor", "administration"),
    "DELETE /till/redemptions/{redemption_id}": ("clerk", "voucher.undone", "Ona", None, "redemption"),
    "GET /audit": ("auditor", "audit.read", None, "", "audit"),
    "GET /confirmations": ("organiser", "submission.listed", "Ona", "claimed", "confirmation"),
    "GET /events/{event_id}/attendance": ("organiser", "attendance.read", "Ona", "came", "confirmation"),
    "GET /evidence/{evidence_id}": ("holder", "evidence.read", "Ona", "evidence_id", "verification"),
    "GET /roles": ("manager", "role.read", "everybody", "", "administration"),
    "GET /submissions/{submission_id}": ("holder", "submission.read", "Ona", "submission_id", "verification"),
    "PATCH /benefits/{code}": ("manager", "benefit.changed", None, "museum-ticket", "catalogue"),
    "PATCH /events/{event_id}": ("organiser", "event.altered", None, "event_id", "events"),
    "PATCH /partners/{code}": ("manager", "partner.changed", None, MUSEUM, "catalogue"),
    "POST /benefits": ("manager", "benefit.published", None, "concert", "catalogue"),
    "POST /benefits/{code}/stock": ("manager", "benefit.stock_changed", None, "museum-ticket", "catalogue"),
    "POST /benefits/import": ("manager", "benefit.published", None, "concert-ticket", "catalogue"),
    "POST /deeds/import": ("manager", "deed.published", None, "shopping-help/1", "catalogue"),
    "POST /deeds": ("manager", "deed.published", None, "plant-trees/1", "catalogue"),
    "POST /events": ("organiser", "event.announced", None, None, "events"),
    "POST /events/{event_id}/verification": ("verifier", "submission.approved", "Ona", "claimed", "as_described"),
    "POST /partners": ("manager", "partner.opened", None, "bakery", "catalogue"),
    "POST /partners/{code}/pairings": ("manager", "till.invited", None, None, "administration"),
    "POST /review-queue/lease": ("verifier", "submission.leased", "resident", None, "verification"),
    "POST /roles": ("manager", "role.granted", "somebody", "auditor", "administration"),
    "POST /submissions/{submission_id}/confirmation": (
        *("organiser", "submission.confirmed", "Ona", "claimed", "confirmation"),
    ),
    "POST /submissions/{submission_id}/reversal": ("holder", "submission.reversed", "Ona", "approved", "other_deed"),
    "POST /submissions/{submission_id}/verification": (
        *("holder", "submission.approved", "Ona", "submission_id", "as_described"),
    ),
    "POST /till/lookups": ("clerk", "voucher.looked_up", "Ona", "voucher_id", "redemption"),
    "POST /till/redemptions": ("clerk", "voucher.redeemed", "Ona", "voucher_id", "redemption"),
    "POST /vouchers/{voucher_id}/refund": ("manager", "voucher.refunded", "Ona", "voucher_id", "not_honoured"),
    "PUT /deeds/{code}": ("manager", "deed.published", None, f"{CODES['deeds']}/2", "catalogue"),
}
ROLE = {"holder": "verifier"}
FIRST = {"POST /events/{event_id}/verification": ("organiser", "POST /submissions/{submission_id}/confirmation")}


def test_c43_whatever_staff_do_or_see_of_somebody_is_in_the_log_or_does_not_happen(scenery: Scenery) -> None:
    """Every operation that a staff role can call, as the doors say. Killed at the commit of its row, it has done
    nothing; else it has left who, for which office, what, on whom and why."""
    with scenery.scene() as scene:
        assert staff_operations(scene.town) == sorted(LEAVES.keys() | NOT_ABOUT_ANYBODY.keys())

    wrong = {}
    for operation, row in LEAVES.items():
        with scenery.scene() as scene:
            if operation in FIRST:
                assert scene.all_ask(*FIRST[operation])[0].status_code == 200
            before, log = sorted(rows_of(scene.town)), log_of(scene.town)
            with killed_at_the_commit_of_a_row(scene), pytest.raises(Killed):
                scene.all_ask(row[0], operation)
            after_the_crash = sorted(rows_of(scene.town))

            answer = scene.all_ask(row[0], operation)[0]

            told = log_of(scene.town)[len(log) :]
            if after_the_crash != before or answer.status_code >= 300 or not _is_told(scene, row, told):
                wrong[operation] = (after_the_crash == before, answer.status_code, told)
    assert wrong == {}


def test_c43_what_is_about_nobody_leaves_no_row_and_shows_nobody(scenery: Scenery) -> None:
    with scenery.scene() as scene:
        log = log_of(scene.town)
        personal = {scene.ids[name] for name in ("submission_id", "approved", "voucher_id", "evidence_id")}
        for operation in NOT_ABOUT_ANYBODY:
            answers = [scene.all_ask(caller, operation)[0] for caller in ("verifier", "organiser", "clerk", "manager")]
            seen = b"".join(answer.data for answer in answers if answer.status_code == 200).decode()

            assert (operation, len(seen) > 10) == (operation, True)
            assert [one for one in (scene.people["Ona"][0].email, str(scene.people["Ona"][0].id)) if one in seen] == []
            if operation != "GET /review-queue":
                assert [one for one in personal if one in seen] == []

        assert log_of(scene.town) == log


def test_c43_a_clerk_who_is_refused_has_looked_all_the_same(scenery: Scenery) -> None:
    with scenery.scene() as scene:
        for _ in range(2):
            scene.all_ask("clerk", "POST /till/redemptions")

        kinds = [(kind, subject) for kind, _, _, subject, _, _ in log_of(scene.town)[-2:]]

    ona = scene.people["Ona"][0].id
    assert kinds == [("voucher.redeemed", ona), ("voucher.refused", ona)]


def test_c43_no_row_holds_free_text(scenery: Scenery) -> None:
    """Whatever is written into any field: reasons, notes, titles, filters."""
    with scenery.scene() as scene:
        marked = "Zzz free text"
        for operation, (caller, *_) in sorted(LEAVES.items(), key=lambda row: not row[0].startswith("GET")):
            ask = scene.ask(operation)
            body = {
                name: marked if name in ("text", "title", "name", "note", "reason", "kind") else value
                for name, value in ask.more.get("json", {}).items()
            }
            query = {"kind": marked} if operation == "GET /audit" else None
            more = ask.more | ({"json": body} if body else {}) | ({"query_string": query} if query else {})
            for person in scene.people[caller]:
                headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": operation}
                headers |= ask.more.get("headers", {})
                person.client.open(ask.path, method=ask.method, **more | {"headers": headers}).close()
        written = log_of(scene.town)

    assert len(written) > 30
    assert [row for row in written if any(marked.lower() in str(value).lower() for value in row)] == []


def staff_operations(town: Town) -> list[str]:
    """What only those who work for the programme can call, from the doors themselves."""
    found = set()
    for rule in town.app.url_map.iter_rules():
        door = door_of(town.app, rule.endpoint)
        assert door is not None
        if door.who & STAFF and door.who != SIGNED_IN:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
            found |= {f"{method} {path}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert found <= set(operations(town.app))
    return sorted(found)


def log_of(town: Town) -> list[tuple[Any, ...]]:
    """Kind, who, office, on whom, object, purpose."""
    columns = ("kind", "actor_id", "office", "subject_id", "object", "purpose")
    rows = select(*(getattr(AuditEntry, name) for name in columns)).order_by(AuditEntry.id)
    return [tuple(row) for row in town.does(lambda: db.session.execute(rows).all())]


@contextmanager
def killed_at_the_commit_of_a_row(scene: Scene) -> Iterator[None]:
    """The process ends where the transaction that has written into the log would be committed."""
    with scene.town.app.app_context():
        engine = db.engine
    written = False

    def watch(*arguments: Any) -> None:
        nonlocal written
        written = written or "INSERT INTO audit_entry" in str(arguments[2])

    def die(_connection: Any) -> None:
        if written:
            raise Killed

    event.listen(engine, "before_cursor_execute", watch)
    event.listen(engine, "commit", die)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", watch)
        event.remove(engine, "commit", die)


def _is_told(scene: Scene, expected: tuple[Any, ...], told: list[tuple[Any, ...]]) -> bool:
    caller, kind, whom, what, purpose = expected
    person, role = scene.people[caller][0], ROLE.get(caller, caller)
    # A grant names its office, or the city does for the role; a clerk's is the partner.
    office = "Districte de Gràcia" if caller == "verifier" else scene.town.city.offices.get(role, MUSEUM)
    subjects = {row[3] for row in told}
    is_whom = {
        None: subjects == {None},
        "somebody": all(isinstance(subject, UUID) for subject in subjects),
        "everybody": len(subjects) > 5 and None not in subjects,
    }.get(whom, whom in scene.people and subjects == {scene.people[whom][0].id} if whom else False)
    objects = {row[4] for row in told}
    is_what = what is None or objects == {scene.ids.get(what, what)}
    who_and_why = {row[:3] + row[5:] for row in told}
    return is_whom and is_what and who_and_why == {(kind, person.id, office, purpose)}
