-- A redemption at the till as statements, as few as it takes without a function.
\set turn :turn + 1
\set n (:first + :client_id + :clients * (:turn - 1)) % :people + 1
\set v :client_id + 1
BEGIN;
SELECT c.id AS me, c.status, c.terms_version, r.role, r.partner, r.office
FROM bench.clerk p
JOIN citizen c ON c.id = p.citizen_id
JOIN token_family f ON f.citizen_id = c.id AND f.id = p.session_id
LEFT JOIN role_grant r ON r.citizen_id = c.id
WHERE p.n = :v AND c.status <> 'erased' AND f.ended_at IS NULL AND f.expires_at > now() \gset
INSERT INTO idempotency (citizen_id, operation, key, fingerprint, at)
VALUES (:me, 'till.post_redemption', gen_random_uuid()::text, bench.fingerprint(), now()) ON CONFLICT DO NOTHING RETURNING key AS wish \gset
INSERT INTO attempt (bucket, window_starts_at, tries) VALUES ('till:' || (:me)::uuid, date_trunc('hour', now()), 0)
ON CONFLICT (bucket, window_starts_at) DO UPDATE SET tries = attempt.tries + 0 RETURNING tries \gset
SELECT v.citizen_id, v.id AS voucher
FROM voucher_code c JOIN voucher v ON v.citizen_id = c.citizen_id AND v.id = c.voucher_id
WHERE c.code_hash = (SELECT code_hash FROM bench.voucher WHERE n = :n) \gset
UPDATE voucher SET status = 'redeemed', ended_at = now()
WHERE citizen_id = :citizen_id AND id = :voucher AND status = 'active' AND expires_at > now() RETURNING status AS used \gset
INSERT INTO redemption (partner_code, id, citizen_id, voucher_id, benefit_code, titles, value_cents, clerk_id, at)
SELECT partner_code, uuidv7(), citizen_id, id, benefit_code, titles, value_cents, :me, now()
FROM voucher WHERE citizen_id = :citizen_id AND id = :voucher;
INSERT INTO audit_entry (id, at, actor_id, office, kind, subject_id, object, purpose)
VALUES (uuidv7(), now(), :me, :partner, 'voucher.redeemed', :citizen_id, :voucher, 'redemption');
UPDATE idempotency SET status = 201, headers = bench.headers(), body = bench.answer()
WHERE citizen_id = :me AND operation = 'till.post_redemption' AND key = :wish;
COMMIT;
