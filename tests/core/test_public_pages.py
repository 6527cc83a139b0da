"""Pages are kept while they are asked for, within a bound."""

from core.http.public_pages import Pages


def test_the_page_asked_for_longest_ago_goes_first() -> None:
    pages = Pages(bytes_max=10)
    pages.keep("a", b"aaaa")
    pages.keep("b", b"bbbb")
    pages.get("a")

    pages.keep("c", b"cccc")

    assert [pages.get(etag) for etag in "abc"] == [b"aaaa", None, b"cccc"]


def test_a_page_kept_twice_counts_once() -> None:
    pages = Pages(bytes_max=10)
    for _ in range(5):
        pages.keep("a", b"aaaa")

    pages.keep("b", b"bbbb")

    assert [pages.get(etag) for etag in "ab"] == [b"aaaa", b"bbbb"]


def test_a_page_larger_than_the_bound_is_answered_and_not_kept() -> None:
    pages = Pages(bytes_max=3)

    assert pages.keep("a", b"aaaa") == b"aaaa"
    assert pages.get("a") is None
