"""What is public is read with one statement: a page is kept as bytes under its ETag until the catalogue changes."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import orjson
from flask import Response, current_app, request

BYTES_MAX = 16 * 2**20
GZIP_BYTES_MIN = 500

NOT_MODIFIED = "What the client has (If-None-Match) is what it would get."
PAGE_HEADERS = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "Sent back as If-None-Match: 304 while nothing changes.",
    },
    "Content-Language": {"schema": {"type": "string"}, "description": "The language that `title` is in."},
}


def public_page(*edition: object, language: str, build: Callable[[], Any]) -> Response:
    """The page at this address, 304 where the client has it already, or what `build` makes, to be kept.

    `edition` names everything that the page depends on besides its address and the language; its values are what the
    one statement found. The encoding is part of the ETag: each stands for one sequence of bytes (RFC 9110, 8.8.3).
    """
    encoding = request.accept_encodings.best_match(["gzip", "identity"], "identity")
    facts = [edition, language, encoding, request.path, sorted(request.args.items(multi=True))]
    etag = hashlib.sha256(orjson.dumps(facts, default=str)).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        body = _pages().get(etag) or _pages().keep(etag, _encoded(build(), encoding))
        response = Response(body, mimetype="application/json")
        if body.startswith(_GZIP_MAGIC):
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(etag)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Language, Accept-Encoding"
    response.headers["Content-Language"] = language
    return response


_GZIP_MAGIC = b"\x1f\x8b"


def _encoded(page: Any, encoding: str | None) -> bytes:
    body = orjson.dumps(page, option=orjson.OPT_UTC_Z)
    return gzip.compress(body, mtime=0) if encoding == "gzip" and len(body) >= GZIP_BYTES_MIN else body


class Pages:
    """The pages asked for last, within `bytes_max`, shared by the threads of a process."""

    def __init__(self, *, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, etag: str) -> bytes | None:
        with self._lock:
            body = self._bodies.get(etag)
            if body is not None:
                self._bodies.move_to_end(etag)
            return body

    def keep(self, etag: str, body: bytes) -> bytes:
        with self._lock:
            self._bytes += len(body) - len(self._bodies.pop(etag, b""))
            self._bodies[etag] = body
            while self._bytes > self._bytes_max:
                self._bytes -= len(self._bodies.popitem(last=False)[1])
        return body


def _pages() -> Pages:
    pages: Pages = current_app.extensions.setdefault("public_pages", Pages(bytes_max=BYTES_MAX))
    return pages
