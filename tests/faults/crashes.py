"""A process that ends between any two statements of any write leaves nothing half-done (A34).

Every write of the API is done again and again in a process of its own, which dies one statement later each time:
before each statement, and before the commit. After each death the database is row by row what it was. At last it lives,
and the effect is there; where the request had a key, sending it again tells the same.
"""

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import event, select

from core.db import Base, Does, db, in_transaction
from tests.catalogue.cases import APPROVE, ASK, DECLINE, Cases, photo
from tests.catalogue.deed_bodies import deed_body, version_body
from tests.storms.crowd import Tell
from tests.storms.place import Place
from tests.storms.storms import REVERSE, Figures
from tests.town import PIN, Answer, Person

DIED = 9
STATEMENTS_MAX = 400


@dataclass(frozen=True)
class Worked:
    """What a job answers: how many things it did."""

    status_code: int
    text: str = ""


@dataclass(frozen=True)
class Write:
    """One request that writes. `phases`: it commits more than once, so that a crash may leave it half-way between two
    of them; then it must be possible to finish."""

    name: str
    send: Callable[[], "Answer | Worked"]
    key: bool = False
    phases: bool = False
    is_job: bool = False


def crash_everywhere(place: Place, _server: None, tell: Tell, *, one_in: int = 1) -> Figures:
    """Each write of the API, killed before each of its statements (or one in so many of them)."""
    crashes, completed, chance = 0, 0, random.Random(13)
    for write in writes(place):
        before, statement = dump(place), chance.randrange(one_in) + 1
        while (answer := in_a_process_that_dies(place, write.send, at=statement)) is None:
            crashes += 1
            statement += one_in
            assert statement < STATEMENTS_MAX, f"{write.name} is never done"
            if not write.phases:
                assert differences(before, after := dump(place)) == [], (
                    write.name,
                    statement,
                    differences(before, after),
                )
        assert write.is_job or 200 <= answer[0] < 300, (write.name, answer)
        assert dump(place) != before, f"{write.name} has no effect"
        if write.key:
            assert in_a_process_that_dies(place, write.send, at=STATEMENTS_MAX) == answer
        completed += 1
        faults = place.faults()
        assert faults == [], (write.name, faults[:2])
        tell(1)
    return {"writes": completed, "crashes": crashes}


def writes(place: Place) -> Iterator[Write]:
    """Every operation that writes, in an order in which each finds what it needs."""
    town, cases, market = place.town, place.cases, place.market
    manager, organiser, verifier, second = town.manager(), town.organiser(), town.verifier(), town.verifier()
    clerk, auditor, anna, bru = (
        town.clerk(market.partner()),
        town.auditor(),
        town.resident(name="Anna"),
        town.resident(),
    )
    for person in (anna, bru):
        place.give(person, 400)

    def by(person: Person, method: str, path: str, body: Any = None, **more: Any) -> Callable[[], Answer]:
        _ = person.token
        return partial(person.call, method, path, **({} if body is None else {"json": body}), **more)

    yield from _of_the_catalogue(by, manager, organiser, cases)
    yield from _of_submissions(by, place, anna, organiser, verifier, second)
    yield from _of_vouchers(by, place, anna, clerk, manager)
    yield from _of_tills(by, place, manager)
    yield Write("read the log", by(auditor, "GET", "/audit"))
    yield from _of_people(by, place, bru, manager)
    yield from _of_the_jobs(place)


def _of_the_catalogue(by: Any, manager: Person, organiser: Person, cases: Cases) -> Iterator[Write]:
    yield Write("publish a deed", by(manager, "POST", "/deeds", deed_body("sweep")))
    better = version_body(points=4)
    yield Write("a deed's next version", by(manager, "PUT", "/deeds/sweep", better))
    yield Write("open a partner", by(manager, "POST", "/partners", {"code": "theatre", "name": "Theatre"}))
    yield Write("rename a partner", by(manager, "PATCH", "/partners/theatre", {"name": "The Theatre"}))
    titles = dict.fromkeys(("en", "es", "ca", "pt"), "A play")
    play = {
        "code": "play",
        "category": "culture",
        "partner": "theatre",
        "titles": titles,
        "price_points": 8,
        "value_eur": 1,
    }
    yield Write("publish a benefit", by(manager, "POST", "/benefits", play | {"voucher_days": 30, "stock": 9}))
    yield Write("change a benefit", by(manager, "PATCH", "/benefits/play", {"price_points": 6}))
    yield Write("add stock", by(manager, "POST", "/benefits/play/stock", {"change": 3}))
    grant = {"email": "new@example.org", "role": "verifier"}
    yield Write("grant a role", by(manager, "POST", "/roles", grant))
    granted = next(row["id"] for row in manager.get("/roles").json["items"] if row["email"] == grant["email"])
    yield Write("read the roles", by(manager, "GET", "/roles"))
    yield Write("take a role", by(manager, "DELETE", f"/roles/{granted}"))
    event = {"deed": cases.deed("fair", evidence=["event_code"], points=1), "title": "Fair", "district": None}
    event |= {
        "starts_at": cases.clock.now().isoformat(),
        "ends_at": (cases.clock.now() + timedelta(hours=2)).isoformat(),
    }
    yield Write("announce an event", by(organiser, "POST", "/events", event))
    announced = organiser.get("/events").json["items"][0]["id"]
    yield Write("change an event", by(organiser, "PATCH", f"/events/{announced}", {"title": "The fair"}))
    yield Write("cancel an event", by(organiser, "DELETE", f"/events/{announced}"))


