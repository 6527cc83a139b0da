"""Many at once on what may happen once: each storm says what must hold, and fails when it does not.

A storm takes its sizes, so that the same one is short in `make test` and long in `make storm`. It answers the figures
that it counted.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from citizen import tokens
from core.db import db
from rewards.models import BenefitStock
from tests.races.serving import Answer, Server, token_of
from tests.storms.crowd import Line, Tell, pour
from tests.storms.place import Place
from tests.town import Person

Figures = dict[str, Any]
Storm = Callable[..., Figures]

APPROVE = {"decision": "approve"}
REVERSE = {"reason_code": "our_mistake", "text": "Decided on the wrong case."}


def redeem_storm(
    place: Place, server: Server, tell: Tell, *, rounds: int, per_round: int, clients: int = 64, stock: int = 100
) -> Figures:
    """A hot benefit: exactly its stock is sold, whoever asks how often (promises A19-A21); one request in 20 is sent
    twice and has one effect (A27)."""
    crowd = [place.town.resident() for _ in range(clients)]
    for person in crowd:
        place.give(person, 4_000)
    answered: Counter[str] = Counter()
    turned_away: list[int] = []
    for _ in range(rounds):
        ticket = open_ticket(place, stock=stock)

        def ask(number: int, line: Line, ticket: dict[str, Any] = ticket) -> tuple[Answer, Answer | None]:
            person, key = crowd[number % clients], str(uuid4())
            while (first := line.buy(ticket, token=token_of(person), key=key)).status == 503:
                turned_away.append(
                    number
                )  # the file's one lock was not to be had in time: come back, with the same key
            return first, line.buy(ticket, token=token_of(person), key=key) if number % 20 == 0 else None

        pairs = pour([partial(ask, number) for number in range(per_round)], server=server, clients=clients, tell=tell)
        said = Counter(outcome(answer) for answer, _ in pairs)
        answered += said
        sold = {answer.json["id"] for answer, _ in pairs if answer.status == 201}
        assert said == {"201": stock, "409 sold_out": per_round - stock}, f"{dict(said)} of a stock of {stock}"
        assert len(sold) == stock, f"{len(sold)} vouchers"
        assert all(again is None or (first.status, first.body) == (again.status, again.body) for first, again in pairs)
        assert stock_left(place, ticket) == 0, f"{stock_left(place, ticket)} left"
    return {"requests": answered.total(), "answers": dict(answered), "turned away for a moment": len(turned_away)}


def spend_race(place: Place, server: Server, tell: Tell, *, rounds: int, clients: int = 24) -> Figures:
    """A balance for three, wanted by all of one person's phones at once: three are sold (A3)."""
    ticket = open_ticket(place, stock=None)
    answered: Counter[str] = Counter()
    for _ in range(rounds):
        place.give(person := place.town.resident(), 24)
        token = token_of(person)
        answers = pour(
            [partial(Line.buy, ticket=ticket, token=token)] * clients, server=server, clients=clients, tell=tell
        )
        said = Counter(map(outcome, answers))
        answered += said
        assert said == {"201": 3, "409 not_enough_points": clients - 3}, f"{dict(said)} with points for 3"
        assert place.market.balance(person) == 0
    return {"requests": answered.total(), "answers": dict(answered)}


def approve_race(place: Place, server: Server, tell: Tell, *, rounds: int, clients: int = 16) -> Figures:
    """One case, approved by many verifiers at once: one award (A13, A16)."""
    scene = Scene(place)
    verifiers = [token_of(place.town.verifier()) for _ in range(clients)]
    answered: Counter[str] = Counter()
    for _ in range(rounds):
        person = place.town.resident()
        case = scene.in_review(person)
        answers = pour(
            [partial(approve, case, token) for token in verifiers], server=server, clients=clients, tell=tell
        )
        said = Counter(map(outcome, answers))
        answered += said
        assert said["200"] == 1, f"{dict(said)} for one case"
        assert {answer.status for answer in answers} <= {200, 409, 412}, f"{dict(said)} for one case"
        assert place.market.balance(person) == scene.points, f"{place.market.balance(person)} of {scene.points} points"
    return {"requests": answered.total(), "answers": dict(answered)}


def reverse_storm(place: Place, server: Server, tell: Tell, *, awards: int, clients: int = 16) -> Figures:
    """Every award is reversed by two verifiers at once: as many succeed as there are awards (A5, A6)."""
    scene, people = Scene(place), []
    first, second = place.town.verifier(), place.town.verifier()
    cases = []
    for number in range(awards):
        if number % 20 == 0:
            people.append(place.town.resident())
        case = scene.in_review(people[-1])
        place.cases.decide(first, case["id"], revision=case["revision"])
        cases.append(case["id"])
    reverses = [partial(reverse, case, token_of(who)) for case in cases for who in (first, second)]
    answers = pour(reverses, server=server, clients=clients, tell=tell)
    said = Counter(map(outcome, answers))
    assert said == {"200": awards, "409 already_reversed": awards}, f"{dict(said)} for {awards} awards"
    assert [place.market.balance(person) for person in people] == [0] * len(people)
    return {"requests": len(answers), "answers": dict(said)}


