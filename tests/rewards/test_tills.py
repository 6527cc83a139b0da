"""A device is paired once by a manager's code, opens shifts by a PIN that cannot be guessed, and is no person."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from core.audit import AuditEntry
from core.db import Does, db
from rewards import pairing, shifts, till_tokens
from rewards.models import Till, TillPairing
from rewards.voucher_codes import ALPHABET
from tests.rewards.market import CINEMA, MUSEUM, Market, facts
from tests.town import Answer, Town

PIN, WRONG = "2750", "9041"
DAY = "2026-11-23T10:00:00Z"


@pytest.fixture
def museum(market: Market) -> str:
    return market.partner()


def invite(market: Market, partner: str = MUSEUM, **wish: Any) -> Answer:
    return market.manager.post(f"/partners/{partner}/pairings", json=wish)


def pair(town: Town, code: str, pin: str = PIN, **wish: Any) -> Answer:
    return town.anyone().post("/till/devices", json={"pairing_code": code, "pin": pin, **wish})


def paired(town: Town, market: Market, partner: str = MUSEUM, **wish: Any) -> Any:
    """A device: what it was told when it was paired."""
    answer = pair(town, invite(market, partner, **wish).json["pairing_code"])
    assert answer.status_code == 201, answer.json
    return answer.json


def call(town: Town, method: str, path: str, token: str, **more: Any) -> Answer:
    return town.anyone().call(method, path, headers={"Authorization": f"Bearer {token}"}, **more)


def begin(town: Town, till_token: str, pin: str = PIN) -> Answer:
    return call(town, "POST", "/till/shifts", till_token, json={"pin": pin})


def on_shift(town: Town, till_token: str) -> str:
    """A shift's token."""
    answer = begin(town, till_token)
    assert answer.status_code == 201, answer.json
    return str(answer.json["access_token"])


def scan(town: Town, token: str, code: str, key: str = "scan-1") -> Answer:
    return call(town, "POST", "/till/redemptions", token, json={"code": code}, key=key)


def devices(market: Market, partner: str = MUSEUM) -> list[Any]:
    return cast(list[Any], market.manager.get(f"/partners/{partner}/devices").json["items"])


def end(market: Market, till: str, partner: str = MUSEUM) -> Answer:
    return market.manager.delete(f"/partners/{partner}/devices/{till}")


def log(market: Market, *kinds: str) -> list[tuple[str, Any, str, str]]:
    """Kind, who, office and object of what happened, in order."""
    rows = select(AuditEntry.kind, AuditEntry.actor_id, AuditEntry.office, AuditEntry.object)
    rows = rows.where(AuditEntry.kind.in_(kinds)).order_by(AuditEntry.id)
    found = market.inside(lambda: db.session.execute(rows).all(), does=Does.READS)
    return [(kind, str(actor) if actor else None, office, what) for kind, actor, office, what in found]


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_a_device_is_paired_opens_a_shift_and_redeems(town: Town, market: Market, museum: str) -> None:
    market.benefit()
    shopper = market.shopper(40)
    codes = [market.code(shopper, market.buy(shopper)) for _ in range(2)]

    made = invite(market, name="Front desk")
    device = pair(town, made.json["pairing_code"])
    shift = begin(town, device.json["till_token"])
    token = shift.json["access_token"]
    looked = call(town, "POST", "/till/lookups", token, json={"code": codes[0]})
    used = scan(town, token, codes[0])
    taken_back = call(town, "DELETE", f"/till/redemptions/{used.json['id']}", token)
    scan(town, token, codes[1], key="scan-2")
    listed = call(town, "GET", "/till/redemptions", token)
    statement = call(town, "GET", "/partner/statement", token, query_string={"month": "2026-11"})

    till = made.json["till_id"]
    assert (made.status_code, made.json["name"], made.json["expires_at"]) == (201, "Front desk", "2026-11-23T10:15:00Z")
    assert made.json["expires_in"] == 15 * 60
    assert device.status_code == 201
    assert device.json["partner"] == {"code": MUSEUM, "name": "Museu De La Vila"}
    assert device.json["till"] == {
        "id": till,
        "name": "Front desk",
        "state": "paired",
        "paired_at": DAY,
        "last_used_at": None,
        "shift_ends_at": None,
        "locked_until": None,
        "ended_at": None,
    }
    assert (shift.status_code, shift.json["expires_in"]) == (201, 12 * 3600)
    assert shift.json["till"]["shift_ends_at"] == "2026-11-23T22:00:00Z"
    assert looked.json["status"] == "valid"
    assert (used.status_code, used.json["till"], used.json["till_id"]) == (201, "Front desk", till)
    assert (taken_back.json["till"], taken_back.json["till_id"]) == ("Front desk", till)
    assert [(item["till"], item["till_id"]) for item in listed.json["items"]] == [("Front desk", till)] * 2
    assert statement.json["redemptions"] == 1
    assert log(market, "voucher.redeemed", "voucher.undone")[0][1:3] == (till, MUSEUM)
    assert {row[1] for row in log(market, "voucher.looked_up", "voucher.redeemed", "voucher.undone")} == {till}


