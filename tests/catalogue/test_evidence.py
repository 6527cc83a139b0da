"""A photo is private, each look at it is on record, nothing but new pixels is kept, and not for longer than needed."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.catalogue.cases import ASK, Cases, own_id, photo
from tests.town import Person, Town

MIB = 1024 * 1024


@pytest.fixture
def doer(town: Town, cases: Cases) -> Person:
    cases.deed()
    return town.resident()


def files_of(town: Town) -> list[Path]:
    """All that is kept of photos."""
    return [file for file in (town.settings.instance / "evidence").rglob("*") if file.is_file()]


def test_c16_a_photo_is_kept_as_new_pixels_in_a_private_file(doer: Person, town: Town, cases: Cases) -> None:
    upload = BytesIO()
    Image.new("RGB", (60, 40), "green").save(upload, "JPEG", comment=b"my balcony, fourth floor")
    submission = cases.claim(doer)

    sent = cases.send_photo(doer, submission, upload.getvalue())

    assert sent.status_code == 201
    (file,) = files_of(town)
    assert file.stat().st_mode & 0o077 == 0
    kept = file.read_bytes()
    assert b"balcony" not in kept
    assert sent.json | {"id": ""} == {
        "id": "",
        "uploaded_at": "2026-11-23T10:00:00Z",
        "width": 60,
        "height": 40,
        "bytes": len(kept),
        "status": "in_review",
    }


def test_its_owner_sees_a_photo_and_no_cache_keeps_it(doer: Person, town: Town, cases: Cases) -> None:
    sent = cases.send_photo(doer, cases.claim(doer)).json

    seen = doer.get(f"/evidence/{sent['id']}")

    assert (seen.status_code, seen.mimetype, len(seen.data)) == (200, "image/jpeg", sent["bytes"])
    assert Image.open(BytesIO(seen.data)).size == (40, 30)
    assert seen.headers["Content-Disposition"].startswith("attachment")
    assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert seen.headers["Cache-Control"] == "no-store"
    assert cases.looks_at(doer, "evidence.read") == [(doer.id, "own")]


def test_only_the_verifier_who_holds_the_case_sees_its_photo(doer: Person, town: Town, cases: Cases) -> None:
    holder, other = town.verifier(), town.verifier()
    photo_of = cases.send_photo(doer, cases.claim(doer)).json["id"]
    assert holder.get(f"/evidence/{photo_of}").status_code == 404
    cases.lease(holder)

    seen = holder.get(f"/evidence/{photo_of}")
    others = [one.get(f"/evidence/{photo_of}").status_code for one in (other, town.resident(), town.organiser())]

    assert seen.status_code == 200
    assert others == [404, 404, 403]
    assert town.anyone().get(f"/evidence/{photo_of}").status_code == 401
    assert cases.looks_at(doer, "evidence.read") == [(holder.id, "verification")]
    log = doer.get("/me/access-log").json["items"]
    assert {"evidence.read", "submission.leased"} <= {line["kind"] for line in log}
    cases.clock.forward(minutes=15)
    assert holder.get(f"/evidence/{photo_of}").status_code == 404


def test_the_same_photo_sent_again_is_the_same_photo(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim(doer)
    first = cases.send_photo(doer, submission)

    again = cases.send_photo(doer, submission)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert cases.seen(doer, submission)["revision"] == 2
    assert len(files_of(town)) == 1


def test_a_key_replays_the_answer_whatever_the_boundary_of_the_parts(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim(doer)
    first = cases.send_photo(doer, submission, key="one")

    again = cases.send_photo(doer, submission, key="one")
    other = cases.send_photo(doer, submission, photo(9), key="one")

    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert len(files_of(town)) == 1


def test_a_submission_holds_five_photos(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim(doer)
    for shade in range(5):
        assert cases.send_photo(doer, submission, photo(shade * 40)).status_code == 201

    sixth = cases.send_photo(doer, submission, photo(250))

    assert (sixth.status_code, sixth.json["code"], sixth.json["photos_max"]) == (409, "too_many_photos", 5)
    assert len(files_of(town)) == 5
    assert len(cases.seen(doer, submission)["evidence"]) == 5


def test_what_is_no_photo_leaves_nothing(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim(doer)
    gif, wide = BytesIO(), BytesIO()
    Image.new("RGB", (4, 4)).save(gif, "GIF")
    Image.new("1", (5001, 5000)).save(wide, "PNG")

    def refused(content: bytes) -> tuple[int, str]:
        answer = cases.send_photo(doer, submission, content)
        return answer.status_code, answer.json["code"]

    assert refused(b"<svg/>") == (415, "photo_format_unsupported")
    assert refused(gif.getvalue()) == (415, "photo_format_unsupported")
    assert refused(photo()[:300]) == (422, "photo_not_readable")
    assert refused(wide.getvalue()) == (422, "photo_too_many_pixels")
    assert refused(b"\0" * (10 * MIB + 1)) == (413, "photo_too_large")
    assert refused(b"\0" * (11 * MIB)) == (413, "content_too_large")
    assert refused(b"") == (415, "photo_format_unsupported")
    assert cases.seen(doer, submission)["status"] == "submitted"
    assert files_of(town) == []


def test_a_full_disk_refuses_a_photo_and_keeps_no_half_of_it(
    doer: Person, town: Town, cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission = cases.claim(doer)

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", lambda _: Path("/dev/full").write_bytes(b"more"))
        refused = cases.send_photo(doer, submission)

    assert (refused.status_code, refused.json["code"]) == (507, "insufficient_storage")
    assert files_of(town) == []
    assert cases.send_photo(doer, submission).status_code == 201


def test_the_photo_is_a_part_of_its_own(doer: Person, cases: Cases) -> None:
    path = f"/submissions/{cases.claim(doer)}/evidence"

    answers = [
        doer.post(path),
        doer.post(path, json={"photo": "x"}),
        doer.post(path, data={"photo": "text"}, content_type="multipart/form-data"),
        doer.post(path, data={"picture": (BytesIO(photo()), "a.jpg")}, content_type="multipart/form-data"),
        doer.post(path, data={"photo": (BytesIO(photo()), "a.jpg"), "points": "9"}, content_type="multipart/form-data"),
        doer.post(path, data=photo(), content_type="image/jpeg"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 6
    assert answers[4].json["errors"] == [{"field": "points", "reason": "Unknown field."}]


def test_a_new_photo_makes_a_decision_on_the_old_state_stale(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.claim_with_photo(doer)
    assert cases.lease(verifier) == submission
    cases.send_photo(doer, submission, photo(7))

    stale = cases.try_decide(verifier, submission, revision=2)

    assert (stale.status_code, stale.json["code"], stale.json["revision"]) == (412, "version_changed", 3)
    assert cases.balance(doer) == 0
    assert cases.lease(verifier) == submission
    cases.decide(verifier, submission, revision=3)


def test_a_new_photo_answers_a_verifiers_question(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)
    cases.decide(town.verifier(), submission, ASK)

    sent = cases.send_photo(doer, submission, photo(7))

    assert (sent.status_code, sent.json["status"]) == (201, "in_review")


def test_no_photo_is_added_to_what_is_decided(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.approved(doer, town.verifier())

    late = cases.send_photo(doer, submission, photo(7))
    resent = cases.send_photo(doer, submission)

    assert (late.status_code, late.json["code"]) == (409, "already_decided")
    assert resent.status_code == 200
    assert len(files_of(town)) == 1


def test_no_photo_is_added_to_what_is_not_there(doer: Person, town: Town, cases: Cases) -> None:
    assert cases.send_photo(doer, own_id()).status_code == 404
    assert doer.get(f"/evidence/{own_id()}").status_code == 404
    assert files_of(town) == []


def test_c17_photos_go_once_the_appeal_window_is_over(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.approved(doer, town.verifier())
    (photo_of,) = cases.seen(doer, submission)["evidence"]
    cases.clock.forward(days=30, seconds=-1)
    assert town.run_job("delete-evidence") == 0
    assert doer.get(f"/evidence/{photo_of['id']}").status_code == 200
    cases.clock.forward(seconds=1)

    assert town.run_job("delete-evidence") == 1

    assert files_of(town) == []
    assert doer.get(f"/evidence/{photo_of['id']}").status_code == 404
    assert cases.seen(doer, submission)["evidence"] == []
    assert town.run_job("delete-evidence") == 0


def test_c17_photos_of_what_is_withdrawn_go_at_the_next_round(doer: Person, town: Town, cases: Cases) -> None:
    submission = cases.claim_with_photo(doer)
    waiting = cases.claim_with_photo(doer)
    doer.delete(f"/submissions/{submission}")

    assert town.run_job("delete-evidence") == 1

    assert len(files_of(town)) == 1
    assert len(cases.seen(doer, waiting)["evidence"]) == 1


def test_c17_a_reversal_keeps_the_photos_for_its_own_appeal(doer: Person, town: Town, cases: Cases) -> None:
    verifier = town.verifier()
    submission = cases.approved(doer, verifier)
    cases.clock.forward(days=20)
    why = {"reason_code": "other_deed", "text": "It was the neighbour's street."}
    assert verifier.post(f"/submissions/{submission}/reversal", json=why).status_code == 200
    cases.clock.forward(days=29)

    assert town.run_job("delete-evidence") == 0

    cases.clock.forward(days=1)
    assert town.run_job("delete-evidence") == 1


def test_a_file_that_no_row_names_is_swept_after_a_day(doer: Person, town: Town, cases: Cases) -> None:
    cases.claim_with_photo(doer)
    (kept,) = files_of(town)
    orphan = kept.with_name(f"{'0' * 32}-{'1' * 32}.jpg")
    draft = kept.with_name(f"{'0' * 32}-{'1' * 32}.draft")
    foreign = kept.with_name("lost+found")
    for file in (orphan, draft, foreign):
        file.write_bytes(b"x")
        written_at = (cases.clock.now() + timedelta(minutes=1)).timestamp()
        os.utime(file, (written_at, written_at))
    cases.clock.forward(hours=24, minutes=1)
    assert town.run_job("delete-evidence") == 0
    cases.clock.forward(seconds=1)

    assert town.run_job("delete-evidence") == 2

    assert sorted(files_of(town)) == sorted([kept, foreign])
