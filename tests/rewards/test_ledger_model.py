"""Random histories of two residents, on the ledger and on a model that was written from `design.md` alone.

After each step both must tell the same of every lot, voucher, entry and unit of stock, and the oracle finds nothing.
`pytest --hypothesis-profile=thorough` plays many more histories.
"""

import calendar
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, select

from core.db import Does, db, engine_options, in_transaction, listen, open_reads
from core.errors import Refusal
from core.http.doors import Caller, Role
from core.ids import new_id
from rewards import entries, expiry, ledger, oracle, personal_data, purchase, redemption, vouchers
from rewards.models import Benefit, BenefitStock, Entry, Lot, Partner, Redemption, Voucher
from tests.clock import MovableClock
from tests.conftest import Copies
from tests.town import Town

MADRID = ZoneInfo("Europe/Madrid")
KEY = b"k" * 32
PARTNER = "museu-de-la-vila"


# --- the model ------------------------------------------------------------------------------------------------------


def day_of(at: datetime) -> date:
    return at.astimezone(MADRID).date()


def end_of(day: date) -> datetime:
    """Midnight after that day in Madrid, as an instant."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=MADRID).astimezone(UTC)


def two_years_after(day: date) -> date:
    return day.replace(year=day.year + 2, day=min(day.day, calendar.monthrange(day.year + 2, day.month)[1]))


@dataclass
class ModelLot:
    """`is_recorded`: it was written down that its time is over, which no clock takes back."""

    id: UUID | None
    points: int
    left: int
    expires_at: datetime
    shortfall: int | None = None
    is_recorded: bool = False

    def is_over(self, at: datetime) -> bool:
        return self.is_recorded or self.expires_at <= at


@dataclass
class ModelBenefit:
    price: int
    days: int
    stock: int | None
    closes_at: datetime | None
    per_year_max: int | None


@dataclass
class ModelVoucher:
    benefit: str
    bought_on: date
    expires_at: datetime
    taken: list[tuple[ModelLot, int]]
    status: str = "active"
    redeemed_at: datetime | None = None

    def is_alive(self, at: datetime) -> bool:
        return self.status == "active" and self.expires_at > at


@dataclass
class ModelAccount:
    """One resident's books. An entry is `(kind, points, reason)`, points below zero when they went."""

    lots: list[ModelLot] = field(default_factory=list)
    vouchers: dict[UUID, ModelVoucher] = field(default_factory=dict)
    awards: dict[UUID, ModelLot] = field(default_factory=dict)
    entries: list[tuple[str, int, str]] = field(default_factory=list)

    def spendable(self, at: datetime) -> list[ModelLot]:
        """Earliest date first; of the same date, the older one."""
        held = [lot for lot in self.lots if lot.left and lot.expires_at > at]
        return sorted(held, key=lambda lot: (lot.expires_at, str(lot.id)))

    def balance(self, at: datetime) -> int:
        return sum(lot.left for lot in self.spendable(at))

    def award(self, submission: UUID, lot: UUID, points: int, *, at: datetime) -> None:
        self.awards[submission] = ModelLot(lot, points, points, end_of(two_years_after(day_of(at))))
        self.lots.append(self.awards[submission])
        self.entries.append(("award", points, "deed_verified"))

    def refusal(self, name: str, benefit: ModelBenefit, *, at: datetime) -> str | None:
        """Why a purchase is refused, if it is."""
        if benefit.closes_at is not None and at >= benefit.closes_at:
            return "benefit_closed"
        bought = [
            voucher
            for voucher in self.vouchers.values()
            if voucher.benefit == name
            and voucher.bought_on.year == day_of(at).year
            and (voucher.status == "redeemed" or voucher.is_alive(at))
        ]
        if benefit.per_year_max is not None and len(bought) >= benefit.per_year_max:
            return "cap_reached"
        if self.balance(at) < benefit.price:
            return "not_enough_points"
        return "sold_out" if benefit.stock == 0 else None

    def buy(self, voucher: UUID, name: str, benefit: ModelBenefit, *, at: datetime) -> None:
        taken, missing = [], benefit.price
        for lot in self.spendable(at):
            part = min(lot.left, missing)
            lot.left, missing = lot.left - part, missing - part
            taken.append((lot, part))
            if not missing:
                break
        ends = end_of(day_of(at) + timedelta(days=benefit.days))
        self.vouchers[voucher] = ModelVoucher(name, day_of(at), ends, taken)
        self.entries.append(("spend", -benefit.price, "benefit_bought"))
        if benefit.stock is not None:
            benefit.stock -= 1

    def end(
        self,
        voucher: ModelVoucher,
        benefit: ModelBenefit,
        *,
        status: str,
        reason: str,
        at: datetime,
        lives_until: datetime | None = None,
    ) -> int:
        """The voucher ends unused and its points go back; returns how many can be spent again."""
        voucher.status, again = status, 0
        for lot, points in sorted(voucher.taken, key=lambda part: (part[0].expires_at, str(part[0].id))):
            self.entries.append(("refund", points, reason))
            if lot.shortfall is not None:
                lot.shortfall -= points
                self.entries.append(("reversal", -points, "returned_to_reversed"))
            elif lives_until is not None and (lot.is_over(at) or lot.expires_at < lives_until):
                self.lots.append(ModelLot(None, points, points, lives_until))
                again += points
            elif lot.is_over(at):
                self.entries.append(("expiry", -points, "returned_too_late"))
            else:
                lot.left += points
                again += points
        if benefit.stock is not None and (benefit.closes_at is None or at < benefit.closes_at):
            benefit.stock += 1
        return again

    def expire(self, lot: ModelLot, reason: str) -> None:
        if lot.left:
            self.entries.append(("expiry", -lot.left, reason))
        lot.left, lot.is_recorded = 0, True

    def expire_due(self, *, at: datetime) -> None:
        for lot in sorted(self.lots, key=lambda lot: (lot.expires_at, str(lot.id))):
            if not lot.is_recorded and lot.expires_at <= at:
                self.expire(lot, "points_expired")

    def reverse(self, lot: ModelLot, *, at: datetime) -> tuple[int, int]:
        """Taken and shortfall. What is past its date is not left: it expires, now at the latest."""
        if lot.is_over(at) and not lot.is_recorded:
            self.expire(lot, "points_expired")
        taken, lot.left = lot.left, 0
        lot.shortfall = lot.points - taken
        if taken:
            self.entries.append(("reversal", -taken, "award_reversed"))
        return taken, lot.shortfall


