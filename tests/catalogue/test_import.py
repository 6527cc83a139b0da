"""A city's files are loaded whole or not at all; each bad row is told by line, field, reason and charter rule."""

import csv
import io
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from core import importing
from core.settings import ROOT
from tests.clock import MovableClock
from tests.rewards.market import Market
from tests.town import Town

Rows = list[dict[str, str]]
Load = Callable[..., Result]

DATA = ROOT / "data"


def rows_of(name: str) -> Rows:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


def text_of(rows: Rows, **options: Any) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), **options)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def load(town: Town, tmp_path: Path) -> Load:
    """Run an import of rows, text or bytes: `load("catalogue", rows, "--skip-bad")`."""

    def run(group: str, content: Rows | str | bytes, *options: str) -> Result:
        text = text_of(content) if isinstance(content, list) else content
        file = tmp_path / "file.csv"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return town.app.test_cli_runner().invoke(args=[group, "import", str(file), *options])

    return run


def deeds(town: Town) -> dict[str, Any]:
    return {item["code"]: item for item in town.anyone().get("/deeds?limit=100").json["items"]}


def benefits(town: Town) -> dict[str, Any]:
    return {item["code"]: item for item in town.anyone().get("/benefits?limit=100").json["items"]}


def told(result: Result) -> str:
    return result.stdout.strip().splitlines()[-1]


def test_real_deeds_load_once_and_again_without_change(town: Town, load: Load) -> None:
    first = load("catalogue", rows_of("deeds.csv"))
    again = load("catalogue", rows_of("deeds.csv"))

    assert (first.exit_code, told(first)) == (0, "24 new, 0 changed, 0 same")
    assert (again.exit_code, told(again)) == (0, "0 new, 0 changed, 24 same")
    assert len(deeds(town)) == 24
    visit = deeds(town)["visit-neighbour"]
    assert (visit["points"], visit["unit"], visit["access"], visit["version"]) == (2, "hour", ["seated", "evening"], 1)


def test_loading_again_makes_versions_of_what_differs_only(town: Town, load: Load, clock: MovableClock) -> None:
    rows = rows_of("deeds.csv")
    load("catalogue", rows)
    clock.forward(days=1)
    rows[0]["points"] = "3"
    rows[1]["title_ca"] = "Fer la compra a un veí"

    changed = load("catalogue", rows, "--reason", "The neighbours asked for it.")

    assert told(changed) == "0 new, 2 changed, 22 same"
    newest, first = town.anyone().get(f"/deeds/{rows[0]['code']}/versions").json["items"]
    assert (newest["version"], newest["reason"]) == (2, "The neighbours asked for it.")
    assert newest["changes"] == [{"field": "points", "before": 2, "after": 3}]
    assert (newest["in_force_from"], first["in_force_from"]) == ("2026-11-24T10:00:00Z", "2026-11-23T10:00:00Z")


def test_a_file_cannot_change_the_unit_that_a_deeds_caps_are_counted_in(town: Town, load: Load) -> None:
    rows = rows_of("deeds.csv")
    load("catalogue", rows)
    rows[0]["points"], rows[1]["unit"] = "3", "item"

    refused = load("catalogue", rows)

    assert refused.exit_code == 1
    assert f"'deed': '{rows[1]['code']}'" in refused.stderr
    assert deeds(town)[rows[0]["code"]]["version"] == 1


@pytest.mark.parametrize("group", ["catalogue", "rewards"])
def test_every_line_that_must_be_refused_is_refused_by_its_rule(town: Town, load: Load, group: str) -> None:
    rows = rows_of("must-be-refused.csv")

    for options in ([], ["--skip-bad"]):
        result = load(group, rows, *options)

        assert result.exit_code == 1
        for line, row in enumerate(rows, start=2):
            first = next(told for told in result.stdout.splitlines() if told.startswith(f"line {line}, "))
            assert first.endswith(f"[{row['rule']}]"), row["code"]
        assert "line 1, " in result.stdout
    assert (deeds(town), benefits(town)) == ({}, {})


