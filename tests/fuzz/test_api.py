"""Nothing that anybody sends makes the server fail, and every answer is one that the API's description allows (A54)."""

import math
import os
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks as openapi_checks

from app import create_app
from core.settings import Settings
from tests.conftest import DATABASES
from tests.fuzz.conftest import FIGURES
from tests.fuzz.good_calls import PEOPLE, ROLES, GoodCall, GoodCalls

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


def _operations() -> dict[str, tuple[str, ...]]:
    """What there is to call, and who may; the description needs no database."""
    with TemporaryDirectory() as folder:
        spec = create_app(Settings.load({"BONAFETA_INSTANCE": folder})).extensions["openapi"].described()
    methods = ("get", "post", "put", "patch", "delete")
    return {
        f"{method.upper()} {path}": _who_may(item[method])
        for path, item in spec["paths"].items()
        for method in methods
        if method in item
    }


def _who_may(operation: dict[str, Any]) -> tuple[str, ...]:
    who = operation.get("x-roles")
    if who is None:
        return ROLES
    if who == "anyone signed in":
        return PEOPLE
    roles = who.split(", ")
    return (*roles, "everybody") if set(roles) & set(PEOPLE) else tuple(roles)


OPERATIONS = _operations()
CASES = int(os.environ.get("BONAFETA_FUZZ_CASES", "730"))
"""In all, over operations and databases; `make fuzz` takes 60,000."""
EXAMPLES = math.ceil(CASES / len(OPERATIONS) / len(DATABASES))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_call_succeeds_for_whoever_may_call_it(operation: str, good_calls: GoodCalls) -> None:
    """Else the fuzz would knock at closed doors only."""
    roles = OPERATIONS[operation]
    for role in roles[:1] if "clerk" in roles and "manager" in roles else roles[: max(1, len(roles) - 1)]:
        answer = good_calls.send(operation, good_calls.make(operation, role))

        assert 200 <= answer.status_code < 300, (role, answer.get_data(as_text=True))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_breaks_the_server(
    operation: str,
    api_schema: Any,
    good_calls: GoodCalls,
    record_property: Callable[[str, object], None],
) -> None:
    """Half of the calls are made up, half are good ones with something of a made-up one in them."""
    method, path = operation.split(" ")
    kept: dict[str, GoodCall] = {}
    answered: dict[str, Counter[int]] = defaultdict(Counter)

    @given(
        case=api_schema[path][method].as_strategy(),
        role=st.sampled_from((*ROLES, *OPERATIONS[operation] * 2)),
        seed=st.integers(0, 2**32 - 1),
    )
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def any_request(case: schemathesis.Case[Any], role: str, seed: int) -> None:
        chance = random.Random(seed)  # what is drawn from hypothesis may not depend on what was answered before
        if role in OPERATIONS[operation] and role not in kept:
            kept[role] = good_calls.make(operation, role)
        good = kept.get(role) or next(iter(kept.values()), None)
        who = kept[role].who if role in kept else good_calls.shared(role)
        if good is not None and chance.random() < 0.6:
            changes = bent(good, case, chance=chance)
            answer = Response.from_any(good_calls.send(operation, GoodCall(who, good.path, **changes)))
            case.validate_response(answer, checks=CHECKS)
        else:
            case.headers.update({"Accept-Encoding": "identity"})
            if (token := who.token) is not None:
                case.headers["Authorization"] = f"Bearer {token}"
            answer = case.call()
            case.validate_response(answer, checks=CHECKS)
        answered[role][answer.status_code] += 1
        assert answer.status_code >= 300 or role in OPERATIONS[operation]
        if answer.status_code < 300 and method != "GET":
            kept.clear()  # what it was about may be used up
        if answer.status_code == 429:
            good_calls.clock.forward(hours=1)
            kept.clear()

    any_request()
    may, may_not = Counter[int](), Counter[int]()
    for role, statuses in answered.items():
        (may if role in OPERATIONS[operation] else may_not).update(statuses)
    deaf = [role for role in OPERATIONS[operation] if not any(status < 300 for status in answered[role])]
    told = {"operation": operation, "may": {**may}, "may_not": {**may_not}, "deaf": deaf if EXAMPLES >= 100 else []}
    record_property(FIGURES, told)


def bent(good: GoodCall, case: schemathesis.Case[Any], *, chance: random.Random) -> dict[str, Any]:
    """What of a good call to send: all of it, or with up to two fields, or the query, of a made-up one."""
    body = good.body
    if isinstance(body, dict) and isinstance(case.body, dict) and chance.random() < 0.6:
        made_up = list(case.body.items())
        body = body | dict(chance.sample(made_up, min(len(made_up), chance.randint(1, 2))))
    query = case.query if case.query and chance.random() < 0.5 else good.query
    return {"body": body, "query": query or {}, "headers": good.headers}
