"""Nobody's points end unannounced: a message 60, 14 and 3 days before, at most one a day, with what is left (C47)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from citizen.models import Citizen
from core.clock import end_of_life, iso, local_date
from core.db import Does, db, in_transaction, is_sqlite
from core.outbox import Letter, post
from core.settings import Settings
from rewards.entries import points_of
from rewards.models import Lot, Reminder

DAYS_BEFORE = (60, 14, 3)
MADE_UP_FOR = timedelta(days=10)
"""A reminder that was due on a day when no job ran is sent up to this much later, while the points last."""
LOTS_PER_BATCH = 200
_LAST = UUID(int=2**128 - 1)
"""After everybody's lots of that date."""


def remind(*, at: datetime, settings: Settings) -> int:
    """The job: returns how many residents were written to."""
    told, zone = 0, settings.city.zone
    today = local_date(at, zone=zone)
    for days in DAYS_BEFORE:
        after = end_of_life(today + timedelta(days=days) - MADE_UP_FOR, zone=zone), _LAST
        until = end_of_life(today + timedelta(days=days), zone=zone)
        while lots := in_transaction(partial(_next_lots, after=max(after, (at, _LAST)), until=until), does=Does.READS):
            after = lots[-1]
            residents = sorted({citizen_id for _, citizen_id in lots})
            told += in_transaction(partial(_tell, residents, today=today, settings=settings, at=at))
    return told


def _next_lots(*, after: tuple[datetime, UUID], until: datetime) -> list[tuple[datetime, UUID]]:
    """The dates of the next lots with points, and whose they are, as the index on what is open lies."""
    key = Lot.expires_at, Lot.citizen_id
    lots = select(*key).where(Lot.closed_at.is_(None), Lot.points_left > 0, tuple_(*key) > after)
    rows = db.session.execute(lots.where(Lot.expires_at <= until).order_by(*key).limit(LOTS_PER_BATCH))
    return [(expires_at, citizen_id) for expires_at, citizen_id in rows]


def _tell(residents: Sequence[UUID], *, today: date, settings: Settings, at: datetime) -> int:
    reachable = select(Citizen).where(
        Citizen.id.in_(residents), Citizen.status != "erased", Citizen.notices == "email", Citizen.email.is_not(None)
    )
    reminded = select(Reminder.citizen_id, func.max(Reminder.day)).where(Reminder.citizen_id.in_(residents))
    last: dict[UUID, date] = dict(db.session.execute(reminded.group_by(Reminder.citizen_id)).tuples().all())
    told = 0
    for person in db.session.scalars(reachable.order_by(Citizen.id)).all():
        upcoming = points_of(person.id, at=at)["upcoming_expiries"]
        if any(
            _is_due(row["expires_at"], today=today, last=last.get(person.id), settings=settings) for row in upcoming
        ):
            told += _post(person, upcoming, today=today, settings=settings, at=at)
    return told


def _is_due(expires_at: datetime, *, today: date, last: date | None, settings: Settings) -> bool:
    """Whether a reminder day of this date has come and nothing was sent on it or since."""
    last_day = local_date(expires_at, zone=settings.city.zone) - timedelta(days=1)
    for days in DAYS_BEFORE:
        due_on = last_day - timedelta(days=days)
        if today - MADE_UP_FOR < due_on <= today and (last is None or last < due_on):
            return True
    return False


def _post(person: Citizen, upcoming: list[dict[str, Any]], *, today: date, settings: Settings, at: datetime) -> int:
    insert = sqlite_insert if is_sqlite() else pg_insert
    first = insert(Reminder).values(citizen_id=person.id, day=today).on_conflict_do_nothing().returning(Reminder.day)
    if db.session.execute(first).first() is None:
        return 0  # another run told them today
    soon = end_of_life(today + timedelta(days=max(DAYS_BEFORE)), zone=settings.city.zone)
    post(
        "points-reminder",
        address=person.email or "",
        language=person.language or settings.city.languages[0],
        facts={
            "balance": sum(row["points"] for row in upcoming),
            "expiring": [
                {"points": row["points"], "expires_at": iso(row["expires_at"])}
                for row in upcoming
                if row["expires_at"] <= soon
            ],
        },
        citizen_id=person.id,
        at=at,
    )
    return 1


def reminder_letter(facts: dict[str, Any], *, language: str, settings: Settings) -> Letter:
    """Neutral words, date, amount, options (charter C48)."""
    words = _WORDS[language]
    lines = [
        words["line"].format(
            points=row["points"],
            day=local_date(datetime.fromisoformat(row["expires_at"]), zone=settings.city.zone) - timedelta(days=1),
        )
        for row in facts["expiring"]
    ]
    text = "\n".join(
        [words["opening"], "", *lines, "", words["options"].format(balance=facts["balance"]), "", words["why"], ""]
    )
    return Letter(subject=words["subject"].format(city=settings.city.name), text=text)


_WORDS = {
    "en": {
        "subject": "Some of your points reach their date soon – {city}",
        "opening": "Some of your points can be spent until these days:",
        "line": "- {points} points: until the end of {day}",
        "options": "You have {balance} points."
        " You can spend them on any benefit in the catalogue, or let them end: nothing else changes.",
        "why": "You get this because you take part. You can turn these messages off in your profile.",
    },
    "es": {
        "subject": "Algunos de tus puntos llegan pronto a su fecha – {city}",
        "opening": "Algunos de tus puntos se pueden gastar hasta estos días:",
        "line": "- {points} puntos: hasta el final del {day}",
        "options": "Tienes {balance} puntos."
        " Puedes gastarlos en cualquier ventaja del catálogo o dejar que terminen: nada más cambia.",
        "why": "Recibes este mensaje porque participas. Puedes desactivarlo en tu perfil.",
    },
    "ca": {
        "subject": "Alguns dels teus punts arriben aviat a la seva data – {city}",
        "opening": "Alguns dels teus punts es poden gastar fins aquests dies:",
        "line": "- {points} punts: fins al final del {day}",
        "options": "Tens {balance} punts."
        " Els pots gastar en qualsevol avantatge del catàleg o deixar que acabin: res més no canvia.",
        "why": "Reps aquest missatge perquè hi participes. El pots desactivar al teu perfil.",
    },
    "pt": {
        "subject": "Alguns dos seus pontos chegam em breve à sua data – {city}",
        "opening": "Alguns dos seus pontos podem ser gastos até estes dias:",
        "line": "- {points} pontos: até ao fim de {day}",
        "options": "Tem {balance} pontos."
        " Pode gastá-los em qualquer benefício do catálogo ou deixá-los terminar: nada mais muda.",
        "why": "Recebe esta mensagem porque participa. Pode desativá-la no seu perfil.",
    },
}
