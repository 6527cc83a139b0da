"""A stored answer is for whom it was, while they may still have it (promises A31)."""

from dataclasses import replace
from functools import partial

from sqlalchemy import delete

from citizen.models import RoleGrant
from core.db import db
from core.http.doors import Key
from core.http.edge import door_of
from tests.access.scene import CALLERS, OWNERS, Ask, Scene, Scenery, operations
from tests.town import Answer


def keyed(scene: Scene) -> list[str]:
    """The operations that take an Idempotency-Key."""
    app = scene.town.app
    adapter = app.url_map.bind("")
    found = []
    for operation in operations(app):
        ask = scene.ask(operation)
        endpoint, _ = adapter.match(ask.path, method=ask.method)
        door = door_of(app, endpoint)
        if door is not None and door.key is not Key.NONE:
            found.append(operation)
    return found


def with_the_same_key(ask: Ask) -> Ask:
    headers = ask.more.get("headers", {}) | {"Idempotency-Key": "the same for all"}
    return replace(ask, more=ask.more | {"headers": headers})


def is_replayed(answer: Answer) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def test_a_stored_answer_is_its_owners_while_they_may_have_it(scenery: Scenery) -> None:
    asked = keyed(scenery.furnished)
    assert len(asked) == 6
    for operation in asked:
        with scenery.scene(staffed=True) as scene:
            is_of_staff = operation.startswith("POST /till") or operation.endswith("/verification")
            whose = "holder" if operation.endswith("/verification") else "Ona"  # nobody decides their own case
            owner, ask = scene.people[whose][0], with_the_same_key(scene.ask(operation))
            others = [person for caller in CALLERS if caller not in {*OWNERS, whose} for person in scene.people[caller]]

            first = scene.call(owner, ask)
            of_others = [scene.call(person, ask) for person in others]
            again = scene.call(owner, ask)
            scene.town.does(partial(db.session.execute, delete(RoleGrant).where(RoleGrant.citizen_id == owner.id)))
            as_a_resident = scene.call(owner, ask)
            assert owner.client.delete("/api/v1/auth/tokens", headers=bearer(owner.token)).status_code == 204
            signed_out = scene.call(owner, ask)

            assert (first.status_code // 100, is_replayed(first)) == (2, False), operation
            assert not any(map(is_replayed, of_others)), operation
            assert not [
                answer
                for answer in of_others
                if first.json.get("id", first.json.get("submission")).encode() in answer.data
            ], operation
            assert (again.data, is_replayed(again)) == (first.data, True), operation
            assert (as_a_resident.status_code == 403) == is_of_staff, operation
            assert signed_out.status_code == 401, operation


def bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
