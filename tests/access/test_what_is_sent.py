"""Nobody sets what is not theirs to set, and no id is found by trying those beside it (promises A47, A48)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.access.scene import CALLERS, Scene, operations, rows_kept
from tests.access.test_table import TABLE

_SERVER_SET = """
    id owner owner_id citizen citizen_id subject_id resident email_verified role roles partner partners office offices
    status is_leaving points points_awarded points_left points_expected balance price_points cents_per_point stock
    stock_left stock_total value_cents verifier verifier_id decided_by decided_at confirmed_by leased_by leased_until
    first_verifier_id organiser_id clerk_id granted_at granted_by created_at submitted_at bought_at redeemed_at
    uploaded_at expires_at erase_at joined_at at revision version is_final is_published is_active is_cancelled
    terms_version session_id code seed __class__ __proto__
"""
SERVER_SET = frozenset(_SERVER_SET.split())
"""What the server says, and clients might wish to."""
THEIRS_TO_SET = {
    "POST /auth/tokens": {"code", "terms_version"},
    "PUT /me/membership": {"terms_version"},
    "POST /roles": {"role", "partner", "office"},
    "POST /deeds": {"code", "points"},
    "PUT /deeds/{code}": {"code", "points"},
    "POST /deeds/preview": {"code", "points"},
    "POST /benefits/preview": {"code", "partner", "price_points", "is_published"},
    "POST /submissions": {"id"},
    "POST /check-ins": {"id", "code"},
    "POST /benefits": {"code", "partner", "price_points", "stock"},
    "PATCH /benefits/{code}": {"partner", "price_points", "is_published"},
    "POST /partners": {"code"},
    "PATCH /partners/{code}": {"is_active"},
    "POST /vouchers": {"price_points"},
    "POST /till/lookups": {"code"},
    "POST /till/redemptions": {"code"},
}


def test_whatever_the_server_sets_is_refused_in_every_body(untouched: dict[bool, Scene], kept: list[Any]) -> None:
    missed = {}
    for operation, row in TABLE.items():
        caller = next(caller for caller in CALLERS if row[caller] == "yes")
        scene = untouched[caller == "Ona, staff"]
        ask = scene.ask(operation)
        if "json" not in ask.more:
            continue
        forbidden = SERVER_SET - THEIRS_TO_SET.get(operation, set())
        body = dict.fromkeys(forbidden, scene.ids["submission_id"]) | ask.more["json"]
        answer = scene.call(scene.people[caller][0], replace(ask, more=ask.more | {"json": body}))
        is_refused = answer.status_code == 422 or answer.json.get("result") == "refused"  # as a try tells it
        refused = {error["field"] for error in answer.json["errors"]} if is_refused else set()
        if missing := forbidden - refused:
            missed[operation] = answer.status_code, missing

    assert missed == {}
    assert rows_kept(untouched) == kept


def test_every_operation_that_takes_a_body_is_sent_one(untouched: dict[bool, Scene]) -> None:
    scene = untouched[False]
    paths = scene.town.app.extensions["openapi"].described()["paths"]
    taking = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, item in paths.items()
        for method, described in item.items()
        if method != "parameters" and "requestBody" in described
    }

    sent = {
        operation for operation in operations(scene.town.app) if {"json", "data"} & scene.ask(operation).more.keys()
    }

    assert sent == taking


@pytest.mark.parametrize("caller", ["resident", "clerk 2", "organiser 2", "verifier"])
def test_nobody_becomes_another_by_a_header_a_cookie_or_a_query(caller: str, untouched: dict[bool, Scene]) -> None:
    scene = untouched[False]
    ona, person = scene.people["Ona"][0], scene.people[caller][0]
    guise = {
        "X-Forwarded-User": ona.email,
        "X-User-Id": str(ona.id),
        "X-HTTP-Method-Override": "DELETE",
        "X-Original-URL": "/api/v1/audit",
        "Cookie": f"access_token={ona.token}; session={ona.token}",
    }
    differing = []
    for operation in [name for name in TABLE if name.startswith("GET") and TABLE[name]["anyone"] == "401"]:
        ask = scene.ask(operation)
        query = ask.more.get("query_string", {}) | {"citizen_id": str(ona.id), "access_token": ona.token}
        plain = scene.call(person, ask)
        disguised = scene.call(person, replace(ask, more=ask.more | {"headers": guise}))
        asked = scene.call(person, replace(ask, more=ask.more | {"query_string": query}))
        if disguised.data != plain.data or (asked.data != plain.data and asked.status_code != 422):
            differing.append((operation, plain.data, disguised.data, asked.data))

    # the log of what was looked at grows by each look at it
    assert [row for row in differing if row[0] != "GET /audit"] == []


@pytest.mark.parametrize(
    ("operation", "caller"),
    [
        ("GET /submissions/{submission_id}", "resident"),
        ("GET /submissions/{submission_id}", "verifier"),
        ("GET /evidence/{evidence_id}", "verifier"),
        ("GET /vouchers/{voucher_id}", "resident"),
        ("GET /events/{event_id}/code", "organiser 2"),
        ("POST /submissions/{submission_id}/confirmation", "organiser 2"),
        ("DELETE /till/redemptions/{redemption_id}", "clerk 2"),
        ("DELETE /roles/{grant_id}", "manager"),
    ],
)
def test_what_lies_beside_a_real_id_is_as_good_as_nothing(
    operation: str, caller: str, untouched: dict[bool, Scene], kept: list[Any]
) -> None:
    scene = untouched[False]
    ask, person = scene.ask(operation), scene.people[caller][0]
    nothing = scene.call(person, ask.about_nothing())
    real = next(id for id in scene.ids.values() if id in ask.path)
    tried = 0
    for guess in _beside(UUID(real), scene):
        answer = scene.call(person, replace(ask, path=ask.path.replace(real, str(guess))))
        assert (answer.status_code, answer.data) == (404, nothing.data), guess
        tried += 1

    assert tried >= 250
    assert rows_kept(untouched) == kept


def _beside(real: UUID, scene: Scene) -> Iterator[UUID]:
    """What somebody would try who knows this id: the numbers next to it, each bit turned, the time of one thing with
    the chance of another, other clock ticks."""
    known = {UUID(id) for id in scene.ids.values() if len(id) == 36}
    low = (1 << 64) - 1
    mixed = {UUID(int=(real.int & ~low) | (other.int & low)) for other in known}
    mixed |= {UUID(int=(other.int & ~low) | (real.int & low)) for other in known}
    mixed |= {UUID(int=real.int + step) for step in range(-50, 51)}
    mixed |= {UUID(int=real.int ^ (1 << bit)) for bit in range(128)}
    mixed |= {UUID(int=real.int + (tick << 80)) for tick in range(-10, 11)}
    yield from sorted(mixed - known)
