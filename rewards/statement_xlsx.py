"""A statement as a workbook: text is written as text, whatever it begins with, so that it is no formula and no link."""

import io
from typing import Any

import xlsxwriter

from core.settings import City
from rewards.statement_words import WORDS, month_told, of_each_partner

_EURO = {True: '"€"#,##0.00', False: '#,##0.00 "€"'}


def written(statement: dict[str, Any], *, city: City, language: str) -> bytes:
    """A sheet per partner."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": f"{WORDS[language].title}, {statement['month']}", "author": city.name})
        formats = _formats(book, euro=_EURO[language == "en"])
        for number, part in enumerate(of_each_partner(statement), start=1):
            sheet = book.add_worksheet(f"{number} {part['partner']}"[:31])  # no sheet's name is longer
            told = (part["partner_name"], city.name, month_told(statement["month"], language=language))
            _fill(sheet, part, told=told, formats=formats, language=language)
    return content.getvalue()


def _formats(book: Any, *, euro: str) -> dict[str, Any]:
    wished = {
        "title": {"bold": True, "font_size": 14},
        "bold": {"bold": True},
        "head": {"bold": True, "bottom": 1},
        "number_head": {"bold": True, "bottom": 1, "align": "right"},
        "day": {"num_format": "dd/mm/yyyy", "align": "left"},
        "whole": {"num_format": "#,##0"},
        "euro": {"num_format": euro},
        "sum": {"bold": True, "top": 1, "num_format": "#,##0"},
        "euro_sum": {"bold": True, "top": 1, "num_format": euro},
    }
    return {name: book.add_format(wish) for name, wish in wished.items()}


def _fill(sheet: Any, part: dict[str, Any], *, told: tuple[str, ...], formats: dict[str, Any], language: str) -> None:
    words = WORDS[language]
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 48)
    sheet.set_column(2, 3, 14)
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, words.title, formats["title"])
    for line, text in enumerate(told, start=1):
        sheet.write_string(line, 0, text, formats["bold"])
    line = 5
    for caption, rows in ((words.by_benefit, part["items"]), (words.by_day, part["days"])):
        sheet.write_string(line, 0, caption, formats["bold"])
        heads = (words.day if "day" in (rows or [{}])[0] else "", words.benefit)
        for column, head in enumerate(heads):
            sheet.write_string(line + 1, column, head, formats["head"])
        for column, head in enumerate((words.vouchers, words.value), start=2):
            sheet.write_string(line + 1, column, head, formats["number_head"])
        line += 2
        for row in rows:
            if "day" in row:
                sheet.write_datetime(line, 0, row["day"], formats["day"])
            sheet.write_string(line, 1, row["title"])
            sheet.write_number(line, 2, row["redemptions"], formats["whole"])
            sheet.write_number(line, 3, float(row["value_eur"]), formats["euro"])
            line += 1
        sheet.write_string(line, 0, words.total, formats["sum"])
        sheet.write_blank(line, 1, None, formats["sum"])
        sheet.write_number(line, 2, part["redemptions"], formats["sum"])
        sheet.write_number(line, 3, float(part["value_eur"]), formats["euro_sum"])
        line += 2
