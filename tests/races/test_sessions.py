"""A phone on a bad network refreshes many times at once and stays signed in (promises A51)."""

from functools import partial

from citizen import tokens
from tests.races.serving import Answer, Server, all_at_once
from tests.town import Town


def test_many_refreshes_at_once_get_the_same_successor(town: Town, server: Server) -> None:
    person = town.resident()
    at, settings = town.clock.now(), town.settings
    assert person.id is not None
    opening = partial(tokens.open_session, person.id, seed=b"0123456789abcdef", at=at, settings=settings)
    pair = town.does(opening)

    def refresh(token: str) -> Answer:
        return server.send("POST", "/auth/tokens/refresh", token="", json_body={"refresh_token": token})

    answers = all_at_once([partial(refresh, pair.refresh_token) for _ in range(24)])
    after = refresh(answers[0].json["refresh_token"])

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert after.status == 200
