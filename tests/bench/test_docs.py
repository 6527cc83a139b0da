"""The docs show the figures as they were measured."""

import json
from pathlib import Path

from bench.__main__ import into_docs
from bench.picture import drawn
from core.settings import ROOT

DOCS = ROOT / "docs"


def test_the_page_and_the_picture_are_made_from_the_figures(tmp_path: Path) -> None:
    found = json.loads((DOCS / "performance.json").read_text("utf-8"))
    page = (DOCS / "performance.md").read_text("utf-8")
    (tmp_path / "performance.md").write_text(page, encoding="utf-8")

    into_docs(found, tmp_path)

    again = "write it again: make bench ARGS='--from docs/performance.json --docs'"
    assert (tmp_path / "performance.md").read_text("utf-8") == page, again
    assert (DOCS / "performance.svg").read_text("utf-8") == drawn(found["figures"]), again
