"""How large each storm is: in `make test`, in `make storm`, and where its guard is taken out."""

from typing import Any

from tests.storms.bank import bank_test
from tests.storms.storms import (
    Storm,
    approve_race,
    cap_race,
    redeem_storm,
    refresh_race,
    reverse_storm,
    spend_race,
)

Sizes = dict[str, dict[str, int]]

STORMS: dict[str, Storm] = {
    "redeem": redeem_storm,
    "spend": spend_race,
    "approve": approve_race,
    "reverse": reverse_storm,
    "cap": cap_race,
    "refresh": refresh_race,
    "bank": bank_test,
}

FULL: Sizes = {
    "redeem": {"rounds": 20, "per_round": 2_000, "stock": 100},
    "spend": {"rounds": 50},
    "approve": {"rounds": 50},
    "reverse": {"awards": 500},
    "cap": {"rounds": 25},
    "refresh": {"rounds": 50},
    "bank": {"operations": 50_000, "residents": 160},
}
SHORT: Sizes = {
    "redeem": {"rounds": 1, "per_round": 160, "stock": 60},
    "spend": {"rounds": 2},
    "approve": {"rounds": 2},
    "reverse": {"awards": 10},
    "cap": {"rounds": 1},
    "refresh": {"rounds": 2},
    "bank": {"operations": 400},
}
CONTROL: Sizes = SHORT | {
    "spend": {"rounds": 6},
    "approve": {"rounds": 6, "clients": 40},
    "cap": {"rounds": 4},
    "reverse": {"awards": 60},
}


def part_of(sizes: dict[str, int], percent: int) -> dict[str, int]:
    """The same for less time: fewer rounds of the same width."""
    kept = ("stock", "residents", "clients", "per_round")
    return {name: size if name in kept else max(1, size * percent // 100) for name, size in sizes.items()}


def steps(name: str, sizes: Sizes) -> int:
    """How many requests or operations it tells of."""
    size: dict[str, Any] = {"clients": {"spend": 24, "approve": 16, "cap": 22, "refresh": 24}.get(name, 1)} | sizes[
        name
    ]
    if name == "reverse":
        return 2 * int(size["awards"])
    if name == "bank":
        return int(size["operations"])
    return int(size["rounds"]) * int(size.get("per_round", size["clients"]))
