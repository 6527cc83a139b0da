"""A session opens for its owner, once per refresh token, until it ends; what we did not sign opens nothing."""

import base64
import hmac
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from sqlalchemy import event

from citizen import tokens
from citizen.models import TokenFamily
from core.db import db
from core.ids import new_id
from tests.citizen.traces import rows_of
from tests.town import Answer, Town

EMAIL = "ona.ferrer@example.org"


def sign_in(town: Town, email: str = EMAIL) -> dict[str, str]:
    body = {"email": email, "code": town.code_for(email), "terms_version": town.city.terms.version}
    answer = town.anyone().post("/auth/tokens", json=body)
    return dict(answer.json)


def refresh(town: Town, pair: dict[str, str]) -> Answer:
    return town.anyone().post("/auth/tokens/refresh", json={"refresh_token": pair["refresh_token"]})


def renewed(town: Town, pair: dict[str, str]) -> dict[str, str]:
    answer = refresh(town, pair)
    assert answer.status_code == 200
    return dict(answer.json)


def opens(town: Town, access_token: str) -> bool:
    answer = town.anyone().get("/me", headers={"Authorization": f"Bearer {access_token}"})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


def code_of(answer: Answer) -> Any:
    return answer.status_code, answer.json["code"]


def test_an_access_token_is_good_for_fifteen_minutes(town: Town) -> None:
    pair = sign_in(town)

    town.clock.forward(minutes=14, seconds=59)
    assert opens(town, pair["access_token"])
    town.clock.forward(seconds=1)
    assert not opens(town, pair["access_token"])


def test_a_refresh_token_gives_the_next_pair(town: Town) -> None:
    first = sign_in(town)
    town.clock.forward(minutes=20)

    second = renewed(town, first)

    assert second["refresh_token"] != first["refresh_token"]
    assert opens(town, second["access_token"])
    town.clock.forward(minutes=20)
    assert opens(town, renewed(town, second)["access_token"])


@pytest.mark.parametrize("seconds", [0, 30])
def test_a_refresh_whose_answer_was_lost_is_answered_the_same_again(town: Town, seconds: int) -> None:
    first = sign_in(town)
    town.clock.forward(minutes=20)
    second = renewed(town, first)
    town.clock.forward(seconds=seconds)

    assert renewed(town, first) == second
    assert opens(town, renewed(town, second)["access_token"])


def test_a_refresh_token_used_again_later_closes_the_session(town: Town) -> None:
    first = sign_in(town)
    second = renewed(town, first)
    town.clock.forward(seconds=31)

    reused = refresh(town, first)

    assert code_of(reused) == (401, "token_reused")
    assert not opens(town, second["access_token"])
    assert code_of(refresh(town, second)) == (401, "token_invalid")
    log = town.auditor().get("/audit?kind=session.reused").json
    assert [entry["subject"] for entry in log["items"]] == [str(citizen_of(second))]


def test_a_token_two_generations_old_closes_the_session_at_once(town: Town) -> None:
    first = sign_in(town)
    third = renewed(town, renewed(town, first))

    assert code_of(refresh(town, first)) == (401, "token_reused")
    assert not opens(town, third["access_token"])


def test_a_reused_token_closes_no_other_session(town: Town) -> None:
    stolen, other = sign_in(town), sign_in(town)
    renewed(town, stolen)
    town.clock.forward(seconds=31)

    refresh(town, stolen)

    assert opens(town, other["access_token"])


def test_eight_phones_at_once_get_one_successor(town: Town) -> None:
    first = sign_in(town)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(town, first), range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert opens(town, renewed(town, answers[0].json)["access_token"])


def test_a_refresh_waits_for_the_one_before_it(town: Town) -> None:
    renew = partial(tokens.renew, sign_in(town)["refresh_token"], settings=town.settings)
    at = town.clock.now()
    with ThreadPoolExecutor(1) as pool:

        def renew_while_another_tries() -> tuple[tokens.Tokens, Future[tokens.Tokens]]:
            first = renew(at=at)
            second = pool.submit(town.does, partial(renew, at=at + timedelta(seconds=5)))
            wait([second], timeout=0.5)  # it is over at once only if nothing holds it back
            return first, second

        first, second = town.does(renew_while_another_tries)

        assert second.result() == first


def test_a_session_ends_after_ninety_days_however_often_it_is_renewed(town: Town) -> None:
    pair = sign_in(town)
    for _ in range(9):
        town.clock.forward(days=10, seconds=-1)
        pair = renewed(town, pair)
    assert opens(town, pair["access_token"])

    town.clock.forward(seconds=9)

    assert not opens(town, pair["access_token"])
    assert code_of(refresh(town, pair)) == (401, "token_invalid")


