"""A town of each test's own, served on a loopback port, and real Chromium in front of it, which asks no other host.

def test_a_resident_sees_their_balance(phone, town):
    page = phone(town.resident())
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import pytest
import segno
from flask import Flask
from PIL import Image, ImageOps
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from citizen import tokens
from core.settings import ROOT
from tests.clock import MovableClock
from tests.conftest import Copies
from tests.town import Person, Town
from tests.web.browser import CHROMIUM, leave_token

PICTURES = ROOT / "tests" / "web" / "pictures"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
SIZES = {"phone": PHONE, "desk": DESK}
THEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
SEEN_WITHIN_MS = 30_000
AXE = ROOT / "tests" / "web" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules among them that colours can break."""

collect_ignore_glob = [] if CHROMIUM else ["test_*.py"]
expect.set_options(timeout=SEEN_WITHIN_MS)

Opens = Callable[..., Page]


def pytest_report_header() -> str:
    """Say why what is not collected is not."""
    return f"pages: {CHROMIUM or 'tests/web is left out, since no chromium is on the PATH'}"


@pytest.fixture(params=("sqlite",))
def database(sqlite_copies: Copies) -> Iterator[str]:
    """What the pages ask for is tested on both databases where the API is; here one will do."""
    with sqlite_copies() as url:
        yield url


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, as by the real server

    def log(self, *_: Any, **__: Any) -> None:
        """The app itself logs what it answers."""


@pytest.fixture
def address(app: Flask, clock: MovableClock) -> Iterator[str]:
    """Where the town is served: `http://127.0.0.1:PORT`. Its answers are dated by the town's clock."""

    class Dated(_Quiet):
        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(clock.now().timestamp() if timestamp is None else timestamp)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Dated)
    thread = Thread(target=server.serve_forever, name="town")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


class Camera:
    """What the browser's camera sees: a still picture of a QR code."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.sees_nothing()

    def sees(self, text: str) -> None:
        """From the next time that a page looks through it."""
        seen = BytesIO()
        segno.make(text, micro=False).save(seen, kind="png", scale=8, border=8)
        self._sees(ImageOps.pad(Image.open(seen).convert("RGB"), (640, 480), color="white"))

    def sees_nothing(self) -> None:
        self._sees(Image.new("RGB", (640, 480), "white"))

    def _sees(self, picture: Image.Image) -> None:
        frame = BytesIO()
        picture.save(frame, "JPEG", quality=95)
        draft = self.file.with_suffix(".draft")
        draft.write_bytes(frame.getvalue() * 10)
        os.replace(draft, self.file)


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    return Camera(tmp_path_factory.mktemp("camera") / "seen.mjpeg")


@pytest.fixture(scope="session")
def browser(playwright: Playwright, camera: Camera) -> Iterator[Browser]:
    assert CHROMIUM
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    flags += [f"--use-file-for-fake-video-capture={camera.file}"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags, chromium_sandbox=os.geteuid() != 0)
    yield browser
    browser.close()


class Watch:
    """What pages did that none may do: ask another host, or complain on the console."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self.expected: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))

    def may_say(self, *texts: str) -> None:
        """A refusal that a test is about is on the console too: `watch.may_say("401")`."""
        self.expected += texts

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address + "/", "blob:", "data:")):
            self.faults.append(f"asked {url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.text} ({message.location.get('url', '')})")

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(text in fault for text in self.expected)]


@pytest.fixture
def watch(address: str) -> Iterator[Watch]:
    watch = Watch(address)
    yield watch
    assert watch.unexpected() == []


