"""A "no" has a name and its facts: each refusal is a class, rendered in one place as problem+json (RFC 9457)."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

_OWN_MEMBERS = {"type", "status", "code", "request_id"}


class Refusal(Exception):
    """The request cannot be done.

    The class name in snake_case is the problem's stable `code`, the docstring's first line its title, and the keyword
    arguments its facts. `stays` says that what was written before the refusal is committed all the same (a counted
    attempt, a killed token family, an audit row). `final` says that the answer is kept under the request's
    idempotency key (promises A33).
    """

    status: ClassVar[int] = 400
    stays: ClassVar[bool] = False
    final: ClassVar[bool] = False
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, **facts: Any) -> None:
        if taken := _OWN_MEMBERS & facts.keys():
            raise TypeError(f"a problem says these itself: {', '.join(sorted(taken))}")
        super().__init__(self.code())
        self.facts = facts

    @classmethod
    def code(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]


class NotFound(Refusal):
    """There is nothing here that you may see."""

    status = 404


class Unauthorized(Refusal):
    """Sign in first: the access token is missing, not valid or no longer valid."""

    status = 401
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": 'Bearer realm="bonafeta"'}


class Forbidden(Refusal):
    """Your roles do not allow this."""

    status = 403


class Conflict(Refusal):
    """The state of things does not allow this."""

    status = 409
    final = True


class Invalid(Refusal):
    """The request holds something that cannot be accepted: see `errors`."""

    status = 422


class TooManyRequests(Refusal):
    """Too many tries: wait for the seconds named in Retry-After."""

    status = 429
    stays = True

    def __init__(self, *, retry_after: int, **facts: Any) -> None:
        super().__init__(retry_after=retry_after, **facts)


class Unavailable(Refusal):
    """The service cannot do this now: nothing was changed, try again after the seconds in Retry-After."""

    status = 503

    def __init__(self, *, retry_after: int = 2, **facts: Any) -> None:
        super().__init__(retry_after=retry_after, **facts)


def every_refusal(base: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal that the loaded code can answer with: the list in `docs/errors.md` is made of it."""
    yield base
    for child in base.__subclasses__():
        yield from every_refusal(child)