def cap_race(place: Place, server: Server, tell: Tell, *, rounds: int, clients: int = 16) -> Figures:
    """What one person may have of a benefit in a year, and of a deed in a day, holds when all comes at once (A17)."""
    ticket = open_ticket(place, stock=None, max_per_person_per_year=2)
    scene = Scene(place, max_per_day=2)
    verifiers = [token_of(place.town.verifier()) for _ in range(6)]
    answered: Counter[str] = Counter()
    for _ in range(rounds):
        buyer, doer = place.town.resident(), place.town.resident()
        place.give(buyer, 400)
        token = token_of(buyer)
        answers = pour(
            [partial(Line.buy, ticket=ticket, token=token)] * clients, server=server, clients=clients, tell=tell
        )
        bought = Counter(map(outcome, answers))
        assert bought == {"201": 2, "409 cap_reached": clients - 2}, f"{dict(bought)} with a cap of 2"
        cases = [scene.in_review(doer) for _ in verifiers]
        pairs = zip(cases, verifiers, strict=True)
        decided = pour([partial(approve, *pair) for pair in pairs], server=server, clients=len(verifiers), tell=tell)
        awarded = Counter(answer.json.get("points_awarded") for answer in decided)
        assert awarded == {scene.points: 2, 0: len(verifiers) - 2}, f"awards {dict(awarded)} with a cap of 2"
        answered += bought + Counter(map(outcome, decided))
    return {"requests": answered.total(), "answers": dict(answered)}


def refresh_race(place: Place, server: Server, tell: Tell, *, rounds: int, clients: int = 24) -> Figures:
    """A phone renews its session many times at once, while time passes: one successor, nobody signed out (A51)."""
    town = place.town
    before = town.clock.now()
    town.clock.file.write_text("+0s", encoding="utf-8")  # time passes while the phones ask
    try:
        for _ in range(rounds):
            person = town.resident()
            assert person.id is not None
            opening = partial(tokens.open_session, person.id, seed=b"0123456789abcdef", at=town.clock.now())
            refresh_token = town.does(partial(opening, settings=town.settings)).refresh_token
            answers = pour([partial(refresh, refresh_token)] * clients, server=server, clients=clients, tell=tell)
            said = Counter(map(outcome, answers))
            assert said == {"200": clients}, f"{dict(said)} of {clients} renewals"
            assert len({answer.body for answer in answers}) == 1, f"{len({a.body for a in answers})} successors"
            with Line(server) as line:
                assert refresh(answers[0].json["refresh_token"], line).status == 200
    finally:
        town.clock.set(before)
    return {"requests": rounds * (clients + 1), "answers": {"200": rounds * (clients + 1)}}


# --- the scene --------------------------------------------------------------------------------------------------------


class Scene:
    """A deed whose evidence is an organiser's word, so that a case comes to the verifiers without photos."""

    points = 8

    def __init__(self, place: Place, *, max_per_day: int = 1_000) -> None:
        self.cases = place.cases
        code = self.cases.deed(
            f"host-{uuid4().hex[:8]}",
            points=self.points,
            evidence=["organiser"],
            max_per_day=max_per_day,
            max_per_year=10_000,
            review_by="2035-12-31",
        )
        self.deed, self.organiser = code, place.town.organiser()
        self.event = self.cases.event(self.organiser, code, ends_at=None)

    def in_review(self, person: Person) -> dict[str, Any]:
        """A case that awaits its verifier."""
        submission = self.cases.claim(person, self.deed, event=self.event)
        said = {"confirmed": True, "quantity": 1, "text": None}
        answer = self.organiser.post(f"/submissions/{submission}/confirmation", json=said)
        assert answer.status_code == 200, answer.json
        return self.cases.seen(person, submission)


def open_ticket(place: Place, **terms: Any) -> dict[str, Any]:
    """A benefit of its own for each round; what to send to buy it."""
    code = place.market.benefit(f"ticket-{uuid4().hex[:8]}", value_eur=0.5, **terms)
    return {"benefit": code, "price_points": 8}


def approve(case: dict[str, Any], token: str, line: Line) -> Answer:
    seen = {"If-Match": f'"{case["revision"]}"'}
    return line.send("POST", f"/submissions/{case['id']}/verification", token=token, body=APPROVE, headers=seen)


def reverse(case: str, token: str, line: Line) -> Answer:
    return line.send("POST", f"/submissions/{case}/reversal", token=token, body=REVERSE)


def refresh(refresh_token: str, line: Line) -> Answer:
    return line.send("POST", "/auth/tokens/refresh", token="", body={"refresh_token": refresh_token})


def outcome(answer: Answer) -> str:
    """The status and, of a problem, its code: `409 sold_out`."""
    return str(answer.status) if answer.status < 400 else f"{answer.status} {answer.json.get('code')}"


def stock_left(place: Place, ticket: dict[str, Any]) -> int:
    left: int = place.town.does(lambda: db.session.get_one(BenefitStock, ticket["benefit"]).stock)
    return left
