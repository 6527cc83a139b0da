-- Who calls, and what they have until when.
\set turn :turn + 1
\set n (:first + :client_id + :clients * (:turn - 1)) % :people + 1
SELECT c.id AS me, c.status, c.terms_version, r.role, r.partner, r.office
FROM bench.person p
JOIN citizen c ON c.id = p.citizen_id
JOIN token_family f ON f.citizen_id = c.id AND f.id = p.session_id
LEFT JOIN role_grant r ON r.citizen_id = c.id
WHERE p.n = :n AND c.status <> 'erased' AND f.ended_at IS NULL AND f.expires_at > now() \gset
SELECT expires_at, sum(points_left) FROM lot
WHERE citizen_id = :me AND expires_at > now() AND points_left > 0
GROUP BY expires_at ORDER BY expires_at;