def test_what_must_be_refused_is_refused_in_harmless_dress(town: Town, load: Load) -> None:
    """All columns are there, the category is harmless, the points are positive: only the words tell."""
    for group, kind, sample in (("catalogue", "deed", "deeds.csv"), ("rewards", "benefit", "benefits.csv")):
        good = rows_of(sample)[0]
        forbidden = [row for row in rows_of("must-be-refused.csv") if row["kind"] == kind]
        dressed = [good | {"code": f"row-{line}", "title_en": row["title_en"]} for line, row in enumerate(forbidden)]

        result = load(group, dressed)

        assert result.exit_code == 1
        for line, row in enumerate(forbidden, start=2):
            assert f"line {line}, title_en: " in result.stdout, row["title_en"]
            assert f"[{row['rule']}]" in next(t for t in result.stdout.splitlines() if t.startswith(f"line {line}, "))


def test_one_bad_row_stops_all_and_can_be_left_out(town: Town, load: Load) -> None:
    rows = rows_of("deeds.csv")
    rows[3] |= {"points": "many", "review_by": "", "access": "seated;;Evening"}
    rows[5]["unit"] = "fortnight"

    refused = load("catalogue", rows)
    left_out = load("catalogue", rows, "--skip-bad")

    assert refused.exit_code == 1
    assert [line.split(": ")[0] for line in refused.stdout.splitlines()] == [
        "line 5, points",
        "line 5, access",
        "line 5, review_by",
        "line 7, unit",
    ]
    assert "2 lines are bad, nothing was changed; --skip-bad loads the rest." in refused.stderr
    assert (left_out.exit_code, told(left_out)) == (0, "22 new, 0 changed, 0 same")
    assert len(deeds(town)) == 22


def test_a_refused_file_changes_nothing(town: Town, load: Load) -> None:
    rows = rows_of("deeds.csv")
    load("catalogue", rows)
    before = town.anyone().get("/deeds").headers["ETag"]
    rows[0]["points"], rows[-1]["points"] = "4", "-4"

    result = load("catalogue", rows)

    assert result.exit_code == 1
    assert "line 25, points: " in result.stdout
    assert "[C5]" in result.stdout
    assert town.anyone().get("/deeds").headers["ETag"] == before


@pytest.mark.parametrize(
    "dress",
    [
        lambda rows: "\ufeff" + text_of(rows),
        lambda rows: text_of(rows, lineterminator="\n"),
        lambda rows: text_of(rows, lineterminator="\r"),
        lambda rows: text_of(rows, delimiter=";"),
        lambda rows: text_of(rows, quoting=csv.QUOTE_ALL) + "\r\n\r\n",
        lambda rows: text_of([dict(reversed(row.items())) for row in rows]),
        lambda rows: text_of([{name: f" {cell} " for name, cell in row.items()} for row in rows]),
        lambda rows: text_of([{"kind": "deed"} | row for row in rows]),
    ],
    ids=["bom", "lf", "cr", "semicolons", "quoted", "columns-reversed", "spaces", "kind"],
)
def test_what_spreadsheets_write_is_read(load: Load, dress: Callable[[Rows], str]) -> None:
    result = load("catalogue", dress(rows_of("deeds.csv")))

    assert (result.exit_code, told(result)) == (0, "24 new, 0 changed, 0 same"), result.output


def test_a_file_that_cannot_be_read_says_why(load: Load, town: Town) -> None:
    text = text_of(rows_of("deeds.csv"))
    header = text.splitlines()[0]
    cases: list[tuple[str | bytes, str]] = [
        (text.encode("latin-1"), "is not UTF-8 (line 2): save it as CSV UTF-8"),
        (text.encode("utf-16"), "is not UTF-8 (line 1)"),
        (b"", "has no header"),
        (b"\n\n", "has no header"),
        (header + ",points\n", "names a column twice"),
        (header + '\n"visit', "not CSV"),
        (header + "\n" + "x" * 200_000, "not CSV"),
        (b"\x89PNG\r\n\x1a\n", "is not UTF-8"),
        ((DATA / "benefits.csv").read_bytes(), "These are benefits"),
        (b"x" * (importing.FILE_BYTES_MAX + 1), "is larger than 20 MiB"),
        ("district,neighbourhood\na,b\n", "A file of districts has the columns city"),
    ]
    for content, reason in cases:
        result = load("catalogue", content)

        assert (result.exit_code, result.exception.__class__) == (1, SystemExit), content[:40]
        assert reason in result.stderr
    assert "does not exist" in town.app.test_cli_runner().invoke(args=["catalogue", "import", "nowhere.csv"]).stderr
    assert deeds(town) == {}


