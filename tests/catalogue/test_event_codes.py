"""Check-in (design.md): an event's code changes each 30 seconds, and nobody without the key can make one."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.event_codes import EventCode, ReadEventCode, code_at, read

KEY = b"k" * 32
EVENT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
instants = st.timedeltas(timedelta(), timedelta(days=90_000)).map(
    lambda passed: datetime(1970, 1, 1, tzinfo=UTC) + passed
)


@given(event_id=st.uuids(), at=instants)
def test_a_code_says_which_event_showed_it_and_when(event_id: UUID, at: datetime) -> None:
    shown = code_at(event_id, at=at, key=KEY)

    assert shown.step_starts_at <= at < shown.step_ends_at
    assert shown.step_ends_at - shown.step_starts_at == timedelta(seconds=30)
    assert read(shown.code, key=KEY) == ReadEventCode(event_id=event_id, step_starts_at=shown.step_starts_at)


def test_a_code_changes_each_30_seconds() -> None:
    first = code_at(EVENT, at=NOON, key=KEY)
    last = code_at(EVENT, at=NOON + timedelta(seconds=29, microseconds=999_999), key=KEY)
    following = code_at(EVENT, at=NOON + timedelta(seconds=30), key=KEY)

    assert first == last == EventCode(first.code, NOON, NOON + timedelta(seconds=30))
    assert following.code != first.code
    assert following.step_starts_at == first.step_ends_at


def test_a_code_is_the_same_in_every_zone() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert code_at(EVENT, at=elsewhere, key=KEY) == code_at(EVENT, at=NOON, key=KEY)


def test_an_instant_without_a_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError):
        code_at(EVENT, at=NOON.replace(tzinfo=None), key=KEY)


def test_a_code_is_48_letters_and_digits_without_padding() -> None:
    code = code_at(EVENT, at=NOON, key=KEY).code

    assert len(code) == 48
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@given(at=instants, data=st.data())
def test_a_code_is_read_however_it_is_written(at: datetime, data: st.DataObject) -> None:
    shown = code_at(EVENT, at=at, key=KEY)

    written = "".join(
        data.draw(st.sampled_from([character, character.lower()])) + data.draw(st.sampled_from(["", " ", "-"]))
        for character in shown.code
    )

    assert read(f" {written}\r\n", key=KEY) == ReadEventCode(EVENT, shown.step_starts_at)


@given(at=instants, bit=st.integers(0, 239))
def test_a_code_with_any_bit_changed_is_none(at: datetime, bit: int) -> None:
    content = int.from_bytes(base64.b32decode(code_at(EVENT, at=at, key=KEY).code), "big")

    forged = base64.b32encode((content ^ (1 << bit)).to_bytes(30, "big")).decode()

    assert read(forged, key=KEY) is None


def test_a_code_of_another_key_is_none() -> None:
    assert read(code_at(EVENT, at=NOON, key=b"l" * 32).code, key=KEY) is None


def test_what_cannot_be_a_code_is_none() -> None:
    code = code_at(EVENT, at=NOON, key=KEY).code

    for nonsense in ("", " ", code[:-1], code + "A", code[:40], code[:-8] + "=" * 8, code[:-1] + "1", code[:-1] + "é"):
        assert read(nonsense, key=KEY) is None
    for nonsense in ("A" * 48, "0" * 48, "\ud800" * 48, "٣" * 48, " " * 53 + code, "A" * 10_000_000):
        assert read(nonsense, key=KEY) is None


@given(text=st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abc -=é", max_size=120))
def test_whatever_is_typed_is_none_without_the_key(text: str) -> None:
    assert read(text, key=KEY) is None
