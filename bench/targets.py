"""What we want of each figure, and whether it was reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Target:
    """`key` names the figure among those measured. A stretch is what would be better still."""

    NOT_MEASURED: ClassVar[str] = "not measured: --full"

    what: str
    key: str
    bound: float
    stretch: float | None = None
    is_most: bool = False  # the bound is the most, not the least
    unit: str = ""

    def verdict(self, figures: Mapping[str, float]) -> str:
        value = figures.get(self.key)
        if value is None:
            return self.NOT_MEASURED
        if self.stretch is not None and self._holds(value, self.stretch):
            return "stretch reached"
        return "reached" if self._holds(value, self.bound) else "missed"

    def said(self, value: float | None) -> str:
        """A figure or a bound in words."""
        if value is None:
            return "–"
        number = f"{value:.2f}" if value % 1 and value < 10 else f"{value:,.0f}"
        return f"{number}{self.unit}"

    def wanted(self, value: float | None) -> str:
        return "–" if value is None else f"{'≤' if self.is_most else '≥'} {self.said(value)}"

    def _holds(self, value: float, bound: float) -> bool:
        return value <= bound if self.is_most else value >= bound


TARGETS = (
    Target("kept page of deeds, of bare Flask", "browse / bare", 0.80, 0.95),
    Target("the same, not modified (304), of bare Flask", "etag / bare", 0.80, 0.95),
    Target("page of deeds made anew, of the stack ceiling", "cold / ceiling", 0.35, 0.50),
    Target("verification with its award, of the stack ceiling", "verify / ceiling", 0.35, 0.55),
    Target("buying a voucher, of the stack ceiling", "buy / ceiling", 0.30, 0.50),
    Target("browsing (made anew), of the peer's", "cold / peer browse", 3, 5, unit="×"),
    Target("awarding, of the peer's", "verify / peer award", 2, 5, unit="×"),
    Target("buying, of the peer's", "buy / peer redeem", 4, 5, unit="×"),
    Target("all buy one benefit, of many benefits", "hot / spread", 0.5, 0.7),
    Target("buying, p50 at 1M lots / at 10k", "buy p50, 100000 / 1000 residents", 1.35, 1.1, is_most=True),
    Target("buying, p50 with 1,000 lots / with 10", "1,000 lots / 10", 1.2, 1.1, is_most=True),
    Target("expiry, of the same as SQL in batches", "expiry / batches", 0.85, 0.95),
    Target("expiry, of the same lot by lot", "expiry / lots", 100, unit="×"),
    Target("expiry, lots per second at 1M / at 10k", "expiry, 100000 / 1000 residents", 0.7, 0.95),
    Target("buying, p99 during expiry / before", "buy p99 during expiry / before", 2.5, 1.5, is_most=True),
    Target("deadlocks during expiry", "deadlocks", 0, is_most=True),
    Target("statements of a kept page", "statements of browse", 1, is_most=True),
    Target("statements of a 304", "statements of etag", 1, is_most=True),
    Target("statements of a page made anew, with the catalogue's version", "statements of cold", 2, is_most=True),
    Target("statements of a balance, with the sign-in", "statements of points", 2, is_most=True),
    Target(
        "memory of the server with 2 workers (PSS), at first", "memory at first", 200, 120, is_most=True, unit=" MB"
    ),
    Target("the same after all of this", "memory", 200, 120, is_most=True, unit=" MB"),
    Target("from start to the first answer", "start", 2, 1, is_most=True, unit=" s"),
)
