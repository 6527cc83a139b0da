"""A purchase is one fact at the price that was seen; its code is for its owner's eyes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import zxingcpp
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from core.db import Base, Does, db
from core.http.doors import Role
from core.http.idempotency import Idempotency
from rewards.models import Allocation, Voucher
from rewards.voucher_codes import read
from tests.rewards.market import MUSEUM, Market, facts, told
from tests.rewards.test_voucher_codes import drawn
from tests.town import Town

# --- buying -----------------------------------------------------------------------------------------------------------


def test_a_benefit_is_bought_at_the_price_seen(market: Market) -> None:
    market.benefit(stock=3)
    person = market.shopper(20)

    answer = market.order(person)

    assert answer.status_code == 201
    voucher = answer.json
    assert answer.headers["Location"] == f"/api/v1/vouchers/{voucher['id']}"
    assert voucher == {
        "id": voucher["id"],
        "benefit": "museum-ticket",
        "title": "Una entrada",
        "partner": MUSEUM,
        "status": "active",
        "price_points": 8,
        "bought_at": "2026-11-23T10:00:00Z",
        "expires_at": "2027-01-22T23:00:00Z",
        "ended_at": None,
        "lapsing": [],
    }
    assert UUID(voucher["id"]).version == 7
    assert market.balance(person) == 12
    assert market.stock() == 2
    assert market.entries(person)[1:] == [("spend", -8, "benefit_bought")]


def test_another_price_now_is_told_and_nothing_is_taken(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    market.manager.patch("/benefits/museum-ticket", json={"price_points": 9})

    answer = market.order(person, price=8)

    assert facts(answer) == (409, "price_changed")
    assert answer.json["price_points"] == 9
    assert market.balance(person) == 20
    assert market.order(person, price=9).status_code == 201


def test_a_lower_price_is_another_price_too(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    market.manager.patch("/benefits/museum-ticket", json={"price_points": 7})

    assert facts(market.order(person, price=8)) == (409, "price_changed")


def test_what_is_sold_out_takes_no_points(market: Market) -> None:
    market.benefit(stock=1)
    first, second = market.shopper(), market.shopper()
    market.buy(first)

    answer = market.order(second)

    assert facts(answer) == (409, "sold_out")
    assert market.balance(second) == 20
    assert len(market.entries(second)) == 1
    assert market.stock() == 0


def test_a_price_above_the_balance_is_refused_with_both(market: Market) -> None:
    market.benefit()
    person = market.shopper(7)

    answer = market.order(person)

    assert facts(answer) == (409, "not_enough_points")
    assert (answer.json["balance"], answer.json["price_points"]) == (7, 8)
    assert market.balance(person) == 7


def test_a_purchase_takes_from_as_many_lots_as_it_needs(town: Town, market: Market) -> None:
    """More than are read at once."""
    market.benefit(price_points=50)
    person = town.resident()
    for _ in range(26):
        market.award(person, 1)
        town.clock.forward(hours=20)
        market.award(person, 1)

    market.buy(person, price=50)

    assert market.balance(person) == 2
    taken = select(func.count(), func.sum(Allocation.points))
    assert market.inside(lambda: tuple(db.session.execute(taken).one()), does=Does.READS) == (50, 50)


def test_an_unknown_benefit_cannot_be_bought(market: Market) -> None:
    answer = market.order(market.shopper(), benefit="a-pony")

    assert facts(answer) == (422, "benefit_unknown")


@pytest.mark.parametrize(
    "price", ["8", 8.5, True, None, 0, -8, 2**31, [8], {"points": 8}, "NaN"], ids=lambda price: repr(price)[:12]
)
def test_a_price_that_is_no_whole_number_is_refused(market: Market, price: Any) -> None:
    market.benefit()
    person = market.shopper()

    answer = person.post("/vouchers", json={"benefit": "museum-ticket", "price_points": price})

    assert answer.status_code in (400, 422)
    assert market.balance(person) == 20


@pytest.mark.parametrize(
    "price", ["NaN", "1e400", "1" + 30 * "0", "-Infinity", "8.0000000000000001e0000000000000000000009"]
)
def test_a_price_that_json_hardly_knows_is_refused(market: Market, price: str) -> None:
    market.benefit()
    person = market.shopper()

    answer = person.post(
        "/vouchers",
        data=f'{{"benefit": "museum-ticket", "price_points": {price}}}',
        content_type="application/json",
    )

    assert answer.status_code in (400, 422)
    assert market.balance(person) == 20


def test_a_price_of_8_0_is_8(market: Market) -> None:
    market.benefit()

    assert market.order(market.shopper(), price=8.0).status_code == 201  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "more", [{"points": 1}, {"citizen_id": str(uuid4())}, {"status": "redeemed"}, {"for": "a friend"}]
)
def test_what_is_not_asked_for_is_refused(market: Market, more: dict[str, Any]) -> None:
    market.benefit()
    person = market.shopper()

    answer = person.post("/vouchers", json={"benefit": "museum-ticket", "price_points": 8} | more)

    assert answer.status_code == 422
    assert market.balance(person) == 20


def test_buying_is_for_residents(town: Town, market: Market) -> None:
    market.benefit()

    assert market.order(town.anyone()).status_code == 401
    assert facts(market.order(town.clerk(MUSEUM))) == (403, "forbidden")
    assert facts(market.order(market.manager)) == (403, "forbidden")


def test_who_is_leaving_can_still_spend(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    assert person.delete("/me").status_code == 200

    assert market.order(person).status_code == 201


# --- caps and windows -------------------------------------------------------------------------------------------------


def test_c35_nobody_has_more_of_a_benefit_in_a_year_than_anybody_may(market: Market) -> None:
    market.benefit(max_per_person_per_year=2)
    person, other = market.shopper(40), market.shopper(40)
    bought = [market.buy(person) for _ in range(2)]

    refused = market.order(person)

    assert facts(refused) == (409, "cap_reached")
    assert (refused.json["cap"], refused.json["most"]) == ("max_per_person_per_year", 2)
    assert market.order(other).status_code == 201
    person.delete(f"/vouchers/{bought[0]}")
    assert market.order(person).status_code == 201
    assert facts(market.order(person)) == (409, "cap_reached")


def test_c35_a_used_voucher_counts_and_one_that_ended_unused_does_not(town: Town, market: Market) -> None:
    market.benefit(max_per_person_per_year=1, voucher_days=1)
    town.clock.set(datetime(2027, 2, 1, 10, tzinfo=UTC))
    user, forgetful = market.shopper(), market.shopper()
    market.redeem(town.clerk(MUSEUM), market.code(user, market.buy(user)))
    market.buy(forgetful)

    town.clock.forward(days=2)

    assert facts(market.order(user)) == (409, "cap_reached")
    assert market.order(forgetful).status_code == 201  # though no job has recorded yet that the first one is over


def test_c35_a_new_year_begins_at_midnight_of_the_city(town: Town, market: Market) -> None:
    market.benefit(max_per_person_per_year=1)
    town.clock.set(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC))
    person = market.shopper(40)
    market.buy(person)

    still_old = market.order(person)
    town.clock.set(datetime(2026, 12, 31, 23, tzinfo=UTC))
    new = market.order(person)

    assert facts(still_old) == (409, "cap_reached")
    assert new.status_code == 201


def test_c41_nobody_gets_benefits_worth_more_than_150_euro_a_year(town: Town, market: Market) -> None:
    market.benefit("concert", price_points=1, value_eur=60)
    market.benefit("cinema", price_points=1, value_eur=30, partner="cinema-del-barri")
    market.benefit("coffee", price_points=1, value_eur=0.01)
    person = market.shopper()
    for _ in range(2):
        market.buy(person, "concert", 1)

    above = market.order(person, "concert", 1)
    just = market.order(person, "cinema", 1)
    a_cent_more = market.order(person, "coffee", 1)

    assert facts(above) == (409, "cap_reached")
    assert (above.json["cap"], above.json["most"]) == ("value_eur_per_year", 150)
    assert just.status_code == 201
    assert facts(a_cent_more) == (409, "cap_reached")
    town.clock.set(datetime(2027, 1, 1, 10, tzinfo=UTC))
    assert market.order(person, "concert", 1).status_code == 201


def test_a_benefit_is_sold_within_its_window_only(town: Town, market: Market) -> None:
    opens, closes = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC)
    market.benefit(opens_at=opens.isoformat(), closes_at=closes.isoformat())
    person = market.shopper(40)
    answers = []

    for at in (opens - timedelta(seconds=1), opens, closes - timedelta(seconds=1), closes):
        town.clock.set(at)
        answers.append(market.order(person))

    assert [answer.status_code for answer in answers] == [409, 201, 201, 409]
    assert answers[0].json["code"] == answers[3].json["code"] == "benefit_closed"
    assert answers[0].json["opens_at"] == "2026-12-01T00:00:00Z"
    assert answers[3].json["closes_at"] == "2026-12-24T00:00:00Z"


def test_what_was_withdrawn_is_not_sold(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    market.manager.patch("/benefits/museum-ticket", json={"is_published": False})

    assert facts(market.order(person)) == (409, "benefit_closed")


# --- charter ----------------------------------------------------------------------------------------------------------


def test_c15_points_buy_the_same_whatever_deed_they_came_from(town: Town, market: Market) -> None:
    market.benefit()
    people = [town.resident() for _ in range(2)]
    market.award(people[0], 8, deed="blood-donation")
    market.award(people[1], 8, deed="beach-clean-up")

    answers = [market.order(person) for person in people]

    assert [answer.json["price_points"] for answer in answers] == [8, 8]
    of_a_purchase = {name for name in set(Voucher.__table__.columns.keys()) if "deed" in name or "submission" in name}
    assert of_a_purchase == set()


def test_c33_a_voucher_is_its_owners_and_cannot_be_passed_on(market: Market) -> None:
    market.benefit()
    owner, other = market.shopper(), market.shopper()
    voucher = market.buy(owner)

    answers = [other.get(f"/vouchers/{voucher}"), other.delete(f"/vouchers/{voucher}")]
    answers += [owner.patch(f"/vouchers/{voucher}", json={"owner": str(other.id)})]

    assert [answer.status_code for answer in answers] == [404, 404, 405]
    assert other.get("/vouchers").json["items"] == []


# --- the code ---------------------------------------------------------------------------------------------------------


def test_the_code_is_shown_to_its_owner_in_groups(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    voucher = market.buy(person)

    shown = person.get(f"/vouchers/{voucher}").json

    assert [len(group) for group in shown["code"].split("-")] == [4] * 6 + [3]
    assert read(shown["code"]) == shown["code"].replace("-", "")
    assert person.get(f"/vouchers/{voucher}").json["code"] == shown["code"]


def test_the_qr_is_read_back_as_the_code_and_nothing_else(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    voucher = market.buy(person)

    answer = person.get(f"/vouchers/{voucher}/qr.svg")

    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "no-store"
    [found] = zxingcpp.read_barcodes(drawn(answer.data))
    assert found.text == market.code(person, voucher).replace("-", "")


def test_nobody_else_sees_the_code_nor_that_there_is_one(town: Town, market: Market) -> None:
    market.benefit()
    owner, others = market.shopper(), [market.shopper(), town.staff_resident(Role.MANAGER)]
    voucher = market.buy(owner)

    answers = [
        person.get(f"/vouchers/{number}{part}")
        for person in others
        for number in (voucher, uuid4())
        for part in ("", "/qr.svg")
    ]

    assert {facts(answer) for answer in answers} == {(404, "not_found")}
    assert len({told(answer) for answer in answers}) == 1


def test_the_code_goes_when_the_voucher_does(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper(40)
    used, cancelled, late = (market.buy(person) for _ in range(3))
    market.redeem(town.clerk(MUSEUM), market.code(person, used))
    person.delete(f"/vouchers/{cancelled}")
    town.clock.forward(days=61)

    for voucher, status in ((used, "redeemed"), (cancelled, "cancelled"), (late, "expired")):
        shown = person.get(f"/vouchers/{voucher}").json
        picture = person.get(f"/vouchers/{voucher}/qr.svg")

        assert (shown["status"], shown["code"]) == (status, None)
        assert facts(picture) == (409, "not_active")
        assert picture.json["voucher_status"] == status


def test_no_list_and_no_purchase_tells_a_code(market: Market) -> None:
    market.benefit()
    person = market.shopper()

    bought = market.order(person)

    code = market.code(person, bought.json["id"])
    assert "code" not in bought.json
    for answer in (bought, person.get("/vouchers"), person.get("/me/export"), person.get("/me/points/entries")):
        assert answer.status_code < 300
        assert code not in answer.text
        assert code.replace("-", "") not in answer.text


def test_the_database_holds_no_code_and_no_stored_answer_does(market: Market) -> None:
    market.benefit()
    person = market.shopper()
    code = market.code(person, market.buy(person))

    def everything() -> str:
        tables = Base.metadata.sorted_tables
        return "\n".join(repr(tuple(row)) for table in tables for row in db.session.execute(select(table)))

    stored = market.inside(everything, does=Does.READS)
    assert "museum-ticket" in stored
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_the_same_request_sent_again_buys_once(market: Market) -> None:
    market.benefit(stock=5)
    person = market.shopper()

    first, again = market.order(person, key="a-wish"), market.order(person, key="a-wish")

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert market.balance(person) == 12
    assert market.stock() == 4
    kept = select(Idempotency.body).where(Idempotency.citizen_id == person.id)
    assert market.inside(lambda: db.session.scalar(kept), does=Does.READS) == first.data


def test_a_purchase_needs_a_key(market: Market) -> None:
    market.benefit()
    person = market.shopper()

    assert facts(market.order(person, key="")) == (400, "idempotency_key_missing")
    assert market.balance(person) == 20


# --- giving back ------------------------------------------------------------------------------------------------------


def test_a_voucher_is_given_back_once(market: Market) -> None:
    market.benefit(stock=1)
    person = market.shopper()
    voucher = market.buy(person)

    first, again = person.delete(f"/vouchers/{voucher}"), person.delete(f"/vouchers/{voucher}")

    assert (first.status_code, first.json["status"], first.json["points_returned"]) == (200, "cancelled", 8)
    assert (again.status_code, again.json["status"], again.json["points_returned"]) == (200, "cancelled", 0)
    assert market.balance(person) == 20
    assert market.stock() == 1
    assert market.entries(person)[2:] == [("refund", 8, "voucher_cancelled")]


def test_what_would_come_back_is_told_and_comes_back(town: Town, market: Market) -> None:
    market.benefit(voucher_days=365)
    person = market.shopper(3)
    town.clock.forward(days=500)
    reversed_ = market.award(person, 2)
    town.clock.forward(days=200)
    market.award(person, 20)
    voucher = market.buy(person)
    market.reverse(person, reversed_)
    before = person.get(f"/vouchers/{voucher}").json
    town.clock.forward(days=60)  # the first three are past their date

    told = person.get(f"/vouchers/{voucher}").json
    returned = person.delete(f"/vouchers/{voucher}").json["points_returned"]

    assert before["partner_name"] == "Museu De La Vila"
    assert [part["points"] for part in before["points_back"]] == [3, 3]
    assert [part["points"] for part in told["points_back"]] == [3] == [returned]
    assert person.get(f"/vouchers/{voucher}").json["points_back"] == []


def test_a_used_voucher_is_not_given_back(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper()
    voucher = market.buy(person)
    market.redeem(town.clerk(MUSEUM), market.code(person, voucher))

    answer = person.delete(f"/vouchers/{voucher}")

    assert facts(answer) == (409, "not_active")
    assert answer.json["voucher_status"] == "redeemed"
    assert market.balance(person) == 12


def test_a_voucher_past_its_date_is_not_given_back_but_gives_its_points_back_by_itself(
    town: Town, market: Market
) -> None:
    market.benefit(stock=1)
    person = market.shopper()
    voucher = market.buy(person)
    town.clock.set(datetime(2027, 1, 22, 23, tzinfo=UTC))

    answer = person.delete(f"/vouchers/{voucher}")

    assert facts(answer) == (409, "not_active")
    assert answer.json["voucher_status"] == "expired"
    assert [town.run_job("expire-vouchers") for _ in range(2)] == [1, 0]
    assert market.balance(person) == 20
    assert market.stock() == 1
    assert market.entries(person)[2:] == [("refund", 8, "voucher_expired")]
    [shown] = person.get("/vouchers").json["items"]
    assert (shown["status"], shown["ended_at"]) == ("expired", "2027-01-22T23:00:00Z")


def test_a_voucher_lives_to_the_last_moment_of_its_last_day(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper()
    voucher = market.buy(person)

    town.clock.set(datetime(2027, 1, 22, 23, tzinfo=UTC) - timedelta(microseconds=1))

    assert town.run_job("expire-vouchers") == 0
    assert person.delete(f"/vouchers/{voucher}").status_code == 200


# --- stock ------------------------------------------------------------------------------------------------------------


def test_a_unit_comes_back_while_the_window_is_open_and_lapses_with_it(town: Town, market: Market) -> None:
    closes = datetime(2026, 12, 24, tzinfo=UTC)
    market.benefit(stock=2, closes_at=closes.isoformat())
    person = market.shopper()
    early, late = market.buy(person), market.buy(person)
    left = [market.stock()]

    town.clock.set(closes - timedelta(seconds=1))
    person.delete(f"/vouchers/{early}")
    left.append(market.stock())
    town.clock.set(closes)
    person.delete(f"/vouchers/{late}")
    left.append(market.stock())

    assert left == [0, 1, 1]
    assert market.balance(person) == 20


def test_the_database_refuses_a_stock_below_zero(market: Market) -> None:
    market.benefit(stock=0)

    with pytest.raises(IntegrityError, match="stock_not_negative"):
        market.inside(lambda: db.session.execute(text("UPDATE benefit_stock SET stock = stock - 1")))


# --- lists ------------------------------------------------------------------------------------------------------------


def test_my_vouchers_are_listed_newest_first_without_gap_or_double_while_i_buy(market: Market) -> None:
    market.benefit(price_points=1)
    person = market.shopper()
    bought = [market.buy(person, price=1) for _ in range(5)]

    first = person.get("/vouchers", query_string={"limit": 2}).json
    market.buy(person, price=1)
    second = person.get("/vouchers", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    third = person.get("/vouchers", query_string={"limit": 2, "cursor": second["next_cursor"]}).json

    listed = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert listed == bought[::-1]
    assert third["next_cursor"] is None


def test_a_title_is_told_in_the_language_asked_for(market: Market) -> None:
    market.benefit(titles={"en": "Ticket", "es": "Entrada", "ca": "Tiquet", "pt": "Bilhete"})
    person = market.shopper()
    voucher = market.buy(person)

    titles = [
        person.get(f"/vouchers/{voucher}", headers={"Accept-Language": language}).json["title"]
        for language in ("en", "es", "ca", "pt", "de")
    ]

    assert titles == ["Ticket", "Entrada", "Tiquet", "Bilhete", "Tiquet"]


def test_a_voucher_stays_what_it_was_bought_as(market: Market) -> None:
    market.benefit()
    market.partner("cinema-del-barri")
    person = market.shopper()
    voucher = market.buy(person)
    before = person.get(f"/vouchers/{voucher}").json

    new = {"price_points": 3, "partner": "cinema-del-barri", "voucher_days": 1, "value_eur": 1, "is_published": False}
    assert market.manager.patch("/benefits/museum-ticket", json=new).status_code == 200

    assert person.get(f"/vouchers/{voucher}").json == before
    assert person.delete(f"/vouchers/{voucher}").json["points_returned"] == 8
