"""Whatever comes down the line, the server answers below 500 or hangs up, goes on, and its memory is bounded."""

import io
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from PIL import Image

from app import create_app
from core.db import db
from core.settings import Settings
from tests.catalogue.cases import Cases
from tests.clock import MovableClock
from tests.conftest import STARTS_AT
from tests.races.serving import Server, all_at_once
from tests.served import Served, serving
from tests.town import Person, Town

MIB = 2**20
ENDLESS_BYTES = 48 * MIB
"""What "without end" comes to here: more than the server takes in of any request."""
GROWTH_BYTES_MAX = 64 * MIB
"""Per worker, over all of these requests together."""

JSON = b"Content-Type: application/json\r\n"
POST = b"POST /api/v1/auth/codes HTTP/1.1\r\nHost: town\r\n" + JSON
GET = b"GET /api/v1/me HTTP/1.1\r\nHost: town\r\n"

LINES: dict[str, bytes] = {
    "nothing": b"",
    "bytes": bytes(range(256)) * 40,
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP of the future": b"GET /healthz HTTP/9.9\r\nHost: town\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "a proxy's address": b"GET http://evil.example.org/healthz HTTP/1.1\r\nHost: town\r\n\r\n",
    "a long address": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: town\r\n\r\n",
    "a NUL in the address": b"GET /api/v1/deeds/a\0b HTTP/1.1\r\nHost: town\r\n\r\n",
    "bytes in the address": b"GET /api/v1/deeds/\xff\xfe HTTP/1.1\r\nHost: town\r\n\r\n",
    "a NUL in a header": GET + b"Authorization: Bearer a\0b\r\n\r\n",
    "bytes in a header": GET + b"Authorization: Bearer \xff\xfe\r\nAccept-Language: \xe9\r\n\r\n",
    "a long header": GET + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    "ten thousand headers": GET + b"X: a\r\n" * 10_000 + b"\r\n",
    "headers without end": GET + b"X: " + b"a" * 4 * MIB,
    "a header without a colon": GET + b"nonsense\r\n\r\n",
    "a folded header": GET + b"Authorization: Bearer\r\n a.b.c\r\n\r\n",
    "a blank before the colon": GET + b"Authorization : Bearer a\r\n\r\n",
    "line feeds only": GET.replace(b"\r\n", b"\n") + b"\n",
    "two of Authorization": GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "two keys": POST + b"Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 2\r\n\r\n{}",
    "two of If-Match": GET + b'If-Match: "1"\r\nIf-Match: "2"\r\n\r\n',
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\n{}",
    "a length in letters": POST + b"Content-Length: two\r\n\r\n{}",
    "a length with a plus": POST + b"Content-Length: +2\r\n\r\n{}",
    "a length without end": POST + b"Content-Length: " + b"9" * 300 + b"\r\n\r\n{}",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}",
    "more than is sent": POST + b"Content-Length: 200\r\n\r\n{}",
    "less than is sent": POST + b"Content-Length: 1\r\n\r\n{}GET / HTTP/1.1\r\n\r\n",
    "a length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}",
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and something": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "another encoding": POST + b"Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
    "a chunk of no size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "a chunk below nothing": POST + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
    "a chunk beyond all size": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 40 + b"\r\n{}\r\n0\r\n\r\n",
    "a chunk that is not whole": POST + b"Transfer-Encoding: chunked\r\n\r\nFF\r\n{}",
    "a chunk with an endless extension": POST + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"a" * MIB,
    "a trailer without end": POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"a" * MIB,
}


