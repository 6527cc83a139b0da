"""A network as phones have it: requests that never arrive, arrive twice or late, and answers that are cut off."""

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from tests.faults.wishes import Wishes
from tests.races.serving import Server
from tests.storms.crowd import Tell
from tests.storms.place import Place
from tests.storms.storms import Figures

FAULTS = ("none", "none", "lost on the way", "answer lost", "answer cut", "doubled", "late")


def bad_network(place: Place, server: Server, tell: Tell, *, requests: int) -> Figures:
    """Phones buy and redeem through it: `requests` wishes of two keyed requests each, in the end each done once (A27,
    A29)."""
    wanted = Wishes(place, count=requests // 2)
    with proxy(server) as (through, happened):
        wanted.pour(through, lambda done: tell(2 * done))
    wanted.assert_each_has_its_effect_once()
    return {"keyed requests": requests, "answers": dict(wanted.said), **happened}


@contextmanager
def proxy(server: Server) -> Iterator[tuple[Server, Counter[str]]]:
    """A way to the server on which five of seven requests meet a fault; the count of each."""
    target = urlsplit(server.served.address)
    happened: Counter[str] = Counter()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        chance = random.Random(5)

        def serve() -> None:
            with suppress(OSError):  # the listener is closed at the end
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=_carry, args=(client, target, chance, happened), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield replace(server, served=SimpleNamespace(address=address)), happened  # type: ignore[arg-type]


def _carry(client: socket.socket, target: Any, chance: random.Random, happened: Counter[str]) -> None:
    """Carry one request after the other over one connection, each with the fault that chance has for it."""
    with suppress(OSError), client, client.makefile("rb") as reader:
        while request := _message(reader):
            fault = chance.choice(FAULTS)
            happened[fault] += 1
            if fault == "lost on the way":
                return
            if fault == "late":
                time.sleep(chance.uniform(0.05, 0.5))
            if fault == "doubled":
                twin = threading.Thread(target=_asked, args=(target, request), daemon=True)
                twin.start()
            answer = _asked(target, request)
            if fault == "answer lost":
                return
            if fault == "answer cut":
                client.sendall(answer[: len(answer) // 2])
                return
            client.sendall(answer)


def _asked(target: Any, request: bytes) -> bytes:
    with socket.create_connection((target.hostname, target.port), timeout=60) as line, line.makefile("rb") as reader:
        line.sendall(request)
        return _message(reader)


def _message(reader: Any) -> bytes:
    """One HTTP message whose length is said in its head; nothing when the connection has ended."""
    head = b""
    while line := reader.readline():
        head += line
        if line == b"\r\n":
            break
    if not head.endswith(b"\r\n\r\n"):
        return b""
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return head + (reader.read(int(lengths[0])) if lengths else b"")
