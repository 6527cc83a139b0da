"""What comes in is checked to the letter, and what is not refused is what was sent."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.http.schemas import (
    INSTANT_MAX,
    INSTANT_MIN,
    INT_MAX,
    Boolean,
    Code,
    Instant,
    Schema,
    Text,
    Whole,
    WholeInQuery,
)
from core.ids import new_id

_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


class Form(Schema):
    """One field of each kind."""

    points = Whole(at_least=1, at_most=1000)
    count = Whole()
    limit = WholeInQuery(at_least=1, at_most=100)
    agreed = Boolean()
    note = Text(at_most=10)
    story = Text(at_most=10, at_least=0, lines=True)
    code = Code()
    at = Instant()


def loaded(**sent: Any) -> dict[str, Any]:
    found: dict[str, Any] = Form().load(sent)
    return found


def is_refused(**sent: Any) -> bool:
    with pytest.raises(ma.ValidationError) as refused:
        Form().load(sent)
    assert set(refused.value.messages_dict) == set(sent)
    return True


# --- whole numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "understood"), [(5, 5), (5.0, 5), (1, 1), (1000, 1000), (1000.0, 1000)])
def test_five_and_five_point_zero_are_the_same_whole_number(sent: Any, understood: int) -> None:
    found = loaded(points=sent)["points"]

    assert (found, type(found)) == (understood, int)


@pytest.mark.parametrize(
    "sent",
    [
        *(True, False, None, "5", "5.0", " 5", "", b"5", [5], {"a": 5}),
        *(3.7, 0.1, -1, 0, 1001, 2**53 + 0.0, 2**63, 10**30, -(10**30), 1e300),
        *(float("inf"), float("-inf"), float("nan")),
    ],
    ids=repr,
)
def test_what_is_not_a_whole_number_within_bounds_is_refused(sent: Any) -> None:
    assert is_refused(points=sent)


@given(st.integers(0, INT_MAX))
def test_every_whole_number_of_ours_comes_through_however_it_is_written(number: int) -> None:
    assert loaded(count=number) == loaded(count=float(number)) == {"count": number}


@given(_anything)
def test_a_whole_number_is_never_made_of_something_else(sent: Any) -> None:
    try:
        found = loaded(count=sent)["count"]
    except ma.ValidationError:
        return
    assert not isinstance(sent, bool)
    assert isinstance(sent, int | float)
    assert found == sent
    assert 0 <= found <= INT_MAX


@pytest.mark.parametrize("sent", ["0", "101", "-1", "+1", "1.0", "٣", "1_0", "", " 1", "99999999999", "0x1"])
def test_a_limit_in_a_query_is_a_plain_number_within_bounds(sent: str) -> None:
    assert is_refused(limit=sent)
    assert loaded(limit="100") == {"limit": 100}


# --- texts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("ana", "ana"),
        ("  ana \n", "ana"),
        ("e\u0301", "é"),
        ("👩‍🌾", "👩‍🌾"),
        ("x" * 10, "x" * 10),
    ],
)
def test_a_text_is_trimmed_and_normalised(sent: str, understood: str) -> None:
    assert loaded(note=sent) == {"note": understood}


@pytest.mark.parametrize(
    "sent",
    ["", "   ", "\n", "x" * 11, "a\0b", "a\x1bb", "a\x7fb", "a\x85b", "a\nb", "a\tb", "\ud800", "a\udfffb", 5, None],
)
def test_a_text_holds_no_control_character_and_no_half_of_one(sent: Any) -> None:
    assert is_refused(note=sent)


def test_lines_end_in_one_way() -> None:
    assert loaded(story="a\r\nb\n\tc") == {"story": "a\nb\n\tc"}
    assert is_refused(story="a\rb")
    assert is_refused(story="a\0b")


@given(_anything)
def test_a_text_that_is_let_in_can_be_stored_and_said_back(sent: Any) -> None:
    try:
        found = loaded(story=sent)["story"]
    except ma.ValidationError:
        return
    assert len(found) <= 10
    assert found == unicodedata.normalize("NFC", found).strip()
    assert "\0" not in found
    assert "\r" not in found
    assert found.encode().decode() == found
    assert loaded(story=found) == {"story": found}


@pytest.mark.parametrize(
    "sent", ["", "A", "a b", "a--b", "-a", "a-", "a_b", "a\n", "ñ", "a/b", "a" * 61, 5, None, "a\0"]
)
def test_a_code_is_lower_case_words_with_hyphens(sent: Any) -> None:
    assert is_refused(code=sent)
    assert loaded(code="beach-clean-up-2") == {"code": "beach-clean-up-2"}


# --- instants ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent", ["2026-11-23T10:00:00Z", "2026-11-23t10:00:00z", "2026-11-23T11:00:00+01:00", "2026-11-23T10:00:00.000Z"]
)
def test_an_instant_is_kept_in_utc(sent: str) -> None:
    found = loaded(at=sent)["at"]

    assert found == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "sent",
    [
        "2026-11-23T10:00:00",
        "2026-11-23",
        "2026-11-23 10:00:00Z",
        "10:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-11-23T24:01:00Z",
        "2026-11-23T10:00:00+99:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-W48-1T10:00:00Z",
        "20261123T100000Z",
        "2026-11-23T10:00Z",
        "2026-11-23T10:00:00." + "0" * 40 + "Z",
        "٢٠٢٦-11-23T10:00:00Z",
        "",
        "T",
        1732356000,
        True,
        None,
        "2026-11-23T10:00:00Z\0",
    ],
)
def test_a_time_without_a_zone_or_beyond_reason_is_refused(sent: Any) -> None:
    assert is_refused(at=sent)


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_is_the_same_moment_wherever_it_was_written(at: datetime) -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    try:
        found = loaded(at=at.isoformat())["at"]
    except ma.ValidationError:
        assert not INSTANT_MIN + timedelta(days=1) < at < INSTANT_MAX - timedelta(days=1)
        return
    assert abs(found - at) < timedelta(minutes=1)  # old local times have seconds in their offset
    assert loaded(at=Form().dump({"at": found})["at"]) == {"at": found}


def test_what_an_instant_lets_in_survives_the_arithmetic_of_the_house() -> None:
    for at in (INSTANT_MIN, INSTANT_MAX):
        assert loaded(at=at.isoformat()) == {"at": at}
        assert at - timedelta(days=36_500) < at < at + timedelta(days=36_500)


@given(_anything)
def test_a_yes_is_true_and_a_no_is_false_and_nothing_else_is_either(sent: Any) -> None:
    assert isinstance(sent, bool) or is_refused(agreed=sent)
    assert (loaded(agreed=True), loaded(agreed=False)) == ({"agreed": True}, {"agreed": False})


@pytest.mark.parametrize("sent", [1, 0, 1.0, "true", "false", "1", "on", "yes", [], {}, None], ids=repr)
def test_what_a_language_takes_for_true_is_refused(sent: Any) -> None:
    assert is_refused(agreed=sent)


# --- whole bodies -----------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from([*Form().fields, "role", "citizen_id"]), _anything))
def test_a_body_is_understood_or_refused_and_unknown_fields_are_refused(sent: dict[str, Any]) -> None:
    try:
        found = loaded(**sent)
    except ma.ValidationError:
        return
    assert set(sent) <= set(Form().fields)
    assert set(found) == set(sent)


@given(_anything)
def test_a_body_that_is_no_object_is_refused(sent: Any) -> None:
    if not isinstance(sent, dict):
        with pytest.raises(ma.ValidationError):
            Form().load(sent)


# --- ids --------------------------------------------------------------------------------------------------------------


def test_ids_are_uuids_of_version_7_that_grow_and_differ() -> None:
    before = datetime.now(UTC).timestamp()
    ids = [new_id() for _ in range(2000)]

    assert {found.version for found in ids} == {7}
    assert len(set(ids)) == 2000
    stamps = [found.int >> 80 for found in ids]
    assert stamps == sorted(stamps)
    assert before - 1 < stamps[0] / 1000 < before + 60
