"""The server and the jobs start together, and neither is left running alone."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests import served
from tests.races import serving

needs_ps = pytest.mark.skipif(shutil.which("ps") is None, reason="ps finds the processes to kill: install procps")
Copies = Callable[[], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def environ(sqlite_copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with sqlite_copies() as url:
        yield {"BONAFETA_DATABASE_URL": url, "BONAFETA_INSTANCE": str(tmp_path_factory.mktemp("instance"))}


@pytest.fixture(scope="module")
def town(environ: dict[str, str]) -> Iterator[served.Served]:
    with served.serving(environ) as town:
        yield town


@needs_ps
def test_a_killed_worker_is_replaced_and_nobody_notices(town: served.Served) -> None:
    (server,) = children_of(town.process.pid, "bonafeta-web")
    workers = children_of(server, "bonafeta-web")

    os.kill(workers[0], signal.SIGKILL)
    wait_until(lambda: workers[0] not in children_of(server, "bonafeta-web"))
    answers = [call(town, "GET", "/readyz") for _ in range(5)]
    wait_until(lambda: len(children_of(server, "bonafeta-web")) == len(workers))

    assert answers == [200] * 5


def test_a_body_that_trickles_in_does_not_hold_the_database(town: served.Served) -> None:
    with closing(line_to(town)) as slow:
        slow.putrequest("POST", "/api/v1/auth/codes")
        slow.putheader("Content-Type", "application/json")
        slow.putheader("Content-Length", "1000")
        slow.endheaders(b'{"email": ')

        answers = [call(town, "POST", "/api/v1/auth/codes", {"email": f"quick{i}@example.org"}) for i in range(3)]
        slow.send(b'"slow@example.org"}'.ljust(990))

        assert answers == [202] * 3
        assert slow.getresponse().status == 202


def test_a_phone_that_sends_before_it_reads_learns_why_it_was_refused(town: served.Served) -> None:
    with closing(line_to(town)) as phone:
        phone.request("POST", "/api/v1/auth/codes", b" " * 12 * 2**20, {"Connection": "close"})

        assert phone.getresponse().status == 413


def test_ctrl_c_ends_all_of_it_and_the_staff_of_a_laptop_were_named(environ: dict[str, str]) -> None:
    with served.serving(environ) as town:
        town.process.send_signal(signal.SIGINT)
        said = town.rest_of_output()

    assert town.process.returncode == 0
    assert "verifier@example.org" in said
    assert f"{environ['BONAFETA_INSTANCE']}/mail" in said


def test_nothing_outlives_a_killed_one_and_a_real_city_has_no_sample_staff(environ: dict[str, str]) -> None:
    real = {"BONAFETA_ENV": "production", "BONAFETA_SECRET_KEY": "for tests only, and the same in each of them"}

    with served.serving(environ | real) as town:
        town.process.kill()
        said = town.rest_of_output()

    assert "example.org" not in said
    with pytest.raises(ConnectionRefusedError):
        call(town, "GET", "/healthz")


@needs_ps
@pytest.mark.parametrize(("name", "told"), [("bonafeta-jobs", "the job runner"), ("bonafeta-web", "the server")])
def test_when_one_of_them_ends_the_rest_is_stopped_and_it_says_so(
    environ: dict[str, str], capfd: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    with served.serving(environ) as town:
        (child,) = children_of(town.process.pid, name)
        os.kill(child, signal.SIGKILL)
        town.rest_of_output()

    assert town.process.returncode == 1
    assert f"{told} has ended (signal 9)" in capfd.readouterr().err
    with pytest.raises(ConnectionRefusedError):
        call(town, "GET", "/healthz")


def test_the_workers_count_their_answers_together(environ: dict[str, str]) -> None:
    with served.serving(environ) as town:
        answers = [call(town, "GET", "/healthz") for _ in range(30)]
        figures = [figure_of(town, 'method="GET",route="/healthz",status="200"') for _ in range(10)]

    assert answers == [200] * 30
    assert figures == [30] * 10


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux tells what a process has open")
def test_no_two_processes_share_a_connection_though_one_was_open_before_they_were_made(
    postgresql_copies: Copies, tmp_path: Path
) -> None:
    """Behind a pooler the role's limits are asked for before anything starts."""
    with postgresql_copies() as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET lock_timeout = 4000'))
        engine.dispose()
        behind = {"BONAFETA_DATABASE_URL": url, "BONAFETA_POOLER": "transaction", "BONAFETA_INSTANCE": str(tmp_path)}

        with served.serving(behind) as town:
            mine = sockets_of(town.process.pid)
            theirs = [sockets_of(pid) for pid in serving.children_of(town.process.pid)]

    assert sum(map(len, [mine, *theirs])) == len(mine.union(*theirs))


def test_a_taken_port_is_said_in_one_line(environ: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        end = served.run("serve", "--port", str(port), environ=environ)

    assert end.returncode == 1
    assert end.stdout == ""
    assert end.stderr == (
        f"Error: cannot listen on port {port} of 127.0.0.1: Address already in use."
        f" To choose another port: make run PORT={port + 1}\n"
    )


def call(town: served.Served, method: str, path: str, body: object = None) -> int:
    """The status of the answer."""
    with closing(line_to(town)) as line:
        line.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        return line.getresponse().status


def figure_of(town: served.Served, labels: str) -> float:
    """How many requests of this kind were answered, by what one of the workers says."""
    with closing(line_to(town)) as line:
        line.request("GET", "/metrics")
        said = line.getresponse().read().decode()
    return next(float(row.split()[-1]) for row in said.splitlines() if f"bonafeta_requests_total{{{labels}}}" in row)


def line_to(town: served.Served) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(town.address.removeprefix("http://"), timeout=30)


def children_of(pid: int, name: str) -> list[int]:
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,stat=,comm="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 3) for line in listed.stdout.splitlines())
    return [int(row[0]) for row in rows if int(row[1]) == pid and "Z" not in row[2] and row[-1].strip() == name]


def sockets_of(pid: int) -> set[str]:
    return {link for file in Path(f"/proc/{pid}/fd").iterdir() if (link := os.readlink(file)).startswith("socket:")}


def wait_until(is_so: Callable[[], bool]) -> None:
    """Asks a program each time, and so does not spin."""
    for _ in range(1000):
        if is_so():
            return
    raise AssertionError("not within reasonable time")
