"""Who may call what, read from the routes themselves, so that the paper cannot say anything else."""

from flask import Flask

from core.http.doors import ANYONE, SIGNED_IN, Door
from core.http.edge import door_of

_HEAD = """# Who may call what

Made by `flask docs access > docs/access.md`; a test holds it to the code. Own things only: of what belongs to somebody
else, and of what is not there, the answer is the same 404.

| call | who | does | Idempotency-Key |
|---|---|---|---|
"""


def access_page(app: Flask) -> str:
    """One row per route."""
    rows = []
    for rule in app.url_map.iter_rules():
        door = door_of(app, rule.endpoint)
        assert door is not None, rule
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            rows.append(
                (rule.rule, f"| `{method} {rule.rule}` | {_who(door)} | {door.does.value} | {door.key.value} |\n")
            )
    return _HEAD + "".join(row for _, row in sorted(rows))


def _who(door: Door) -> str:
    if door.who == ANYONE:
        return "anyone"
    return "signed in" if door.who == SIGNED_IN else ", ".join(sorted(role.value for role in door.who))