def test_a_clerk_in_person_sees_which_till_did_it_and_takes_it_back(town: Town, market: Market, museum: str) -> None:
    market.benefit()
    shopper, clerk = market.shopper(), town.clerk(MUSEUM)
    device = paired(town, market, name="Front desk")
    used = scan(town, on_shift(town, device["till_token"]), market.code(shopper, market.buy(shopper))).json
    own = market.redeem(clerk, market.code(shopper, market.buy(shopper)))

    listed = {item["id"]: item["till"] for item in clerk.get("/till/redemptions").json["items"]}
    undone = [clerk.delete(f"/till/redemptions/{used['id']}") for _ in range(2)]

    assert listed == {used["id"]: "Front desk", own: None}
    assert [(answer.status_code, answer.json["till"]) for answer in undone] == [(200, "Front desk")] * 2


def test_a_till_shows_whose_it_is_in_a_shift_and_out_of_it(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market, name="Front desk")["till_token"]

    before = call(town, "GET", "/till/me", device)
    token = on_shift(town, device)
    within = [call(town, "GET", "/till/me", one) for one in (device, token)]
    ended = call(town, "DELETE", "/till/shifts", token)
    after = call(town, "GET", "/till/me", device)

    assert before.json["partner"] == {"code": MUSEUM, "name": "Museu De La Vila"}
    assert (before.json["till"]["state"], before.json["till"]["shift_ends_at"]) == ("paired", None)
    assert {(one.json["till"]["state"], one.json["till"]["shift_ends_at"]) for one in within} == {
        ("on_shift", "2026-11-23T22:00:00Z")
    }
    assert ended.status_code == 204
    assert after.json["till"]["state"] == "paired"
    assert call(town, "GET", "/till/me", token).status_code == 401


def test_who_did_what_with_a_till_is_in_the_log(town: Town, market: Market, museum: str) -> None:
    made = invite(market)
    device = pair(town, made.json["pairing_code"]).json["till_token"]
    begin(town, device, WRONG)
    call(town, "DELETE", "/till/shifts", on_shift(town, device))
    end(market, made.json["till_id"])

    till, manager, city = made.json["till_id"], str(market.manager.id), town.city.office("manager")
    kinds = ("till.invited", "till.paired", "shift.refused", "shift.opened", "shift.ended", "till.ended")
    assert log(market, *kinds) == [
        ("till.invited", manager, city, till),
        ("till.paired", None, MUSEUM, till),
        ("shift.refused", till, MUSEUM, till),
        ("shift.opened", till, MUSEUM, till),
        ("shift.ended", till, MUSEUM, till),
        ("till.ended", manager, city, till),
    ]


# --- pairing ----------------------------------------------------------------------------------------------------------


