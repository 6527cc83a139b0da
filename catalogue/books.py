"""What was decided about deeds and what the ledger holds are one fact: the checks that stand above the rewards."""

_PER_UNIT = "CASE v.unit WHEN 'hour' THEN 60 ELSE 1 END"

AWARD_CHECKS: dict[str, str] = {
    # promises A13: a lot for each award that was decided, of the points that were decided
    "award_is_what_was_decided": """
        SELECT l.citizen_id, l.id AS lot, l.points, s.points_awarded, s.status FROM lot l
        LEFT JOIN submission s ON s.citizen_id = l.citizen_id AND s.id = l.submission_id
        WHERE l.submission_id IS NOT NULL AND
          (s.id IS NULL OR s.points_awarded IS NULL OR s.points_awarded <> l.points
           OR s.status NOT IN ('approved', 'reversed'))""",
    "decided_points_were_awarded": """
        SELECT s.citizen_id, s.id AS submission, s.points_awarded, COUNT(l.id) AS lots FROM submission s
        LEFT JOIN lot l ON l.citizen_id = s.citizen_id AND l.submission_id = s.id
        WHERE s.points_awarded > 0 GROUP BY s.citizen_id, s.id, s.points_awarded HAVING COUNT(l.id) <> 1""",
    # A5: a deed and its award are reversed together
    "reversed_together": """
        SELECT s.citizen_id, s.id AS submission, s.status, l.reversed_at FROM submission s
        JOIN lot l ON l.citizen_id = s.citizen_id AND l.submission_id = s.id
        WHERE (s.status = 'reversed') <> (l.reversed_at IS NOT NULL)""",
    # A8: what was awarded follows from the rule that was in force and from what counted, less what a cap cut
    "award_follows_its_rule": f"""
        SELECT s.citizen_id, s.id AS submission, s.points_awarded, s.quantity_counted, s.cap_bound, v.points AS rule
        FROM submission s LEFT JOIN deed_version v ON v.deed_code = s.deed_code AND v.number = s.deed_version
        WHERE v.number IS NULL OR (s.without_points AND s.points_awarded > 0)
           OR (NOT s.without_points AND s.points_awarded IS NOT NULL AND
                (s.quantity_counted IS NULL OR s.quantity_counted > s.quantity
                 OR s.quantity_counted > s.quantity_confirmed
                 OR (s.cap_bound IS NULL AND s.quantity_counted < s.quantity
                     AND (s.quantity_confirmed IS NULL OR s.quantity_counted < s.quantity_confirmed))
                 OR s.points_awarded > v.points * s.quantity_counted / {_PER_UNIT}
                 OR (s.cap_bound IS NULL AND s.points_awarded <> v.points * s.quantity_counted / {_PER_UNIT})))""",
    # A14: a case is where its decisions have brought it, and what waits can be found
    "status_is_what_was_decided": """
        SELECT s.citizen_id, s.id AS submission, s.status, d.approved, d.declined, d.reversed FROM submission s
        LEFT JOIN
          (SELECT citizen_id, submission_id, COUNT(CASE decision WHEN 'approve' THEN 1 END) AS approved,
                  COUNT(CASE decision WHEN 'decline' THEN 1 END) AS declined,
                  COUNT(CASE decision WHEN 'reverse' THEN 1 END) AS reversed,
                  COUNT(CASE decision WHEN 'ask' THEN 1 END) AS asked
           FROM decision WHERE is_final GROUP BY citizen_id, submission_id) d
          ON d.citizen_id = s.citizen_id AND d.submission_id = s.id
        WHERE COALESCE(d.approved, 0) <> CASE WHEN s.status IN ('approved', 'reversed') THEN 1 ELSE 0 END
           OR COALESCE(d.declined, 0) <> CASE s.status WHEN 'declined' THEN 1 ELSE 0 END
           OR COALESCE(d.reversed, 0) <> CASE s.status WHEN 'reversed' THEN 1 ELSE 0 END OR d.asked > 0""",
    "decision_of_nothing": """
        WITH o AS MATERIALIZED
          (SELECT citizen_id, submission_id FROM decision UNION SELECT citizen_id, submission_id FROM confirmation
           UNION SELECT citizen_id, submission_id FROM review_case)
        SELECT o.citizen_id, o.submission_id AS submission FROM o
        LEFT JOIN submission s ON s.citizen_id = o.citizen_id AND s.id = o.submission_id WHERE s.id IS NULL""",
    "what_waits_is_in_the_queue": """
        WITH c AS MATERIALIZED (SELECT citizen_id, submission_id, queued_at, due_at FROM review_case)
        SELECT s.citizen_id, s.id AS submission, s.status, c.queued_at, c.due_at FROM submission s
        LEFT JOIN c ON c.submission_id = s.id AND c.citizen_id = s.citizen_id
        WHERE c.submission_id IS NULL OR (s.status = 'in_review') <> (c.queued_at IS NOT NULL)
           OR (s.status IN ('awaiting_confirmation', 'asked') AND c.due_at IS NULL)""",
    # A15: nobody decides or confirms their own case, and who confirmed a case does not decide it
    "nobody_decides_their_own_case": """
        SELECT d.citizen_id, d.submission_id AS submission, d.decided_by FROM decision d
        LEFT JOIN confirmation c ON c.citizen_id = d.citizen_id AND c.submission_id = d.submission_id
        WHERE d.decided_by = d.citizen_id OR d.decided_by = c.organiser_id OR c.organiser_id = c.citizen_id""",
    # A17: what counts of a deed in a day and in a year is within its caps
    "daily_cap_holds": f"""
        SELECT s.citizen_id, s.deed_code AS deed, s.done_on, SUM(s.quantity_counted) AS counted,
               MAX(v.per_day_max * {_PER_UNIT}) AS most
        FROM submission s JOIN deed_version v ON v.deed_code = s.deed_code AND v.number = s.deed_version
        WHERE s.status = 'approved' AND NOT s.without_points GROUP BY s.citizen_id, s.deed_code, s.done_on
        HAVING SUM(s.quantity_counted) > MAX(v.per_day_max * {_PER_UNIT})""",
    "yearly_cap_holds": f"""
        SELECT s.citizen_id, s.deed_code AS deed, SUBSTR(CAST(s.done_on AS VARCHAR(10)), 1, 4) AS year,
               SUM(s.quantity_counted) AS counted, MAX(v.per_year_max * {_PER_UNIT}) AS most
        FROM submission s JOIN deed_version v ON v.deed_code = s.deed_code AND v.number = s.deed_version
        WHERE s.status = 'approved' AND NOT s.without_points
        GROUP BY s.citizen_id, s.deed_code, SUBSTR(CAST(s.done_on AS VARCHAR(10)), 1, 4)
        HAVING SUM(s.quantity_counted) > MAX(v.per_year_max * {_PER_UNIT})""",
    # A15: the first verifier of two is not the second
    "two_verifiers_are_two": """
        SELECT d.citizen_id, d.submission_id AS submission, d.decided_by FROM decision d
        JOIN decision e ON e.citizen_id = d.citizen_id AND e.submission_id = d.submission_id
          AND e.number > d.number AND e.decided_by = d.decided_by
        WHERE d.decision = 'approve' AND e.decision = 'approve'""",
}
