"""A process that ends between any two statements leaves nothing half-done, and what is sent again has one effect."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.rewards.market import MUSEUM, Killed, Market
from tests.town import Answer, Person, Town


@pytest.fixture
def shopper(market: Market) -> Person:
    market.benefit(stock=5)
    return market.shopper(20)


def test_a_crash_in_a_purchase_takes_nothing(market: Market, shopper: Person) -> None:
    key = str(uuid4())

    def state() -> Any:
        return market.balance(shopper), market.stock(), shopper.get("/vouchers").json["items"]

    bought = crashed_anywhere(market, lambda: market.order(shopper, key=key), state=state)

    assert (bought.status_code, state()[:2]) == (201, (12, 4))
    assert market.order(shopper, key=key).data == bought.data
    assert state()[:2] == (12, 4)


def test_a_crash_in_giving_back_gives_nothing_back(market: Market, shopper: Person) -> None:
    voucher = market.buy(shopper)

    def state() -> Any:
        return market.balance(shopper), market.stock(), shopper.get(f"/vouchers/{voucher}").json

    given_back = crashed_anywhere(market, lambda: shopper.delete(f"/vouchers/{voucher}"), state=state)

    assert (given_back.json["points_returned"], state()[:2]) == (8, (20, 5))


def test_a_crash_at_the_till_uses_nothing_up(town: Town, market: Market, shopper: Person) -> None:
    clerk, key = town.clerk(MUSEUM), str(uuid4())
    voucher = market.buy(shopper)
    code = market.code(shopper, voucher)

    def state() -> Any:
        return clerk.get("/till/redemptions").json, shopper.get(f"/vouchers/{voucher}").json

    def redeem() -> Answer:
        return clerk.post("/till/redemptions", json={"code": code}, key=key)

    used = crashed_anywhere(market, redeem, state=state)
    assert (used.status_code, redeem().data) == (201, used.data)

    undone = crashed_anywhere(market, lambda: clerk.delete(f"/till/redemptions/{used.json['id']}"), state=state)
    assert undone.status_code == 200
    assert shopper.get(f"/vouchers/{voucher}").json["status"] == "active"


def crashed_anywhere(market: Market, call: Callable[[], Answer], *, state: Callable[[], Any]) -> Answer:
    """Send a request whose process ends one statement later each time, until one is answered; that answer.

    After each crash the books are in order and `state` is what it was.
    """
    before = state()
    for crashes in range(100):
        try:
            with market.killed_at(crashes + 1):
                answer = call()
        except Killed:
            assert market.verdict()["faults"] == []
            assert state() == before
        else:
            assert crashes >= 7, "this request sends so many statements at least"
            return answer
    raise AssertionError("it is never answered")