def test_a_pairing_code_is_short_clear_and_kept_nowhere(town: Town, market: Market, museum: str) -> None:
    codes = [invite(market).json["pairing_code"] for _ in range(20)]

    group = f"[{ALPHABET}]{{3}}"
    assert [code for code in codes if not re.fullmatch(f"{group}-{group}-{group}", code)] == []
    assert len(set(codes)) == 20
    kept = market.inside(lambda: db.session.scalars(select(TillPairing.code_hash)).all(), does=Does.READS)
    assert len(kept) == 20
    assert not {code.replace("-", "").encode() for code in codes} & set(kept)


@pytest.mark.parametrize("way", ["small", "plain", "spaced", "misread"])
def test_a_pairing_code_is_read_however_it_was_typed(town: Town, market: Market, museum: str, way: str) -> None:
    code = invite(market).json["pairing_code"]
    written = {
        "small": code.lower(),
        "plain": code.replace("-", ""),
        "spaced": f" {code.replace('-', ' - ')} ",
        "misread": code.replace("0", "O").replace("1", "l"),
    }

    assert pair(town, written[way]).status_code == 201


def test_a_pairing_code_is_good_once(town: Town, market: Market, museum: str) -> None:
    code = invite(market).json["pairing_code"]

    answers = [pair(town, code) for _ in range(2)]

    assert [facts(answer)[0] for answer in answers] == [201, 401]
    assert facts(answers[1]) == (401, "pairing_code_invalid")
    assert len(devices(market)) == 1


def test_a_pairing_code_is_good_for_a_quarter_of_an_hour(town: Town, market: Market, museum: str) -> None:
    in_time, too_late = (invite(market).json["pairing_code"] for _ in range(2))

    town.clock.forward(minutes=15, microseconds=-1)
    good = pair(town, in_time)
    town.clock.forward(microseconds=1)

    assert good.status_code == 201
    assert facts(pair(town, too_late)) == (401, "pairing_code_invalid")


def test_codes_that_nobody_typed_are_forgotten(town: Town, market: Market, museum: str) -> None:
    invite(market)
    town.clock.forward(minutes=16)
    fresh = invite(market).json["pairing_code"]

    assert town.run_job("forget-pairings") == 1
    assert pair(town, fresh).status_code == 201


def test_a_pairing_code_made_before_the_clock_was_set_back_is_over(town: Town, market: Market, museum: str) -> None:
    code = invite(market).json["pairing_code"]
    town.clock.forward(days=-1)

    assert facts(pair(town, code)) == (401, "pairing_code_invalid")


@pytest.mark.parametrize("nonsense", ["rubbish", "000-000-000", "🎟️", "'; DROP", "A" * 60])
def test_nonsense_pairs_nothing(town: Town, market: Market, museum: str, nonsense: str) -> None:
    assert facts(pair(town, nonsense)) == (401, "pairing_code_invalid")


def test_guesses_at_pairing_codes_are_bounded_per_network_and_the_right_one_waits_too(
    town: Town, market: Market, museum: str
) -> None:
    code = invite(market).json["pairing_code"]

    wrong = [pair(town, "000-000-000").status_code for _ in range(pairing.WRONG_PER_NETWORK_MAX)]
    refused = pair(town, code)
    elsewhere = town.anyone().post(
        "/till/devices",
        json={"pairing_code": code, "pin": PIN},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )

    assert set(wrong) == {401}
    assert facts(refused) == (429, "too_many_requests")
    assert elsewhere.status_code == 201


def test_a_right_code_counts_as_no_guess(town: Town, market: Market, museum: str) -> None:
    codes = [invite(market).json["pairing_code"] for _ in range(pairing.WRONG_PER_NETWORK_MAX + 3)]

    assert {pair(town, code).status_code for code in codes} == {201}


def test_guesses_at_pairing_codes_are_bounded_in_all(town: Town, market: Market, museum: str) -> None:
    def guess(number: int) -> int:
        network = {"REMOTE_ADDR": f"203.0.{number % 250}.9"}
        body = {"pairing_code": "000-000-000", "pin": PIN}
        return town.anyone().post("/till/devices", json=body, environ_base=network).status_code

    answers = [guess(number) for number in range(pairing.WRONG_MAX + 1)]

    assert answers == [401] * pairing.WRONG_MAX + [429]


