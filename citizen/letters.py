"""What we write to people, in their language: short, and with nothing that the reader did not ask for."""

from datetime import datetime
from typing import Any

from citizen.sign_in import CODE_LIFE, code_of
from core.clock import local_date
from core.outbox import Letter
from core.settings import Settings


def sign_in_letter(facts: dict[str, Any], *, language: str, settings: Settings) -> Letter:
    """The code stands alone on a line; it is made here and now, from the seed and the server's key."""
    words = _SIGN_IN[language]
    code = code_of(bytes.fromhex(facts["seed"]), settings=settings)
    life = words["life"].format(minutes=int(CODE_LIFE.total_seconds() // 60))
    return Letter(
        subject=words["subject"].format(city=settings.city.name),
        text=f"{words['opening']}\n\n{code}\n\n{life}\n{words['warning']}\n",
    )


def leaving_letter(facts: dict[str, Any], *, language: str, settings: Settings) -> Letter:
    """Whoever did not mean to leave learns of it in time (charter C2)."""
    words = _LEAVING[language]
    day = local_date(datetime.fromisoformat(facts["erase_at"]), zone=settings.city.zone)
    return Letter(
        subject=words["subject"].format(city=settings.city.name),
        text=f"{words['opening'].format(day=day)}\n\n{words['until']}\n{words['undo']}\n",
    )


_SIGN_IN = {
    "en": {
        "subject": "Your sign-in code – {city}",
        "opening": "Your code to sign in:",
        "life": "It is good for {minutes} minutes and for one sign-in.",
        "warning": "Give it to nobody. If you did not ask for it, you need do nothing.",
    },
    "es": {
        "subject": "Tu código para entrar – {city}",
        "opening": "Tu código para entrar:",
        "life": "Vale {minutes} minutos y para entrar una sola vez.",
        "warning": "No se lo des a nadie. Si no lo has pedido, no tienes que hacer nada.",
    },
    "ca": {
        "subject": "El teu codi per entrar – {city}",
        "opening": "El teu codi per entrar:",
        "life": "Val {minutes} minuts i per entrar una sola vegada.",
        "warning": "No el donis a ningú. Si no l’has demanat, no cal que facis res.",
    },
    "pt": {
        "subject": "O seu código para entrar – {city}",
        "opening": "O seu código para entrar:",
        "life": "É válido durante {minutes} minutos e para uma só entrada.",
        "warning": "Não o dê a ninguém. Se não o pediu, não precisa de fazer nada.",
    },
}

_LEAVING = {
    "en": {
        "subject": "You are leaving – {city}",
        "opening": "On {day} we remove your name, your address and what you sent us, and your remaining points end.",
        "until": "Until then you can still sign in and spend your points.",
        "undo": "If you want to stay, sign in and accept the terms again.",
    },
    "es": {
        "subject": "Te vas – {city}",
        "opening": "El {day} borraremos tu nombre, tu dirección y lo que enviaste, y acabarán los puntos que queden.",
        "until": "Hasta entonces puedes entrar y gastar tus puntos.",
        "undo": "Si quieres quedarte, entra y acepta de nuevo las condiciones.",
    },
    "ca": {
        "subject": "Te’n vas – {city}",
        "opening": "El {day} esborrarem el teu nom, la teva adreça i el que vas enviar, i s’acabaran els teus punts.",
        "until": "Fins llavors pots entrar i gastar els teus punts.",
        "undo": "Si et vols quedar, entra i accepta de nou les condicions.",
    },
    "pt": {
        "subject": "Está de saída – {city}",
        "opening": "A {day} apagaremos o seu nome, o seu endereço e o que enviou, e terminam os pontos que restarem.",
        "until": "Até lá pode entrar e gastar os seus pontos.",
        "undo": "Se quiser ficar, entre e aceite de novo as condições.",
    },
}
