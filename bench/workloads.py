"""What is asked of the town: each workload as requests to us, and as the same reads and writes in pgbench."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, cycle, islice
from urllib.parse import quote
from uuid import uuid4

from bench.load import Request
from bench.server import Server
from bench.supplies import Supplies
from bench.town import DEED, DEEDS, HOT, PRICE_POINTS, PURCHASES_EACH, SPREAD, Town
from core.clock import iso
from core.http.paging import LIMIT_DEFAULT, cursor_of

API, LANGUAGE = "/api/v1", "en"
FAR_ENOUGH = DEEDS - 5 * LIMIT_DEFAULT
"""A page that begins behind one of the first so many deeds is a full one."""

_never_twice = count()


@dataclass(frozen=True)
class Place:
    """A town, what is ready to be used up in it, and the server that it is asked through."""

    town: Town
    supplies: Supplies
    server: Server


Make = Callable[[Place, int], Sequence[Request]]


@dataclass(frozen=True)
class Workload:
    """`make` gives so many requests, in the order in which they are sent. Each is sent once, unless it `repeats`;
    `takes` is what one uses up (`case`, `voucher` or `points`). `statements` and `call` are pgbench scripts that do
    the same."""

    what: str
    make: Make
    repeats: bool = False
    takes: str | None = None
    statements: str | None = None
    call: str | None = None

    @property
    def forms(self) -> Sequence[str]:
        return [form for form in ("statements", "call") if getattr(self, form)]

    def most(self, town: Town) -> int | None:
        """How many of it can be asked for until points have to be given back."""
        return town.size * PURCHASES_EACH if self.takes == "points" else None


def request(
    method: str,
    path: str,
    *,
    status: int,
    token: str = "",
    body: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """A request as a phone sends it on a connection that stays open."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = {"Host": "bench.invalid", "User-Agent": "bench", "Accept": "application/json", "Accept-Language": LANGUAGE}
    if token:
        lines["Authorization"] = f"Bearer {token}"
    if body is not None:
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines |= headers or {}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Request(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + content, status)


GZIP = {"Accept-Encoding": "gzip"}
"""Every phone takes it. A kept page is packed already; pages made anew are asked for plain, as the peer's are."""


def _kept(_place: Place, _number: int) -> Sequence[Request]:
    return [request("GET", f"{API}/deeds", headers=GZIP, status=200)]


def _not_modified(place: Place, _number: int) -> Sequence[Request]:
    etag = place.server.get(f"{API}/deeds", {"Accept-Language": LANGUAGE} | GZIP).headers["ETag"]
    return [request("GET", f"{API}/deeds", headers={"If-None-Match": etag} | GZIP, status=304)]


def _cold(_place: Place, number: int) -> Sequence[Request]:
    """Each page begins at another place, where no page that was kept begins, so it has to be made."""
    places = (cursor_of(f"bench-{n % FAR_ENOUGH:04}-{n}") for n in (next(_never_twice) for _ in range(number)))
    return [request("GET", f"{API}/deeds?cursor={quote(place)}", status=200) for place in places]


def _points(place: Place, _number: int) -> Sequence[Request]:
    return [request("GET", f"{API}/me/points", token=token, status=200) for token in place.town.people]


def _submit(place: Place, number: int) -> Sequence[Request]:
    town = place.town
    body = {"deed": DEED, "done_at": iso(town.settings.clock.now()), "note": "On our square."}
    return [
        request("POST", f"{API}/submissions", token=town.people[n % town.size], body=body, headers=_key(), status=201)
        for n in range(number)
    ]


def _verify(place: Place, number: int) -> Sequence[Request]:
    verifiers = place.town.verifiers
    body = {"decision": "approve", "reason_code": "as_described", "text": "Well done."}
    return [
        request(
            "POST",
            f"{API}/submissions/{submission}/verification",
            token=verifiers[n % len(verifiers)],
            body=body,
            headers={"If-Match": '"1"'},
            status=200,
        )
        for n, submission in enumerate(place.supplies.cases(number))
    ]


def _buy(benefits: Sequence[str], *, rich: bool = False) -> Make:
    def make(place: Place, number: int) -> Sequence[Request]:
        people = place.town.rich if rich else place.town.people
        return [
            request(
                "POST",
                f"{API}/vouchers",
                token=people[n % len(people)],
                body={"benefit": benefits[n % len(benefits)], "price_points": PRICE_POINTS},
                headers=_key(),
                status=201,
            )
            for n in range(number)
        ]

    return make


def _redeem(place: Place, number: int) -> Sequence[Request]:
    clerks = place.town.clerks
    return [
        request(
            "POST",
            f"{API}/till/redemptions",
            token=clerks[n % len(clerks)],
            body={"code": code},
            headers=_key(),
            status=201,
        )
        for n, code in enumerate(place.supplies.codes(number))
    ]


def _day(place: Place, number: int) -> Sequence[Request]:
    """In an order of chance. What it takes of supplies counts as used, though some of it may not be asked for."""
    asked: list[Request] = []
    for name, percent in MIX.items():
        workload, times = WORKLOADS[name], number * percent // 100
        asked += islice(cycle(workload.make(place, times)), times)
        if workload.takes in place.supplies.used:
            place.supplies.used[workload.takes] += times
    random.Random(2026).shuffle(asked)
    return asked


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


WORKLOADS = {
    "browse": Workload("a page of 20 deeds, kept", _kept, repeats=True),
    "etag": Workload("the same page, not modified (304)", _not_modified, repeats=True),
    "cold": Workload("a page of 20 deeds, made anew", _cold, statements="browse.sql"),
    "points": Workload("one's own points", _points, repeats=True, statements="points.sql"),
    "submit": Workload("a deed is claimed", _submit),
    "verify": Workload(
        "a claim is approved and paid", _verify, takes="case", statements="award.sql", call="award_call.sql"
    ),
    "buy": Workload("a voucher is bought", _buy(SPREAD), takes="points", statements="buy.sql", call="buy_call.sql"),
    "hot": Workload("all buy the same benefit", _buy([HOT]), takes="points"),
    "rich": Workload("people with 1,000 lots buy", _buy(SPREAD, rich=True), takes="points"),
    "redeem": Workload(
        "a voucher is used at a till", _redeem, takes="voucher", statements="redeem.sql", call="redeem_call.sql"
    ),
    "day": Workload("a mixed day", _day),
}
MIX = {"browse": 40, "etag": 20, "points": 15, "cold": 5, "submit": 8, "verify": 6, "buy": 4, "redeem": 2}
"""Percent of a mixed day. We know of no city's figures; most look, some do."""
