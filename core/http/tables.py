"""What is answered as JSON is the same as CSV with `?format=csv`, and no cell of it is a formula to a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response
from marshmallow import fields, validate

from core.http.schemas import Schema

CSV = "text/csv"
_FORMULA = re.compile(r"\s*[=+\-@|\t\r\n]")


class FormatQuery(Schema):
    """How the answer is to be written."""

    format = fields.String(
        load_default="json",
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "`csv`: the rows as a file for a spreadsheet"},
    )


def csv_file(rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str], name: str) -> Response:
    """The rows under their columns' names, in UTF-8 that says so, as spreadsheets want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(row[column]) for column in columns] for row in rows)
    return attachment(text.getvalue().encode("utf-8-sig"), media_type=CSV, name=f"{name}.csv")


def attachment(content: bytes, *, media_type: str, name: str) -> Response:
    return Response(content, mimetype=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def harmless(cell: Any) -> Any:
    """A cell as it can stand in a spreadsheet: text that would be taken for a formula is told to be text."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell
