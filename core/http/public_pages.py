"""What is public is read with one statement: a page is kept as bytes, under its ETag, until its edition changes."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Any, TypeVar

import orjson
from flask import Response, current_app, request
from sqlalchemy import Connection
from werkzeug.http import parse_etags

from core.settings import City

Found = TypeVar("Found")

BYTES_MAX = 4 * 2**20
GZIP_BYTES_MIN = 500

NOT_MODIFIED = "What the client has (If-None-Match) is what it would get."
PAGE_HEADERS = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "Sent back as If-None-Match: 304 while nothing changes.",
    },
    "Content-Language": {"schema": {"type": "string"}, "description": "The language that `title` is in."},
}

Edition = tuple[object, ...]
"""All that a page depends on besides its address and the language."""
ReadEdition = Callable[..., Edition]
"""`read(connection, at=..., city=...)`, with one statement and nothing of the request: a function of a module."""
Asked = tuple[str, ...]


@dataclass(frozen=True)
class KeptPage:
    """A page as it was answered, and how to see whether it still holds."""

    route: str
    etag: str
    body: bytes
    headers: tuple[tuple[str, str], ...]
    edition: Edition
    read_edition: ReadEdition

    def answer(self, if_none_match: str | None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status line, headers and body for a client that has these ETags already."""
        if _has(self.etag, if_none_match):
            return "304 NOT MODIFIED", [header for header in self.headers if header[0] in _ALSO_ON_304], b""
        return "200 OK", [*self.headers, ("Content-Length", str(len(self.body)))], self.body


def _has(etag: str, if_none_match: str | None) -> bool:
    if if_none_match is None:
        return False
    return if_none_match == etag or parse_etags(if_none_match).contains_weak(etag[1:-1])


_ALSO_ON_304 = ("ETag", "Cache-Control", "Vary")


def public_page(page: Any, *, edition: Edition, language: str, read_edition: ReadEdition | None = None) -> Response:
    """`page` as JSON, or 304 where the client has it already. With `read_edition` it is kept, and answered again
    without the route as long as its edition is the same.

    The encoding is part of the ETag: each stands for one sequence of bytes (RFC 9110, 8.8.3).
    """
    encoding = request.accept_encodings.best_match(["gzip", "identity"], "identity")
    facts = [edition, language, encoding, request.path, sorted(request.args.items(multi=True))]
    etag = f'"{hashlib.sha256(orjson.dumps(facts, default=str)).hexdigest()[:32]}"'
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Language", language),
        ("ETag", etag),
        ("Cache-Control", "public, no-cache"),
        ("Vary", "Accept-Language, Accept-Encoding"),
    ]
    if_none_match = request.headers.get("If-None-Match")
    body = b""
    if read_edition is not None or not _has(etag, if_none_match):  # what is neither kept nor sent need not be packed
        body = orjson.dumps(page, option=orjson.OPT_UTC_Z)
        if encoding == "gzip" and len(body) >= GZIP_BYTES_MIN:
            body = gzip.compress(body, compresslevel=6, mtime=0)  # the usual: the last per cent take half the time
            headers.append(("Content-Encoding", "gzip"))
    made = KeptPage(str(request.url_rule), etag, body, tuple(headers), edition, read_edition or _never_again)
    asked = asked_by(request.environ)
    if read_edition is not None and asked is not None:
        kept_pages().keep(asked, made)
    status, sent, content = made.answer(if_none_match)
    return Response(content, status=status, headers=sent)


def _never_again(_: Connection, *, at: datetime, city: City) -> Edition:
    raise AssertionError("this page is not kept")


def asked_by(environ: Mapping[str, Any]) -> Asked | None:
    """What tells one public page from another; None for a request that is more than a plain look at one."""
    has_body = (environ.get("CONTENT_LENGTH") or "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ
    if environ["REQUEST_METHOD"] != "GET" or has_body:
        return None
    asked = tuple(environ.get(name, "") for name in _TELLING)
    return asked if sum(map(len, asked)) <= _ASKED_LENGTH_MAX else None


_TELLING = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING")
_ASKED_LENGTH_MAX = 500


class KeptPages:
    """The pages asked for last, within `bytes_max`, shared by the threads of a process."""

    def __init__(self, *, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._pages: OrderedDict[Asked, KeptPage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def find(self, asked: Asked) -> KeptPage | None:
        with self._lock:
            page = self._pages.get(asked)
            if page is not None:
                self._pages.move_to_end(asked)
            return page

    def keep(self, asked: Asked, page: KeptPage) -> None:
        with self._lock:
            before = self._pages.pop(asked, None)
            self._pages[asked] = page
            self._bytes += _size(page) - (_size(before) if before else 0)
            while self._bytes > self._bytes_max:
                self._bytes -= _size(self._pages.popitem(last=False)[1])


def _size(page: KeptPage) -> int:
    return len(page.body) + _ASKED_LENGTH_MAX


class SharedReading:
    """One reading serves all who had asked before it began, so that nobody is told what was true before their question:
    of many who ask at once, most wait for one instead of asking the database."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turn = count()  # orders questions and readings
        self._began = -1
        self._found: Any = None

    def of(self, read: Callable[[], Found]) -> Found:
        asked = next(self._turn)
        with self._lock:
            if self._began < asked:
                began = next(self._turn)
                self._found = read()
                self._began = began
            found: Found = self._found
            return found


def kept_pages() -> KeptPages:
    pages: KeptPages = current_app.extensions["kept_pages"]
    return pages
