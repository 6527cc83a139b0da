"""What is bad is refused as a problem with a stable code, or stored and returned equal; nothing makes the server fail
(promises A7, A46, A54)."""

import json
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import pytest

from tests.fuzz import corpora
from tests.fuzz.good_calls import GoodCall, GoodCalls
from tests.fuzz.test_api import CASES, OPERATIONS
from tests.town import Answer

T = TypeVar("T")

IS_LONG = CASES >= 60_000
WITH_BODY = [operation for operation in OPERATIONS if operation.split(" ")[0] in ("POST", "PUT", "PATCH")]
LISTS = [operation for operation in OPERATIONS if operation.startswith("GET") and "{" not in operation]
WITH_ID = [operation for operation in OPERATIONS if "{" in operation]


def assert_sane(answer: Answer, sent: object) -> None:
    """Whatever it was, the answer is ours: never a 5xx, and a refusal is a problem with its code."""
    assert answer.status_code < 500, sent
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json", sent
        assert answer.json["status"] == answer.status_code, sent
        assert answer.json["code"], sent


class Renewed:
    """A good call of an operation, made again once it has succeeded, for then it is used up."""

    def __init__(self, operation: str, good_calls: GoodCalls) -> None:
        self.operation, self.good_calls = operation, good_calls
        self.role = OPERATIONS[operation][0]
        self._turn = zlib.crc32(operation.encode()) + (0 if good_calls.town.settings.is_sqlite else 8)
        self.call: GoodCall = good_calls.make(operation, self.role)

    def some(self, corpus: Iterable[T]) -> list[T]:
        """All of it in the long form; else every sixteenth, other ones for each operation, test and database."""
        if IS_LONG:
            return list(corpus)
        self._turn += 5
        return list(corpus)[self._turn % 16 :: 16]

    def send(self, **changes: Any) -> Answer:
        answer = self.good_calls.send(self.operation, self.call, **changes)
        assert_sane(answer, changes)
        used_up = answer.status_code < 300 and not self.operation.startswith("GET")
        if used_up or answer.status_code in (401, 409):
            self.call = self.good_calls.make(self.operation, self.role)
        if answer.status_code == 429:
            self.good_calls.clock.forward(hours=1)
            self.call = self.good_calls.make(self.operation, self.role)
        return answer


@pytest.fixture
def renewed(operation: str, good_calls: GoodCalls) -> Renewed:
    return Renewed(operation, good_calls)


@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_body_that_is_none_is_refused(renewed: Renewed) -> None:
    takes_json = isinstance(renewed.call.body, dict) and "photo" not in renewed.call.body
    for name, body in renewed.some(corpora.BODIES.items()):
        answer = renewed.send(data=body)

        if takes_json and name not in ("nothing", "blank"):
            assert answer.status_code in (400, 401, 413, 422) or _is_told_refused(answer), (name, answer.json)


@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_value_that_is_hostile_is_refused_or_returned_equal(renewed: Renewed) -> None:
    for path, value in _spots(renewed.call.body):
        hostile = corpora.TEXTS if isinstance(value, str) else corpora.NUMBERS if _is_number(value) else []
        for other in renewed.some([*hostile, *corpora.OTHERS]):
            body = _with(renewed.call.body, path, other)

            answer = renewed.send(data=json.dumps(body).encode())

            if answer.status_code < 300 and answer.is_json and isinstance(answer.json, dict):
                shown = _at(answer.json, path)
                if isinstance(other, str) and isinstance(shown, str) and isinstance(value, str):
                    assert _comparable(shown) == _comparable(other), (path, other)
                elif _is_number(other) and _is_number(shown):
                    assert shown == other, (path, other)


@pytest.mark.parametrize("operation", WITH_BODY)
def test_a_field_named_twice_is_the_last_one_for_every_reader(renewed: Renewed) -> None:
    """The charter's gate and the schema read the same parse, so none can be shown the one and the other the other."""
    if not isinstance(renewed.call.body, dict) or "photo" in renewed.call.body:
        return
    for field in renewed.call.body:
        twice = json.dumps(renewed.call.body)[:-1].encode() + b', "' + field.encode() + b'": [null]}'

        answer = renewed.send(data=twice)

        assert answer.status_code == 422 or _is_told_refused(answer), field


