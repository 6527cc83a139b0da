"""One's own matters: membership, profile, consents, sessions, what is kept and who looked; and leaving."""

from typing import Any
from uuid import UUID

from citizen import access_log, consents, erasure, membership, personal_data, profile, tokens
from citizen.schemas import (
    ConsentShown,
    Export,
    Leave,
    Leaving,
    LookPage,
    Me,
    Membership,
    ProfileChange,
    SessionPage,
)
from core.db import Does, in_transaction
from core.http.doors import SIGNED_IN, Role, caller, city, language, now, open_to, settings
from core.http.openapi import Routes
from core.http.paging import PageQuery

routes = Routes("me", __name__, description="One's own matters.")


@routes.route("/me")
@open_to(SIGNED_IN, Does.READS)
@routes.response(200, Me)
def get_me() -> Any:
    """My profile, roles and consents."""
    return profile.profile_of(caller().citizen_id, language=language(), city=city())


@routes.route("/me", methods=["PATCH"])
@open_to(SIGNED_IN, Does.WRITES)
@routes.arguments(ProfileChange)
@routes.response(200, Me)
def patch_me(changes: dict[str, Any]) -> Any:
    """Change my name, language, district or how I get notices; null clears the name or the district."""
    profile.change(caller().citizen_id, changes, city=city())
    return profile.profile_of(caller().citizen_id, language=language(), city=city())


@routes.route("/me", methods=["DELETE"])
@open_to(SIGNED_IN, Does.PHASES)
@routes.arguments(Leave, required=False)
@routes.response(200, Leaving)
def delete_me(wish: dict[str, Any]) -> Any:
    """Leave. I can spend my points until `erase_at`, then I am forgotten; with `now`, at once."""
    if wish["now"]:
        erasure.erase_person(caller().citizen_id, is_own_wish=True, at=now(), settings=settings())
        return {"status": "erased", "erase_at": now()}
    erase_at = in_transaction(lambda: membership.leave(who=caller(), at=now(), city=city()))
    return {"status": "leaving", "erase_at": erase_at}


@routes.route("/me/membership", methods=["PUT"])
@open_to(SIGNED_IN, Does.WRITES)
@routes.arguments(Membership)
@routes.response(200, Me)
def put_membership(wish: dict[str, Any]) -> Any:
    """Take part under the terms in force: join, accept newer ones, or stay after all."""
    membership.take_part(wish["terms_version"], who=caller(), at=now(), city=city())
    return profile.profile_of(caller().citizen_id, language=language(), city=city())


@routes.route("/me/consents/<code:purpose>", methods=["PUT"])
@open_to(Role.RESIDENT, Does.WRITES)
@routes.response(200, ConsentShown)
def put_consent(purpose: str) -> Any:
    """Consent to one purpose, in the words in force."""
    return consents.give(purpose, citizen_id=caller().citizen_id, language=language(), at=now(), city=city())


@routes.route("/me/consents/<code:purpose>", methods=["DELETE"])
@open_to(Role.RESIDENT, Does.WRITES)
@routes.response(204)
def delete_consent(purpose: str) -> None:
    """Withdraw one consent."""
    consents.withdraw(purpose, citizen_id=caller().citizen_id, at=now(), city=city())


@routes.route("/me/sessions")
@open_to(SIGNED_IN, Does.READS)
@routes.arguments(PageQuery, location="query")
@routes.response(200, SessionPage)
def get_sessions(query: dict[str, Any]) -> Any:
    """Where I am signed in, newest first."""
    return tokens.sessions_of(caller(), cursor=query.get("cursor"), limit=query["limit"], at=now())


@routes.route("/me/sessions/<uuid:session_id>", methods=["DELETE"])
@open_to(SIGNED_IN, Does.WRITES)
@routes.response(204)
def delete_session(session_id: UUID) -> None:
    """Sign out elsewhere, such as on a lost phone. Again changes nothing."""
    tokens.end_session(caller(), session_id, at=now())


@routes.route("/me/export")
@open_to(SIGNED_IN, Does.SNAPSHOT)
@routes.response(200, Export)
def get_export() -> Any:
    """Everything that is kept of me, for machines to read."""
    return personal_data.everything_of(caller().citizen_id, at=now())


@routes.route("/me/access-log")
@open_to(SIGNED_IN, Does.READS)
@routes.arguments(PageQuery, location="query")
@routes.response(200, LookPage)
def get_access_log(query: dict[str, Any]) -> Any:
    """Which office looked at or did what in my matters, when and why, newest first."""
    return access_log.who_looked_at(caller().citizen_id, cursor=query.get("cursor"), limit=query["limit"])
