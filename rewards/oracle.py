"""The books can be checked by anyone at any time: each promise about them is one query that finds its breaches."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from core.db import db, is_sqlite

FAULTS_MAX = 20
"""How many breaches of one promise are printed; the count tells the rest."""

# Past one machine, tables that do not lie beside each other cannot be joined: one of them is read first, MATERIALIZED.

_SIGNED = "CASE direction WHEN 'in' THEN points ELSE -points END"

CHECKS: dict[str, str] = {
    # promises A2: what came and went is what is left, for every resident
    "balance_is_entries": f"""
        SELECT a.citizen_id, COALESCE(e.points, 0) AS entries, COALESCE(l.points, 0) AS lots FROM account a
        LEFT JOIN (SELECT citizen_id, SUM({_SIGNED}) AS points FROM entry GROUP BY citizen_id) e
          ON e.citizen_id = a.citizen_id
        LEFT JOIN (SELECT citizen_id, SUM(points_left) AS points FROM lot GROUP BY citizen_id) l
          ON l.citizen_id = a.citizen_id
        WHERE COALESCE(e.points, 0) <> COALESCE(l.points, 0)""",
    "account_of_nobody": """
        SELECT o.citizen_id FROM
          (SELECT citizen_id FROM entry UNION SELECT citizen_id FROM lot UNION SELECT citizen_id FROM voucher) o
        LEFT JOIN account a ON a.citizen_id = o.citizen_id WHERE a.citizen_id IS NULL""",
    # A3: never below zero, in the order of the account
    "balance_never_negative": f"""
        SELECT citizen_id, seq, running FROM
          (SELECT citizen_id, seq, SUM({_SIGNED}) OVER (PARTITION BY citizen_id ORDER BY seq) AS running FROM entry) r
        WHERE running < 0""",
    # A1: each kind of entry moves one way, between the resident and one city account; only a spend is not of one lot
    "entry_moves_as_its_kind_does": """
        SELECT citizen_id, id AS entry, kind, direction, city_account FROM entry
        WHERE kind || ' ' || direction || ' ' || city_account NOT IN
          ('award in issued', 'spend out spent', 'refund in spent', 'donation out donated', 'expiry out expired',
           'reversal out issued') OR (kind = 'spend') <> (lot_id IS NULL)""",
    "entries_are_numbered_without_gap": """
        SELECT a.citizen_id, a.entry_seq, COUNT(e.seq) AS entries, MAX(e.seq) AS newest FROM account a
        LEFT JOIN entry e ON e.citizen_id = a.citizen_id GROUP BY a.citizen_id, a.entry_seq
        HAVING COUNT(e.seq) <> a.entry_seq OR COALESCE(MAX(e.seq), 0) <> a.entry_seq OR MIN(e.seq) <> 1""",
    # A9: a lot holds what came into it, less what was allocated and what left it
    "lot_holds_what_is_left": f"""
        SELECT l.citizen_id, l.id AS lot, l.points_left, COALESCE(e.points, 0) - COALESCE(a.points, 0) AS expected
        FROM lot l
        LEFT JOIN (SELECT citizen_id, lot_id, SUM({_SIGNED}) AS points FROM entry WHERE lot_id IS NOT NULL
                   GROUP BY citizen_id, lot_id) e ON e.citizen_id = l.citizen_id AND e.lot_id = l.id
        LEFT JOIN (SELECT citizen_id, lot_id, SUM(points) AS points FROM allocation GROUP BY citizen_id, lot_id) a
          ON a.citizen_id = l.citizen_id AND a.lot_id = l.id
        WHERE l.points_left <> COALESCE(e.points, 0) - COALESCE(a.points, 0)
           OR l.points_left < 0 OR l.points_left > l.points""",
    # A13: one award, one entry, one lot, of the same points
    "award_is_one_lot": """
        SELECT l.citizen_id, l.id AS lot, l.points, COUNT(e.id) AS entries, SUM(e.points) AS entered FROM lot l
        LEFT JOIN entry e ON e.citizen_id = l.citizen_id AND e.lot_id = l.id AND e.kind = 'award'
        WHERE l.submission_id IS NOT NULL GROUP BY l.citizen_id, l.id, l.points
        HAVING COUNT(e.id) <> 1 OR SUM(e.points) <> l.points""",
    "award_has_a_lot": """
        SELECT e.citizen_id, e.id AS entry FROM entry e
        LEFT JOIN lot l ON l.citizen_id = e.citizen_id AND l.id = e.lot_id AND l.submission_id = e.reference
        WHERE e.kind = 'award' AND l.id IS NULL""",
    # A5, A6: a reversal takes at most what is left, and what it could not take is written down
    "reversal_adds_up": """
        SELECT l.citizen_id, l.id AS lot, l.points, l.reversal_shortfall, COALESCE(SUM(e.points), 0) AS taken
        FROM lot l
        LEFT JOIN entry e ON e.citizen_id = l.citizen_id AND e.lot_id = l.id AND e.kind = 'reversal'
        GROUP BY l.citizen_id, l.id, l.points, l.reversed_at, l.reversal_shortfall
        HAVING (l.reversed_at IS NULL AND COUNT(e.id) > 0)
            OR (l.reversed_at IS NOT NULL
                AND (l.reversal_shortfall IS NULL OR COALESCE(SUM(e.points), 0) + l.reversal_shortfall <> l.points))""",
    # A11: nothing expires before its date
    "expiry_not_before_its_date": """
        SELECT e.citizen_id, e.id AS entry, e.at, l.expires_at FROM entry e
        LEFT JOIN lot l ON l.citizen_id = e.citizen_id AND l.id = e.lot_id
        WHERE e.kind = 'expiry' AND (l.id IS NULL OR (e.cause = 'date' AND e.at < l.expires_at))""",
    "closed_lot_is_empty": """
        SELECT citizen_id, id AS lot, points_left FROM lot WHERE closed_at IS NOT NULL AND points_left <> 0""",
    # A10: nothing is spent from a lot at or past its date
    "spent_before_its_date": """
        SELECT a.citizen_id, a.voucher_id AS voucher, a.lot_id AS lot, v.bought_at, l.expires_at FROM allocation a
        JOIN voucher v ON v.citizen_id = a.citizen_id AND v.id = a.voucher_id
        JOIN lot l ON l.citizen_id = a.citizen_id AND l.id = a.lot_id WHERE v.bought_at >= l.expires_at""",
    # A9: when a voucher was bought, no lot that ends before the last one it was paid from still held points. What a lot
    # held after each of its movements lasts until its next one.
    "earliest_lot_first": f"""
        WITH movement AS
          (SELECT citizen_id, lot_id, seq, {_SIGNED} AS points FROM entry WHERE lot_id IS NOT NULL
           UNION ALL
           SELECT a.citizen_id, a.lot_id, e.seq, -a.points FROM allocation a
           JOIN entry e ON e.citizen_id = a.citizen_id AND e.reference = a.voucher_id AND e.kind = 'spend'),
        held AS
          (SELECT citizen_id, lot_id, seq AS since, LEAD(seq) OVER lots AS until, SUM(points) OVER lots AS points
           FROM movement WINDOW lots AS (PARTITION BY citizen_id, lot_id ORDER BY seq)),
        paid AS
          (SELECT citizen_id, voucher_id, expires_at, lot_id FROM
            (SELECT a.citizen_id, a.voucher_id, l.expires_at, a.lot_id, ROW_NUMBER() OVER
               (PARTITION BY a.citizen_id, a.voucher_id ORDER BY l.expires_at DESC, l.id DESC) AS place
             FROM allocation a JOIN lot l ON l.citizen_id = a.citizen_id AND l.id = a.lot_id) ranked
           WHERE place = 1)
        SELECT v.citizen_id, v.id AS voucher, l.id AS lot, l.expires_at, held.points AS held FROM voucher v
        JOIN paid ON paid.citizen_id = v.citizen_id AND paid.voucher_id = v.id
        JOIN entry e ON e.citizen_id = v.citizen_id AND e.reference = v.id AND e.kind = 'spend'
        JOIN lot l ON l.citizen_id = v.citizen_id AND l.expires_at > v.bought_at
          AND (l.expires_at < paid.expires_at OR (l.expires_at = paid.expires_at AND l.id < paid.lot_id))
        JOIN held ON held.citizen_id = l.citizen_id AND held.lot_id = l.id AND held.points > 0
          AND held.since <= e.seq AND (held.until IS NULL OR held.until > e.seq)""",
    "allocation_of_nothing": """
        SELECT a.citizen_id, a.voucher_id AS voucher, a.lot_id AS lot FROM allocation a
        LEFT JOIN voucher v ON v.citizen_id = a.citizen_id AND v.id = a.voucher_id
        LEFT JOIN lot l ON l.citizen_id = a.citizen_id AND l.id = a.lot_id WHERE v.id IS NULL OR l.id IS NULL""",
    # A21: voucher, debit and allocations are one fact
    "voucher_is_paid_once": """
        SELECT v.citizen_id, v.id AS voucher, v.price_points, COUNT(e.id) AS debits, SUM(e.points) AS debited
        FROM voucher v
        LEFT JOIN entry e ON e.citizen_id = v.citizen_id AND e.reference = v.id AND e.kind = 'spend'
        GROUP BY v.citizen_id, v.id, v.price_points HAVING COUNT(e.id) <> 1 OR SUM(e.points) <> v.price_points""",
    "voucher_is_allocated": """
        SELECT v.citizen_id, v.id AS voucher, v.price_points, SUM(a.points) AS allocated FROM voucher v
        LEFT JOIN allocation a ON a.citizen_id = v.citizen_id AND a.voucher_id = v.id
        GROUP BY v.citizen_id, v.id, v.price_points HAVING COALESCE(SUM(a.points), 0) <> v.price_points""",
    "debit_has_a_voucher": """
        SELECT e.citizen_id, e.id AS entry FROM entry e
        LEFT JOIN voucher v ON v.citizen_id = e.citizen_id AND v.id = e.reference
        WHERE e.kind IN ('spend', 'refund') AND v.id IS NULL""",
    # A25: what ended unused gave all its points back, what lives or was used gave none
    "points_go_back_with_the_voucher": """
        SELECT v.citizen_id, v.id AS voucher, v.status, COUNT(a.returned_at) AS returned, COUNT(a.lot_id) AS allocations
        FROM voucher v LEFT JOIN allocation a ON a.citizen_id = v.citizen_id AND a.voucher_id = v.id
        GROUP BY v.citizen_id, v.id, v.status
        HAVING COUNT(a.returned_at) <>
          CASE WHEN v.status IN ('cancelled', 'expired') THEN COUNT(a.lot_id) ELSE 0 END""",
    "refund_is_what_was_paid": """
        SELECT v.citizen_id, v.id AS voucher, v.status, v.price_points, COALESCE(SUM(e.points), 0) AS refunded
        FROM voucher v
        LEFT JOIN entry e ON e.citizen_id = v.citizen_id AND e.reference = v.id AND e.kind = 'refund'
        GROUP BY v.citizen_id, v.id, v.status, v.price_points
        HAVING COALESCE(SUM(e.points), 0) <>
          CASE WHEN v.status IN ('cancelled', 'expired') THEN v.price_points ELSE 0 END""",
    # A22: used once
    "redeemed_once": """
        WITH r AS MATERIALIZED (SELECT partner_code, voucher_id, id FROM redemption WHERE undone_at IS NULL)
        SELECT v.citizen_id, v.id AS voucher, v.status, COUNT(r.id) AS redemptions FROM voucher v
        LEFT JOIN r ON r.partner_code = v.partner_code AND r.voucher_id = v.id
        GROUP BY v.citizen_id, v.id, v.status
        HAVING COUNT(r.id) <> CASE v.status WHEN 'redeemed' THEN 1 ELSE 0 END""",
    "redemption_has_its_voucher": """
        WITH r AS MATERIALIZED (SELECT partner_code, id, citizen_id, voucher_id FROM redemption)
        SELECT r.partner_code AS partner, r.id AS redemption FROM r
        LEFT JOIN voucher v ON v.citizen_id = r.citizen_id AND v.id = r.voucher_id AND v.partner_code = r.partner_code
        WHERE v.id IS NULL""",
    "voucher_can_be_found": """
        WITH c AS MATERIALIZED (SELECT citizen_id, voucher_id, code_hash FROM voucher_code)
        SELECT v.citizen_id, v.id AS voucher, COUNT(c.code_hash) AS codes FROM voucher v
        LEFT JOIN c ON c.citizen_id = v.citizen_id AND c.voucher_id = v.id
        GROUP BY v.citizen_id, v.id HAVING COUNT(c.code_hash) <> 1""",
    "code_opens_a_voucher": """
        WITH c AS MATERIALIZED (SELECT citizen_id, voucher_id FROM voucher_code)
        SELECT c.citizen_id, c.voucher_id AS voucher FROM c
        LEFT JOIN voucher v ON v.citizen_id = c.citizen_id AND v.id = c.voucher_id WHERE v.id IS NULL""",
    # A19, A20: never oversold, never undersold
    "stock_adds_up": """
        WITH v AS MATERIALIZED
          (SELECT benefit_code, COUNT(*) AS vouchers FROM voucher
           WHERE takes_stock AND status IN ('active', 'redeemed') GROUP BY benefit_code)
        SELECT s.benefit_code AS benefit, s.stock, s.stock_total, COALESCE(v.vouchers, 0) AS vouchers
        FROM benefit_stock s LEFT JOIN v ON v.benefit_code = s.benefit_code
        WHERE s.stock + COALESCE(v.vouchers, 0) <> s.stock_total OR s.stock < 0""",
    "limited_benefit_has_a_stock": """
        WITH s AS MATERIALIZED (SELECT benefit_code FROM benefit_stock)
        SELECT b.code AS benefit FROM benefit b LEFT JOIN s ON s.benefit_code = b.code
        WHERE b.has_stock AND s.benefit_code IS NULL""",
}


def verdict(more: Mapping[str, str]) -> dict[str, Any]:
    """Run all checks, and `more` that lie above this package; in one snapshot, so that writers may go on.

    `{ok, checked, accounts, points_outstanding, city: {issued, spent, expired, donated}, faults: [{check, ...facts}]}`
    """
    if not is_sqlite():
        # Whole tables are compared, so nothing but a hash or a merge is right, and it takes as long as it takes; the
        # planner knows too little of windows and would now and then try each row with each.
        db.session.execute(text("SET LOCAL enable_nestloop = off"))
        db.session.execute(text("SET LOCAL statement_timeout = 0"))
    faults = []
    for name, query in {**CHECKS, **more}.items():
        found = [dict(row) for row in db.session.execute(text(query)).mappings()]
        faults += [{"check": name, **facts} for facts in found[:FAULTS_MAX]]
        if len(found) > FAULTS_MAX:
            faults.append({"check": name, "more": len(found) - FAULTS_MAX})
    city = dict.fromkeys(("issued", "spent", "expired", "donated"), 0)
    for account, points in db.session.execute(
        text(f"SELECT city_account, -SUM({_SIGNED}) FROM entry GROUP BY city_account")
    ):
        city[account] = int(points)
    outstanding = int(db.session.scalar(text("SELECT COALESCE(SUM(points_left), 0) FROM lot")) or 0)
    if sum(city.values()) + outstanding != 0:
        faults.append({"check": "all_accounts_sum_to_zero", "city": city, "outstanding": outstanding})
    return {
        "ok": not faults,
        "checked": [*CHECKS, *more, "all_accounts_sum_to_zero"],
        "accounts": db.session.scalar(text("SELECT COUNT(*) FROM account")),
        "points_outstanding": outstanding,
        "city": city,
        "faults": faults,
    }
