"""What the API of the rewards takes and answers."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from core.charter import BENEFIT_CATEGORIES
from core.http.paging import PageQuery, page_of
from core.http.schemas import Boolean, BooleanInQuery, Code, Instant, Schema, Text, Whole
from core.periods import PeriodQuery, PeriodShown, StepShown, steps_per
from core.titles import Titles
from rewards.benefits import STOCK_MAX
from rewards.models import POINTS_MAX
from rewards.tills import STATES


class Euro(fields.Decimal):
    """An amount to the cent, as a number or as text: more decimals are refused and never rounded."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not _EURO.fullmatch(str(value)):
            raise self.make_error("invalid")
        return Decimal(str(value))


_EURO = re.compile(r"\d{1,6}(\.\d{1,2})?", re.ASCII)


class Expiry(Schema):
    points = Whole(required=True)
    expires_at = Instant(required=True)


class Points(Schema):
    """What can be spent now, and until when which part of it. No lifetime total (charter C11)."""

    balance = Whole(required=True)
    upcoming_expiries = fields.List(fields.Nested(Expiry), required=True)


class EntryShown(Schema):
    """A movement: `points` is positive when they came, negative when they went."""

    id = fields.UUID(required=True)
    seq = Whole(required=True)
    at = Instant(required=True)
    kind = fields.String(
        required=True, validate=validate.OneOf(["award", "spend", "refund", "donation", "expiry", "reversal"])
    )
    points = fields.Integer(required=True)
    reason_code = fields.String(required=True)
    reason = fields.String(required=True)
    deed = fields.String(required=True, allow_none=True)
    benefit = fields.String(required=True, allow_none=True)
    submission = fields.UUID(required=True, allow_none=True)
    voucher = fields.UUID(required=True, allow_none=True)


class PartnerShown(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)


class PartnerNew(Schema):
    code = Code(required=True)
    name = Text(at_most=120, required=True)


class PartnerChange(Schema):
    name = Text(at_most=120)
    is_active = Boolean()


class PartnerBrief(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)


class BenefitShown(Schema):
    """What points buy. `stock_left` is null when there is no limit; `value_eur` has two decimals."""

    code = fields.String(required=True)
    category = fields.String(required=True)
    partner = fields.Nested(PartnerBrief, required=True)
    title = fields.String(required=True)
    titles = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    price_points = Whole(required=True)
    stock_left = Whole(required=True, allow_none=True)
    max_per_person_per_year = Whole(required=True, allow_none=True)
    value_eur = fields.String(required=True)
    voucher_days = Whole(required=True)
    opens_at = Instant(required=True, allow_none=True)
    closes_at = Instant(required=True, allow_none=True)
    is_open = fields.Boolean(required=True)
    is_published = fields.Boolean(required=True)
    version = Whole(required=True)
    source = fields.String(required=True, allow_none=True)


class BenefitQuery(PageQuery):
    category = Code()
    partner = Code()
    all = BooleanInQuery(load_default=False, metadata={"description": "also those that were taken off the list"})


class BenefitChange(Schema):
    """What a manager can change. Stock is changed by a difference, at `/stock`."""

    category = fields.String(validate=validate.OneOf(sorted(BENEFIT_CATEGORIES)))
    partner = Code()
    titles = fields.Nested(Titles)
    price_points = Whole(at_least=1, at_most=POINTS_MAX)
    max_per_person_per_year = Whole(at_least=1, at_most=1000, allow_none=True)
    value_eur = Euro(validate=validate.Range(0, 10_000))
    voucher_days = Whole(at_least=1, at_most=3660)
    opens_at = Instant(allow_none=True)
    closes_at = Instant(allow_none=True)
    source = Text(at_most=300, allow_none=True)
    is_published = Boolean()


class BenefitNew(Schema):
    """A benefit to publish. Without `stock` it is unlimited."""

    code = Code(required=True)
    category = fields.String(required=True, validate=validate.OneOf(sorted(BENEFIT_CATEGORIES)))
    partner = Code(required=True)
    titles = fields.Nested(Titles, required=True)
    price_points = Whole(at_least=1, at_most=POINTS_MAX, required=True)
    stock = Whole(at_most=STOCK_MAX, allow_none=True, load_default=None)
    max_per_person_per_year = Whole(at_least=1, at_most=1000, allow_none=True, load_default=None)
    value_eur = Euro(validate=validate.Range(0, 10_000), required=True)
    voucher_days = Whole(at_least=1, at_most=3660, required=True)
    opens_at = Instant(allow_none=True, load_default=None)
    closes_at = Instant(allow_none=True, load_default=None)
    source = Text(at_most=300, allow_none=True, load_default=None)


