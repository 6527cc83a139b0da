"""A face is files that a process reads once; each has an address that names its edition and may be kept for good."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from posixpath import dirname
from threading import Lock

import orjson
from flask import Flask, Response, current_app, request

from core.db import Does
from core.errors import NotFound
from core.http.doors import ANYONE, open_to
from core.http.modules import apart, in_order, joined
from core.settings import ROOT

WEB = ROOT / "web"
FACES = {"phone": "/", "staff": "/staff", "till": "/till", "docs": "/docs"}
"""Each folder of `web/` that is a face, and the address of its index.html."""
COMMON = ("shared", "vendor")
WORKER = "sw.js"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
"""What is served of those folders; nothing else in them is."""
NOT_IN_THE_SHELL = (".html", ".png", ".txt", WORKER)
"""The page is kept under its own address; pictures of an app are kept by whoever installs it."""

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self';"
    " manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'none'"
)
DOCS_CSP = CSP.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")  # as RapiDoc styles its elements
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_EACH_TIME = "public, no-cache"

_OUR_FILE = re.compile(rb"""(["'])/web/(?=[a-z]+/)""")


@dataclass(frozen=True)
class Packed:
    """A file as it is sent, with and without gzip."""

    content: bytes
    media_type: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()[:32]

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.content, mtime=0)


class Site:
    """The files of all faces as they were when this process read them."""

    def __init__(self, folder: Path) -> None:
        self._files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in served_files(folder)}
        told = hashlib.sha256()
        for name, content in self._files.items():
            told.update(f"{name} {len(content)}\n".encode() + content)
        self.edition = told.hexdigest()[:16]
        self._scripts = {
            name: in_order(name, self._files) for name in self._files if name.endswith(("/app.js", f"/{WORKER}"))
        }
        self._packed = {name: Packed(self._as_sent(name), TYPES[Path(name).suffix]) for name in self._files}

    def file(self, name: str) -> Packed | None:
        return self._packed.get(name)

    def shell_of(self, face: str) -> list[str]:
        """The files that a face needs without a network."""
        ours = tuple(f"{folder}/" for folder in (face, *COMMON))
        entry = f"{face}/app.js"
        within = {*self._scripts.get(entry, ()), *self._only_of_workers()} - {entry}
        return [
            name
            for name in self._files
            if name.startswith(ours) and not name.endswith(NOT_IN_THE_SHELL) and name not in within
        ]

    def _only_of_workers(self) -> set[str]:
        of_pages = {name for entry, names in self._scripts.items() if not entry.endswith(WORKER) for name in names}
        return {name for names in self._scripts.values() for name in names} - of_pages

    def _as_sent(self, name: str) -> bytes:
        root = f"/web/{self.edition}"
        if name in self._scripts:
            script = joined(self._scripts[name], self._files, root=root)
            return script if name.endswith("/app.js") else self._shell(dirname(name)) + script
        if name.endswith(".js") and name.split("/")[0] in (*FACES, "shared"):
            together = frozenset(part for names in self._scripts.values() for part in names)
            return apart(name, self._files, together, root=root)
        if name.endswith("/index.html"):
            return _OUR_FILE.sub(rb"\g<1>%b/" % root.encode(), self._files[name])
        return self._files[name]

    def _shell(self, face: str) -> bytes:
        """What a service worker keeps: other text for each edition, so that the browser sees that one is new."""
        files = [f"/web/{self.edition}/{name}" for name in self.shell_of(face)]
        shell = {"face": face, "page": FACES[face], "edition": self.edition, "files": files}
        return b'"use strict";\nconst SHELL = %b;\n' % orjson.dumps(shell)


class SiteOnDisk:
    """Read when it is first asked for; in development read again once a file has changed."""

    def __init__(self, folder: Path, *, may_change: bool) -> None:
        self._folder = folder
        self._may_change = may_change
        self._lock = Lock()
        self._seen: list[object] = []
        self._site: Site | None = None

    def now(self) -> Site:
        with self._lock:
            if self._site is None or (self._may_change and self._seen != self._signs()):
                self._seen = self._signs()
                self._site = Site(self._folder)
            return self._site

    def _signs(self) -> list[object]:
        return [(file, file.stat().st_mtime_ns, file.stat().st_size) for file in served_files(self._folder)]


def served_files(folder: Path) -> list[Path]:
    """The files that a browser may ask for."""
    folders = (folder / name for name in (*FACES, *COMMON))
    return sorted(file for inner in folders for file in inner.rglob("*.*") if file.suffix in TYPES and file.is_file())


def init_pages(app: Flask) -> None:
    app.extensions["site"] = SiteOnDisk(WEB, may_change=not app.extensions["bonafeta"].is_production)
    for face, address in FACES.items():
        view = open_to(ANYONE, Does.PHASES)(partial(page, face))
        app.add_url_rule(address, endpoint=f"page.{face}", view_func=view)
    app.add_url_rule("/web/<code:face>/sw.js", view_func=worker)
    app.add_url_rule("/web/<code:edition>/<path:file>", view_func=file_of_an_edition)


def page(face: str) -> Response:
    """The one page of a face; what it shows goes by the part of the address behind #."""
    return _sent(f"{face}/index.html", keep=ASKED_EACH_TIME, csp=DOCS_CSP if face == "docs" else CSP)


@open_to(ANYONE, Does.PHASES)
def worker(face: str) -> Response:
    """The service worker of a face that works offline."""
    response = _sent(f"{face}/{WORKER}", keep=ASKED_EACH_TIME, csp=CSP)
    response.headers["Service-Worker-Allowed"] = FACES[face]
    return response


@open_to(ANYONE, Does.PHASES)
def file_of_an_edition(edition: str, file: str) -> Response:
    """A script, a style, a picture. Another edition's is not here: a page that asks for it is to be loaded again."""
    if edition != site().edition or file.endswith((".html", f"/{WORKER}")):
        raise NotFound()
    return _sent(file, keep=KEPT_FOR_GOOD, csp=CSP)


def site() -> Site:
    on_disk: SiteOnDisk = current_app.extensions["site"]
    return on_disk.now()


def _sent(name: str, *, keep: str, csp: str) -> Response:
    packed = site().file(name)
    if packed is None:
        raise NotFound()
    is_zipped = request.accept_encodings["gzip"] > 0 and not packed.media_type.startswith("image/png")
    response = Response(packed.zipped if is_zipped else packed.content, content_type=packed.media_type)
    if is_zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(packed.digest + ("-gzip" if is_zipped else ""))
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = keep
    response.headers["Content-Security-Policy"] = csp
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    response.make_conditional(request)
    return response
