"""A town with one of everything that can belong to somebody, all of it Ona's, and everybody who might reach for it.

`docs/access.md` says what each of them gets; its columns are `CALLERS`.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, cast

from flask import Flask
from jsonschema_rs import Draft202012Validator
from sqlalchemy import select

from app import create_app
from citizen import addresses, roles, sign_in, tokens
from citizen.models import RoleGrant, SignInCode, TokenFamily
from core.clock import iso
from core.db import db
from core.http.doors import STAFF, Role
from core.ids import new_id
from core.settings import ROOT, Settings
from rewards import voucher_codes
from tests.catalogue.cases import APPROVE, Cases, photo
from tests.catalogue.deed_bodies import deed_body, version_body
from tests.citizen.traces import rows_of
from tests.clock import MovableClock
from tests.conftest import Copies
from tests.rewards.market import MUSEUM, Market
from tests.town import PIN, Answer, Person, Town

CALLERS = (
    "anyone",
    "over",
    "no role",
    "Ona",
    "Ona, staff",
    "resident",
    "verifier",
    "holder",
    "organiser",
    "organiser 2",
    "clerk",
    "clerk 2",
    "device",
    "till",
    "till 2",
    "manager",
    "auditor",
    "all roles",
)
OWNERS = ("Ona", "Ona, staff")
BALANCE = 7919
NAME, NOTE = "Ona Nomdeprova", "Sota el meu balcó"
CINEMA = "cinema-del-barri"


@dataclass(frozen=True)
class Ask:
    """A request that an operation accepts from whom it is for, about what is Ona's, and the same about nothing."""

    method: str
    path: str
    absent: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    absent_more: dict[str, Any] | None = None

    @property
    def is_about_something(self) -> bool:
        return self.absent is not None or self.absent_more is not None

    def about_nothing(self) -> "Ask":
        return replace(self, path=self.absent or self.path, more=self.absent_more or self.more)


