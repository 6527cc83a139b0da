"""A resident sees what they can spend and until when, and every movement with its reason; no total, no rank (C11)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from core.clock import iso
from core.db import db, run
from core.http.paging import page, read_cursor
from rewards.models import Entry, Lot

REASONS = {
    "deed_verified": {
        "en": "Points for a verified deed",
        "es": "Puntos por una acción verificada",
        "ca": "Punts per una acció verificada",
        "pt": "Pontos por uma ação verificada",
    },
    "benefit_bought": {
        "en": "Spent on a benefit",
        "es": "Gastados en una ventaja",
        "ca": "Gastats en un avantatge",
        "pt": "Gastos num benefício",
    },
    "voucher_cancelled": {
        "en": "Given back: you cancelled the voucher",
        "es": "Devueltos: cancelaste el vale",
        "ca": "Retornats: vas cancel·lar el val",
        "pt": "Devolvidos: cancelou o vale",
    },
    "voucher_expired": {
        "en": "Given back: the voucher was not used in time",
        "es": "Devueltos: el vale no se usó a tiempo",
        "ca": "Retornats: el val no es va fer servir a temps",
        "pt": "Devolvidos: o vale não foi usado a tempo",
    },
    "not_honoured": {
        "en": "Given back: the benefit could not be provided",
        "es": "Devueltos: no se pudo prestar la ventaja",
        "ca": "Retornats: no es va poder oferir l'avantatge",
        "pt": "Devolvidos: não foi possível prestar o benefício",
    },
    "points_expired": {
        "en": "The points reached their date",
        "es": "Los puntos llegaron a su fecha",
        "ca": "Els punts van arribar a la seva data",
        "pt": "Os pontos chegaram à sua data",
    },
    "returned_too_late": {
        "en": "The points that came back were past their date",
        "es": "Los puntos devueltos ya habían pasado su fecha",
        "ca": "Els punts retornats ja havien passat la seva data",
        "pt": "Os pontos devolvidos já tinham passado a sua data",
    },
    "award_reversed": {
        "en": "The award for a deed was reversed",
        "es": "Se revirtieron los puntos de una acción",
        "ca": "Es van revertir els punts d'una acció",
        "pt": "Os pontos de uma ação foram revertidos",
    },
    "returned_to_reversed": {
        "en": "The points that came back belonged to a reversed award",
        "es": "Los puntos devueltos eran de una acción revertida",
        "ca": "Els punts retornats eren d'una acció revertida",
        "pt": "Os pontos devolvidos eram de uma ação revertida",
    },
    "left": {
        "en": "The points ended when you left",
        "es": "Los puntos terminaron cuando te fuiste",
        "ca": "Els punts van acabar quan vas marxar",
        "pt": "Os pontos terminaram quando saiu",
    },
}
"""What each reason code says to a person. Expiry is bookkeeping: neutral words (charter C48)."""


def points_of(citizen_id: UUID, *, at: datetime) -> dict[str, Any]:
    """`{balance, upcoming_expiries: [{points, expires_at}]}`, in one statement; expiries earliest first."""
    held = run(_HELD, {"citizen": citizen_id, "at": at})
    upcoming = [{"points": int(row.points), "expires_at": row.expires_at} for row in held]
    return {"balance": sum(row["points"] for row in upcoming), "upcoming_expiries": upcoming}


_HELD = (
    select(Lot.expires_at, func.sum(Lot.points_left).label("points"))
    .where(Lot.citizen_id == bindparam("citizen"), Lot.expires_at > bindparam("at"), Lot.points_left > 0)
    .group_by(Lot.expires_at)
    .order_by(Lot.expires_at)
)


def entries_of(citizen_id: UUID, *, cursor: str | None, limit: int, language: str) -> Any:
    """A page of movements, newest first, by the account's own numbering (promises A12)."""
    query = select(Entry).where(Entry.citizen_id == citizen_id).order_by(Entry.seq.desc()).limit(limit + 1)
    after = read_cursor(cursor, int)
    if after is not None:
        query = query.where(Entry.seq < after[0])
    rows = db.session.scalars(query).all()
    return page(rows, limit=limit, key=lambda row: (row.seq,), dump=lambda row: entry_dump(row, language=language))


def entry_dump(entry: Entry, *, language: str) -> dict[str, Any]:
    is_deed = entry.reason in ("deed_verified", "award_reversed")
    return {
        "id": str(entry.id),
        "seq": entry.seq,
        "at": iso(entry.at),
        "kind": entry.kind,
        "points": entry.points if entry.direction == "in" else -entry.points,
        "reason_code": entry.reason,
        "reason": REASONS[entry.reason][language],
        "deed": entry.subject if entry.kind == "award" else None,
        "benefit": entry.subject if entry.kind in ("spend", "refund") else None,
        "submission": str(entry.reference) if is_deed and entry.reference else None,
        "voucher": str(entry.reference) if not is_deed and entry.reference else None,
    }
