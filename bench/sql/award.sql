-- An approval with its award as statements, as few as it takes without a function.
\set turn :turn + 1
\set n (:first + :client_id + :clients * (:turn - 1)) % :people + 1
\set v :client_id + 1
BEGIN;
SELECT c.id AS me, c.status, c.terms_version, r.role, r.partner, r.office
FROM bench.verifier p
JOIN citizen c ON c.id = p.citizen_id
JOIN token_family f ON f.citizen_id = c.id AND f.id = p.session_id
LEFT JOIN role_grant r ON r.citizen_id = c.id
WHERE p.n = :v AND c.status <> 'erased' AND f.ended_at IS NULL AND f.expires_at > now() \gset
SELECT r.submission_id, r.citizen_id FROM review_case r
WHERE r.submission_id = (SELECT submission_id FROM bench.case WHERE n = :n) \gset
SELECT entry_seq FROM account WHERE citizen_id = :citizen_id FOR NO KEY UPDATE;
SELECT s.deed_code, s.deed_version, s.quantity, s.done_on, s.status, s.revision,
    EXISTS (SELECT FROM case_given_back WHERE submission_id = s.id AND verifier_id = :me) AS given_back
FROM submission s WHERE s.citizen_id = :citizen_id AND s.id = :submission_id \gset
UPDATE review_case SET queued_at = NULL, due_at = NULL, leased_by = NULL, leased_until = NULL
WHERE submission_id = :submission_id AND queued_at IS NOT NULL
    AND (leased_by = :me OR leased_until IS NULL OR leased_until <= now()) RETURNING points_expected \gset
SELECT least(d.points * :quantity, d.points * (d.per_day_max - u.day), d.points * (d.per_year_max - u.year),
    1000000 - u.points, 1000000 - (SELECT coalesce(sum(points_left), 0) FROM lot WHERE citizen_id = :citizen_id AND expires_at > now())) AS points
FROM deed_version d
CROSS JOIN (
    SELECT
        coalesce(sum(quantity_counted) FILTER (WHERE deed_code = :deed_code AND done_on = :done_on), 0) AS day,
        coalesce(sum(quantity_counted) FILTER (WHERE deed_code = :deed_code), 0) AS year,
        coalesce(sum(points_awarded), 0) AS points
    FROM submission
    WHERE citizen_id = :citizen_id AND status = 'approved' AND NOT without_points AND id <> :submission_id
        AND done_on BETWEEN date_trunc('year', (:done_on)::date)::date AND (date_trunc('year', (:done_on)::date) + interval '1 year - 1 day')::date
) u
WHERE d.deed_code = :deed_code AND d.number = :deed_version \gset
UPDATE evidence_owner o SET delete_at = now() + interval '30 days'
FROM evidence e
WHERE e.citizen_id = :citizen_id AND e.submission_id = :submission_id AND e.deleted_at IS NULL AND o.evidence_id = e.id;
UPDATE submission SET status = 'approved', revision = revision + 1, decided_at = now(), quantity_counted = quantity, points_awarded = :points
WHERE citizen_id = :citizen_id AND id = :submission_id;
UPDATE account SET entry_seq = entry_seq + 1 WHERE citizen_id = :citizen_id RETURNING entry_seq AS number \gset
INSERT INTO lot (citizen_id, id, points, points_left, awarded_at, expires_at, policy, submission_id, revision)
VALUES (:citizen_id, uuidv7(), :points, :points, now(), now() + interval '24 months', '24-months', :submission_id, 1) RETURNING id AS lot \gset
INSERT INTO entry (citizen_id, id, seq, at, kind, direction, points, city_account, reason, lot_id, reference, subject)
VALUES (:citizen_id, uuidv7(), :number, now(), 'award', 'in', :points, 'issued', 'deed_verified', :lot, :submission_id, :deed_code);
INSERT INTO decision (citizen_id, submission_id, number, decision, is_final, reason_code, text, deed_version, revision,
    decided_by, office, at, appeal_until)
VALUES (:citizen_id, :submission_id, (SELECT count(*) + 1 FROM decision WHERE citizen_id = :citizen_id AND submission_id = :submission_id),
    'approve', true, 'as_described', 'Well done.', :deed_version, 1, :me, 'Oficina de Bones Accions', now(), now() + interval '30 days');
INSERT INTO audit_entry (id, at, actor_id, office, kind, subject_id, object, purpose)
VALUES (uuidv7(), now(), :me, 'Oficina de Bones Accions', 'submission.approved', :citizen_id, :submission_id, 'as_described');
COMMIT;