def test_a_row_is_told_by_the_line_where_it_begins(load: Load) -> None:
    rows = rows_of("deeds.csv")[:4]
    rows[0]["purpose"] = "Two\nlines"
    rows[3]["code"] = rows[1]["code"]
    text = text_of(rows, lineterminator="\n") + "too,few,cells\n"

    result = load("catalogue", text)

    assert result.stdout.splitlines() == [
        "line 2, purpose: Control characters are not accepted.",
        "line 6, code: Stands on line 4 already.",
        "line 7, row: 3 cells under 16 columns",
    ]


def test_a_header_with_missing_and_unknown_columns_is_told(load: Load) -> None:
    rows = [{"colour": "green", **row} for row in rows_of("deeds.csv")]
    for row in rows:
        del row["purpose"]

    result = load("catalogue", rows, "--skip-bad")

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "line 1, purpose: This column is missing.",
        "line 1, colour: Unknown column.",
    ]


def test_deeds_name_districts_that_are_there(town: Town, load: Load) -> None:
    rows = [row | {"districts": ""} for row in rows_of("deeds.csv")]
    rows[0]["districts"] = "gracia; les-corts"

    without = load("catalogue", rows)
    load("catalogue", (DATA / "districts.csv").read_bytes())
    with_them = load("catalogue", rows)

    assert without.stdout.splitlines()[0] == "line 2, districts: Unknown: gracia, les-corts."
    assert with_them.exit_code == 0
    assert deeds(town)[rows[0]["code"]]["districts"] == ["gracia", "les-corts"]


def test_districts_load_and_change(town: Town, load: Load) -> None:
    rows = rows_of("districts.csv")

    first, again = load("catalogue", rows), load("catalogue", rows)
    rows.append({"city": "Barcelona", "district": "Gràcia", "neighbourhood": "la Nova"})
    changed = load("catalogue", rows)

    assert told(first) == "10 new, 0 changed, 0 same"
    assert told(again) == "0 new, 0 changed, 10 same"
    assert told(changed) == "0 new, 1 changed, 9 same"
    gracia = next(item for item in town.anyone().get("/districts").json["items"] if item["code"] == "gracia")
    assert gracia["neighbourhoods"][-1] == {"code": "la-nova", "name": "la Nova"}


def test_bad_districts_are_told(town: Town, load: Load) -> None:
    rows = rows_of("districts.csv")
    rows[1]["neighbourhood"] = ""
    rows[2]["neighbourhood"] = rows[0]["neighbourhood"].upper()

    result = load("catalogue", rows)
    elsewhere = load("catalogue", [row for row in rows if row["city"] == "Cascais"])

    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
        "line 3, neighbourhood",
        "line 4, neighbourhood",
    ]
    assert "No row of this file is about Barcelona." in elsewhere.stderr
    assert town.anyone().get("/districts").json["items"] == []


def test_real_benefits_load_with_their_partners(town: Town, load: Load) -> None:
    first = load("rewards", rows_of("benefits.csv"))
    again = load("rewards", rows_of("benefits.csv"))

    assert (first.exit_code, told(first)) == (0, "15 new, 0 changed, 0 same")
    assert told(again) == "0 new, 0 changed, 15 same"
    ticket = benefits(town)["museum-ticket"]
    assert ticket["partner"] == {"code": "museu-da-vila", "name": "Museu da Vila"}
    assert (ticket["price_points"], ticket["stock_left"], ticket["value_eur"]) == (8, 2000, "5.00")
    assert len(town.manager().get("/partners?limit=100").json["items"]) == 15


