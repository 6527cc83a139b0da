"""The bank test: every movement of points at once, time passing, and whoever looks sees books that add up (A1-A3)."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.races.serving import Answer, Server, token_of
from tests.storms.crowd import Line, Tell, beside, pour
from tests.storms.place import Place
from tests.storms.storms import Figures, Scene, approve, open_ticket, outcome, reverse
from tests.town import Person

MAY_HAPPEN = {
    "409 not_enough_points",
    "409 sold_out",
    "409 cap_reached",
    "409 not_active",
    "409 already_redeemed",
    "409 voucher_expired",
    "409 voucher_cancelled",
    "409 undo_too_late",
    "409 already_reversed",
    "409 not_approved",
    "409 not_in_review",
    "409 leased_by_another",
    "412 version_changed",
    "403 own_decision",
    "409 already_decided",
    "409 not_awaiting_confirmation",
    "422 claim_window_over",
    "422 event_unknown",
    "422 deed_lapsed",
}
"""Refusals that are right when sixteen writers meet on the same few people; and 401 when the clock moves on between
taking a token and using it."""


@dataclass
class Bank:
    """The people, and what they have in hand: lists that every writer takes from and adds to."""

    place: Place
    residents: list[Person]
    scene: Scene
    tickets: list[dict[str, Any]]
    verifiers: list[Person]
    clerk: Person
    manager: Person
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    cases: list[dict[str, Any]] = field(default_factory=list)
    approved: list[str] = field(default_factory=list)
    vouchers: list[tuple[Person, str]] = field(default_factory=list)
    redemptions: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    def operate(self, line: Line) -> None:
        """One operation of one writer."""
        name = self.chance.choices(list(OPERATIONS), [weight for weight, _ in OPERATIONS.values()])[0]
        answer = OPERATIONS[name][1](self, line)
        if answer is None:  # nothing in hand to do that with
            answer = self.buy(line)
        said = outcome(answer)
        self.said[said] += 1
        assert answer.status in (200, 201, 401) or said in MAY_HAPPEN, f"{name}: {said} {answer.body[:300]!r}"

    def claim(self, line: Line) -> Answer:
        """A deed is done, and its organiser says so."""
        person = self.chance.choice(self.residents)
        body = {"deed": self.scene.deed, "done_at": self.place.clock_text(), "event": self.scene.event}
        made = line.send("POST", "/submissions", token=token_of(person), body=body)
        if made.status != 201:
            return made
        path = f"/submissions/{made.json['id']}/confirmation"
        said = {"confirmed": True, "quantity": 1, "text": None}
        confirmed = line.send("POST", path, token=token_of(self.scene.organiser), body=said)
        if confirmed.status == 200:
            self.cases.append({"id": made.json["id"], "revision": made.json["revision"] + 1})
        return confirmed

    def approve(self, line: Line) -> Answer | None:
        case = taken(self.cases)
        if case is None:
            return None
        answer = approve(case, token_of(self.chance.choice(self.verifiers)), line)
        if answer.status == 200:
            self.approved.append(case["id"])
        return answer

    def reverse(self, line: Line) -> Answer | None:
        case = taken(self.approved)
        return case and reverse(case, token_of(self.verifiers[0]), line)

    def buy(self, line: Line) -> Answer:
        person = self.chance.choice(self.residents)
        answer = line.buy(self.chance.choice(self.tickets), token=token_of(person))
        if answer.status == 201:
            self.vouchers.append((person, answer.json["id"]))
        return answer

    def cancel(self, line: Line) -> Answer | None:
        held = self._seen_voucher()
        return held and line.send("DELETE", f"/vouchers/{held[1]}", token=token_of(held[0]))

    def redeem(self, line: Line) -> Answer | None:
        held = self._seen_voucher()
        if held is None:
            return None
        shown = line.send("GET", f"/vouchers/{held[1]}", token=token_of(held[0]))
        if shown.status != 200 or shown.json["code"] is None:
            return shown
        key, clerk = {"Idempotency-Key": str(uuid4())}, token_of(self.clerk)
        answer = line.send("POST", "/till/redemptions", token=clerk, body={"code": shown.json["code"]}, headers=key)
        if answer.status == 201:
            self.redemptions.append(answer.json["id"])
        return answer

    def undo(self, line: Line) -> Answer | None:
        used = taken(self.redemptions)
        return used and line.send("DELETE", f"/till/redemptions/{used}", token=token_of(self.clerk))

    def refund(self, line: Line) -> Answer | None:
        held = self._seen_voucher()
        if held is None:
            return None
        body = {"reason_code": "not_honoured"}
        return line.send("POST", f"/vouchers/{held[1]}/refund", token=token_of(self.manager), body=body)

    def restock(self, line: Line) -> Answer:
        path = f"/benefits/{self.tickets[0]['benefit']}/stock"
        return line.send("POST", path, token=token_of(self.manager), body={"change": 5})

    def _seen_voucher(self) -> tuple[Person, str] | None:
        """Mostly one that nobody else has in hand; sometimes one that somebody uses at this very moment."""
        if self.vouchers and self.chance.random() < 0.3:
            with suppress(IndexError):
                return self.chance.choice(self.vouchers)
        return taken(self.vouchers)


OPERATIONS: dict[str, tuple[int, Callable[[Bank, Line], Answer | None]]] = {
    "claim": (24, Bank.claim),
    "approve": (24, Bank.approve),
    "reverse": (4, Bank.reverse),
    "buy": (20, Bank.buy),
    "cancel": (8, Bank.cancel),
    "redeem": (10, Bank.redeem),
    "undo": (4, Bank.undo),
    "refund": (3, Bank.refund),
    "restock": (3, Bank.restock),
}


def bank_test(
    place: Place, server: Server, tell: Tell, *, operations: int, writers: int = 16, residents: int = 40
) -> Figures:
    """`writers` do `operations` of all kinds on few people while the jobs expire points and vouchers; the clock moves
    on 50 times by 20 days. Two readers look all the while, and at the end both judges find the books in order."""
    town = place.town
    bank = Bank(
        place,
        residents=[town.resident() for _ in range(residents)],
        scene=Scene(place),
        tickets=[open_ticket(place, stock=30), *(open_ticket(place, stock=None) for _ in range(2))],
        verifiers=[town.verifier() for _ in range(4)],
        clerk=town.clerk(place.market.partner()),
        manager=place.market.manager,
    )
    per_leap, done, counting = max(1, operations // 50), 0, threading.Lock()

    def operate(line: Line) -> None:
        nonlocal done
        bank.operate(line)
        with counting:
            done += 1
            if done % per_leap == 0:
                town.clock.forward(days=20)

    with looking(place, bank) as looks, reading(bank, server) as reads:
        pour([operate] * operations, server=server, clients=writers, tell=tell)
    faults = place.faults()
    assert faults == [], faults[:2]
    return {"requests": done, "answers": dict(bank.said), "looks at the books": looks[0], "pages read": reads[0]}


@contextmanager
def looking(place: Place, bank: Bank) -> Iterator[list[int]]:
    """A reader that asks the oracle, in one snapshot, again and again; the count of its looks."""

    def look() -> None:
        faults = place.oracle_faults()
        assert faults == [], faults[:2]

    with beside(look, every_s=(1, 1)) as count:
        yield count


@contextmanager
def reading(bank: Bank, server: Server) -> Iterator[list[int]]:
    """A reader that turns the pages of somebody's movements: whatever is written meanwhile, the pages hold each
    movement once, without a gap (A12), and no balance is below zero."""

    def read() -> None:
        person = bank.chance.choice(bank.residents)
        cursor: str | None = ""
        seqs: list[int] = []
        while cursor is not None:
            answer = line.send(
                "GET", f"/me/points/entries?limit=20{cursor and '&cursor=' + cursor}", token=token_of(person)
            )
            if answer.status == 401:
                return  # the clock has moved on meanwhile
            assert answer.status == 200, answer.body
            seqs += [item["seq"] for item in answer.json["items"]]
            cursor = answer.json["next_cursor"]
        assert seqs == list(range(len(seqs), 0, -1)), seqs

    with Line(server) as line, beside(read, every_s=(0.05, 0.05)) as count:
        yield count


def taken(hand: list[Any]) -> Any | None:
    """One thing out of the hand, which nobody else gets then."""
    with suppress(IndexError):
        return hand.pop()
    return None
