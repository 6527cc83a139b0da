"""One command serves a city: the web server and the jobs start together, and neither is left running alone."""

import gc
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

from flask import Flask
from gunicorn.app.base import BaseApplication

from core.http.metrics import count_together

STOPS = (signal.SIGINT, signal.SIGTERM)
READY_WITHIN_S = 60
STOP_WITHIN_S = 15

# The guard leads the process group of the server and the jobs. When its input ends, whoever started them has died
# without a word, and it ends them.
GUARD = f"trap '' TERM; read -r end_of_input; kill -TERM 0; sleep {STOP_WITHIN_S}; kill -KILL 0"

Start = Callable[[str, Callable[[], None]], ForkProcess]


class ServeError(Exception):
    """The city cannot be served (any more): the text says why and what to do."""


def serve(
    app: Flask,
    *,
    host: str,
    port: int,
    workers: int,
    threads: int,
    run_jobs: Callable[[], None],
    when_taken: Callable[[str], None],
    when_ready: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C or SIGTERM; `when_taken` is told the address before anything starts, and `when_ready` once
    requests are answered. `run_jobs` runs them until SIGTERM.

    The server and the jobs are made from this process, which has the application loaded: no thread may run in it, and
    no connection be open, when `when_taken` is done. Port 0 is any free one. Raises `ServeError` when the port cannot
    be had, when nothing answers within `READY_WITHIN_S`, and when the server or the jobs end by themselves. What was
    started has ended by then.
    """
    for number in STOPS:  # a shell's background job is started with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt), _listening(host, port) as listener, _figures() as figures, _group() as start:
        address = _address(listener)
        when_taken(address)
        gc.freeze()  # the collector writes to every object that it looks at, and what is written is shared no more
        children = {
            "the server": start("bonafeta-web", partial(_run_server, app, listener, workers, threads, figures)),
            "the job runner": start("bonafeta-jobs", partial(_run_without, listener, run_jobs)),
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
def _figures() -> Iterator[Path]:
    """The folder through which the workers count their requests together."""
    with tempfile.TemporaryDirectory(prefix="bonafeta-figures-") as folder:
        yield Path(folder)


@contextmanager
def _group() -> Iterator[Start]:
    """Make processes from this one (`start(name, work)`) that end with this block, also if this one is killed."""
    guard = subprocess.Popen(
        ["/bin/sh", "-c", GUARD], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0
    )
    children: list[ForkProcess] = []

    def start(name: str, work: Callable[[], None]) -> ForkProcess:
        def begin() -> None:
            assert guard.stdin
            guard.stdin.close()  # the guard waits for its end, and only the parent's death may bring that about
            os.setpgid(0, guard.pid)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            with suppress(OSError):  # what `ps` and `top` show, where the system keeps it there
                Path("/proc/self/comm").write_text(name)
            for number in STOPS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            work()

        child = get_context("fork").Process(target=begin, name=name)
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # until the child answers to them as itself
        try:
            child.start()
            children.append(child)
            os.setpgid(child.pid or 0, guard.pid)  # a Ctrl-C reaches this process only
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        return child

    try:
        yield start
    finally:
        for number in STOPS:
            signal.signal(number, signal.SIG_IGN)
        os.killpg(guard.pid, signal.SIGTERM)
        patience_ends = time.monotonic() + STOP_WITHIN_S
        for child in children:
            child.join(max(0, patience_ends - time.monotonic()))
        os.killpg(guard.pid, signal.SIGKILL)
        guard.wait()
        for child in children:
            child.join()


def _run_server(app: Flask, listener: socket.socket, workers: int, threads: int, figures: Path) -> None:
    count_together(figures)
    options = server_options(listener, workers, threads)
    listener.detach()  # it is the web server's now
    _WebServer(app, options).run()


class _WebServer(BaseApplication):  # type: ignore[misc]
    """Gunicorn with an application that is loaded already."""

    def __init__(self, app: Flask, options: Sequence[str]) -> None:
        self._app, self._options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in vars(self.cfg.parser().parse_args(self._options)).items():
            if value is not None and name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def _run_without(listener: socket.socket, work: Callable[[], None]) -> None:
    listener.close()
    work()


def server_options(listener: socket.socket, workers: int, threads: int) -> list[str]:
    """The web server's arguments, also for those whom a benchmark compares with us."""
    memory = Path("/dev/shm")  # noqa: S108  a heartbeat on a busy disk can stop a worker
    return [
        f"--bind=fd://{listener.fileno()}",
        "--preload",  # the workers share what they do not change, and one that is replaced is there at once
        "--worker-class=gthread",
        f"--workers={workers}",
        f"--threads={threads}",
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
    ]


def _wait_until_ready(address: str, children: Mapping[str, ForkProcess]) -> None:
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


def _see_that_all_run(children: Mapping[str, ForkProcess]) -> None:
    for name, child in children.items():
        code = child.exitcode
        if code is not None:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise ServeError(f"{name} has ended ({how}), so the rest is stopped too: see what is logged above")
