"""Whoever reads the mailbox is let in, and nobody else, however often they try."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from citizen import sign_in
from citizen.sign_in import network_of
from core.db import db
from core.http.doors import Role
from tests.citizen.traces import rows_of
from tests.town import Answer, Person, Town

EMAIL = "ona.ferrer@example.org"


def enter(town: Town, code: str, *, email: str = EMAIL, terms: str | None = "2026-11", **kwargs: Any) -> Answer:
    body = {"email": email, "code": code} | ({"terms_version": terms} if terms else {})
    return town.anyone().post("/auth/tokens", json=body, **kwargs)


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06d}"


def carry(town: Town, answer: Answer) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_a_newcomer_joins_with_the_code_from_their_mailbox(town: Town) -> None:
    code = town.code_for(EMAIL)

    answer = enter(town, code)

    assert answer.status_code == 200
    assert answer.json is not None
    assert set(answer.json) == {"access_token", "refresh_token", "expires_in"}
    assert answer.json["expires_in"] == 900
    me = town.anyone().get("/me", headers=carry(town, answer)).json
    assert me is not None
    assert (me["email"], me["terms_version"], me["status"]) == (EMAIL, "2026-11", "active")
    assert me["joined_at"] == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize("terms", [None, "1999-01"])
def test_c1_without_the_terms_in_force_nobody_joins_and_the_code_stays_good(town: Town, terms: str | None) -> None:
    code = town.code_for(EMAIL)

    refusals = [enter(town, code, terms=terms) for _ in range(sign_in.CODE_TRIES_MAX + 1)]

    assert {answer.status_code for answer in refusals} == {409}
    assert all(answer.json["code"] == "terms_required" for answer in refusals)
    assert all(answer.json["terms_version"] == "2026-11" for answer in refusals)
    assert not [row for table, row in rows_of(town) if table in ("citizen", "identifier")]
    assert enter(town, code).status_code == 200


def test_a_resident_signs_in_again_without_naming_the_terms(town: Town) -> None:
    resident = town.resident()

    answer = enter(town, town.code_for(resident.email), email=resident.email, terms=None)

    assert answer.status_code == 200
    me = town.anyone().get("/me", headers=carry(town, answer)).json
    assert me["id"] == str(resident.id)


def test_a_code_opens_once(town: Town) -> None:
    code = town.code_for(EMAIL)
    enter(town, code)

    again = enter(town, code)

    assert again.status_code == 401
    assert again.json["code"] == "code_invalid"


def test_eight_at_once_with_one_code_open_one_session(town: Town) -> None:
    code = town.code_for(EMAIL)

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda _: enter(town, code).status_code, range(8)))

    assert statuses == [200] + [401] * 7


def test_only_the_code_sent_last_is_good(town: Town) -> None:
    first = town.code_for(EMAIL)
    town.clock.forward(seconds=1)
    last = town.code_for(EMAIL)

    assert enter(town, first).status_code == 401
    assert enter(town, last).status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 401)])
def test_a_code_lives_ten_minutes(town: Town, seconds: int, status: int) -> None:
    code = town.code_for(EMAIL)
    town.clock.forward(seconds=seconds)

    assert enter(town, code).status_code == status


@pytest.mark.parametrize(("wrong_tries", "status"), [(4, 200), (5, 401)])
def test_the_fifth_wrong_try_kills_a_code(town: Town, wrong_tries: int, status: int) -> None:
    code = town.code_for(EMAIL)

    for _ in range(wrong_tries):
        assert enter(town, another(code)).status_code == 401

    assert enter(town, code).status_code == status


def test_a_code_for_one_address_opens_no_other(town: Town) -> None:
    code = town.code_for(EMAIL)
    victim = town.resident()
    town.code_for(victim.email)

    answer = enter(town, code, email=victim.email)

    assert answer.status_code == 401


def test_one_spelling_of_an_address_is_one_person(town: Town) -> None:
    resident = town.resident()
    shouted = f"  {resident.email.upper()} "
    code = town.code_for(resident.email)

    answer = enter(town, code, email=shouted, terms=None)

    me = town.anyone().get("/me", headers=carry(town, answer)).json
    assert me["id"] == str(resident.id)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ona",
        "ona@",
        "@example.org",
        "ona@example",
        "ona@@example.org",
        "ona@exa mple.org",
        "ona\n@example.org",
        "ona@example.org\nBcc: all@example.org",
        "ona@example.org, pau@example.org",
        "<ona@example.org>",
        "ona@-example.org",
        "ona@example..org",
        "o" * 65 + "@example.org",
        "ona@" + "e" * 250 + ".org",
        7,
        None,
    ],
)
def test_what_is_no_address_is_refused(town: Town, email: Any) -> None:
    answer = town.anyone().post("/auth/codes", json={"email": email})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Your sign-in code – Barcelona", "It is good for 10 minutes and for one sign-in."),
        ("es-MX, en;q=0.5", "Tu código para entrar – Barcelona", "Vale 10 minutos y para entrar una sola vez."),
        ("ca", "El teu codi per entrar – Barcelona", "Val 10 minuts i per entrar una sola vegada."),
        ("pt", "O seu código para entrar – Barcelona", "É válido durante 10 minutos e para uma só entrada."),
        ("de", "El teu codi per entrar – Barcelona", "Val 10 minuts i per entrar una sola vegada."),
    ],
)
def test_the_mail_speaks_the_readers_language(town: Town, language: str, subject: str, words: str) -> None:
    town.anyone().post("/auth/codes", json={"email": EMAIL}, headers={"Accept-Language": language})

    (mail,) = town.mails_to(EMAIL)

    assert mail["Subject"] == subject
    assert words in mail.get_content().splitlines()
    assert len(re.findall(r"^[0-9]{6}$", mail.get_content(), re.MULTILINE)) == 1


def test_a_code_that_could_not_be_sent_in_time_is_not_sent(town: Town) -> None:
    town.anyone().post("/auth/codes", json={"email": EMAIL})
    town.clock.forward(minutes=10)

    assert town.mails_to(EMAIL) == []


def test_the_database_alone_tells_no_code(town: Town) -> None:
    town.anyone().post("/auth/codes", json={"email": EMAIL})

    before_sending = rows_of(town)
    code = re.search(r"^[0-9]{6}$", town.mails_to(EMAIL)[0].get_content(), re.MULTILINE)
    assert code

    assert [table for table, value in before_sending if table != "audit_entry" and value == code[0].encode()] == []
    assert not any(value.endswith(code[0].encode()) for table, value in before_sending if table == "outbox")


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    with town.app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def shape_of(answer: Answer) -> tuple[Any, ...]:
    """All of an answer that could tell one from another: the request's id differs in every answer."""
    body = {name: value for name, value in answer.json.items() if name != "request_id"}
    headers = {name: value for name, value in answer.headers if name not in ("X-Request-Id", "Date")}
    return answer.status_code, body, headers, len(answer.data)