@pytest.mark.parametrize("pin", ["0000", "7777", "1234", "4321", "7890", "0987", "1212", "0123"])
def test_an_obvious_pin_is_refused_and_the_code_stays_good(town: Town, market: Market, museum: str, pin: str) -> None:
    code = invite(market).json["pairing_code"]

    assert facts(pair(town, code, pin)) == (422, "pin_too_obvious")
    assert facts(pair(town, "000-000-000", pin)) == (422, "pin_too_obvious")
    assert pair(town, code).status_code == 201


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "١٢٣٩", "1 34", 2750, None])
def test_a_pin_has_four_digits(town: Town, market: Market, museum: str, pin: Any) -> None:
    assert facts(pair(town, invite(market).json["pairing_code"], pin)) == (422, "invalid")


def test_the_device_may_name_itself_and_has_a_name_in_any_case(town: Town, market: Market, museum: str) -> None:
    code = invite(market, name="Front desk").json["pairing_code"]

    named = pair(town, code, name="Cloakroom").json["till"]["name"]
    nameless = paired(town, market)["till"]

    assert named == "Cloakroom"
    assert nameless["name"] == f"Till {nameless['id'][-4:].upper()}"


def test_only_a_manager_pairs_sees_and_ends_tills(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)
    token = on_shift(town, device["till_token"])
    path = f"/partners/{MUSEUM}/devices"
    others = [town.clerk(MUSEUM), town.verifier(), town.organiser(), town.auditor(), town.resident()]

    for person in others:
        assert facts(person.post(f"/partners/{MUSEUM}/pairings", json={})) == (403, "forbidden")
        assert facts(person.get(path)) == (403, "forbidden")
        assert facts(person.delete(f"{path}/{device['till']['id']}")) == (403, "forbidden")
    for one in (token, device["till_token"]):
        assert facts(call(town, "POST", f"/partners/{MUSEUM}/pairings", one, json={})) == (403, "forbidden")
    assert town.anyone().get(path).status_code == 401
    assert [item["state"] for item in devices(market)] == ["on_shift"]


def test_nobody_pairs_with_a_partner_or_a_till_that_there_is_not(town: Town, market: Market, museum: str) -> None:
    market.partner(CINEMA)
    device = paired(town, market)["till"]["id"]

    assert facts(invite(market, "nowhere")) == (404, "not_found")
    assert facts(market.manager.get("/partners/nowhere/devices")) == (404, "not_found")
    assert facts(invite(market, CINEMA, till_id=device)) == (404, "not_found")
    assert facts(end(market, device, CINEMA)) == (404, "not_found")
    assert devices(market, CINEMA) == []


def test_the_list_of_tills_is_paged(town: Town, market: Market, museum: str) -> None:
    made = [paired(town, market)["till"]["id"] for _ in range(3)]

    first = market.manager.get(f"/partners/{MUSEUM}/devices", query_string={"limit": 2}).json
    rest = market.manager.get(
        f"/partners/{MUSEUM}/devices", query_string={"limit": 2, "cursor": first["next_cursor"]}
    ).json

    assert [item["id"] for item in first["items"] + rest["items"]] == made
    assert rest["next_cursor"] is None


def test_an_operator_pairs_a_till_by_command(town: Town, market: Market, museum: str) -> None:
    runner = town.app.test_cli_runner()

    printed = runner.invoke(args=["rewards", "pair", MUSEUM, "--name", "Front desk"])
    refused = runner.invoke(args=["rewards", "pair", "nowhere"])
    no_name = runner.invoke(args=["rewards", "pair", MUSEUM, "--name", "a\nb"])

    assert pair(town, printed.stdout.strip()).json["till"]["name"] == "Front desk"
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert (no_name.exit_code, no_name.stdout) == (2, "")
    assert log(market, "till.invited")[0][1:3] == (None, "software")


