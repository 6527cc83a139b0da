"""What is made of cells: shares, ceilings, verdicts, tables and the picture."""

from typing import Any
from xml.etree import ElementTree

import pytest

from bench import picture, report
from bench.cells import Cell, ceiling, of_ceiling, of_cost, ratio, summary
from bench.limits import GROUPS_OF_WORKLOADS
from bench.targets import TARGETS, Target
from bench.workloads import MIX, WORKLOADS


def test_a_share_is_the_median_of_those_of_each_round() -> None:
    ours = [Cell(100, 1.0), Cell(300, 2.0), Cell(90, 1.0)]
    bare = [Cell(200, 1.0), Cell(200, 1.0), Cell(100, 1.0)]

    share = ratio({"ours": ours, "bare": bare}, "ours", "bare")

    assert share == 0.75  # of 0.5, 0.75 and 0.9


def test_the_stack_ceiling_does_one_after_the_other_the_quicker_form() -> None:
    stack, statements, call = Cell(4_000, 1.0), Cell(500, 1.0), Cell(1_000, 1.0)

    assert ceiling(stack, statements, call) == pytest.approx(800)
    rounds = {"ours": [Cell(400, 1.0)], "bare": [stack], "statements": [statements], "call": [call]}
    assert of_ceiling(rounds, "ours", stack="bare", databases=["statements", "call"]) == pytest.approx(0.5)


def test_a_share_of_cost_counts_server_and_database() -> None:
    bare, call = Cell(1_000, 1.0, server_cpu_s=0.3), Cell(1_000, 1.0, database_cpu_s=0.7)
    ours = Cell(1_000, 1.0, server_cpu_s=1.5, database_cpu_s=0.5)

    share = of_cost({"ours": [ours], "bare": [bare], "call": [call]}, "ours", stack="bare", databases=["call"])

    assert share == pytest.approx(0.5)


def test_a_cell_tells_its_latencies_and_what_a_request_cost() -> None:
    cell = Cell(100, 2.0, server_cpu_s=0.1, database_cpu_s=0.05, latencies_s=[n / 1000 for n in range(1, 101)])

    told = summary([cell])

    assert told["per_second"] == 50
    assert told["p50_ms"] == pytest.approx(51)
    assert told["p99_ms"] == pytest.approx(100)
    assert told["server_us"] == pytest.approx(1_000)
    assert told["database_us"] == pytest.approx(500)
    assert summary([Cell(1, 1.0)])["p50_ms"] is None


@pytest.mark.parametrize(
    ("value", "verdict"), [(None, "not measured: --full"), (0.2, "missed"), (0.3, "reached"), (0.5, "stretch reached")]
)
def test_a_target_says_whether_it_was_reached(value: float | None, verdict: str) -> None:
    target = Target("buying", "buy", 0.3, 0.5)

    assert target.verdict({} if value is None else {"buy": value}) == verdict


def test_some_targets_are_the_most_that_may_be() -> None:
    target = Target("memory", "memory", 200, 120, is_most=True, unit=" MB")

    verdicts = [target.verdict({"memory": value}) for value in (119.0, 150.0, 201.0)]

    assert verdicts == ["stretch reached", "reached", "missed"]
    assert target.wanted(target.bound) == "≤ 200 MB"


def test_each_workload_is_measured_in_one_group() -> None:
    grouped = [name for names in GROUPS_OF_WORKLOADS.values() for name in names]

    assert sorted(grouped) == sorted(WORKLOADS)
    assert sum(MIX.values()) == 100


def test_the_tables_tell_every_target_and_every_workload() -> None:
    lines = "\n".join(report.tables(_found()))

    assert all(target.what in lines for target in TARGETS)
    assert "| a voucher is bought | 500 | 10.0 | 30.0 | 1,500 | 400 | 0.41 |  |" in lines
    assert "| a voucher is bought | 1,000 | 500 | 10.0 | 30.0 |" in lines
    assert "| a voucher is bought, while points end (100% of the time) |  | 500 | 10.0 | 30.0 |" in lines
    assert "| 10,000 | 50,000 | 108 | 0.90 | 120.00 |" in lines
    assert "| a voucher is bought | 1 |" in lines
    assert "| peer award | 500 | 10.0 | 30.0 | 1,500 | 400 |" in lines
    assert "| buying a voucher, of the stack ceiling | 0.41 | ≥ 0.30 | ≥ 0.50 | reached |" in lines


@pytest.mark.parametrize(("is_partial", "missing"), [(False, len(TARGETS) - 1), (True, 0)])
def test_the_screen_tells_what_was_not_measured_unless_somebody_chose(is_partial: bool, missing: int) -> None:
    found = _found()
    found["how"]["is_partial"] = is_partial

    said = "\n".join(report.told(found))

    assert said.count("not measured") == missing


def test_a_page_keeps_what_stands_around_the_tables() -> None:
    page = "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n"

    assert report.written_between(page, "bench", ["new"]) == "before\n<!-- bench -->\nnew\n<!-- /bench -->\nafter\n"


def test_the_picture_shows_each_share_and_its_target() -> None:
    drawn = ElementTree.fromstring(picture.drawn({"buy / ceiling": 0.2, "buy p50, 100000 / 1000 residents": 1.2}))

    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"buying a voucher", "0.20", "100,000 to 1,000", "1.20"} <= set(texts)
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}line"))) == 4
    assert [bar.get("class") for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")].count("short") == 1


def _found() -> dict[str, Any]:
    cell = {"per_second": 500.0, "p50_ms": 10.0, "p99_ms": 30.0, "server_us": 1_500.0, "database_us": 400.0}
    return {
        "at": "2026-11-23T10:00+00:00",
        "machine": {"cores": 2, "processor": "Any", "memory_gb": 8, "python": "3.11", "postgresql": "18"},
        "how": {
            "is_partial": False,
            "command": "make bench",
            "data": "in memory",
            "residents_main": 1_000,
            "connections": 8,
            "rounds": 1,
            "seconds": 1,
        },
        "figures": {
            "buy / ceiling": 0.41,
            "expiry of 10000 lots, per second": 50_000.0,
            "expiry of 10000 lots, MiB": 108.2,
            "expiry while buying, share of the time": 1.0,
            "expiry of 10000 lots / batches": 0.9,
            "expiry of 10000 lots / lots": 120.0,
        },
        "cells": {
            "buy": {"buy": cell},
            "growth of buy": {"1000": cell},
            "during expiry": {"while": cell},
            "peer": {"peer award": cell},
        },
        "statements": {"buy": ["SELECT 1"]},
    }
