"""One command serves a city: the web server and the jobs start together, and neither is left running alone."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from core.http.metrics import MULTIPROCESS
from core.settings import ROOT

READY_WITHIN_S = 60
STOP_WITHIN_S = 15

# The guard leads the process group of the server and the jobs. When its input ends, whoever started them has died
# without a word, and it ends them.
GUARD = f"trap '' TERM; read -r end_of_input; kill -TERM 0; sleep {STOP_WITHIN_S}; kill -KILL 0"

Child = subprocess.Popen[bytes]
Start = Callable[..., Child]


class ServeError(Exception):
    """The city cannot be served (any more): the text says why and what to do."""


def serve(*, host: str, port: int, workers: int, threads: int, when_ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `when_ready` is told the address once requests are answered.

    Port 0 is any free one. Raises `ServeError` when the port cannot be had, when nothing answers within
    `READY_WITHIN_S`, and when the server or the jobs end by themselves. What was started has ended by then.
    """
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job is started with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt), _listening(host, port) as listener, _figures() as figures, _group() as start:
        address = _address(listener)
        environ = {
            # Fewer heaps for the threads of a process: each keeps what it once needed.
            "MALLOC_ARENA_MAX": "2",
            **os.environ,
            "BONAFETA_PUBLIC_URL": os.environ.get("BONAFETA_PUBLIC_URL") or address,
        }
        server = server_command(listener, workers, threads)
        children = {
            "the server": start(*server, environ=environ | figures, pass_fds=[listener.fileno()]),
            "the job runner": start("flask", "--app", str(ROOT / "app.py"), "jobs", "run", environ=environ),
        }
        listener.close()
        _wait_until_ready(address, children)
        when_ready(address)
        while True:
            _see_that_all_run(children)
            time.sleep(0.2)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket to serve on: taking it is the check, so that nobody can take it in between."""
    try:
        listener = socket.create_server((host, port), family=_family(host), backlog=1024)
    except OSError as problem:
        reason = os.strerror(problem.errno) if problem.errno and problem.errno > 0 else problem
        raise ServeError(
            f"cannot listen on port {port} of {host}: {reason}. To choose another port: make run PORT={port + 1}"
        ) from problem
    with listener:
        yield listener


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _address(listener: socket.socket) -> str:
    """Where this machine's own browser finds it."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  it is read here, not listened on
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _figures() -> Iterator[dict[str, str]]:
    """The folder through which the workers count their requests together."""
    with tempfile.TemporaryDirectory(prefix="bonafeta-figures-") as folder:
        yield {MULTIPROCESS: folder}


@contextmanager
def _group() -> Iterator[Start]:
    """Start Python modules (`start(name, *arguments)`) that end with this block, also if this process is killed."""
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0
    )
    children: list[Child] = []

    def start(module: str, *arguments: str, environ: dict[str, str], pass_fds: Sequence[int] = ()) -> Child:
        children.append(
            subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                pass_fds=pass_fds,
                process_group=guard.pid,  # a Ctrl-C reaches this process only
            )
        )
        return children[-1]

    try:
        yield start
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        os.killpg(guard.pid, signal.SIGTERM)
        patience_ends = time.monotonic() + STOP_WITHIN_S
        for child in children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0, patience_ends - time.monotonic()))
        os.killpg(guard.pid, signal.SIGKILL)
        for child in (guard, *children):
            child.wait()


def server_command(
    listener: socket.socket, workers: int, threads: int, *, application: str = "app:create_app()"
) -> list[str]:
    """The web server's module and arguments, also for those whom a benchmark compares with us."""
    memory = Path("/dev/shm")  # noqa: S108  a heartbeat on a busy disk can stop a worker
    return [
        "gunicorn",
        f"--bind=fd://{listener.fileno()}",
        "--preload",  # the workers share what they do not change, and one that is replaced is there at once
        "--worker-class=gthread",
        f"--workers={workers}",
        f"--threads={threads}",
        f"--pythonpath={ROOT}",
        *([f"--worker-tmp-dir={memory}"] if os.access(memory, os.W_OK) else []),
        "--keep-alive=20",
        "--timeout=60",
        f"--graceful-timeout={STOP_WITHIN_S - 5}",
        "--limit-request-line=4094",
        "--limit-request-fields=64",
        "--limit-request-field_size=8190",
        "--forwarded-allow-ips=",  # BONAFETA_PROXIES says whom to believe
        "--no-control-socket",
        "--log-level=warning",
        application,
    ]


def _wait_until_ready(address: str, children: Mapping[str, Child]) -> None:
    patience_ends, state = time.monotonic() + READY_WITHIN_S, "no answer"
    while time.monotonic() < patience_ends:
        _see_that_all_run(children)
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
            connection.request("GET", "/readyz")
            status = connection.getresponse().status
            connection.close()
            if status == http.client.OK:
                return
            state = f"status {status}"
        time.sleep(0.1)
    raise ServeError(f"/readyz did not say ready within {READY_WITHIN_S} s ({state}): is the database up and migrated?")


def _see_that_all_run(children: Mapping[str, Child]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            how = f"signal {-child.returncode}" if child.returncode < 0 else f"exit code {child.returncode}"
            raise ServeError(f"{name} has ended ({how}), so the rest is stopped too: see what is logged above")
