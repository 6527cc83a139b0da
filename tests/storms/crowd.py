"""Phones by the dozen: each is a thread with a connection of its own that stays open."""

import http.client
import json
import queue
import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

from tests.races.serving import ANSWERED_WITHIN_S, Answer, Server

T = TypeVar("T")
Tell = Callable[[int], None]
"""Told how much more of the work is done."""


class Line:
    """One phone's connection. Status 0 is an answer that never came; `cut` counts how often the line broke."""

    def __init__(self, server: Server) -> None:
        self._host = urlsplit(server.served.address).netloc
        self._connection: http.client.HTTPConnection | None = None
        self.cut = 0

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(
        self, method: str, path: str, *, token: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        carried = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | (headers or {})
        content = None if body is None else json.dumps(body)
        is_new = self._connection is None
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, timeout=ANSWERED_WITHIN_S)
        try:
            self._connection.request(method, "/api/v1" + path, body=content, headers=carried)
            response = self._connection.getresponse()
            return Answer(response.status, response.read(), dict(response.headers))
        except (OSError, http.client.HTTPException):
            self.close()
            self.cut += 1
            # The server may end a connection that was idle just as the next request goes out.
            is_safe = "Idempotency-Key" in carried or method in ("GET", "DELETE")
            if not is_new and is_safe:
                return self.send(method, path, token=token, body=body, headers=headers)
            return Answer(0, b"", {})

    def buy(self, ticket: dict[str, Any], *, token: str, key: str | None = None) -> Answer:
        return self.send(
            "POST", "/vouchers", token=token, body=ticket, headers={"Idempotency-Key": key or str(uuid4())}
        )

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def pour(acts: Iterable[Callable[[Line], T]], *, server: Server, clients: int, tell: Tell) -> list[T]:
    """Let `clients` phones work through the acts, all from the same moment on; the results in the order of the acts.

    The first failure ends it and is raised.
    """
    waiting: queue.SimpleQueue[tuple[int, Callable[[Line], T]]] = queue.SimpleQueue()
    count = 0
    for count, act in enumerate(acts, start=1):
        waiting.put((count - 1, act))
    results: dict[int, T] = {}
    failures: list[BaseException] = []
    gate = threading.Barrier(clients)

    def work() -> None:
        gate.wait()
        try:
            with Line(server) as line:
                while not failures:
                    place, act = waiting.get_nowait()
                    results[place] = act(line)
                    tell(1)
        except queue.Empty:
            return
        except BaseException as failure:  # noqa: BLE001  raised again below, in the thread that asked
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [results[place] for place in range(count)]


@contextmanager
def beside(
    act: Callable[[], None], *, every_s: tuple[float, float], times: int | None = None, tell: Tell = lambda _: None
) -> Iterator[list[int]]:
    """Do it in a thread beside the block, at moments that nobody chose: until the block ends, or `times` times. Gives
    how often it was done so far; its failure is raised at the end."""
    count, is_over, chance = [0], threading.Event(), random.Random(11)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            while count[0] != times and not is_over.wait(chance.uniform(*every_s)):
                act()
                count[0] += 1
                tell(1)
        except BaseException as failure:  # noqa: BLE001  raised again below, in the thread that asked
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield count
    finally:
        is_over.set()
        thread.join()
    if failures:
        raise failures[0]