def test_signing_out_ends_this_session_at_once_and_no_other(town: Town) -> None:
    here, there = sign_in(town), sign_in(town)

    answer = town.anyone().delete("/auth/tokens", headers={"Authorization": f"Bearer {here['access_token']}"})

    assert answer.status_code == 204
    assert not opens(town, here["access_token"])
    assert code_of(refresh(town, here)) == (401, "token_invalid")
    assert opens(town, there["access_token"])


def test_a_forged_refresh_token_has_no_effect(town: Town) -> None:
    pair = sign_in(town)
    raw = bytearray(decoded(pair["refresh_token"]))

    for place in (0, 15, 16, 31, 35, 36, 67):
        forged = bytearray(raw)
        forged[place] ^= 1
        assert code_of(refresh(town, {"refresh_token": encoded(forged)})) == (401, "token_invalid")

    assert opens(town, pair["access_token"])
    renewed(town, pair)


def test_a_refresh_token_opens_nobody_elses_session(town: Town) -> None:
    mine, theirs = sign_in(town), sign_in(town, "pau.vila@example.org")
    mixed = decoded(theirs["refresh_token"])[:32] + decoded(mine["refresh_token"])[32:]

    assert code_of(refresh(town, {"refresh_token": encoded(mixed)})) == (401, "token_invalid")
    assert opens(town, theirs["access_token"])


@pytest.mark.parametrize("text", ["x", "é" * 40, "A" * 91, "=" * 91, "A" * 90, "-_" * 45 + "A", "ab cd" * 18])
def test_nonsense_is_no_refresh_token(town: Town, text: str) -> None:
    assert code_of(refresh(town, {"refresh_token": text})) == (401, "token_invalid")


def test_the_database_alone_opens_nothing(town: Town) -> None:
    pair = sign_in(town)
    secrets = [pair["access_token"].encode(), pair["refresh_token"].encode(), decoded(pair["refresh_token"])[36:]]

    kept = [value for _, value in rows_of(town)]

    assert not [value for value in kept for secret in secrets if secret in value]


def test_a_person_sees_where_they_are_signed_in(town: Town) -> None:
    old = sign_in(town)
    town.clock.forward(minutes=1)
    new = sign_in(town)
    town.clock.forward(minutes=1)
    old = renewed(town, old)
    carry = {"Authorization": f"Bearer {new['access_token']}"}

    first = town.anyone().get("/me/sessions?limit=1", headers=carry).json
    second = town.anyone().get(f"/me/sessions?limit=1&cursor={first['next_cursor']}", headers=carry).json

    assert [session["is_current"] for session in first["items"] + second["items"]] == [True, False]
    assert first["items"][0]["last_used_at"] == "2026-11-23T10:01:00Z"
    assert second["items"][0]["last_used_at"] == "2026-11-23T10:02:00Z"
    assert second["items"][0]["created_at"] == "2026-11-23T10:00:00Z"
    assert second["items"][0]["expires_at"] == "2027-02-21T10:00:00Z"
    assert second["next_cursor"] is None


def test_a_session_is_ended_from_another_one(town: Town) -> None:
    lost, here = sign_in(town), sign_in(town)
    carry = {"Authorization": f"Bearer {here['access_token']}"}
    anyone = town.anyone()
    items = anyone.get("/me/sessions", headers=carry).json["items"]
    (other,) = [session["id"] for session in items if not session["is_current"]]

    ended = [anyone.delete(f"/me/sessions/{other}", headers=carry) for _ in range(2)]

    assert [answer.status_code for answer in ended] == [204, 204]
    assert anyone.get("/me", headers={"Authorization": f"Bearer {lost['access_token']}"}).status_code == 401
    assert anyone.post("/auth/tokens/refresh", json={"refresh_token": lost["refresh_token"]}).status_code == 401
    assert [item["is_current"] for item in anyone.get("/me/sessions", headers=carry).json["items"]] == [True]


def test_nobody_sees_anothers_sessions(town: Town) -> None:
    sign_in(town)

    sessions = town.resident().get("/me/sessions").json

    assert sessions
    assert len(sessions["items"]) == 1


Forge = Callable[[Town, dict[str, str]], str]
HEADER = {"alg": "Ed25519", "typ": "at+jwt"}


def unsigned(alg: str) -> Forge:
    def forge(_: Town, pair: dict[str, str]) -> str:
        head = encoded(orjson.dumps(HEADER | {"alg": alg}))
        return f"{head}.{pair['access_token'].split('.')[1]}."

    return forge


