"""A city in bulk: what must be right is checked afterwards, so nothing is checked row by row while it is loaded."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.utils.timezone import now
from hordak.models import Account, AccountType

from bench.peer.models import Benefit, Deed, Partner, Resident, Submission
from bench.peer.services import ISSUED, SPENT

DEEDS_FILE = Path(__file__).parents[2] / "data" / "deeds.csv"
LANGUAGES = [code for code, _ in settings.LANGUAGES]
POINTS_PER_LOT, PRICE_POINTS, STOCK = 100, 10, 1_000_000
"""A resident's lots pay for a hundred vouchers, most of them from one lot."""

# Every resident has an account without a parent, as hordak reads a balance by tree. A lot has the number of the
# submission and of the transaction that it came from.
ROWS = """
INSERT INTO hordak_account (id, uuid, name, type, is_bank_account, currencies, lft, rght, tree_id, level)
SELECT %(city)s + n, gen_random_uuid(), 'Resident ' || n, 'LI', false, jsonb_build_array(%(points)s::text), 1, 2,
       %(city)s + n, 0
  FROM generate_series(1, %(people)s) n;

INSERT INTO peer_resident (id, account_id) SELECT n, %(city)s + n FROM generate_series(1, %(people)s) n;

INSERT INTO peer_submission (id, resident_id, deed_id, deed_version, status, done_on, quantity, decided_at, decided_by,
                             reason_code, quantity_counted, points_awarded)
SELECT n, (n - 1) %% %(doers)s + 1, codes[1 + n %% array_length(codes, 1)], 1, 'approved', (at - interval '1 d')::date,
       1, at, %(people)s, 'as-described', 1, %(per_lot)s
  FROM (SELECT n, %(at)s - n * %(spread)s / %(lots_all)s AS at FROM generate_series(1, %(lots_all)s) n) times,
       (SELECT array_agg(code ORDER BY code) AS codes FROM peer_deed) deeds;

INSERT INTO peer_submission (id, resident_id, deed_id, deed_version, status, done_on, quantity)
SELECT %(lots_all)s + n, (n - 1) %% %(doers)s + 1, codes[1 + (n / 7) %% array_length(codes, 1)], 1, 'in_review',
       %(at)s::date, 1
  FROM generate_series(1, %(waiting)s) n, (SELECT array_agg(code ORDER BY code) AS codes FROM peer_deed) deeds;

INSERT INTO hordak_transaction (id, uuid, timestamp, date, description)
SELECT id, gen_random_uuid(), decided_at, decided_at::date, 'Deed verified'
  FROM peer_submission WHERE status = 'approved';

INSERT INTO hordak_leg (uuid, transaction_id, account_id, credit, debit, currency, description)
SELECT gen_random_uuid(), id, account_id, credit, debit, %(points)s, ''
  FROM peer_submission,
       LATERAL (VALUES (%(city)s + resident_id, %(per_lot)s, NULL), (%(issued)s, NULL, %(per_lot)s))
               AS legs (account_id, credit, debit)
 WHERE status = 'approved';

INSERT INTO peer_lot (id, resident_id, submission_id, transaction_id, points, points_left, awarded_at, expires_at)
SELECT id, resident_id, id, id, %(per_lot)s, %(per_lot)s, decided_at, decided_at + %(life)s
  FROM peer_submission WHERE status = 'approved';
"""


def fill(*, people: int, deeds: int, benefits: int, lots: int, waiting: int) -> None:
    """Make the tables and their rows. The verifier is one more resident."""
    with connection.schema_editor() as editor:
        for model in apps.get_app_config("peer").get_models():
            editor.create_model(model)
    with transaction.atomic():
        issued = Account.objects.create(name=ISSUED, type=AccountType.expense)
        Account.objects.create(name=SPENT, type=AccountType.income)
        Deed.objects.bulk_create(_deeds(deeds))
        partner = Partner.objects.create(code="partner", name="Partner")
        Benefit.objects.bulk_create(_benefit(number, partner) for number in range(benefits))
        _fill_rows(
            city=Account.objects.count(),
            issued=issued.pk,
            people=people + 1,
            doers=people,
            lots_all=people * lots,
            waiting=waiting,
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def whom_to_ask() -> dict[str, Any]:
    """Residents with points, submissions that wait, benefits, and the verifier: the last resident, without deeds."""
    *residents, verifier = Resident.objects.order_by("pk").values_list("pk", flat=True)
    waiting = Submission.objects.filter(status=Submission.Status.IN_REVIEW).order_by("pk")
    return {
        "residents": residents,
        "submissions": list(waiting.values_list("pk", flat=True)),
        "benefits": list(Benefit.objects.order_by("pk").values_list("pk", flat=True)),
        "verifier": verifier,
    }


def _deeds(count: int) -> list[Deed]:
    """The rows of the real catalogue over and over, under codes of their own."""
    with DEEDS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    in_force_from = now() - timedelta(days=settings.EXPIRE_AFTER_DAYS)
    return [_deed(number, rows[number % len(rows)], in_force_from=in_force_from) for number in range(count)]


def _deed(number: int, row: dict[str, str], *, in_force_from: Any) -> Deed:
    return Deed(
        code=f"{row['code'][:50]}-{number:06}",
        titles={language: row[f"title_{language}"] for language in LANGUAGES},
        category=row["category"],
        points=int(row["points"]),
        unit="deed",
        max_per_day=1_000,
        max_per_year=100_000,
        evidence=row["evidence"].split(";"),
        minutes=int(row["minutes"]),
        access=row["access"].split(";"),
        purpose=row["purpose"],
        review_by=date.fromisoformat(row["review_by"]),
        source=row["source"],
        version=1,
        in_force_from=in_force_from,
    )


def _benefit(number: int, partner: Partner) -> Benefit:
    return Benefit(
        code=f"benefit-{number:04}",
        partner=partner,
        titles=dict.fromkeys(LANGUAGES, f"Benefit {number}"),
        price_points=PRICE_POINTS,
        value_cents=500,
        max_per_person_per_year=1_000_000,
        voucher_days=60,
        stock=STOCK,
    )


def _fill_rows(**numbers: int) -> None:
    facts = numbers | {
        "at": now(),
        "spread": timedelta(days=settings.EXPIRE_AFTER_DAYS - 30),
        "life": timedelta(days=settings.EXPIRE_AFTER_DAYS),
        "points": settings.POINTS,
        "per_lot": POINTS_PER_LOT,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in ROWS.split(";\n"):
            if statement.strip():
                cursor.execute(statement, facts)
        models = [*apps.get_app_config("peer").get_models(), *apps.get_app_config("hordak").get_models()]
        for reset in connection.ops.sequence_reset_sql(no_style(), [model for model in models if model._meta.managed]):
            cursor.execute(reset)
