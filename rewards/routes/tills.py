"""From a manager's code to a paired device, and from its PIN to a shift."""

import secrets
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import request

from core.db import Does
from core.http.doors import ANYONE, OF_DEVICES, Role, caller, now, open_to, settings
from core.http.openapi import Routes
from core.http.paging import PageQuery
from rewards import pairing, shifts, tills
from rewards.schemas import Paired, PairingNew, PairingShown, Pin, ShiftOpened, TillNew, TillOwn, TillPage
from rewards.till_tokens import SHIFT_LIFE, shift_token

routes = Routes("tills", __name__, description="A partner's devices: paired once by a manager's code, opened by a PIN.")


@routes.route("/partners/<code:code>/pairings", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(PairingNew)
@routes.response(201, PairingShown)
def post_pairing(wish: dict[str, Any], code: str) -> Any:
    """Make a code that pairs one device with a partner, or one of its tills again; it is shown this once."""
    made = pairing.invite(
        code,
        name=wish.get("name"),
        till_id=wish.get("till_id"),
        seed=secrets.token_bytes(pairing.SEED_BYTES),
        who=caller(),
        at=now(),
        settings=settings(),
    )
    return asdict(made) | {"expires_in": int(pairing.PAIRING_LIFE.total_seconds())}


@routes.route("/partners/<code:code>/devices")
@open_to(Role.MANAGER, Does.READS)
@routes.arguments(PageQuery, location="query")
@routes.response(200, TillPage)
def get_devices(query: dict[str, Any], code: str) -> Any:
    """A partner's tills, ended ones too."""
    return tills.listed(code, cursor=query.get("cursor"), limit=query["limit"], at=now())


@routes.route("/partners/<code:code>/devices/<uuid:till_id>", methods=["DELETE"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.response(204)
def delete_device(code: str, till_id: UUID) -> None:
    """End a till, and its shift, at once and for good."""
    tills.end(code, till_id, who=caller(), at=now())


@routes.route("/till/devices", methods=["POST"])
@open_to(ANYONE, Does.WRITES)
@routes.arguments(TillNew)
@routes.response(201, Paired)
def post_device(wish: dict[str, Any]) -> Any:
    """Make a till of this device, with the PIN chosen for its shifts. The token is told this once."""
    till, token = pairing.pair(
        wish["pairing_code"],
        pin=wish["pin"],
        name=wish.get("name"),
        network=request.remote_addr,
        at=now(),
        settings=settings(),
    )
    return tills.shown(till, at=now()) | {"till_token": token}


@routes.route("/till/shifts", methods=["POST"])
@open_to(Role.DEVICE, Does.WRITES)
@routes.arguments(Pin)
@routes.response(201, ShiftOpened)
def post_shift(given: dict[str, Any]) -> Any:
    """Begin a shift, with the device's token and its PIN; a shift that was open here ends."""
    till = shifts.open_shift(given["pin"], who=caller(), at=now(), settings=settings())
    token = shift_token(till, settings=settings())
    return tills.shown(till, at=now()) | {
        "access_token": token,
        "expires_in": int(SHIFT_LIFE.total_seconds()),
    }


@routes.route("/till/shifts", methods=["DELETE"])
@open_to(Role.TILL, Does.WRITES)
@routes.response(204)
def delete_shift() -> None:
    """End this shift; the device stays paired."""
    shifts.end_shift(who=caller(), at=now())


@routes.route("/till/me")
@open_to(OF_DEVICES, Does.READS)
@routes.response(200, TillOwn)
def get_till() -> Any:
    """Whose till this is, and how it stands: with the device's token or a shift's."""
    return tills.own(who=caller(), at=now())
