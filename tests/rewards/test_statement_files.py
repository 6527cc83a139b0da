"""A statement goes into the books of others: as a workbook, as paper, as a table, in the reader's language."""

import csv
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from core.settings import ROOT
from tests.rewards.market import CINEMA, MUSEUM, Market
from tests.town import Person, Town

FORMULA = "=1+2 entrades"
_SHEET = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def file_of(person: Person, kind: str, *, language: str = "ca", partner: str = MUSEUM) -> bytes:
    query = {"month": "2026-12", "format": kind, "partner": partner}
    answer = person.get("/partner/statement", query_string=query, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.json
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{partner}-2026-12.{kind}"'
    return answer.get_data()


@pytest.fixture
def clerk(town: Town, market: Market) -> Person:
    """Of a museum where in December three tickets of 500 euro were used on one day, and one more later."""
    titles = {"en": "A ticket", "es": "Una entrada", "ca": FORMULA, "pt": "Um bilhete"}
    generous = replace(town.city.benefits, value_eur_per_year_max=1000)
    town.app.extensions["bonafeta"] = town.with_city(benefits=generous)
    market.benefit(value_eur=500, titles=titles)
    market.manager.patch(f"/partners/{MUSEUM}", json={"name": "Museu & <Fills>"})
    clerk = town.clerk(MUSEUM)
    for day in (2, 2, 2, 20):
        town.clock.set(datetime(2026, 12, day, 12, tzinfo=UTC))
        person = market.shopper(20)
        market.redeem(clerk, market.code(person, market.buy(person)))
    return clerk


def _text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_paper_has_partner_city_month_days_and_sums_as_people_there_write_them(clerk: Person, town: Town) -> None:
    ca, en = _text_of(file_of(clerk, "pdf")), _text_of(file_of(clerk, "pdf", language="en"))

    for told in (
        *(town.city.name, "Museu & <Fills>", "Extracte de vals utilitzats", "desembre de 2026", FORMULA),
        *("02/12/2026", "1.500,00 €", "20/12/2026", "500,00 €", "Total", "2.000,00 €", "Pàgina 1"),
    ):
        assert told in ca, told
    for told in ("Statement of vouchers used", "December 2026", "A ticket", "€1,500.00", "€2,000.00", "Page 1"):
        assert told in en, told


def test_a_month_without_vouchers_says_so(town: Town, market: Market) -> None:
    market.partner(CINEMA)

    told = _text_of(file_of(market.manager, "pdf", language="es", partner=CINEMA))

    assert "Este mes no se utilizó ningún vale." in told


def test_a_workbook_has_numbers_and_days_and_text_that_is_no_formula(clerk: Person) -> None:
    cells = _cells(file_of(clerk, "xlsx"))

    assert ("B8", "text", FORMULA) in cells
    assert [cell for cell in cells if cell[1] == "formula"] == []
    rows = {place: told for place, _, told in cells}
    assert (rows["A1"], rows["A2"], rows["A4"]) == (
        "Extracte de vals utilitzats",
        "Museu & <Fills>",
        "desembre de 2026",
    )
    assert (rows["C8"], rows["D8"], rows["C9"], rows["D9"]) == (4, 2000, 4, 2000)
    assert [(rows[f"A{line}"], rows[f"C{line}"], rows[f"D{line}"]) for line in (13, 14)] == [
        (_serial(2), 3, 1500),
        (_serial(20), 1, 500),
    ]


def _serial(day: int) -> int:
    """A day of December 2026 as a workbook counts it."""
    return (datetime(2026, 12, day) - datetime(1899, 12, 30)).days  # noqa: DTZ001  a calendar day


def _cells(workbook: bytes) -> list[tuple[str, str, Any]]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        shared = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    texts = ["".join(part.text or "" for part in item.iter() if part.tag.endswith("}t")) for item in shared]
    found: list[tuple[str, str, Any]] = []
    for cell in sheet.iterfind(".//x:c", _SHEET):
        value = cell.findtext("x:v", namespaces=_SHEET)
        if cell.find("x:f", _SHEET) is not None:
            found.append((cell.attrib["r"], "formula", value))
        elif value is not None:
            is_text = cell.attrib.get("t") == "s"
            found.append(
                (cell.attrib["r"], "text" if is_text else "number", texts[int(value)] if is_text else float(value))
            )
    return found


def test_a_table_has_a_row_per_day_and_benefit_and_no_formula(clerk: Person) -> None:
    rows = list(csv.DictReader(io.StringIO(file_of(clerk, "csv").decode("utf-8-sig"))))

    assert [(row["day"], row["title"], row["redemptions"], row["value_eur"]) for row in rows] == [
        ("2026-12-02", f"'{FORMULA}", "3", "1500.00"),
        ("2026-12-20", f"'{FORMULA}", "1", "500.00"),
    ]


def test_what_writes_files_is_loaded_only_when_it_is_asked_for() -> None:
    look = "import sys, app; print(sorted({'reportlab', 'xlsxwriter'} & set(sys.modules)))"

    told = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
