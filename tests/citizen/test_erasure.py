"""Who leaves is forgotten everywhere, the books stay, and nobody else loses anything (charter C2, promises A57)."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select

from citizen import addresses, erasure, personal_data, tokens
from citizen.models import Citizen
from citizen.personal_data import PersonalDataHolder
from core.db import db
from core.http.doors import Role
from core.http.idempotency import Claim
from core.outbox import post
from rewards import ledger
from tests.citizen.traces import rows_of, traces_of
from tests.town import Answer, Person, Town

NAME = "Remei Estopanyà Quiñonero"
EMAIL = "remei.estopanya77@example.org"
TRACES = ("Remei", "Estopany", "Quiñonero", EMAIL, "remei.estopanya77", "sarria-sant-gervasi")


def somebody_known(town: Town) -> Person:
    """A resident who has left traces wherever this package lets them."""
    person = town.staff_resident(Role.AUDITOR, name=NAME, email=EMAIL)
    assert person.id
    citizen_id, at = person.id, town.clock.now()
    person.put("/me/consents/name-to-organiser")
    town.code_for(EMAIL)  # in the mail folder
    town.clock.forward(seconds=1)
    town.anyone().post("/auth/codes", json={"email": EMAIL})  # in the outbox

    def elsewhere() -> None:
        db.session.get_one(Citizen, citizen_id).district = "sarria-sant-gervasi"  # without a row of the city to find
        ledger.lock_account(citizen_id)
        claim = Claim(citizen_id=citizen_id, operation="op", key="k", fingerprint=b"f" * 32, at=at)
        claim.keep(town.app.response_class(f'{{"note": "by {NAME}"}}'.encode()))
        facts = {"name": NAME, "erase_at": "2026-12-07T10:00:00Z"}
        post("leaving", address=EMAIL, language="ca", facts=facts, citizen_id=citizen_id, at=at)

    town.does(elsewhere)
    return person


def erased_lines(town: Town) -> list[dict[str, str]]:
    file = erasure.erasures_file(town.settings)
    return [orjson.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []


def forget(town: Town, person: Person) -> bool:
    assert person.id
    citizen_id, at = person.id, town.clock.now()
    with town.app.app_context():
        return erasure.erase_person(citizen_id, is_own_wish=False, at=at, settings=town.settings)


def test_c2_who_leaves_at_once_is_found_nowhere(town: Town) -> None:
    person = somebody_known(town)
    assert all(traces_of(trace, town=town) for trace in TRACES)

    answer = person.delete("/me", json={"now": True})

    assert (answer.status_code, answer.json) == (200, {"status": "erased", "erase_at": "2026-11-23T10:00:01Z"})
    assert {trace: traces_of(trace, town=town) for trace in TRACES} == {trace: [] for trace in TRACES}


def test_c2_who_let_the_window_pass_is_found_nowhere(town: Town) -> None:
    person = somebody_known(town)
    person.delete("/me")
    assert town.mails_to(EMAIL)

    town.clock.forward(days=14)
    town.run_job("erase-leavers")

    assert {trace: traces_of(trace, town=town) for trace in TRACES} == {trace: [] for trace in TRACES}


def test_c2_what_is_left_is_a_number_with_its_yes_and_its_books(town: Town) -> None:
    person = somebody_known(town)

    person.delete("/me", json={"now": True})

    about = {table for table, value in rows_of(town) if value == str(person.id).encode()}
    assert about == {"citizen", "terms_acceptance", "account", "audit_entry"}


def test_nothing_opens_for_who_was_erased(town: Town) -> None:
    person = town.resident()
    body = {"email": person.email, "code": town.code_for(person.email)}
    pair = town.anyone().post("/auth/tokens", json=body).json
    waiting = town.code_for(person.email)

    person.delete("/me", json={"now": True})

    assert person.get("/me").status_code == 401
    refreshed = town.anyone().post("/auth/tokens/refresh", json={"refresh_token": pair["refresh_token"]})
    assert refreshed.status_code == 401
    with_code = town.anyone().post("/auth/tokens", json=body | {"code": waiting, "terms_version": "2026-11"})
    assert with_code.status_code == 401


def test_a_session_opened_while_its_person_was_being_erased_opens_nothing(town: Town) -> None:
    person = town.resident()
    assert person.id
    person.delete("/me", json={"now": True})
    opening = partial(tokens.open_session, person.id, seed=bytes(tokens.SEED_BYTES), settings=town.settings)

    pair = town.does(partial(opening, at=town.clock.now()))

    carry = {"Authorization": f"Bearer {pair.access_token}"}
    assert town.anyone().get("/me", headers=carry).status_code == 401


def test_a_change_under_way_while_its_person_is_erased_changes_nothing(town: Town) -> None:
    person = town.resident()
    assert person.token  # signed in before the erasure begins
    assert person.id
    citizen_id = person.id
    with ThreadPoolExecutor(1) as pool:

        def erase_while_they_change() -> Future[Answer]:
            addresses.locked(citizen_id)
            change = pool.submit(person.patch, "/me", json={"name": NAME})
            wait([change], timeout=0.5)  # it is over at once only if nothing holds it back
            personal_data.erase(citizen_id, at=town.clock.now(), settings=town.settings)
            return change

        change = town.does(erase_while_they_change)

        assert change.result().status_code == 401
    assert traces_of(NAME, town=town) == []


def test_roles_go_with_the_person(town: Town) -> None:
    person, manager = town.staff_resident(Role.VERIFIER), town.manager()

    person.delete("/me", json={"now": True})

    page = manager.get("/roles").json
    assert [grant["email"] for grant in page["items"]] == [manager.email]


def test_a_second_erasure_does_nothing(town: Town) -> None:
    person = town.resident()
    person.delete("/me", json={"now": True})
    before = sorted(rows_of(town))
    town.clock.forward(minutes=10)

    assert not forget(town, person)
    assert town.run_job("erase-leavers") == 0

    assert sorted(rows_of(town)) == before
    assert len(erased_lines(town)) == 1


def test_an_erasure_is_listed_outside_the_database(town: Town) -> None:
    person = town.resident()

    person.delete("/me", json={"now": True})

    assert erased_lines(town) == [{"citizen_id": str(person.id), "erased_at": "2026-11-23T10:00:00Z"}]


def test_an_erasure_that_crashed_before_the_list_is_listed_by_the_job(town: Town) -> None:
    person = town.resident()
    person.delete("/me", json={"now": True})
    erasure.erasures_file(town.settings).unlink()
    town.clock.forward(minutes=10)

    town.run_job("erase-leavers")

    assert erased_lines(town) == [{"citizen_id": str(person.id), "erased_at": "2026-11-23T10:00:00Z"}]


def test_a_restored_backup_forgets_again(town: Town) -> None:
    listed, other = town.resident(), town.resident()
    line = orjson.dumps({"citizen_id": listed.id, "erased_at": "2026-11-22T10:00:00Z"})
    erasure.erasures_file(town.settings).write_bytes(line + b"\n")

    with town.app.app_context():
        assert erasure.forget_again(at=town.clock.now(), settings=town.settings) == 1

    assert listed.get("/me").status_code == 401
    assert other.get("/me").status_code == 200


def test_what_a_request_under_way_still_wrote_is_swept_away(town: Town) -> None:
    person = town.resident()
    assert person.id
    citizen_id, at = person.id, town.clock.now()
    person.delete("/me", json={"now": True})
    facts = {"name": NAME}
    town.does(lambda: post("leaving", address=EMAIL, language="ca", facts=facts, citizen_id=citizen_id, at=at))
    assert traces_of(NAME, town=town)

    town.clock.forward(minutes=10)
    town.run_job("erase-leavers")

    assert traces_of(NAME, town=town) == []
    assert traces_of(EMAIL, town=town) == []


def test_who_was_erased_may_join_again_as_someone_new(town: Town) -> None:
    person = town.resident()
    person.delete("/me", json={"now": True})

    body = {"email": person.email, "code": town.code_for(person.email), "terms_version": "2026-11"}
    pair = town.anyone().post("/auth/tokens", json=body).json

    me = town.anyone().get("/me", headers={"Authorization": f"Bearer {pair['access_token']}"}).json
    assert me["id"] != str(person.id)
    assert me["email"] == person.email


def test_nobody_else_loses_anything(town: Town) -> None:
    leaver, stayer = town.resident(), town.resident("Ona Ferrer")
    stayer.put("/me/consents/name-to-organiser")
    town.code_for(stayer.email)
    before = stayer.get("/me").json

    leaver.delete("/me", json={"now": True})

    assert stayer.get("/me").json == before
    assert len(town.mails_to(stayer.email)) == 1


def test_staff_who_never_joined_can_be_forgotten_too(town: Town) -> None:
    verifier = town.verifier()

    assert verifier.delete("/me", json={"now": True}).status_code == 200

    assert traces_of(verifier.email, town=town) == []


def test_one_who_cannot_be_forgotten_yet_holds_up_nobody_else(town: Town) -> None:
    leavers = [town.resident() for _ in range(3)]
    for leaver in leavers:
        leaver.delete("/me")
    town.clock.forward(days=14)

    def fail(citizen_id: UUID, **_: Any) -> list[Path]:
        if citizen_id == leavers[0].id:
            raise OSError("the disk is away")
        return []

    holders = town.app.extensions["holders"]
    town.app.extensions["holders"] = (PersonalDataHolder(models=(), export=dict, erase=fail), *holders)
    assert town.run_job("erase-leavers") == 2
    town.app.extensions["holders"] = holders
    assert town.run_job("erase-leavers") == 1

    assert {UUID(line["citizen_id"]) for line in erased_lines(town)} == {leaver.id for leaver in leavers}


def test_the_database_refuses_an_erased_person_with_a_name(town: Town) -> None:
    person = town.resident("Ona Ferrer")
    forget(town, person)

    def rename() -> None:
        row = db.session.scalars(select(Citizen).where(Citizen.id == person.id)).one()
        row.name = "Ona Ferrer"
        with pytest.raises(Exception, match="erased_is_empty"):
            db.session.flush()
        db.session.rollback()

    town.does(rename)


def test_an_erased_person_is_found_by_nobody(town: Town) -> None:
    person = town.resident()
    forget(town, person)

    assert town.does(lambda: addresses.find(person.email, settings=town.settings)) is None
