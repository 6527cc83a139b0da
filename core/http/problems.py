"""Each answer that is not a success is one problem+json (RFC 9457) with a stable code and the facts, never a trace."""

import errno
from typing import Any

import marshmallow as ma
import orjson
import structlog
from flask import Flask, Response, g
from gunicorn.http.errors import NoMoreData, ParseException
from marshmallow import fields
from werkzeug.exceptions import BadRequest, HTTPException

from core.db import InsufficientStorage
from core.errors import Refusal
from core.http.schemas import Schema

log = structlog.get_logger()

BROKEN_LINE = (ParseException, NoMoreData)
"""What gunicorn raises where a body is not what HTTP says that it is."""

HTTP_CODES = {
    400: ("bad_request", "The request cannot be read: is its body JSON?"),
    404: ("not_found", "There is nothing here that you may see."),
    405: ("method_not_allowed", "This address does not take that method."),
    406: ("not_acceptable", "This can only be answered as JSON."),
    408: ("request_timeout", "The request took too long to arrive."),
    412: ("precondition_failed", "What you saw has changed meanwhile: read it again."),
    413: ("content_too_large", "The request is larger than this address takes."),
    414: ("uri_too_long", "The address is too long."),
    415: ("unsupported_media_type", "Send JSON, with Content-Type: application/json."),
    416: ("range_not_satisfiable", "This part does not exist."),
    422: ("invalid", "The request holds something that cannot be accepted: see `errors`."),
    431: ("headers_too_large", "The headers are larger than this server takes."),
    500: ("internal_error", "Something broke on our side; nothing was changed."),
}


class ProblemError(Schema):
    """One thing that cannot be accepted."""

    field = fields.String(required=True, metadata={"description": "where: a dotted path into what was sent"})
    reason = fields.String(required=True, metadata={"description": "what is wrong, in English"})
    rule = fields.String(metadata={"description": "the charter rule that forbids it, such as C30"})


class Problem(Schema):
    """An error. `code` is stable; the facts of the case (`balance`, `price_points`, …) stand beside it."""

    class Meta:
        unknown = ma.INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    request_id = fields.String()
    errors = fields.List(fields.Nested(ProblemError))


def init_problems(app: Flask) -> None:
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http_exception)
    app.register_error_handler(OSError, answer_full_disk)
    for broken in BROKEN_LINE:
        app.register_error_handler(broken, answer_broken_line)


def answer_refusal(no: Refusal) -> Response:
    log.info("refused", code=no.code())
    facts = dict(no.facts)
    response = _problem(no.status, no.code(), facts.pop("title", None) or no.title(), facts)
    response.headers.update(no.headers)
    if "retry_after" in no.facts:
        response.headers["Retry-After"] = str(no.facts["retry_after"])
    return response


def answer_broken_line(_: Exception) -> Response:
    """A body that the server finds broken while it is read, as chunks of no size, is the sender's fault."""
    return answer_http_exception(BadRequest())


def answer_full_disk(error: OSError) -> Response:
    """A file that found no room is refused as a row that found none (promises A38)."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        raise error
    return answer_refusal(InsufficientStorage(retry_after=30))


def answer_http_exception(error: HTTPException) -> Response:
    """What Flask, Werkzeug and webargs raise; an exception nobody expected arrives as a 500 and is logged whole."""
    status = error.code or 500
    if status < 400 and error.response is None:
        return Response(error.get_body(), status=status, headers=error.get_headers())  # a redirect
    code, title = HTTP_CODES.get(status, HTTP_CODES[500])
    messages = getattr(error, "data", {}).get("messages")
    response = _problem(status, code, title, {"errors": list(flat(messages))} if messages else {})
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _problem(status: int, code: str, title: str, facts: dict[str, Any]) -> Response:
    body = {"type": f"urn:bonafeta:problem:{code}", "title": title, "status": status, "code": code}
    body |= facts | {"request_id": g.get("request_id", "")}
    return Response(
        orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z), status=status, content_type="application/problem+json"
    )


def flat(messages: Any, path: str = "") -> Any:
    """marshmallow's nested messages as rows of field and reason."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            is_wrapper = not path and name in ("json", "query", "files", "form", "path", "headers")
            name = "" if is_wrapper or name == "_schema" else _printable(name)
            yield from flat(inner, ".".join(part for part in (path, name) if part))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from flat(inner, path)
    else:
        yield {"field": path, "reason": str(messages)}


def _printable(name: object) -> str:
    """A field's name as the sender wrote it, cut, and without what JSON cannot carry (lone surrogates)."""
    return str(name)[:100].encode("utf-8", "replace").decode()
