"""`python -m bench.web`: when a face shows its content on a slow phone and a bad line, from traces of real Chromium."""

import json
import os
import re
import secrets
import signal
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright
from sqlalchemy import select

from app import create_app
from bench.server import ours
from bench.town import flask
from citizen import tokens
from citizen.models import Citizen
from core.db import db, in_transaction
from core.settings import Settings
from tests.web.browser import CHROMIUM, leave_token

CPU_SLOWDOWN = 4
LATENCY_MS, DOWN_BITS_PER_S, UP_BITS_PER_S = 150, 1_600_000, 750_000
SHOWN_WITHIN_MS = 60_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
RESIDENTS = 20
TRACED = ["blink.user_timing", "loading", "devtools.timeline"]
TARGETS_MS = {"first": 2_000, "again": 1_000}
SHELL_BYTES_MAX = 150_000

# What a reader came for is there: the page has its heading, and nothing of it is still a grey shape.
MARK_SHOWN = """() => {
    const look = () => {
        if (!document.querySelector('main h1') || document.querySelector('main .skeleton')) return;
        seen.disconnect();
        requestAnimationFrame(() => setTimeout(() => performance.mark('shown')));
    };
    const seen = new MutationObserver(look);
    seen.observe(document, {subtree: true, childList: true});
}"""


@dataclass(frozen=True)
class View:
    """A face, as whom it is opened, and on what."""

    what: str
    path: str
    size: dict[str, int]
    email: str | None = None

    @property
    def face(self) -> str:
        return self.path.strip("/") or "phone"


VIEWS = (
    View("phone, nobody signed in", "/", PHONE),
    View("phone, a resident", "/", PHONE, "resident1@example.org"),
    View("till, nobody signed in", "/till", PHONE),
    View("console, nobody signed in", "/staff", DESK),
    View("console, a verifier", "/staff", DESK, "verifier@example.org"),
)


@dataclass
class Figures:
    """Of one view: milliseconds from the navigation, and bytes over the line, of each round."""

    first_ms: list[float] = field(default_factory=list)
    again_ms: list[float] = field(default_factory=list)
    first_paint_ms: list[float] = field(default_factory=list)
    first_bytes: list[int] = field(default_factory=list)


@click.command()
@click.option("--rounds", default=5, type=click.IntRange(1), help="How often each is opened; the median is told.")
@click.option("--json", "file", type=click.Path(path_type=Path, dir_okay=False), help="Where all figures go.")
def main(rounds: int, file: Path | None) -> None:
    """Open each face as a phone would that is CPU_SLOWDOWN times slower than this machine, on a line of 1.6 Mbit/s and
    150 ms: the first time with nothing kept, and again with what the first visit left."""
    if CHROMIUM is None:
        raise click.ClickException("There is no chromium on the PATH.")
    found: dict[str, Figures] = {view.what: Figures() for view in VIEWS}
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (address, settings):
        shells = _shells(settings)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=os.geteuid() != 0)
            for _ in range(rounds):
                for view in VIEWS:
                    _measure(view, browser, address, settings, found[view.what])
            browser.close()
    for line in _told(found, shells):
        click.echo(line)
    if file is not None:
        facts = {"rounds": rounds, "shells": shells, "views": {what: vars(figures) for what, figures in found.items()}}
        file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, Settings]]:
    """The sample city with some residents, as users start it, on SQLite."""
    environ = {"BONAFETA_INSTANCE": str(folder), "BONAFETA_SECRET_KEY": secrets.token_hex(32)}
    for command in (["db", "upgrade"], ["sample"], ["seed", "--residents", str(RESIDENTS)]):
        flask(command, environ)
    with ours(environ, log=folder / "server.log") as server:
        yield f"http://127.0.0.1:{server.address[1]}", Settings.load({**os.environ, **environ})


def _shells(settings: Settings) -> dict[str, tuple[int, int]]:
    """Compressed bytes of each face: of what one reader of it needs, and of all that is kept for offline use."""
    site = create_app(settings).extensions["site"].now()
    found = {}
    for face in ("phone", "till", "staff"):
        sizes = {name: len(site.file(name).zipped) for name in site.shell_of(face)}
        found[face] = (sum(size for name, size in sizes.items() if is_for_one_reader(name)), sum(sizes.values()))
    return found