def test_asking_for_a_code_does_the_same_work_whoever_it_is(town: Town) -> None:
    resident = town.resident()
    asked = []
    for email in (resident.email, "nobody.knows@example.org"):
        with statements(town) as seen:
            asked.append((shape_of(town.anyone().post("/auth/codes", json={"email": email})), list(seen)))

    assert asked[0] == asked[1]
    assert asked[0][0][0] == 202


def test_a_wrong_code_does_the_same_work_whoever_it_is(town: Town) -> None:
    resident = town.resident()
    codes = {email: town.code_for(email) for email in (resident.email, "newcomer@example.org")}
    codes["never.asked@example.org"] = "123456"
    tried = []
    for email, code in codes.items():
        with statements(town) as seen:
            tried.append((shape_of(enter(town, another(code), email=email)), list(seen)))

    assert tried[0] == tried[1] == tried[2]
    assert tried[0][0][0] == 401


def test_codes_to_one_address_are_bounded_and_come_again_later(town: Town) -> None:
    town.clock.forward(minutes=1)
    asker, wish = town.anyone(), {"email": EMAIL}
    answers = [asker.post("/auth/codes", json=wish) for _ in range(sign_in.SENDS_PER_ADDRESS_MAX + 1)]

    assert [answer.status_code for answer in answers] == [202] * sign_in.SENDS_PER_ADDRESS_MAX + [429]
    assert answers[-1].headers["Retry-After"] == str(14 * 60)
    assert asker.post("/auth/codes", json={"email": "pau@example.org"}).status_code == 202
    town.clock.forward(minutes=14)
    assert asker.post("/auth/codes", json=wish).status_code == 202


