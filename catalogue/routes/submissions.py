"""What a resident does: claim a deed, send photos, check in, see what was decided."""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from werkzeug.datastructures import FileStorage

from catalogue import check_ins, evidence, photos, review, submissions
from catalogue.caps_taken import caps_taken
from catalogue.events import code_key
from catalogue.models import Submission
from catalogue.schemas.submissions import (
    CapsTaken,
    CheckIn,
    EvidenceAdded,
    NewSubmission,
    PhotoUpload,
    SubmissionChange,
    SubmissionItem,
    SubmissionPage,
    SubmissionQuery,
)
from catalogue.submission_views import for_owner
from core.db import Does, in_transaction
from core.http.doors import Key, Role, caller, city, language, now, open_to, settings
from core.http.edge import claim_for
from core.http.idempotency import fingerprint_of, read_key
from core.http.openapi import Routes
from core.http.paging import page, read_cursor

routes = Routes("submissions", __name__, description="What a resident did, and what was decided on it.")

MULTIPART_BYTES_MAX = photos.BYTES_MAX + 64 * 1024
REVISION = {"ETag": {"schema": {"type": "string"}, "description": "the revision in quotes, for If-Match"}}
SENT_BEFORE = "The same was sent before: this is it."
EITHER_VIEW = {
    "anyOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("SubmissionItem", "ReviewedSubmission")],
}


@routes.route("/submissions", methods=["POST"])
@open_to(Role.RESIDENT, Does.WRITES, key=Key.ACCEPTED)
@routes.arguments(NewSubmission)
@routes.response(201, SubmissionItem, headers=REVISION)
@routes.alt_response(200, schema=SubmissionItem, headers=REVISION, description=SENT_BEFORE, success=True)
def post_submission(claim: dict[str, Any]) -> Any:
    """Say that you did a deed. With an `id` of your own it can be sent again safely, also without a key."""
    submission, is_new = submissions.submit(
        claim["deed"],
        who=caller(),
        submission_id=claim["id"],
        done_at=claim["done_at"],
        quantity=claim["quantity"],
        note=claim["note"],
        event_id=claim["event"],
        without_points=claim["without_points"],
        at=now(),
        city=city(),
    )
    return _shown(submission, 201 if is_new else 200)


@routes.route("/submissions")
@open_to(Role.RESIDENT, Does.READS)
@routes.arguments(SubmissionQuery, location="query")
@routes.response(200, SubmissionPage)
def get_submissions(query: dict[str, Any]) -> Any:
    """My submissions, newest first."""
    limit: int = query["limit"]
    after: Any = read_cursor(query.get("cursor"), *submissions.CURSOR)
    found = submissions.own_submissions(is_open=query["open"], who=caller(), after=after, limit=limit)
    shown = {row["id"]: row for row in for_owner(found, language=language(), city=city())}
    return page(found, limit=limit, key=lambda one: (one.submitted_at, one.id), dump=lambda one: shown[one.id])


@routes.route("/submissions/<uuid:submission_id>")
@open_to(frozenset({Role.RESIDENT, Role.VERIFIER}), Does.WRITES)
@routes.response(200, EITHER_VIEW, headers=REVISION)
def get_submission(submission_id: UUID) -> Response:
    """My submission; or, without the resident, the one whose case I hold. The latter is a line in the log."""
    view = review.shown_to(submission_id, who=caller(), at=now(), language=language(), city=city())
    answer = jsonify(view)
    answer.set_etag(str(view["revision"]))
    return answer


@routes.route("/submissions/<uuid:submission_id>", methods=["PATCH"])
@open_to(Role.RESIDENT, Does.WRITES)
@routes.arguments(SubmissionChange)
@routes.response(200, SubmissionItem, headers=REVISION)
def patch_submission(change: dict[str, Any], submission_id: UUID) -> Any:
    """Change the note while nothing is decided. It answers a verifier's question, as a new photo does."""
    return _shown(submissions.annotate(submission_id, who=caller(), note=change["note"], at=now(), city=city()))


