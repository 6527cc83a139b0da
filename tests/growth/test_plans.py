"""However many residents there are, a request and a job find what they look for by an index: a plan says so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from app import JOBS
from core import migrations
from tests import postgres
from tests.growth import million
from tests.growth.conftest import ASKED, Sent, growing

BIG = 10_000
"""Rows from which on reading a whole table is too much."""
READS_ALL = {
    "GET /api/v1/liability auditor": "what the city owes is the sum of what everybody holds (charter C45)",
    "job: seal-audit": "a row may turn up among those sealed long ago: a clock was set back, or a commit came late",
}
"""Who may, and why: what stands here tells of everybody."""


def test_no_request_and_no_job_reads_a_whole_table(tmp_path: Path) -> None:
    with postgres.running(options=million.OPTIONS) as server:
        url = make_url(server).set(drivername="postgresql+psycopg").render_as_string()
        migrations.upgrade(url)
        million.fill(url)
        with growing(url, tmp_path) as town:
            sent = {f"{operation} {role}": town.ask(operation, role) for operation, role in ASKED}
            town.good_calls.clock.forward(hours=1)
            sent |= {f"job: {job.name}": town.run_job(job.name) for job in JOBS}
        with psycopg.connect(server, autocommit=True, prepare_threshold=None) as connection:
            found = {who: sorted(set(_read_whole(connection, theirs))) for who, theirs in sent.items()}

    told = [f"{who}: {plan}" for who, plans in found.items() if who not in READS_ALL for plan in plans]
    assert not told, "\n\n".join(told)
    assert [who for who in READS_ALL if not found[who]] == [], "these need no exception"


def _read_whole(connection: psycopg.Connection, sent: list[Sent]) -> Iterator[str]:
    """Each way in which these statements read a whole table, as they were sent, and with any values if PostgreSQL (that
    tells from 16 on) would come to plan them so."""
    big = {name for (name,) in connection.execute("SELECT relname FROM pg_class WHERE reltuples >= %s", [BIG])}
    partial = connection.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
    some = {name for (name,) in partial}
    for one in {one.statement: one for one in sent}.values():
        if not re.match(r"(SELECT|INSERT|UPDATE|DELETE|WITH)\b", one.statement):
            continue
        values = one.parameters[0] if isinstance(one.parameters, list) else one.parameters
        as_sent = _plan(connection, "FORMAT JSON", one.statement, values)
        tells = connection.info.server_version >= 160_000
        generic = _plan(connection, "FORMAT JSON, GENERIC_PLAN", _numbered(one.statement)) if tells else as_sent
        # It keeps a plan for any values unless that costs more than planning anew each time does.
        planning = 2.5 * (1 + len(re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO)\b", one.statement)))
        is_kept = generic["Total Cost"] < as_sent["Total Cost"] + planning
        for plan in [as_sent, generic] if is_kept else [as_sent]:
            for node in _nodes(plan, some=some, is_limited=False):
                if node["Relation Name"] in big:
                    yield f"{node['Node Type']} of {node['Relation Name']}: {one.statement}"


def _plan(connection: psycopg.Connection, how: str, statement: str, values: Any = None) -> dict[str, Any]:
    row = connection.execute(f"EXPLAIN ({how}) {statement}".encode(), values).fetchone()
    assert row is not None
    plan: dict[str, Any] = row[0][0]["Plan"]
    return plan


def _nodes(plan: dict[str, Any], *, some: set[str], is_limited: bool) -> Iterator[dict[str, Any]]:
    """The nodes that look for nothing in particular. An index of some rows alone has found them, and under a LIMIT one
    may be read from its beginning."""
    kind = plan["Node Type"]
    is_limited = is_limited or kind == "Limit"
    by_index = "Index Cond" in plan or plan.get("Index Name") in some or (is_limited and "Index" in kind)
    if "Relation Name" in plan and "Scan" in kind and kind != "Bitmap Heap Scan" and not by_index:
        yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner, some=some, is_limited=is_limited)


def _numbered(statement: str) -> str:
    """The driver's `%(name)s` as PostgreSQL's `$1`."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    return re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
