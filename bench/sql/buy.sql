-- A purchase as statements, as few as it takes without a function.
\set turn :turn + 1
\set n (:first + :client_id + :clients * (:turn - 1)) % :people + 1
\set b 1 + :n % 16
BEGIN;
SELECT c.id AS me, c.status, c.terms_version, r.role, r.partner, r.office
FROM bench.person p
JOIN citizen c ON c.id = p.citizen_id
JOIN token_family f ON f.citizen_id = c.id AND f.id = p.session_id
LEFT JOIN role_grant r ON r.citizen_id = c.id
WHERE p.n = :n AND c.status <> 'erased' AND f.ended_at IS NULL AND f.expires_at > now() \gset
INSERT INTO idempotency (citizen_id, operation, key, fingerprint, at)
VALUES (:me, 'vouchers.post_voucher', gen_random_uuid()::text, bench.fingerprint(), now()) ON CONFLICT DO NOTHING RETURNING key AS wish \gset
SELECT entry_seq FROM account WHERE citizen_id = :me FOR NO KEY UPDATE;
SELECT b.code AS benefit, b.partner_code, p.is_active, v.times, v.cents
FROM benefit b
JOIN partner p ON p.code = b.partner_code
CROSS JOIN (
    SELECT count(*) FILTER (WHERE benefit_code = 'bench-' || :b) AS times, coalesce(sum(value_cents), 0) AS cents
    FROM voucher
    WHERE citizen_id = :me AND (status = 'redeemed' OR status = 'active' AND expires_at > now())
        AND bought_on BETWEEN date_trunc('year', now())::date AND (date_trunc('year', now()) + interval '1 year - 1 day')::date
) v
WHERE b.code = 'bench-' || :b \gset
INSERT INTO voucher (citizen_id, id, benefit_code, partner_code, titles, status, price_points, value_cents, takes_stock, seed,
    bought_at, bought_on, expires_at)
SELECT :me, uuidv7(), code, partner_code, titles, 'active', price_points, value_cents, has_stock, uuid_send(gen_random_uuid()),
    now(), current_date, now() + interval '60 days'
FROM benefit WHERE code = :benefit RETURNING id AS bought \gset
WITH first AS (
    SELECT id, points_left, expires_at FROM lot
    WHERE citizen_id = :me AND expires_at > now() AND points_left > 0 ORDER BY expires_at, id LIMIT 8
), upto AS (
    SELECT id, points_left, sum(points_left) OVER (ORDER BY expires_at, id) - points_left AS before FROM first
), taken AS (
    SELECT id, least(points_left, :price - before)::int AS points FROM upto WHERE before < :price
), done AS (
    UPDATE lot SET points_left = points_left - taken.points FROM taken WHERE lot.citizen_id = :me AND lot.id = taken.id
)
INSERT INTO allocation (citizen_id, voucher_id, lot_id, points) SELECT :me, :bought, id, points FROM taken;
UPDATE account SET entry_seq = entry_seq + 1 WHERE citizen_id = :me RETURNING entry_seq AS number \gset
INSERT INTO entry (citizen_id, id, seq, at, kind, direction, points, city_account, reason, reference, subject)
VALUES (:me, uuidv7(), :number, now(), 'spend', 'out', :price, 'spent', 'benefit_bought', :bought, :benefit);
INSERT INTO voucher_code (code_hash, citizen_id, voucher_id) VALUES (sha256(uuid_send(gen_random_uuid())), :me, :bought);
INSERT INTO audit_entry (id, at, actor_id, office, kind, subject_id, object, purpose)
VALUES (uuidv7(), now(), :me, 'resident', 'voucher.bought', :me, :bought, 'purchase');
UPDATE benefit_stock SET stock = stock - 1 WHERE benefit_code = :benefit AND stock > 0 RETURNING stock AS left \gset
UPDATE idempotency SET status = 201, headers = bench.headers(), body = bench.answer()
WHERE citizen_id = :me AND operation = 'vouchers.post_voucher' AND key = :wish;
COMMIT;
