"""The books judged a second time, without SQL: each resident's history is played again, by `promises.md` alone.

`faults(rows)` knows nothing of `rewards/oracle.py` and must find the books in order exactly when that does.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tests.damage import Rows

Row = dict[str, Any]

MOVES = {
    "award": ("in", "issued"),
    "spend": ("out", "spent"),
    "refund": ("in", "spent"),
    "donation": ("out", "donated"),
    "expiry": ("out", "expired"),
    "reversal": ("out", "issued"),
}


def faults(rows: Rows) -> list[str]:
    """What is wrong with the books, in words; nothing when they are in order."""
    people = {row["citizen_id"] for row in rows["account"]}
    found = [f"{table} of nobody" for table in OWNED for row in rows[table] if row["citizen_id"] not in people]
    theirs: dict[UUID, Rows] = {person: {table: [] for table in (*OWNED, "account")} for person in people}
    for table in (*OWNED, "account"):
        for row in rows[table]:
            if row["citizen_id"] in theirs:
                theirs[row["citizen_id"]][table].append(row)
    rules = {(row["deed_code"], row["number"]): row for row in rows["deed_version"]}
    for own in theirs.values():
        found += _Resident(own, rules).faults()
    return [*found, *_of_the_city(rows)]


OWNED = (
    "entry",
    "lot",
    "voucher",
    "allocation",
    "voucher_code",
    "redemption",
    "submission",
    "review_case",
    "decision",
    "confirmation",
)


class _Resident:
    """One person's books: entries in their order move points through lots, and end where the tables say they are."""

    def __init__(self, rows: Rows, rules: dict[tuple[str, int], Row]) -> None:
        self.rows, self.rules = rows, rules
        self.lots = {row["id"]: row for row in self.rows["lot"]}
        self.vouchers = {row["id"]: row for row in self.rows["voucher"]}
        self.submissions = {row["id"]: row for row in self.rows["submission"]}
        self.paid_from: dict[UUID, list[Row]] = defaultdict(list)
        for row in self.rows["allocation"]:
            self.paid_from[row["voucher_id"]].append(row)
        self.held: Counter[UUID] = Counter()
        self.opened: set[UUID] = set()
        self.paid: Counter[UUID] = Counter()
        self.refunded: Counter[UUID] = Counter()
        self.reversed: Counter[UUID] = Counter()

    def faults(self) -> Iterator[str]:
        entries = sorted(self.rows["entry"], key=lambda row: row["seq"])
        [account] = self.rows["account"]
        if [row["seq"] for row in entries] != list(range(1, account["entry_seq"] + 1)):
            yield "entries are not numbered 1 to n"
        for entry in entries:
            yield from self._moved(entry)
            if sum(self.held.values()) < 0:
                yield "the balance went below zero"
        for lot in self.lots.values():
            yield from self._lot(lot)
        for voucher in self.vouchers.values():
            yield from self._voucher(voucher)
        for submission in self.submissions.values():
            yield from self._submission(submission)
        yield from self._caps()
        for part in self.rows["allocation"]:
            if part["voucher_id"] not in self.vouchers or part["lot_id"] not in self.lots:
                yield "an allocation of nothing"
        for table in ("decision", "confirmation", "review_case"):
            if any(row["submission_id"] not in self.submissions for row in self.rows[table]):
                yield f"a {table} of nothing"
        if any(row["voucher_id"] not in self.vouchers for row in self.rows["voucher_code"]):
            yield "a code that opens nothing"

    def _moved(self, entry: Row) -> Iterator[str]:
        if MOVES[entry["kind"]] != (entry["direction"], entry["city_account"]):
            yield "an entry moves another way than its kind does"
        sign = 1 if entry["direction"] == "in" else -1
        if entry["kind"] == "spend":
            yield from self._spent(entry)
            return
        lot = self.lots.get(entry["lot_id"])
        if lot is None:
            yield f"a {entry['kind']} of no lot"
            self.held[entry["lot_id"]] += sign * entry["points"]
            return
        self.held[lot["id"]] += sign * entry["points"]
        if entry["kind"] == "award":
            if lot["id"] in self.opened or (lot["submission_id"], lot["points"]) != (
                entry["reference"],
                entry["points"],
            ):
                yield "an award is not one lot of its points"
            self.opened.add(lot["id"])
        elif entry["kind"] == "refund":
            self.refunded[entry["reference"]] += entry["points"]
            if entry["reference"] not in self.vouchers:
                yield "a refund of no voucher"
        elif entry["kind"] == "expiry" and entry["cause"] == "date" and entry["at"] < lot["expires_at"]:
            yield "points ended before their date"
        elif entry["kind"] == "reversal":
            self.reversed[lot["id"]] += entry["points"]

    def _spent(self, entry: Row) -> Iterator[str]:
        voucher = self.vouchers.get(entry["reference"])
        if voucher is None:
            yield "points went for no voucher"
            return
        if entry["lot_id"] is not None:
            yield "a spend of one lot"
        self.paid[voucher["id"]] += 1
        parts = self.paid_from[voucher["id"]]
        if not entry["points"] == voucher["price_points"] == sum(part["points"] for part in parts):
            yield "price, entry and allocations differ"
        for part in parts:
            self.held[part["lot_id"]] -= part["points"]
        touched = [self.lots[part["lot_id"]] for part in parts if part["lot_id"] in self.lots]
        if any(lot["expires_at"] <= voucher["bought_at"] for lot in touched):
            yield "points were spent past their date"
        last = max(((lot["expires_at"], lot["id"].hex) for lot in touched), default=None)
        for lot in self.lots.values():
            is_before = last is not None and (lot["expires_at"], lot["id"].hex) < last
            if is_before and lot["expires_at"] > voucher["bought_at"] and self.held[lot["id"]] > 0:
                yield "an earlier lot was left for a later one"

    def _lot(self, lot: Row) -> Iterator[str]:
        if lot["points_left"] != self.held[lot["id"]] or not 0 <= lot["points_left"] <= lot["points"]:
            yield "a lot does not hold what came less what went"
        if lot["closed_at"] is not None and lot["points_left"]:
            yield "a closed lot holds points"
        if lot["submission_id"] is not None and lot["id"] not in self.opened:
            yield "a lot without its award"
        expected = None if lot["reversed_at"] is None else lot["points"] - self.reversed[lot["id"]]
        if lot["reversed_at"] is None and self.reversed[lot["id"]]:
            yield "points of a lot were reversed that is not"
        if lot["reversed_at"] is not None and lot["reversal_shortfall"] != expected:
            yield "taken and shortfall are not the award"
        if lot["submission_id"] is not None:
            submission = self.submissions.get(lot["submission_id"])
            if submission is None or submission["points_awarded"] != lot["points"]:
                yield "a lot of another size than what was decided"
            elif submission["status"] != ("approved" if lot["reversed_at"] is None else "reversed"):
                yield "a lot lives that its deed does not, or the other way round"

    def _voucher(self, voucher: Row) -> Iterator[str]:
        key, is_over = voucher["id"], voucher["status"] in ("cancelled", "expired")
        parts = self.paid_from[key]
        if self.paid[key] != 1 or sum(part["points"] for part in parts) != voucher["price_points"]:
            yield "a voucher is not paid once"
        if self.refunded[key] != (voucher["price_points"] if is_over else 0):
            yield "a voucher gave back what it should not, or did not"
        if any((part["returned_at"] is not None) != is_over for part in parts):
            yield "points are marked as returned that are not, or the other way round"
        uses = [row for row in self.rows["redemption"] if row["voucher_id"] == key and row["undone_at"] is None]
        uses = [row for row in uses if row["partner_code"] == voucher["partner_code"]]
        if len(uses) != (1 if voucher["status"] == "redeemed" else 0):
            yield "a voucher is not used as often as it says"
        if len([row for row in self.rows["voucher_code"] if row["voucher_id"] == key]) != 1:
            yield "a voucher has not one code"

    def _submission(self, submission: Row) -> Iterator[str]:
        key, status = submission["id"], submission["status"]
        decisions = [row for row in self.rows["decision"] if row["submission_id"] == key]
        final = Counter(row["decision"] for row in decisions if row["is_final"])
        expected = {"approved": ["approve"], "declined": ["decline"], "reversed": ["approve", "reverse"]}
        if final != Counter(expected.get(status, [])):
            yield "a case is not where its decisions brought it"
        said = [row["organiser_id"] for row in self.rows["confirmation"] if row["submission_id"] == key]
        approvers = [row["decided_by"] for row in decisions if row["decision"] == "approve" and row["decided_by"]]
        deciders = {row["decided_by"] for row in decisions}
        if submission["citizen_id"] in {*deciders, *said} or deciders & set(said):
            yield "somebody decided their own case"
        if len(approvers) != len(set(approvers)):
            yield "one person approved twice"
        cases = [row for row in self.rows["review_case"] if row["submission_id"] == key]
        if len(cases) != 1 or (cases[0]["queued_at"] is not None) != (status == "in_review"):
            yield "a case waits that is not in the queue, or the other way round"
        elif status in ("awaiting_confirmation", "asked") and cases[0]["due_at"] is None:
            yield "a case waits for an answer without end"
        lots = [lot for lot in self.lots.values() if lot["submission_id"] == key]
        points = submission["points_awarded"]
        if len(lots) != (1 if points else 0):
            yield "what was decided was not awarded, or twice"
        yield from self._rule(submission)

    def _rule(self, submission: Row) -> Iterator[str]:
        rule = self.rules.get((submission["deed_code"], submission["deed_version"]))
        if rule is None:
            yield "judged by no rule"
            return
        points, counted = submission["points_awarded"], submission["quantity_counted"]
        if points is None or submission["without_points"]:
            if points:
                yield "points for a deed done without"
            return
        confirmed = submission["quantity_confirmed"]
        most = submission["quantity"] if confirmed is None else min(submission["quantity"], confirmed)
        if counted is None or counted > most:
            yield "more counts than was claimed and confirmed"
            return
        worth = rule["points"] * counted // (60 if rule["unit"] == "hour" else 1)
        is_cut = points != worth or counted != most
        if points > worth or (is_cut and submission["cap_bound"] is None):
            yield "an award that does not follow from its rule"

    def _caps(self) -> Iterator[str]:
        counted: Counter[tuple[Any, ...]] = Counter()
        most: dict[tuple[Any, ...], int] = defaultdict(int)
        for row in self.submissions.values():
            rule = self.rules.get((row["deed_code"], row["deed_version"]))
            if rule is None or row["status"] != "approved" or row["without_points"]:
                continue
            per_unit = 60 if rule["unit"] == "hour" else 1
            for span, cap in ((row["done_on"], "per_day_max"), (row["done_on"].year, "per_year_max")):
                counted[row["deed_code"], span] += row["quantity_counted"] or 0
                most[row["deed_code"], span] = max(most[row["deed_code"], span], rule[cap] * per_unit)
        yield from ("a cap was passed" for span, quantity in counted.items() if quantity > most[span])


def _of_the_city(rows: Rows) -> Iterator[str]:
    stocks = {row["benefit_code"]: row for row in rows["benefit_stock"]}
    alive = Counter(
        row["benefit_code"] for row in rows["voucher"] if row["takes_stock"] and row["status"] in ("active", "redeemed")
    )
    for code, stock in stocks.items():
        if stock["stock"] < 0 or stock["stock"] + alive[code] != stock["stock_total"]:
            yield "stock and vouchers differ"
    if any(row["has_stock"] and row["code"] not in stocks for row in rows["benefit"]):
        yield "a limited benefit without a stock"
    vouchers = {(row["citizen_id"], row["id"], row["partner_code"]) for row in rows["voucher"]}
    for row in rows["redemption"]:
        if (row["citizen_id"], row["voucher_id"], row["partner_code"]) not in vouchers:
            yield "a voucher was used that is none"