# --- shifts -----------------------------------------------------------------------------------------------------------


def test_a_pin_without_the_device_opens_nothing(town: Town, market: Market, museum: str) -> None:
    paired(town, market)

    assert facts(town.anyone().post("/till/shifts", json={"pin": PIN})) == (401, "unauthorized")
    assert facts(town.clerk(MUSEUM).post("/till/shifts", json={"pin": PIN})) == (403, "forbidden")


def test_the_device_without_its_pin_redeems_nothing(town: Town, market: Market, museum: str) -> None:
    market.benefit()
    shopper = market.shopper()
    code = market.code(shopper, market.buy(shopper))
    device = paired(town, market)["till_token"]

    assert facts(scan(town, device, code)) == (403, "forbidden")
    assert facts(call(town, "POST", "/till/lookups", device, json={"code": code})) == (403, "forbidden")
    assert facts(call(town, "GET", "/till/redemptions", device)) == (403, "forbidden")


def test_a_shift_lasts_twelve_hours_at_most(town: Town, market: Market, museum: str) -> None:
    token = on_shift(town, paired(town, market)["till_token"])

    town.clock.forward(hours=12, microseconds=-1)
    last = call(town, "GET", "/till/redemptions", token)
    town.clock.forward(microseconds=1)

    assert last.status_code == 200
    assert facts(call(town, "GET", "/till/redemptions", token)) == (401, "unauthorized")
    assert [item["state"] for item in devices(market)] == ["paired"]


def test_a_shift_opened_while_the_clock_was_ahead_ends_when_it_is_set_right(
    town: Town, market: Market, museum: str
) -> None:
    device = paired(town, market)["till_token"]
    town.clock.forward(days=400)
    token = on_shift(town, device)
    assert call(town, "GET", "/till/redemptions", token).status_code == 200

    town.clock.forward(days=-400)

    assert call(town, "GET", "/till/redemptions", token).status_code == 401
    assert call(town, "GET", "/till/redemptions", on_shift(town, device)).status_code == 200


def test_a_shift_lives_on_when_the_clock_is_corrected_a_little(town: Town, market: Market, museum: str) -> None:
    token = on_shift(town, paired(town, market)["till_token"])

    town.clock.forward(seconds=-5)

    assert call(town, "GET", "/till/redemptions", token).status_code == 200


def test_a_new_shift_ends_the_one_before(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)["till_token"]
    first, second = on_shift(town, device), on_shift(town, device)

    assert call(town, "GET", "/till/redemptions", first).status_code == 401
    assert call(town, "GET", "/till/redemptions", second).status_code == 200


def test_five_wrong_pins_lock_the_till_for_a_quarter_of_an_hour(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)["till_token"]

    wrong = [begin(town, device, WRONG) for _ in range(5)]
    right = begin(town, device)
    shown = call(town, "GET", "/till/me", device).json["till"]
    town.clock.forward(minutes=15)

    assert [facts(answer) for answer in wrong] == [(403, "pin_wrong")] * 4 + [(429, "till_locked")]
    assert [answer.json["tries_left"] for answer in wrong[:4]] == [4, 3, 2, 1]
    assert facts(right) == (429, "till_locked")
    assert (right.headers["Retry-After"], right.json["locked_until"]) == ("900", "2026-11-23T10:15:00Z")
    assert (shown["state"], shown["locked_until"]) == ("locked", "2026-11-23T10:15:00Z")
    assert begin(town, device).status_code == 201


def test_fifteen_wrong_pins_block_the_till_until_a_manager_pairs_it_again(
    town: Town, market: Market, museum: str
) -> None:
    device = paired(town, market, name="Front desk")
    till, old = device["till"]["id"], device["till_token"]
    for _ in range(3):
        last = [begin(town, old, WRONG) for _ in range(5)][-1]
        town.clock.forward(minutes=15)
    town.clock.forward(days=30)

    blocked = begin(town, old)
    shown = devices(market)
    again = pair(town, invite(market, till_id=till).json["pairing_code"], pin="8302")

    assert facts(last) == (403, "till_blocked")
    assert facts(blocked) == (403, "till_blocked")
    assert [(item["id"], item["state"]) for item in shown] == [(till, "blocked")]
    assert (again.json["till"]["id"], again.json["till"]["name"]) == (till, "Front desk")
    assert facts(begin(town, old, "8302")) == (401, "unauthorized")
    assert begin(town, again.json["till_token"], "8302").status_code == 201
    assert [item["state"] for item in devices(market)] == ["on_shift"]


