"""One request is one transaction, and whatever comes in, an answer goes out that says what and never how."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.db import db, in_transaction
from core.errors import Conflict, NotFound, Unavailable, every_refusal
from core.http.attempts import Attempt
from core.http.doors import JSON_BYTES_MAX
from tests.core.conftest import Room

API = "/api/v1/room"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Refused(Conflict):
    """The test says no."""


class RefusedButCounted(Conflict):
    """The test says no, and what was written stays."""

    stays = True


def write(bucket: str = "written") -> dict[str, Any]:
    db.session.add(Attempt(bucket=bucket, window_starts_at=NOON, tries=1))
    db.session.flush()
    return {"bucket": bucket}


def write_what_no_column_takes() -> dict[str, Any]:
    db.session.add(Attempt(bucket="ana@example.org", window_starts_at=NOON, tries=None))
    return {}


def written(app: Flask) -> int:
    with app.app_context():
        return in_transaction(lambda: db.session.scalar(select(func.count()).select_from(Attempt))) or 0


def is_problem(answer: TestResponse, status: int, code: str) -> bool:
    assert answer.status_code == status, answer.data
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json(force=True)
    assert problem["status"] == status
    assert problem["type"] == f"urn:bonafeta:problem:{code}"
    assert problem["title"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert problem["code"] == code
    return True


# --- one transaction --------------------------------------------------------------------------------------------------


def test_what_a_request_wrote_is_there_when_it_is_answered(app: Flask, client: FlaskClient, room: Room) -> None:
    room.view = write

    answer = client.post(f"{API}/writes")

    assert answer.status_code == 200
    assert written(app) == 1


def test_a_refusal_takes_back_what_was_written(app: Flask, client: FlaskClient, room: Room) -> None:
    def view() -> None:
        write()
        raise Refused(balance=3)

    room.view = view

    answer = client.post(f"{API}/writes")

    assert is_problem(answer, 409, "refused")
    assert answer.get_json(force=True)["balance"] == 3
    assert written(app) == 0


def test_what_must_stay_stays_after_a_refusal(app: Flask, client: FlaskClient, room: Room) -> None:
    def view() -> None:
        write()
        raise RefusedButCounted()

    room.view = view

    answer = client.post(f"{API}/writes")

    assert is_problem(answer, 409, "refused_but_counted")
    assert written(app) == 1


def test_a_crash_takes_everything_back_and_tells_nothing(
    capfd: pytest.CaptureFixture[str], app: Flask, client: FlaskClient, room: Room
) -> None:
    def view() -> None:
        write()
        raise ZeroDivisionError("the secret of the house")

    room.view = view

    answer = client.post(f"{API}/writes", headers={"X-Request-Id": "asked-by-a-test"})

    assert is_problem(answer, 500, "internal_error")
    assert b"secret" not in answer.data
    assert b"ZeroDivision" not in answer.data
    assert b"Traceback" not in answer.data
    assert written(app) == 0
    logged = capfd.readouterr().err
    assert "ZeroDivisionError" in logged
    assert "asked-by-a-test" in logged


def test_an_answer_that_the_database_refuses_at_the_last_moment_is_a_problem(
    app: Flask, client: FlaskClient, room: Room
) -> None:
    room.view = write_what_no_column_takes

    answer = client.post(f"{API}/writes")

    assert is_problem(answer, 500, "internal_error")
    assert written(app) == 0


def test_what_the_database_says_of_a_person_is_not_logged(
    capfd: pytest.CaptureFixture[str], client: FlaskClient, room: Room
) -> None:
    room.view = write_what_no_column_takes

    client.post(f"{API}/writes")

    logged = capfd.readouterr().err
    assert "IntegrityError" in logged
    assert "ana@example.org" not in logged


def test_a_view_that_lost_a_key_to_another_is_run_again(app: Flask, client: FlaskClient, room: Room) -> None:
    """The first time it does what somebody else has just done; the second time it sees that."""
    runs: list[int] = []

    def view() -> dict[str, Any]:
        runs.append(1)
        if len(runs) == 1:
            write("a")
            db.session.expunge_all()
            write("a")
        return write("b")

    room.view = view

    answer = client.post(f"{API}/writes")

    assert answer.json == {"bucket": "b"}
    assert len(runs) == 2
    assert written(app) == 1


def test_a_key_that_stays_taken_is_a_conflict_and_no_crash(app: Flask, client: FlaskClient, room: Room) -> None:
    room.view = write
    client.post(f"{API}/writes")

    answer = client.post(f"{API}/writes")

    assert is_problem(answer, 409, "already_there")
    assert written(app) == 1


@pytest.mark.parametrize("door", ["reads", "looks"])
def test_a_reading_route_leaves_no_transaction_open(app: Flask, client: FlaskClient, room: Room, door: str) -> None:
    room.view = lambda: {"rows": db.session.scalar(select(func.count()).select_from(Attempt))}

    answer = client.post(f"{API}/{door}")

    assert answer.json == {"rows": 0}
    assert _connections_in_use(app) == 0


def test_a_snapshot_sees_one_moment(app: Flask, client: FlaskClient, room: Room) -> None:
    def view() -> dict[str, Any]:
        before = db.session.scalar(select(func.count()).select_from(Attempt))
        _elsewhere(app, write)
        return {"before": before, "after": db.session.scalar(select(func.count()).select_from(Attempt))}

    room.view = view

    answer = client.post(f"{API}/looks")

    assert answer.json == {"before": 0, "after": 0}
    assert written(app) == 1


def test_a_route_in_phases_opens_its_own_transactions(app: Flask, client: FlaskClient, room: Room, town: Any) -> None:
    in_use: list[int] = []

    def view() -> dict[str, Any]:
        in_use.append(_connections_in_use(app))
        return in_transaction(write)

    room.view = view

    answer = town.resident().post("/room/phases")

    assert answer.status_code == 200
    assert in_use == [0]
    assert written(app) == 1


def test_a_slow_body_holds_no_transaction(app: Flask, client: FlaskClient, room: Room) -> None:
    class SlowBody(io.BytesIO):
        in_use: int | None = None

        def readinto(self, buffer: Any) -> int:
            SlowBody.in_use = _connections_in_use(app)
            return super().readinto(buffer)

    room.view = lambda: {"got": request.get_json()}
    body = b'{"a": 1}'

    answer = client.post(
        f"{API}/writes", input_stream=SlowBody(body), content_length=len(body), content_type="application/json"
    )

    assert answer.json == {"got": {"a": 1}}
    assert SlowBody.in_use == 0


# --- what cannot be read ----------------------------------------------------------------------------------------------


def test_a_body_that_is_not_json_is_415(client: FlaskClient, room: Room) -> None:
    answer = client.post(f"{API}/wishes", data="points=5", content_type="application/x-www-form-urlencoded")

    assert is_problem(answer, 415, "unsupported_media_type")


def test_a_body_above_the_limit_is_413(client: FlaskClient, room: Room) -> None:
    answer = client.post(f"{API}/wishes", data=b" " * (JSON_BYTES_MAX + 1), content_type="application/json")

    assert is_problem(answer, 413, "content_too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'a': 1}",
        b'{"points": NaN}',
        b'{"points": 1e400}',
        b'{"points": ' + b"9" * 5000 + b"}",
        b'{"note": "\\ud800"}',
        b'{"note": "\xff"}',
        b"[" * 30_000,
        b'{"part":' * 8_000,
        b" ",
    ],
    ids=lambda body: body[:16],
)
def test_json_that_is_none_is_400(client: FlaskClient, room: Room, body: bytes) -> None:
    answer = client.post(f"{API}/wishes", data=body, content_type="application/json")

    assert is_problem(answer, 400, "bad_request")


@pytest.mark.parametrize("body", ["[]", "5", '"points"', "null", '{"points": 1000000000000000000000000000000}'])
def test_json_of_another_shape_is_422(client: FlaskClient, room: Room, body: str) -> None:
    answer = client.post(f"{API}/wishes", data=body, content_type="application/json")

    assert is_problem(answer, 422, "invalid")


def test_unknown_fields_are_refused_wherever_they_stand(client: FlaskClient, room: Room) -> None:
    in_body = client.post(f"{API}/wishes", json={"points": 5, "role": "manager"})
    within = client.post(f"{API}/wishes", json={"part": {"role": "manager"}})
    in_query = client.get(f"{API}/wishes?role=manager")

    assert is_problem(in_body, 422, "invalid")
    assert [row["field"] for row in in_body.get_json(force=True)["errors"]] == ["role"]
    assert [row["field"] for row in within.get_json(force=True)["errors"]] == ["part.role"]
    assert [row["field"] for row in in_query.get_json(force=True)["errors"]] == ["role"]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_wishes = st.dictionaries(st.sampled_from(["points", "note", "at", "part", "json", "_schema", "\ud800", ""]), _json)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=_wishes.map(lambda wish: json.dumps(wish).encode()) | st.binary(max_size=60))
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_body_breaks_the_house(client: FlaskClient, room: Room, body: bytes) -> None:
    answer = client.post(f"{API}/wishes", data=body, content_type="application/json")

    assert answer.status_code in (200, 400, 422), answer.data


def test_an_unknown_address_and_another_method_are_problems(client: FlaskClient, room: Room) -> None:
    absent = client.get("/api/v1/nowhere")
    other = client.delete(f"{API}/wishes")

    assert is_problem(absent, 404, "not_found")
    assert is_problem(other, 405, "method_not_allowed")
    assert set(other.headers["Allow"].split(", ")) >= {"GET", "POST"}


# --- on every answer --------------------------------------------------------------------------------------------------


def _raise(no: type[Exception]) -> Callable[[], Any]:
    def view() -> None:
        raise no

    return view


@pytest.mark.parametrize(
    ("view", "path"),
    [
        (dict, f"{API}/writes"),
        (_raise(Refused), f"{API}/writes"),
        (_raise(Unavailable), f"{API}/writes"),
        (_raise(ZeroDivisionError), f"{API}/writes"),
        (dict, f"{API}/pays"),
        (dict, "/nowhere"),
    ],
    ids=["ok", "refused", "unavailable", "crashed", "signed-out", "absent"],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_security_headers_stand_on_every_answer(client: FlaskClient, room: Room, view: Any, path: str) -> None:
    room.view = view

    answer = client.post(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-Id"]
    assert "Server" not in answer.headers


@pytest.mark.parametrize(
    ("given", "is_echoed"),
    [
        ("0193a1b2-c3d4", True),
        ("A.b_c-123", True),
        ("short", False),
        ("x" * 65, False),
        ("spaces are not sane", False),
        ("<script>alert(1)</script>", False),
        ("ñandúñandú", False),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_request_id_is_echoed_only_if_it_is_sane(client: FlaskClient, given: str, is_echoed: bool) -> None:
    answer = client.get("/healthz", environ_overrides={"HTTP_X_REQUEST_ID": given.encode().decode("latin-1")})

    assert (answer.headers["X-Request-Id"] == given) is is_echoed
    assert len(answer.headers["X-Request-Id"]) >= 8


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_refusal_may_ask_to_wait(client: FlaskClient, room: Room) -> None:
    room.view = _raise(Unavailable)

    answer = client.post(f"{API}/writes")

    assert is_problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "2"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_has_not_signed_in_is_told_how(client: FlaskClient, room: Room) -> None:
    answer = client.post(f"{API}/pays")

    assert is_problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="bonafeta"'


def test_a_fact_may_not_stand_where_the_problem_says_its_own() -> None:
    for name in ("type", "status", "code", "request_id"):
        with pytest.raises(TypeError):
            NotFound(**{name: "mine"})


def test_every_refusal_has_a_sentence_and_a_code_of_its_own(app: Flask) -> None:
    """Two that share a code (one is the other's quiet twin) share its status."""
    statuses: dict[str, set[int]] = {}
    for kind in every_refusal():
        statuses.setdefault(kind.code(), set()).add(kind.status)
        assert kind.title().endswith((".", "`")) or ":" in kind.title(), kind

    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}


def _connections_in_use(app: Flask) -> int:
    with app.app_context():
        return int(db.engine.pool.checkedout())  # type: ignore[attr-defined]


def _elsewhere(app: Flask, work: Callable[[], Any]) -> None:
    """As another process would: in a connection of its own."""
    with app.app_context():
        in_transaction(work)
