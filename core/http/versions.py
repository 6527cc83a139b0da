"""Whoever changes something says which version they saw, so that nobody's change is overwritten unseen (RFC 9110)."""

import re

from marshmallow import fields

from core.errors import Refusal
from core.http.schemas import Schema


class VersionChanged(Refusal):
    """It has changed since you saw it: read it again."""

    status = 412


class SeenVersion(Schema):
    """Which version somebody saw."""

    if_match = fields.String(
        data_key="If-Match",
        load_default=None,
        metadata={"description": "the revision or version that was seen, in quotes: 412 if there is another one now"},
    )


def version_seen(if_match: str | None) -> int | None:
    """The number in an `If-Match`; -1, which nothing has, for anything that is no ETag of ours."""
    if if_match is None:
        return None
    seen = re.fullmatch(r'\s*"(\d{1,9})"\s*', if_match, re.ASCII)
    return int(seen[1]) if seen else -1
