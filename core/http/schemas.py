"""What comes in is checked to the letter: unknown fields refused, integers bounded, times with a zone, text clean."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
import orjson
from flask import Request
from marshmallow import fields, validate
from webargs.flaskparser import FlaskParser

INT_MAX = 2**31 - 1
"""Beyond any quantity of this domain and within every database's integer."""
INSTANT_MIN, INSTANT_MAX = datetime(1900, 1, 1, tzinfo=UTC), datetime(2300, 1, 1, tzinfo=UTC)
"""Beyond any time of this domain, and far enough from where a calendar ends to reckon with."""

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


class Schema(ma.Schema):
    """All our schemas: unknown fields are refused, order is that of the class."""

    class Meta:
        unknown = ma.RAISE


class Parser(FlaskParser):
    """webargs, refusing unknown names in the query as well, and reading JSON as strictly as it is written: without
    NaN, lone surrogates, endless numbers or nesting without end."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012  webargs declares it so
        "json": ma.RAISE,
        "query": ma.RAISE,
        "form": ma.RAISE,
        "files": ma.RAISE,
        "headers": ma.EXCLUDE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data()
        if not body or not req.is_json:
            return ma.missing
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as problem:
            return self._handle_invalid_json_error(problem, req)

    def load_files(self, req: Request, schema: ma.Schema) -> Any:
        """The files of an upload. A part that is text is refused, as any field nobody asked for."""
        if req.form:
            told = {name: ["Send it as a file." if name in schema.fields else "Unknown field."] for name in req.form}
            raise ma.ValidationError(told)
        return super().load_files(req, schema)


class Whole(fields.Integer):
    """A whole number within bounds. `5` and `5.0` are the same integer in JSON (so `5.0` is always accepted);
    strings, booleans and fractions are refused (promises A7)."""

    def __init__(self, *, at_least: int = 0, at_most: int = INT_MAX, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(at_least, at_most), **kwargs)

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer() and abs(value) <= INT_MAX:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class WholeInQuery(Whole):
    """A whole number in a query string, where everything is text."""

    def _validated(self, value: Any) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and len(text) <= 10):
            raise self.make_error("invalid")
        return int(text)


class Boolean(fields.Boolean):
    """`true` or `false`, and nothing that a language would take for them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Text(fields.String):
    """Text of bounded length, normalised (NFC) and trimmed, without control characters (line breaks where `lines`)."""

    default_error_messages = {  # noqa: RUF012  marshmallow declares it so
        "control": "Control characters are not accepted.",
        "surrogate": "This is not valid Unicode text.",
    }

    def __init__(self, *, at_most: int, at_least: int = 1, lines: bool = False, **kwargs: Any) -> None:
        self._bounds, self._lines = validate.Length(at_least, at_most), lines
        kwargs["metadata"] = {"minLength": at_least, "maxLength": at_most} | kwargs.get("metadata", {})
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text.encode()
        except UnicodeEncodeError as problem:
            raise self.make_error("surrogate") from problem
        text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
        if any(unicodedata.category(c) == "Cc" and not (self._lines and c in "\n\t") for c in text):
            raise self.make_error("control")
        self._bounds(text)
        return text


class Code(fields.String):
    """A lower-case name with hyphens: the code of a deed, a benefit, a partner, a district."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z"), **kwargs)
        self.validators.append(validate.Length(1, 60))


class Instant(fields.DateTime):
    """RFC 3339 with a zone, kept in UTC; without a zone it is refused (promises A46), and so is another age."""

    default_error_messages = {"invalid": "Give a time with a zone, such as 2026-11-23T10:00:00Z."}  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type="datetime")
        try:
            instant = datetime.fromisoformat(value.upper())
            if instant.tzinfo is None or not INSTANT_MIN <= instant <= INSTANT_MAX:
                raise self.make_error("invalid", input=value, obj_type="datetime")
            return instant.astimezone(UTC)
        except (ValueError, OverflowError) as problem:
            raise self.make_error("invalid", input=value, obj_type="datetime") from problem

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return str(value.astimezone(UTC).isoformat()).replace("+00:00", "Z")


class BooleanInQuery(Boolean):
    """`true` or `false` in a query string, where everything is text."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class Difference(Schema):
    """What a change changes in one field."""

    field = fields.String(required=True, metadata={"description": "such as points or titles.ca"})
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
