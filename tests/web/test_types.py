"""A page that asks for what the API does not have is found before anybody opens it, and no browser gets the types."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.settings import ROOT

WRONG = {
    "a path": "await api.get('/deed/{code}', { path: { code } });",
    "a method": "await api.patch('/deeds/{code}', { path: { code } });",
    "no parameter": "await api.get('/deeds/{code}');",
    "a parameter": "await api.get('/deeds/{code}', { path: { id: code } });",
    "a query": "await api.get('/deeds', { query: { colour: 'red' } });",
    "a value of a query": "await api.get('/overview/points', { query: { per: 'year' } });",
    "a field": "await api.patch('/me', { json: { nickname: 'Ada' } });",
    "a field's kind": "await api.post('/benefits/{code}/stock', { path: { code }, json: { change: 'all' } });",
    "no field": "await api.post('/till/shifts', { json: {} });",
    "no body": "await api.post('/check-ins');",
    "no key": "await api.post('/till/redemptions', { json: { code } });",
    "an answer's field": "(await api.get('/me/points')).data.score;",
    "what may be null": "(await api.get('/me')).data.name.length;",
    "what may be nothing": "(await api.post('/review-queue/lease')).data.deed;",
    "a file's field": "(await api.get('/liability', { as: 'blob' })).data.months;",
    "a step's path": "await enqueue([{ post: '/check-in', json: { code } }]);",
    "a step's field": "await enqueue([{ post: '/check-ins', json: { qr: code } }]);",
    "no photo": "await enqueue([{ post: '/submissions/{submission_id}/evidence', path: { submission_id: code } }]);",
}
RIGHT = [
    "(await api.get('/deeds/{code}', { path: { code } })).data.points.toFixed();",
    "(await api.get('/deeds', { query: { cursor: null, category: '', all: true } })).data.items[0].code.length;",
    "(await api.get('/overview/points', { query: { per: 'week', format: 'csv' }, as: 'blob' })).data.size;",
    "(await api.post('/review-queue/lease')).data?.deed.length;",
    "await api.post('/till/redemptions', { json: { code }, key: newKey() });",
    "await enqueue([{ post: '/check-ins', json: { code } }]);",
]


def test_the_types_are_what_the_api_is(app: Flask) -> None:
    written = (ROOT / "web/types/openapi.d.ts").read_text(encoding="utf-8")

    made = app.test_cli_runner().invoke(args=["docs", "types"]).output

    assert written == made, "write it again: flask docs types > web/types/openapi.d.ts"


def test_a_page_that_does_not_fit_the_api_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.js"
    imports = (
        f"import {{ api, newKey }} from '{ROOT}/web/shared/api.js';\n"
        f"import {{ enqueue }} from '{ROOT}/web/shared/queue.js';\n"
        "const code = String(newKey());\n"
    )
    page.write_text(imports + "\n".join([*WRONG.values(), *RIGHT]) + "\n", encoding="utf-8")

    told = checked(page, tmp_path)

    found = {int(line) - imports.count("\n") for line in re.findall(r"page\.js:(\d+):", told)}
    missed = [what for number, what in enumerate(WRONG, start=1) if number not in found]
    assert (missed, {number for number in found if number > len(WRONG)}) == ([], set()), told


@pytest.mark.parametrize("name", ["types/openapi.d.ts", "types/client.d.ts", "deno.json"])
def test_no_browser_gets_the_types(name: str, client: FlaskClient) -> None:
    page = client.get("/", buffered=True).text
    edition = re.findall(r"/web/([0-9a-f]+)/", page)[0]

    assert client.get(f"/web/{edition}/{name}").status_code == 404


def checked(page: Path, folder: Path) -> str:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("deno")),
            "check",
            "--quiet",
            "--no-remote",
            "--config",
            str(ROOT / "web/deno.json"),
            str(page),
        ],
        env={**os.environ, "DENO_DIR": str(folder / "deno"), "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stderr