def test_the_right_pin_forgets_the_wrong_ones(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)["till_token"]

    for _ in range(5):
        assert [begin(town, device, WRONG).status_code for _ in range(4)] == [403] * 4
        assert begin(town, device).status_code == 201


def test_a_lock_of_a_clock_that_was_ahead_is_over_when_it_is_set_right(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)["till_token"]
    town.clock.forward(days=400)
    for _ in range(5):
        begin(town, device, WRONG)

    town.clock.forward(days=-400)

    assert [facts(begin(town, device, WRONG))[0] for _ in range(5)] == [403] * 4 + [429]


def test_one_tills_wrong_pins_are_not_anothers(town: Town, market: Market, museum: str) -> None:
    mine, theirs = (paired(town, market)["till_token"] for _ in range(2))
    for _ in range(5):
        begin(town, mine, WRONG)

    assert begin(town, theirs).status_code == 201


def test_pairing_again_ends_the_shift_and_the_token_before(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)
    token = on_shift(town, device["till_token"])
    code = invite(market, till_id=device["till"]["id"]).json["pairing_code"]
    assert call(town, "GET", "/till/redemptions", token).status_code == 200

    pair(town, code)

    assert call(town, "GET", "/till/redemptions", token).status_code == 401
    assert call(town, "GET", "/till/me", device["till_token"]).status_code == 401


def test_a_till_ended_in_its_shift_is_out_at_once_and_for_good(town: Town, market: Market, museum: str) -> None:
    market.benefit()
    shopper = market.shopper()
    code = market.code(shopper, market.buy(shopper))
    device = paired(town, market, name="Front desk")
    till, token = device["till"]["id"], on_shift(town, device["till_token"])
    used = scan(town, token, code)
    waiting = invite(market, till_id=till).json["pairing_code"]

    ended = [end(market, till).status_code for _ in range(2)]

    assert used.status_code == 201
    assert ended == [204, 204]
    assert facts(scan(town, token, code)) == (401, "unauthorized")
    assert facts(begin(town, device["till_token"])) == (401, "unauthorized")
    assert facts(pair(town, waiting)) == (401, "pairing_code_invalid")
    assert facts(invite(market, till_id=till)) == (404, "not_found")
    assert [(item["state"], item["ended_at"]) for item in devices(market)] == [("ended", DAY)]
    listed = town.clerk(MUSEUM).get("/till/redemptions").json["items"]
    assert [item["till"] for item in listed] == ["Front desk"]


# --- forged, foreign, and no person -----------------------------------------------------------------------------------


def _turned(token: str, at: int) -> str:
    """The token with one bit of its bytes turned."""
    prefix, _, text = token.partition("_")
    parts = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    parts[at] ^= 1
    return f"{prefix}_{base64.urlsafe_b64encode(bytes(parts)).rstrip(b'=').decode()}"