class BenefitWish(BenefitChange):
    """A benefit as it might be: a new one whole, of one that is there what is to change (and then no `stock`)."""

    code = Code(required=True)
    stock = Whole(at_most=STOCK_MAX, allow_none=True)


class StockChange(Schema):
    change = Whole(at_least=-STOCK_MAX, at_most=STOCK_MAX, required=True)


class StockShown(Schema):
    benefit = fields.String(required=True)
    stock_left = Whole(required=True)


class VoucherWish(Schema):
    """What to buy, at the price seen."""

    benefit = Code(required=True)
    price_points = Whole(at_least=1, at_most=POINTS_MAX, required=True)


class VoucherShown(Schema):
    id = fields.UUID(required=True)
    benefit = fields.String(required=True)
    title = fields.String(required=True)
    partner = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["active", "redeemed", "cancelled", "expired"]))
    price_points = Whole(required=True)
    bought_at = Instant(required=True)
    expires_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class VoucherBought(VoucherShown):
    """`lapsing`: points of this purchase whose own date comes before the voucher's; cancelled after that date, they
    would not come back."""

    lapsing = fields.List(fields.Nested(Expiry), required=True)


class VoucherWithCode(VoucherShown):
    """With the code, for its owner: null once the voucher is not active. `points_back`: what would come back if it was
    cancelled now, and until when each part could be spent."""

    code = fields.String(required=True, allow_none=True)
    partner_name = fields.String(required=True)
    points_back = fields.List(fields.Nested(Expiry), required=True)


class VoucherEnded(VoucherShown):
    points_returned = Whole(required=True)


class RefundReason(Schema):
    reason_code = fields.String(required=True, validate=validate.OneOf(["not_honoured"]))


class TillCode(Schema):
    """What was scanned or typed: case, spaces and hyphens do not matter."""

    code = Text(at_most=200, required=True)


class Glance(Schema):
    """Whether a voucher is good and for what (charter C15): nothing of who holds it."""

    status = fields.String(required=True, validate=validate.OneOf(["valid", "redeemed", "cancelled", "expired"]))
    benefit = fields.String(required=True)
    title = fields.String(required=True)
    valid_until = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class RedemptionShown(Schema):
    id = fields.UUID(required=True)
    benefit = fields.String(required=True)
    title = fields.String(required=True)
    partner = fields.String(required=True)
    till = fields.String(required=True, allow_none=True, metadata={"description": "the device, if it was one"})
    till_id = fields.UUID(required=True, allow_none=True)
    redeemed_at = Instant(required=True)
    undo_until = Instant(required=True)
    undone_at = Instant(required=True, allow_none=True)


class RedemptionQuery(PageQuery):
    since = Instant(metadata={"description": "only what was redeemed from this time on"})


class PairingNew(Schema):
    """For a new till, or with `till_id` to pair one again."""

    name = Text(at_most=60)
    till_id = fields.UUID()


class PairingShown(Schema):
    """A code to read out: it is good once, for `expires_in` seconds, until `expires_at`."""

    pairing_code = fields.String(required=True)
    till_id = fields.UUID(required=True)
    name = fields.String(required=True)
    expires_at = Instant(required=True)
    expires_in = Whole(required=True)


class Pin(Schema):
    """The four digits that begin a shift."""

    pin = fields.String(required=True, validate=validate.Regexp(r"[0-9]{4}\Z"), metadata={"pattern": "^[0-9]{4}$"})


class TillNew(Pin):
    """The code that a manager read out, and the PIN that is chosen for this device."""

    pairing_code = Text(at_most=60, required=True)
    name = Text(at_most=60)


