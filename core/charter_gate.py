"""What the charter forbids is refused by its rule, whatever else is wrong with what was sent."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import marshmallow as ma

from core.charter import Breach, breaches_of_benefit, breaches_of_deed
from core.errors import Invalid
from core.http.problems import flat
from core.settings import LANGUAGES


class CharterRefused(Invalid):
    """The charter forbids this: `rule` names the first rule broken, `rules` all of them."""

    def __init__(self, breaches: list[Breach], other_errors: Iterable[dict[str, str]] = ()) -> None:
        rules = list(dict.fromkeys(breach.rule for breach in breaches))
        super().__init__(rule=rules[0], rules=rules, errors=[*map(asdict, breaches), *other_errors])


Check = Callable[[Mapping[str, Any]], list[Breach]]


def gate(raw: object, schema: ma.Schema, check: Check) -> dict[str, Any]:
    """Load what somebody wants to publish, as it was sent.

    `check` sees it before the schema does, so that a forbidden item is refused by its rule also when fields are
    missing or unknown. Raises `CharterRefused` or `Invalid` with `errors`: rows of field, reason and (charter) rule.
    """
    found = check(raw) if isinstance(raw, Mapping) else []
    loaded, errors = _loaded(raw, schema)
    if found:
        raise CharterRefused(found, errors)
    if errors:
        raise Invalid(errors=errors)
    return loaded


def _loaded(raw: object, schema: ma.Schema) -> tuple[dict[str, Any], list[dict[str, str]]]:
    try:
        return schema.load(raw), []  # type: ignore[arg-type]
    except ma.ValidationError as problem:
        return {}, list(flat(problem.messages))


def breaches_of_raw_deed(raw: Mapping[str, Any]) -> list[Breach]:
    """Shapes as in `core.charter`; `raw` is a body or a row as it was sent, of whatever types."""
    return breaches_of_deed(category=raw.get("category"), texts=_texts(raw), points=raw.get("points"))


def breaches_of_raw_benefit(raw: Mapping[str, Any]) -> list[Breach]:
    points = raw.get("price_points", raw.get("points"))
    return breaches_of_benefit(category=raw.get("category"), texts=_texts(raw), points=points)


def _texts(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Every text that tells what the item is, also from fields that no schema knows."""
    titles = raw.get("titles")
    inner = titles if isinstance(titles, Mapping) else {}
    return {
        **{f"titles.{str(language)[:20]}": text for language, text in inner.items()},
        **{name: raw[name] for name in _TEXT_FIELDS if name in raw},
    }


CHECKS: dict[str, Check] = {"deed": breaches_of_raw_deed, "benefit": breaches_of_raw_benefit}

_TEXT_FIELDS = ("title", *(f"title_{code}" for code in LANGUAGES), "purpose", "description", "code")
