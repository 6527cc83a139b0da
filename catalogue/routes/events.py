"""What an organiser does: announce, show the code, see who came, confirm; and what everyone sees of it."""

from typing import Any
from uuid import UUID

from flask import Response

from catalogue import confirmations, events
from catalogue.schemas.events import (
    AttendancePage,
    AwaitingPage,
    ConfirmationGiven,
    EventChange,
    EventCodeShown,
    EventItem,
    EventPage,
    EventQuery,
    NewConfirmation,
    NewEvent,
)
from core.db import Does
from core.http.doors import ANYONE, Role, caller, city, language, now, open_to, settings
from core.http.openapi import Routes
from core.http.paging import PageQuery

routes = Routes("events", __name__, description="When and where deeds can be done with others.")


@routes.route("/events")
@open_to(ANYONE, Does.READS)
@routes.arguments(EventQuery, location="query")
@routes.response(200, EventPage)
def get_events(query: dict[str, Any]) -> Any:
    """Events to come and under way, and standing placements, by their start."""
    return events.listed(
        deed=query.get("deed"),
        district=query.get("district"),
        since=query.get("since") or now(),
        cursor=query.get("cursor"),
        limit=query["limit"],
    )


@routes.route("/me/events")
@open_to(Role.ORGANISER, Does.READS)
@routes.arguments(PageQuery, location="query")
@routes.response(200, EventPage)
def get_my_events(query: dict[str, Any]) -> Any:
    """The events that I announced, over and cancelled ones too, the latest first."""
    return events.own_events(who=caller(), cursor=query.get("cursor"), limit=query["limit"])


@routes.route("/events/<uuid:event_id>")
@open_to(ANYONE, Does.READS)
@routes.response(200, EventItem)
def get_event(event_id: UUID) -> Any:
    """An event."""
    return events.event_shown(event_id)


@routes.route("/events", methods=["POST"])
@open_to(Role.ORGANISER, Does.WRITES)
@routes.arguments(NewEvent)
@routes.response(201, EventItem)
def post_event(event: dict[str, Any]) -> Any:
    """Announce an event; without an end it is a standing placement."""
    announced = events.announce(event.pop("deed"), who=caller(), at=now(), **event)
    return events.event_dump(announced)


@routes.route("/events/<uuid:event_id>", methods=["PATCH"])
@open_to(Role.ORGANISER, Does.WRITES)
@routes.arguments(EventChange)
@routes.response(200, EventItem)
def patch_event(changes: dict[str, Any], event_id: UUID) -> Any:
    """Change my event."""
    return events.event_dump(events.alter(event_id, changes, who=caller(), at=now()))


@routes.route("/events/<uuid:event_id>", methods=["DELETE"])
@open_to(Role.ORGANISER, Does.WRITES)
@routes.response(204)
def delete_event(event_id: UUID) -> Response:
    """Cancel my event."""
    events.cancel(event_id, who=caller(), at=now())
    return Response(status=204)


@routes.route("/events/<uuid:event_id>/code")
@open_to(Role.ORGANISER, Does.READS)
@routes.response(200, EventCodeShown)
def get_event_code(event_id: UUID) -> Any:
    """The code to show at my event now."""
    shown = events.code_now(event_id, who=caller(), at=now(), settings=settings())
    return {"code": shown.code, "valid_until": shown.step_ends_at}


@routes.route("/events/<uuid:event_id>/attendance")
@open_to(Role.ORGANISER, Does.WRITES)
@routes.arguments(PageQuery, location="query")
@routes.response(200, AttendancePage)
def get_attendance(query: dict[str, Any], event_id: UUID) -> Any:
    """Who checked in at my event. Each one shown is a line in the log."""
    return events.attendance(
        event_id, who=caller(), cursor=query.get("cursor"), limit=query["limit"], at=now(), city=city()
    )


@routes.route("/confirmations")
@open_to(Role.ORGANISER, Does.WRITES)
@routes.arguments(PageQuery, location="query")
@routes.response(200, AwaitingPage)
def get_confirmations(query: dict[str, Any]) -> Any:
    """The submissions that name my events and await my word. Each one shown is a line in the log."""
    return confirmations.awaiting(
        who=caller(),
        cursor=query.get("cursor"),
        limit=query["limit"],
        at=now(),
        language=language(),
        city=city(),
    )


@routes.route("/submissions/<uuid:submission_id>/confirmation", methods=["POST"])
@open_to(Role.ORGANISER, Does.WRITES)
@routes.arguments(NewConfirmation)
@routes.response(200, ConfirmationGiven)
def post_confirmation(said: dict[str, Any], submission_id: UUID) -> Any:
    """Confirm what was done at my event, or say no and why. A verifier decides either way."""
    return confirmations.confirm(submission_id, who=caller(), at=now(), city=city(), **said)
