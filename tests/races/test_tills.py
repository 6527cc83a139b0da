"""A pairing code pairs one device and five guesses at a PIN reach it, however many go at once, on real processes."""

import secrets
from collections import Counter
from functools import partial

from sqlalchemy import select

from core.audit import AuditEntry
from core.db import db
from rewards import pairing
from rewards.models import Till
from rewards.shifts import WRONG_PINS_IN_A_ROW_MAX, WRONG_PINS_MAX
from tests.races.serving import Answer, Server, all_at_once, token_of
from tests.town import PIN, Town

MUSEUM = "museum"


def begin(server: Server, token: str, pin: str) -> Answer:
    return server.send("POST", "/till/shifts", token=token, json_body={"pin": pin})


def wrong_pins(town: Town, till_id: object) -> int:
    counted: int = town.does(lambda: db.session.scalar(select(Till.wrong_pins).where(Till.id == till_id)))
    return counted


def test_of_many_devices_with_one_pairing_code_one_is_paired(town: Town, server: Server) -> None:
    at, settings = town.clock.now(), town.settings
    town.partner(MUSEUM)
    seed = secrets.token_bytes(pairing.SEED_BYTES)
    made = town.does(
        lambda: pairing.invite(MUSEUM, name=None, till_id=None, seed=seed, who=None, at=at, settings=settings)
    )
    body = {"pairing_code": made.pairing_code, "pin": PIN}

    answers = all_at_once(
        [
            partial(server.send, "POST", "/till/devices", token="", json_body=body, source=f"127.5.{number}.1")
            for number in range(16)
        ]
    )

    assert Counter(answer.status for answer in answers) == {201: 1, 401: 15}
    [token] = [answer.json["till_token"] for answer in answers if answer.status == 201]
    assert begin(server, token, PIN).status == 201


def test_five_guesses_at_a_pin_reach_it_over_all_processes(town: Town, server: Server) -> None:
    device = town.device(MUSEUM)
    token = token_of(device)
    guesses = [partial(begin, server, token, f"9{number:03d}") for number in range(40)]

    answers = all_at_once(guesses)

    told = Counter(answer.json["code"] for answer in answers)
    assert told == {"pin_wrong": WRONG_PINS_IN_A_ROW_MAX - 1, "till_locked": 40 - WRONG_PINS_IN_A_ROW_MAX + 1}
    assert wrong_pins(town, device.id) == WRONG_PINS_IN_A_ROW_MAX
    refused = select(AuditEntry.id).where(AuditEntry.actor_id == device.id, AuditEntry.kind == "shift.refused")
    assert len(town.does(lambda: db.session.scalars(refused).all())) == WRONG_PINS_IN_A_ROW_MAX
    assert begin(server, token, PIN).status == 429


def test_fifteen_guesses_in_all_reach_it_and_then_none(town: Town, server: Server) -> None:
    device = town.device(MUSEUM)
    token = token_of(device)
    for _ in range(4):
        all_at_once([partial(begin, server, token, f"9{number:03d}") for number in range(12)])
        town.clock.forward(minutes=15)

    assert wrong_pins(town, device.id) == WRONG_PINS_MAX
    assert (begin(server, token, PIN).status, begin(server, token, PIN).json["code"]) == (403, "till_blocked")


def test_of_many_shifts_begun_at_once_one_is_open(town: Town, server: Server) -> None:
    token = token_of(town.device(MUSEUM))

    answers = all_at_once([partial(begin, server, token, PIN) for _ in range(12)])

    shifts = [answer.json["access_token"] for answer in answers]
    open_ones = [server.send("GET", "/till/redemptions", token=one).status for one in shifts]
    assert Counter(open_ones) == {200: 1, 401: 11}
