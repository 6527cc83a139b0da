"""What the tests of the catalogue share."""

import pytest

from tests.catalogue.cases import Cases
from tests.town import Town


@pytest.fixture
def cases(town: Town) -> Cases:
    return Cases(town)