# --- the machine ----------------------------------------------------------------------------------------------------

T = TypeVar("T")


def picked(these: Sequence[T], pick: int, *, rather: Callable[[T], bool] = lambda _: True) -> T:
    """One of them, counted from the newest, seldom one to which little can happen: not one of those `rather`."""
    liked = [this for this in these if rather(this)] if pick else these
    return (liked or these)[-1 - pick % len(liked or these)]


class History:
    """What happens to two residents, step by step, in the town and in the model."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.at = datetime(2026, 2, 27, 11, tzinfo=UTC)
        self.town.clock.set(self.at)
        self.people = [self.town.resident().id or new_id() for _ in range(2)]
        self.accounts = [ModelAccount(), ModelAccount()]
        self.awarded: list[tuple[int, UUID]] = []
        self.bought: list[tuple[int, UUID]] = []
        self.redeemed: list[tuple[int, UUID, UUID]] = []
        self.benefits = {
            "cheap": ModelBenefit(1, 1, None, None, None),
            "scarce": ModelBenefit(3, 30, 2, self.at + timedelta(days=500), None),
            "dear": ModelBenefit(8, 60, 5, None, 2),
            "long": ModelBenefit(4, 800, None, None, None),  # outlives any points
        }
        self.staff = Caller(new_id(), new_id(), frozenset({Role.MANAGER, Role.CLERK}), frozenset({PARTNER}))
        self.does(self.publish)

    def publish(self) -> None:
        db.session.add(Partner(code=PARTNER, name="Museu", is_active=True, created_at=self.at))
        db.session.flush()
        for name, terms in self.benefits.items():
            benefit = Benefit(
                code=name,
                category="culture",
                partner_code=PARTNER,
                titles={"en": name},
                price_points=terms.price,
                has_stock=terms.stock is not None,
                per_person_per_year_max=terms.per_year_max,
                value_cents=0,
                voucher_days=terms.days,
                closes_at=terms.closes_at,
                is_published=True,
                version=1,
                created_at=self.at,
                changed_at=self.at,
            )
            db.session.add(benefit)
            if terms.stock is not None:
                db.session.add(BenefitStock(benefit_code=benefit.code, stock=terms.stock, stock_total=terms.stock))

    # --- what happens

    def a_deed_is_verified(self, *, who: int, points: int) -> None:
        submission = new_id()

        def award() -> UUID:
            ledger.lock_account(self.people[who])
            return ledger.award(
                citizen_id=self.people[who],
                submission_id=submission,
                revision=1,
                points=points,
                deed_code="beach-clean-up",
                at=self.at,
                city=self.town.city,
            )

        self.accounts[who].award(submission, self.does(award), points, at=self.at)
        self.awarded.append((who, submission))

    def somebody_buys(self, *, who: int, name: str) -> None:
        account, benefit = self.accounts[who], self.benefits[name]

        def buy() -> UUID:
            voucher, _ = purchase.buy(
                citizen_id=self.people[who],
                benefit_code=name,
                price_points=benefit.price,
                city=self.town.city,
                key=KEY,
                at=self.at,
            )
            return voucher.id

        outcome = self.outcome(buy)

        if (refusal := account.refusal(name, benefit, at=self.at)) is not None:
            assert outcome == refusal
        else:
            account.buy(outcome, name, benefit, at=self.at)
            self.bought.append((who, outcome))

    def a_voucher_is_cancelled(self, *, pick: int) -> None:
        if not self.bought:
            return
        who, voucher = picked(self.bought, pick, rather=self.is_active)
        account, known = self.accounts[who], self.accounts[who].vouchers[voucher]

        outcome = self.outcome(lambda: vouchers.cancel(voucher, citizen_id=self.people[who], at=self.at)[1])

        if known.status == "cancelled":
            assert outcome == 0
        elif not known.is_alive(self.at):
            assert outcome == "not_active"
        else:
            benefit = self.benefits[known.benefit]
            assert outcome == account.end(known, benefit, status="cancelled", reason="voucher_cancelled", at=self.at)

    def a_voucher_is_not_honoured(self, *, pick: int) -> None:
        if not self.bought:
            return
        who, voucher = picked(self.bought, pick, rather=self.is_active)
        account, known = self.accounts[who], self.accounts[who].vouchers[voucher]

        def refund() -> int:
            city = self.town.city
            return vouchers.refund(voucher, citizen_id=self.people[who], who=self.staff, city=city, at=self.at)[1]

        outcome = self.outcome(refund)

        if known.status != "active":
            assert outcome == "not_active"
            return
        lives_until = end_of(day_of(self.at) + timedelta(days=90))
        benefit = self.benefits[known.benefit]
        assert outcome == account.end(
            known, benefit, status="cancelled", reason="not_honoured", at=self.at, lives_until=lives_until
        )

    def a_clerk_redeems(self, *, pick: int) -> None:
        if not self.bought:
            return
        who, voucher = picked(self.bought, pick, rather=self.is_active)
        known = self.accounts[who].vouchers[voucher]

        def redeem() -> UUID:
            code = vouchers.code_of(vouchers.shown(voucher, citizen_id=self.people[who]), key=KEY)
            return redemption.redeem(code, who=self.staff, at=self.at).id

        outcome = self.outcome(redeem)

        if known.is_alive(self.at):
            known.status, known.redeemed_at = "redeemed", self.at
            self.redeemed.append((who, voucher, outcome))
        else:
            why = {"redeemed": "already_redeemed", "cancelled": "voucher_cancelled"}
            assert outcome == why.get(known.status, "voucher_expired")

    def a_clerk_takes_it_back(self, *, pick: int) -> None:
        if not self.redeemed:
            return
        who, voucher, used = picked(self.redeemed, pick)
        known = self.accounts[who].vouchers[voucher]
        is_last = self.does(lambda: db.session.get_one(Redemption, (PARTNER, used)).undone_at) is None

        outcome = self.outcome(lambda: redemption.undo(used, who=self.staff, at=self.at)[0].id)

        if not is_last:
            assert outcome == used
        elif known.redeemed_at is not None and self.at >= known.redeemed_at + timedelta(minutes=10):
            assert outcome == "undo_too_late"
        else:
            known.status, known.redeemed_at = "active", None
            known.expires_at = max(known.expires_at, self.at + timedelta(hours=24))

    def an_award_is_reversed(self, *, pick: int) -> None:
        who, submission = picked(self.awarded, pick, rather=lambda award: self.lot_of(award).shortfall is None)
        lot = self.accounts[who].awards[submission]

        def reverse() -> tuple[int, int]:
            ledger.lock_account(self.people[who])
            reversal = ledger.reverse_award(citizen_id=self.people[who], submission_id=submission, at=self.at)
            return reversal.taken, reversal.shortfall

        outcome = self.outcome(reverse)

        if lot.shortfall is not None:
            assert outcome == "already_reversed"
        else:
            assert outcome == self.accounts[who].reverse(lot, at=self.at)

    def the_jobs_run(self) -> None:
        self.vouchers_expire()
        self.points_expire()

    def one_job_runs(self, *, is_first: bool) -> None:
        if is_first:
            self.points_expire()
        else:
            self.vouchers_expire()

    def points_expire(self) -> None:
        self.job(expiry.expire_points)

        for account in self.accounts:
            account.expire_due(at=self.at)

    def vouchers_expire(self) -> None:
        ended = self.job(vouchers.expire_vouchers)

        due = [
            (voucher.expires_at, str(number), account, voucher)
            for account in self.accounts
            for number, voucher in account.vouchers.items()
            if voucher.status == "active" and voucher.expires_at <= self.at
        ]
        assert ended == len(due)
        for _, _, account, voucher in sorted(due, key=lambda row: row[:2]):
            benefit = self.benefits[voucher.benefit]
            account.end(voucher, benefit, status="expired", reason="voucher_expired", at=self.at)

    def somebody_leaves(self, *, who: int, is_sure: int) -> None:
        """What erasure does to the books; seldom, since little happens to an account afterwards."""
        if is_sure:
            return
        self.does(lambda: personal_data.erase(self.people[who], at=self.at, settings=self.town.settings))

        account = self.accounts[who]
        for _, voucher in sorted(account.vouchers.items(), key=lambda item: str(item[0])):
            if voucher.status == "active":
                benefit = self.benefits[voucher.benefit]
                account.end(voucher, benefit, status="cancelled", reason="voucher_cancelled", at=self.at)
        for lot in sorted(account.lots, key=lambda lot: (lot.expires_at, str(lot.id))):
            if not lot.is_recorded:
                account.expire(lot, "left")

    def time_passes(self, *, passes: timedelta) -> None:
        self.at += passes

    def the_clock_is_wrong_while_the_jobs_run(self, *, by: timedelta) -> None:
        self.at += by
        self.the_jobs_run()
        self.at -= by

    def time_comes_to_the_date_of_points(self, *, pick: int, edge: timedelta) -> None:
        lot = self.lot_of(picked(self.awarded, pick, rather=lambda award: not self.lot_of(award).is_recorded))
        self.at = lot.expires_at + edge

    def time_comes_to_the_date_of_a_voucher(self, *, pick: int, edge: timedelta) -> None:
        if not self.bought:
            return
        who, voucher = picked(self.bought, pick, rather=self.is_active)
        self.at = self.accounts[who].vouchers[voucher].expires_at + edge

    # --- what holds after each step

    def the_books_are_those_of_the_model(self) -> None:
        self.does(self.compare, does=Does.SNAPSHOT)

    def compare(self) -> None:
        assert oracle.verdict({})["faults"] == []
        lots, written, bought = (self.rows(model) for model in (Lot, Entry, Voucher))
        for citizen_id, account in zip(self.people, self.accounts, strict=True):
            _name_new_lots(account, lots[citizen_id])
            assert {
                lot.id: (lot.points, lot.points_left, lot.expires_at, lot.reversal_shortfall, lot.closed_at is not None)
                for lot in lots[citizen_id]
            } == {
                lot.id: (lot.points, lot.left, lot.expires_at, lot.shortfall, lot.is_recorded) for lot in account.lots
            }
            assert {voucher.id: (voucher.status, voucher.expires_at) for voucher in bought[citizen_id]} == {
                number: (voucher.status, voucher.expires_at) for number, voucher in account.vouchers.items()
            }
            _compare_entries(account, sorted(written[citizen_id], key=lambda entry: entry.seq))
            self.compare_points(citizen_id, account)
        left = dict(db.session.execute(select(BenefitStock.benefit_code, BenefitStock.stock)).tuples().all())
        for name, benefit in self.benefits.items():
            assert left.get(name) == benefit.stock

    def compare_points(self, citizen_id: UUID, account: ModelAccount) -> None:
        upcoming: dict[datetime, int] = {}
        for held in account.spendable(self.at):
            upcoming[held.expires_at] = upcoming.get(held.expires_at, 0) + held.left
        shown = entries.points_of(citizen_id, at=self.at)
        assert shown["balance"] == account.balance(self.at) == ledger.balance(citizen_id, at=self.at)
        assert [(row["expires_at"], row["points"]) for row in shown["upcoming_expiries"]] == sorted(upcoming.items())

    def rows(self, model: type[Lot | Entry | Voucher]) -> dict[UUID, list[Any]]:
        """By resident."""
        found: dict[UUID, list[Any]] = {citizen_id: [] for citizen_id in self.people}
        for row in db.session.execute(select(model.__table__).where(model.citizen_id.in_(self.people))):
            found[row.citizen_id].append(row)
        return found

    def all_ends(self) -> None:
        """Long after, everything is over."""
        self.at = max(self.at, datetime(2060, 1, 1, tzinfo=UTC))
        self.the_jobs_run()
        assert all(not lot.left and lot.is_recorded for account in self.accounts for lot in account.lots)

    # --- inside

    def is_active(self, bought: tuple[int, UUID]) -> bool:
        return self.accounts[bought[0]].vouchers[bought[1]].status == "active"

    def lot_of(self, award: tuple[int, UUID]) -> ModelLot:
        return self.accounts[award[0]].awards[award[1]]

    def does(self, work: Any, *, does: Does = Does.WRITES) -> Any:
        with self.town.app.app_context():
            return in_transaction(work, does=does)

    def outcome(self, work: Any) -> Any:
        """What it returns, or the code of its refusal."""
        try:
            return self.does(work)
        except Refusal as no:
            return no.code()

    def job(self, work: Any) -> int:
        with self.town.app.app_context():
            return int(work(at=self.at, settings=self.town.settings))


def _compare_entries(account: ModelAccount, written: Sequence[Entry]) -> None:
    signed = [entry.points if entry.direction == "in" else -entry.points for entry in written]
    assert [
        (entry.kind, points, entry.reason) for entry, points in zip(written, signed, strict=True)
    ] == account.entries
    assert [entry.seq for entry in written] == list(range(1, len(written) + 1))
    assert all(running >= 0 for running in accumulate(signed))


def _name_new_lots(account: ModelAccount, lots: Iterable[Lot]) -> None:
    """Points given back have got lots whose numbers the model learns here: by what they hold and until when."""
    known = {lot.id for lot in account.lots}
    new = sorted((lot.expires_at, lot.points, str(lot.id), lot) for lot in lots if lot.id not in known)
    nameless = sorted((lot for lot in account.lots if lot.id is None), key=lambda lot: (lot.expires_at, lot.points))
    for lot, (_, _, _, found) in zip(nameless, new, strict=True):
        lot.id = found.id


# --- histories ------------------------------------------------------------------------------------------------------

WHO = st.integers(0, 1)
PICK = st.integers(0, 5)
EDGE = st.sampled_from([timedelta(0), *(timedelta(microseconds=one) for one in (-1, 1)), timedelta(days=-60)])
PASSES = [
    *(timedelta(minutes=minutes) for minutes in (1, 9, 10, 11)),
    *(timedelta(days=days) for days in (1, 2, 30, 89, 91, 200, 400, 731)),
    *(-timedelta(days=days) for days in (1, 30, 400)),
    -timedelta(minutes=5),
]
# How often it happens, what, and to whom or how much; `pick` is one of its kind, counted from the newest.
STEPS: list[tuple[int, str, dict[str, st.SearchStrategy[Any]]]] = [
    (4, "a_deed_is_verified", {"who": WHO, "points": st.integers(1, 12)}),
    (8, "somebody_buys", {"who": WHO, "name": st.sampled_from(["long", "dear", "scarce", "cheap"])}),
    (4, "a_voucher_is_cancelled", {"pick": PICK}),
    (3, "a_voucher_is_not_honoured", {"pick": PICK}),
    (3, "a_clerk_redeems", {"pick": PICK}),
    (3, "a_clerk_takes_it_back", {"pick": PICK}),
    (3, "an_award_is_reversed", {"pick": PICK}),
    (3, "the_jobs_run", {}),
    (2, "one_job_runs", {"is_first": st.booleans()}),
    (1, "somebody_leaves", {"who": WHO, "is_sure": st.integers(0, 7)}),
    (6, "time_passes", {"passes": st.sampled_from(PASSES)}),
    (2, "the_clock_is_wrong_while_the_jobs_run", {"by": st.sampled_from([timedelta(days=n) for n in (-30, 400, 750)])}),
    (3, "time_comes_to_the_date_of_points", {"pick": PICK, "edge": EDGE}),
    (2, "time_comes_to_the_date_of_a_voucher", {"pick": PICK, "edge": EDGE}),
]
ARGUMENTS = {name: arguments for _, name, arguments in STEPS}
HISTORIES = st.lists(
    st.sampled_from([name for often, name, _ in STEPS for _ in range(often)]).flatmap(
        lambda name: st.tuples(st.just(name), st.fixed_dictionaries(ARGUMENTS[name]))
    ),
    min_size=20,
    max_size=40,
)


@pytest.fixture
def new_town(
    app: Flask, clock: MovableClock, database: str, request: pytest.FixtureRequest
) -> Callable[[], AbstractContextManager[Town]]:
    """Gives a town with empty books for each history."""
    kind = "sqlite" if database.startswith("sqlite") else "postgresql"
    copies: Copies = request.getfixturevalue(f"{kind}_copies")

    @contextmanager
    def opened() -> Iterator[Town]:
        with copies() as url, app.app_context():
            engines: dict[str | None, Engine] = db.engines  # type: ignore[assignment]
            of_the_test, engines[None] = engines[None], create_engine(url, **engine_options(url))
            listen(engines[None])
            open_reads(app)
            try:
                yield Town(app, clock)
            finally:
                engines[None].dispose()
                engines[None] = of_the_test
                open_reads(app)

    return opened


@settings(
    max_examples=settings().max_examples * 3 // 5,  # each plays some thirty steps, and looks at all after each
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.explain},
)
@given(steps=HISTORIES)
def test_the_ledger_keeps_the_books_of_the_model(
    new_town: Callable[[], AbstractContextManager[Town]], steps: list[tuple[str, dict[str, Any]]]
) -> None:
    with new_town() as town:
        history = History(town)
        for who in (0, 1):
            history.a_deed_is_verified(who=who, points=20)

        for name, arguments in steps:
            getattr(history, name)(**arguments)
            history.the_books_are_those_of_the_model()

        history.all_ends()
        history.the_books_are_those_of_the_model()
