"""`python -m bench.peer.check --url …` asks each view for a yes and a no, and sees that the books balance."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

import django
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Nothing may come out of these.
FAULTS = {
    "a transaction whose legs do not balance": """
        SELECT transaction_id FROM hordak_leg GROUP BY transaction_id
        HAVING sum(coalesce(credit, 0)) <> sum(coalesce(debit, 0))""",
    "a resident whose account says another balance than the lots": """
        SELECT resident.id FROM peer_resident resident
          LEFT JOIN (SELECT account_id, sum(coalesce(credit, 0) - coalesce(debit, 0)) AS points
                       FROM hordak_leg GROUP BY account_id) books ON books.account_id = resident.account_id
          LEFT JOIN (SELECT resident_id, sum(points_left) AS points
                       FROM peer_lot GROUP BY resident_id) lots ON lots.resident_id = resident.id
         WHERE coalesce(books.points, 0) <> coalesce(lots.points, 0)""",
    "a voucher whose lots did not pay its price": """
        SELECT voucher.id FROM peer_voucher voucher LEFT JOIN peer_allocation part ON part.voucher_id = voucher.id
         GROUP BY voucher.id HAVING coalesce(sum(part.points), 0) <> voucher.price_points""",
}


def check() -> None:
    """Ask, count the statements and look at the books; AssertionError if anything is off."""
    client = Client()
    waiting, verifier, resident, benefit = _row(
        """SELECT (SELECT array_agg(id) FROM (SELECT id FROM peer_submission WHERE status = 'in_review' LIMIT 2) two),
                  (SELECT max(id) FROM peer_resident), (SELECT min(id) FROM peer_resident),
                  (SELECT min(code) FROM peer_benefit)"""
    )
    cases = [{"submission": submission, "verifier": verifier} for submission in waiting]
    purchase = {"resident": resident, "benefit": benefit}

    page = _answer(client.get("/browse"), 200)
    assert len(page["results"]) == 20, page
    later = _answer(client.get(page["next"]), 200)
    assert later["results"][0]["code"] > page["results"][-1]["code"], later

    assert _award(client, cases[0], 200)["points_awarded"] > 0
    _award(client, cases[0], 409)
    _award(client, {"submission": 0, "verifier": verifier}, 404)
    stock = _row("SELECT stock FROM peer_benefit WHERE code = %s", benefit)[0]
    assert _redeem(client, purchase, 201)["status"] == "active"
    assert _row("SELECT stock FROM peer_benefit WHERE code = %s", benefit) == (stock - 1,)
    _redeem(client, {"resident": verifier, "benefit": benefit}, 409)  # has no points

    # Only now, when the accounts of the city are known.
    counts = {
        "browse": _statements(lambda: client.get("/browse")),
        "award": _statements(lambda: _award(client, cases[1], 200)),
        "redeem": _statements(lambda: _redeem(client, purchase, 201)),
    }
    print("statements:", ", ".join(f"{name} {count}" for name, count in counts.items()), file=sys.stderr)
    for fault, query in FAULTS.items():
        assert _row(f"SELECT count(*) FROM ({query}) found") == (0,), fault


def _award(client: Client, case: dict[str, Any], status: int) -> Any:
    return _answer(client.post("/award", case, content_type="application/json"), status)


def _redeem(client: Client, purchase: dict[str, Any], status: int) -> Any:
    return _answer(client.post("/redeem", purchase, content_type="application/json"), status)


def _answer(response: Any, status: int) -> Any:
    assert response.status_code == status, (response.status_code, response.content)
    return response.json()


def _statements(ask: Callable[[], object]) -> int:
    """With those that open, nest and end a transaction."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def _row(query: str, *facts: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, facts or None)
        return cursor.fetchone()


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask each of the peer's views, and look at its books.")
    parser.add_argument("--url", required=True)
    os.environ["PEER_DATABASE_URL"] = parser.parse_args().url
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peer.settings"
    django.setup()
    check()


if __name__ == "__main__":
    main()
