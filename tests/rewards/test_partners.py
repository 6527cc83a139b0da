"""A partner honours what was sold, and sells nothing while it is inactive."""

from typing import Any

import pytest

from tests.rewards.market import CINEMA, MUSEUM, Market, facts
from tests.town import Town


def test_a_manager_opens_renames_and_lists_partners(market: Market) -> None:
    opened = market.manager.post("/partners", json={"code": MUSEUM, "name": "Museu"})
    market.partner(CINEMA)
    renamed = market.manager.patch(f"/partners/{MUSEUM}", json={"name": "Museu de la Vila"})

    assert (opened.status_code, opened.json) == (201, {"code": MUSEUM, "name": "Museu", "is_active": True})
    assert renamed.json == {"code": MUSEUM, "name": "Museu de la Vila", "is_active": True}
    listed = market.manager.get("/partners", query_string={"limit": 1}).json
    rest = market.manager.get("/partners", query_string={"cursor": listed["next_cursor"]}).json
    assert [item["code"] for item in listed["items"] + rest["items"]] == [CINEMA, MUSEUM]
    assert rest["next_cursor"] is None


def test_a_partner_is_opened_once(market: Market) -> None:
    market.partner()

    answer = market.manager.post("/partners", json={"code": MUSEUM, "name": "Another"})

    assert facts(answer) == (409, "partner_exists")
    assert market.manager.get("/partners").json["items"][0]["name"] == "Museu De La Vila"


def test_partners_are_the_managers_business(town: Town, market: Market) -> None:
    market.partner()

    for person, status in ((town.anyone(), 401), (town.resident(), 403), (town.clerk(MUSEUM), 403)):
        answers = [
            person.get("/partners"),
            person.post("/partners", json={"code": CINEMA, "name": "Cinema"}),
            person.patch(f"/partners/{MUSEUM}", json={"is_active": False}),
        ]
        assert [answer.status_code for answer in answers] == [status] * 3


@pytest.mark.parametrize("change", [{"code": CINEMA}, {"is_active": "false"}, {"name": ""}])
def test_a_change_that_makes_no_sense_is_refused(market: Market, change: dict[str, Any]) -> None:
    market.partner()

    assert facts(market.manager.patch(f"/partners/{MUSEUM}", json=change)) == (422, "invalid")
    assert facts(market.manager.patch("/partners/nobody", json={"name": "Nobody"})) == (404, "not_found")


def test_an_inactive_partner_sells_nothing_more_and_honours_what_was_sold(town: Town, market: Market) -> None:
    market.benefit()
    person = market.shopper()
    code = market.code(person, market.buy(person))

    market.manager.patch(f"/partners/{MUSEUM}", json={"is_active": False})

    assert facts(market.order(person)) == (409, "benefit_closed")
    assert town.anyone().get("/benefits/museum-ticket").json["is_open"] is False
    assert market.redeem(town.clerk(MUSEUM), code)
    market.manager.patch(f"/partners/{MUSEUM}", json={"is_active": True})
    assert market.order(person).status_code == 201
