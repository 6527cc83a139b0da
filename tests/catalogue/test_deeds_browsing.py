"""Anyone browses the deeds: filtered, found by words, page by page, in their language, and mostly without a query."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from werkzeug.test import TestResponse

from app import create_app
from core.db import db
from core.http.public_pages import BYTES_MAX, KeptPages
from core.settings import Settings
from tests.catalogue.deed_bodies import TITLES, deed_body, version_body
from tests.clock import MovableClock
from tests.town import Person, Town


@pytest.fixture
def manager(town: Town) -> Person:
    return town.manager()


@pytest.fixture
def sample(town: Town) -> Person:
    """Somebody who reads the sample city."""
    done = town.app.test_cli_runner().invoke(args=["sample"])
    assert done.exit_code == 0, done.output
    return town.anyone()


def codes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    return [item["code"] for item in answer.json["items"]]


@contextmanager
def statements(town: Town) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, without what only begins or ends a transaction."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    with town.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def test_the_sample_city_is_a_real_catalogue(sample: Person) -> None:
    deeds = sample.get("/deeds?limit=100").json
    districts = sample.get("/districts").json["items"]

    assert (len(deeds["items"]), deeds["next_cursor"]) == (24, None)
    assert len(districts) == 10
    assert sum(len(district["neighbourhoods"]) for district in districts) == 73
    assert districts[2]["code"] == "sants-montjuic"
    assert districts[2]["neighbourhoods"][0] == {"code": "el-poble-sec", "name": "el Poble-sec"}


def test_the_pages_together_are_the_list(sample: Person) -> None:
    whole = codes(sample.get("/deeds?limit=100"))

    for limit in (1, 5, 24):
        seen, query = [], {"limit": limit}
        while query:
            page = sample.get("/deeds", query_string=query)
            seen += codes(page)
            assert seen == whole[: len(seen)], limit  # a list that runs in circles ends here
            cursor = page.json["next_cursor"]
            query = {"limit": limit, "cursor": cursor} if cursor else {}

        assert (limit, seen) == (limit, whole)
    assert whole == sorted(whole)


def test_a_page_keeps_its_filter(sample: Person) -> None:
    first = sample.get("/deeds?category=learning&limit=3")
    second = sample.get(
        "/deeds", query_string={"category": "learning", "limit": 3, "cursor": first.json["next_cursor"]}
    )

    assert codes(first) + codes(second) == [
        "digital-coach",
        "first-aid",
        "homework-club",
        "self-employment",
        "vocational-course",
    ]


def test_c39_deeds_are_found_by_access_tag(sample: Person) -> None:
    assert codes(sample.get("/deeds?access=outdoors")) == ["bike-to-work", "walk-school-bus"]
    assert codes(sample.get("/deeds?access=outdoors&category=mobility&q=guiar")) == ["walk-school-bus"]


def test_deeds_are_found_by_district_with_those_done_anywhere(sample: Person, manager: Person) -> None:
    manager.post("/deeds", json=deed_body("gracia-trees", category="animals", districts=["gracia", "eixample"]))
    anywhere = codes(sample.get("/deeds?category=animals&district=les-corts"))

    assert anywhere == ["adopt-older-animal", "walk-shelter-dogs"]
    assert codes(sample.get("/deeds?category=animals&district=gracia")) == [
        "adopt-older-animal",
        "gracia-trees",
        "walk-shelter-dogs",
    ]


def test_an_unknown_value_finds_nothing(sample: Person) -> None:
    for query in ("category=chess", "district=atlantis", "access=wings", "q=zeppelin", "access=%25", "district=%25"):
        assert (query, codes(sample.get(f"/deeds?{query}"))) == (query, [])


WRONG_QUERIES = [
    "colour=red",
    "limit=0",
    "limit=101",
    "limit=ten",
    "limit=-1",
    "q=",
    "q=%00",
    "q=" + "a" * 101,
    "category=%00",
    "cursor=!",
    "cursor=WzFd",
    "cursor=WyJhIiwiYiJd",
]


def test_a_wrong_query_is_refused(sample: Person) -> None:
    assert {query: sample.get(f"/deeds?{query}").status_code for query in WRONG_QUERIES} == dict.fromkeys(
        WRONG_QUERIES, 422
    )


def test_the_list_of_all_deeds_also_has_what_cannot_be_done_now(manager: Person, clock: MovableClock) -> None:
    for code in ("announced", "lapsed", "open", "paused"):
        later = {"in_force_from": "2027-01-10T00:00:00Z"} if code == "announced" else {}
        lapses = {"review_by": "2026-11-30"} if code == "lapsed" else {}
        assert manager.post("/deeds", json=deed_body(code) | later | lapses).status_code == 201
    pause = version_body(in_force_from="2026-12-02T09:00:00Z", paused_until="2026-12-20")
    assert manager.put("/deeds/paused", json=pause).status_code == 200
    sooner = version_body(in_force_from="2027-01-05T00:00:00Z", points=7)
    assert manager.put("/deeds/announced", json=sooner).status_code == 200
    clock.forward(days=10)

    all_of_them = manager.get("/deeds?all=true").json["items"]

    assert [(item["code"], item["is_open"]) for item in all_of_them] == [
        ("announced", False),
        ("lapsed", False),
        ("open", True),
        ("paused", False),
    ]
    assert (all_of_them[0]["version"], all_of_them[0]["points"]) == (2, 7)
    assert codes(manager.get("/deeds")) == ["open"]
    assert codes(manager.get("/deeds?all=true&limit=2")) == ["announced", "lapsed"]
    cursor = manager.get("/deeds?all=true&limit=2").json["next_cursor"]
    assert codes(manager.get(f"/deeds?all=true&cursor={cursor}")) == ["open", "paused"]
    assert manager.get("/deeds?all=yes").status_code == 422


WORDS: list[tuple[str, list[str]]] = [
    ("repair", ["repair-cafe"]),
    ("REPARACIÓN", ["repair-cafe"]),
    ("reparacion cafe", ["repair-cafe"]),
    ("cafe reparacio", ["repair-cafe"]),
    ("collaborar", ["town-fair"]),
    ("Col·laborar", ["town-fair"]),
    ("caes do canil", ["walk-shelter-dogs"]),
    ("stand on their own feet informatica", []),
    ("d’autoocupació", ["self-employment"]),
    ("nobody is left alone", ["shopping-help", "visit-neighbour"]),
    ("100%", []),
    ("_", []),
    ("b_n", []),
    ("/", []),
    ("\\", []),
    ("'; drop table deed; --", []),
]


def test_words_are_found_whatever_case_and_accents(sample: Person) -> None:
    for words, found in WORDS:
        assert (words, codes(sample.get("/deeds", query_string={"q": words}))) == (words, found)


def test_a_percent_sign_is_found_where_it_stands(manager: Person) -> None:
    manager.post("/deeds", json=deed_body("shade", purpose="100% shade_free"))
    manager.post("/deeds", json=deed_body("light", purpose="100 lights"))

    assert codes(manager.get("/deeds", query_string={"q": "100%"})) == ["shade"]
    assert codes(manager.get("/deeds", query_string={"q": "SHADE_"})) == ["shade"]


def test_the_search_follows_the_version_in_force(manager: Person, clock: MovableClock) -> None:
    manager.post("/deeds", json=deed_body())
    later = version_body(titles=TITLES | {"en": "Water parks"}, in_force_from="2026-11-25T00:00:00Z")
    manager.put("/deeds/water-trees", json=later)

    assert codes(manager.get("/deeds?q=parks")) == []
    clock.forward(days=3)
    assert codes(manager.get("/deeds?q=parks")) == ["water-trees"]
    assert codes(manager.get("/deeds?q=street+trees")) == []


LANGUAGES_ACCEPTED = [
    ("en", "en"),
    ("es-ES,es;q=0.9", "es"),
    ("ca", "ca"),
    ("pt-BR", "pt"),
    ("de, en;q=0.5", "en"),
    ("de", "ca"),
    ("", "ca"),
    ("*", "ca"),
    ("???", "ca"),
    (None, "ca"),
]


def test_titles_come_in_the_readers_language(manager: Person) -> None:
    manager.post("/deeds", json=deed_body())

    for accepted, language in LANGUAGES_ACCEPTED:
        headers = {} if accepted is None else {"Accept-Language": accepted}
        for path in ("/deeds", "/deeds/water-trees", "/deeds/water-trees/versions"):
            answer = manager.get(path, headers=headers)

            item = answer.json["items"][0] if "items" in answer.json else answer.json
            shown = (accepted, item["title"], answer.headers["Content-Language"])
            assert shown == (accepted, TITLES[language], language)
            assert item["titles"] == TITLES
            assert answer.headers["Vary"] == "Accept-Language, Accept-Encoding"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_page_read_again_costs_one_statement_and_304_no_bytes(town: Town, sample: Person, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    for path in ("/deeds", "/deeds/first-aid", "/deeds/first-aid/versions", "/districts"):
        first = sample.get(path, headers=headers)
        etag = first.headers["ETag"]

        with statements(town) as for_cached:
            again = sample.get(path, headers=headers)
        with statements(town) as for_304:
            unchanged = sample.get(path, headers=headers | {"If-None-Match": f'"other", {etag}'})
        weakened = sample.get(path, headers=headers | {"If-None-Match": f"W/{etag}"})

        assert etag.startswith('"')
        assert (again.status_code, again.data, again.headers["ETag"]) == (200, first.data, etag)
        assert (unchanged.status_code, unchanged.data, unchanged.headers["ETag"]) == (304, b"", etag)
        assert weakened.status_code == 304
        assert (path, len(for_cached), len(for_304)) == (path, 1, 1)
        assert first.headers["Cache-Control"] == unchanged.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "path", ["/deeds", "/deeds?limit=3", "/deeds/first-aid", "/deeds/first-aid/versions", "/districts"]
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("has_it", [False, True])
def test_a_kept_page_is_answered_as_its_route_answers_it(
    town: Town, sample: Person, path: str, encoding: str, has_it: bool
) -> None:
    headers = {"Accept-Encoding": encoding, "Accept-Language": "pt", "X-Request-Id": "a-number-of-ours"}
    if has_it:
        headers["If-None-Match"] = sample.get(path, headers=headers).headers["ETag"]
        town.app.extensions["kept_pages"] = KeptPages(bytes_max=BYTES_MAX)  # as after a start

    by_the_route = sample.get(path, headers=headers)
    from_what_is_kept = sample.get(path, headers=headers)

    assert (from_what_is_kept.status_code, from_what_is_kept.data) == (by_the_route.status_code, by_the_route.data)
    assert sorted(from_what_is_kept.headers) == sorted(by_the_route.headers)
    assert by_the_route.status_code == (304 if has_it else 200)


def test_a_listed_deed_says_what_its_own_page_says(sample: Person) -> None:
    listed = sample.get("/deeds?limit=100", headers={"Accept-Language": "pt"}).json["items"]

    assert len(listed) > 20
    for item in listed:
        assert item == sample.get(f"/deeds/{item['code']}", headers={"Accept-Language": "pt"}).json


def test_the_first_reading_costs_one_statement(town: Town, sample: Person) -> None:
    with statements(town) as seen:
        answer = sample.get("/deeds?category=care&q=hacer&district=gracia&access=weekend")

    assert answer.json["items"]
    assert len(seen) == 1


def test_a_compressed_page_says_the_same_under_its_own_etag(sample: Person) -> None:
    plain = sample.get("/deeds", headers={"Accept-Encoding": "identity"})
    packed = sample.get("/deeds", headers={"Accept-Encoding": "br;q=1, gzip;q=0.8, *;q=0.1"})
    refused = sample.get("/deeds", headers={"Accept-Encoding": "gzip;q=0"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 3
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert refused.data == plain.data


def test_a_page_too_small_to_pack_is_sent_as_it_is(manager: Person) -> None:
    answer = manager.get("/deeds", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers
    assert answer.json == {"items": [], "next_cursor": None}


def test_the_etag_tells_apart_languages_filters_and_pages(sample: Person) -> None:
    etags = [
        sample.get(path, headers={"Accept-Language": language}).headers["ETag"]
        for language in ("ca", "es")
        for path in (
            "/deeds",
            "/deeds?category=care",
            "/deeds?limit=5",
            "/deeds?q=care",
            "/districts",
            "/deeds/first-aid",
        )
    ]

    assert len(set(etags)) == len(etags)


def test_what_is_published_is_seen_at_once(manager: Person) -> None:
    empty = manager.get("/deeds")

    manager.post("/deeds", json=deed_body())

    seen = manager.get("/deeds", headers={"If-None-Match": empty.headers["ETag"]})
    assert (seen.status_code, codes(seen)) == (200, ["water-trees"])
    manager.put("/deeds/water-trees", json=version_body(points=7))
    changed = manager.get("/deeds", headers={"If-None-Match": seen.headers["ETag"]})
    assert (changed.status_code, changed.json["items"][0]["points"]) == (200, 7)


def test_time_alone_changes_the_etag(manager: Person, clock: MovableClock) -> None:
    """A version comes into force and a review date passes without anybody publishing anything."""
    manager.post("/deeds", json=deed_body(review_by="2026-11-23"))
    last_day = version_body(points=7, in_force_from="2026-11-23T12:00:00Z", review_by="2026-11-23")
    manager.put("/deeds/water-trees", json=last_day)

    etags = []
    for minutes in (0, 119, 1, 659, 1):
        clock.forward(minutes=minutes)
        page = manager.get("/deeds")
        etags.append((page.headers["ETag"], [item["points"] for item in page.json["items"]]))

    assert [points for _, points in etags] == [[2], [2], [7], [7], []]
    assert len({etag for etag, _ in etags}) == 3


def test_a_refusal_is_not_kept(manager: Person) -> None:
    missing = manager.get("/deeds/water-trees")
    manager.post("/deeds", json=deed_body())

    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")
    assert "ETag" not in missing.headers
    assert manager.get("/deeds/water-trees").status_code == 200


def test_what_no_code_can_be_is_not_there(manager: Person) -> None:
    for code in ("%00", "Ä", "a%2Fb", "a" * 61, "UPPER", "a b"):
        for path in (f"/deeds/{code}", f"/deeds/{code}/versions", f"/benefits/{code}"):
            assert (path, manager.get(path).status_code) == (path, 404)


def test_another_city_is_only_settings_and_data(environ: dict[str, str], clock: MovableClock) -> None:
    app = create_app(Settings.load(environ | {"BONAFETA_CITY": "cascais"}))
    app.test_cli_runner().invoke(args=["sample"])
    reader = Town(app, clock).anyone()

    assert [district["code"] for district in reader.get("/districts").json["items"]] == [
        "alcabideche",
        "carcavelos-e-parede",
        "cascais-e-estoril",
        "sao-domingos-de-rana",
    ]
    assert reader.get("/deeds/first-aid").json["title"] == "Concluir um curso de primeiros socorros"

    with app.app_context():
        db.engine.dispose()
