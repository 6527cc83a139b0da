"""Every word of every face is there in every language, and used."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.http.pages import FACES
from core.settings import LANGUAGES, ROOT

WEB = ROOT / "web"
PLACES = ("shared", *(face for face in FACES if face != "docs"))
USED = re.compile(r"""\b(?:t|has)\(\s*['"`]([\w.]+)['"`]""")
BEGUN = re.compile(r"""\b(?:t|has)\(\s*`([\w.]+)\$\{|['"`](problem\.)\$\{|const key = `([\w.]+)\$\{""")
FACT = re.compile(r"\{(\w+)\}")


def scripts(place: str) -> list[Path]:
    return sorted(file for file in (WEB / place).rglob("*.js") if file.parent.name != "strings")


def words_of(place: str, language: str) -> dict[str, Any]:
    """What a file of words says; it has one key a line, so that it is read without JavaScript."""
    file = WEB / place / "strings" / f"{language}.js"
    text = re.search(r"export default (\{.*\});\s*\Z", file.read_text(encoding="utf-8"), re.DOTALL)
    assert text, f"{file} is `export default {{...}};` and nothing else"
    return dict(_entries(text[1], file))


LINE = re.compile(r"""^  (?:(\w+)|'([\w.]+)'): (?:(['"])(.*)\3|\{ (.*) \}),$""")
FORM = re.compile(r"""(\w+): (['"])(.*?)(?<!\\)\2(?:, |$)""")


def _entries(text: str, file: Path) -> Iterator[tuple[str, Any]]:
    for line in text.strip("{}\n").splitlines():
        if not line.strip() or line.strip().startswith("//"):
            continue
        found = LINE.match(line)
        assert found, f"{file}: one key a line, as `  'a.key': 'words',` or with {{ one: '…', other: '…' }}: {line}"
        key, words = found[1] or found[2], found[4]
        yield key, words if words is not None else {form[1]: form[3] for form in FORM.finditer(found[5])}


def facts_in(words: Any) -> set[str]:
    return set(FACT.findall(words["other"] if isinstance(words, dict) else words))


@pytest.mark.parametrize("place", PLACES)
def test_every_language_has_the_same_words_with_the_same_facts(place: str) -> None:
    first, *others = (words_of(place, language) for language in LANGUAGES)

    assert [sorted(first.keys() ^ other.keys()) for other in others] == [[]] * len(others)
    for language, other in zip(LANGUAGES[1:], others, strict=True):
        assert [key for key in first if facts_in(first[key]) != facts_in(other[key])] == [], language
        assert [key for key in first if not other[key]] == [], language
        assert [key for key, words in other.items() if isinstance(words, dict) and "other" not in words] == []


@pytest.mark.parametrize("place", PLACES)
def test_no_word_is_missing_or_unused(place: str) -> None:
    own, common = words_of(place, "en"), words_of("shared", "en")
    code = "\n".join(file.read_text(encoding="utf-8") for file in scripts(place))
    everywhere = code if place != "shared" else "\n".join(p.read_text("utf-8") for q in PLACES for p in scripts(q))
    begun = tuple("".join(found) for found in BEGUN.findall(everywhere))

    missing = {key for key in USED.findall(code) if not key.startswith("problem.")} - own.keys() - common.keys()
    unused = {key for key in own if f"'{key}'" not in everywhere and not key.startswith((*begun, "problem."))}

    assert (missing, unused) == (set(), set())


@pytest.mark.parametrize("place", PLACES)
def test_only_the_client_knows_where_the_api_is(place: str) -> None:
    knows = {file.name for file in scripts(place) if "/api/v1" in file.read_text("utf-8")}

    assert knows <= {"api.js", "tokens.js"}


@pytest.mark.parametrize("place", PLACES)
def test_no_page_writes_markup_of_what_it_was_told(place: str) -> None:
    writes = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|\beval\(|new Function"
    )

    assert [file.name for file in scripts(place) if writes.search(file.read_text("utf-8"))] == []


@pytest.mark.parametrize("place", PLACES)
def test_every_import_is_there(place: str) -> None:
    imports = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*['"](\.{1,2}/[^'"]+)['"]""")
    wanted = [(file, path) for file in scripts(place) for path in imports.findall(file.read_text("utf-8"))]

    assert [(file.name, path) for file, path in wanted if not (file.parent / path).resolve().is_file()] == []


PURPOSE = re.compile(r"""purpose=["']([\w-]+)["']""")
NOT_IN_ANYBODYS_FILE = {"audit", "catalogue", "events", "till"} | {
    *("consent", "membership", "own", "purchase", "sign-in", "sign-out")  # one's own acts
}


def test_each_purpose_that_an_office_looks_for_has_its_word() -> None:
    """Charter C43; a decision's purpose is its reason code, whose words the API has."""
    packages = ("core", "citizen", "rewards", "catalogue")
    code = "\n".join(file.read_text("utf-8") for package in packages for file in (ROOT / package).rglob("*.py"))

    told = {key.removeprefix("purpose.") for key in words_of("phone", "en") if key.startswith("purpose.")}

    assert set(PURPOSE.findall(code)) - NOT_IN_ANYBODYS_FILE == told
