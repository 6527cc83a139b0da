"""A partner's statement as a file to send and to keep: what was redeemed, per day and benefit, and what is owed for it.

What writes such a file takes a process 20 MB and half a second, so only one that was asked for it loads it.
"""

from importlib import import_module
from typing import Any

from flask import Response

from core.http.tables import CSV, attachment, csv_file
from core.settings import City

MEDIA_TYPES = {
    "csv": CSV,
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_COLUMNS = ("partner", "day", "benefit", "title", "redemptions", "value_eur")


def file_of(statement: dict[str, Any], kind: str, *, city: City, language: str) -> Response:
    """The statement (as `statements.partner_statement` tells it) as `csv`, `xlsx` or `pdf`."""
    partners = statement["partners"]
    name = f"{partners[0]['partner'] if len(partners) == 1 else 'partners'}-{statement['month']}"
    if kind == "csv":
        return csv_file(statement["days"], columns=_COLUMNS, name=name)
    writer = import_module(f"rewards.statement_{kind}")
    content: bytes = writer.written(statement, city=city, language=language)
    return attachment(content, media_type=MEDIA_TYPES[kind], name=f"{name}.{kind}")
