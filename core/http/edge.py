"""One request is one database transaction, opened and committed here: identify, admit, claim the key, do, keep."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import UnsupportedMediaType

from core.db import Does, in_transaction
from core.errors import Refusal
from core.http.doors import Caller, Door, Key, now, settings
from core.http.idempotency import Claim, fingerprint_of, read_key
from core.http.metrics import count
from core.http.problems import BROKEN_LINE, answer_refusal
from core.http.public_pages import BYTES_MAX, Edition, KeptPage, KeptPages, ReadEdition, SharedReading, asked_by
from core.ids import new_id
from core.replica import PublicReads
from core.settings import Settings

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

CallerOf = Callable[..., Caller | None]
_LEFT_BODY_MAX = 32 * 2**20
HARDENING = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""What every answer says that does not say otherwise."""
ONLY_BY_TLS = {"Strict-Transport-Security": "max-age=31536000"}
"""And in production."""
_STARTED, _REQUEST_ID = "bonafeta.started", "bonafeta.request_id"
"""What is noted of a request beside what the web server says of it."""
_GOOD_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
log = structlog.get_logger()


class Edge(Flask):
    """Flask, with the transaction around each view.

    The commit happens inside `dispatch_request`, so that what the database raises at commit still reaches the error
    handlers. `caller_of(authorization, at=...)` tells who calls; `app.py` sets it, since core knows no people.
    """

    caller_of: CallerOf
    hardening: Mapping[str, str] = HARDENING

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options)
        self.extensions["kept_pages"] = KeptPages(bytes_max=BYTES_MAX)
        self._readings: dict[ReadEdition, SharedReading] = {}

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """A public page that was answered before, and still holds, is answered without asking Flask."""
        environ[_STARTED] = time.perf_counter()
        request_id = environ[_REQUEST_ID] = request_id_for(environ.get("HTTP_X_REQUEST_ID", ""))

        def answer(status: str, headers: list[tuple[str, str]], *problem: Any) -> Callable[[bytes], object]:
            said = {name.lower() for name, _ in headers}
            unsaid = [header for header in self.hardening.items() if header[0].lower() not in said]
            return start_response(status, [*headers, *unsaid, ("X-Request-Id", request_id)], *problem)

        asked = asked_by(environ)
        page = self.extensions["kept_pages"].find(asked) if asked else None
        if page is None or not self._holds(page):
            return super().wsgi_app(environ, answer)
        status, headers, body = page.answer(environ.get("HTTP_IF_NONE_MATCH"))
        answer(status, headers)
        _answered(environ, page.route, int(status[:3]))
        return [body]

    def _holds(self, page: KeptPage) -> bool:
        reading = self._readings.setdefault(page.read_edition, SharedReading())
        try:
            return reading.of(partial(self._edition, page.read_edition)) == page.edition
        except SQLAlchemyError:
            return False  # what is the matter is told on the way that all requests take

    def _edition(self, read: ReadEdition) -> Edition:
        settings: Settings = self.extensions["bonafeta"]
        reads: PublicReads = self.extensions["public_reads"]
        engine = reads.engine()
        try:
            with engine.connect() as connection:
                found = read(connection, at=settings.clock.now(), city=settings.city)
        except SQLAlchemyError:
            reads.failed(engine)
            raise
        reads.answered(engine)
        return found

    def preprocess_request(self) -> ResponseReturnValue | None:
        g.request_id = request.environ[_REQUEST_ID]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        g.at = settings().clock.now()
        return super().preprocess_request()

    def process_response(self, response: Response) -> Response:
        if response.status_code >= 400:
            _take_in_the_rest()
        _answered(request.environ, str(request.url_rule or "none"), response.status_code)
        return super().process_response(response)

    def dispatch_request(self) -> ResponseReturnValue:
        door = door_of(self, request.endpoint)
        if door is None or request.routing_exception is not None or request.method == "OPTIONS":
            return super().dispatch_request()
        request.max_content_length = door.body_bytes_max
        if door.does is Does.PHASES:
            if door.who:  # what is open to anyone needs no database: a process that lives says so when that is away
                in_transaction(lambda: self._admitted(door), does=Does.READS)
            return super().dispatch_request()
        # The body is read before the transaction begins: a slow phone must not hold the database.
        body = request.get_data()
        if door.takes_json and body and not request.is_json:
            raise UnsupportedMediaType()
        try:
            return in_transaction(lambda: self._answer(door, body), does=door.does)
        except Refusal as no:
            if no.final and not no.stays and "Idempotency-Key" in request.headers and door.key is not Key.NONE:
                return in_transaction(partial(self._kept_refusal, door, body, no))
            raise

    def log_exception(self, exc_info: Any) -> None:
        log.error("crashed", method=request.method, route=str(request.url_rule), exc_info=exc_info)

    def _admitted(self, door: Door) -> Caller | None:
        person = self.caller_of(request.headers.get("Authorization"), at=now()) if door.who else None
        door.admit(person)
        g.caller = person
        return person

    def _answer(self, door: Door, body: bytes) -> Response:
        claim = self._claim(door, body)
        if claim is not None and claim.stored is not None:
            return _replayed(door, claim.stored)
        try:
            answer = self.make_response(super().dispatch_request())
        except Refusal as no:
            if no.stays and claim is not None:
                claim.keep(answer_refusal(no)) if no.final else claim.release()
            raise
        if claim is not None:
            claim.keep(answer)
        return answer

    def _kept_refusal(self, door: Door, body: bytes, no: Refusal) -> Response:
        claim = self._claim(door, body)
        if claim is None:
            raise no
        if claim.stored is not None:
            return _replayed(door, claim.stored)
        answer = answer_refusal(no)
        claim.keep(answer)
        return answer

    def _claim(self, door: Door, body: bytes) -> Claim | None:
        person = self._admitted(door)
        if door.key is Key.NONE or person is None:
            return None
        key = read_key(request, is_required=door.key is Key.REQUIRED)
        return (key and claim_for(person, key, fingerprint_of(request, body), at=now())) or None


