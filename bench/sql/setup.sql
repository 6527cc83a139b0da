-- What pgbench needs to do the work of a request without the application: whom and what it is about, by number, and
-- each write as one call. A function here does what the application does for the same request, in one round trip.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
CREATE SCHEMA bench;
CREATE TABLE bench.person (n int PRIMARY KEY, citizen_id uuid NOT NULL, session_id uuid);
CREATE TABLE bench.verifier (n int PRIMARY KEY, citizen_id uuid NOT NULL, session_id uuid);
CREATE TABLE bench.clerk (n int PRIMARY KEY, citizen_id uuid NOT NULL, session_id uuid);
CREATE TABLE bench.case (n int PRIMARY KEY, citizen_id uuid NOT NULL, submission_id uuid NOT NULL, photo_id uuid NOT NULL);
CREATE TABLE bench.voucher (n int PRIMARY KEY, voucher_id uuid NOT NULL, seed bytea NOT NULL, code_hash bytea NOT NULL);

-- So many residents with at least so many points, from all over the town; returns how many there are.
CREATE FUNCTION bench.choose_people(people int, points_min int) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO bench.person (n, citizen_id)
    SELECT row_number() OVER (ORDER BY md5(id::text)), id
    FROM (
        SELECT c.id FROM citizen c
        WHERE c.email LIKE 'resident%' AND points_min <= (
            SELECT sum(points) FROM lot
            WHERE citizen_id = c.id AND closed_at IS NULL AND expires_at > now() + interval '7 days'
        )
        ORDER BY md5(c.id::text) LIMIT people
    ) chosen;
    SELECT count(*) FROM bench.person;