def _of_submissions(
    by: Any, place: Place, anna: Person, organiser: Person, verifier: Person, second: Person
) -> Iterator[Write]:
    cases, now = place.cases, place.clock_text
    deed, fair = cases.deed(), cases.event(organiser, "fair")
    host = cases.deed("host", evidence=["organiser"])
    event = cases.event(organiser, host)
    yield Write("claim", by(anna, "POST", "/submissions", {"deed": deed, "done_at": now()}, key=str(uuid4())), key=True)
    claim = cases.claim(anna)
    path = f"/submissions/{claim}"
    photo_sent = partial(cases.send_photo, anna, claim, photo(3), key=str(uuid4()))
    yield Write("send a photo", photo_sent, key=True, phases=True)
    yield Write("change the note", by(anna, "PATCH", path, {"note": "By the fountain"}))
    yield Write("look at a case to decide", by(verifier, "POST", "/review-queue/lease"))
    yield Write("read a case", by(verifier, "GET", path))
    why = {"reason_code": "someone_i_know"}
    yield Write("give a case back", by(verifier, "DELETE", "/review-queue/lease", why))
    seen = {"If-Match": f'"{cases.seen(anna, claim)["revision"]}"'}
    yield Write("ask", by(second, "POST", f"{path}/verification", ASK, headers=seen))
    yield Write("answer", by(anna, "PATCH", path, {"note": "The one with the nest"}))
    seen = {"If-Match": f'"{cases.seen(anna, claim)["revision"]}"'}
    yield Write("approve", by(second, "POST", f"{path}/verification", APPROVE, headers=seen))
    yield Write("reverse", by(verifier, "POST", f"{path}/reversal", REVERSE))
    declined = cases.claim_with_photo(anna)
    headers = {"If-Match": '"2"'}
    yield Write("decline", by(second, "POST", f"/submissions/{declined}/verification", DECLINE, headers=headers))
    yield Write("withdraw", by(anna, "DELETE", f"/submissions/{cases.claim_with_photo(anna)}"))
    hosted = cases.claim(anna, host, event=event)
    yield Write("list what to confirm", by(organiser, "GET", "/confirmations"))
    said = {"confirmed": True, "quantity": 1, "text": None}
    yield Write("confirm", by(organiser, "POST", f"/submissions/{hosted}/confirmation", said))
    whole = {"decision": "approve", "reason_code": "as_described", "text": None}
    yield Write("decide an event", by(verifier, "POST", f"/events/{event}/verification", whole))
    code = cases.code_of(fair, organiser)
    yield Write("check in", by(anna, "POST", "/check-ins", {"code": code}, key=str(uuid4())), key=True)
    yield Write("read who came", by(organiser, "GET", f"/events/{fair}/attendance"))


def _of_vouchers(by: Any, place: Place, anna: Person, clerk: Person, manager: Person) -> Iterator[Write]:
    market = place.market
    order = {"benefit": market.benefit(stock=20, value_eur=1), "price_points": 8}
    yield Write("buy", by(anna, "POST", "/vouchers", order, key=str(uuid4())), key=True)
    yield Write("cancel", by(anna, "DELETE", f"/vouchers/{market.buy(anna)}"))
    why = {"reason_code": "not_honoured"}
    yield Write("give the points back", by(manager, "POST", f"/vouchers/{market.buy(anna)}/refund", why))
    code = {"code": market.code(anna, market.buy(anna))}
    yield Write("look a code up", by(clerk, "POST", "/till/lookups", code))
    yield Write("redeem", by(clerk, "POST", "/till/redemptions", code, key=str(uuid4())), key=True)
    used = clerk.get("/till/redemptions").json["items"][0]["id"]
    yield Write("undo", by(clerk, "DELETE", f"/till/redemptions/{used}"))


