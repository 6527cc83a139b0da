"""The servers under load: ours as users start it, a bare Flask and a peer with the same web server and settings."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import machine
from bench.machine import Failed
from core.cli import serve_command
from core.serve import server_options
from core.settings import ROOT

READY_WITHIN_S, STOP_WITHIN_S = 60, 30


@dataclass(frozen=True)
class Server:
    """A running server, and how long it took from its start to its first answer."""

    address: tuple[str, int]
    pid: int
    started_in_s: float

    def cpu_seconds(self) -> float:
        """Of all that was started but the job runner, which works for nobody's request."""
        return machine.cpu_seconds(self.pid) - sum(map(machine.cpu_seconds, self._job_runner()))

    def memory_bytes(self) -> int:
        """Of the web server and its workers, and nothing else that was started."""
        children = [pid for pid in machine.children(self.pid) if machine.name(pid) != "sh"]
        web = set(children) - set(self._job_runner())
        return sum(map(machine.memory_bytes, web or {self.pid}))

    def memory_of_all_bytes(self) -> int:
        """Of all that was started, with the job runner."""
        return machine.memory_bytes(self.pid)

    def get(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        with closing(http.client.HTTPConnection(*self.address, timeout=READY_WITHIN_S)) as connection:
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            answer.read()
            return answer

    def _job_runner(self) -> list[int]:
        return [pid for pid in machine.children(self.pid) if machine.name(pid) == "bonafeta-jobs"]


@contextmanager
def ours(environ: Mapping[str, str], *, log: Path) -> Iterator[Server]:
    """`flask serve`, as users start it, with its job runner."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), "serve", "--port", str(port)]
    with _running(command, port=port, environ=environ, log=log) as server:
        yield server


@contextmanager
def other(application: str, environ: Mapping[str, str], *, log: Path) -> Iterator[Server]:
    """Another WSGI application, by the same web server with the same number of workers and threads."""
    usual: dict[str, Any] = {str(option.name): option.default for option in serve_command.params}
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        options = server_options(listener, usual["workers"], usual["threads"])
        command = [sys.executable, "-m", "gunicorn", *options, f"--pythonpath={ROOT}", application]
        port = listener.getsockname()[1]
        with _running(command, port=port, environ=environ, log=log, pass_fds=[listener.fileno()]) as server:
            yield server


@contextmanager
def _running(
    command: Sequence[str], *, port: int, environ: Mapping[str, str], log: Path, pass_fds: Sequence[int] = ()
) -> Iterator[Server]:
    began = time.monotonic()
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=pass_fds,
            start_new_session=True,  # a Ctrl-C ends the benchmark, and then it ends the server
        )
    try:
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > began + READY_WITHIN_S:
                raise Failed(f"{' '.join(command)} did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.01)
        yield Server(("127.0.0.1", port), process.pid, started_in_s=time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=READY_WITHIN_S)
    with suppress(OSError, http.client.HTTPException), closing(connection):
        connection.request("GET", "/readyz")
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR  # a peer has no such page
    return False