@pytest.fixture(scope="module")
def environ(
    sqlite_copies: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("lines")
    with sqlite_copies() as url:
        yield {
            "BONAFETA_DATABASE_URL": url,
            "BONAFETA_INSTANCE": str(folder / "instance"),
            "BONAFETA_SECRET_KEY": "for tests only, and the same in each",
            "BONAFETA_CLOCK": str(MovableClock(folder / "clock", starts_at=STARTS_AT).file),
        }


@pytest.fixture(scope="module")
def cases(environ: dict[str, str]) -> Iterator[Cases]:
    app = create_app(Settings.load(environ))
    cases = Cases(Town(app, MovableClock(Path(environ["BONAFETA_CLOCK"]), starts_at=STARTS_AT)))
    cases.deed()
    yield cases
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def served(environ: dict[str, str]) -> Iterator[Served]:
    with serving(environ) as served:
        yield served


def test_nothing_that_comes_down_the_line_breaks_the_server(served: Served) -> None:
    for name, line in LINES.items():
        answer = sent(served, [line])

        assert answer[:1] in (b"", b"H"), name
        statuses = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
        assert all(200 <= status < 500 for status in statuses), (name, answer[:300])
        assert sent(served, [b"GET /healthz HTTP/1.1\r\nHost: town\r\nConnection: close\r\n\r\n"])[9:12] == b"200", name


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the most memory that a process had")
def test_memory_is_bounded_however_much_is_sent(served: Served, cases: Cases) -> None:
    """Bodies without end, in chunks and with a length, and pictures that are small as files and huge as pixels, four at
    once each time."""
    doer = cases.town.resident()
    submission = cases.claim(doer)
    before = {pid: most_memory(pid) for pid in Server(served).workers()}
    head = f"Host: town\r\nAuthorization: Bearer {doer.token}\r\nConnection: close\r\n".encode()
    photo = f"POST /api/v1/submissions/{submission}/evidence HTTP/1.1\r\n".encode() + head
    chunked = b"Transfer-Encoding: chunked\r\n"
    form = b"Content-Type: multipart/form-data; boundary=x\r\n"
    part = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    starts = {
        "JSON in chunks": b"POST /api/v1/submissions HTTP/1.1\r\n" + head + JSON + chunked + b"\r\n",
        "a photo in chunks": photo + form + chunked + b"\r\n" + b"%x\r\n%s\r\n" % (len(part), part),
        "nobody's body": b"POST /api/v1/nowhere HTTP/1.1\r\n" + head + chunked + b"\r\n",
        "a GET with a body": b"GET /api/v1/me HTTP/1.1\r\n" + head + chunked + b"\r\n",
    }

    for name, start in starts.items():
        answers = all_at_once([partial(sent, served, endless(start)) for _ in range(4)])

        for answer in answers:
            assert answer == b"" or answer[9:10] in (b"2", b"4"), (name, answer[:200])
    for bomb in (png_bomb(), png_bomb(side=4900), zip_bomb()):
        uploads = all_at_once([partial(upload, served, doer, submission, bomb) for _ in range(4)])

        assert {answer[9:12] for answer in uploads} <= {b"422", b"415", b"201", b"200"}, uploads

    grown = {pid: most_memory(pid) - before[pid] for pid in Server(served).workers()}
    assert max(grown.values()) < GROWTH_BYTES_MAX, grown


def endless(start: bytes) -> Iterator[bytes]:
    yield start
    piece = b"10000\r\n" + b"x" * 2**16 + b"\r\n"
    for _ in range(ENDLESS_BYTES // 2**16):
        yield piece


def png_bomb(side: int = 20_000) -> bytes:
    content = io.BytesIO()
    Image.new("1", (side, side)).save(content, "PNG", compress_level=9)
    return content.getvalue()


def zip_bomb() -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("photo.jpg", bytes(64 * MIB))
    return content.getvalue()


def upload(served: Served, doer: Person, submission: str, content: bytes) -> bytes:
    boundary = secrets.token_hex(8).encode()
    body = b'--%s\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n%s\r\n--%s--\r\n'
    body %= (boundary, content, boundary)
    head = (
        f"POST /api/v1/submissions/{submission}/evidence HTTP/1.1\r\nHost: town\r\nConnection: close\r\n"
        f"Authorization: Bearer {doer.token}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={boundary.decode()}\r\n\r\n"
    )
    return sent(served, [head.encode(), body])


def sent(served: Served, pieces: Iterator[bytes] | list[bytes]) -> bytes:
    """Send all of it, or until the server hangs up, and say no more; what came back."""
    address = urlsplit(served.address)
    assert address.hostname
    assert address.port
    answer = b""
    with closing(socket.create_connection((address.hostname, address.port), timeout=60)) as line:
        with suppress(OSError):
            for piece in pieces:
                line.sendall(piece)
            line.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while piece := line.recv(2**16):
                answer += piece
    return answer


def most_memory(pid: int) -> int:
    """The most bytes of memory that the process has had at once."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
