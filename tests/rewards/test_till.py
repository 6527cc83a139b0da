"""A clerk learns whether a voucher is good and for what; it is used once, and a slip of the hand can be undone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from citizen import roles
from core.audit import AuditEntry
from core.clock import iso
from core.db import Does, db
from core.http.doors import Role
from core.ids import new_id
from rewards.models import Redemption
from rewards.redemption import WRONG_CODES_MAX
from rewards.voucher_codes import code_of
from tests.rewards.market import CINEMA, MUSEUM, Market, facts, told
from tests.town import Answer, Person, Town

INSTANT = timedelta(microseconds=1)
NONSENSE = code_of(b"nobody's", key=b"nowhere")


@pytest.fixture
def clerk(town: Town) -> Person:
    return town.clerk(MUSEUM)


@pytest.fixture
def shopper(market: Market) -> Person:
    """Somebody with 40 points where tickets are sold."""
    market.benefit()
    return market.shopper(40)


def scan(clerk: Person, code: str, **call: Any) -> Answer:
    return clerk.post("/till/redemptions", json={"code": code}, **call)


def glance(clerk: Person, code: str) -> Answer:
    return clerk.post("/till/lookups", json={"code": code})


# --- looking ----------------------------------------------------------------------------------------------------------


def test_c15_a_clerk_learns_whether_it_is_good_for_what_and_until_when_and_nothing_else(
    town: Town, market: Market, clerk: Person
) -> None:
    market.benefit()
    person = town.resident(name="Montserrat Puig")
    market.award(person, 20)
    voucher = market.buy(person)
    code = market.code(person, voucher)

    looked, used, listed = glance(clerk, code), scan(clerk, code), clerk.get("/till/redemptions")
    statement = clerk.get("/partner/statement", query_string={"month": "2026-11"})

    assert looked.json == {
        "status": "valid",
        "benefit": "museum-ticket",
        "title": "Una entrada",
        "valid_until": "2027-01-22T23:00:00Z",
        "ended_at": None,
    }
    assert used.status_code == 201
    assert used.json == {
        "id": used.json["id"],
        "benefit": "museum-ticket",
        "title": "Una entrada",
        "partner": MUSEUM,
        "till": None,
        "till_id": None,
        "redeemed_at": "2026-11-23T10:00:00Z",
        "undo_until": "2026-11-23T10:10:00Z",
        "undone_at": None,
    }
    assert listed.json == {"items": [used.json], "next_cursor": None}
    for answer in (looked, used, listed, statement):
        for secret in ("Montserrat", person.email, str(person.id), voucher, "points", "balance", "deed"):
            assert secret not in answer.text


def test_a_look_uses_nothing_up(market: Market, shopper: Person, clerk: Person) -> None:
    code = market.code(shopper, market.buy(shopper))

    looks = [glance(clerk, code).json["status"] for _ in range(3)]

    assert looks == ["valid"] * 3
    assert scan(clerk, code).status_code == 201


def test_a_look_tells_what_became_of_a_voucher(town: Town, market: Market, shopper: Person, clerk: Person) -> None:
    vouchers = [market.buy(shopper) for _ in range(3)]
    used, cancelled, late = codes = [market.code(shopper, voucher) for voucher in vouchers]
    scan(clerk, used)
    town.clock.forward(minutes=1)
    shopper.delete(f"/vouchers/{vouchers[1]}")
    town.clock.forward(days=61)

    looks = [glance(clerk, code).json for code in (used, cancelled, late)]

    assert [look["status"] for look in looks] == ["redeemed", "cancelled", "expired"]
    assert [look["ended_at"] for look in looks] == ["2026-11-23T10:00:00Z", "2026-11-23T10:01:00Z", None]
    town.run_job("expire-vouchers")
    assert [glance(clerk, code).json["status"] for code in codes] == ["redeemed", "cancelled", "expired"]


@pytest.mark.parametrize("way", ["small", "plain", "spaced"])
def test_a_code_is_read_however_it_was_typed(market: Market, shopper: Person, clerk: Person, way: str) -> None:
    code = market.code(shopper, market.buy(shopper))
    written = {"small": code.lower(), "plain": code.replace("-", ""), "spaced": f" {code.replace('-', ' - ')} "}

    assert scan(clerk, written[way]).status_code == 201


# --- using ------------------------------------------------------------------------------------------------------------


def test_a_voucher_is_used_once_and_then_says_when(town: Town, market: Market, shopper: Person, clerk: Person) -> None:
    code = market.code(shopper, market.buy(shopper))
    colleague = town.clerk(MUSEUM)

    first = scan(clerk, code)
    town.clock.forward(minutes=3)
    again = [scan(clerk, code), scan(colleague, code)]

    assert first.status_code == 201
    assert [facts(answer) for answer in again] == [(409, "already_redeemed")] * 2
    assert {answer.json["redeemed_at"] for answer in again} == {"2026-11-23T10:00:00Z"}
    assert len(clerk.get("/till/redemptions").json["items"]) == 1


def test_using_a_voucher_moves_no_points(market: Market, shopper: Person, clerk: Person) -> None:
    voucher = market.buy(shopper)
    before = market.entries(shopper)

    market.redeem(clerk, market.code(shopper, voucher))

    assert market.entries(shopper) == before
    shown = shopper.get(f"/vouchers/{voucher}").json
    assert (shown["status"], shown["ended_at"]) == ("redeemed", "2026-11-23T10:00:00Z")


def test_a_voucher_is_good_until_its_last_moment(town: Town, market: Market, shopper: Person, clerk: Person) -> None:
    ends = datetime(2027, 1, 22, 23, tzinfo=UTC)
    in_time, too_late = (market.code(shopper, market.buy(shopper)) for _ in range(2))

    town.clock.set(ends - INSTANT)
    good = scan(clerk, in_time)
    town.clock.set(ends)
    expired = scan(clerk, too_late)

    assert good.status_code == 201
    assert facts(expired) == (409, "voucher_expired")
    assert expired.json["expired_at"] == iso(ends)


def test_a_cancelled_voucher_says_when_it_was(town: Town, market: Market, shopper: Person, clerk: Person) -> None:
    voucher = market.buy(shopper)
    code = market.code(shopper, voucher)
    town.clock.forward(minutes=5)
    shopper.delete(f"/vouchers/{voucher}")

    answer = scan(clerk, code)

    assert facts(answer) == (409, "voucher_cancelled")
    assert answer.json["cancelled_at"] == "2026-11-23T10:05:00Z"


def test_another_partners_voucher_and_nonsense_are_the_same_nothing(
    town: Town, market: Market, shopper: Person
) -> None:
    code = market.code(shopper, market.buy(shopper))
    market.partner(CINEMA)
    stranger = town.clerk(CINEMA)

    for call in (glance, scan):
        answers = [call(stranger, text) for text in (code, NONSENSE, "rubbish", "0" * 27, "🎟️" * 20, code + code)]

        assert {facts(answer) for answer in answers} == {(404, "not_found")}
        assert len({told(answer) for answer in answers}) == 1
        assert len({frozenset(dict(answer.headers).keys() - {"X-Request-Id"}) for answer in answers}) == 1

    def seen() -> Any:
        rows = select(AuditEntry.kind, AuditEntry.actor_id).where(AuditEntry.kind == "voucher.not_theirs")
        return db.session.execute(rows).tuples().all()

    assert market.inside(seen, does=Does.READS) == [("voucher.not_theirs", stranger.id)] * 2
    assert shopper.get("/vouchers").json["items"][0]["status"] == "active"


def test_a_till_is_for_clerks(town: Town, market: Market, shopper: Person) -> None:
    code = market.code(shopper, market.buy(shopper))

    for call in (glance, scan):
        assert call(town.anyone(), code).status_code == 401
        assert {facts(call(person, code)) for person in (shopper, market.manager)} == {(403, "forbidden")}
    assert facts(shopper.get("/till/redemptions")) == (403, "forbidden")
    assert shopper.get("/vouchers").json["items"][0]["status"] == "active"


def test_a_clerk_who_is_none_any_more_redeems_nothing(town: Town, market: Market, shopper: Person) -> None:
    clerk, code = town.clerk(MUSEUM), market.code(shopper, market.buy(shopper))
    assert glance(clerk, code).status_code == 200
    town.does(
        lambda: roles.revoke_by_command(
            clerk.email, Role.CLERK, partner=MUSEUM, at=town.clock.now(), settings=town.settings
        )
    )

    assert facts(scan(clerk, code)) == (403, "forbidden")


def test_a_clerk_of_two_partners_serves_and_sees_both(town: Town, market: Market, shopper: Person) -> None:
    market.benefit("film", partner=CINEMA)
    clerk, colleague = town.clerk(MUSEUM), town.clerk(CINEMA)
    town.does(
        lambda: roles.grant(
            clerk.email, Role.CLERK, partner=CINEMA, by=None, at=town.clock.now(), settings=town.settings
        )
    )

    used = [
        market.redeem(clerk, market.code(shopper, market.buy(shopper, benefit)))
        for benefit in ("museum-ticket", "film")
    ]

    assert [item["id"] for item in clerk.get("/till/redemptions").json["items"]] == used[::-1]
    assert [item["partner"] for item in colleague.get("/till/redemptions").json["items"]] == [CINEMA]
    assert facts(colleague.delete(f"/till/redemptions/{used[0]}")) == (404, "not_found")
    assert colleague.delete(f"/till/redemptions/{used[1]}").status_code == 200


def test_a_voucher_is_honoured_where_the_benefit_was_when_it_was_bought(
    town: Town, market: Market, shopper: Person, clerk: Person
) -> None:
    code = market.code(shopper, market.buy(shopper))
    market.partner(CINEMA)
    market.manager.patch("/benefits/museum-ticket", json={"partner": CINEMA})

    assert facts(scan(town.clerk(CINEMA), code)) == (404, "not_found")
    assert scan(clerk, code).status_code == 201


def test_wrong_codes_are_bounded_per_clerk_and_window(
    town: Town, market: Market, shopper: Person, clerk: Person
) -> None:
    code, colleague = market.code(shopper, market.buy(shopper)), town.clerk(MUSEUM)
    wrong = [scan(clerk, NONSENSE) for _ in range(WRONG_CODES_MAX // 2)]
    wrong += [glance(clerk, NONSENSE) for _ in range(WRONG_CODES_MAX // 2)]

    refused = [scan(clerk, NONSENSE), scan(clerk, code), glance(clerk, code)]

    assert {answer.status_code for answer in wrong} == {404}
    assert {facts(answer) for answer in refused} == {(429, "too_many_requests")}
    assert {answer.headers["Retry-After"] for answer in refused} == {"600"}
    assert glance(colleague, code).status_code == 200
    town.clock.forward(minutes=10)
    assert scan(clerk, code).status_code == 201


def test_a_good_code_counts_as_no_wrong_one(market: Market, shopper: Person, clerk: Person) -> None:
    code = market.code(shopper, market.buy(shopper))

    looks = [glance(clerk, code).status_code for _ in range(WRONG_CODES_MAX + 5)]

    assert set(looks) == {200}


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": 5}, {"code": "x" * 201}, {"code": "a\x00b"}, {"code": "x", "partner": CINEMA}]
)
def test_what_no_code_can_be_is_refused(market: Market, clerk: Person, body: dict[str, Any]) -> None:
    market.partner()

    assert facts(clerk.post("/till/redemptions", json=body)) == (422, "invalid")
    assert facts(clerk.post("/till/lookups", json=body)) == (422, "invalid")


# --- sending again ----------------------------------------------------------------------------------------------------


def test_the_same_scan_sent_again_has_the_same_answer(
    town: Town, market: Market, shopper: Person, clerk: Person
) -> None:
    code = market.code(shopper, market.buy(shopper))

    first = scan(clerk, code, key="scan-1")
    town.clock.forward(hours=2)
    again = scan(clerk, code, key="scan-1")

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert facts(scan(clerk, code, key="scan-2")) == (409, "already_redeemed")


def test_a_scan_needs_a_key(market: Market, shopper: Person, clerk: Person) -> None:
    code = market.code(shopper, market.buy(shopper))

    assert facts(scan(clerk, code, key="")) == (400, "idempotency_key_missing")
    assert shopper.get("/vouchers").json["items"][0]["status"] == "active"


def test_a_wrong_code_leaves_its_key_free(market: Market, shopper: Person, clerk: Person) -> None:
    code = market.code(shopper, market.buy(shopper))

    answers = [scan(clerk, text, key="scan-1") for text in (NONSENSE, code)]

    assert [answer.status_code for answer in answers] == [404, 201]


@pytest.mark.parametrize("scans", [1, 2])
def test_who_is_that_partners_clerk_no_more_is_told_no_answer_again(
    town: Town, market: Market, shopper: Person, clerk: Person, scans: int
) -> None:
    code = market.code(shopper, market.buy(shopper))
    for number in range(scans):
        first = scan(clerk, code, key=f"scan {number}")
    grants = [item["id"] for item in market.manager.get("/roles").json["items"] if item["email"] == clerk.email]
    wish = {"email": clerk.email, "role": "clerk", "partner": market.partner(CINEMA)}
    assert market.manager.post("/roles", json=wish).status_code == 201
    assert market.manager.delete(f"/roles/{grants[0]}").status_code == 204

    again = scan(clerk, code, key=f"scan {scans - 1}")

    assert first.status_code == {1: 201, 2: 409}[scans]
    assert facts(again) == (404, "not_found")


def test_an_undone_scan_sent_again_says_so_however_often(
    town: Town, market: Market, shopper: Person, clerk: Person
) -> None:
    code = market.code(shopper, market.buy(shopper))
    used = scan(clerk, code, key="scan-1").json["id"]
    town.clock.forward(minutes=1)
    clerk.delete(f"/till/redemptions/{used}")

    undone = [scan(clerk, code, key="scan-1") for _ in range(2)]
    new = scan(clerk, code, key="scan-2")
    old = scan(clerk, code, key="scan-1")

    assert [facts(answer) for answer in (*undone, old)] == [(409, "redemption_undone")] * 3
    assert undone[0].json["undone_at"] == "2026-11-23T10:01:00Z"
    assert new.status_code == 201
    assert new.json["id"] != used


# --- undoing ----------------------------------------------------------------------------------------------------------


def test_a_redemption_can_be_undone_for_ten_minutes(town: Town, market: Market, shopper: Person, clerk: Person) -> None:
    vouchers = [market.buy(shopper) for _ in range(2)]
    in_time, too_late = (market.redeem(clerk, market.code(shopper, voucher)) for voucher in vouchers)

    town.clock.forward(minutes=10, microseconds=-1)
    undone = clerk.delete(f"/till/redemptions/{in_time}")
    town.clock.forward(microseconds=1)
    refused = clerk.delete(f"/till/redemptions/{too_late}")
    again = clerk.delete(f"/till/redemptions/{in_time}")

    assert undone.status_code == 200
    assert undone.json["undone_at"] == "2026-11-23T10:09:59.999999Z"
    assert facts(refused) == (409, "undo_too_late")
    assert refused.json["undo_until"] == "2026-11-23T10:10:00Z"
    assert (again.status_code, again.json) == (200, undone.json)
    statuses = [shopper.get(f"/vouchers/{voucher}").json["status"] for voucher in vouchers]
    assert statuses == ["active", "redeemed"]


def test_what_was_undone_is_redeemed_again_and_undone_again(
    town: Town, market: Market, shopper: Person, clerk: Person
) -> None:
    code = market.code(shopper, market.buy(shopper))

    for _ in range(3):
        used = market.redeem(clerk, code)
        assert facts(scan(clerk, code)) == (409, "already_redeemed")
        assert clerk.delete(f"/till/redemptions/{used}").status_code == 200

    items = clerk.get("/till/redemptions").json["items"]
    assert [item["undone_at"] for item in items] == ["2026-11-23T10:00:00Z"] * 3
    assert glance(clerk, code).json["status"] == "valid"


def test_after_an_undo_the_voucher_lives_at_least_a_day(town: Town, market: Market, clerk: Person) -> None:
    market.benefit(voucher_days=1)
    person = market.shopper()
    voucher = market.buy(person)
    code = market.code(person, voucher)
    town.clock.set(datetime(2026, 11, 24, 22, 58, tzinfo=UTC))
    used = market.redeem(clerk, code)
    undone_at = town.clock.forward(minutes=5)
    clerk.delete(f"/till/redemptions/{used}")

    assert town.run_job("expire-vouchers") == 0
    town.clock.set(undone_at + timedelta(hours=24) - INSTANT)
    assert glance(clerk, code).json == {
        "status": "valid",
        "benefit": "museum-ticket",
        "title": "Una entrada",
        "valid_until": "2026-11-25T23:03:00Z",
        "ended_at": None,
    }
    town.clock.forward(microseconds=1)
    assert facts(scan(clerk, code)) == (409, "voucher_expired")
    assert town.run_job("expire-vouchers") == 1
    assert market.balance(person) == 20


def test_an_undo_shortens_no_voucher(market: Market, shopper: Person, clerk: Person) -> None:
    voucher = market.buy(shopper)
    before = shopper.get(f"/vouchers/{voucher}").json

    clerk.delete(f"/till/redemptions/{market.redeem(clerk, market.code(shopper, voucher))}")

    assert shopper.get(f"/vouchers/{voucher}").json == before


def test_what_was_undone_can_be_given_back(market: Market, shopper: Person, clerk: Person) -> None:
    voucher = market.buy(shopper)
    clerk.delete(f"/till/redemptions/{market.redeem(clerk, market.code(shopper, voucher))}")

    assert shopper.delete(f"/vouchers/{voucher}").json["points_returned"] == 8
    assert market.balance(shopper) == 40


def test_only_a_clerk_of_the_partner_undoes(town: Town, market: Market, shopper: Person, clerk: Person) -> None:
    market.partner(CINEMA)
    used = market.redeem(clerk, market.code(shopper, market.buy(shopper)))

    answers = [town.clerk(CINEMA).delete(f"/till/redemptions/{used}"), clerk.delete(f"/till/redemptions/{uuid4()}")]

    assert {facts(answer) for answer in answers} == {(404, "not_found")}
    assert len({told(answer) for answer in answers}) == 1
    assert town.clerk(MUSEUM).delete(f"/till/redemptions/{used}").status_code == 200


def test_what_becomes_of_a_voucher_is_in_the_log(market: Market, shopper: Person, clerk: Person) -> None:
    voucher = market.buy(shopper)
    used = market.redeem(clerk, market.code(shopper, voucher))
    clerk.delete(f"/till/redemptions/{used}")
    for _ in range(2):
        shopper.delete(f"/vouchers/{voucher}")

    rows = (
        select(AuditEntry.kind, AuditEntry.actor_id, AuditEntry.subject_id, AuditEntry.object, AuditEntry.office)
        .where(AuditEntry.kind.like("voucher.%"))
        .order_by(AuditEntry.id)
    )
    assert market.inside(lambda: db.session.execute(rows).tuples().all(), does=Does.READS) == [
        ("voucher.bought", shopper.id, shopper.id, voucher, "resident"),
        ("voucher.redeemed", clerk.id, shopper.id, voucher, MUSEUM),
        ("voucher.undone", clerk.id, shopper.id, voucher, MUSEUM),
        ("voucher.cancelled", shopper.id, shopper.id, voucher, "resident"),
    ]


def test_the_database_refuses_a_second_redemption(market: Market, shopper: Person, clerk: Person) -> None:
    market.redeem(clerk, market.code(shopper, market.buy(shopper)))

    def again() -> None:
        found = db.session.scalars(select(Redemption)).one()
        columns = {column.name: getattr(found, column.name) for column in Redemption.__table__.columns}
        db.session.add(Redemption(**columns | {"id": new_id()}))
        db.session.flush()

    with pytest.raises(IntegrityError), market.town.app.app_context():
        again()


# --- the list ---------------------------------------------------------------------------------------------------------


def test_redemptions_are_listed_newest_first_without_gap_or_double_while_others_redeem(
    town: Town, market: Market, clerk: Person
) -> None:
    market.benefit(price_points=1)
    person = market.shopper()
    used = []
    for minute in (0, 0, 1, 2, 2):
        town.clock.set(datetime(2026, 11, 23, 10, minute, tzinfo=UTC))
        used.append(market.redeem(clerk, market.code(person, market.buy(person, price=1))))

    pages = [clerk.get("/till/redemptions", query_string={"limit": 2}).json]
    market.redeem(clerk, market.code(person, market.buy(person, price=1)))
    while cursor := pages[-1]["next_cursor"]:
        pages.append(clerk.get("/till/redemptions", query_string={"limit": 2, "cursor": cursor}).json)

    assert [item["id"] for page in pages for item in page["items"]] == used[::-1]


def test_redemptions_of_today_are_those_since_midnight(
    town: Town, market: Market, shopper: Person, clerk: Person
) -> None:
    codes = [market.code(shopper, market.buy(shopper)) for _ in range(2)]
    market.redeem(clerk, codes[0])
    midnight = datetime(2026, 11, 23, 23, tzinfo=UTC)
    town.clock.set(midnight)
    today = market.redeem(clerk, codes[1])

    listed = clerk.get("/till/redemptions", query_string={"since": "2026-11-24T00:00:00+01:00"})
    without_zone = clerk.get("/till/redemptions", query_string={"since": "2026-11-24T00:00:00"})

    assert [item["id"] for item in listed.json["items"]] == [today]
    assert facts(without_zone) == (422, "invalid")