def by_another_key(_: Town, pair: dict[str, str]) -> str:
    return jwt.encode(HEADER, claims_of(pair), OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"])


def by_another_deployment(town: Town, pair: dict[str, str]) -> str:
    at, seed = town.clock.now(), bytes(tokens.SEED_BYTES)
    settings = replace(town.settings, secret_key=b"that of the next town")
    return tokens._tokens(
        TokenFamily(
            citizen_id=citizen_of(pair), id=UUID(claims_of(pair)["sid"]), seed=seed, generation=0, rotated_at=at
        ),
        settings=settings,
    ).access_token


def by_the_public_key_as_a_secret(form: str) -> Forge:
    def forge(town: Town, pair: dict[str, str]) -> str:
        public = signing_key(town).public_key()
        secret = {
            "raw": public.public_bytes_raw(),
            "der": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "pem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "jwk": orjson.dumps(OKPKey.import_key(public).as_dict(private=False)),
        }[form]
        signed = f"{encoded(orjson.dumps(HEADER | {'alg': 'HS256'}))}.{pair['access_token'].split('.')[1]}"
        return f"{signed}.{encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"

    return forge


def by_a_key_that_it_names(**named: Any) -> Forge:
    """Signed by a key of the forger's, and the header says where to find that key."""

    def forge(_: Town, pair: dict[str, str]) -> str:
        key = ECKey.generate_key("P-256")
        head = {"alg": "ES256", "typ": "at+jwt", "jwk": key.as_dict(private=False)} | named
        signed = f"{encoded(orjson.dumps(head))}.{pair['access_token'].split('.')[1]}"
        signature = decoded(jwt.encode({"alg": "ES256"}, claims_of(pair), key).split(".")[2])
        return f"{signed}.{encoded(signature)}"

    return forge


def by_us(**head: str) -> Forge:
    """What our key signed, but not as an access token."""

    def forge(town: Town, pair: dict[str, str]) -> str:
        head_sent = HEADER | head
        signed = f"{encoded(orjson.dumps(head_sent))}.{pair['access_token'].split('.')[1]}"
        return f"{signed}.{encoded(signing_key(town).sign(signed.encode()))}"

    return forge


def bent(bend: Callable[[str], str]) -> Forge:
    return lambda _, pair: bend(pair["access_token"])


FORGERIES: dict[str, Forge] = {
    **{f"alg {alg!r}": unsigned(alg) for alg in ("none", "None", "NONE", "nOnE", "", "Ed25519")},
    "another key": by_another_key,
    "another deployment": by_another_deployment,
    **{f"the public key as {form}": by_the_public_key_as_a_secret(form) for form in ("raw", "der", "pem", "jwk")},
    "a key in the header": by_a_key_that_it_names(),
    "a key that is a file": by_a_key_that_it_names(kid="../../../../dev/null"),
    "a key that is a query": by_a_key_that_it_names(kid="' UNION SELECT 'x' --"),
    "a key elsewhere": by_a_key_that_it_names(jku="http://127.0.0.1/keys", x5u="http://127.0.0.1/cert"),
    "another kind of key": by_a_key_that_it_names(alg="Ed25519"),
    "ours for another purpose": by_us(typ="JWT"),
    "ours by another name": by_us(alg="EdDSA"),
    "ours without a name": by_us(alg="none"),
    "a refresh token": lambda _, pair: pair["refresh_token"],
    "cut at the end": bent(lambda token: token[:-2]),
    "cut at the start": bent(lambda token: token[2:]),
    "longer": bent(lambda token: f"{token}AAAA"),
    "a part more": bent(lambda token: f"{token}."),
    "two in one": bent(lambda token: f"{token}.{token}"),
    "two with a comma": bent(lambda token: f"{token},{token}"),
    "two headers in one": bent(lambda token: f"{token}, Bearer {token}"),
    "something before": bent(lambda token: f"x {token}"),
    "an empty part": bent(lambda token: token.replace(".", "..", 1)),
    "no signature": bent(lambda token: token.rsplit(".", 1)[0] + "."),
    "other letters": bent(lambda token: token.swapcase()),
    "quoted": bent(lambda token: f'"{token}"'),
}


def test_what_we_did_not_sign_as_an_access_token_opens_nothing(town: Town) -> None:
    pair = sign_in(town)
    wrong = {}
    for what, forge in FORGERIES.items():
        answer = town.anyone().get("/me", headers={"Authorization": f"Bearer {forge(town, pair)}"})
        told = (*code_of(answer), answer.headers.get("WWW-Authenticate"))
        if told != (401, "unauthorized", 'Bearer realm="bonafeta"'):
            wrong[what] = told

    assert wrong == {}
    assert opens(town, pair["access_token"])


def test_what_our_key_signs_as_an_access_token_opens(town: Town) -> None:
    """So that the forgeries above are refused for what is wrong with them."""
    pair = sign_in(town)

    assert opens(town, by_us()(town, pair))


def test_no_byte_of_a_token_can_be_another(town: Town) -> None:
    token = sign_in(town)["access_token"]
    head, claims, signature = (decoded(part) for part in token.split("."))

    for part, whole in enumerate((head, claims, signature)):
        for place in range(0, len(whole), 7):
            parts = [bytearray(head), bytearray(claims), bytearray(signature)]
            parts[part][place] ^= 1
            assert not opens(town, ".".join(encoded(piece) for piece in parts)), (part, place)


def test_an_access_token_refreshes_nothing(town: Town) -> None:
    pair = sign_in(town)

    answer = refresh(town, {"refresh_token": pair["access_token"]})

    assert code_of(answer) == (401, "token_invalid")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_refresh_token_of_another_deployment_opens_nothing(town: Town) -> None:
    pair = sign_in(town)
    other = replace(town.settings, secret_key=b"that of the next town")
    renew = partial(tokens.renew, pair["refresh_token"], at=town.clock.now(), settings=other)

    with pytest.raises(tokens.TokenInvalid):
        town.does(renew)

    renewed(town, pair)


def test_a_changed_token_opens_nothing(town: Town) -> None:
    mine, theirs = sign_in(town), sign_in(town, "pau.vila@example.org")
    header, _, signature = mine["access_token"].split(".")

    assert not opens(town, ".".join((header, theirs["access_token"].split(".")[1], signature)))


def test_a_token_of_a_session_that_never_was_opens_nothing(town: Town) -> None:
    claims = claims_of(sign_in(town)) | {"sid": str(new_id())}
    key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(town.settings.key("access token")))

    assert not opens(town, jwt.encode({"alg": "Ed25519", "typ": "at+jwt"}, claims, key, algorithms=["Ed25519"]))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic b25hOm9uYQ==",
        "Bearer a.b.c",
        "Bearer ..",
        "x" * 8000,
        "{token}",
        "Token {token}",
        "Bearer:{token}",
        "Bearer\t{token}",
        "JWT {token}",
        "Bearer Bearer {token}",
        "Basic {token}",
        "DPoP {token}",
    ],
)
def test_no_header_but_ours_opens_anything(town: Town, header: str) -> None:
    token = sign_in(town)["access_token"]

    answer = town.anyone().get("/me", headers={"Authorization": header.format(token=token)})

    assert code_of(answer) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_scheme_is_one_in_whatever_case(town: Town) -> None:
    token = sign_in(town)["access_token"]

    answer = town.anyone().get("/me", headers={"Authorization": f"bEARER {token}"})

    assert answer.status_code == 200


