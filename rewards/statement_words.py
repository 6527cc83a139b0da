"""A statement is told in one of the city's languages, with its dates and amounts as people there write them."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Words:
    """What stands on a statement."""

    title: str
    day: str
    benefit: str
    vouchers: str
    value: str
    total: str
    by_benefit: str
    by_day: str
    nothing: str
    page: str
    months: str


WORDS = {
    "en": Words(
        "Statement of vouchers used",
        "Day",
        "Benefit",
        "Vouchers",
        "Value",
        "Total",
        "By benefit",
        "By day",
        "No voucher was used in this month.",
        "Page",
        "January February March April May June July August September October November December",
    ),
    "es": Words(
        "Extracto de vales utilizados",
        "Día",
        "Beneficio",
        "Vales",
        "Valor",
        "Total",
        "Por beneficio",
        "Por día",
        "Este mes no se utilizó ningún vale.",
        "Página",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    ),
    "ca": Words(
        "Extracte de vals utilitzats",
        "Dia",
        "Benefici",
        "Vals",
        "Valor",
        "Total",
        "Per benefici",
        "Per dia",
        "Aquest mes no es va utilitzar cap val.",
        "Pàgina",
        "gener febrer març abril maig juny juliol agost setembre octubre novembre desembre",
    ),
    "pt": Words(
        "Extrato de vales utilizados",
        "Dia",
        "Benefício",
        "Vales",
        "Valor",
        "Total",
        "Por benefício",
        "Por dia",
        "Neste mês não foi utilizado nenhum vale.",
        "Página",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    ),
}


def month_told(month: str, *, language: str) -> str:
    """`2026-11` as people say it."""
    year, number = month.split("-")
    name = WORDS[language].months.split()[int(number) - 1]
    return f"{name} {year}" if language == "en" else f"{name} de {year}"


def day_told(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def whole_told(number: int, *, language: str) -> str:
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")


def euro_told(amount: str, *, language: str) -> str:
    """`1234.50` with the marks of the language."""
    whole, cents = amount.split(".")
    if language == "en":
        return f"€{int(whole):,}.{cents}"
    return f"{whole_told(int(whole), language=language)},{cents} €"


def of_each_partner(statement: dict[str, Any]) -> list[dict[str, Any]]:
    """The statement in parts: each partner with its own `items`, `days` and sums."""
    parts = []
    for whose in statement["partners"]:
        rows = {
            name: [row for row in statement[name] if row["partner"] == whose["partner"]] for name in ("items", "days")
        }
        cents = sum(round(float(row["value_eur"]) * 100) for row in rows["items"])
        sums = {"redemptions": sum(row["redemptions"] for row in rows["items"]), "value_eur": f"{cents / 100:.2f}"}
        parts.append(whose | rows | sums)
    return parts
