"""A real server with several processes, and crowds of clients that all go at once."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S, ANSWERED_WITHIN_S = 30, 60
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What came back; `status` is 0 when the connection was cut."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """gunicorn on a loopback port."""

    process: subprocess.Popen[bytes]
    port: int

    def send(
        self, method: str, path: str, *, token: str, json_body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWERED_WITHIN_S)
        carried = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | (headers or {})
        try:
            connection.request(
                method, "/api/v1" + path, body=None if json_body is None else json.dumps(json_body), headers=carried
            )
            response = connection.getresponse()
            return Answer(response.status, response.read(), dict(response.headers))
        except (ConnectionError, http.client.HTTPException):
            return Answer(0, b"", {})
        finally:
            connection.close()

    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_a_worker(self) -> None:
        os.kill(self.workers()[0], signal.SIGKILL)


@contextmanager
def serving(environ: dict[str, str], *, workers: int = 3, threads: int = 8) -> Iterator[Server]:
    """Start the server, wait until it is ready, stop it in the end."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--workers", str(workers), "--threads", str(threads)]
    command += ["--bind", f"127.0.0.1:{port}", "--backlog", "512", "app:create_app()"]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_until_ready(port, process)
            yield Server(process, port)
        finally:
            process.terminate()


def all_at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Run each in a thread of its own, all let go in the same moment; the results in their order."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(run, acts))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)  # the port is not there yet: ask again
        finally:
            connection.close()
    raise RuntimeError(f"the server did not become ready (exit code {process.poll()})")
