"""The pages come from the app itself, packed, at addresses that may be kept for good, and nothing beside them does."""

import gzip
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.http.pages import FACES, KEPT_FOR_GOOD, Site

SHELL_BYTES_MAX, KEPT_BYTES_MAX = 150_000, 250_000
ZIPPED = {"Accept-Encoding": "gzip"}


def site(app: Flask) -> Site:
    found: Site = app.extensions["site"].now()
    return found


@pytest.mark.parametrize("face", FACES)
def test_a_page_finds_all_that_it_asks_for(face: str, client: FlaskClient) -> None:
    page = client.get(FACES[face])
    asked = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    answers = [(path, client.get(path)) for path in asked]

    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert [path for path, answer in answers if answer.status_code != 200] == []
    assert {answer.headers["Cache-Control"] for path, answer in answers if path.startswith("/web/")} == {KEPT_FOR_GOOD}


@pytest.mark.parametrize("face", FACES)
def test_a_page_may_run_and_ask_what_is_ours_only(face: str, client: FlaskClient) -> None:
    page = client.get(FACES[face])

    policy = dict(rule.split(" ", 1) for rule in page.headers["Content-Security-Policy"].split("; "))

    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert ("'unsafe-inline'" in policy["style-src"]) == (face == "docs")
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert re.findall(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", page.text) == []


def test_who_has_a_page_is_told_so(client: FlaskClient) -> None:
    plain, zipped = client.get("/"), client.get("/", headers=ZIPPED)

    again = client.get("/", headers={"If-None-Match": plain.headers["ETag"]})

    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert not plain.headers["ETag"].startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    assert plain.headers["Cache-Control"] == "public, no-cache"
    assert plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "file",
    [
        "vendor.py",
        "vendor.json",
        "icons.py",
        "docs/guide.md",
        "phone/index.html",
        "phone/sw.js",
        "phone/",
        "phone",
        "../app.py",
        "shared/../../app.py",
        "shared/%2e%2e/%2e%2e/app.py",
        "shared//etc/passwd",
    ],
)
def test_nothing_beside_the_faces_is_served(file: str, app: Flask, client: FlaskClient) -> None:
    answer = client.get(f"/web/{site(app).edition}/{file}")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_another_edition_is_not_here(client: FlaskClient) -> None:
    assert client.get("/web/0123456789abcdef/shared/tokens.css").status_code == 404


@pytest.mark.parametrize("face", ["phone", "till"])
def test_a_worker_names_its_edition_and_all_that_its_face_needs(face: str, app: Flask, client: FlaskClient) -> None:
    worker = client.get(f"/web/{face}/sw.js")

    files = re.findall(r'"(/web/[^"]+)"', worker.text.splitlines()[1])
    assert worker.headers["Service-Worker-Allowed"] == FACES[face]
    assert worker.headers["Cache-Control"] == "public, no-cache"
    assert '$modules["shared/worker.js"]' in worker.text
    assert f"/web/{site(app).edition}/{face}/app.js" in files
    assert [file for file in files if client.get(file).status_code != 200] == []


def test_a_face_without_a_worker_has_none(client: FlaskClient) -> None:
    assert client.get("/web/staff/sw.js").status_code == 404


def test_the_shell_of_the_phone_client_is_small(client: FlaskClient) -> None:
    files = re.findall(r'"(/[^"]*)"', client.get("/web/phone/sw.js").text.splitlines()[1])

    sizes = {file: len(client.get(file, headers=ZIPPED).data) for file in files}

    # A reader has one language, and needs no reader of codes where the browser is one.
    of_one_reader = [
        size for file, size in sizes.items() if not re.search(r"/strings/(ca|es|pt)\.js|/qr[^/]*\.js", file)
    ]
    assert sum(of_one_reader) < SHELL_BYTES_MAX, sorted(sizes.items(), key=lambda row: -row[1])[:10]
    assert sum(sizes.values()) < KEPT_BYTES_MAX


def test_a_changed_file_is_another_edition(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("web")
    (folder / "phone").mkdir()
    (folder / "phone" / "index.html").write_text('<link href="/web/phone/face.css">')
    editions = []

    for colour in ("red", "green"):
        (folder / "phone" / "face.css").write_text(f"a {{ color: {colour} }}")
        editions.append(Site(folder))

    pages = [edition.file("phone/index.html") for edition in editions]
    assert editions[0].edition != editions[1].edition
    assert [page and page.content.decode() for page in pages] == [
        f'<link href="/web/{edition.edition}/phone/face.css">' for edition in editions
    ]