def test_benefits_loaded_again_change_what_differs(town: Town, load: Load) -> None:
    rows = rows_of("benefits.csv")
    load("rewards", rows)
    rows[0]["price_points"] = "9"
    rows[1]["stock"] = "650"
    rows[2]["partner"] = "Teatre Nou"

    changed = load("rewards", rows)

    assert told(changed) == "0 new, 3 changed, 12 same"
    now = benefits(town)
    assert (now["museum-ticket"]["price_points"], now["museum-ticket"]["version"]) == (9, 2)
    assert now["concert-ticket"]["stock_left"] == 650
    assert now["culture-token"]["partner"]["code"] == "teatre-nou"


def test_c20_a_file_with_worse_terms_announces_them_30_days_ahead(town: Town, load: Load, clock: MovableClock) -> None:
    rows = sorted(rows_of("deeds.csv"), key=lambda row: -int(row["points"]))
    load("catalogue", rows)
    code, points, second = rows[0]["code"], int(rows[0]["points"]), dict(rows[1])
    rows[0]["points"], rows[1]["points"] = str(points - 1), str(int(rows[1]["points"]) + 1)

    changed, again = told(load("catalogue", rows)), told(load("catalogue", rows))

    assert changed == f"0 new, 1 changed, {len(rows) - 2} same, 1 announced for later"
    assert again == f"0 new, 0 changed, {len(rows)} same"
    assert deeds(town)[code]["points"] == points
    assert deeds(town)[rows[1]["code"]]["points"] == int(rows[1]["points"])
    clock.forward(days=30)
    assert deeds(town)[code]["points"] == points - 1

    rows[0]["points"] = str(points - 2)
    load("catalogue", rows)
    called_off = told(load("catalogue", [rows[0] | {"points": str(points - 1)}, second]))
    assert called_off == "0 new, 0 changed, 0 same, 2 announced for later"
    clock.forward(days=31)
    assert deeds(town)[code]["points"] == points - 1


def test_units_that_are_sold_are_no_difference(town: Town, load: Load) -> None:
    rows = rows_of("benefits.csv")
    load("rewards", rows)
    market = Market(town)
    market.buy(market.shopper(), "museum-ticket", 8)

    again = load("rewards", rows)

    assert told(again) == "0 new, 0 changed, 15 same"
    assert benefits(town)["museum-ticket"]["stock_left"] == 1999


def test_a_stock_that_managers_changed_is_what_the_file_says_again(town: Town, load: Load) -> None:
    rows = rows_of("benefits.csv")
    load("rewards", rows)
    town.manager().post("/benefits/museum-ticket/stock", json={"change": -500})

    again = load("rewards", rows)

    assert told(again) == "0 new, 1 changed, 14 same"
    assert benefits(town)["museum-ticket"]["stock_left"] == 2000


def test_a_benefit_that_cannot_change_undoes_the_whole_file(town: Town, load: Load) -> None:
    rows = rows_of("benefits.csv")
    load("rewards", rows)
    rows[0]["price_points"] = "9"
    rows[-1]["stock"] = ""

    result = load("rewards", rows)

    assert result.exit_code == 1
    assert "keeps what it has: a stock, or none" in result.stderr
    assert benefits(town)["museum-ticket"]["price_points"] == 8


def test_bad_benefits_are_told(town: Town, load: Load) -> None:
    rows = rows_of("benefits.csv")
    rows[0] |= {"value_eur": "151"}
    rows[1] |= {"value_eur": "lots", "partner": ""}
    rows[2] |= {"voucher_days": "366"}
    rows[3] |= {"title_pt": "", "stock": "-1"}

    result = load("rewards", rows)

    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == [
        "line 2, row",
        "line 3, partner",
        "line 3, value_eur",
        "line 4, voucher_days",
        "line 5, stock",
    ]
    assert benefits(town) == {}


def test_files_of_the_other_kind_are_sent_to_the_other_command(load: Load) -> None:
    assert "`flask catalogue import`" in load("rewards", (DATA / "deeds.csv").read_bytes()).stderr
    assert "`flask catalogue import`" in load("rewards", (DATA / "districts.csv").read_bytes()).stderr
    mixed = load("catalogue", [{"kind": "benefit"} | rows_of("deeds.csv")[0]])
    assert mixed.stdout.splitlines() == ["line 2, kind: Not a deed: benefit."]


