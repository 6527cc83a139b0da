"""What made-up people did, as rows of text that any of our databases reads; the books of each are in order.

A tenth have taken part for so long that some of their points have ended, and four in ten have bought something. Days
and seconds are written out once: a million deeds take a minute so, and as many objects took three.
"""

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from heapq import heappop, heappush
from itertools import count
from typing import Any, NamedTuple

from catalogue import reason_codes
from catalogue.models import Decision, ReviewCase, Submission
from core.clock import end_of_life, local_date, months_later, start_of_day
from core.db import Base
from core.ids import new_id
from core.settings import City
from rewards import voucher_codes
from rewards.ledger import CITY_ACCOUNT
from rewards.models import Account, Allocation, Entry, Lot, Redemption, Voucher, VoucherCode

DAY_S = 86_400
NEW_DAYS, OLD_DAYS = 600, 900
"""So long ago people did their first deeds: within the life of their points, or for a few before it."""
OLD_ONE_IN, SPENDERS_OF_TEN = 10, 4
DONE_BEFORE_S, RECORDED_AFTER_S = 20 * 3600, 15 * 60
"""A deed was done so long before it was verified; what came to its end was recorded so long after."""

Value = str | bytes
"""An empty text is null."""
Rows = dict[type[Base], list[tuple[Value, ...]]]

COLUMNS: dict[type[Base], str] = {
    Account: "citizen_id entry_seq",
    Submission: "citizen_id id deed_code deed_version status revision submitted_at done_at done_on quantity"
    " without_points decided_at quantity_counted points_awarded",
    ReviewCase: "submission_id citizen_id deed_code submitted_at points_expected",
    Decision: "citizen_id submission_id number decision is_final reason_code deed_version revision office at",
    Lot: "citizen_id id points points_left awarded_at expires_at policy submission_id revision closed_at",
    Entry: "citizen_id id seq at kind direction points city_account reason lot_id cause reference subject",
    Voucher: "citizen_id id benefit_code partner_code titles status price_points value_cents takes_stock seed"
    " bought_at bought_on expires_at ended_at",
    VoucherCode: "code_hash citizen_id voucher_id",
    Allocation: "citizen_id voucher_id lot_id points returned_at",
    Redemption: "partner_code id citizen_id voucher_id benefit_code titles value_cents clerk_id at",
}
"""In the order in which they refer to each other."""


class Deed(NamedTuple):
    """The first version of a deed."""

    code: str
    version: int
    points: int
    per_year_max: int


class Offer(NamedTuple):
    """A benefit that can be bought."""

    code: str
    partner: str
    titles: str  # as JSON
    price_points: int
    value_cents: int
    takes_stock: bool
    voucher_days: int


@dataclass
class _Lot:
    id: str
    submission: str
    points: int
    left: int
    awarded_s: int
    expires_s: int
    closed_s: int | None = None


@dataclass
class _Voucher:
    id: str
    offer: Offer
    bought_s: int
    expires_s: int
    taken: list[tuple[_Lot, int]] = field(default_factory=list)
    status: str = "active"
    ended_s: int | None = None


