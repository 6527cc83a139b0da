"""What was decided about deeds and what the ledger holds are one fact: the checks that stand above the rewards."""

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
    # A15: the first verifier of two is not the second
    "two_verifiers_are_two": """
        SELECT d.citizen_id, d.submission_id AS submission, d.decided_by FROM decision d
        JOIN decision e ON e.citizen_id = d.citizen_id AND e.submission_id = d.submission_id
          AND e.number > d.number AND e.decided_by = d.decided_by
        WHERE d.decision = 'approve' AND e.decision = 'approve'""",
}
