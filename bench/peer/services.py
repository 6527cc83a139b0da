"""An award and a purchase, each in one transaction under the resident's lock; stock is taken last."""

import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils.timezone import localdate
from hordak.models import Account
from moneyed import Money
from rest_framework.exceptions import APIException, NotFound, PermissionDenied

from bench.peer.models import Allocation, AuditEntry, Benefit, Lot, Resident, Submission, Voucher

ISSUED, SPENT = "Points issued", "Points spent"


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


def award(*, submission: int, verifier: int, at: datetime) -> Submission:
    """A verifier approves a submission: what the caps let through becomes a lot with a date."""
    with transaction.atomic():
        waiting: Submission | None = (
            Submission.objects.select_for_update(of=("self", "resident"), no_key=True)
            .select_related("resident__account", "deed")
            .filter(pk=submission)
            .first()
        )
        if waiting is None:
            raise NotFound()
        if waiting.resident_id == verifier:
            raise PermissionDenied("Nobody decides their own case.")
        if waiting.status != Submission.Status.IN_REVIEW:
            raise Conflict("No decision is awaited on this submission.")

        quantity, points, cap_bound = _fit(waiting, at=at)
        waiting.status = Submission.Status.APPROVED
        waiting.decided_at, waiting.decided_by, waiting.reason_code = at, verifier, "as-described"
        waiting.quantity_counted, waiting.points_awarded, waiting.cap_bound = quantity, points, cap_bound
        waiting.save(
            update_fields=[
                "status",
                "decided_at",
                "decided_by",
                "reason_code",
                "quantity_counted",
                "points_awarded",
                "cap_bound",
            ]
        )
        if points:
            issued = waiting.resident.account.transfer_to(
                _city_account(ISSUED), Money(points, settings.POINTS), date=localdate(at), description="Deed verified"
            )
            Lot.objects.create(
                resident=waiting.resident,
                submission=waiting,
                transaction=issued,
                points=points,
                points_left=points,
                awarded_at=at,
                expires_at=at + timedelta(days=settings.EXPIRE_AFTER_DAYS),
            )
        AuditEntry.objects.create(
            at=at,
            actor_id=verifier,
            kind="submission.approved",
            subject=waiting.resident,
            object=str(waiting.pk),
            purpose=waiting.reason_code,
        )
    return waiting


def redeem(*, resident: int, benefit: str, at: datetime) -> Voucher:
    """A resident buys a voucher with the points that expire first."""
    today = localdate(at)
    with transaction.atomic():
        buyer: Resident | None = (
            Resident.objects.select_for_update(of=("self",), no_key=True)
            .select_related("account")
            .filter(pk=resident)
            .first()
        )
        wanted: Benefit | None = Benefit.objects.select_related("partner").filter(pk=benefit).first()
        if buyer is None or wanted is None:
            raise NotFound()
        if not wanted.is_published or not wanted.partner.is_active:
            raise Conflict("This benefit cannot be bought now.")
        _check_yearly_caps(buyer, wanted, year=today.year, at=at)

        allocations = _take_points(buyer, wanted.price_points, at=at)
        spent = _city_account(SPENT).transfer_to(
            buyer.account, Money(wanted.price_points, settings.POINTS), date=today, description="Benefit bought"
        )
        voucher: Voucher = Voucher.objects.create(
            resident=buyer,
            benefit=wanted,
            transaction=spent,
            code=secrets.token_urlsafe(16),
            status=Voucher.Status.ACTIVE,
            price_points=wanted.price_points,
            value_cents=wanted.value_cents,
            bought_at=at,
            bought_on=today,
            expires_at=at + timedelta(days=wanted.voucher_days),
        )
        for allocation in allocations:
            allocation.voucher = voucher
        Allocation.objects.bulk_create(allocations)
        AuditEntry.objects.create(
            at=at,
            actor_id=buyer.pk,
            kind="voucher.bought",
            subject=buyer,
            object=str(voucher.pk),
            purpose="purchase",
        )
        if not Benefit.objects.filter(pk=wanted.pk, stock__gt=0).update(stock=F("stock") - 1):
            raise Conflict("Nothing is left of this benefit.")
    return voucher


def _fit(submission: Submission, *, at: datetime) -> tuple[int, int, str | None]:
    """The quantity and points that the caps let through, and the cap that cut the points."""
    deed, done_on = submission.deed, submission.done_on
    per_unit = 60 if deed.unit == "hour" else 1
    of_deed = Q(deed=deed)
    used = Submission.objects.filter(
        resident=submission.resident,
        status=Submission.Status.APPROVED,
        done_on__year=done_on.year,
    ).aggregate(
        day=Sum("quantity_counted", filter=of_deed & Q(done_on=done_on), default=0),
        year=Sum("quantity_counted", filter=of_deed, default=0),
        points=Sum("points_awarded", default=0),
    )
    held = Lot.objects.filter(resident=submission.resident, expires_at__gt=at).aggregate(
        points=Sum("points_left", default=0)
    )
    quantity_max = {
        "day": deed.max_per_day * per_unit - used["day"],
        "year": deed.max_per_year * per_unit - used["year"],
    }
    quantity = max(0, min(submission.quantity, *quantity_max.values()))
    points_max = {
        **{name: deed.points * max(0, most) // per_unit for name, most in quantity_max.items()},
        "person_year": max(0, settings.POINTS_PER_YEAR_MAX - used["points"]),
        "held": max(0, settings.POINTS_HELD_MAX - held["points"]),
    }
    claimed = deed.points * submission.quantity // per_unit
    tightest = min(points_max, key=lambda name: points_max[name])
    is_cut = points_max[tightest] < claimed
    return quantity, min(claimed, points_max[tightest]), tightest if is_cut else None


def _check_yearly_caps(resident: Resident, benefit: Benefit, *, year: int, at: datetime) -> None:
    counts = Q(status=Voucher.Status.REDEEMED) | Q(status=Voucher.Status.ACTIVE, expires_at__gt=at)
    bought = Voucher.objects.filter(counts, resident=resident, bought_on__year=year).aggregate(
        times=Count("pk", filter=Q(benefit=benefit)), cents=Sum("value_cents", default=0)
    )
    most = benefit.max_per_person_per_year
    if most is not None and bought["times"] >= most:
        raise Conflict("You have had as much of this as one person can have in a year.")
    if bought["cents"] + benefit.value_cents > settings.VALUE_CENTS_PER_YEAR_MAX:
        raise Conflict("You have had as much as one person can have in a year.")


def _take_points(resident: Resident, points: int, *, at: datetime) -> list[Allocation]:
    allocations, missing = [], points
    lots = Lot.objects.filter(resident=resident, expires_at__gt=at, points_left__gt=0).order_by("expires_at", "id")
    for lot in lots:
        part = min(missing, lot.points_left)
        lot.points_left -= part
        lot.save(update_fields=["points_left"])
        allocations.append(Allocation(lot=lot, points=part))
        missing -= part
        if not missing:
            return allocations
    raise Conflict("The balance does not cover the price.")


@cache
def _city_account(name: str) -> Any:
    return Account.objects.get(name=name)