@dataclass
class Scene:
    """One deployment. `people` are those behind each of `CALLERS`, whom one answer must fit; `ids` are Ona's things."""

    town: Town
    people: dict[str, list[Person]]
    ids: dict[str, str]
    codes: dict[str, str]
    told_to: dict[str, tuple[str, ...]]

    def call(self, person: Person, ask: Ask) -> Answer:
        headers = {"X-Request-Id": "the-same-for-all", "Idempotency-Key": secrets.token_hex(8)}
        headers |= {"Authorization": f"Bearer {person.token}"} if person.token else {}
        headers |= ask.more.get("headers", {})
        answer = person.client.open(ask.path, method=ask.method, **ask.more | {"headers": headers})
        answer.get_data()
        answer.close()
        return cast(Answer, answer)

    def all_ask(self, caller: str, operation: str, *, about_nothing: bool = False) -> list[Answer]:
        """The answers to each person behind a caller; none where there is nothing that could not be there."""
        ask = self.ask(operation)
        if about_nothing and not ask.is_about_something:
            return []
        return [self.call(person, ask.about_nothing() if about_nothing else ask) for person in self.people[caller]]

    def ask(self, operation: str) -> Ask:
        """The request for an operation such as `GET /vouchers/{voucher_id}`."""
        method, rule = operation.split(" ")
        prefix = "" if rule in AT_THE_ROOT else "/api/v1"
        ids = self.ids | SPECIAL.get(operation, {})
        ids = {name: self.ids.get(value, value) for name, value in ids.items()}
        ids["code"] = CODES.get(rule.split("/")[1], "")
        path = re.sub(r"{(\w+)}", lambda name: ids[name[1]], prefix + rule)
        nothing = {
            "code": "nothing-here",
            "purpose": "nothing-here",
            "edition": "0",
            "face": "nobody",
            "file": "nothing.js",
        }
        absent = re.sub(r"{(\w+)}", lambda name: nothing.get(name[1]) or str(new_id()), prefix + rule)
        more = self._sent(operation)
        absent_more = None
        if "code" in more.get("json", {}) and rule.startswith("/till/"):
            wrong = voucher_codes.code_of(secrets.token_bytes(16), key=b"another's")
            absent_more = {"json": {"code": wrong}}
        if rule == "/partner/statement":
            absent_more = {"query_string": {"month": "2026-11", "partner": "nothing-here"}}
        return Ask(method, path, absent if "{" in rule else None, more, absent_more)

    def _sent(self, operation: str) -> dict[str, Any]:
        """What goes along: a body, a header, a query."""
        now, terms = self.town.clock.now(), self.town.city.terms.version
        email, words = f"{secrets.token_hex(4)}@example.org", {"reason_code": "other_deed", "text": "Another street."}
        sent: dict[str, Any] = {
            "POST /auth/codes": {"email": email},
            "POST /auth/tokens": {"email": self.codes["email"], "code": self.codes["sign-in"], "terms_version": terms},
            "POST /auth/tokens/refresh": {"refresh_token": self.codes["refresh"]},
            "PATCH /me": {"notices": "none"},
            "PUT /me/membership": {"terms_version": terms},
            "DELETE /me": {"now": False},
            "POST /roles": {"email": email, "role": "auditor"},
            "POST /deeds": deed_body("plant-trees"),
            "POST /deeds/preview": deed_body("water-trees", points=4),
            "POST /deeds/import": {"csv": DEEDS_CSV, "dry_run": False},
            "PUT /deeds/{code}": version_body(points=4, unit="deed"),
            "POST /events": {"deed": "water-trees", "title": "Again", "starts_at": iso(now)},
            "PATCH /events/{event_id}": {"title": "Another title"},
            "POST /submissions": {"deed": "water-trees", "done_at": iso(now), "id": str(new_id()), "note": None},
            "PATCH /submissions/{submission_id}": {"note": "Another note"},
            "POST /submissions/{submission_id}/confirmation": {"confirmed": True},
            "POST /check-ins": {"code": self.codes["event"]},
            "DELETE /review-queue/lease": {"reason_code": "someone_i_know"},
            "POST /events/{event_id}/verification": {"decision": "approve"},
            "POST /submissions/{submission_id}/reversal": words,
            "POST /benefits": self.benefit_body("concert"),
            "POST /benefits/preview": {"code": "museum-ticket", "price_points": 9},
            "POST /benefits/import": {"csv": BENEFITS_CSV, "dry_run": False},
            "PATCH /benefits/{code}": {"price_points": 9},
            "POST /benefits/{code}/stock": {"change": 1},
            "POST /partners": {"code": "bakery", "name": "Bakery"},
            "PATCH /partners/{code}": {"name": "The museum"},
            "POST /vouchers": {"benefit": "museum-ticket", "price_points": 8},
            "POST /vouchers/{voucher_id}/refund": {"reason_code": "not_honoured"},
            "POST /partners/{code}/pairings": {"name": "Cloakroom"},
            "POST /till/devices": {"pairing_code": self.codes["pairing"], "pin": "8302"},
            "POST /till/shifts": {"pin": PIN},
            "POST /till/lookups": {"code": self.codes["voucher"]},
            "POST /till/redemptions": {"code": self.codes["voucher"]},
        }
        if operation in sent:
            return {"json": sent[operation]}
        others: dict[str, dict[str, Any]] = {
            "POST /submissions/{submission_id}/verification": {"json": APPROVE, "headers": {"If-Match": '"2"'}},
            "GET /partner/statement": {"query_string": {"month": "2026-11", "partner": MUSEUM}},
        }
        if operation == "POST /submissions/{submission_id}/evidence":
            data = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
            data += photo(secrets.randbelow(256), size=(41, 31)) + b"\r\n--x--\r\n"
            return {"data": data, "content_type": "multipart/form-data; boundary=x"}
        return others.get(operation, {})

    def benefit_body(self, code: str) -> dict[str, Any]:
        titles = dict.fromkeys(self.town.city.languages, "A concert")
        terms = {"price_points": 5, "value_eur": 4, "voucher_days": 60}
        return {"code": code, "category": "culture", "partner": MUSEUM, "titles": titles} | terms


