"""Each rule of the charter is held by files that are there and tests that name it, or said not to be built.

`tests/` is read for `def test_cN_…`; what a rule says in short, where it is enforced and what it still lacks is the
table here, and nothing else is written by hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.settings import ROOT

_TEST = re.compile(r"^def (test_c(\d+)_\w+)", re.MULTILINE)


@dataclass(frozen=True)
class CharterRule:
    """A rule in our short words; `where` are the files that enforce it, by spaces; `lacks` is what is not built."""

    short: str
    where: str = ""
    lacks: str = ""


@dataclass(frozen=True)
class HeldBy:
    """A test that names a rule."""

    rule: int
    name: str
    file: str


RULES = {
    1: CharterRule(
        "Nobody takes part without a yes to a named version of the terms, kept with its time; nobody is made in bulk.",
        "citizen/membership.py citizen/sign_in.py citizen/cli.py catalogue/cli.py",
    ),
    2: CharterRule(
        "Leaving is one call: a window to spend, then name, address, photos and free text are gone; the books balance.",
        "citizen/membership.py citizen/erasure.py citizen/personal_data.py",
        "giving what is left to a collective goal",
    ),
    3: CharterRule("No other office can ask whether someone takes part.", lacks="a test that names it"),
    4: CharterRule("Consent is per purpose, and taken back one by one.", "citizen/consents.py"),
    5: CharterRule(
        "Everyone starts at zero; six kinds of entry, each moving one way; nothing else lowers a balance.",
        "rewards/ledger.py rewards/models.py core/charter.py",
    ),
    6: CharterRule(
        "No balance below zero; a reversal takes at most what is left and makes no debt.",
        "rewards/ledger.py rewards/models.py catalogue/reversal.py",
    ),
    7: CharterRule(
        "No bad deeds, no blacklist; abuse closes a route for a time.", "core/charter_bans.py", "closing routes"
    ),
    8: CharterRule("Obeying the law and paying what is due is no deed.", "core/charter.py core/charter_bans.py"),
    9: CharterRule(
        "Nothing orders or compares persons.", "citizen/schemas.py catalogue/schemas/review.py rewards/schemas.py"
    ),
    10: CharterRule(
        "No public profile; aggregates of fewer than ten people are withheld.",
        "core/http/doors.py catalogue/submission_views.py catalogue/overview.py",
        "public statistics, and with them the withholding",
    ),
    11: CharterRule(
        "A balance is what can be spent: no lifetime total, level, rank or percentile.",
        "rewards/ledger.py rewards/models.py rewards/schemas.py",
    ),
    12: CharterRule("Games are collective or a private keepsake.", lacks="collective goals, keepsakes"),
    13: CharterRule(
        "No third party can check anybody's points.", "rewards/routes/points.py rewards/routes/vouchers.py"
    ),
    14: CharterRule("Integrations are inbound, per deed, on a public register.", lacks="integrations"),
    15: CharterRule(
        "A partner learns valid or not, which benefit, until when; a price never depends on the deed.",
        "rewards/redemption.py rewards/schemas.py rewards/purchase.py",
    ),
    16: CharterRule(
        "Photos are rebuilt from pixels; no coordinates of people are kept.",
        "catalogue/photos.py catalogue/photo_decoder.py catalogue/evidence.py",
    ),
    17: CharterRule(
        "Evidence goes when its appeal window is over; dormant accounts are erased after notice.",
        "catalogue/evidence.py catalogue/submissions.py",
        "dormant accounts",
    ),
    18: CharterRule("No deed reveals health, belief or politics.", "core/charter.py core/charter_bans.py"),
    19: CharterRule(
        "All rules are public without login, for people and machines.",
        "catalogue/browsing.py catalogue/routes/deeds.py rewards/routes/benefits.py catalogue/reason_codes.py",
        "`GET /rules`: the caps per person are in the city's file only",
    ),
    20: CharterRule(
        "Each change is a version with reason, date and difference; worse terms need 30 days' notice.",
        "catalogue/deeds.py catalogue/deed_rules.py catalogue/importing.py catalogue/submissions.py",
        "the same for benefits, which change at once",
    ),
    21: CharterRule(
        "Each item has a purpose and a review date, and lapses after it.",
        "catalogue/deed_rules.py catalogue/browsing.py catalogue/submissions.py",
        "the same for benefits, which have a window",
    ),
    22: CharterRule(
        "A decision says rule version, reason code and text, office, and how to appeal until when.",
        "catalogue/verification.py catalogue/submission_views.py catalogue/schemas/submissions.py",
    ),
    23: CharterRule(
        "Only a human declines or reverses; a rule approves check-ins of low value only.",
        "catalogue/models.py catalogue/check_ins.py catalogue/verification.py",
    ),
    24: CharterRule("An appeal goes to somebody else; points under appeal do not expire.", lacks="appeals"),
    25: CharterRule(
        "The office keeps published time limits: overdue cases escalate, low-value ones are granted.",
        lacks="escalation; the promised day is shown",
    ),
    26: CharterRule("Any resident can propose, discuss and object.", lacks="proposals"),
    27: CharterRule("A reasoned objection blocks publication until answered.", lacks="proposals"),
    28: CharterRule("An other deed can be claimed and become an item.", lacks="other deeds"),
    29: CharterRule("No points for clicks, surveys, log-ins, proposing or voting.", "core/charter_bans.py"),
    30: CharterRule("No points for political acts.", "core/charter_bans.py"),
    31: CharterRule(
        "Only the person submits; a report about somebody else is no deed.",
        "catalogue/submissions.py catalogue/confirmations.py core/charter_bans.py",
    ),
    32: CharterRule("No profile or risk score; duplicate checks act on submissions.", "catalogue/evidence.py"),
    33: CharterRule(
        "Points are not bought, sold, cashed or passed on.",
        "rewards/models.py rewards/ledger.py core/charter_bans.py",
        "giving to a collective goal",
    ),
    34: CharterRule("Money, goods, paid work and purchases earn nothing.", "core/charter_bans.py"),
    35: CharterRule(
        "Caps per deed, day, year and holding, the same for all; what is above earns nothing and says so.",
        "catalogue/caps.py rewards/purchase.py",
        "a cap per month",
    ),
    36: CharterRule("Every deed can be done without points.", "catalogue/caps.py catalogue/check_ins.py"),
    37: CharterRule("No item replaces paid municipal work.", "core/charter_bans.py"),
    38: CharterRule("Everything works without a phone.", lacks="counter registration, paper codes, assisted claims"),
    39: CharterRule("Items carry access tags.", "catalogue/schemas/deeds.py catalogue/browsing.py"),
    40: CharterRule("Benefits are extras, never what people need or owe.", "core/charter.py core/charter_bans.py"),
    41: CharterRule(
        "A benefit states a small value, capped per person and year.", "rewards/benefits.py rewards/purchase.py"
    ),
    42: CharterRule(
        "Residence, not nationality; the proof is checked and discarded.",
        "citizen/models.py citizen/schemas.py",
        "the proof of residence",
    ),
    43: CharterRule(
        "Every look and act of staff at personal records is in a log that shows tampering; people see who looked.",
        "core/audit.py migrations/versions/0005_append_only.py citizen/access_log.py",
    ),
    44: CharterRule(
        "Two people for high awards; nobody decides their own case.",
        "catalogue/verification.py catalogue/review.py catalogue/reversal.py",
        "two people for rule changes and manual points",
    ),
    45: CharterRule("Public statistics equal the ledger.", lacks="public statistics"),
    46: CharterRule("The scheme has an end date and a wind-down.", lacks="the end date and the wind-down"),
    47: CharterRule(
        "The date is fixed at award and never shortened; earliest first; reminders before.",
        "rewards/ledger.py rewards/expiry.py rewards/reminders.py",
    ),
    48: CharterRule(
        "Expiry is told in neutral words: date, amount, options.", "rewards/reminders.py rewards/entries.py"
    ),
}


def charter_page() -> str:
    """`docs/charter.md`."""
    held: dict[int, list[HeldBy]] = {}
    for test in charter_tests():
        held.setdefault(test.rule, []).append(test)
    return _HEAD + "".join(line for number in sorted(RULES) for line in _lines(number, held.get(number, [])))


def charter_tests(folder: Path = ROOT / "tests") -> Iterator[HeldBy]:
    """Every test whose name says a rule, by file and place."""
    for file in sorted(folder.rglob("test_*.py")):
        for name, number in _TEST.findall(file.read_text(encoding="utf-8")):
            yield HeldBy(int(number), name, str(file.relative_to(folder.parent)))


def _lines(number: int, tests: list[HeldBy]) -> Iterator[str]:
    rule = RULES[number]
    yield f"\n**C{number}** {rule.short}\n"
    if tests:
        files = dict.fromkeys(test.file for test in tests)
        yield f"- Where: {', '.join(f'`{path}`' for path in rule.where.split())}\n"
        for file in files:
            yield f"- `{file}`: {', '.join(f'`{test.name}`' for test in tests if test.file == file)}\n"
    if rule.lacks:
        yield f"- **Not built{' yet' if not tests else ''}:** {rule.lacks}.\n"


_HEAD = """\
# The charter, and what holds it

Made by `flask docs charter > docs/charter.md`; a test holds it to the code and to the tests. The rules are given in our
short words. A rule is in force as far as the tests under it say: each fails when the rule is broken. What is not built
is said.
"""