def test_of_two_headers_none_opens_anything(town: Town) -> None:
    mine, theirs = sign_in(town), sign_in(town, "pau.vila@example.org")
    carried = [("Authorization", f"Bearer {pair['access_token']}") for pair in (mine, theirs)]

    answer = town.anyone().client.get("/api/v1/me", headers=carried)

    assert answer.status_code == 401


def test_who_calls_is_read_with_one_query(town: Town) -> None:
    carry, seen = f"Bearer {town.clerk('museu-picasso').token}", []
    with town.app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    caller = town.does(lambda: tokens.caller_of(carry, at=town.clock.now(), settings=town.settings))

    assert caller.partners == {"museu-picasso"}
    assert [statement.split()[0] for statement in seen if not statement.startswith("BEGIN")] == ["SELECT"]


def test_old_sessions_are_forgotten(town: Town) -> None:
    ended = sign_in(town)
    town.anyone().delete("/auth/tokens", headers={"Authorization": f"Bearer {ended['access_token']}"})
    kept = sign_in(town)

    town.clock.forward(days=31)
    town.run_job("forget-sign-ins")

    sessions = {value for table, value in rows_of(town) if table == "token_family"}
    assert claims_of(ended)["sid"].encode() not in sessions
    assert claims_of(kept)["sid"].encode() in sessions


def signing_key(town: Town) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(town.settings.key("access token"))


def claims_of(pair: dict[str, str]) -> dict[str, Any]:
    return dict(orjson.loads(decoded(pair["access_token"].split(".")[1])))


def citizen_of(pair: dict[str, str]) -> UUID:
    return UUID(bytes=decoded(pair["refresh_token"])[:16])


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(raw: bytes | bytearray) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
