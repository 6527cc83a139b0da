"""A real server with several processes, and crowds of clients that all go at once."""

import http.client
import json
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.served import Served
from tests.town import Person

ANSWERED_WITHIN_S = 60
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
    """What `flask serve` serves on a loopback port."""

    served: Served

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str,
        json_body: Any = None,
        raw_body: bytes | None = None,
        headers: dict[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Answer:
        """`source` is the address that the client calls from, any of this machine's."""
        netloc = urlsplit(self.served.address).netloc
        connection = http.client.HTTPConnection(netloc, timeout=ANSWERED_WITHIN_S, source_address=(source, 0))
        carried = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | (headers or {})
        try:
            body = raw_body if json_body is None else json.dumps(json_body)
            connection.request(method, "/api/v1" + path, body=body, headers=carried)
            response = connection.getresponse()
            return Answer(response.status, response.read(), dict(response.headers))
        except (ConnectionError, http.client.HTTPException):
            return Answer(0, b"", {})
        finally:
            connection.close()

    def kill_a_worker(self) -> None:
        """SIGKILL to one of gunicorn's workers; its master starts another."""
        workers = self.workers()
        if workers:  # else the master is just starting one
            os.kill(workers[0], signal.SIGKILL)

    def workers(self) -> list[int]:
        """The process ids of gunicorn's workers."""
        [master] = [pid for pid in children_of(self.served.process.pid) if _name(pid) == "bonafeta-web"]
        return children_of(master)

    def status_of(self, path: str) -> int:
        """What a page outside the API answers."""
        connection = http.client.HTTPConnection(urlsplit(self.served.address).netloc, timeout=ANSWERED_WITHIN_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def all_at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Run each in a thread of its own, all let go in the same moment; the results in their order."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(run, acts))


def token_of(person: Person) -> str:
    assert person.token is not None
    return person.token
