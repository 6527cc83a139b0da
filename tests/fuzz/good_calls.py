"""For each operation of the API a call that succeeds, made afresh: the fuzz bends it and the corpora break it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any, cast
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from uuid_utils.compat import uuid7

from catalogue import review
from citizen import addresses, roles, sign_in, tokens
from citizen.models import SignInCode
from core.clock import iso
from core.db import db
from core.http.doors import STAFF, Caller, Role
from core.settings import ROOT
from tests.catalogue.cases import APPROVE, Cases, photo
from tests.catalogue.deed_bodies import deed_body, version_body
from tests.clock import MovableClock
from tests.rewards.market import MUSEUM, Market
from tests.town import PIN, Answer, Person, Town

PEOPLE = ("resident", "verifier", "organiser", "clerk", "manager", "auditor", "everybody")
ROLES = ("anyone", *PEOPLE, "device", "till")
"""Each role alone, and a person with all that a person can have."""


@dataclass(frozen=True)
class GoodCall:
    """What to send, and who may. A multipart body is a mapping with the name of its file."""

    who: Person
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


Maker = Callable[[Person], dict[str, Any]]
"""What of a `GoodCall` there is to say, once somebody is to send it."""


class GoodCalls:
    """Makes good calls in one town. What a call uses up is made for it alone."""

    def __init__(self, app: Flask, clock: MovableClock) -> None:
        self.town, self.clock = Town(app, clock), clock
        self.cases, self.market = Cases(self.town), Market(self.town)
        self._number = count(1)
        self._shared: dict[str, Person] = {}
        self.cases.deed("water-trees", max_per_day=1000, max_per_year=1000)
        self.cases.deed("hand-out-tea", evidence=["organiser"])
        self.cases.deed("come-to-fair", evidence=["event_code"], points=2)
        self._host = self.town.organiser()
        self._placement = self.cases.event(self._host, "hand-out-tea", ends_at=None)
        self.town.district("gracia")
        self.market.benefit("museum-ticket", stock=1_000_000)
        self._makers = self._made()

    def make(self, operation: str, role: str) -> GoodCall:
        """A call of the operation by somebody new in that role; it succeeds if the role may call it."""
        who = self.person(role)
        maker = self._makers.get(f"{operation} {role}") or self._makers.get(operation, lambda _: {})
        return GoodCall(who, **maker(who))

    def shared(self, role: str) -> Person:
        """Somebody in that role, the same one each time."""
        if role not in self._shared:
            self._shared[role] = self.person(role)
        return self._shared[role]

    def person(self, role: str) -> Person:
        if role in ("clerk", "device", "till"):
            of_partner: Person = getattr(self.town, role)(MUSEUM)
            return of_partner
        person: Person = self._everybody() if role == "everybody" else getattr(self.town, role)()
        return person

    def send(self, operation: str, call: GoodCall, **changes: Any) -> Answer:
        """Send it, with something else in `path` or `headers`, another `query` or `body`, or raw `data`."""
        method, path = operation.split(" ")
        for name, value in {**call.path, **changes.get("path", {})}.items():
            path = path.replace("{" + name + "}", str(value))
        body = changes.get("body", call.body)
        how: dict[str, Any] = {"query_string": changes.get("query") or call.query}
        if "data" in changes:
            how |= {"data": changes["data"], "content_type": "application/json"}
        elif isinstance(body, dict) and isinstance(body.get("photo"), bytes):
            how["data"] = {"photo": (BytesIO(body["photo"]), "photo.jpg")}
        elif body is not None:
            how["json"] = body
        key = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        headers = {**key, **call.headers, **changes.get("headers", {})}
        return cast(Answer, call.who.client.open(path, method=method, headers=_carried(call.who) | headers, **how))

    # --- people -----------------------------------------------------------------------------------------------------

    def _everybody(self) -> Person:
        person = self.town.resident()

        def promote() -> None:
            for role in sorted(STAFF, key=lambda role: role.value):
                roles.grant(
                    person.email,
                    role,
                    partner=MUSEUM if role is Role.CLERK else None,
                    by=None,
                    at=self.clock.now(),
                    settings=self.town.settings,
                )

        self.town.partner(MUSEUM)
        self.town.does(promote)
        return person

    # --- what calls are about ---------------------------------------------------------------------------------------

    def _name(self, word: str) -> str:
        return f"{word}-{next(self._number)}"

    def _now(self, **later: float) -> str:
        return iso(self.clock.now() + timedelta(**later))

    def _days_ago(self, days: int) -> str:
        return str((self.clock.now() - timedelta(days=days)).date())

    def _waiting(self, doer: Person | None = None) -> str:
        """A submission in the queue: its organiser has confirmed it, which is quicker than a photo."""
        submission = self.cases.claim(doer or self.town.resident(), "hand-out-tea", event=self._placement)
        answer = self._host.post(f"/submissions/{submission}/confirmation", json={"confirmed": True})
        assert answer.json["status"] == "in_review", answer.json
        return submission

    def _leased(self, verifier: Person, submission: str | None = None) -> str:
        """A submission that this verifier holds."""
        submission, who = submission or self._waiting(), verifier.id
        assert who is not None
        caller = Caller(citizen_id=who, session_id=who, roles=frozenset({Role.VERIFIER}))
        self.town.does(lambda: review.take(UUID(submission), who=caller, at=self.clock.now(), city=self.town.city))
        return submission

    def _with_photo(self, doer: Person | None = None) -> str:
        return self.cases.claim_with_photo(doer or self.town.resident())

    def _photo_of(self, submission: str, who: Person) -> str:
        return str(self.cases.seen(who, submission)["evidence"][0]["id"])

    def _approved(self) -> str:
        submission = self._waiting()
        self.cases.decide(self.town.verifier(), submission)
        return submission

    def _awaiting(self, organiser: Person) -> str:
        event = self.cases.event(organiser, "hand-out-tea")
        return self.cases.claim(self.town.resident(), "hand-out-tea", event=event)

    def _event(self, organiser: Person) -> str:
        return self.cases.event(organiser, "come-to-fair")

    def _attended(self, organiser: Person) -> str:
        event = self._event(organiser)
        self.town.resident().post("/check-ins", json={"code": self.cases.code_of(event, organiser)})
        return event

    def _event_code(self) -> str:
        organiser = self.town.organiser()
        return self.cases.code_of(self._event(organiser), organiser)

    def _event_of_cases(self) -> str:
        organiser = self.town.organiser()
        event = self.cases.event(organiser, "hand-out-tea")
        submission = self.cases.claim(self.town.resident(), "hand-out-tea", event=event)
        organiser.post(f"/submissions/{submission}/confirmation", json={"confirmed": True})
        return event

    def _funded(self, buyer: Person) -> int:
        """Points for a ticket, and its price."""
        self.market.award(buyer, 8)
        return 8

    def _voucher(self, owner: Person) -> str:
        return self.market.buy(owner, price=self._funded(owner))

    def _shopper_voucher(self) -> tuple[Person, str]:
        owner = self.town.resident()
        return owner, self._voucher(owner)

    def _scan(self) -> dict[str, str]:
        return {"code": self.market.code(*self._shopper_voucher())}

    def _sign_in(self, email: str) -> dict[str, Any]:
        self.town.anyone().post("/auth/codes", json={"email": email})
        address = addresses.hash_of(email, settings=self.town.settings)
        seed = self.town.does(lambda: db.session.scalar(select(SignInCode.seed).filter_by(address_hash=address)))
        code = sign_in.code_of(seed, settings=self.town.settings)
        return {"email": email, "code": code, "terms_version": self.town.city.terms.version}

    def _refresh_token(self) -> str:
        person = self.town.resident().id
        assert person is not None
        opened: tokens.Tokens = self.town.does(
            lambda: tokens.open_session(
                person, seed=b"a seed for tests", at=self.clock.now(), settings=self.town.settings
            )
        )
        return opened.refresh_token

    def _grant(self) -> str:
        wish = {"email": self.town.resident().email, "role": "verifier"}
        return str(self.market.manager.post("/roles", json=wish).json["id"])

    def _session(self, person: Person) -> str:
        return str(person.get("/me/sessions").json["items"][-1]["id"])

    def _pairing_code(self) -> str:
        partner = self.market.partner(MUSEUM)
        return str(self.market.manager.post(f"/partners/{partner}/pairings", json={}).json["pairing_code"])

    def _benefit(self) -> dict[str, Any]:
        return {
            "code": self._name("ticket"),
            "category": "culture",
            "partner": MUSEUM,
            "titles": {"en": "A ticket", "es": "Una entrada", "ca": "Una entrada", "pt": "Um bilhete"},
            "price_points": 8,
            "value_eur": 5,
            "voucher_days": 60,
            "stock": 10,
        }

    def _made(self) -> dict[str, Maker]:
        """By operation, and by role where a role has another way. What is not here takes nothing."""
        give_back, decline = {"reason_code": "not_honoured"}, {"reason_code": "other_deed", "text": "Another street."}

        def to(**path: str) -> dict[str, Any]:
            return {"path": path}

        def of(body: Any, **path: str) -> dict[str, Any]:
            return {"path": path, "body": body}

        v1 = "/api/v1"
        return {
            f"POST {v1}/auth/codes": lambda _: of({"email": f"{self._name('somebody')}@example.org"}),
            f"POST {v1}/auth/tokens": lambda _: of(self._sign_in(f"{self._name('new')}@example.org")),
            f"POST {v1}/auth/tokens/refresh": lambda _: of({"refresh_token": self._refresh_token()}),
            f"PATCH {v1}/me": lambda _: of({"name": "Ona", "language": "ca", "district": "gracia", "notices": "none"}),
            f"DELETE {v1}/me": lambda _: of({"now": True}),
            f"PUT {v1}/me/membership": lambda _: of({"terms_version": self.town.city.terms.version}),
            f"PUT {v1}/me/consents/{{purpose}}": lambda _: to(purpose="name-to-organiser"),
            f"DELETE {v1}/me/consents/{{purpose}}": lambda _: to(purpose="name-to-organiser"),
            f"POST {v1}/roles": lambda _: of(
                {"email": f"{self._name('clerk')}@example.org", "role": "clerk", "partner": MUSEUM, "office": "Till"}
            ),
            f"DELETE {v1}/me/sessions/{{session_id}}": lambda who: to(session_id=self._session(who)),
            f"DELETE {v1}/roles/{{grant_id}}": lambda _: to(grant_id=self._grant()),
            f"POST {v1}/deeds": lambda _: of(deed_body(self._name("deed"), in_force_from=self._now(), reason="New.")),
            f"POST {v1}/deeds/preview": lambda _: of(
                deed_body("water-trees", points=1, unit="deed", in_force_from=self._now(), reason="Less.")
            ),
            f"POST {v1}/deeds/import": lambda _: of({"csv": _csv("deeds"), "reason": "New.", "dry_run": False}),
            f"GET {v1}/deeds/{{code}}": lambda _: to(code="water-trees"),
            f"GET {v1}/deeds/{{code}}/versions": lambda _: to(code="water-trees"),
            f"PUT {v1}/deeds/{{code}}": lambda _: of(
                version_body(in_force_from=self._now(days=1), unit="deed", points=4, max_per_day=5, max_per_year=50),
                code=self.cases.deed(self._name("deed")),
            ),
            f"POST {v1}/events": lambda _: of(
                {
                    "deed": "water-trees",
                    "title": "In the park",
                    "starts_at": self._now(),
                    "ends_at": self._now(hours=2),
                    "district": "gracia",
                }
            ),
            f"GET {v1}/events/{{event_id}}": lambda _: to(event_id=self._event(self.town.organiser())),
            f"PATCH {v1}/events/{{event_id}}": lambda who: of(
                {"title": "At the beach", "ends_at": self._now(hours=1), "district": None}, event_id=self._event(who)
            ),
            f"DELETE {v1}/events/{{event_id}}": lambda who: to(event_id=self._event(who)),
            f"GET {v1}/events/{{event_id}}/code": lambda who: to(event_id=self._event(who)),
            f"GET {v1}/events/{{event_id}}/attendance": lambda who: to(event_id=self._attended(who)),
            f"POST {v1}/events/{{event_id}}/verification": lambda _: of(
                {"decision": "approve"}, event_id=self._event_of_cases()
            ),
            f"POST {v1}/submissions": lambda _: of(
                {
                    "id": str(uuid7()),
                    "deed": "water-trees",
                    "done_at": self._now(),
                    "quantity": 1,
                    "note": "Mine.",
                    "without_points": False,
                }
            ),
            f"GET {v1}/submissions/{{submission_id}}": lambda who: to(submission_id=self._waiting(who)),
            f"GET {v1}/submissions/{{submission_id}} verifier": lambda who: to(submission_id=self._leased(who)),
            f"PATCH {v1}/submissions/{{submission_id}}": lambda who: of(
                {"note": "It was by the fountain."}, submission_id=self._waiting(who)
            ),
            f"DELETE {v1}/submissions/{{submission_id}}": lambda who: to(submission_id=self._waiting(who)),
            f"POST {v1}/submissions/{{submission_id}}/evidence": lambda who: of(
                {"photo": photo(next(self._number))}, submission_id=self.cases.claim(who)
            ),
            f"POST {v1}/submissions/{{submission_id}}/confirmation": lambda who: of(
                {"confirmed": True, "quantity": 1, "text": "They came."}, submission_id=self._awaiting(who)
            ),
            f"POST {v1}/submissions/{{submission_id}}/verification": lambda _: (
                of(APPROVE | {"reason_code": "as_described", "text": "Thank you."}, submission_id=self._waiting())
                | {"headers": {"If-Match": '"2"'}}
            ),
            f"POST {v1}/submissions/{{submission_id}}/reversal": lambda _: of(decline, submission_id=self._approved()),
            f"GET {v1}/evidence/{{evidence_id}}": lambda who: to(
                evidence_id=self._photo_of(self._with_photo(who), who)
            ),
            f"GET {v1}/evidence/{{evidence_id}} verifier": lambda who: to(
                evidence_id=self._photo_of(self._leased(who, self._with_photo()), who)
            ),
            f"POST {v1}/check-ins": lambda _: of({"code": self._event_code(), "id": str(uuid7())}),
            f"POST {v1}/review-queue/lease": lambda _: to(of_no_use=self._waiting()),
            f"DELETE {v1}/review-queue/lease": lambda who: of(
                {"reason_code": "someone_i_know"}, of_no_use=self._leased(who)
            ),
            f"POST {v1}/benefits": lambda _: of(self._benefit()),
            f"POST {v1}/benefits/preview": lambda _: of({"code": "museum-ticket", "price_points": 9}),
            f"POST {v1}/benefits/import": lambda _: of({"csv": _csv("benefits"), "dry_run": False}),
            f"GET {v1}/benefits/{{code}}": lambda _: to(code="museum-ticket"),
            f"PATCH {v1}/benefits/{{code}}": lambda _: of(
                {"price_points": 9, "value_eur": 4.5, "is_published": True, "titles": self._benefit()["titles"]},
                code=self.market.benefit(self._name("benefit")),
            ),
            f"POST {v1}/benefits/{{code}}/stock": lambda _: of(
                {"change": 1}, code=self.market.benefit(self._name("benefit"), stock=1)
            ),
            f"POST {v1}/partners": lambda _: of({"code": self._name("partner"), "name": "A partner"}),
            f"PATCH {v1}/partners/{{code}}": lambda _: of(
                {"name": "Museum", "is_active": True}, code=self.market.partner(self._name("partner"))
            ),
            f"POST {v1}/partners/{{code}}/pairings": lambda _: of({"name": "Front desk"}, code=MUSEUM),
            f"GET {v1}/partners/{{code}}/devices": lambda _: to(code=MUSEUM),
            f"DELETE {v1}/partners/{{code}}/devices/{{till_id}}": lambda _: to(
                code=MUSEUM, till_id=str(self.town.device(MUSEUM).id)
            ),
            f"POST {v1}/till/devices": lambda _: of(
                {"pairing_code": self._pairing_code(), "pin": "8302", "name": "Cloakroom"}
            ),
            f"POST {v1}/till/shifts": lambda _: of({"pin": PIN}),
            f"POST {v1}/vouchers": lambda who: of({"benefit": "museum-ticket", "price_points": self._funded(who)}),
            f"GET {v1}/vouchers/{{voucher_id}}": lambda who: to(voucher_id=self._voucher(who)),
            f"DELETE {v1}/vouchers/{{voucher_id}}": lambda who: to(voucher_id=self._voucher(who)),
            f"GET {v1}/vouchers/{{voucher_id}}/qr.svg": lambda who: to(voucher_id=self._voucher(who)),
            f"POST {v1}/vouchers/{{voucher_id}}/refund": lambda _: of(give_back, voucher_id=self._shopper_voucher()[1]),
            f"POST {v1}/till/lookups": lambda _: of(self._scan()),
            f"POST {v1}/till/redemptions": lambda _: of(self._scan()),
            f"DELETE {v1}/till/redemptions/{{redemption_id}}": lambda who: to(
                redemption_id=self.market.redeem(who, self._scan()["code"])
            ),
            **{
                f"GET {v1}/overview/{what}": lambda _: {"query": {"from": self._days_ago(6)}}
                for what in ("review", "points", "redemptions")
            },
            f"GET {v1}/partner/statement": lambda _: {"query": {"month": "2026-11", "partner": MUSEUM}},
        }


def _csv(name: str) -> str:
    """A few rows of the sample city, of what this town has not."""
    header, _, *rows = (ROOT / "data" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return "\n".join([header, *rows[:3]])


def _carried(who: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {who.token}"} if who.token else {}