def _of_tills(by: Any, place: Place, manager: Person) -> Iterator[Write]:
    museum, anyone = place.market.partner(), place.town.anyone()
    yield Write("make a pairing code", by(manager, "POST", f"/partners/{museum}/pairings", {"name": "Front desk"}))
    code = manager.post(f"/partners/{museum}/pairings", json={}).json["pairing_code"]
    yield Write("pair a device", by(anyone, "POST", "/till/devices", {"pairing_code": code, "pin": PIN}))
    device, till = place.town.device(museum), place.town.till(museum)
    yield Write("begin a shift", by(device, "POST", "/till/shifts", {"pin": PIN}))
    yield Write("end a shift", by(till, "DELETE", "/till/shifts"))
    yield Write("end a till", by(manager, "DELETE", f"/partners/{museum}/devices/{device.id}"))


def _of_people(by: Any, place: Place, bru: Person, manager: Person) -> Iterator[Write]:
    town, anyone = place.town, place.town.anyone()
    email = {"email": "late@example.org"}
    yield Write("ask for a code", by(anyone, "POST", "/auth/codes", email))
    joining = email | {"code": town.code_for(email["email"]), "terms_version": town.city.terms.version}
    yield Write("join", by(anyone, "POST", "/auth/tokens", joining))
    again = email | {"code": town.code_for(email["email"])}
    pair = anyone.post("/auth/tokens", json=again).json
    yield Write(
        "renew the session", by(anyone, "POST", "/auth/tokens/refresh", {"refresh_token": pair["refresh_token"]})
    )
    signed_in = {"Authorization": f"Bearer {pair['access_token']}"}
    yield Write("sign out", by(anyone, "DELETE", "/auth/tokens", headers=signed_in))
    yield Write("change the profile", by(bru, "PATCH", "/me", {"name": "Bru"}))
    yield Write("consent", by(bru, "PUT", "/me/consents/name-to-organiser"))
    yield Write("take consent back", by(bru, "DELETE", "/me/consents/name-to-organiser"))
    place.market.buy(bru)
    yield Write("leave", by(bru, "DELETE", "/me"))
    yield Write("leave at once", by(bru, "DELETE", "/me", {"now": True}), phases=True)


def _of_the_jobs(place: Place) -> Iterator[Write]:
    """Jobs commit batch by batch: after a death the next run goes on, and in the end each thing was done once."""
    town, cases, market = place.town, place.cases, place.market
    cleo, organiser = town.resident(), town.organiser()
    place.give(cleo, 80)
    market.buy(cleo)
    event = cases.event(organiser, "host")
    cases.claim(cleo, "host", event=event)
    town.anyone().post("/auth/codes", json={"email": "forgetful@example.org"})
    town.resident().delete("/me")

    def run(name: str) -> Callable[[], Worked]:
        return lambda: Worked(town.run_job(name))

    yield Write("job: seal-audit", run("seal-audit"), phases=True, is_job=True)
    yield Write("job: send-mail", run("send-mail"), phases=True, is_job=True)
    town.clock.forward(days=15)
    for name in ("lapse-cases", "erase-leavers", "forget-sign-ins", "forget-pairings"):
        yield Write(f"job: {name}", run(name), phases=True, is_job=True)
    town.clock.forward(days=100)
    for name in ("expire-vouchers", "delete-evidence", "drop-idempotency-keys"):
        yield Write(f"job: {name}", run(name), phases=True, is_job=True)
    town.clock.forward(days=602)  # two weeks before the points end
    yield Write("job: remind", run("remind"), phases=True, is_job=True)
    town.clock.forward(days=45)
    yield Write("job: expire-points", run("expire-points"), phases=True, is_job=True)


# --- processes that die ----------------------------------------------------------------------------------------------


def in_a_process_that_dies(place: Place, send: Callable[[], "Answer | Worked"], *, at: int) -> list[Any] | None:
    """The status and text that it answered; None when it died, before its `at`-th statement or commit."""
    with place.town.app.app_context():
        db.session.remove()
        db.engine.dispose()  # no connection is shared with the child
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with place.town.app.app_context():
                die_at(at)
            answer = send()
            os.write(write_end, json.dumps([answer.status_code, answer.text]).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end) as said:
        text = said.read()
    _, exit_status = os.waitpid(child, 0)
    assert bool(text) != (os.waitstatus_to_exitcode(exit_status) == DIED), "it neither died nor answered"
    return list(json.loads(text)) if text else None


def die_at(statement: int) -> None:
    """Statements and commits are counted alike."""
    sent = 0

    def count(*_: Any) -> None:
        nonlocal sent
        sent += 1
        if sent == statement:
            os._exit(DIED)

    event.listen(db.engine, "before_cursor_execute", count)
    event.listen(db.engine, "commit", count)


def dump(place: Place) -> dict[str, list[str]]:
    """Every row of every table."""

    def rows() -> dict[str, list[str]]:
        return {
            table.name: sorted(str(tuple(row)) for row in db.session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }

    with place.town.app.app_context():
        return in_transaction(rows, does=Does.SNAPSHOT)


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    return [name for name in before if before[name] != after[name]]
