"""A resident buys, shows and gives back vouchers."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from core.db import Does
from core.http.doors import Key, Role, caller, city, language, now, open_to, settings
from core.http.openapi import Routes
from core.http.paging import PageQuery
from rewards import purchase, voucher_codes, vouchers
from rewards.schemas import (
    RefundReason,
    VoucherBought,
    VoucherEnded,
    VoucherPage,
    VoucherWish,
    VoucherWithCode,
)

routes = Routes("vouchers", __name__, description="Benefits bought.")

CODE_KEY = "voucher code"


@routes.route("/vouchers", methods=["POST"])
@open_to(Role.RESIDENT, Does.WRITES, key=Key.REQUIRED)
@routes.arguments(VoucherWish)
@routes.response(201, VoucherBought)
def post_voucher(wish: dict[str, Any]) -> Any:
    """Buy a benefit at the price seen. The answer holds no code: read the voucher for it."""
    voucher, lapsing = purchase.buy(
        citizen_id=caller().citizen_id,
        benefit_code=wish["benefit"],
        price_points=wish["price_points"],
        city=city(),
        key=settings().key(CODE_KEY),
        at=now(),
    )
    shown = vouchers.voucher_dump(voucher, language=language(), at=now())
    answer = jsonify(shown | {"lapsing": lapsing})
    answer.status_code, answer.headers["Location"] = 201, f"/api/v1/vouchers/{voucher.id}"
    return answer


@routes.route("/vouchers")
@open_to(Role.RESIDENT, Does.READS)
@routes.arguments(PageQuery, location="query")
@routes.response(200, VoucherPage)
def get_vouchers(query: dict[str, Any]) -> Any:
    """My vouchers, newest first."""
    return vouchers.listed(
        caller().citizen_id, cursor=query.get("cursor"), limit=query["limit"], language=language(), at=now()
    )


@routes.route("/vouchers/<uuid:voucher_id>")
@open_to(Role.RESIDENT, Does.READS)
@routes.response(200, VoucherWithCode)
def get_voucher(voucher_id: UUID) -> Any:
    """One of my vouchers, with its code while it is good."""
    voucher = vouchers.shown(voucher_id, citizen_id=caller().citizen_id)
    shown = vouchers.voucher_dump(voucher, language=language(), at=now())
    code = vouchers.code_shown(voucher, key=settings().key(CODE_KEY), at=now())
    return shown | vouchers.details_of(voucher, at=now()) | {"code": code}


@routes.route("/vouchers/<uuid:voucher_id>/qr.svg")
@open_to(Role.RESIDENT, Does.READS)
@routes.response(200, {"type": "string"}, content_type="image/svg+xml")
def get_voucher_qr(voucher_id: UUID) -> Any:
    """The code as a QR picture: the code and nothing else is in it."""
    voucher = vouchers.shown(voucher_id, citizen_id=caller().citizen_id)
    code = vouchers.code_to_scan(voucher, key=settings().key(CODE_KEY), at=now())
    return Response(voucher_codes.qr_svg(code), mimetype="image/svg+xml")


@routes.route("/vouchers/<uuid:voucher_id>", methods=["DELETE"])
@open_to(Role.RESIDENT, Does.WRITES)
@routes.response(200, VoucherEnded)
def delete_voucher(voucher_id: UUID) -> Any:
    """Give an unused voucher back: its points return to where they came from, with the same dates."""
    voucher, returned = vouchers.cancel(voucher_id, citizen_id=caller().citizen_id, at=now())
    return vouchers.voucher_dump(voucher, language=language(), at=now()) | {"points_returned": returned}


@routes.route("/vouchers/<uuid:voucher_id>/refund", methods=["POST"])
@open_to(Role.MANAGER, Does.WRITES)
@routes.arguments(RefundReason)
@routes.response(200, VoucherEnded)
def post_refund(_reason: dict[str, Any], voucher_id: UUID) -> Any:
    """The partner or the city could not honour it: the points go back, and live at least 90 days more."""
    voucher, returned = vouchers.refund(
        voucher_id, citizen_id=vouchers.owner_of(voucher_id), who=caller(), city=city(), at=now()
    )
    return vouchers.voucher_dump(voucher, language=language(), at=now()) | {"points_returned": returned}