FORGERIES: dict[str, Callable[[str], str]] = {
    "another MAC": lambda token: _turned(token, 0),
    "another till": lambda token: _turned(token, 32),
    "another number": lambda token: _turned(token, 48),
    "another partner": lambda token: _turned(token, -1),
    "another kind": lambda token: (
        token.replace("shift_", "device_") if token.startswith("shift_") else token.replace("device_", "shift_")
    ),
    "cut": lambda token: token[:-4],
    "short": lambda token: token[:20],
    "no bytes": lambda token: f"{token.partition('_')[0]}_",
    "not base64": lambda token: f"{token}!",
    "not ASCII": lambda token: f"{token}é",
    "twice": lambda token: token + token,
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_token_opens_nothing(town: Town, market: Market, museum: str, how: str) -> None:
    device = paired(town, market)["till_token"]
    token = on_shift(town, device)

    for one in (device, token):
        assert facts(call(town, "GET", "/till/me", FORGERIES[how](one))) == (401, "unauthorized")
    assert call(town, "GET", "/till/me", token).status_code == 200


def test_a_till_serves_its_own_partner_only(town: Town, market: Market, museum: str) -> None:
    market.benefit()
    market.partner(CINEMA)
    shopper, clerk = market.shopper(), town.clerk(MUSEUM)
    code, used = (market.code(shopper, market.buy(shopper)) for _ in range(2))
    redeemed = market.redeem(clerk, used)
    stranger = paired(town, market, CINEMA)
    token = on_shift(town, stranger["till_token"])

    assert facts(scan(town, token, code)) == (404, "not_found")
    assert facts(call(town, "POST", "/till/lookups", token, json={"code": code})) == (404, "not_found")
    assert facts(call(town, "DELETE", f"/till/redemptions/{redeemed}", token)) == (404, "not_found")
    assert call(town, "GET", "/till/redemptions", token).json["items"] == []
    assert log(market, "voucher.not_theirs")[0][1:3] == (stranger["till"]["id"], CINEMA)


def test_a_tills_scan_sent_again_has_the_same_answer_and_is_nobody_elses(
    town: Town, market: Market, museum: str
) -> None:
    market.benefit()
    shopper = market.shopper()
    code = market.code(shopper, market.buy(shopper))
    mine, theirs = (paired(town, market)["till_token"] for _ in range(2))

    first = scan(town, on_shift(town, mine), code)
    again = scan(town, on_shift(town, mine), code)
    other = scan(town, on_shift(town, theirs), code)

    assert (first.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert facts(other) == (409, "already_redeemed")


def test_a_device_is_no_person_and_never_becomes_one(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)
    terms = {"terms_version": town.city.terms.version}
    people = [
        ("GET", "/me", None),
        ("PATCH", "/me", {"name": "Till"}),
        ("DELETE", "/me", {"now": True}),
        ("PUT", "/me/membership", terms),
        ("GET", "/me/export", None),
        ("GET", "/me/sessions", None),
        ("GET", "/me/access-log", None),
        ("GET", "/me/points", None),
        ("POST", "/submissions", {"deed": "water-trees", "done_at": DAY}),
        ("POST", "/check-ins", {"code": "A" * 48}),
        ("POST", "/vouchers", {"benefit": "museum-ticket", "price_points": 8}),
        ("DELETE", "/auth/tokens", None),
    ]

    for token in (device["till_token"], on_shift(town, device["till_token"])):
        answers = {path: facts(call(town, method, path, token, json=body)) for method, path, body in people}
        assert set(answers.values()) == {(403, "forbidden")}, answers
    wish = {"email": "till@example.org", "role": "till"}
    assert facts(market.manager.post("/roles", json=wish)) == (422, "invalid")


def test_nothing_in_the_database_opens_a_till(town: Town, market: Market, museum: str) -> None:
    device = paired(town, market)["till_token"]
    token = on_shift(town, device)

    [till] = market.inside(lambda: db.session.scalars(select(Till)).all(), does=Does.READS)

    kept = b"".join(value for value in vars(till).values() if isinstance(value, bytes))
    assert PIN.encode() not in kept
    for one in (device, token):
        text = one.partition("_")[2]
        assert base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))[:32] not in kept


def test_the_bounds_are_what_is_promised() -> None:
    assert (5, timedelta(minutes=15), 15) == (shifts.WRONG_PINS_IN_A_ROW_MAX, shifts.LOCKED_FOR, shifts.WRONG_PINS_MAX)
    assert (timedelta(hours=12), timedelta(minutes=15)) == (till_tokens.SHIFT_LIFE, pairing.PAIRING_LIFE)
