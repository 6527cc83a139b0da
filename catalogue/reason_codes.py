"""Why a decision was taken comes from a public list, in words that anybody can read (charter C19, C22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid
from core.settings import City
from core.titles import title_in

DESCRIBED = "as_described"
"""What an approval says when its verifier says nothing else."""
LOW_VALUE = "low_value_rule"
"""What an approval by rule says (charter C23); no person can use it."""


class ReasonCodeUnknown(Invalid):
    """This reason code is not one for this: `allowed` lists those that are (see /api/v1/reason-codes)."""


@dataclass(frozen=True)
class Reason:
    """`used_for` is what a person does with it: approve, decline, ask, reverse, give_back; empty where only a rule
    uses it. `template` is what the words to the resident may begin with; a person fills in what is in [brackets]."""

    code: str
    used_for: tuple[str, ...]
    text: dict[str, str]
    template: dict[str, str] | None = None


REASONS: Sequence[Reason] = (
    Reason(
        DESCRIBED,
        ("approve",),
        {
            "en": "The evidence shows the deed as described.",
            "es": "Las pruebas muestran la acción tal como se describe.",
            "ca": "Les proves mostren l'acció tal com es descriu.",
            "pt": "As provas mostram a ação tal como foi descrita.",
        },
    ),
    Reason(
        "confirmed_by_organiser",
        ("approve",),
        {
            "en": "The organiser confirmed the deed.",
            "es": "La entidad organizadora confirmó la acción.",
            "ca": "L'entitat organitzadora va confirmar l'acció.",
            "pt": "A entidade organizadora confirmou a ação.",
        },
    ),
    Reason(
        LOW_VALUE,
        (),
        {
            "en": "Approved by rule, without a person: a check-in of low value.",
            "es": "Aprobada por regla, sin intervención de una persona: un registro de asistencia de poco valor.",
            "ca": "Aprovada per regla, sense cap persona: un registre d'assistència de poc valor.",
            "pt": "Aprovada por regra, sem intervenção de uma pessoa: um registo de presença de baixo valor.",
        },
    ),
    Reason(
        "evidence_insufficient",
        ("decline", "reverse"),
        {
            "en": "The evidence does not show that the deed was done.",
            "es": "Las pruebas no muestran que se hiciera la acción.",
            "ca": "Les proves no mostren que l'acció es fes.",
            "pt": "As provas não mostram que a ação foi feita.",
        },
        {
            "en": "What you sent does not show that the deed was done: [what is missing].",
            "es": "Lo que enviaste no muestra que se hiciera la acción: [qué falta].",
            "ca": "El que vas enviar no mostra que l'acció es fes: [què hi falta].",
            "pt": "O que enviou não mostra que a ação foi feita: [o que falta].",
        },
    ),
    Reason(
        "other_deed",
        ("decline", "reverse"),
        {
            "en": "What was done is not this deed.",
            "es": "Lo que se hizo no es esta acción.",
            "ca": "El que es va fer no és aquesta acció.",
            "pt": "O que foi feito não é esta ação.",
        },
        {
            "en": "What you did is not this deed, because [reason]. It may fit another one of the catalogue.",
            "es": "Lo que hiciste no es esta acción, porque [motivo]. Puede corresponder a otra del catálogo.",
            "ca": "El que vas fer no és aquesta acció, perquè [motiu]. Potser correspon a una altra del catàleg.",
            "pt": "O que fez não é esta ação, porque [motivo]. Talvez corresponda a outra do catálogo.",
        },
    ),
    Reason(
        "rule_not_met",
        ("decline", "reverse"),
        {
            "en": "A condition of the deed's rule was not met.",
            "es": "No se cumplía una condición de la regla de la acción.",
            "ca": "No es complia una condició de la regla de l'acció.",
            "pt": "Uma condição da regra da ação não foi cumprida.",
        },
        {
            "en": "The rule of this deed asks for [condition], and that was not the case.",
            "es": "La regla de esta acción pide [condición], y no se cumplía.",
            "ca": "La regla d'aquesta acció demana [condició], i no es complia.",
            "pt": "A regra desta ação pede [condição], e isso não se verificou.",
        },
    ),
    Reason(
        "not_confirmed",
        ("decline", "reverse"),
        {
            "en": "The organiser says that it did not take place.",
            "es": "La entidad organizadora dice que no tuvo lugar.",
            "ca": "L'entitat organitzadora diu que no va tenir lloc.",
            "pt": "A entidade organizadora diz que não aconteceu.",
        },
        {
            "en": "The organiser told us that this did not take place: [what they said].",
            "es": "La entidad organizadora nos dijo que no tuvo lugar: [qué dijo].",
            "ca": "L'entitat organitzadora ens va dir que no va tenir lloc: [què va dir].",
            "pt": "A entidade organizadora disse-nos que não aconteceu: [o que disse].",
        },
    ),
    Reason(
        "counted_before",
        ("decline", "reverse"),
        {
            "en": "The same deed was counted before.",
            "es": "La misma acción ya se había contado.",
            "ca": "La mateixa acció ja s'havia comptat.",
            "pt": "A mesma ação já tinha sido contada.",
        },
        {
            "en": "The same deed of [day] was counted already, so it cannot count again.",
            "es": "La misma acción del [día] ya se contó, así que no puede contar otra vez.",
            "ca": "La mateixa acció del [dia] ja es va comptar, i no pot comptar una altra vegada.",
            "pt": "A mesma ação de [dia] já foi contada, por isso não pode contar outra vez.",
        },
    ),
    Reason(
        "paid_or_owed",
        ("decline", "reverse"),
        {
            "en": "It was paid work or a duty, and such earns nothing.",
            "es": "Era un trabajo pagado o una obligación, y eso no da puntos.",
            "ca": "Era una feina pagada o una obligació, i això no dona punts.",
            "pt": "Era trabalho pago ou uma obrigação, e isso não dá pontos.",
        },
        {
            "en": "This was paid work or a duty, because [reason], and such earns no points.",
            "es": "Era un trabajo pagado o una obligación, porque [motivo], y eso no da puntos.",
            "ca": "Era una feina pagada o una obligació, perquè [motiu], i això no dona punts.",
            "pt": "Era trabalho pago ou uma obrigação, porque [motivo], e isso não dá pontos.",
        },
    ),
    Reason(
        "our_mistake",
        ("reverse",),
        {
            "en": "The office had approved it by mistake.",
            "es": "La oficina la había aprobado por error.",
            "ca": "L'oficina l'havia aprovada per error.",
            "pt": "O serviço tinha-a aprovado por engano.",
        },
        {
            "en": "We approved this by mistake: [what happened]. We are sorry.",
            "es": "Lo aprobamos por error: [qué pasó]. Lo sentimos.",
            "ca": "Ho vam aprovar per error: [què va passar]. Ho sentim.",
            "pt": "Aprovámos isto por engano: [o que aconteceu]. Pedimos desculpa.",
        },
    ),
    Reason(
        "photo_unclear",
        ("ask",),
        {
            "en": "The photo does not show enough: please send another.",
            "es": "La foto no muestra lo suficiente: envía otra, por favor.",
            "ca": "La foto no mostra prou: envia'n una altra, si us plau.",
            "pt": "A fotografia não mostra o suficiente: envie outra, por favor.",
        },
        {
            "en": "We cannot see [what] in the photo. Please send another one that shows it.",
            "es": "En la foto no vemos [qué]. Envía otra en la que se vea, por favor.",
            "ca": "A la foto no hi veiem [què]. Envia'n una altra on es vegi, si us plau.",
            "pt": "Na fotografia não vemos [o quê]. Envie outra em que se veja, por favor.",
        },
    ),
    Reason(
        "details_missing",
        ("ask",),
        {
            "en": "Please tell more about what was done.",
            "es": "Cuenta algo más sobre lo que se hizo, por favor.",
            "ca": "Explica una mica més què es va fer, si us plau.",
            "pt": "Conte um pouco mais sobre o que foi feito, por favor.",
        },
        {
            "en": "Please tell us [what], so that we can decide.",
            "es": "Cuéntanos [qué], por favor, para que podamos decidir.",
            "ca": "Explica'ns [què], si us plau, perquè puguem decidir.",
            "pt": "Conte-nos [o quê], por favor, para podermos decidir.",
        },
    ),
    Reason(
        "quantity_unclear",
        ("ask",),
        {
            "en": "Please explain how much or how long it was.",
            "es": "Explica cuánto fue o cuánto duró, por favor.",
            "ca": "Explica quant va ser o quant va durar, si us plau.",
            "pt": "Explique quanto foi ou quanto tempo durou, por favor.",
        },
        {
            "en": "You told us [quantity]. Please explain how you counted it.",
            "es": "Nos indicaste [cantidad]. Explica cómo la contaste, por favor.",
            "ca": "Ens vas indicar [quantitat]. Explica com la vas comptar, si us plau.",
            "pt": "Indicou-nos [quantidade]. Explique como a contou, por favor.",
        },
    ),
    Reason(
        "someone_i_know",
        ("give_back",),
        {
            "en": "The verifier may know the person.",
            "es": "Quien verifica puede conocer a la persona.",
            "ca": "Qui verifica pot conèixer la persona.",
            "pt": "Quem verifica pode conhecer a pessoa.",
        },
    ),
    Reason(
        "own_interest",
        ("give_back",),
        {
            "en": "The verifier has an interest of their own in the case.",
            "es": "Quien verifica tiene un interés propio en el caso.",
            "ca": "Qui verifica té un interès propi en el cas.",
            "pt": "Quem verifica tem um interesse próprio no caso.",
        },
    ),
    Reason(
        "cannot_judge",
        ("give_back",),
        {
            "en": "The verifier cannot judge this case.",
            "es": "Quien verifica no puede juzgar este caso.",
            "ca": "Qui verifica no pot jutjar aquest cas.",
            "pt": "Quem verifica não pode avaliar este caso.",
        },
    ),
)

_BY_CODE = {reason.code: reason for reason in REASONS}


def checked(code: str, *, use: str) -> str:
    """The code, if a person may use it for this. Raises `ReasonCodeUnknown`."""
    reason = _BY_CODE.get(code)
    if reason is None or use not in reason.used_for:
        raise ReasonCodeUnknown(reason_code=code, allowed=[one.code for one in REASONS if use in one.used_for])
    return code


def told(code: str, *, language: str, city: City) -> str:
    """The code in the reader's language; one that is no longer in the list stands for itself."""
    reason = _BY_CODE.get(code)
    return title_in(reason.text, language=language, city=city) if reason else code


def every_reason(*, language: str, city: City) -> list[dict[str, Any]]:
    return [
        {
            "code": reason.code,
            "used_for": list(reason.used_for),
            "text": told(reason.code, language=language, city=city),
            "template": reason.template and title_in(reason.template, language=language, city=city),
        }
        for reason in REASONS
    ]
