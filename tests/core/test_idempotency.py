"""The same request sent twice has one effect and one answer (promises A27 to A33)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.exceptions import Unauthorized as HttpUnauthorized
from werkzeug.test import TestResponse

from core.db import db, in_transaction
from core.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests, Unavailable
from core.http.attempts import Attempt
from core.http.idempotency import Idempotency
from tests.clock import MovableClock
from tests.core.conftest import Room
from tests.town import Person, Town

KEY = "a-key-of-a-phone"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


class SoldOut(Conflict):
    """Nothing is left."""


class SoldOutAndCounted(Conflict):
    """Nothing is left, and who asked is written down."""

    stays = True


class NoLongerTrue(Conflict):
    """What was answered then is not so now."""


class Purchases:
    """A view that leaves a row and a number each time it runs, so that a second effect shows."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.runs = 0

    def __call__(self) -> Any:
        self.runs += 1
        db.session.add(Attempt(bucket=f"purchase {self.runs}", window_starts_at=LATER, tries=1))
        body = b'{"number": %d,  "note": "with two blanks"}' % self.runs
        return Response(
            body, status=201, mimetype="application/json", headers={"ETag": f'"{self.runs}"', "X-Other": "1"}
        )

    @property
    def effects(self) -> int:
        return self._count(Attempt)

    @property
    def keys(self) -> int:
        return self._count(Idempotency)

    def _count(self, model: Any) -> int:
        with self._app.app_context():
            return in_transaction(lambda: db.session.scalar(select(func.count()).select_from(model))) or 0


@pytest.fixture
def purchases(app: Flask, room: Room) -> Purchases:
    room.view = Purchases(app)
    return room.view


@pytest.fixture
def ana(town: Town, room: Room) -> Person:
    return town.resident()


def code(answer: TestResponse) -> str:
    found: str = answer.get_json(force=True)["code"]
    return found


# --- the same again ---------------------------------------------------------------------------------------------------


