"""The catalogue publishes nothing that the charter forbids, and whoever wrote it is told the rule and a way out.

It reads categories, words and points: it catches the plain and the careless, not the cunning
(docs/charter-validator.md).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from core.charter_bans import BENEFIT_BANS, DEED_BANS, INNOCENT, WORD_LISTS, Ban

DEED_CATEGORIES = frozenset(
    {"care", "learning", "culture", "environment", "neighbourhood", "animals", "mobility", "health-and-sport"}
)
BENEFIT_CATEGORIES = frozenset({"culture", "mobility", "sport", "home", "animals", "local-shops"})

# The rule that a category breaks by its name alone: {"politics": "C30", ...}
FORBIDDEN_DEED_CATEGORIES = {name: ban.rule for ban in DEED_BANS for name in ban.categories.split()}
FORBIDDEN_BENEFIT_CATEGORIES = {name: ban.rule for ban in BENEFIT_BANS for name in ban.categories.split()}

TEXT_CHARS_READ = 5_000  # what lies beyond is not read, so no schema may allow a longer text


@dataclass(frozen=True)
class Breach:
    """The `field` a forbidden thing stands in, the charter `rule` ("C30") and the `reason`, for a manager."""

    field: str
    rule: str
    reason: str


def breaches_of_deed(*, category: str | None, texts: Mapping[str, str], points: object) -> list[Breach]:
    """Return what the charter forbids in a deed, the most telling first: words, then points, then category.

    `texts` maps a field's name ("titles.ca", "purpose") to its text. Raises nothing, whatever the types:
    what is not a string is for the schema to refuse.
    """
    return [
        *_breaches_in_words(texts, DEED_BANS),
        *_breaches_in_points(points),
        *_breaches_in_category(category, DEED_BANS),
    ]


def breaches_of_benefit(*, category: str | None, texts: Mapping[str, str], points: object = None) -> list[Breach]:
    """Return what the charter forbids in a benefit (C33, C40; a negative price is C5); shapes as for a deed."""
    return [
        *_breaches_in_words(texts, BENEFIT_BANS),
        *_breaches_in_points(points),
        *_breaches_in_category(category, BENEFIT_BANS),
    ]


def _breaches_in_words(texts: object, bans: tuple[Ban, ...]) -> Iterator[Breach]:
    if not isinstance(texts, Mapping):
        return
    plain_texts = {
        field: _pattern(INNOCENT).sub(" .", _plain(text))
        for field, text in texts.items()
        if isinstance(field, str) and isinstance(text, str)
    }
    for ban in bans:
        for field, text in plain_texts.items():
            if found := _pattern(ban.words).search(text):
                yield Breach(field, ban.rule, f'"{found[0].strip()[:60]}" reads as {ban.what}: {ban.why}.')


def _breaches_in_points(points: object) -> Iterator[Breach]:
    is_negative = isinstance(points, int | float) and points < 0
    if is_negative or (isinstance(points, str) and re.match(r"\s*-\s*\d", points)):
        why = "the catalogue only rewards and takes nothing away, so give a positive number or leave the item out"
        yield Breach("points", "C5", f"Negative points are a penalty: {why}.")


def _breaches_in_category(category: object, bans: tuple[Ban, ...]) -> Iterator[Breach]:
    if not isinstance(category, str):
        return
    name = _plain(category).strip().replace(" ", "-")
    for ban in bans:
        if name in ban.categories.split():
            yield Breach("category", ban.rule, f'The category "{name}" stands for {ban.what}: {ban.why}.')
            return


def _plain(text: str) -> str:
    """Return the text as lower-case words without accents, one space around each: " l enquesta ".

    Compatibility forms (full-width letters, ligatures) become plain ones; combining and invisible characters go;
    any other mark is a space. Four or more single letters in a row are one word spelt out.
    """
    decomposed = unicodedata.normalize("NFKD", text[:TEXT_CHARS_READ]).casefold().replace("l·l", "ll")
    visible = (char for char in decomposed if unicodedata.category(char) not in _UNSEEN)
    words = "".join(char if char.isalnum() else " " for char in visible).split()
    return re.sub(r"(?: [^ ](?= )){4,}", lambda spelt: " " + spelt[0].replace(" ", ""), f" {' '.join(words)} ")


_UNSEEN = {"Mn", "Mc", "Me", "Cf"}


@cache
def _pattern(words: str) -> re.Pattern[str]:
    """Compile the notation of `core.charter_bans`; each word is matched possessively, so the time is linear. Done when
    the first text is read, for it takes as long as a tenth of a start."""
    spelt_out = re.sub(r"\{(\w+)\}", lambda name: "".join(WORD_LISTS[name[1]].split()), words)
    return re.compile(f" (?:{'|'.join(_phrases(spelt_out))})(?= )")


def _phrases(words: str) -> Iterator[str]:
    for phrase in filter(None, map(str.strip, words.split(","))):
        one, both_orders, other = map(str.strip, phrase.partition("~"))
        yield _phrase(f"{one} ... {other}" if both_orders else one)
        if both_orders:
            yield _phrase(f"{other} ... {one}")


def _phrase(phrase: str) -> str:
    start = "(?<=^ )" if phrase.startswith("^") else ""
    return start + " ".join(map(_word, phrase.removeprefix("^").split())).replace(" ...", "(?: [^ ]++){0,3}?")


def _word(word: str) -> str:
    return word if word == "..." else f"(?:{word.replace('*', '[^ ]*+').replace('/', '|')})"