class Calendar:
    """Instants as text, and the city's days, for the years that a history can touch. Times are seconds since 1970."""

    def __init__(self, at: datetime, *, city: City) -> None:
        self.now_s = int(at.timestamp())
        first = local_date(at, zone=city.zone) - timedelta(days=OLD_DAYS + 30)
        days = [first + timedelta(days=number) for number in range(OLD_DAYS + 30 + 400)]
        self._starts = [int(start_of_day(day, zone=city.zone).timestamp()) for day in days]
        self._days, self._years = [day.isoformat() for day in days], [day.year for day in days]
        ends = (end_of_life(months_later(day, city.points.expire_after_months), zone=city.zone) for day in days)
        self._points_end = [int(end.timestamp()) for end in ends]
        self._clock = [f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000000" for second in range(DAY_S)]
        self._utc_days: dict[int, str] = {}

    def text(self, at_s: int) -> str:
        """In UTC, as SQLite keeps it and PostgreSQL reads it."""
        day, second = divmod(at_s, DAY_S)
        if day not in self._utc_days:
            self._utc_days[day] = datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat()
        return f"{self._utc_days[day]} {self._clock[second]}"

    def day(self, at_s: int) -> tuple[str, int]:
        """The local day, and its year."""
        place = bisect_right(self._starts, at_s) - 1
        return self._days[place], self._years[place]

    def points_end(self, awarded_s: int) -> int:
        return self._points_end[bisect_right(self._starts, awarded_s) - 1]

    def day_end(self, at_s: int, *, days_later: int) -> int:
        """When the local day so many days later is over."""
        return self._starts[bisect_right(self._starts, at_s) + days_later]


@dataclass
class Place:
    """Where it all happened."""

    deeds: Sequence[Deed]
    offers: Sequence[Offer]
    city: City
    code_key: bytes
    calendar: Calendar
    clerk: str = field(default_factory=lambda: new_id().hex)
    sold: Counter[str] = field(default_factory=Counter)
    """So many of what has a stock are used or can be."""

    @cached_property
    def office(self) -> str:
        return self.city.office("verifier")

    @cached_property
    def policy(self) -> str:
        return f"{self.city.points.expire_after_months}-months"


def joined_s(number: int, *, now_s: int) -> int:
    """When a resident joined: two days before the first of their deeds can have been verified."""
    return now_s - ((NEW_DAYS if number % OLD_ONE_IN else OLD_DAYS) + 1) * DAY_S


class History:
    """What one resident did, in the order in which it happened; the same number did the same."""

    def __init__(self, number: int, citizen_id: str, *, place: Place, rows: Rows) -> None:
        self.who, self.place, self.rows = citizen_id, place, rows
        self.calendar, self.now_s = place.calendar, place.calendar.now_s
        self.chance = random.Random(number)
        self.since_s = joined_s(number, now_s=self.now_s) + 2 * DAY_S
        self.spends = self.chance.randint(1, 3) if number % 10 < SPENDERS_OF_TEN else 0
        self.lots: list[_Lot] = []
        self.vouchers: list[_Voucher] = []
        self.counted: Counter[tuple[str, str | int]] = Counter()
        self.seq = 0
        self.coming: list[tuple[int, int, Callable[[int, Any], None], Any]] = []
        self.ties = count()

    def tell(self, *, deeds: int) -> None:
        for _ in range(deeds):
            self._later(self.chance.randrange(self.since_s, self.now_s - DAY_S), self._is_verified)
        for _ in range(self.spends):
            self._later(self.chance.randrange(self.since_s, self.now_s), self._buys)
        while self.coming:
            at_s, _, happens, about = heappop(self.coming)
            happens(at_s, about)
        self._write()

    def _later(self, at_s: int, happens: Callable[[int, Any], None], about: Any = None) -> None:
        if at_s <= self.now_s:
            heappush(self.coming, (at_s, next(self.ties), happens, about))

    def _is_verified(self, at_s: int, _: None) -> None:
        done_s, text = at_s - DONE_BEFORE_S, self.calendar.text
        done_on, year = self.calendar.day(done_s)
        deed = self._deed(done_on, year)
        lot = _Lot(new_id().hex, new_id().hex, deed.points, deed.points, at_s, self.calendar.points_end(at_s))
        self.lots.append(lot)
        at, done_at, points, version = text(at_s), text(done_s), str(deed.points), str(deed.version)
        self.rows[Submission].append(
            (
                self.who,
                lot.submission,
                deed.code,
                version,
                "approved",
                "2",
                done_at,
                done_at,
                done_on,
                "1",
                "0",
                at,
                "1",
                points,
            )
        )
        self.rows[ReviewCase].append((lot.submission, self.who, deed.code, done_at, points))
        self.rows[Decision].append(
            (self.who, lot.submission, "1", "approve", "1", reason_codes.DESCRIBED, version, "1", self.place.office, at)
        )
        self._enters(at_s, "award", deed.points, "deed_verified", lot=lot.id, of=lot.submission, about=deed.code)
        self._later(lot.expires_s + RECORDED_AFTER_S, self._ends, lot)

    def _deed(self, done_on: str, year: int) -> Deed:
        """The caps hold for made-up people too: a deed once a day, and so often a year as it counts."""

        def fits(deed: Deed) -> bool:
            return not self.counted[deed.code, done_on] and self.counted[deed.code, year] < deed.per_year_max

        deed = self.chance.choice(self.place.deeds)
        if not fits(deed):
            deed = self.chance.choice([deed for deed in self.place.deeds if fits(deed)])
        self.counted[deed.code, done_on] += 1
        self.counted[deed.code, year] += 1
        return deed

    def _ends(self, at_s: int, lot: _Lot) -> None:
        if lot.left:
            self._enters(at_s, "expiry", lot.left, "points_expired", lot=lot.id, cause="date")
        lot.left, lot.closed_s = 0, at_s

    def _buys(self, at_s: int, _: None) -> None:
        held = sorted(
            (lot for lot in self.lots if lot.left and lot.expires_s > at_s), key=lambda a: (a.expires_s, a.id)
        )
        balance = sum(lot.left for lot in held)
        had = {voucher.offer.code for voucher in self.vouchers}
        if not (offers := [one for one in self.place.offers if one.price_points <= balance and one.code not in had]):
            return
        offer = self.chance.choice(offers)
        ends_s = self.calendar.day_end(at_s, days_later=offer.voucher_days)
        voucher = _Voucher(new_id().hex, offer, at_s, ends_s)
        self.vouchers.append(voucher)
        missing = offer.price_points
        for lot in held:
            part = min(missing, lot.left)
            voucher.taken.append((lot, part))
            lot.left -= part
            missing -= part
            if not missing:
                break
        self._enters(at_s, "spend", offer.price_points, "benefit_bought", of=voucher.id, about=offer.code)
        # Of ten, seven are used within a month and one is given back; of these points none ends before.
        fate = self.chance.random()
        lasts = all(lot.expires_s > ends_s + RECORDED_AFTER_S for lot, _ in voucher.taken)
        if fate < 0.7 or not lasts:
            self._later(at_s + self.chance.randrange(min(30 * DAY_S, ends_s - at_s)), self._is_used, voucher)
        elif fate < 0.8:
            self._later(at_s + self.chance.randrange(DAY_S), self._comes_back, voucher)
        else:
            self._later(ends_s + RECORDED_AFTER_S, self._comes_back, voucher)

    def _is_used(self, at_s: int, voucher: _Voucher) -> None:
        voucher.status, voucher.ended_s, offer = "redeemed", at_s, voucher.offer
        self.rows[Redemption].append(
            (
                offer.partner,
                new_id().hex,
                self.who,
                voucher.id,
                offer.code,
                offer.titles,
                str(offer.value_cents),
                self.place.clerk,
                self.calendar.text(at_s),
            )
        )

    def _comes_back(self, at_s: int, voucher: _Voucher) -> None:
        voucher.status, voucher.ended_s = ("cancelled" if at_s < voucher.expires_s else "expired"), at_s
        why = f"voucher_{voucher.status}"
        for lot, part in voucher.taken:
            lot.left += part
            self._enters(at_s, "refund", part, why, lot=lot.id, of=voucher.id, about=voucher.offer.code)

    def _enters(
        self,
        at_s: int,
        kind: str,
        points: int,
        reason: str,
        *,
        lot: str = "",
        cause: str = "",
        of: str = "",
        about: str = "",
    ) -> None:
        self.seq += 1
        at, (direction, account) = self.calendar.text(at_s), CITY_ACCOUNT[kind]
        self.rows[Entry].append(
            (
                self.who,
                new_id().hex,
                str(self.seq),
                at,
                kind,
                direction,
                str(points),
                account,
                reason,
                lot,
                cause,
                of,
                about,
            )
        )

    def _write(self) -> None:
        """What had its last state only now."""
        text, rows = self.calendar.text, self.rows
        rows[Account].append((self.who, str(self.seq)))
        for lot in self.lots:
            closed_at = text(lot.closed_s) if lot.closed_s else ""
            rows[Lot].append(
                (
                    self.who,
                    lot.id,
                    str(lot.points),
                    str(lot.left),
                    text(lot.awarded_s),
                    text(lot.expires_s),
                    self.place.policy,
                    lot.submission,
                    "1",
                    closed_at,
                )
            )
        for voucher in self.vouchers:
            offer, seed = voucher.offer, self.chance.randbytes(16)
            ended_at = text(voucher.ended_s) if voucher.ended_s else ""
            rows[Voucher].append(
                (
                    self.who,
                    voucher.id,
                    offer.code,
                    offer.partner,
                    offer.titles,
                    voucher.status,
                    str(offer.price_points),
                    str(offer.value_cents),
                    str(int(offer.takes_stock)),
                    seed,
                    text(voucher.bought_s),
                    self.calendar.day(voucher.bought_s)[0],
                    text(voucher.expires_s),
                    ended_at,
                )
            )
            code = voucher_codes.code_of(seed, key=self.place.code_key)
            rows[VoucherCode].append((voucher_codes.fingerprint(code), self.who, voucher.id))
            returned_at = ended_at if voucher.status in ("cancelled", "expired") else ""
            for lot, part in voucher.taken:
                rows[Allocation].append((self.who, voucher.id, lot.id, str(part), returned_at))
            if offer.takes_stock and not returned_at:
                self.place.sold[offer.code] += 1
