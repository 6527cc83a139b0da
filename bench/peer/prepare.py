"""`python -m bench.peer.prepare --url … --people N --deeds D` makes the peer's city in an empty database.

It prints one line of JSON, which says whom to ask about: `{residents, submissions, benefits, verifier}`.
"""

import argparse
import json
import os

import django
from django.core.management import call_command


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the peer's city in an empty PostgreSQL database.")
    parser.add_argument("--url", required=True, help="of a superuser: the rows are loaded without their triggers")
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--deeds", type=int, required=True, help="at least two pages of 20")
    parser.add_argument("--benefits", type=int, default=100)
    parser.add_argument("--lots", type=int, default=10, help="of each resident")
    parser.add_argument("--waiting", type=int, default=50_000, help="submissions that wait for a verifier")
    sizes = vars(parser.parse_args())
    os.environ["PEER_DATABASE_URL"] = sizes.pop("url")
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peer.settings"
    django.setup()
    from bench.peer import check, filling  # noqa: PLC0415  there are no models before Django is set up

    call_command("migrate", verbosity=0)
    filling.fill(**sizes)
    check.check()
    print(json.dumps(filling.whom_to_ask()))


if __name__ == "__main__":
    main()
