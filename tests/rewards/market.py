"""A market for tests: partners open and benefits are published by a manager's calls, points come by the ledger's award.

What a deed takes to be verified is told in `tests/catalogue`; here an award is the ledger's own call, without a queue.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from sqlalchemy import event

from core.db import Does, db, in_transaction
from core.ids import new_id
from rewards import ledger, oracle
from tests.town import Answer, Person, Town

MUSEUM, CINEMA = "museu-de-la-vila", "cinema-del-barri"


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Market:
    town: Town

    @cached_property
    def manager(self) -> Person:
        return self.town.manager()

    def partner(self, code: str = MUSEUM) -> str:
        """An open partner, opened if it is not yet."""
        answer = self.manager.post("/partners", json={"code": code, "name": code.replace("-", " ").title()})
        assert answer.status_code in (201, 409), answer.json
        return code

    def benefit(self, code: str = "museum-ticket", **terms: Any) -> str:
        """A published benefit; what is not named is a ticket of 8 points and 5 euro, without limits, for 60 days."""
        partner = self.partner(terms.pop("partner", MUSEUM))
        body = {
            "code": code,
            "category": "culture",
            "partner": partner,
            "titles": {"en": "A ticket", "es": "Una entrada", "ca": "Una entrada", "pt": "Um bilhete"},
            "price_points": 8,
            "value_eur": 5,
            "voucher_days": 60,
        }
        answer = self.manager.post("/benefits", json=body | terms)
        assert answer.status_code == 201, answer.json
        return code

    def award(self, person: Person, points: int, *, deed: str = "beach-clean-up") -> UUID:
        """Points for a verified deed; returns the number of its submission."""
        submission = new_id()

        def verified() -> None:
            assert person.id is not None
            ledger.lock_account(person.id)
            ledger.award(
                citizen_id=person.id,
                submission_id=submission,
                revision=1,
                points=points,
                deed_code=deed,
                at=self.town.clock.now(),
                city=self.town.city,
            )

        self.town.does(verified)
        return submission

    def reverse(self, person: Person, submission: UUID) -> ledger.Reversal:
        def reversed_() -> ledger.Reversal:
            assert person.id is not None
            ledger.lock_account(person.id)
            return ledger.reverse_award(citizen_id=person.id, submission_id=submission, at=self.town.clock.now())

        reversal: ledger.Reversal = self.town.does(reversed_)
        return reversal

    def shopper(self, points: int = 20) -> Person:
        """A resident with points."""
        person = self.town.resident()
        self.award(person, points)
        return person

    def order(self, person: Person, benefit: str = "museum-ticket", price: int = 8, **call: Any) -> Answer:
        return person.post("/vouchers", json={"benefit": benefit, "price_points": price}, **call)

    def buy(self, person: Person, benefit: str = "museum-ticket", price: int = 8) -> str:
        """A voucher bought; returns its number."""
        answer = self.order(person, benefit, price)
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def code(self, person: Person, voucher: str) -> str:
        """What the owner shows at the till."""
        answer = person.get(f"/vouchers/{voucher}")
        assert answer.status_code == 200, answer.json
        return str(answer.json["code"])

    def redeem(self, clerk: Person, code: str) -> str:
        """A voucher used; returns the number of its redemption."""
        answer = clerk.post("/till/redemptions", json={"code": code})
        assert answer.status_code == 201, answer.json
        return str(answer.json["id"])

    def balance(self, person: Person) -> int:
        return int(person.get("/me/points").json["balance"])

    def entries(self, person: Person) -> list[tuple[str, int, str]]:
        """Every movement, oldest first: kind, points, reason code."""
        items = person.get("/me/points/entries", query_string={"limit": 100}).json["items"]
        return [(item["kind"], item["points"], item["reason_code"]) for item in reversed(items)]

    def stock(self, benefit: str = "museum-ticket") -> Any:
        return self.town.anyone().get(f"/benefits/{benefit}").json["stock_left"]

    def verdict(self) -> dict[str, Any]:
        verdict: dict[str, Any] = self.inside(partial(oracle.verdict, {}), does=Does.SNAPSHOT)
        return verdict

    @contextmanager
    def killed_at(self, statement: int) -> Iterator[None]:
        """The process ends (`Killed`) before the n-th statement that it sends to the database."""
        sent = 0

        def count(*_: Any) -> None:
            nonlocal sent
            sent += 1
            if sent == statement:
                raise Killed

        with self.town.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", count)

    def inside(self, work: Callable[[], Any], *, does: Does = Does.WRITES) -> Any:
        """What only the database tells."""
        with self.town.app.app_context():
            return in_transaction(work, does=does)


def facts(answer: Answer) -> tuple[int, Any]:
    """Status and, of a problem, its stable code."""
    return answer.status_code, answer.json.get("code")


def told(answer: Answer) -> str:
    """All that an answer tells, but for the request's own number."""
    return repr((answer.status_code, sorted(fact for fact in answer.json.items() if fact[0] != "request_id")))
