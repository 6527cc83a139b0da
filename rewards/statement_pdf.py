"""A statement as pages of paper: partner, city, month, what was used per benefit and per day, and the sums."""

import io
from functools import cache, partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from core.settings import City
from rewards.statement_words import WORDS, Words, day_told, euro_told, month_told, of_each_partner, whole_told

_INK, _LINE = colors.HexColor("#1f2a30"), colors.HexColor("#9aa8ae")
_MARGIN = 18 * mm
_WIDTHS = {True: (26 * mm, 90 * mm, 26 * mm, 32 * mm), False: (116 * mm, 26 * mm, 32 * mm)}


def written(statement: dict[str, Any], *, city: City, language: str) -> bytes:
    """Pages of A4, a partner's beginning on a new one."""
    _register_fonts()
    content, words = io.BytesIO(), WORDS[language]
    month = month_told(statement["month"], language=language)
    parts = of_each_partner(statement)
    flow: list[Any] = []
    for part in parts:
        flow += [PageBreak()] if flow else []
        flow += _pages_of(part, words, city=city, month=month, language=language)
    document = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=f"{words.title}, {month}",
        author=city.name,
        lang=language,
    )
    foot = partial(_foot, words=words, told=f"{city.name} · {month}")
    document.build(flow, onFirstPage=foot, onLaterPages=foot)
    return content.getvalue()


def _pages_of(part: dict[str, Any], words: Words, *, city: City, month: str, language: str) -> list[Any]:
    flow: list[Any] = [
        Paragraph(escape(city.name), _style(10, color=colors.HexColor("#52626a"))),
        Paragraph(escape(words.title), _style(17, bold=True)),
        Spacer(1, 4 * mm),
        Paragraph(escape(part["partner_name"]), _style(12, bold=True)),
        Paragraph(escape(month), _style(12)),
        Spacer(1, 6 * mm),
    ]
    if not part["items"]:
        return [*flow, Paragraph(escape(words.nothing), _style(10))]
    for caption, rows in ((words.by_benefit, part["items"]), (words.by_day, part["days"])):
        flow += [Paragraph(escape(caption), _style(11, bold=True)), Spacer(1, 2 * mm)]
        flow += [_table(rows, part, words, language=language), Spacer(1, 8 * mm)]
    return flow


def _table(rows: list[dict[str, Any]], part: dict[str, Any], words: Words, *, language: str) -> Table:
    has_days = "day" in rows[0]
    cells = [[*([words.day] if has_days else []), words.benefit, words.vouchers, words.value]]
    for row in rows:
        numbers = [whole_told(row["redemptions"], language=language), euro_told(row["value_eur"], language=language)]
        day = [day_told(row["day"])] if has_days else []
        cells.append([*day, Paragraph(escape(row["title"]), _style(9)), *numbers])
    sums = [whole_told(part["redemptions"], language=language), euro_told(part["value_eur"], language=language)]
    cells.append([words.total, *([""] if has_days else []), *sums])
    drawn = [
        ("FONT", (0, 0), (-1, -1), "Vera", 9),
        ("FONT", (0, 0), (-1, 0), "VeraBd", 9),
        ("FONT", (0, -1), (-1, -1), "VeraBd", 9),
        ("TEXTCOLOR", (0, 0), (-1, -1), _INK),
        ("ALIGN", (-2, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, _INK),
        ("LINEBELOW", (0, 1), (-1, -2), 0.25, _LINE),
        ("LINEABOVE", (0, -1), (-1, -1), 0.8, _INK),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    return Table(cells, colWidths=_WIDTHS[has_days], repeatRows=1, style=drawn, hAlign="LEFT")


def _foot(canvas: Any, _document: Any, *, words: Words, told: str) -> None:
    canvas.setFont("Vera", 8)
    canvas.setFillColor(colors.HexColor("#52626a"))
    canvas.drawString(_MARGIN + 6, 10 * mm, told)
    canvas.drawRightString(A4[0] - _MARGIN - 6, 10 * mm, f"{words.page} {canvas.getPageNumber()}")


def _style(size: int, *, bold: bool = False, color: Any = _INK) -> Any:
    font = "VeraBd" if bold else "Vera"
    return ParagraphStyle(f"{font}{size}", fontName=font, fontSize=size, leading=size * 1.35, textColor=color)


@cache
def _register_fonts() -> None:
    """Fonts that come with the library, put into the file: a partner's name is read as it is written."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in ("Vera", "VeraBd"):
        registerFont(TTFont(name, folder / f"{name}.ttf"))
