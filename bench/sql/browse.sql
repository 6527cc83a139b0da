-- A page of 20 deeds by key, each by its version in force: the page starts behind a code of which 20 more follow.
\set n random(1, 900)
SELECT v.deed_code, v.number, v.in_force_from, v.category, v.titles, v.points, v.unit, v.per_day_max, v.per_year_max,
    v.evidence, v.minutes, v.access, v.districts, v.purpose, v.review_by, v.source
FROM deed d
CROSS JOIN LATERAL (
    SELECT * FROM deed_version
    WHERE deed_code = d.code AND in_force_from <= now() ORDER BY in_force_from DESC, number DESC LIMIT 1
) v
WHERE v.review_by >= current_date AND d.code > 'bench-' || to_char((:n)::int, 'FM0000')
ORDER BY d.code LIMIT 21;
