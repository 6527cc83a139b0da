"""Pages are kept while they are asked for, within a bound."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

from core.http.public_pages import Asked, KeptPage, KeptPages, SharedReading, asked_by

GET = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/deeds"}


def asked(path: str) -> Asked:
    found = asked_by(GET | {"PATH_INFO": path})
    assert found is not None
    return found


def page(size: int) -> KeptPage:
    """One that takes `size` bytes with all that is kept of it."""
    return KeptPage("/", '"etag"', b"x" * (size - 500), (), (), lambda *_, **__: ())


def test_the_page_asked_for_longest_ago_goes_first() -> None:
    pages = KeptPages(bytes_max=2_500)
    a, b, c = page(1_000), page(1_000), page(1_000)
    pages.keep(asked("a"), a)
    pages.keep(asked("b"), b)
    pages.find(asked("a"))

    pages.keep(asked("c"), c)

    assert [pages.find(asked(path)) for path in "abc"] == [a, None, c]


def test_a_page_kept_twice_counts_once() -> None:
    pages = KeptPages(bytes_max=2_000)
    for _ in range(5):
        pages.keep(asked("a"), page(1_000))

    pages.keep(asked("b"), page(1_000))

    assert pages.find(asked("a"))
    assert pages.find(asked("b"))


def test_a_page_larger_than_the_bound_is_not_kept() -> None:
    pages = KeptPages(bytes_max=900)

    pages.keep(asked("a"), page(1_000))

    assert pages.find(asked("a")) is None


def test_what_is_more_than_a_plain_look_is_not_answered_from_what_is_kept() -> None:
    assert asked_by(GET)
    for more in (
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"CONTENT_LENGTH": "2"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"QUERY_STRING": "q=" + "x" * 500},
    ):
        assert asked_by(GET | more) is None


def test_who_asks_while_it_is_read_is_told_what_is_read_after_their_question() -> None:
    reading, is_being_read, may_end = SharedReading(), Event(), Event()
    truth, readings = ["before"], []

    def slow() -> str:
        found = truth[0]
        is_being_read.set()
        assert may_end.wait(timeout=20)
        return found

    def quick() -> str:
        readings.append(truth[0])
        return truth[0]

    with ThreadPoolExecutor() as pool:
        first = pool.submit(reading.of, slow)
        assert is_being_read.wait(timeout=20)
        truth[0] = "after"
        later = [pool.submit(reading.of, quick) for _ in range(3)]
        may_end.set()

        assert first.result(timeout=20) == "before"
        assert [one.result(timeout=20) for one in later] == ["after"] * 3
    assert 1 <= len(readings) <= 3


def test_a_reading_that_failed_is_nobody_elses() -> None:
    reading = SharedReading()

    with suppress(ZeroDivisionError):
        reading.of(lambda: 1 // 0)

    assert reading.of(lambda: "found") == "found"
