"""Ids are UUIDv7, made by the application, so that no node of a database has to hand out numbers."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562): 74 random bits behind a millisecond, so keys grow in the order of creation."""
    return uuid7()