DEEDS_CSV, BENEFITS_CSV = (
    "\n".join((ROOT / "data" / name).read_text(encoding="utf-8").splitlines()[:3:2])
    for name in ("deeds.csv", "benefits.csv")
)
BENEFITS_CSV = BENEFITS_CSV.replace("Auditori Municipal", MUSEUM)
LEFT_BY_A_TRY = {"audit_entry", "attempt", "idempotency"}
PAGES = ("/", "/staff", "/till", "/docs", "/web/{face}/sw.js", "/web/{edition}/{file}")
AT_THE_ROOT = ("/healthz", "/readyz", "/metrics", "/openapi.json", *PAGES)
CODES = {"deeds": "water-trees", "benefits": "museum-ticket", "partners": MUSEUM}
SPECIAL = {  # where the operation is about another one of Ona's things than most are
    "POST /submissions/{submission_id}/confirmation": {"submission_id": "claimed"},
    "POST /submissions/{submission_id}/reversal": {"submission_id": "approved"},
    "GET /events/{event_id}/attendance": {"event_id": "fair"},
    "GET /events/{event_id}/code": {"event_id": "fair"},
}


def operations(app: Flask) -> list[str]:
    """Everything that can be called, as `GET /vouchers/{voucher_id}`."""
    found = set()
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
        found |= {f"{method} {path}" for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return sorted(found, key=lambda operation: operation.split(" ")[::-1])


def rows_kept(scenes: dict[bool, Scene]) -> list[Any]:
    """All that stands in the databases, but for the traces that a refused try may leave."""
    return [row for scene in scenes.values() for row in sorted(rows_of(scene.town)) if row[0] not in LEFT_BY_A_TRY]


@dataclass
class Scenery:
    """Where scenes come from: Ona as a resident, or `staffed`, with every role there is besides."""

    copies: Copies
    name: str
    environ: dict[str, str]
    templates: dict[bool, str]
    furnished: Scene
    description: dict[str, Any]

    @contextmanager
    def scene(self, *, staffed: bool = False) -> Iterator[Scene]:
        """A copy of the town, to do with as one likes; one at a time."""
        with self.copies(self.templates[staffed], name=self.name):
            yield self.furnished
            _let_go(self.furnished.town.app)

    @contextmanager
    def lasting(self, *, staffed: bool) -> Iterator[Scene]:
        """A copy with an application of its own: several can stand beside each other."""
        with self.copies(self.templates[staffed]) as url:
            app = create_app(Settings.load(self.environ | {"BONAFETA_DATABASE_URL": url}))
            people = {
                caller: [replace(person, client=app.test_client(use_cookies=False)) for person in persons]
                for caller, persons in self.furnished.people.items()
            }
            yield replace(self.furnished, town=Town(app, self.furnished.town.clock), people=people)
            _let_go(app)

    def schema_faults(self, operation: str, answer: Answer) -> Iterator[str]:
        """Where an answer is not what the API's description says, to the field."""
        method, rule = operation.split(" ")
        if rule in AT_THE_ROOT[2:]:
            return  # what they serve is no part of the description
        path = rule if rule in AT_THE_ROOT else f"/api/v1{rule}"
        described = self.description["paths"][path][method.lower()]["responses"].get(str(answer.status_code))
        if described is None:
            yield f"{answer.status_code} is not described"
            return
        content = described.get("content", {})
        if (answer.mimetype in content) != bool(answer.data):
            yield f"{answer.mimetype} is not described"
        elif answer.data and answer.is_json:
            schema = content["application/json"]["schema"] | {"components": self.description["components"]}
            yield from (str(fault) for fault in Draft202012Validator(schema).iter_errors(answer.json))


@contextmanager
def built(copies: Copies, environ: dict[str, str]) -> Iterator[Scenery]:
    name = f"bonafeta_scene_{secrets.token_hex(8)}"
    with ExitStack() as until_the_end:
        with copies(name=name) as url:
            app = create_app(Settings.load(environ | {"BONAFETA_DATABASE_URL": url}))
            scene = _furnished(app)
            _let_go(app)
            plain = until_the_end.enter_context(copies(url))
            _give_every_role(scene.town, scene.people["Ona"][0], partner=MUSEUM)
            _let_go(app)
            staffed = until_the_end.enter_context(copies(url))
        description = app.extensions["openapi"].described()
        yield Scenery(copies, name, environ, {False: plain, True: staffed}, scene, description)


def _let_go(app: Flask) -> None:
    """Close what is connected to the database: only then it can be copied, or be another."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _furnished(app: Flask) -> Scene:
    settings: Settings = app.extensions["bonafeta"]
    town = Town(app, MovableClock(settings.clock._file, starts_at=settings.clock.now()))  # type: ignore[arg-type]
    cases, market = Cases(town), Market(town)
    market.benefit(stock=100)
    market.partner(CINEMA)
    people = _people(town)
    one = {caller: persons[0] for caller, persons in people.items()}
    ona, organiser = one["Ona"], one["organiser"]
    cases.deed()
    cases.deed("help-out", evidence=["organiser"])
    cases.deed("town-fair", evidence=["event_code"])
    ids: dict[str, str] = {"event_id": cases.event(organiser, "help-out"), "fair": cases.event(organiser, "town-fair")}
    ids["claimed"] = cases.claim(ona, "help-out", event=ids["event_id"], note=NOTE)
    ids["submission_id"] = cases.claim_with_photo(ona, note=NOTE)
    assert cases.lease(one["holder"]) == ids["submission_id"]
    ids["evidence_id"] = cases.seen(ona, ids["submission_id"])["evidence"][0]["id"]
    cases.claim_with_photo(one["resident"])
    ids["approved"] = cases.approved(ona, one["verifier"])
    code = cases.code_of(ids["fair"], organiser)
    assert one["no role"].post("/check-ins", json={"code": code}).status_code == 403
    ids["came"] = ona.post("/check-ins", json={"code": code}).json["id"]
    for person in (one["resident"], one["all roles"]):
        market.award(person, 100)
    market.award(ona, BALANCE + 8 + 8 - cases.balance(ona))
    used, ids["voucher_id"] = market.buy(ona), market.buy(ona)
    ids["redemption_id"] = market.redeem(one["clerk"], market.code(ona, used))
    assert cases.balance(ona) == BALANCE
    codes = {"voucher": market.code(ona, ids["voucher_id"]), "event": code, "email": ona.email}
    codes |= town.does(lambda: _sign_in_secrets(town, ona))
    ids["session_id"] = codes["session"]
    ids["till_id"] = str(one["till"].id)
    made = market.manager.post(f"/partners/{MUSEUM}/pairings", json={})
    codes["pairing"] = made.json["pairing_code"]
    ids["grant_id"] = town.does(lambda: _grant_of(one["auditor"]))
    ids |= {"purpose": "name-to-organiser", "face": "phone", "file": "docs/page.css"}
    ids |= {"edition": town.app.extensions["site"].now().edition}
    return Scene(town, people, ids, codes, _told_to(ona, ids, codes))


def _people(town: Town) -> dict[str, list[Person]]:
    people = {
        "anyone": [town.anyone()],
        "over": list(_over(town)),
        "no role": [town.auditor()],
        "Ona": [town.resident(NAME)],
        "resident": [town.resident("Pau")],
        "verifier": [town.verifier("Districte de Gràcia")],
        "holder": [town.verifier()],
        "organiser": [town.organiser()],
        "organiser 2": [town.organiser()],
        "clerk": [town.clerk(MUSEUM)],
        "clerk 2": [town.clerk(CINEMA)],
        "device": [town.device(MUSEUM)],
        "till": [town.till(MUSEUM)],
        "till 2": [town.till(CINEMA)],
        "manager": [town.manager()],
        "auditor": [town.auditor()],
        "all roles": [town.resident("Quim")],
    }
    people["Ona, staff"] = people["Ona"]
    town.does(lambda: db.session.delete(db.session.scalars(_grants_of(people["no role"][0])).one()))
    _give_every_role(town, people["all roles"][0], partner=CINEMA)
    for persons in people.values():
        assert [person.token for person in persons]
    return people


def _over(town: Town) -> Iterator[Person]:
    """Those whose token was good once: it expired, they signed out, they were erased."""
    expired, out, erased = town.resident(), town.staff_resident(Role.VERIFIER), town.staff_resident(Role.AUDITOR)
    seed, at = secrets.token_bytes(tokens.SEED_BYTES), town.clock.now()
    past = at - tokens.ACCESS_LIFE - timedelta(seconds=1)
    assert expired.token
    assert expired.id
    opens = partial(tokens.open_session, expired.id, seed=seed, at=past, settings=town.settings)
    expired._token = town.does(opens).access_token
    assert out.delete("/auth/tokens").status_code == 204
    assert erased.delete("/me", json={"now": True}).status_code == 200
    yield from (expired, out, erased)


def _give_every_role(town: Town, person: Person, *, partner: str) -> None:
    at, settings = town.clock.now(), town.settings

    def give() -> None:
        for role in sorted(STAFF, key=lambda role: role.value):
            serves = partner if role is Role.CLERK else None
            roles.grant(person.email, role, partner=serves, by=None, at=at, settings=settings)

    town.does(give)


def _grants_of(person: Person) -> Any:
    return select(RoleGrant).where(RoleGrant.citizen_id == person.id)


def _grant_of(person: Person) -> str:
    return str(db.session.scalars(_grants_of(person)).one().id)


def _sign_in_secrets(town: Town, person: Person) -> dict[str, str]:
    """What lies in the person's mailbox and on their phone."""
    at, settings = town.clock.now(), town.settings
    assert person.id
    seed = secrets.token_bytes(sign_in.SEED_BYTES)
    sign_in.send_code(person.email, network="192.0.2.1", seed=seed, language="ca", at=at, settings=settings)
    hashed = addresses.hash_of(person.email, settings=settings)
    sent = db.session.get_one(SignInCode, hashed)
    opened = tokens.open_session(person.id, seed=seed, at=at, settings=settings)
    sessions = select(TokenFamily.id).where(TokenFamily.citizen_id == person.id).order_by(TokenFamily.id)
    return {
        "sign-in": sign_in.code_of(sent.seed, settings=settings),
        "refresh": opened.refresh_token,
        "session": str(db.session.scalars(sessions).all()[-1]),
    }


def _told_to(ona: Person, ids: dict[str, str], codes: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """What of Ona's may stand in an answer to whom, besides Ona herself (charter C4, C10, C15; promises A48, A49)."""
    reviewers = ("verifier", "holder", "all roles")
    auditors = ("auditor", "all roles")
    managers = ("manager", "all roles")
    return {
        NAME: (),
        ona.email: (),
        str(BALANCE): (),
        str(ona.id): auditors,
        NOTE: ("holder",),
        ids["submission_id"]: (*reviewers, *auditors),
        ids["approved"]: (*reviewers, *auditors),
        ids["claimed"]: ("organiser", *reviewers, *auditors),
        ids["came"]: ("organiser", *reviewers, *auditors),
        ids["evidence_id"]: ("holder", *auditors),
        ids["voucher_id"]: (*managers, *auditors),
        ids["redemption_id"]: ("clerk", "till"),
        codes["voucher"]: (),
        codes["voucher"].replace("-", ""): (),
        codes["session"]: auditors,
    }