def _is_told_refused(answer: Any) -> bool:
    """A preview is a good answer that says what publishing would be told: the refusal itself is in it."""
    path, told = answer.request.path, answer.json
    is_told = path.endswith("/preview") and answer.status_code == 200 and told["result"] == "refused"
    return bool(is_told and told["problem"])


@pytest.mark.parametrize("operation", LISTS)
def test_a_query_that_makes_no_sense_is_refused_or_harmless(renewed: Renewed) -> None:
    for query in renewed.some(corpora.QUERIES):
        renewed.send(query=query)


@pytest.mark.parametrize("operation", LISTS)
def test_a_cursor_that_this_list_did_not_give_is_refused_or_an_empty_page(renewed: Renewed) -> None:
    for cursor in renewed.some([*corpora.CURSORS, *_cursors_of_others(renewed)]):
        answer = renewed.send(query={"cursor": cursor})

        if answer.status_code >= 400:
            assert (answer.status_code, answer.json["code"]) in ((422, "bad_cursor"), (422, "invalid")), cursor


def _cursors_of_others(renewed: Renewed) -> Iterator[str]:
    for operation in ("GET /api/v1/deeds", "GET /api/v1/me/sessions", "GET /api/v1/submissions", "GET /api/v1/audit"):
        everybody = GoodCall(renewed.good_calls.shared("everybody"))
        page = renewed.good_calls.send(operation, everybody, query={"limit": 1})
        if (cursor := page.json["next_cursor"]) is not None:
            yield cursor


@pytest.mark.parametrize("operation", WITH_ID)
def test_an_id_that_is_none_is_not_there(renewed: Renewed) -> None:
    for name in renewed.call.path:
        for text in renewed.some(corpora.IDS):
            answer = renewed.send(path={name: text})

            assert answer.status_code in (200, 201, 204, 308, 400, 404, 405, 409, 412, 415, 422), (text, answer.json)
            assert "Evil" not in str(answer.headers)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_header_that_makes_no_sense_is_refused_or_harmless(renewed: Renewed) -> None:
    for header in renewed.some(corpora.HEADERS):
        renewed.send(headers=header)


def test_a_content_type_that_is_not_json_is_refused(good_calls: GoodCalls) -> None:
    who = good_calls.shared("resident")
    for content_type in corpora.CONTENT_TYPES:
        for body in (b'{"name": "Ona"}', b"name=Ona", '{"name": "Ona"}'.encode("utf-16")):
            answer = who.patch("/me", data=body, content_type=content_type)

            assert_sane(answer, (content_type, body))
            assert answer.status_code in (200, 400, 415, 422), content_type
            assert answer.status_code != 200 or content_type.lower().startswith("application/")


def test_a_method_that_there_is_not_is_refused(good_calls: GoodCalls) -> None:
    for method in ("TRACE", "PROPFIND", "BREW", "CONNECT", "X" * 300):
        answer = good_calls.shared("resident").call(method, "/me")

        assert_sane(answer, method)
        assert answer.status_code == 405


# What Werkzeug has kept of an upload that it then refuses is closed with its last reference, and Python says so.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile")
@pytest.mark.parametrize("name", corpora.UPLOADS)
def test_an_upload_that_is_none_is_refused(name: str, good_calls: GoodCalls) -> None:
    doer = good_calls.shared("resident")
    submission = good_calls.cases.claim(doer)

    answer = doer.post(
        f"/submissions/{submission}/evidence",
        data=corpora.UPLOADS[name],
        content_type="multipart/form-data; boundary=x",
    )

    assert_sane(answer, name)
    assert 400 <= answer.status_code < 500
    assert doer.get(f"/submissions/{submission}").json["evidence"] == []


def _spots(body: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Where something stands in a body, and what."""
    if not isinstance(body, dict):
        return
    for name, value in body.items():
        if isinstance(value, bytes):
            continue
        yield (*path, name), value
        yield from list(_spots(value, (*path, name)))[:1]  # one title stands for all


def _with(body: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    first, *rest = path
    return body | {first: _with(body[first], tuple(rest), value) if rest else value}


def _at(body: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _comparable(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").strip()