class TillShown(Schema):
    """A partner's device. `locked`: too many wrong PINs, until `locked_until`; `blocked`: until it is paired again."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    paired_at = Instant(required=True)
    last_used_at = Instant(required=True, allow_none=True, metadata={"description": "when its newest shift was opened"})
    shift_ends_at = Instant(required=True, allow_none=True)
    locked_until = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)


class TillOwn(Schema):
    """What a device shows of itself."""

    partner = fields.Nested(PartnerBrief, required=True)
    till = fields.Nested(TillShown, required=True)


class Paired(TillOwn):
    """`till_token` opens shifts, and nothing else, until the till is paired again or ended."""

    till_token = fields.String(required=True)


class ShiftOpened(TillOwn):
    """`access_token` is a clerk's of this partner until the shift ends."""

    access_token = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds that the shift lasts at most"})


class Month(fields.String):
    """A calendar month, `2026-11`; loads as its first day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"^2[0-9]{3}-(0[1-9]|1[0-2])$"), **kwargs)
        self.validators.append(validate.Length(equal=7))  # to Python `$` also stands before a last line break

    def deserialize(self, *args: Any, **kwargs: Any) -> Any:
        text = super().deserialize(*args, **kwargs)
        return date.fromisoformat(f"{text}-01")


class StatementQuery(Schema):
    month = Month(required=True)
    partner = Code(metadata={"description": "a clerk's own; any for managers, who have to name one"})
    format = fields.String(
        load_default="json",
        validate=validate.OneOf(["json", "csv", "xlsx", "pdf"]),
        metadata={"description": "`csv`, `xlsx`, `pdf`: as a file, with a row per day and benefit"},
    )


class StatementLine(Schema):
    partner = fields.String(required=True)
    benefit = fields.String(required=True)
    title = fields.String(required=True)
    redemptions = Whole(required=True)
    value_eur = fields.String(required=True)


class StatementDay(StatementLine):
    day = fields.Date(required=True)


class PartnerNamed(Schema):
    partner = fields.String(required=True)
    partner_name = fields.String(required=True)


class Statement(Schema):
    """What partners are owed for a month, per benefit (`items`) and per day and benefit (`days`)."""

    month = fields.String(required=True)
    partners = fields.List(fields.Nested(PartnerNamed), required=True)
    items = fields.List(fields.Nested(StatementLine), required=True)
    days = fields.List(fields.Nested(StatementDay), required=True)
    redemptions = Whole(required=True)
    value_eur = fields.String(required=True)


class PointsMoved(Schema):
    issued = Whole(required=True, metadata={"description": "awarded for deeds"})
    spent = Whole(required=True, metadata={"description": "paid for benefits"})
    returned = Whole(required=True, metadata={"description": "came back from vouchers that were not used"})
    expired = Whole(required=True)
    taken_back = Whole(required=True, metadata={"description": "by the reversal of an award"})
    donated = Whole(required=True)


class PointsStep(StepShown, PointsMoved):
    """What moved in one step."""


class PointsOverview(PeriodShown):
    items = fields.List(fields.Nested(PointsStep), required=True)
    totals = fields.Nested(PointsMoved, required=True)


class RedemptionsQuery(PeriodQuery):
    per = steps_per("day")


class RedemptionsStep(StepShown):
    partner = fields.String(required=True)
    partner_name = fields.String(required=True)
    redemptions = Whole(required=True)
    value_eur = fields.String(required=True)


class RedemptionsSum(Schema):
    redemptions = Whole(required=True)
    value_eur = fields.String(required=True)


class RedemptionsOverview(PeriodShown):
    """A row for each step and partner that redeemed anything."""

    items = fields.List(fields.Nested(RedemptionsStep), required=True)
    totals = fields.Nested(RedemptionsSum, required=True)


class LiabilityMonth(Schema):
    month = fields.String(required=True)
    points = Whole(required=True)
    value_eur = fields.String(required=True)


class LiabilityVouchers(Schema):
    count = Whole(required=True)
    value_eur = fields.String(required=True)


class Liability(Schema):
    """What the city owes in points, by the month of their last day; `value_eur` at `cents_per_point`, an average."""

    at = Instant(required=True)
    points = Whole(required=True)
    value_eur = fields.String(required=True)
    cents_per_point = fields.Float(required=True)
    months = fields.List(fields.Nested(LiabilityMonth), required=True)
    vouchers = fields.Nested(LiabilityVouchers, required=True)


EntryPage = page_of(EntryShown)
PartnerPage = page_of(PartnerShown)
BenefitPage = page_of(BenefitShown)
VoucherPage = page_of(VoucherShown)
RedemptionPage = page_of(RedemptionShown)
TillPage = page_of(TillShown)
