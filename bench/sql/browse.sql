-- A page of 20 deeds by key, each by its version in force: the page starts behind a code of which 20 more follow.
\set n random(1, 900)
SELECT d.deed_code, d.number, d.in_force_from, d.category, d.titles, d.points, d.unit, d.per_day_max, d.per_year_max,
    d.evidence, d.minutes, d.access, d.districts, d.purpose, d.review_by, d.source
FROM deed_version d
WHERE d.number = (
        SELECT o.number FROM deed_version o
        WHERE o.deed_code = d.deed_code AND o.in_force_from <= now() ORDER BY o.in_force_from DESC, o.number DESC LIMIT 1
    )
    AND d.review_by >= current_date AND d.deed_code > 'bench-' || to_char((:n)::int, 'FM0000')
ORDER BY d.deed_code LIMIT 21;
