"""Phones by the dozen in one cheap process: it shares the cores with what it measures, so it does next to nothing.

Run as a script, `load.py HOST PORT FILE CONNECTIONS SECONDS once|repeats`: each connection sends a request as
soon as the last one is answered. FILE holds whole HTTP requests, each behind the status that is due (2 bytes) and its
length (4 bytes); they are taken in turn, once each or round and round, until SECONDS are over.
Prints the seconds that it took as JSON, then each latency in seconds; an answer of another status ends it.
"""

import array
import json
import select
import socket
import struct
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ANSWERED_WITHIN_S, COMES_EVERY_S = 30, 0.005
HEAD = struct.Struct("!HI")


class Broken(Exception):
    """The load cannot go on: the text says what was answered."""


@dataclass(frozen=True)
class Request:
    """A whole HTTP request, and the status that is due."""

    content: bytes
    status: int


def written(requests: Iterable[Request], file: Path) -> None:
    """Put requests into a file."""
    with file.open("wb") as opened:
        for one in requests:
            opened.write(HEAD.pack(one.status, len(one.content)) + one.content)


def read(file: Path) -> list[Request]:
    """The requests of a file."""
    content, requests, start = file.read_bytes(), [], 0
    while start < len(content):
        status, length = HEAD.unpack_from(content, start)
        start += HEAD.size
        requests.append(Request(content[start : start + length], status))
        start += length
    return requests


def load(
    address: tuple[str, int], requests: Sequence[Request], *, connections: int, seconds: float, repeats: bool
) -> tuple[float, "array.array[float]"]:
    """Returns the seconds it took and the latency of each request. Raises `Broken`, `OSError`."""
    with ExitStack() as open_ones, select.epoll() as poll:
        return _loaded(address, requests, connections, seconds, repeats, poll, open_ones)


def _loaded(
    address: tuple[str, int],
    requests: Sequence[Request],
    connections: int,
    seconds: float,
    repeats: bool,
    poll: select.epoll,
    open_ones: ExitStack,
) -> tuple[float, "array.array[float]"]:
    now, latencies = time.perf_counter, array.array("d")
    sockets: dict[int, socket.socket] = {}
    sent_at: dict[int, float] = {}
    due: dict[int, bytes] = {}
    parts: dict[int, bytes] = {}
    lines = {status: b"HTTP/1.1 %d " % status for status in {one.status for one in requests}}
    count, sent, busy = len(requests), 0, 0
    most = sys.maxsize if repeats else count

    def send(number: int) -> None:
        nonlocal sent
        one = requests[sent % count]
        sent += 1
        sent_at[number], due[number] = now(), lines[one.status]
        sockets[number].sendall(one.content)

    began = now()
    ends = began + seconds
    while busy or not sockets:
        # They come one by one, as phones do: all at once would meet the one worker that happens to be awake.
        is_complete = len(sockets) == connections or sent == most
        if not is_complete and now() >= began + len(sockets) * COMES_EVERY_S:
            one = open_ones.enter_context(socket.create_connection(address, timeout=ANSWERED_WITHIN_S))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sockets[one.fileno()] = one
            poll.register(one, select.EPOLLIN)
            send(one.fileno())
            busy += 1
        ready = poll.poll(ANSWERED_WITHIN_S if is_complete else COMES_EVERY_S)
        if not ready and is_complete:
            raise Broken(f"no answer within {ANSWERED_WITHIN_S} s")
        for number, _ in ready:
            got = sockets[number].recv(262_144)
            if not got:
                raise Broken(f"the server closed a connection: {parts.get(number, b'')[:500]!r}")
            if number in parts:
                got = parts.pop(number) + got
            if not _is_whole(got):
                parts[number] = got
                continue
            if not got.startswith(due[number]):
                raise Broken(got[:2000].decode(errors="replace"))
            answered = now()
            latencies.append(answered - sent_at[number])
            if sent < most and answered < ends:
                send(number)
            else:
                busy -= 1
    return now() - began, latencies


def _is_whole(answer: bytes) -> bool:
    """Whether nothing of it is missing. Raises `Broken` where its head does not say how long it is."""
    head_end = answer.find(b"\r\n\r\n")
    if head_end < 0:
        return False
    if answer.startswith((b"HTTP/1.1 304", b"HTTP/1.1 204")):
        return True
    head = answer[:head_end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        return len(answer) - head_end - 4 >= int(head[at + 17 :].split(b"\r\n", 1)[0])
    if b"\r\ntransfer-encoding: chunked" in head:
        return answer.endswith(b"\r\n0\r\n\r\n")
    raise Broken(f"an answer that does not say how long it is: {head.decode(errors='replace')}")


def main() -> None:
    host, port, file, connections, seconds, repeats = sys.argv[1:]
    took, latencies = load(
        (host, int(port)),
        read(Path(file)),
        connections=int(connections),
        seconds=float(seconds),
        repeats=repeats == "repeats",
    )
    sys.stdout.buffer.write(json.dumps({"seconds": took}).encode() + b"\n" + latencies.tobytes())


if __name__ == "__main__":
    try:
        main()
    except (Broken, OSError) as problem:
        sys.exit(f"The load broke off: {problem}")
