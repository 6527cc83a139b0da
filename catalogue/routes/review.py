"""What a verifier does: take the next case, decide on what they saw, undo an approval."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from catalogue import reason_codes, reversal, review, verification
from catalogue.schemas.review import (
    Decided,
    EventDecided,
    EventVerification,
    GiveBack,
    NextWished,
    QueuePage,
    QueueQuery,
    ReasonList,
    Reversed,
    Reversing,
    Verification,
)
from catalogue.schemas.submissions import ReviewedSubmission
from catalogue.submission_views import for_reviewer
from core.db import Does
from core.http.doors import ANYONE, Key, Role, caller, city, language, now, open_to
from core.http.openapi import Routes
from core.http.versions import SeenVersion, version_seen

routes = Routes("review", __name__, description="The queue of what waits for a decision, and the decisions.")


@routes.route("/reason-codes")
@open_to(ANYONE, Does.READS)
@routes.response(200, ReasonList)
def get_reason_codes() -> Any:
    """The reasons that a decision can have, in the reader's language."""
    return {"items": reason_codes.every_reason(language=language(), city=city()), "next_cursor": None}


@routes.route("/review-queue")
@open_to(Role.VERIFIER, Does.SNAPSHOT)
@routes.arguments(QueueQuery, location="query")
@routes.response(200, QueuePage)
def get_queue(query: dict[str, Any]) -> Any:
    """What waits, oldest first."""
    cursor, limit = query.pop("cursor", None), query.pop("limit")
    return review.waiting(
        review.Wish(**query),
        who=caller(),
        cursor=cursor,
        limit=limit,
        at=now(),
        language=language(),
        city=city(),
    )


@routes.route("/review-queue/lease", methods=["POST"])
@open_to(Role.VERIFIER, Does.WRITES)
@routes.arguments(NextWished, location="query")
@routes.response(200, ReviewedSubmission, headers={"ETag": {"schema": {"type": "string"}}})
@routes.alt_response(204, description="Nothing waits that you may decide.", success=True)
def post_lease(wished: dict[str, Any]) -> Any:
    """Take the oldest case that you may decide, of those that you wish; or see again the one that you hold, which is
    then yours for the whole time again."""
    beside = wished.pop("beside")
    submission = review.lease(review.Wish(**wished), beside=beside, who=caller(), at=now(), city=city())
    if submission is None:
        return Response(status=204)
    view = for_reviewer(submission, at=now(), language=language(), city=city())
    return view, 200, {"ETag": f'"{submission.revision}"'}


@routes.route("/review-queue/lease", methods=["DELETE"])
@open_to(Role.VERIFIER, Does.WRITES)
@routes.arguments(GiveBack)
@routes.response(204)
def delete_lease(back: dict[str, Any]) -> Response:
    """Give the case back, with a reason; it is not offered to you again."""
    review.release(back["reason_code"], submission_id=back["submission"], who=caller(), at=now())
    return Response(status=204)


@routes.route("/submissions/<uuid:submission_id>/verification", methods=["POST"])
@open_to(Role.VERIFIER, Does.WRITES, key=Key.ACCEPTED)
@routes.arguments(SeenVersion, location="headers")
@routes.arguments(Verification)
@routes.response(200, Decided)
def post_verification(seen: dict[str, Any], decision: dict[str, Any], submission_id: UUID) -> Any:
    """Approve, decline, or ask for more: on the version that you saw."""
    decided = verification.decide(
        submission_id,
        decision["decision"],
        reason_code=decision["reason_code"],
        text=decision["text"],
        revision_seen=version_seen(seen["if_match"]),
        who=caller(),
        at=now(),
        city=city(),
    )
    return jsonify(decided)


@routes.route("/events/<uuid:event_id>/verification", methods=["POST"])
@open_to(Role.VERIFIER, Does.WRITES)
@routes.arguments(EventVerification)
@routes.response(200, EventDecided)
def post_event_verification(decision: dict[str, Any], event_id: UUID) -> Any:
    """Decide on all that waits of an event, with a result per case: what you can decide first, then what you cannot."""
    return verification.decide_event(
        event_id,
        decision["decision"],
        reason_code=decision["reason_code"],
        text=decision["text"],
        cursor=decision["cursor"],
        who=caller(),
        at=now(),
        city=city(),
    )


@routes.route("/submissions/<uuid:submission_id>/reversal", methods=["POST"])
@open_to(Role.VERIFIER, Does.WRITES)
@routes.arguments(Reversing)
@routes.response(200, Reversed)
def post_reversal(why: dict[str, Any], submission_id: UUID) -> Any:
    """Undo an approval, once: what is left of its points goes, and nobody owes the rest."""
    return reversal.reverse(
        submission_id, reason_code=why["reason_code"], text=why["text"], who=caller(), at=now(), city=city()
    )
