"""How many statements a request costs, as the database counts them."""

from bench.measuring import Bench
from bench.workloads import Place

COUNTED = ("browse", "etag", "cold", "points", "submit", "verify", "buy", "redeem")
WARM_UP, REQUESTS = 10, 40


def statements(bench: Bench, place: Place) -> None:
    """Ask so many times on one connection, and see what was run as often. What the job runner does meanwhile is not
    run as often, and BEGIN and COMMIT are left out."""
    database = place.town.database
    bench.cluster.count_statements("top")
    for name in COUNTED:
        bench.tell(f"statements of {name}")
        bench.runner.asked(name, place, seconds=60, at_most=WARM_UP, connections=1)
        database.run("SELECT pg_stat_statements_reset()")
        bench.runner.asked(name, place, seconds=60, at_most=REQUESTS, connections=1)
        rows = database.run(
            "SELECT query, calls FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname ="
            " current_database()) AND query NOT IN ('BEGIN', 'COMMIT') ORDER BY calls DESC, query"
        )
        found = [text for text, calls in rows for _ in range(round(calls / REQUESTS))]
        bench.measured.statements[name] = found
        bench.measured.figures[f"statements of {name}"] = len(found)
    bench.cluster.count_statements("none")
