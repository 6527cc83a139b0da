"""Every way in which the API says no is listed with its facts, from the code itself, so that no list can go stale."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from core.errors import Refusal, every_refusal
from core.http.problems import HTTP_CODES
from core.settings import ROOT


@dataclass(frozen=True, order=True)
class Kind:
    """A kind of problem: what stands in its `status`, `code` and `title`, and the names of the facts beside them."""

    status: int
    code: str
    title: str
    facts: tuple[str, ...]


def problem_kinds() -> list[Kind]:
    """Every kind that the loaded code answers with, by status and code."""
    kinds = {(status, code): Kind(status, code, title, ()) for status, (code, title) in HTTP_CODES.items()}
    facts = _facts_given()
    for refusal in every_refusal():
        if refusal.__name__ in facts or not refusal.__subclasses__():
            name = (refusal.status, refusal.code())
            like = kinds.get(name, Kind(*name, refusal.title(), ()))
            given = facts.get(refusal.__name__, set()) | _facts_always_there(refusal)
            kinds[name] = replace(like, facts=tuple(sorted(given.union(like.facts) - {"title"})))
    return sorted(kinds.values())


def errors_list() -> str:
    """The kinds as Markdown, by status: `code`, what it says, and the facts beside it."""
    lines = []
    for status, kinds in groupby(problem_kinds(), key=attrgetter("status")):
        lines += ["", f"**{status}**", ""]
        for kind in kinds:
            facts = ", ".join(f"`{fact}`" for fact in kind.facts)
            lines.append(f"- `{kind.code}`: {kind.title}" + (f" Facts: {facts}." if facts else ""))
    return "\n".join(lines[1:])


def errors_page() -> str:
    """`docs/errors.md`."""
    return f"{_ABOVE}\n{errors_list()}\n"


_ABOVE = """\
# Errors

Made from the code by `flask docs errors > docs/errors.md`.

An error is `application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`, `request_id`, and the facts of the
case beside them. An app goes by `code`, which stays; `title` is for people and may be reworded; facts may be added.
With `retry_after` comes the header `Retry-After`, in seconds.
"""


def _facts_always_there(refusal: type[Refusal]) -> set[str]:
    parameters = inspect.signature(refusal).parameters.values()
    return {parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY}


def _facts_given() -> dict[str, set[str]]:
    """The refusals that our code raises by name, each with the keywords that it is given anywhere."""
    given: dict[str, set[str]] = {refusal.__name__: set() for refusal in every_refusal()}
    raised = set()
    for file in _sources():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and (name := _name(node.func)) in given:
                raised.add(name)
                given[name] |= _keywords(node)
            elif isinstance(node, ast.ClassDef) and node.name in given:
                for call in ast.walk(node):
                    if isinstance(call, ast.Call) and _name(call.func) == "__init__":
                        given[node.name] |= _keywords(call)
    return {name: given[name] for name in raised}


def _name(called: ast.expr) -> str:
    return str(getattr(called, "id", None) or getattr(called, "attr", None))


def _keywords(call: ast.Call) -> set[str]:
    return {word.arg for word in call.keywords if word.arg}


def _sources() -> Iterator[Path]:
    for package in sorted({refusal.__module__.partition(".")[0] for refusal in every_refusal()}):
        yield from sorted((ROOT / package).rglob("*.py"))
