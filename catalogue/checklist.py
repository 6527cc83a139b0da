"""What a verifier looks at in a case follows from its deed's rule, in words that anybody can read (charter C19)."""

from typing import Any

from catalogue.caps import MINUTES_PER_HOUR
from catalogue.models import DeedVersion
from core.settings import City
from core.titles import title_in

CHECKS = ("photo", "event_code", "organiser", "quantity", "without_pay")

_TEXTS = {
    "photo": {
        "en": "The photo shows this deed, at the place and the time that were told.",
        "es": "La foto muestra esta acción, en el lugar y el momento indicados.",
        "ca": "La foto mostra aquesta acció, al lloc i en el moment indicats.",
        "pt": "A fotografia mostra esta ação, no local e no momento indicados.",
    },
    "event_code": {
        "en": "The person checked in at the event.",
        "es": "La persona registró su asistencia en el acto.",
        "ca": "La persona va registrar la seva assistència a l'acte.",
        "pt": "A pessoa registou a sua presença no evento.",
    },
    "organiser": {
        "en": "The organiser confirmed the deed.",
        "es": "La entidad organizadora confirmó la acción.",
        "ca": "L'entitat organitzadora va confirmar l'acció.",
        "pt": "A entidade organizadora confirmou a ação.",
    },
    "quantity": {
        "en": "The quantity is plausible, and not more than counts in a day.",
        "es": "La cantidad es verosímil y no supera lo que cuenta en un día.",
        "ca": "La quantitat és versemblant i no supera el que compta en un dia.",
        "pt": "A quantidade é plausível e não ultrapassa o que conta num dia.",
    },
    "without_pay": {
        "en": "Nothing tells that it was paid work or a duty.",
        "es": "Nada indica que fuera un trabajo pagado o una obligación.",
        "ca": "Res no indica que fos una feina pagada o una obligació.",
        "pt": "Nada indica que fosse trabalho pago ou uma obrigação.",
    },
}


def checklist(
    version: DeedVersion, *, there: dict[str, bool], quantity: int, language: str, city: City
) -> list[dict[str, Any]]:
    """What to look at: `is_met` false is what the software sees lacking, true what it sees there, and null what only a
    person can judge. `there` tells which kinds of evidence are, `quantity` what was claimed (minutes for hours)."""
    day_max = version.per_day_max * (MINUTES_PER_HOUR if version.unit == "hour" else 1)
    met: dict[str, bool | None] = {kind: there[kind] for kind in version.evidence}
    if met.get("photo"):
        met["photo"] = None
    met |= {"quantity": None if quantity <= day_max else False, "without_pay": None}
    return [
        {"check": check, "text": title_in(_TEXTS[check], language=language, city=city), "is_met": met[check]}
        for check in CHECKS
        if check in met
    ]
