"""`docs/access.md` says who may do what with whose things; here every cell of it is asked (promises A47, A48, A49)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from app import create_app
from core.settings import ROOT, Settings
from tests.access.scene import CALLERS, OWNERS, Scene, Scenery, operations, rows_kept
from tests.town import Answer

OPEN_OBJECTS = {"Problem", "Export.sections", "BenefitShown.titles", "DeedItem.titles", "DeedVersionItem.titles"}
"""An answer holds what is named and nothing else, but for a problem's facts, one's own export, titles by language."""

NOT_ONAS = ("/me", "/auth/codes", "/auth/tokens/refresh")
"""Where what one caller does hinders no other."""


def _table() -> dict[str, dict[str, str]]:
    lines = (ROOT / "docs" / "access.md").read_text(encoding="utf-8").splitlines()
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith(("| `", "| call"))
    ]
    head, *rest = rows
    assert tuple(head[1:]) == CALLERS
    return {row[0]: dict(zip(CALLERS, row[1:], strict=True)) for row in rest}


TABLE = _table()


def test_every_route_has_a_row_and_every_row_a_route(tmp_path: Path) -> None:
    app = create_app(Settings.load({"BONAFETA_INSTANCE": str(tmp_path)}))

    assert list(TABLE) == operations(app), "docs/access.md lacks a row, has one too many, or one in another place"


@pytest.mark.parametrize("operation", TABLE)
def test_everybody_gets_what_the_table_says(
    operation: str, scenery: Scenery, untouched: dict[bool, Scene], kept: list[Any]
) -> None:
    row = TABLE[operation]
    here = {caller: untouched[caller == "Ona, staff"] for caller in CALLERS}

    of_nothing = {caller: scene.all_ask(caller, operation, about_nothing=True) for caller, scene in here.items()}
    answers = {
        caller: scene.all_ask(caller, operation)
        for caller, scene in here.items()
        if row[caller] != "yes" or operation.startswith("GET")
    }
    assert rows_kept(untouched) == kept, "a refused request, or one that reads, has changed something"
    answers |= dict(_of_copies(operation, [caller for caller in CALLERS if caller not in answers], scenery))

    told = {caller: "/".join(sorted({_cell(answer) for answer in answers[caller]})) for caller in CALLERS}
    assert told == row, f"the row would be\n| `{operation}` | {' | '.join(told.values())} |"
    assert _tells_of_others(row, answers, of_nothing) == []
    assert [fault for caller in CALLERS for fault in _told_too_much(operation, caller, answers[caller], scenery)] == []


def test_what_nobody_else_may_see_is_there_to_be_seen(untouched: dict[bool, Scene]) -> None:
    scene = untouched[False]
    calls = ("GET /me", "GET /me/points", "GET /me/sessions", "GET /me/export", "GET /vouchers/{voucher_id}")
    seen = b" ".join(scene.all_ask("Ona", operation)[0].data for operation in (*calls, "GET /submissions"))
    seen += scene.all_ask("clerk", "GET /till/redemptions")[0].data

    assert [what for what in scene.told_to if not _stands_in(what, seen.replace(b"-", b"") + seen)] == []


def test_no_answer_has_room_for_more_than_is_named(untouched: dict[bool, Scene]) -> None:
    schemas = untouched[False].town.app.extensions["openapi"].described()["components"]["schemas"]

    assert {place for name, schema in schemas.items() for place in _open_objects(name, schema)} == OPEN_OBJECTS


def _of_copies(operation: str, callers: list[str], scenery: Scenery) -> Iterator[tuple[str, list[Answer]]]:
    """What is answered to those whose request changes something: each finds what is Ona's as it was."""
    shared = [caller for caller in callers if operation.split(" ")[1].startswith(NOT_ONAS) and caller != "Ona, staff"]
    if shared:
        with scenery.scene() as scene:
            for caller in shared:
                yield caller, scene.all_ask(caller, operation)
    for caller in set(callers) - set(shared):
        answers = []
        for number in range(len(scenery.furnished.people[caller])):
            with scenery.scene(staffed=caller == "Ona, staff") as scene:
                answers.append(scene.call(scene.people[caller][number], scene.ask(operation)))
        yield caller, answers


def _cell(answer: Answer) -> str:
    return "yes" if 200 <= answer.status_code < 300 else str(answer.status_code)


def _tells_of_others(
    row: dict[str, str], answers: dict[str, list[Answer]], of_nothing: dict[str, list[Answer]]
) -> list[Any]:
    """Whose answer to "not yours" is not, byte for byte, the one to "not there"."""
    faults: list[Any] = []
    for caller, empty in of_nothing.items():
        no_entry = [answer for answer in answers[caller] if answer.status_code in (401, 403)]
        expected = [_whole(answer) for answer in answers[caller] if answer.status_code == 404 or no_entry]
        if empty and row[caller] in ("401", "404") and [_whole(answer) for answer in empty] != expected:
            faults.append((caller, expected, [_whole(answer) for answer in empty]))
        if empty and row[caller] not in ("401", "403") and {answer.status_code for answer in empty} != {404}:
            faults.append((caller, "not a 404", [_whole(answer) for answer in empty]))
    return faults


def _whole(answer: Answer) -> Any:
    return answer.status_code, answer.data, sorted(answer.headers)


def _told_too_much(operation: str, caller: str, answers: list[Answer], scenery: Scenery) -> Iterator[Any]:
    """Fields that no schema names, and what of Ona's this caller is not to see."""
    for answer in answers:
        if _cell(answer) == "yes":
            yield from scenery.schema_faults(operation, answer)
        for what, others in scenery.furnished.told_to.items():
            if caller not in (*OWNERS, *others) and _stands_in(what, answer.data):
                yield caller, what, answer.data


def _stands_in(what: str, body: bytes) -> bool:
    """As a whole word, since a balance is a number that an id may hold by chance; also as JSON may write it."""
    words = {what.encode(), orjson.dumps(what).strip(b'"')}
    return any(word in body and re.search(rb"(?<![\w-])%b(?![\w-])" % re.escape(word), body) for word in words)


def _open_objects(place: str, schema: dict[str, Any]) -> Iterator[str]:
    if "object" in str(schema.get("type")) and schema.get("additionalProperties") is not False:
        yield place
    for name, inner in schema.get("properties", {}).items():
        yield from _open_objects(f"{place}.{name}", inner)
    for inner in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _open_objects(place, inner) if inner else ()
