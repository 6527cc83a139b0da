"""What the catalogue says is said in the city's languages, and found without regard to case and accents."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from core.http.schemas import Schema, Text
from core.settings import City

TITLE_CHARS_MAX = 200


class Titles(Schema):
    """A title in each of the city's languages."""

    en = Text(at_most=TITLE_CHARS_MAX)
    es = Text(at_most=TITLE_CHARS_MAX)
    ca = Text(at_most=TITLE_CHARS_MAX)
    pt = Text(at_most=TITLE_CHARS_MAX)


def title_in(titles: Mapping[str, str], *, language: str, city: City) -> str:
    """The title in the reader's language; in the city's next best where an old version lacks it."""
    for code in (language, *city.languages):
        if code in titles:
            return titles[code]
    return next(iter(titles.values()))


def title_faults(titles: Mapping[str, str], *, city: City) -> list[dict[str, str]]:
    """The city's languages that lack a title, as rows of field and reason."""
    reason = "Missing: the catalogue is published in every language of the city."
    return [{"field": f"titles.{code}", "reason": reason} for code in city.languages if code not in titles]


def folded(texts: Iterable[str]) -> str:
    """The texts as search compares them: lower-case, without accents, one space between words.

    The Catalan `l·l` is `ll`; a search for `COLLABORAR` finds `Col·laborar`.
    """
    decomposed = unicodedata.normalize("NFKD", " ".join(texts)).casefold().replace("·", "").replace("’", "'")
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def code_of(name: str) -> str:
    """A name as a code: `l'Antiga Esquerra de l'Eixample` is `l-antiga-esquerra-de-l-eixample`."""
    return re.sub(r"[^a-z0-9]+", "-", folded([name])).strip("-")
