"""What a change of the catalogue changes is told field by field, before and after (charter C20)."""

from collections.abc import Mapping
from typing import Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What `after` changes, as rows of field, before and after; titles language by language."""
    old, new = _flat(before), _flat(after)
    return [
        {"field": field, "before": old.get(field), "after": new.get(field)}
        for field in dict.fromkeys([*old, *new])
        if old.get(field) != new.get(field)
    ]


def _flat(item: Mapping[str, Any]) -> dict[str, Any]:
    titles = {f"titles.{language}": title for language, title in item["titles"].items()}
    return titles | {field: value for field, value in item.items() if field != "titles"}