def _replayed(door: Door, stored: Response) -> Response:
    if door.on_replay is not None:
        door.on_replay(stored)
    return stored


def claim_for(person: Caller, key: str, fingerprint: bytes, *, at: datetime) -> Claim:
    """Claim a key for this person and this operation, inside the open transaction."""
    return Claim(citizen_id=person.citizen_id, operation=str(request.endpoint), key=key, fingerprint=fingerprint, at=at)


def request_id_for(given: str) -> str:
    """The number that a request came with, or a new one where that would not do in a log."""
    return given if _GOOD_REQUEST_ID.match(given) else str(new_id())


def door_of(app: Flask, endpoint: str | None) -> Door | None:
    return getattr(app.view_functions.get(endpoint or ""), "door", None)


def routes_without_door(app: Flask) -> list[str]:
    """The endpoints that do not say who may call them; `create_app` refuses to start with any."""
    return sorted(name for name in app.view_functions if name != "static" and door_of(app, name) is None)


def _take_in_the_rest() -> None:
    """Read what a refused request still sends, within bounds: if the connection were closed on it, a client that
    sends all before it reads would see a broken line instead of the answer."""
    if request.environ.get("wsgi.input_terminated") and (request.content_length or 0) <= _LEFT_BODY_MAX:
        left = request.environ["wsgi.input"]
        with suppress(*BROKEN_LINE):
            for _ in range(_LEFT_BODY_MAX // 2**16):
                if not left.read(2**16):
                    break


def _answered(environ: Mapping[str, Any], route: str, status: int) -> None:
    """Count and log one answer."""
    method = environ["REQUEST_METHOD"]
    count(method, route, status, seconds=time.perf_counter() - environ[_STARTED])
    log.info("answered", method=method, route=route, status=status, request_id=environ[_REQUEST_ID])
