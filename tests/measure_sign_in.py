"""How long a sign-in takes for an address that is known and for one that is not: nobody should tell them apart (A53).

    python -m tests.measure_sign_in [--tries 200]

starts a server on each database and prints the median of each call. Every pair of calls is made one after the other
with different addresses, from a network of its own, so that no limit is reached. It asserts nothing: a busy machine is
no failure.
"""

import base64
import http.client
import json
import secrets
import sys
import time
from statistics import median
from urllib.parse import urlsplit

import click

from core.ids import new_id
from tests.storms.place import new_place
from tests.town import Town

Call = tuple[str, dict[str, str]]


@click.command(help=__doc__)
@click.option("--tries", default=200, show_default=True, help="Of each call.")
def main(tries: int) -> None:
    click.echo(f"{'':46}{'known':>10}{'unknown':>10}{'apart':>18}")
    for name in ("sqlite", "postgresql"):
        with new_place(name) as place, place.served() as server:
            for what, calls in pairs(place.town, tries).items():
                known, unknown = measured(server.served.address, calls, f"{name}, {what}")
                apart = abs(known - unknown)
                share = apart / max(known, unknown)
                click.echo(f"{name:12}{what:34}{known:7.2f} ms{unknown:7.2f} ms{apart:8.2f} ms {share:6.1%}")


def pairs(town: Town, tries: int) -> dict[str, list[tuple[Call, Call]]]:
    """What is asked: about somebody who has an account, and about nobody."""
    known = [town.resident().email for _ in range(tries)]
    unknown = [f"{secrets.token_hex(6)}@example.org" for _ in range(tries)]
    both = list(zip(known, unknown, strict=True))
    refresh = [(token_of(person_id), token_of(None)) for person_id in (town.resident().id for _ in range(tries))]
    return {
        "POST /auth/tokens, no code sent": [(wrong_code(one), wrong_code(other)) for one, other in both],
        "POST /auth/codes": [(code_wish(one), code_wish(other)) for one, other in both],
        "POST /auth/tokens, wrong code": [(wrong_code(one), wrong_code(other)) for one, other in both],
        "POST /auth/tokens/refresh, forged": [
            (("/auth/tokens/refresh", {"refresh_token": one}), ("/auth/tokens/refresh", {"refresh_token": other}))
            for one, other in refresh
        ],
    }


def code_wish(email: str) -> Call:
    return "/auth/codes", {"email": email}


def wrong_code(email: str) -> Call:
    return "/auth/tokens", {"email": email, "code": "000000", "terms_version": "2026-11"}


def token_of(citizen_id: object) -> str:
    """A refresh token that says it is this person's, or nobody's."""
    citizen = getattr(citizen_id, "bytes", new_id().bytes)
    return base64.urlsafe_b64encode(citizen + new_id().bytes + bytes(4) + secrets.token_bytes(32)).rstrip(b"=").decode()


def measured(address: str, calls: list[tuple[Call, Call]], label: str) -> tuple[float, float]:
    """The median of each side in milliseconds, first one side first and then the other."""
    taken: tuple[list[float], list[float]] = ([], [])
    with click.progressbar(calls, label=label, file=sys.stderr) as shown:
        for number, pair in enumerate(shown):
            source = f"127.{10 + number // 250}.{number % 250}.1"
            for side in (0, 1) if number % 2 else (1, 0):
                taken[side].append(asked(address, pair[side], source=source))
    return median(taken[0]), median(taken[1])


def asked(address: str, call: Call, *, source: str) -> float:
    path, body = call
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60, source_address=(source, 0))
    connection.connect()
    sent = json.dumps(body)
    before = time.perf_counter()
    connection.request("POST", f"/api/v1{path}", body=sent, headers={"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    taken = time.perf_counter() - before
    connection.close()
    assert answer.status in (202, 401), f"{path}: {answer.status}"
    return taken * 1000


if __name__ == "__main__":
    main()
