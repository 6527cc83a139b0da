"""What is written about the API is made from the API, and the pages need nobody outside."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.settings import ROOT

WEB = ROOT / "web"
VENDORED = json.loads((WEB / "vendor.json").read_text(encoding="utf-8"))
OUR_PAGES = sorted(
    file
    for file in WEB.rglob("*.*")
    if file.suffix in (".html", ".css", ".js", ".svg") and file not in {WEB / row["file"] for row in VENDORED}
)


def test_the_list_of_errors_is_what_the_code_answers(tmp_path: Path) -> None:
    written = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")

    made = subprocess.run(
        [sys.executable, "-m", "flask", "docs", "errors"],
        cwd=ROOT,
        env={**os.environ, "BONAFETA_INSTANCE": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout

    assert written == made, "write it again: flask docs errors > docs/errors.md"


def test_an_error_code_means_one_thing_and_says_it_in_a_sentence() -> None:
    rows = re.findall(r"^- `(\w+)`: (.+?)(?: Facts: .*)?$", (ROOT / "docs/errors.md").read_text("utf-8"), re.MULTILINE)

    codes = Counter(code for code, _ in rows)

    assert len(rows) > 50
    assert [code for code, times in codes.items() if times > 1] == []
    assert [title for _, title in rows if not re.match(r"[A-Z].*[.?]$", title)] == []


def test_the_docs_page_finds_all_that_it_asks_for(client: FlaskClient) -> None:
    page = client.get("/docs", buffered=True)
    asked = re.findall(r'(?:src|href|spec-url)="([^"]+)"', page.text)

    answers = {path: client.get(path, buffered=True).status_code for path in asked}

    assert page.status_code == 200
    assert {"openapi.json", "rapidoc-min.js", "page.css"} <= {path.split("/")[-1] for path in answers}
    assert set(answers.values()) == {200}


def test_the_docs_page_may_run_only_our_own_scripts(client: FlaskClient) -> None:
    page = client.get("/docs", buffered=True)

    policy = dict(rule.split(" ", 1) for rule in page.headers["Content-Security-Policy"].split("; "))

    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert re.findall(r"<script(?![^>]*src=)|\son\w+=", page.text) == []


@pytest.mark.parametrize("file", OUR_PAGES, ids=lambda file: str(file.relative_to(WEB)))
def test_a_page_asks_no_outside_host(file: Path) -> None:
    asks = re.findall(
        r"""(?:src|href|url|import|fetch)\s*[=(]?\s*["']?((?:https?:)?//[^"')\s]+)""", file.read_text("utf-8")
    )

    assert asks == []


@pytest.mark.parametrize("row", VENDORED, ids=lambda row: row["file"])
def test_what_is_taken_from_others_is_what_was_looked_at(row: dict[str, str]) -> None:
    content = (WEB / row["file"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == row["sha256"]
    assert "Copyright" in (WEB / row["licence_file"]).read_text("utf-8")
