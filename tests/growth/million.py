"""A town of a hundred thousand residents and a million lots, made by PostgreSQL itself in a few seconds.

Its books are not in order and nobody has said anything: what counts is how many rows there are, that few of them are
what a job or a verifier looks for, and that most is over, as in a town that has gone on for years. A minute of a busy
machine, so what need not be a million is a hundred thousand.
"""

import psycopg

RESIDENTS = 100_000
LOTS_EACH = 10

_FILL = f"""
SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE FUNCTION pg_temp.id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
  $$ SELECT (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.hash(n bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT sha256(n::text::bytea) $$;
CREATE TEMP TABLE now AS SELECT timestamptz '2026-11-23 10:00Z' AS now;

INSERT INTO citizen (id, status, created_at, terms_version, joined_at, name, email, language, notices, erase_at,
    erased_at)
  SELECT pg_temp.id(1, n), CASE WHEN n % 1000 = 1 THEN 'erased' WHEN n % 50000 = 2 THEN 'leaving' ELSE 'active' END,
    now - interval '2 years', '1', now,
    CASE WHEN n % 1000 = 1 THEN NULL ELSE 'A. Name' END, CASE WHEN n % 1000 = 1 THEN NULL ELSE n || '@example.org' END,
    CASE WHEN n % 1000 = 1 THEN NULL ELSE 'ca' END, 'email', CASE WHEN n % 50000 = 2 THEN now END,
    CASE WHEN n % 1000 = 1 THEN now - interval '1 year' END
  FROM generate_series(1, {RESIDENTS}) n, now;
INSERT INTO account SELECT id, {LOTS_EACH} FROM citizen;
INSERT INTO identifier SELECT 'email', pg_temp.hash(n), pg_temp.id(1, n) FROM generate_series(1, {RESIDENTS}) n;
INSERT INTO terms_acceptance SELECT id, '1', created_at FROM citizen;
INSERT INTO consent SELECT id, 'name-to-organiser', '1', created_at, NULL FROM citizen;
INSERT INTO token_family
    (citizen_id, id, seed, generation, created_at, rotated_at, expires_at, ended_at, ended_because)
  SELECT pg_temp.id(1, n), pg_temp.id(2, n), '\\x00', 1, now, now, now + interval '20 days',
    CASE WHEN n % 5 = 0 THEN now - interval '20 days' END, NULL
  FROM generate_series(1, {RESIDENTS}) n, now;
INSERT INTO idempotency (citizen_id, operation, key, fingerprint, at, status)
  SELECT pg_temp.id(1, n), 'POST /api/v1/vouchers', n::text, '\\x00', now - interval '60 hours' * random(), 201
  FROM generate_series(1, {RESIDENTS}) n, now;
INSERT INTO reminder
  SELECT pg_temp.id(1, n), (now - interval '40 days')::date FROM generate_series(1, {RESIDENTS}) n, now;
INSERT INTO outbox (id, citizen_id, kind, address, language, facts, created_at, send_at, stale_at, tries)
  SELECT pg_temp.id(3, n), pg_temp.id(1, n), 'leaving', 'a@example.org', 'ca', '{{}}', now, now + interval '3 hours',
    now + interval '2 days', 1
  FROM generate_series(1, 20000) n, now;
INSERT INTO attempt SELECT 'sign-in:' || n, now - interval '3 days' * random(), 1 FROM generate_series(1, 50000) n, now;
INSERT INTO sign_in_code
  SELECT pg_temp.hash(n), '\\x00', now, now + CASE WHEN n % 100 = 0 THEN -1 ELSE 3 END * interval '1 hour', 0
  FROM generate_series(1, 20000) n, now;

-- A tenth of the lots are over, most last for two months and more; some are due, and some are to be told of.
INSERT INTO lot
    (citizen_id, id, points, points_left, awarded_at, expires_at, policy, submission_id, revision, closed_at)
  SELECT pg_temp.id(1, (n - 1) / {LOTS_EACH} + 1), pg_temp.id(4, n), 5, CASE WHEN n % 10 = 0 THEN 0 ELSE 5 END,
    expires_at - interval '731 days', expires_at, '24-months', pg_temp.id(5, n), 1,
    CASE WHEN n % 10 = 0 THEN expires_at END
  FROM generate_series(1, {RESIDENTS * LOTS_EACH}) n, now, LATERAL (SELECT now + CASE
    WHEN n % 10 = 0 THEN - random() * interval '200 days' WHEN n % 1999 = 0 THEN - random() * interval '1 day'
    WHEN n % 9973 = 0 THEN random() * interval '60 days' ELSE interval '61 days' + n * interval '50 seconds' END
    AS expires_at) e;
INSERT INTO entry
    (citizen_id, id, seq, at, kind, direction, points, city_account, reason, lot_id, cause, reference, subject)
  SELECT citizen_id, pg_temp.id(6, n), (n - 1) % {LOTS_EACH} + 1, awarded_at, 'award', 'in', 5, 'issued',
    'deed_verified', id, NULL, submission_id, 'water-trees'
  FROM (SELECT *, row_number() OVER () AS n FROM lot LIMIT {RESIDENTS * 3}) l;
INSERT INTO submission (citizen_id, id, deed_code, deed_version, status, revision, submitted_at, done_at, done_on,
    quantity, without_points, decided_at, quantity_counted, points_awarded)
  SELECT pg_temp.id(1, (n - 1) / 3 + 1), pg_temp.id(5, n), 'water-trees', 1, 'approved', 2, at, at, at::date, 1, false,
    at, 1, 5
  FROM generate_series(1, {RESIDENTS}) n, now, LATERAL (SELECT now - random() * interval '600 days' AS at) d;
INSERT INTO review_case
    (submission_id, citizen_id, deed_code, event_id, submitted_at, points_expected, queued_at, due_at, confirmed_by)
  SELECT id, citizen_id, deed_code, NULL, submitted_at, 5, CASE WHEN n % 500 = 0 THEN submitted_at END,
    CASE WHEN n % 50000 = 1 THEN now WHEN n % 1000 = 1 THEN now + interval '3 days' END, NULL
  FROM (SELECT *, row_number() OVER () AS n FROM submission) s, now;
INSERT INTO decision
    (citizen_id, submission_id, number, decision, is_final, reason_code, deed_version, revision, office, at)
  SELECT citizen_id, id, 1, 'approve', true, 'as_described', 1, 1, 'An office', decided_at FROM submission
  ORDER BY decided_at; -- as they came
INSERT INTO confirmation (citizen_id, submission_id, confirmed, quantity, organiser_id, at)
  SELECT citizen_id, id, true, 1, pg_temp.id(7, 1), decided_at FROM submission LIMIT 50000;
INSERT INTO evidence (citizen_id, id, submission_id, file_name, media_type, bytes, sha256, uploaded_sha256, width,
    height, uploaded_at, deleted_at)
  SELECT citizen_id, pg_temp.id(8, n), id, 'x', 'image/jpeg', 1, 'x', 'x', 1, 1, submitted_at, decided_at
  FROM (SELECT *, row_number() OVER () AS n FROM submission LIMIT 50000) s;
INSERT INTO evidence_owner
  SELECT e.id, e.citizen_id, e.submission_id, now + interval '30 days' * random() FROM evidence e, now;
INSERT INTO event (id, organiser_id, office, deed_code, title, starts_at, ends_at, district, created_at)
  SELECT pg_temp.id(9, n), pg_temp.id(7, n % 50), 'An office', 'water-trees', 'Trees', at, at + interval '2 hours',
    NULL, at
  FROM generate_series(1, 20000) n, now, LATERAL (SELECT now + interval '700 days' * (random() - 0.95) AS at) d;
INSERT INTO attendance
  SELECT pg_temp.id(9, n % 20000 + 1), pg_temp.id(1, n), pg_temp.id(5, n), now, now
  FROM generate_series(1, {RESIDENTS}) n, now;
INSERT INTO case_given_back
  SELECT submission_id, pg_temp.id(7, (row_number() OVER ()) % 50), 'someone_i_know', submitted_at
  FROM review_case LIMIT 20000;

INSERT INTO voucher (citizen_id, id, benefit_code, partner_code, titles, status, price_points, value_cents, takes_stock,
    seed, bought_at, bought_on, expires_at, ended_at)
  SELECT pg_temp.id(1, (n - 1) / 2 + 1), pg_temp.id(10, n), 'museum-ticket', 'museu-de-la-vila', '{{"ca": "x"}}',
    CASE WHEN n % 20 = 0 THEN 'active' ELSE 'redeemed' END, 8, 500, true, '\\x00', at, at::date,
    CASE WHEN n % 20 = 0 THEN now + interval '60 days' * random() - interval '2 hours' ELSE at + interval '60 days' END,
    CASE WHEN n % 20 = 0 THEN NULL ELSE at END
  FROM generate_series(1, {RESIDENTS}) n, now, LATERAL (SELECT now - random() * interval '600 days' AS at) d;
INSERT INTO voucher_code
  SELECT pg_temp.hash(n), citizen_id, id FROM (SELECT *, row_number() OVER () AS n FROM voucher) v;
INSERT INTO allocation
  SELECT citizen_id, id, pg_temp.id(4, row_number() OVER ()), 8, NULL FROM voucher;
INSERT INTO redemption (partner_code, id, citizen_id, voucher_id, benefit_code, titles, value_cents, clerk_id, at)
  SELECT CASE WHEN random() < 0.1 THEN partner_code ELSE 'partner-' || (random() * 200)::int END, pg_temp.id(11, n),
    citizen_id, id, benefit_code, titles, 500, pg_temp.id(7, 2), ended_at
  FROM (SELECT *, row_number() OVER () AS n FROM voucher WHERE status = 'redeemed') v;

INSERT INTO audit_entry (id, at, actor_id, office, kind, subject_id, object, purpose)
  SELECT pg_temp.id(12, n), now - interval '600 days' + n * interval '500 seconds', pg_temp.id(7, n % 50), 'An office',
    'submission.approved', pg_temp.id(1, n % {RESIDENTS} + 1), '', 'as_described'
  FROM generate_series(1, {RESIDENTS}) n, now;
INSERT INTO audit_seal SELECT n, now, 5000, repeat('0', 64) FROM generate_series(1, {RESIDENTS // 5000}) n, now;
INSERT INTO audit_sealed
  SELECT pg_temp.id(12, n), (n - 1) / 5000 + 1, (n - 1) % 5000 FROM generate_series(1, {RESIDENTS}) n;
"""


OPTIONS = (
    "-c fsync=off -c full_page_writes=off -c max_wal_size=8GB -c shared_buffers=512MB -c autovacuum=off"
    " -c wal_level=minimal -c max_wal_senders=0"
)
"""For a server that only has to be filled quickly, and to plan."""


def fill(url: str) -> None:
    """Fill a migrated, empty database."""
    with psycopg.connect(url.replace("postgresql+psycopg:", "postgresql:"), autocommit=True) as connection:
        connection.execute(_FILL.encode())
        connection.execute("VACUUM ANALYZE")