def is_for_one_reader(name: str) -> bool:
    """Whether a file of a shell is neither another reader's language nor what reads codes where the browser cannot."""
    return not re.search(r"/strings/(ca|es|pt)\.js|/qr[^/]*\.js", name)


def _measure(view: View, browser: Browser, address: str, settings: Settings, figures: Figures) -> None:
    context = browser.new_context(base_url=address, viewport=view.size, locale="en")  # type: ignore[arg-type]
    if view.email is not None:
        _sign_in(context, view, settings)
    context.add_init_script(f"({MARK_SHOWN})()")
    first = context.new_page()
    shown, painted, received = _opened(first, view, browser)
    figures.first_ms.append(shown)
    figures.first_paint_ms.append(painted)
    figures.first_bytes.append(received)
    if view.face != "staff":
        first.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    first.close()
    again = context.new_page()
    figures.again_ms.append(_opened(again, view, browser)[0])
    context.close()


def _opened(page: Page, view: View, browser: Browser) -> tuple[float, float, int]:
    """When the content was shown and when anything was painted, in ms from the navigation; and how many bytes came."""
    line: CDPSession = page.context.new_cdp_session(page)
    line.send("Network.enable")
    speed = {"downloadThroughput": DOWN_BITS_PER_S / 8, "uploadThroughput": UP_BITS_PER_S / 8}
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed})
    line.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    received: list[int] = []
    line.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    browser.start_tracing(page=page, categories=TRACED)
    page.goto(view.path, wait_until="commit")
    for entry in ("shown", "first-contentful-paint"):
        page.wait_for_function("(name) => performance.getEntriesByName(name)[0]", arg=entry, timeout=SHOWN_WITHIN_MS)
    trace = json.loads(browser.stop_tracing())["traceEvents"]
    line.detach()
    began = max(event["ts"] for event in trace if _is_navigation(event, view.path))
    return _since(began, "shown", trace), _since(began, "firstContentfulPaint", trace), sum(received)


def _is_navigation(event: dict[str, Any], path: str) -> bool:
    data = event.get("args", {}).get("data", {})
    return event["name"] == "navigationStart" and str(data.get("documentLoaderURL", "")).endswith(path)


def _since(began: float, name: str, trace: list[dict[str, Any]]) -> float:
    """Milliseconds; the trace counts microseconds."""
    return min(float(event["ts"]) - began for event in trace if event["name"] == name and event["ts"] >= began) / 1000


def _sign_in(context: BrowserContext, view: View, settings: Settings) -> None:
    """Leave a refresh token where the face keeps it, with nothing else of the face."""

    def opened() -> str:
        person = db.session.scalars(select(Citizen.id).where(Citizen.email == view.email)).one()
        seed = secrets.token_bytes(tokens.SEED_BYTES)
        return tokens.open_session(person, seed=seed, at=settings.clock.now(), settings=settings).refresh_token

    with create_app(settings).app_context():
        token: str = in_transaction(opened)
    page = context.new_page()
    leave_token(page, view.face, token)
    page.close()


def _told(found: dict[str, Figures], shells: dict[str, tuple[int, int]]) -> Iterator[str]:
    how = f"{CPU_SLOWDOWN}x slower, {DOWN_BITS_PER_S / 1e6} Mbit/s, {LATENCY_MS} ms; medians, and the slowest"
    yield f"\nContent shown, in ms ({how})\n"
    yield f"  {'':28} {'painted':>8} {'first':>14} {'again':>14} {'kB at first':>12}"
    for what, figures in found.items():
        told = [f"{statistics.median(ms):.0f} ({max(ms):.0f})" for ms in (figures.first_ms, figures.again_ms)]
        painted, received = statistics.median(figures.first_paint_ms), statistics.median(figures.first_bytes)
        yield f"  {what:28} {painted:8.0f} {told[0]:>14} {told[1]:>14} {received / 1000:12.0f}"
    yield f"  {'wanted':28} {'':8} {'< 2000':>14} {'< 1000':>14}"
    yield f"\nThe shell of one reader, compressed (wanted: < {SHELL_BYTES_MAX / 1000:.0f} kB), and all that is kept\n"
    for face, (one, all_of_it) in shells.items():
        yield f"  {face:28} {one / 1000:8.1f} kB {all_of_it / 1000:8.1f} kB"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server that was started is ended too
    main()
