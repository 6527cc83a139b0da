"""What requests use up, thousands in a second: cases that wait for a verifier, and vouchers to redeem.

They are written as rows, in the shape that the application gives them.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any

from bench.town import DEED, PARTNER, SPREAD, Town
from core.ids import new_id
from rewards import voucher_codes
from rewards.routes.vouchers import CODE_KEY


@dataclass
class Supplies:
    """Numbered from 1 on, in the order in which they are used; the next number to use is what both kinds of load,
    requests and pgbench, go on from."""

    town: Town
    made: dict[str, int] = field(default_factory=lambda: {"case": 0, "voucher": 0})
    used: dict[str, int] = field(default_factory=lambda: {"case": 0, "voucher": 0})

    def cases(self, count: int) -> list[str]:
        """The next submissions that wait."""
        self.see_to("case", count)
        return [str(row[0]) for row in self._next("submission_id", "case", count)]

    def codes(self, count: int) -> list[str]:
        """The codes of the next vouchers."""
        self.see_to("voucher", count)
        key = self.town.settings.key(CODE_KEY)
        return [voucher_codes.code_of(row[0], key=key) for row in self._next("seed", "voucher", count)]

    def see_to(self, what: str, count: int) -> None:
        """Have so many `case`s or `voucher`s that nobody has used."""
        missing = self.used[what] + count - self.made[what]
        if missing > 0:
            {"case": self._make_cases, "voucher": self._make_vouchers}[what](missing)
            self.made[what] += missing

    def _next(self, column: str, what: str, count: int) -> list[Any]:
        first = self.used[what]
        return self.town.database.run(
            f"SELECT {column} FROM bench.{what} WHERE n > %s AND n <= %s ORDER BY n", first, first + count
        )

    def _make_cases(self, count: int) -> None:
        first = self.made["case"]
        self.town.database.run("SELECT bench.make_cases(%s, %s, %s, %s)", first, first + count, DEED, self.town.size)

    def _make_vouchers(self, count: int) -> None:
        key, first = self.town.settings.key(CODE_KEY), self.made["voucher"]
        with self.town.database.connect() as connection, connection.transaction():
            with connection.cursor().copy("COPY bench.voucher (n, voucher_id, seed, code_hash) FROM STDIN") as copy:
                for number in range(first + 1, first + count + 1):
                    seed = secrets.token_bytes(16)
                    code_hash = voucher_codes.fingerprint(voucher_codes.code_of(seed, key=key))
                    copy.write_row((number, new_id(), seed, code_hash))
            connection.execute(
                "SELECT bench.make_vouchers(%s, %s, %s, %s)", (first, SPREAD[0], PARTNER, self.town.size)
            )
