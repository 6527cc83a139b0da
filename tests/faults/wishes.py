"""What a phone wants and does not give up on: bought and used under one key each, sent again until it is answered.

"Nothing lost" is told at the end: each wish has its one effect, nobody has anything else, the books add up.
"""

import json
import math
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from core.db import db
from rewards.models import Redemption, Voucher
from tests.races.serving import Answer, Server, token_of
from tests.storms.crowd import Line, Tell, pour
from tests.storms.place import GIFT_POINTS, Place
from tests.storms.storms import open_ticket, outcome
from tests.town import Person

PATIENCE_S = 120
AGAIN = {"0", "503 unavailable", "409 idempotency_running"}
"""No answer, or one that says to come back."""


@dataclass
class Wish:
    """One voucher, bought by its owner and used at the till."""

    person: Person
    buy_key: str = field(default_factory=lambda: str(uuid4()))
    use_key: str = field(default_factory=lambda: str(uuid4()))
    bought: Answer | None = None
    used: Answer | None = None


class Wishes:
    """`count` of them, of a few people; `said` counts every answer, and `0` where none came; `cut` is how many requests
    were cut off, those that the line sent again by itself included."""

    def __init__(self, place: Place, *, count: int, people: int = 32) -> None:
        self.place, self.said, self._counting = place, Counter[str](), threading.Lock()
        self.cut = 0
        self.ticket = open_ticket(place, stock=count + 10)
        self.people = [place.town.resident() for _ in range(min(people, count))]
        self.wishes = [Wish(self.people[number % len(self.people)]) for number in range(count)]
        per_person = Counter(id(wish.person) for wish in self.wishes)
        for person in self.people:
            place.give(person, per_person[id(person)] * GIFT_POINTS)
        self.clerk = place.town.clerk(place.market.partner())

    def pour(
        self, server: Server, tell: Tell, *, clients: int = 16, pace: Callable[[], float] = lambda: math.inf
    ) -> None:
        """Let the phones want it all, until everything is answered; never a larger part of it than `pace` says, so that
        it lasts as long as what is done to the server meanwhile."""

        def in_time(number: int, wish: Wish, line: Line) -> None:
            while number / len(self.wishes) > pace():
                time.sleep(0.01)
            was_cut = line.cut
            self.fulfil(wish, line)
            with self._counting:
                self.cut += line.cut - was_cut

        acts = [partial(in_time, number, wish) for number, wish in enumerate(self.wishes)]
        pour(acts, server=server, clients=clients, tell=tell)

    def fulfil(self, wish: Wish, line: Line) -> None:
        owner, clerk = token_of(wish.person), token_of(self.clerk)
        wish.bought = self._until_answered(
            partial(line.send, "POST", "/vouchers", token=owner, body=self.ticket), key=wish.buy_key
        )
        assert wish.bought.status == 201, wish.bought
        voucher = wish.bought.json["id"]
        shown = self._until_answered(partial(line.send, "GET", f"/vouchers/{voucher}", token=owner))
        code = {"code": shown.json["code"]}
        wish.used = self._until_answered(
            partial(line.send, "POST", "/till/redemptions", token=clerk, body=code), key=wish.use_key
        )
        assert wish.used.status == 201, wish.used

    def assert_each_has_its_effect_once(self) -> None:
        """Every key has its one effect, a resend tells the same, nothing else exists, and the books are in order."""
        place, ids = self.place, [wish.bought.json["id"] for wish in self.wishes if wish.bought]
        assert len(set(ids)) == len(self.wishes)
        town = place.town
        held: dict[str, str] = {}
        for person in self.people:
            cursor = ""
            while cursor is not None:
                page = person.get(f"/vouchers?limit=100{cursor and '&cursor=' + cursor}").json
                held |= {item["id"]: item["status"] for item in page["items"]}
                cursor = page["next_cursor"]
        assert held == dict.fromkeys(ids, "redeemed")
        counted = select(func.count()).select_from(Redemption)
        assert town.does(lambda: db.session.scalar(counted.where(Redemption.undone_at.is_(None)))) >= len(ids)
        of_ticket = select(func.count()).where(Voucher.benefit_code == self.ticket["benefit"])
        assert town.does(lambda: db.session.scalar(of_ticket)) == len(ids)
        for wish in secrets.SystemRandom().sample(self.wishes, min(50, len(self.wishes))):
            sent = {"data": json.dumps(self.ticket), "content_type": "application/json"}
            again = wish.person.post("/vouchers", key=wish.buy_key, **sent)
            assert wish.bought is not None
            assert (again.status_code, again.data) == (201, wish.bought.body)
            assert again.headers["Idempotency-Replayed"] == "true"
        faults = place.faults()
        assert faults == [], faults[:2]

    def _until_answered(self, send: Any, key: str | None = None) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        patience_ends = time.monotonic() + PATIENCE_S
        while True:
            answer: Answer = send(headers=headers)
            said = outcome(answer)
            with self._counting:
                self.said[said] += 1
            if said not in AGAIN:
                return answer
            assert time.monotonic() < patience_ends, f"still {said} after {PATIENCE_S} s"
            time.sleep(0.05)  # a phone that does not hammer
