"""Each test about the rewards that asks for `market` leaves books that the oracle finds in order."""

from collections.abc import Iterator

import pytest

from tests.rewards.market import Market
from tests.town import Town


@pytest.fixture
def market(town: Town) -> Iterator[Market]:
    market = Market(town)
    yield market
    assert market.verdict()["faults"] == []
