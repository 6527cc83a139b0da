"""Deeds, submissions, lots and vouchers; points move in hordak's accounts, and the lots are what can be spent."""

from django.db import models
from hordak.models import Account, Transaction


class Resident(models.Model):
    """The row that is locked, and the account in the books."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT)


class Deed(models.Model):
    code = models.SlugField(max_length=60, primary_key=True)
    titles = models.JSONField()
    category = models.CharField(max_length=40)
    points = models.PositiveIntegerField()
    unit = models.CharField(max_length=10)
    max_per_day = models.PositiveIntegerField()
    max_per_year = models.PositiveIntegerField()
    evidence = models.JSONField()
    minutes = models.PositiveIntegerField()
    access = models.JSONField(default=list)
    districts = models.JSONField(default=list)
    purpose = models.CharField(max_length=300)
    review_by = models.DateField()
    source = models.CharField(max_length=300, null=True)
    version = models.PositiveIntegerField()
    in_force_from = models.DateTimeField()


class Submission(models.Model):
    class Status(models.TextChoices):
        IN_REVIEW = "in_review"
        APPROVED = "approved"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, db_index=False)
    deed = models.ForeignKey(Deed, on_delete=models.PROTECT)
    deed_version = models.PositiveIntegerField()
    status = models.CharField(max_length=24, choices=Status.choices)
    done_on = models.DateField()
    quantity = models.PositiveIntegerField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    reason_code = models.CharField(max_length=40, null=True)
    quantity_counted = models.PositiveIntegerField(null=True)
    points_awarded = models.PositiveIntegerField(null=True)
    cap_bound = models.CharField(max_length=20, null=True)

    class Meta:
        indexes = (models.Index(fields=["resident", "deed", "done_on"], name="submission_of_resident"),)


class Lot(models.Model):
    """Points awarded together, with one date."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, db_index=False)
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT)
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT)
    points = models.PositiveIntegerField()
    points_left = models.PositiveIntegerField()
    awarded_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["resident", "expires_at", "id"], name="lot_of_resident"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(points_left__lte=models.F("points")), name="no_more_than_awarded"
            ),
        )


class Partner(models.Model):
    code = models.SlugField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)


class Benefit(models.Model):
    code = models.SlugField(max_length=60, primary_key=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT)
    titles = models.JSONField()
    price_points = models.PositiveIntegerField()
    value_cents = models.PositiveIntegerField()
    max_per_person_per_year = models.PositiveIntegerField(null=True)
    voucher_days = models.PositiveIntegerField()
    is_published = models.BooleanField(default=True)
    stock = models.PositiveIntegerField()


class Voucher(models.Model):
    class Status(models.TextChoices):
        ACTIVE = "active"
        REDEEMED = "redeemed"

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT)
    benefit = models.ForeignKey(Benefit, on_delete=models.PROTECT)
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT)
    code = models.CharField(max_length=32, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    price_points = models.PositiveIntegerField()
    value_cents = models.PositiveIntegerField()
    bought_at = models.DateTimeField()
    bought_on = models.DateField()
    expires_at = models.DateTimeField()


class Allocation(models.Model):
    """How many points of which lot a voucher took."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT)
    points = models.PositiveIntegerField()


class AuditEntry(models.Model):
    at = models.DateTimeField(db_index=True)
    actor_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    subject = models.ForeignKey(Resident, on_delete=models.PROTECT)
    object = models.CharField(max_length=120)
    purpose = models.CharField(max_length=60)