$$;
-- Those behind the first so many get lots of 5 points until they have so many.
CREATE FUNCTION bench.make_rich(ordinary int, lots int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO lot (citizen_id, id, points, points_left, awarded_at, expires_at, policy)
    SELECT p.citizen_id, uuidv7(), 5, 5, now(), now() + interval '30 days' + lot_number * interval '10 hours', 'bench'
    FROM bench.person p
    CROSS JOIN generate_series(1, lots - (SELECT count(*) FROM lot WHERE citizen_id = p.citizen_id)) lot_number
    WHERE p.n > ordinary;
$$;
-- So that nobody is without points when all others have ended.
CREATE FUNCTION bench.give_all_a_lasting_lot() RETURNS void LANGUAGE sql AS $$
    INSERT INTO lot (citizen_id, id, points, points_left, awarded_at, expires_at, policy)
    SELECT citizen_id, uuidv7(), 1000, 1000, now(), now() + interval '4 years', 'bench' FROM bench.person;
$$;
CREATE FUNCTION bench.choose_staff() RETURNS void LANGUAGE sql AS $$
    INSERT INTO bench.verifier (n, citizen_id)
    SELECT row_number() OVER (ORDER BY citizen_id), citizen_id FROM role_grant WHERE role = 'verifier';
    INSERT INTO bench.clerk (n, citizen_id)
    SELECT row_number() OVER (ORDER BY citizen_id), citizen_id FROM role_grant WHERE role = 'clerk';
$$;

-- The first deeds once more under other codes, until there are so many more.
CREATE FUNCTION bench.copy_deeds(count int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO deed (code, created_at, versions)
    SELECT 'bench-' || to_char(n, 'FM0000'), now(), 1 FROM generate_series(1, count) n;
    INSERT INTO deed_version (deed_code, number, in_force_from, published_at, published_by, reason, category, titles, points, unit,
        per_day_max, per_year_max, evidence, minutes, access, districts, purpose, review_by, source, search)
    SELECT 'bench-' || to_char(n, 'FM0000'), 1, in_force_from, published_at, published_by, reason, category, titles, points, unit,
        per_day_max, per_year_max, evidence, minutes, access, districts, purpose, review_by, source, search
    FROM generate_series(1, count) n
    JOIN (
        SELECT *, row_number() OVER (ORDER BY deed_code) - 1 AS place, count(*) OVER () AS places
        FROM deed_version WHERE deed_code NOT LIKE 'bench%' AND number = 1
    ) one ON place = n % places;
    UPDATE catalogue_state SET version = version + 1;
$$;

-- Submissions with a photo that wait for a verifier, numbers first + 1 to last, of one person after the other.
CREATE FUNCTION bench.make_cases(first int, last int, deed text, people int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bench.case (n, citizen_id, submission_id, photo_id)
    SELECT g.n, p.citizen_id, uuidv7(), uuidv7()
    FROM generate_series(first + 1, last) g (n)
    JOIN bench.person p ON p.n = g.n % people + 1;
    INSERT INTO submission (citizen_id, id, deed_code, deed_version, status, revision, submitted_at, done_at, done_on, quantity,
        without_points, note)
    SELECT citizen_id, submission_id, deed, 1, 'in_review', 1, now(), now() - interval '1 hour', current_date, 1, false,
        'On our square.'
    FROM bench.case WHERE n > first AND n <= last;
    INSERT INTO review_case (submission_id, citizen_id, deed_code, submitted_at, points_expected, queued_at)
    SELECT submission_id, citizen_id, deed, now(), 3, now() FROM bench.case WHERE n > first AND n <= last;
    INSERT INTO evidence (citizen_id, id, submission_id, file_name, media_type, bytes, sha256, uploaded_sha256, width, height,
        uploaded_at)
    SELECT citizen_id, photo_id, submission_id, photo_id || '.jpg', 'image/jpeg', 200000, md5(photo_id::text), md5(photo_id::text),
        1600, 1200, now()
    FROM bench.case WHERE n > first AND n <= last;
    INSERT INTO evidence_owner (evidence_id, citizen_id, submission_id)
    SELECT photo_id, citizen_id, submission_id FROM bench.case WHERE n > first AND n <= last;
$$;

-- Vouchers that can be redeemed, for the rows of bench.voucher from number first + 1 on.
CREATE FUNCTION bench.make_vouchers(first int, benefit text, partner text, people int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO voucher (citizen_id, id, benefit_code, partner_code, titles, status, price_points, value_cents, takes_stock, seed,
        bought_at, bought_on, expires_at)
    SELECT p.citizen_id, v.voucher_id, benefit, partner, (SELECT titles FROM benefit b WHERE b.code = benefit), 'active', 5, 1, true,
        v.seed, now(), current_date, now() + interval '60 days'
    FROM bench.voucher v JOIN bench.person p ON p.n = v.n % people + 1
    WHERE v.n > first;
    INSERT INTO voucher_code (code_hash, citizen_id, voucher_id)
    SELECT v.code_hash, p.citizen_id, v.voucher_id
    FROM bench.voucher v JOIN bench.person p ON p.n = v.n % people + 1
    WHERE v.n > first;
$$;

-- As long as an answer of ours that is kept.
CREATE FUNCTION bench.answer() RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT convert_to(repeat('x', 400), 'UTF8') $$;
CREATE FUNCTION bench.headers() RETURNS json LANGUAGE sql IMMUTABLE
AS $$ SELECT '{"Content-Type": "application/json", "Location": "/api/v1/vouchers/019ab0de-0000-7000-8000-000000000000"}'::json $$;
CREATE FUNCTION bench.fingerprint() RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT sha256('any') $$;

CREATE FUNCTION bench.buy(person int, benefit text, price int) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    me record; wanted record; held record; wish text := gen_random_uuid()::text;
    bought uuid := uuidv7(); missing int := price; part int; number int; at timestamptz := clock_timestamp();
BEGIN
    SELECT c.id, c.status, c.terms_version, r.role, r.partner, r.office INTO STRICT me
    FROM bench.person p
    JOIN citizen c ON c.id = p.citizen_id
    JOIN token_family f ON f.citizen_id = c.id AND f.id = p.session_id
    LEFT JOIN role_grant r ON r.citizen_id = c.id
    WHERE p.n = person AND c.status <> 'erased' AND f.ended_at IS NULL AND f.expires_at > at;
    INSERT INTO idempotency (citizen_id, operation, key, fingerprint, at)
    VALUES (me.id, 'vouchers.post_voucher', wish, bench.fingerprint(), at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RAISE 'this key is taken'; END IF;
    UPDATE account SET entry_seq = entry_seq + 1 WHERE citizen_id = me.id RETURNING entry_seq INTO STRICT number;
    SELECT b.*, p.is_active, v.times, v.cents INTO STRICT wanted
    FROM benefit b
    JOIN partner p ON p.code = b.partner_code
    CROSS JOIN (
        SELECT count(*) FILTER (WHERE benefit_code = benefit) AS times, coalesce(sum(value_cents), 0) AS cents
        FROM voucher
        WHERE citizen_id = me.id AND (status = 'redeemed' OR status = 'active' AND expires_at > at)
            AND bought_on BETWEEN date_trunc('year', at)::date AND (date_trunc('year', at) + interval '1 year - 1 day')::date
    ) v
    WHERE b.code = benefit;
    IF NOT wanted.is_active OR NOT wanted.is_published OR wanted.price_points <> price
        OR wanted.times >= coalesce(wanted.per_person_per_year_max, 1000000) OR wanted.cents + wanted.value_cents > 100000000
    THEN RAISE 'not to be had'; END IF;
    INSERT INTO voucher (citizen_id, id, benefit_code, partner_code, titles, status, price_points, value_cents,
        takes_stock, seed, bought_at, bought_on, expires_at)
    VALUES (me.id, bought, benefit, wanted.partner_code, wanted.titles, 'active', price, wanted.value_cents,
        wanted.has_stock, uuid_send(gen_random_uuid()), at, at::date, at + interval '60 days');
    FOR held IN
        SELECT id, points_left FROM lot
        WHERE citizen_id = me.id AND expires_at > at AND points_left > 0 ORDER BY expires_at, id
    LOOP
        part := least(missing, held.points_left);
        UPDATE lot SET points_left = points_left - part WHERE citizen_id = me.id AND id = held.id;
        INSERT INTO allocation (citizen_id, voucher_id, lot_id, points) VALUES (me.id, bought, held.id, part);
        missing := missing - part;
        EXIT WHEN missing = 0;
    END LOOP;
    IF missing > 0 THEN RAISE 'not enough points'; END IF;
    INSERT INTO entry (citizen_id, id, seq, at, kind, direction, points, city_account, reason, reference, subject)
    VALUES (me.id, uuidv7(), number, at, 'spend', 'out', price, 'spent', 'benefit_bought', bought, benefit);
    INSERT INTO voucher_code (code_hash, citizen_id, voucher_id) VALUES (sha256(uuid_send(gen_random_uuid())), me.id, bought);
    INSERT INTO audit_entry (id, at, actor_id, office, kind, subject_id, object, purpose)
    VALUES (uuidv7(), at, me.id, 'resident', 'voucher.bought', me.id, bought::text, 'purchase');
    UPDATE benefit_stock SET stock = stock - 1 WHERE benefit_code = benefit AND stock > 0;
    IF NOT FOUND THEN RAISE 'sold out'; END IF;
    UPDATE idempotency SET status = 201, headers = bench.headers(), body = bench.answer()
    WHERE citizen_id = me.id AND operation = 'vouchers.post_voucher' AND key = wish;
    RETURN bought;
END $$;

CREATE FUNCTION bench.award(verifier int, number_of_case int) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    me record; waiting record; said record; rule record; used record; seq int; points int; decisions int;
    lot_id uuid := uuidv7(); at timestamptz := clock_timestamp();
BEGIN
    SELECT c.id, c.status, c.terms_version, r.role, r.partner, r.office INTO STRICT me
    FROM bench.verifier p
    JOIN citizen c ON c.id = p.citizen_id
    JOIN token_family f ON f.citizen_id = c.id AND f.id = p.session_id
    LEFT JOIN role_grant r ON r.citizen_id = c.id
    WHERE p.n = verifier AND c.status <> 'erased' AND f.ended_at IS NULL AND f.expires_at > at;
    SELECT r.* INTO STRICT waiting FROM review_case r
    WHERE r.submission_id = (SELECT submission_id FROM bench.case WHERE n = number_of_case);
    UPDATE account SET entry_seq = entry_seq + 1 WHERE citizen_id = waiting.citizen_id RETURNING entry_seq INTO STRICT seq;
    SELECT * INTO STRICT said FROM submission WHERE citizen_id = waiting.citizen_id AND id = waiting.submission_id;
    IF said.status <> 'in_review' OR said.revision <> 1 OR waiting.citizen_id = me.id OR EXISTS (
        SELECT FROM case_given_back WHERE submission_id = waiting.submission_id AND verifier_id = me.id
    ) THEN RAISE 'not to be decided'; END IF;
    UPDATE review_case SET queued_at = NULL, due_at = NULL, leased_by = NULL, leased_until = NULL
    WHERE submission_id = waiting.submission_id AND queued_at IS NOT NULL
        AND (leased_by = me.id OR leased_until IS NULL OR leased_until <= at);
    IF NOT FOUND THEN RAISE 'leased by another'; END IF;
    SELECT * INTO STRICT rule FROM deed_version WHERE deed_code = said.deed_code AND number = said.deed_version;
    SELECT
        coalesce(sum(quantity_counted) FILTER (WHERE deed_code = said.deed_code AND done_on = said.done_on), 0) AS day,
        coalesce(sum(quantity_counted) FILTER (WHERE deed_code = said.deed_code), 0) AS year,
        coalesce(sum(points_awarded), 0) AS points,
        (SELECT coalesce(sum(points_left), 0) FROM lot WHERE citizen_id = said.citizen_id AND expires_at > at) AS balance
    INTO STRICT used
    FROM submission
    WHERE citizen_id = said.citizen_id AND status = 'approved' AND NOT without_points AND id <> said.id
        AND done_on BETWEEN date_trunc('year', said.done_on)::date AND (date_trunc('year', said.done_on) + interval '1 year - 1 day')::date;
    points := least(rule.points * said.quantity, rule.points * (rule.per_day_max - used.day),
        rule.points * (rule.per_year_max - used.year), 1000000 - used.points, 1000000 - used.balance);
    IF points <= 0 THEN RAISE 'capped'; END IF;
    UPDATE evidence_owner o SET delete_at = at + interval '30 days'
    FROM evidence e
    WHERE e.citizen_id = said.citizen_id AND e.submission_id = said.id AND e.deleted_at IS NULL AND o.evidence_id = e.id;
    UPDATE submission SET status = 'approved', revision = revision + 1, decided_at = at, quantity_counted = said.quantity,
        points_awarded = points
    WHERE citizen_id = said.citizen_id AND id = said.id;
    INSERT INTO lot (citizen_id, id, points, points_left, awarded_at, expires_at, policy, submission_id, revision)
    VALUES (said.citizen_id, lot_id, points, points, at, at + interval '24 months', '24-months', said.id, 1);
    INSERT INTO entry (citizen_id, id, seq, at, kind, direction, points, city_account, reason, lot_id, reference, subject)
    VALUES (said.citizen_id, uuidv7(), seq, at, 'award', 'in', points, 'issued', 'deed_verified', lot_id, said.id, said.deed_code);
    SELECT count(*) INTO STRICT decisions FROM decision WHERE citizen_id = said.citizen_id AND submission_id = said.id;
    INSERT INTO decision (citizen_id, submission_id, number, decision, is_final, reason_code, text, deed_version, revision,
        decided_by, office, at, appeal_until)
    VALUES (said.citizen_id, said.id, decisions + 1, 'approve', true, 'as_described', 'Well done.', said.deed_version, 1,
        me.id, 'Oficina de Bones Accions', at, at + interval '30 days');
    INSERT INTO audit_entry (id, at, actor_id, office, kind, subject_id, object, purpose)
    VALUES (uuidv7(), at, me.id, 'Oficina de Bones Accions', 'submission.approved', said.citizen_id, said.id::text, 'as_described');
    RETURN lot_id;
END $$;

CREATE FUNCTION bench.redeem(clerk int, number_of_voucher int) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    me record; shown record; wish text := gen_random_uuid()::text; used uuid := uuidv7(); wrong int;
    at timestamptz := clock_timestamp();
BEGIN
    SELECT c.id, c.status, c.terms_version, r.role, r.partner, r.office INTO STRICT me
    FROM bench.clerk p
    JOIN citizen c ON c.id = p.citizen_id
    JOIN token_family f ON f.citizen_id = c.id AND f.id = p.session_id
    LEFT JOIN role_grant r ON r.citizen_id = c.id
    WHERE p.n = clerk AND c.status <> 'erased' AND f.ended_at IS NULL AND f.expires_at > at;
    INSERT INTO idempotency (citizen_id, operation, key, fingerprint, at)
    VALUES (me.id, 'till.post_redemption', wish, bench.fingerprint(), at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN RAISE 'this key is taken'; END IF;
    INSERT INTO attempt (bucket, window_starts_at, tries) VALUES ('till:' || me.id, date_trunc('hour', at), 0)
    ON CONFLICT (bucket, window_starts_at) DO UPDATE SET tries = attempt.tries + 0 RETURNING tries INTO STRICT wrong;
    SELECT v.* INTO STRICT shown
    FROM voucher_code c JOIN voucher v ON v.citizen_id = c.citizen_id AND v.id = c.voucher_id
    WHERE c.code_hash = (SELECT code_hash FROM bench.voucher WHERE n = number_of_voucher);
    IF wrong >= 60 OR shown.partner_code <> me.partner THEN RAISE 'not theirs'; END IF;
    UPDATE voucher SET status = 'redeemed', ended_at = at
    WHERE citizen_id = shown.citizen_id AND id = shown.id AND status = 'active' AND expires_at > at;
    IF NOT FOUND THEN RAISE 'used before'; END IF;
    INSERT INTO redemption (partner_code, id, citizen_id, voucher_id, benefit_code, titles, value_cents, clerk_id, at)
    VALUES (shown.partner_code, used, shown.citizen_id, shown.id, shown.benefit_code, shown.titles, shown.value_cents, me.id, at);
    INSERT INTO audit_entry (id, at, actor_id, office, kind, subject_id, object, purpose)
    VALUES (uuidv7(), at, me.id, shown.partner_code, 'voucher.redeemed', shown.citizen_id, shown.id::text, 'redemption');
    UPDATE idempotency SET status = 201, headers = bench.headers(), body = bench.answer()
    WHERE citizen_id = me.id AND operation = 'till.post_redemption' AND key = wish;
    RETURN used;
END $$;
