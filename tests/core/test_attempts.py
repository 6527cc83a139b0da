"""Tries are counted so that no two of them are taken for one."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta
from functools import partial

from core.errors import TooManyRequests
from core.http.attempts import count_attempt, refuse_if_exhausted
from tests.town import Town


def test_of_tries_at_once_the_second_waits_for_what_becomes_of_the_first(town: Town) -> None:
    window, at = timedelta(minutes=10), town.clock.now()
    look = partial(refuse_if_exhausted, "till", at_most=1, window=window, at=at)
    fail = partial(count_attempt, "till", at_most=1, window=window, at=at)
    with ThreadPoolExecutor(1) as pool:

        def fail_while_another_tries() -> Future[None]:
            look()
            second = pool.submit(town.does, look)
            wait([second], timeout=0.5)  # it is over at once only if nothing holds it back
            fail()
            return second

        second = town.does(fail_while_another_tries)

        assert isinstance(second.exception(), TooManyRequests)
