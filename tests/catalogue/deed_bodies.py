"""What a manager sends to publish a deed; a test says what matters to it."""

from typing import Any

TITLES = {"en": "Water street trees", "es": "Regar árboles", "ca": "Regar arbres", "pt": "Regar árvores"}


def deed_body(code: str = "water-trees", **changes: Any) -> dict[str, Any]:
    body = {
        "code": code,
        "category": "environment",
        "titles": TITLES,
        "points": 2,
        "unit": "hour",
        "max_per_day": 5,
        "max_per_year": 50,
        "evidence": ["photo"],
        "minutes": 60,
        "access": ["evening"],
        "districts": [],
        "purpose": "Cool streets",
        "review_by": "2027-12-31",
        "source": "Civic practice",
    }
    return body | changes


def version_body(**changes: Any) -> dict[str, Any]:
    """The next version of it."""
    body = deed_body(reason="Summer is hotter.", in_force_from="2026-11-23T10:00:00Z") | changes
    del body["code"]
    return body
