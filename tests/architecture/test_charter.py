"""What the charter rules out has no place in the schema or the API: rules that are held by looking at all of it."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.charter_list import RULES, charter_page, charter_tests
from core.db import Base, db
from core.http.doors import ANYONE, Role
from core.http.edge import door_of
from core.settings import ROOT
from rewards.routes.till import AT_THE_TILL
from tests.catalogue.cases import Cases
from tests.town import Town

BUILT = {1, 2, 5, 6, *range(8, 12), 13, *range(15, 24), 31, *range(33, 38), *range(40, 44), 47, 48}
"""What issue 3 lists: each of these has a test."""

SCORES = re.compile(
    r"(^|_)(scores?|ranks?|ranking|level|tier|percentile|leader\w*|reputation|rating|stars?|streak|badges?|karma|grade"
    r"|trust|risk|lifetime|total_points|points_total|class|demerits?|penalt\w+|warnings?|blacklist\w*)(_|$)"
)
PLACES = re.compile(r"(^|_)(lat|latitude|lon|lng|longitude|geo\w*|coordinates?|gps|location|ip|ip_address|device)(_|$)")
ORIGINS = re.compile(
    r"nationalit|citizenship|passport|birth|gender|sex|ethnic|religion|origin|immigration|visa|dni|nie|id_card|proof"
)
A_PERSON = {"name", "email", "citizen", "citizen_id", "subject", "actor", "resident", "owner"}
SORTS = {"sort", "order", "order_by", "sort_by", "rank_by", "top", "min_points", "max_points", "by"}


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.extensions["openapi"].described()
    return found


def columns() -> set[str]:
    return {column.name for table in Base.metadata.sorted_tables for column in table.columns}


def fields(described: dict[str, Any]) -> set[str]:
    """The name of every field that any body has, in or out."""
    return {name for schema in described["components"]["schemas"].values() for name in schema.get("properties", {})}


def operations(app: Flask, described: dict[str, Any]) -> Iterator[tuple[str, frozenset[Role], dict[str, Any]]]:
    """`GET /api/v1/me`, whom its door lets in, and how it is described."""
    for rule in app.url_map.iter_rules():
        door = door_of(app, rule.endpoint)
        assert door is not None
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method, operation in described["paths"].get(path, {}).items():
            if method.upper() in (rule.methods or ()):
                yield f"{method.upper()} {path}", door.who, operation


def told(operation: dict[str, Any], described: dict[str, Any]) -> set[str]:
    """Every field that stands anywhere in a good answer."""
    found: set[str] = set()
    for status, answer in operation["responses"].items():
        if str(status).startswith("2"):
            found |= _within(answer, described, seen=set())
    return found


def _within(node: Any, described: dict[str, Any], *, seen: set[str]) -> set[str]:
    if isinstance(node, list):
        return {name for inner in node for name in _within(inner, described, seen=seen)}
    if not isinstance(node, dict):
        return set()
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    if reference:
        if reference in seen:
            return set()
        return _within(described["components"]["schemas"][reference], described, seen=seen | {reference})
    inner = {name for value in node.values() for name in _within(value, described, seen=seen)}
    return inner | set(node.get("properties", {}))


def queries(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", []) if parameter.get("in") == "query"}


# --- rules ------------------------------------------------------------------------------------------------------------


def test_c9_no_list_is_ordered_by_a_person_or_by_their_points(app: Flask, described: dict[str, Any]) -> None:
    """No parameter sorts, and an answer that names persons holds no points of theirs beside them."""
    found = list(operations(app, described))
    sorting = {name: queries(operation) & SORTS for name, _, operation in found if queries(operation) & SORTS}
    own = {"/api/v1/me", "/api/v1/me/export", "/api/v1/me/membership"}
    comparing = {
        name: sorted(fields)
        for name, _, operation in found
        if (fields := told(operation, described)) & A_PERSON
        and fields & {"points", "balance", "points_awarded", "seq"}
        and name.split()[1] not in own
        and "partner" not in fields  # the name is a shop's
    }

    assert len(found) > 60
    assert sorting == {}
    assert comparing == {}


def test_c9_and_c11_nothing_that_is_kept_or_told_is_a_score(described: dict[str, Any]) -> None:
    names = columns() | fields(described) | {table.name for table in Base.metadata.sorted_tables}

    assert len(names) > 200
    assert [name for name in sorted(names) if SCORES.search(name)] == []


def test_c11_no_balance_and_no_sum_of_points_is_stored() -> None:
    """Points stand in a lot, in what was taken from one, in an entry, or in what was decided; nowhere in sum."""
    with_points = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if "points" in column.name or "balance" in column.name
    }

    assert with_points == {
        "allocation.points",
        "benefit.price_points",
        "deed_version.points",
        "entry.points",
        "lot.points",
        "lot.points_left",
        "review_case.points_expected",
        "submission.points_awarded",
        "submission.without_points",
        "voucher.price_points",
    }


def test_c10_nothing_that_is_public_names_anybody(app: Flask, described: dict[str, Any]) -> None:
    """No public profile: what needs no sign-in holds partners, districts and neighbourhoods by name, and no person."""
    named = {
        name: sorted(told(operation, described) & (A_PERSON | {"organiser", "note", "balance"}))
        for name, who, operation in operations(app, described)
        if who == ANYONE and told(operation, described) & (A_PERSON | {"organiser", "note", "balance"})
    }

    assert named == {
        "GET /api/v1/benefits": ["name"],
        "GET /api/v1/benefits/{code}": ["name"],
        "GET /api/v1/city": ["name"],
        "GET /api/v1/districts": ["name"],
        "POST /api/v1/till/devices": ["name"],  # the device's and its partner's
    }


def test_c10_no_operation_finds_a_person_by_name_number_or_address(app: Flask, described: dict[str, Any]) -> None:
    parameters = {
        parameter["name"]
        for path in described["paths"].values()
        for place in [path, *(value for value in path.values() if isinstance(value, dict))]
        for parameter in place.get("parameters", [])
        if isinstance(parameter, dict) and "name" in parameter
    }

    assert parameters & (A_PERSON | {"person_id", "resident_id", "subject_id", "actor_id"}) == set()
    assert len(parameters) > 20


def test_c13_a_balance_is_told_to_its_owner_only(app: Flask, described: dict[str, Any]) -> None:
    """And without a parameter by which it could be another's."""
    found = {
        name: (who, queries(operation))
        for name, who, operation in operations(app, described)
        if "balance" in told(operation, described)
    }

    assert found == {"GET /api/v1/me/points": (frozenset({Role.RESIDENT}), set())}