@pytest.fixture
def opens(browser: Browser, address: str, watch: Watch, town: Town) -> Iterator[Opens]:
    """`opens("/staff", person, size=DESK, language="ca")`: a page of a browser of its own, where the
    person is signed in already. More options go to the browser's context."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str = "/",
        person: Person | None = None,
        *,
        size: dict[str, int] | None = None,
        language: str = "en",
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=address,
            viewport=size or PHONE,  # type: ignore[arg-type]
            color_scheme=THEMES[0],
            locale=language,
            reduced_motion="reduce",
            permissions=["camera"],
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(SEEN_WITHIN_MS)
        watch.over(context)
        page = context.new_page()
        if person is not None:
            sign_in(page, person, town, face=face_at(path))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def phone(opens: Opens) -> Opens:
    """`phone(person, "/#/deeds")`: the phone client at 390 x 844."""
    return lambda person=None, path="/", **options: opens(path, person, **{"size": PHONE} | options)


@pytest.fixture
def desk(opens: Opens) -> Opens:
    """`desk(person, "/staff#/queue")`: the staff console at 1280 x 800."""
    return lambda person=None, path="/staff", **options: opens(path, person, **{"size": DESK} | options)


@pytest.fixture
def till(opens: Opens) -> Opens:
    """`till(person)`: the till on a phone."""
    return lambda person=None, path="/till", **options: opens(path, person, **{"size": PHONE} | options)


def face_at(path: str) -> str:
    return {"staff": "staff", "till": "till"}.get(path.lstrip("/").partition("#")[0], "phone")


def sign_in(page: Page, person: Person, town: Town, *, face: str) -> None:
    """Leave a refresh token where the face keeps it, as the sign-in by code does (`test_faces.py` goes that way)."""
    assert person.id is not None
    seed, at = os.urandom(tokens.SEED_BYTES), town.clock.now()
    opened = town.does(partial(tokens.open_session, person.id, seed=seed, at=at, settings=town.settings))
    leave_token(page, face, opened.refresh_token)


def module(page: Page, name: str, body: str, *given: Any) -> Any:
    """Run JavaScript with a module of the pages at hand: `module(page, "shared/queue.js", "await m.sendAll()")`; others
    come by `await load(name)`."""
    edition = page.evaluate("() => document.querySelector('script[type=module]').src.split('/')[4]")
    load = f"const load = async (name) => globalThis.$modules[name] ?? (await import('/web/{edition}/' + name))"
    return page.evaluate(
        f"async ([name, ...given]) => {{ {load}; const m = await load(name); {body} }}", [name, *given]
    )


def looks_right(page: Page, name: str) -> None:
    """The page as it stands, at both sizes and in both themes: axe finds nothing that WCAG 2.2 AA has against it, and
    nothing is wider than the screen, also with text of twice the size. There is a picture of each to be looked at
    (tests/web/pictures/NAME-SIZE-THEME.png, which git ignores)."""
    expect(page.locator("main .skeleton")).to_have_count(0)  # a page that still grows is measured wrong
    before = page.viewport_size
    faults: list[str] = []
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        with whole(page):
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                screenshot(page, f"{name}-{size}-{theme}")
                # A theme is other colours and nothing else (`shared/tokens.css`), so the second asks for these alone.
                faults += [f"{size}, {theme}: {fault}" for fault in axe(page, None if theme == THEMES[0] else COLOURS)]
        page.emulate_media(color_scheme=THEMES[0])
        faults += [f"{size}: wider than the screen: {one}" for one in too_wide(page)]
        with text_of_twice_the_size(page), whole(page):
            screenshot(page, f"{name}-{size}-200-percent")
            faults += [f"{size}, text of twice the size: wider than the screen: {one}" for one in too_wide(page)]
    page.set_viewport_size(before)  # type: ignore[arg-type]
    assert not faults, "\n".join([name, *faults])


def axe(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds against the rules, or without any, against all of WCAG 2.2 AA."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    chosen = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": WCAG}
    found = page.evaluate("(chosen) => axe.run({runOnly: chosen, resultTypes: ['violations']})", chosen)
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found["violations"] for node in rule["nodes"]]


def screenshot(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def too_wide(page: Page) -> list[str]:
    """What makes one scroll sideways."""
    found: list[str] = page.evaluate("""() => {
        const root = document.documentElement;
        const scrolls = (one) =>
            one !== root && (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement));
        return root.scrollWidth <= innerWidth ? [] : ['the page', ...[...document.body.querySelectorAll('*')]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !scrolls(one.parentElement))
            .map((one) => one.outerHTML.slice(0, 150))];
    }""")
    return found


@contextmanager
def text_of_twice_the_size(page: Page) -> Iterator[None]:
    set_size = "(size) => document.documentElement.style.setProperty('font-size', size)"
    page.evaluate(set_size, "200%")
    yield
    page.evaluate(set_size, "")


@contextmanager
def whole(page: Page) -> Iterator[None]:
    """The page on a screen as high as it is: what has half scrolled behind the bar at the foot is not small."""
    size = page.viewport_size
    assert size
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    yield
    page.set_viewport_size(size)