@routes.route("/submissions/<uuid:submission_id>", methods=["DELETE"])
@open_to(Role.RESIDENT, Does.WRITES)
@routes.response(200, SubmissionItem, headers=REVISION)
def delete_submission(submission_id: UUID) -> Any:
    """Withdraw it, until it is decided."""
    return _shown(submissions.withdraw(submission_id, who=caller(), at=now()))


@routes.route("/submissions/<uuid:submission_id>/evidence", methods=["POST"])
@open_to(Role.RESIDENT, Does.PHASES, key=Key.ACCEPTED, body_bytes_max=MULTIPART_BYTES_MAX, takes_json=False)
@routes.arguments(PhotoUpload, location="files")
@routes.response(201, EvidenceAdded)
@routes.alt_response(200, schema=EvidenceAdded, description=SENT_BEFORE, success=True)
def post_evidence(files: dict[str, FileStorage], submission_id: UUID) -> Response:
    """Add a photo. It is rebuilt from its pixels between two short transactions, and the upload itself is not kept."""
    key, upload = read_key(request, is_required=False), files["photo"].read()
    sha256 = hashlib.sha256(upload).hexdigest()
    who, at = caller(), now()
    look = partial(evidence.is_wanted, submission_id, uploaded_sha256=sha256, who=who)
    is_wanted = in_transaction(look, does=Does.READS)
    stored = evidence.store(photos.rebuild(upload), settings=settings(), at=at) if is_wanted else None

    def add() -> Response:
        added, submission, is_new = evidence.add(
            submission_id, who=who, uploaded_sha256=sha256, stored=stored, at=at, city=city()
        )
        answer = jsonify(EvidenceAdded().dump(evidence.evidence_dump(added, submission)))
        answer.status_code = 201 if is_new else 200
        return answer

    with evidence.discarded_unless_kept(stored, settings=settings()):
        return in_transaction(partial(_once, key, sha256, add))


@routes.route("/me/caps")
@open_to(Role.RESIDENT, Does.READS)
@routes.response(200, CapsTaken)
def get_caps() -> Any:
    """What I have taken of the deeds' caps, today and this year."""
    return caps_taken(caller().citizen_id, at=now(), city=city())


@routes.route("/evidence/<uuid:evidence_id>")
@open_to(frozenset({Role.RESIDENT, Role.VERIFIER}), Does.PHASES)
@routes.response(200, {"type": "string", "format": "binary"}, content_type="image/jpeg")
def get_evidence(evidence_id: UUID) -> Response:
    """A photo: my own, or of the case that I hold. Each look is a line in the log."""
    file_name, media_type = in_transaction(partial(evidence.open_photo, evidence_id, who=caller(), at=now()))
    answer = Response(evidence.content_of(file_name, settings=settings()), mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{evidence_id}.jpg"'
    return answer


@routes.route("/check-ins", methods=["POST"])
@open_to(Role.RESIDENT, Does.WRITES, key=Key.ACCEPTED)
@routes.arguments(CheckIn)
@routes.response(201, SubmissionItem, headers=REVISION)
@routes.alt_response(200, schema=SubmissionItem, headers=REVISION, description=SENT_BEFORE, success=True)
def post_check_in(scan: dict[str, Any]) -> Any:
    """Check in at an event with the code it shows, up to 24 hours later; a deed of low value is approved by rule."""
    submission, is_new = check_ins.check_in(
        scan["code"],
        who=caller(),
        submission_id=scan["id"],
        without_points=scan["without_points"],
        key=code_key(settings()),
        at=now(),
        city=city(),
    )
    return _shown(submission, 201 if is_new else 200)


def _shown(submission: Submission, status: int = 200) -> tuple[dict[str, Any], int, dict[str, str]]:
    view = for_owner([submission], language=language(), city=city())[0]
    return view, status, {"ETag": f'"{submission.revision}"'}


def _once(key: str | None, sha256: str, do: Callable[[], Response]) -> Response:
    """One effect and one answer per key. The photo makes the request the same, not the multipart body: its boundary
    differs each time."""
    claim = claim_for(caller(), key, fingerprint_of(request, sha256.encode()), at=now()) if key else None
    if claim is not None and claim.stored is not None:
        return claim.stored
    answer = do()
    if claim is not None:
        claim.keep(answer)
    return answer