def test_c16_no_place_where_people_were_is_kept_or_told(described: dict[str, Any]) -> None:
    assert [name for name in sorted(columns() | fields(described)) if PLACES.search(name)] == []


def test_c19_all_rules_are_read_without_login(app: Flask, described: dict[str, Any]) -> None:
    public = {name for name, who, _ in operations(app, described) if who == ANYONE and name.startswith("GET")}

    assert public >= {
        f"GET /api/v1/{rules}"
        for rules in (
            *("deeds", "deeds/{code}", "deeds/{code}/versions", "benefits", "benefits/{code}"),
            *("districts", "events", "events/{event_id}", "terms", "reason-codes"),
        )
    }


def test_c1_no_operation_takes_more_than_one_person_at_once(app: Flask, described: dict[str, Any]) -> None:
    """And none but the person's own first sign-in makes a resident."""
    schemas = described["components"]["schemas"]
    lists = {
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, kind in schema.get("properties", {}).items()
        if kind.get("type") == "array" and field in ("emails", "people", "residents", "members", "persons", "citizens")
    }
    joins = {
        name
        for name, _, operation in operations(app, described)
        if not name.startswith("GET")
        and "terms_version" in _within(operation.get("requestBody", {}), described, seen=set())
    }

    assert lists == set()
    assert joins == {"POST /api/v1/auth/tokens", "PUT /api/v1/me/membership"}


def test_c15_what_partners_are_told_has_no_room_for_a_person(app: Flask, described: dict[str, Any]) -> None:
    told_to_partners = {
        name: told(operation, described) & (A_PERSON | {"points", "price_points", "balance", "deed", "note"})
        for name, who, operation in operations(app, described)
        if isinstance(who, frozenset) and who >= AT_THE_TILL
    }

    assert len(told_to_partners) == 5
    assert [name for name, fields in told_to_partners.items() if fields] == []


def test_c23_the_database_knows_no_refusal_without_a_human(town: Town) -> None:
    """Nor does it know any that says no by itself: a rule's decision is an approval."""
    cases = Cases(town)
    cases.deed()
    cases.decide(town.verifier(), cases.claim_with_photo(town.resident()))

    for decision in ("decline", "reverse", "ask"):
        forged = text(f"UPDATE decision SET decision = '{decision}', decided_by = NULL")
        with pytest.raises(IntegrityError, match="only_a_human_declines"):
            town.does(partial(db.session.execute, forged))


def test_c42_nobody_is_asked_where_they_come_from(described: dict[str, Any]) -> None:
    """Nor for a paper that says it: no field and no column has room for it."""
    assert [name for name in sorted(columns() | fields(described)) if ORIGINS.search(name)] == []


def test_c32_a_duplicate_photo_is_told_by_the_submission_and_not_by_the_person() -> None:
    """The trace of a photo is looked up within one submission: no index finds it across a person's or people's."""
    evidence = Base.metadata.tables["evidence"]
    indexed = {column.name for index in evidence.indexes for column in index.columns}

    assert "uploaded_sha256" not in indexed


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_charter_paper_is_up_to_date() -> None:
    written = (ROOT / "docs" / "charter.md").read_text(encoding="utf-8")

    assert written == charter_page(), "write it again: flask docs charter > docs/charter.md"


def test_each_rule_is_held_by_a_test_or_said_not_to_be_built() -> None:
    held = {test.rule for test in charter_tests()}

    assert sorted(RULES) == list(range(1, 49))
    assert held - set(RULES) == set()
    assert BUILT - held == set()
    assert [number for number, rule in RULES.items() if number not in held and not rule.lacks] == []
    assert [number for number in held if not RULES[number].where] == []


def test_the_files_that_enforce_the_rules_are_there() -> None:
    files = {path for rule in RULES.values() for path in rule.where.split()}

    assert [path for path in sorted(files) if not (ROOT / path).is_file()] == []