def test_who_asks_in_anothers_name_does_not_shut_them_out(town: Town) -> None:
    for _ in range(sign_in.SENDS_PER_ADDRESS_MAX + 3):
        town.anyone().post("/auth/codes", json={"email": EMAIL})
    (*_, last) = town.mails_to(EMAIL)
    code = re.search(r"^[0-9]{6}$", last.get_content(), re.MULTILINE)
    assert code

    assert enter(town, code[0]).status_code == 200
    assert town.anyone().post("/auth/codes", json={"email": EMAIL}).status_code == 202


def test_codes_asked_from_one_network_are_bounded(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "SENDS_PER_NETWORK_MAX", 3)

    def ask(number: int, ip: str) -> int:
        body = {"email": f"person{number}@example.org"}
        return town.anyone().post("/auth/codes", json=body, environ_overrides={"REMOTE_ADDR": ip}).status_code

    assert [ask(number, f"198.51.100.{number}") for number in range(5)] == [202, 202, 202, 429, 429]
    assert ask(5, "198.51.101.1") == 202
    town.clock.forward(minutes=10)
    assert ask(6, "198.51.100.1") == 202


def test_codes_in_all_are_bounded(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "SENDS_MAX", 3)

    def ask(number: int) -> int:
        body, ip = {"email": f"person{number}@example.org"}, f"198.51.{number}.1"
        return town.anyone().post("/auth/codes", json=body, environ_overrides={"REMOTE_ADDR": ip}).status_code

    assert [ask(number) for number in range(4)] == [202, 202, 202, 429]


def test_tries_from_one_network_are_bounded(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "TRIES_PER_NETWORK_MAX", 3)

    answers = [enter(town, "123456", email=f"person{number}@example.org") for number in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]


def test_counts_name_nobody(town: Town) -> None:
    town.anyone().post("/auth/codes", json={"email": EMAIL}, environ_overrides={"REMOTE_ADDR": "198.51.100.7"})

    buckets = [value for table, value in rows_of(town) if table == "attempt"]

    assert buckets
    assert not [value for value in buckets if b"ona" in value or b"198.51" in value]


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_network_is_what_one_sender_has(ip: str | None, network: str) -> None:
    assert network_of(ip) == network


def test_staff_who_never_joined_sign_in_without_terms(town: Town) -> None:
    verifier = town.verifier()

    answer = enter(town, town.code_for(verifier.email), email=verifier.email, terms=None)

    assert answer.status_code == 200
    me = town.anyone().get("/me", headers=carry(town, answer)).json
    assert (me["terms_version"], [role["role"] for role in me["roles"]]) == (None, ["verifier"])


def test_staff_join_by_naming_the_terms(town: Town) -> None:
    verifier = town.verifier()
    code = town.code_for(verifier.email)

    assert enter(town, code, email=verifier.email, terms="1999-01").status_code == 409
    answer = enter(town, code, email=verifier.email)

    me = town.anyone().get("/me", headers=carry(town, answer)).json
    assert me["terms_version"] == "2026-11"


def test_who_lost_their_last_role_and_never_joined_needs_the_terms(town: Town) -> None:
    clerk, manager = town.clerk("museu-d-historia"), town.manager()
    grant = _grant_of(clerk, manager)
    manager.delete(f"/roles/{grant}")

    answer = enter(town, town.code_for(clerk.email), email=clerk.email, terms=None)

    assert answer.status_code == 409


def _grant_of(person: Person, manager: Person) -> str:
    items = manager.get("/roles").json["items"]
    return str(next(item["id"] for item in items if item["email"] == person.email))


def test_unknown_fields_are_refused(town: Town) -> None:
    code = town.code_for(EMAIL)

    body = {"email": EMAIL, "code": code, "terms_version": "2026-11", "role": Role.MANAGER.value}

    assert town.anyone().post("/auth/tokens", json=body).status_code == 422
