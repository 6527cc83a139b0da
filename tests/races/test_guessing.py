"""So many guesses reach the check and no more, over all processes, whatever the guesser says of their address (A52)."""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from catalogue import check_ins
from citizen import addresses, sign_in
from citizen.models import SignInCode
from core.db import db
from core.http.attempts import Attempt
from rewards import redemption
from tests.races.serving import Answer, Server, all_at_once, token_of
from tests.served import serving
from tests.town import Town


def tell_lies(number: int) -> dict[str, str]:
    """What a guesser says who wants to seem somebody else each time."""
    lie = f"198.51.{number}.1"
    return {"X-Forwarded-For": f"{lie}, {lie}", "Forwarded": f"for={lie}", "X-Real-IP": lie, "X-Client-IP": lie}


def guess(server: Server, email: str, code: str, **call: Any) -> Answer:
    body = {"email": email, "code": code, "terms_version": "2026-11"}
    return server.send("POST", "/auth/tokens", token="", json_body=body, **call)


def sent_code(town: Town, server: Server, email: str, *, source: str) -> str:
    """Ask for a code, and look into the mailbox."""
    answer = server.send("POST", "/auth/codes", token="", json_body={"email": email}, source=source)
    assert answer.status == 202, answer.body
    return sign_in.code_of(of_code(town, email).seed, settings=town.settings)


def of_code(town: Town, email: str) -> Any:
    """What is kept of the code that was sent: `seed` and `tries`."""
    mine = SignInCode.address_hash == addresses.hash_of(email, settings=town.settings)
    return town.does(lambda: db.session.execute(select(SignInCode.seed, SignInCode.tries).where(mine)).one())


def wrong(code: str, number: int) -> str:
    return f"{(int(code) + 1 + number) % 10**6:06d}"


def bucket_of(town: Town, ip: str) -> str:
    return sign_in.bucket_of("tries from", sign_in.network_of(ip), settings=town.settings)


def tries_from(town: Town, ip: str) -> int:
    bucket = bucket_of(town, ip)
    rows = town.does(lambda: [row.tries for row in db.session.query(Attempt).filter_by(bucket=bucket)])
    return sum(rows)


def test_five_guesses_at_a_code_reach_it_from_wherever_and_the_owner_comes_in_later(town: Town, server: Server) -> None:
    email = town.resident().email
    code = sent_code(town, server, email, source="127.1.0.1")

    guesses = [
        partial(guess, server, email, wrong(code, number), source=f"127.1.{number}.1", headers=tell_lies(number))
        for number in range(40)
    ]
    answers = all_at_once(guesses)

    assert {answer.status for answer in answers} == {401}
    assert of_code(town, email).tries == sign_in.CODE_TRIES_MAX
    assert guess(server, email, code).status == 401
    town.clock.forward(minutes=15)
    assert guess(server, email, sent_code(town, server, email, source="127.1.0.1")).status == 200


def test_guesses_from_one_network_are_counted_together_whatever_they_say(town: Town, server: Server) -> None:
    here = "127.2.0.{}"
    for number in range(10):
        guess(server, f"a{number}@example.org", "123456", source=here.format(number + 1), headers=tell_lies(number))
    assert tries_from(town, "127.2.0.1") == 10
    assert [tries_from(town, f"198.51.{number}.1") for number in range(10)] == [0] * 10
    ten_left = sign_in.TRIES_PER_NETWORK_MAX - 10
    town.does(
        lambda: db.session.execute(
            update(Attempt).where(Attempt.bucket == bucket_of(town, "127.2.0.1")).values(tries=ten_left)
        )
    )

    guesses = [
        partial(guess, server, f"b{number}@example.org", "123456", source=here.format(number + 1), headers=tell_lies(9))
        for number in range(40)
    ]
    answers = all_at_once(guesses)

    assert Counter(answer.status for answer in answers) == {401: 10, 429: 30}
    assert guess(server, "c@example.org", "123456", source="127.2.1.1").status == 401
    town.clock.forward(minutes=10)
    assert guess(server, "c@example.org", "123456", source="127.2.0.1").status == 401


def test_behind_a_proxy_the_address_that_the_proxy_saw_counts(town: Town, environ: dict[str, str]) -> None:
    if not town.settings.is_sqlite:
        pytest.skip("the database has no part in it")
    seen = "203.0.113.7"
    said = [
        {"X-Forwarded-For": f"198.51.1.1, {seen}", "X-Real-IP": "198.51.1.1"},
        {"X-Forwarded-For": f"198.51.2.1, 127.4.0.1, {seen}", "Forwarded": "for=198.51.2.1"},
        {"X_Forwarded_For": "198.51.3.1", "X-Forwarded-For": seen},
        {"X-Forwarded-For": f"nonsense, {seen}"},
    ]
    with serving(environ | {"BONAFETA_PROXIES": "1"}) as served:
        for headers in said:
            assert guess(Server(served), "a@example.org", "123456", headers=headers, source="127.3.0.1").status == 401

    assert tries_from(town, seen) == len(said)
    lies = [tries_from(town, ip) for ip in ("198.51.1.1", "198.51.2.1", "198.51.3.1", "127.4.0.1", "127.3.0.1", "")]
    assert lies == [0] * 6


@pytest.mark.parametrize(
    ("path", "code", "at_most", "status"),
    [
        ("/till/lookups", "0" * 27, redemption.WRONG_CODES_MAX, 404),
        ("/check-ins", "A" * 48, check_ins.WRONG_CODES_MAX, 422),
    ],
)
def test_wrong_codes_of_one_person_are_bounded_over_all_processes(
    path: str, code: str, at_most: int, status: int, town: Town, server: Server
) -> None:
    person = town.clerk("museum") if path.startswith("/till") else town.resident()
    scan = partial(server.send, "POST", path, token=token_of(person), json_body={"code": code})

    answers = all_at_once([scan] * (at_most + 12))

    assert Counter(answer.status for answer in answers) == {status: at_most, 429: 12}
