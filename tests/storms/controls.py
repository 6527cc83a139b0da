"""A storm is believed only if it fails when the guard is taken out: here each is, from a copy of the code.

A guard is text that stands in the code exactly once, and what stands there without it; and constraints that would
catch it later. When the code changes so that the text is not found, the control fails rather than pass for nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import text

from core.db import db
from tests.storms.place import Place, copy_of_the_code, new_place


@dataclass(frozen=True)
class Guard:
    """What keeps a promise: `without` is the code once it is gone."""

    file: str
    code: str
    without: str

    def taken_out_of(self, root: Path) -> None:
        file = root / self.file
        code = file.read_text(encoding="utf-8")
        assert code.count(self.code) == 1, f"this guard is not in {self.file} any more: {self.code}"
        file.write_text(code.replace(self.code, self.without), encoding="utf-8")


ACCOUNT_LOCK = [
    Guard(
        "rewards/ledger.py",
        "        .where(Account.citizen_id == citizen_id)\n        .with_for_update(key_share=True)\n",
        "        .where(Account.citizen_id == citizen_id)\n",
    ),
    Guard(
        "rewards/ledger.py",
        '.where(Account.citizen_id == bindparam("citizen")).with_for_update(key_share=True)',
        '.where(Account.citizen_id == bindparam("citizen"))',
    ),
]
STOCK = Guard(
    "rewards/purchase.py",
    """BenefitStock.stock > 0)
    .values(stock=BenefitStock.stock - 1)
""",
    """BenefitStock.stock >= 0)
    .values(stock=func.greatest(BenefitStock.stock - 1, 0))
""",
)
CASE = Guard(
    "catalogue/approval.py",
    "        ReviewCase.queued_at.is_not(None),\n        _IS_FREE_OR_THEIRS,\n",
    "",
)
SECOND_CHANCE = Guard("citizen/tokens.py", "RETRY_WINDOW = timedelta(seconds=30)", "RETRY_WINDOW = timedelta(0)")
WRITE_LOCK = Guard(
    "core/db.py",
    'connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")',
    'connection.exec_driver_sql("BEGIN DEFERRED" if writes else "BEGIN")',
)
RETRIES = Guard("core/db.py", "TRIES = 6\n", "TRIES = 1\n")

NUMBERED = "ALTER TABLE entry DROP CONSTRAINT uq_entry_citizen_id_seq"
AWARDED_ONCE = "ALTER TABLE lot DROP CONSTRAINT uq_lot_citizen_id_submission_id_revision"
DECIDED_ONCE = "ALTER TABLE decision DROP CONSTRAINT pk_decision"
IN_RANGE = "ALTER TABLE lot DROP CONSTRAINT ck_lot_points_left_in_range"

# What is taken out for each storm. On SQLite there is one lock, that of the whole file from the first statement on;
# without it the file itself refuses who read too early, and what is lost is the service, not a point.
ON_POSTGRESQL: dict[str, tuple[list[Guard], list[str]]] = {
    "redeem": ([STOCK], []),
    "spend": (ACCOUNT_LOCK, [NUMBERED, IN_RANGE]),
    "approve": ([*ACCOUNT_LOCK, CASE], [NUMBERED, AWARDED_ONCE, DECIDED_ONCE]),
    "reverse": (ACCOUNT_LOCK, [NUMBERED]),
    "cap": (ACCOUNT_LOCK, [NUMBERED]),
    "refresh": ([SECOND_CHANCE], []),
    "bank": (ACCOUNT_LOCK, [NUMBERED, IN_RANGE]),
}


@contextmanager
def place_without(storm: str, kind: str) -> Iterator[Place]:
    """A deployment that runs without the guards of a storm."""
    guards, constraints = ON_POSTGRESQL[storm]
    if kind == "sqlite" and storm != "refresh":
        guards, constraints = [WRITE_LOCK, RETRIES], []
    with TemporaryDirectory(prefix="bonafeta-without-") as folder:
        root = copy_of_the_code(Path(folder))
        for guard in guards:
            guard.taken_out_of(root)
        with new_place(kind, root=root) as place:
            with place.town.app.app_context(), db.engine.begin() as connection:
                for drop in constraints:
                    connection.execute(text(drop))
            yield place