def test_the_sample_is_loaded_once_and_reaches_back_over_the_claim_window(town: Town, clock: MovableClock) -> None:
    run = town.app.test_cli_runner()

    first, again = run.invoke(args=["sample"]), run.invoke(args=["sample"])

    assert first.stdout.splitlines() == [
        "Districts: 10 new, 0 changed, 0 same",
        "Deeds: 24 new, 0 changed, 0 same",
        "Benefits: 15 new, 0 changed, 0 same",
    ]
    assert again.stdout.splitlines() == ["Districts: already there", "Deeds: already there", "Benefits: already there"]
    assert deeds(town)["first-aid"]["in_force_from"] == "2026-08-24T22:00:00Z"
    roles = town.manager().get("/roles").json["items"]
    assert {grant["role"] for grant in roles} == {"manager"}


# --- files that mean harm ---------------------------------------------------------------------------------------------

CELLS = [
    *("", " ", "0", "-0", "-1", "5.0", "5.5", "1e3", "1e400", "NaN", "-Infinity", "0x10", "1_000", "٣", "５", "9" * 15),
    *("9" * 400, "true", "null", "2027-02-30", "31/12/2027", "99999-01-01", "0000-00-00", "2027-12-31T00:00:00Z"),
    *("a\0b", "a\x1bb", "two\nlines", "a\r\nb", "\u202eevil", "zero\u200bwidth", "𝔘𝔫𝔦", "e\u0301", "x" * 5000, "%s{0}"),
    *("=cmd|'/c calc'!A1", "../../etc/passwd", "'; DROP TABLE deed; --", "a;b;a", ";;;", "photo;photo", "5.005", '"'),
]
FILES: dict[str, bytes] = {
    "nothing": b"",
    "a line end": b"\r\n",
    "a byte order mark": b"\xef\xbb\xbf",
    "UTF-16": "code,category\na,b\n".encode("utf-16"),
    "an archive": b"PK\x03\x04" + bytes(300),
    "only NUL": bytes(1000),
    "an open quote": b'code,category\n"a,b\n' * 50,
    "a quote in the middle": b'code,category\na"b"c,"d"e\n',
    "a cell beyond the reader's limit": b"code,category\n" + b"a" * 200_000 + b",b\n",
    "ten thousand columns": b",".join(b"c%d" % number for number in range(10_000)) + b"\n",
    "a column without a name": b"code,,category\na,b,c\n",
    "a row of ten thousand cells": b"code,category\n" + b"a," * 10_000 + b"\n",
    "old line ends": b"code,category\ra,b\r",
    "no line ends": b"code,category" * 1000,
}


@pytest.mark.parametrize("group", ["catalogue", "rewards"])
def test_a_file_that_is_none_is_refused_with_a_reason(town: Town, load: Load, group: str) -> None:
    for name, content in FILES.items():
        refused = load(group, content)

        assert (refused.exit_code, type(refused.exception)) == (1, SystemExit), (name, refused.exception)
        assert refused.stderr, name
    assert (deeds(town), benefits(town)) == ({}, {})


@pytest.mark.parametrize(("group", "source"), [("catalogue", "deeds.csv"), ("rewards", "benefits.csv")])
def test_a_cell_that_means_harm_is_refused_or_kept_as_it_is(town: Town, load: Load, group: str, source: str) -> None:
    """One file per column, with every hostile cell in a row of its own: the rest loads, and what loads is stored."""
    good = rows_of(source)[0]
    for column in good:
        rows = [
            good | {"code": f"{column.replace('_', '-')}-{number}", column: cell} for number, cell in enumerate(CELLS)
        ]

        result = load(group, [row for row in rows if row["code"]], "--skip-bad")

        assert result.exit_code in (0, 1), (column, result.exception)
        assert isinstance(result.exception, SystemExit | None), (column, result.exception)
    found = deeds(town) if group == "catalogue" else benefits(town)
    assert len(found) > 10
    for code, item in found.items():
        if code.startswith("title-en-"):
            sent = CELLS[int(code.removeprefix("title-en-"))]
            assert item["titles"]["en"] == unicodedata.normalize("NFC", sent).strip(), sent
