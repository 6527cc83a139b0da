"""The load sends what it is given, each once or round and round, and breaks off at any answer that is not due."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bench import load
from bench.load import Broken, Request

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ASKED = Request(b"GET / HTTP/1.1\r\n\r\n", 200)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"


class Answering:
    """A server that answers everything with the same bytes, in two pieces, and keeps what it was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.asked: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._answer, args=[connection]).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            while asked := connection.recv(65_536):
                self.asked.append(asked)
                connection.sendall(self.answer[:20])
                connection.sendall(self.answer[20:])


@contextmanager
def answering(answer: bytes) -> Iterator[Answering]:
    server = Answering(answer)
    try:
        yield server
    finally:
        server.listener.shutdown(socket.SHUT_RDWR)
        server.listener.close()


@pytest.mark.parametrize("answer", [WHOLE, CHUNKED])
def test_each_request_is_sent_once(answer: bytes) -> None:
    requests = [Request(b"GET /%d HTTP/1.1\r\n\r\n" % number, 200) for number in range(50)]

    with answering(answer) as server:
        _, latencies = load.load(server.listener.getsockname(), requests, connections=4, seconds=60, repeats=False)

    assert len(latencies) == 50
    assert sorted(server.asked) == sorted(one.content for one in requests)


def test_there_may_be_fewer_requests_than_connections() -> None:
    with answering(WHOLE) as server:
        _, latencies = load.load(server.listener.getsockname(), [ASKED], connections=8, seconds=60, repeats=False)

    assert len(latencies) == len(server.asked) == 1


def test_requests_that_repeat_go_on_until_the_time_is_over() -> None:
    with answering(WHOLE) as server:
        seconds, latencies = load.load(
            server.listener.getsockname(),
            [ASKED],
            connections=2,
            seconds=0.05,
            repeats=True,
        )

    assert seconds >= 0.05
    assert len(latencies) == len(server.asked) > 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nno end",
    ],
)
def test_an_answer_that_is_not_due_breaks_it_off(answer: bytes) -> None:
    with answering(answer) as server, pytest.raises(Broken):
        load.load(
            server.listener.getsockname(),
            [ASKED],
            connections=1,
            seconds=1,
            repeats=True,
        )


def test_requests_come_out_of_the_file_as_they_went_in(tmp_path: Path) -> None:
    requests = [Request(b"GET / HTTP/1.1\r\n\r\n", 200), Request(b"", 304), Request(b"\0" * 70_000, 201)]

    load.written(requests, tmp_path / "requests")

    assert load.read(tmp_path / "requests") == requests