def test_the_same_request_again_gets_the_same_answer_to_the_byte(ana: Person, purchases: Purchases) -> None:
    first = ana.post("/room/pays", key=KEY, json={"benefit": "museum"})
    again = ana.post("/room/pays", key=KEY, json={"benefit": "museum"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data == b'{"number": 1,  "note": "with two blanks"}'
    assert again.headers["ETag"] == '"1"'
    assert again.content_type == first.content_type == "application/json"
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (purchases.runs, purchases.effects) == (1, 1)


def test_another_key_is_another_wish(ana: Person, purchases: Purchases) -> None:
    ana.post("/room/pays", key="one")
    ana.post("/room/pays", key="two")

    assert purchases.effects == 2


@pytest.mark.parametrize(
    "other",
    [
        {"json": {"benefit": "cinema"}},
        {"json": {"benefit": "museum"}, "query_string": "dry-run=1"},
        {"data": b'{"benefit":  "museum"}', "content_type": "application/json"},
        {},
    ],
    ids=["body", "query", "bytes", "none"],
)
def test_the_key_with_another_request_is_refused(ana: Person, purchases: Purchases, other: dict[str, Any]) -> None:
    ana.post("/room/pays", key=KEY, json={"benefit": "museum"})

    answer = ana.post("/room/pays", key=KEY, **other)

    assert (answer.status_code, code(answer)) == (422, "idempotency_key_reused")
    assert purchases.effects == 1


def test_a_key_belongs_to_one_operation_and_one_person(town: Town, room: Room, purchases: Purchases) -> None:
    ana, ben = town.resident(), town.resident()

    answers = [ana.post("/room/pays", key=KEY), ana.post("/room/pays-other", key=KEY), ben.post("/room/pays", key=KEY)]

    assert [answer.get_json()["number"] for answer in answers] == [1, 2, 3]
    assert ana.post("/room/pays", key=KEY).get_json()["number"] == 1
    assert ben.post("/room/pays", key=KEY).get_json()["number"] == 3


# --- the key itself ---------------------------------------------------------------------------------------------------


def test_a_key_is_needed_where_it_is_required(ana: Person, purchases: Purchases) -> None:
    answer = ana.post("/room/pays")

    assert (answer.status_code, code(answer)) == (400, "idempotency_key_missing")
    assert purchases.runs == 0


def test_a_key_that_is_only_accepted_may_be_left_out(ana: Person, purchases: Purchases) -> None:
    ana.post("/room/keyed")
    ana.post("/room/keyed")

    assert (purchases.effects, purchases.keys) == (2, 0)


@pytest.mark.parametrize("key", ["k" * 256, "a\tb", "a\x7fb", "é"], ids=["long", "tab", "delete", "accent"])
def test_a_key_is_short_and_printable(ana: Person, purchases: Purchases, key: str) -> None:
    answer = ana.post("/room/pays", headers={"Idempotency-Key": key})

    assert (answer.status_code, code(answer)) == (400, "idempotency_key_invalid")
    assert purchases.runs == 0


def test_an_empty_key_is_no_key(ana: Person, purchases: Purchases) -> None:
    answer = ana.post("/room/keyed", headers={"Idempotency-Key": ""})

    assert (answer.status_code, code(answer)) == (400, "idempotency_key_invalid")


def test_the_longest_key_works(ana: Person, purchases: Purchases) -> None:
    assert [ana.post("/room/pays", key="k" * 255).get_json()["number"] for _ in range(2)] == [1, 1]


# --- what is kept and what is not -------------------------------------------------------------------------------------


def raising(no: Exception) -> Callable[[], Any]:
    def view() -> None:
        raise no

    return view


def test_a_final_no_is_kept(ana: Person, room: Room, purchases: Purchases) -> None:
    room.view = raising(SoldOut(benefit="museum"))
    first = ana.post("/room/pays", key=KEY)
    room.view = purchases

    again = ana.post("/room/pays", key=KEY)

    assert (first.status_code, again.status_code) == (409, 409)
    assert again.data == first.data
    assert again.content_type == "application/problem+json"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert purchases.effects == 0


def test_a_final_no_that_was_written_down_is_kept_and_written_once(
    ana: Person, room: Room, purchases: Purchases
) -> None:
    def view() -> None:
        purchases()
        raise SoldOutAndCounted()

    room.view = view

    first, again = ana.post("/room/pays", key=KEY), ana.post("/room/pays", key=KEY)

    assert again.data == first.data
    assert code(again) == "sold_out_and_counted"
    assert purchases.effects == 1


@pytest.mark.parametrize(
    "no",
    [
        HttpUnauthorized(),
        Forbidden(),
        NotFound(),
        Invalid(),
        TooManyRequests(retry_after=5),
        Unavailable(),
        ZeroDivisionError(),
    ],
    ids=lambda no: type(no).__name__,
)
def test_a_no_that_may_become_a_yes_is_not_kept(ana: Person, room: Room, purchases: Purchases, no: Exception) -> None:
    room.view = raising(no)
    first = ana.post("/room/pays", key=KEY)
    room.view = purchases

    again = ana.post("/room/pays", key=KEY)

    assert first.status_code >= 400
    assert (again.status_code, again.get_json()["number"]) == (201, 1)
    assert "Idempotency-Replayed" not in again.headers


def test_a_crash_after_the_effect_leaves_neither_effect_nor_key(ana: Person, room: Room, purchases: Purchases) -> None:
    def view() -> None:
        purchases()
        db.session.flush()
        raise ZeroDivisionError

    room.view = view
    first = ana.post("/room/pays", key=KEY)
    room.view = purchases

    again = ana.post("/room/pays", key=KEY)

    assert (first.status_code, again.status_code) == (500, 201)
    assert purchases.effects == 1


def test_rights_are_checked_before_an_answer_is_given_again(
    ana: Person, town: Town, room: Room, purchases: Purchases
) -> None:
    verifier = town.verifier()
    verifier.post("/room/keyed", key=KEY)
    stranger = town.anyone()

    unknown = stranger.post("/room/keyed", key=KEY)
    of_another_role = verifier.post("/room/pays", key=KEY)

    assert (unknown.status_code, of_another_role.status_code) == (401, 403)
    assert purchases.runs == 1


def test_an_answer_that_is_no_longer_true_is_not_given_again(ana: Person, room: Room, purchases: Purchases) -> None:
    ana.post("/room/checked", key=KEY)
    room.on_replay = raising(NoLongerTrue(undone_at="11:00"))

    again = [ana.post("/room/checked", key=KEY) for _ in range(2)]

    assert [(answer.status_code, code(answer)) for answer in again] == [(409, "no_longer_true")] * 2
    assert purchases.effects == 1


# --- at once ----------------------------------------------------------------------------------------------------------


def test_the_same_request_twice_at_once_has_one_effect(
    app: Flask, ana: Person, room: Room, purchases: Purchases
) -> None:
    assert ana.token
    ready = Barrier(2)

    def send() -> TestResponse:
        ready.wait(timeout=20)
        return _as(ana, app, key=KEY)

    with ThreadPoolExecutor() as pool:
        answers = [sent.result(timeout=30) for sent in [pool.submit(send), pool.submit(send)]]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False, True]
    assert purchases.effects == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_while_the_first_runs_the_second_is_told_to_wait(
    app: Flask, ana: Person, room: Room, purchases: Purchases
) -> None:
    _be_impatient(app)
    assert ana.token
    has_begun, may_end = Event(), Event()

    def view() -> Any:
        has_begun.set()
        assert may_end.wait(timeout=20)
        return purchases()

    room.view = view
    with ThreadPoolExecutor() as pool:
        first = pool.submit(_as, ana, app, key=KEY)
        assert has_begun.wait(timeout=20)
        second = _as(ana, app, key=KEY)
        may_end.set()

        assert first.result(timeout=20).status_code == 201
    assert (second.status_code, code(second)) == (409, "idempotency_running")
    assert int(second.headers["Retry-After"]) >= 1
    assert _as(ana, app, key=KEY).headers["Idempotency-Replayed"] == "true"
    assert purchases.effects == 1


def _as(person: Person, app: Flask, *, key: str) -> TestResponse:
    """A request with a client of its own, so that two can be under way."""
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": key}
    return app.test_client(use_cookies=False).post("/api/v1/room/pays", headers=headers)


def _be_impatient(app: Flask) -> None:
    """Wait for a lock a tenth of a second, not four."""
    with app.app_context():
        db.engine.dispose()

        @event.listens_for(db.engine, "connect")
        def shorten(connection: Any, _record: Any) -> None:
            connection.execute("SET lock_timeout = '100ms'")
            connection.commit()


# --- for how long -----------------------------------------------------------------------------------------------------


def test_answers_are_kept_two_days_and_then_forgotten(
    town: Town, clock: MovableClock, ana: Person, purchases: Purchases
) -> None:
    ana.post("/room/pays", key=KEY)

    clock.forward(hours=48)
    kept = town.run_job("drop-idempotency-keys"), ana.post("/room/pays", key=KEY).get_json()["number"]
    clock.forward(seconds=1)
    dropped = town.run_job("drop-idempotency-keys"), ana.post("/room/pays", key=KEY).get_json()["number"]

    assert kept == (0, 1)
    assert dropped == (1, 2)


def test_answers_are_forgotten_with_the_person(town: Town, room: Room, purchases: Purchases) -> None:
    ana, ben = town.resident(), town.resident()
    ana.post("/room/pays", key=KEY)
    ben.post("/room/pays", key=KEY)

    answer = ana.delete("/me", json={"now": True})

    assert answer.status_code < 300
    assert purchases.keys == 1
    assert ben.post("/room/pays", key=KEY).headers["Idempotency-Replayed"] == "true"


def test_nothing_is_kept_for_who_has_not_signed_in(client: FlaskClient, room: Room, purchases: Purchases) -> None:
    answers = [client.post("/api/v1/room/writes", headers={"Idempotency-Key": KEY}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert (purchases.effects, purchases.keys) == (2, 0)
