"""From a mailbox to a session, and out again; the terms for everyone to read."""

import secrets
from dataclasses import asdict
from typing import Any

from flask import Response, request

from citizen import sign_in, tokens
from citizen.schemas import CodeSent, CodeWish, Refresh, SignIn, Terms, TokenPair
from core.db import Does
from core.http.doors import ANYONE, SIGNED_IN, caller, city, language, now, open_to, settings
from core.http.openapi import Routes
from core.http.public_pages import NOT_MODIFIED, PAGE_HEADERS, public_page
from core.titles import title_in

routes = Routes("sign-in", __name__, description="Codes by e-mail, sessions, and the terms.")


@routes.route("/terms")
@open_to(ANYONE, Does.PHASES)
@routes.response(200, Terms, headers=PAGE_HEADERS)
@routes.alt_response(304, description=NOT_MODIFIED)
def get_terms() -> Response:
    """The terms in force."""
    terms = {
        "version": city().terms.version,
        "text": title_in(city().terms.text, language=language(), city=city()).strip(),
    }
    return public_page(terms, edition=(terms,), language=language())


@routes.route("/auth/codes", methods=["POST"])
@open_to(ANYONE, Does.WRITES)
@routes.arguments(CodeWish)
@routes.response(202, CodeSent)
def post_code(wish: dict[str, Any]) -> Any:
    """Send a code of six digits to this address. The answer is the same whoever it is."""
    sign_in.send_code(
        wish["email"],
        network=request.remote_addr,
        seed=secrets.token_bytes(sign_in.SEED_BYTES),
        language=language(),
        at=now(),
        settings=settings(),
    )
    return {"expires_in": int(sign_in.CODE_LIFE.total_seconds())}


@routes.route("/auth/tokens", methods=["POST"])
@open_to(ANYONE, Does.WRITES)
@routes.arguments(SignIn)
@routes.response(200, TokenPair)
def post_tokens(given: dict[str, Any]) -> Any:
    """Sign in. Who is new joins by naming the terms in force: else 409 `terms_required`, and the code stays good."""
    opened = sign_in.sign_in(
        given["email"],
        given["code"],
        terms_version=given.get("terms_version"),
        network=request.remote_addr,
        session_seed=secrets.token_bytes(tokens.SEED_BYTES),
        language=language(),
        at=now(),
        city=city(),
        settings=settings(),
    )
    return asdict(opened)


@routes.route("/auth/tokens/refresh", methods=["POST"])
@open_to(ANYONE, Does.WRITES)
@routes.arguments(Refresh)
@routes.response(200, TokenPair)
def post_refresh(given: dict[str, Any]) -> Any:
    """Exchange a refresh token, once: sent again within 30 seconds it gets the same pair, later the session ends."""
    return asdict(tokens.renew(given["refresh_token"], at=now(), settings=settings()))


@routes.route("/auth/tokens", methods=["DELETE"])
@open_to(SIGNED_IN, Does.WRITES)
@routes.response(204)
def delete_tokens() -> None:
    """Sign out here."""
    tokens.end_session(caller(), caller().session_id, at=now())
