"""What an operator does on the command line is bound by the same rules, and shows in the log."""

from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result

from app import create_app
from tests.citizen.traces import traces_of
from tests.town import Town

EMAIL = "pau.vila@example.org"


def run(town: Town, *args: str, app: Any = None) -> Result:
    return (app or town.app).test_cli_runner().invoke(args=["citizen", *args])


def me(town: Town, token: str) -> Any:
    return town.anyone().get("/me", headers={"Authorization": f"Bearer {token}"}).json


def test_a_token_is_printed_alone(town: Town) -> None:
    resident = town.resident()

    printed = run(town, "token", resident.email)

    assert printed.exit_code == 0
    assert me(town, printed.stdout.strip())["id"] == str(resident.id)
    assert len(printed.stdout.split()) == 1


def test_nobody_gets_a_token_for_an_address_that_nobody_has(town: Town) -> None:
    refused = run(town, "token", EMAIL)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"nobody here has the address {EMAIL}: sign in by mail, or join with --terms 2026-11\n"
    assert traces_of(EMAIL, town=town) == []


def test_in_development_one_joins_by_naming_the_terms(town: Town) -> None:
    assert run(town, "token", EMAIL, "--terms", "1999-01").exit_code == 1

    printed = run(town, "token", EMAIL, "--terms", "2026-11")

    assert me(town, printed.stdout.strip())["terms_version"] == "2026-11"


def test_c1_in_production_nobody_joins_by_command(town: Town) -> None:
    production = create_app(replace(town.settings, is_production=True))

    refused = run(town, "token", EMAIL, "--terms", "2026-11", app=production)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert traces_of(EMAIL, town=town) == []


def test_a_token_printed_by_an_operator_shows_in_the_persons_log(town: Town) -> None:
    resident = town.resident()

    run(town, "token", resident.email)

    log = resident.get("/me/access-log").json
    assert [(look["kind"], look["office"], look["purpose"]) for look in log["items"]] == [
        ("session.opened", "software", "command")
    ]


@pytest.mark.parametrize(
    ("args", "role", "partner"),
    [
        (["verifier"], "verifier", None),
        (["clerk:mnac"], "clerk", "mnac"),
        (["clerk", "--partner", "mnac"], "clerk", "mnac"),
        (["organiser", "--office", "Banc del Temps"], "organiser", None),
    ],
)
def test_a_role_is_granted_and_taken(town: Town, args: list[str], role: str, partner: str | None) -> None:
    town.partner("mnac")
    assert run(town, "grant", EMAIL, *args).exit_code == 0
    assert "already" in run(town, "grant", EMAIL, *args).stdout
    token = run(town, "token", EMAIL).stdout.strip()
    (granted,) = me(town, token)["roles"]
    assert (granted["role"], granted["partner"]) == (role, partner)

    assert run(town, "revoke", EMAIL, args[0]).exit_code == 0

    assert me(town, token)["roles"] == []
    assert run(town, "revoke", EMAIL, args[0]).exit_code == 1


def test_nobody_is_clerk_of_a_partner_that_there_is_not(town: Town) -> None:
    refused = run(town, "grant", EMAIL, "clerk:nobody")

    assert refused.exit_code == 1
    assert refused.stderr == "There is no partner with this code: open it first. (partner nobody)\n"
    assert traces_of(EMAIL, town=town) == []


@pytest.mark.parametrize(
    "args",
    [
        ("grant", EMAIL, "mayor"),
        ("grant", EMAIL, "resident"),
        ("grant", EMAIL, "clerk"),
        ("grant", EMAIL, "clerk:No Code"),
        ("grant", EMAIL, "verifier", "--partner", "mnac"),
        ("grant", "no address", "verifier"),
        ("revoke", EMAIL, "mayor"),
    ],
)
def test_what_makes_no_sense_is_a_clear_error(town: Town, args: tuple[str, ...]) -> None:
    refused = run(town, *args)

    assert refused.exit_code == 2
    assert "Error: " in refused.stderr
    assert traces_of(EMAIL, town=town) == []


def test_a_person_who_asks_at_the_counter_is_forgotten(town: Town) -> None:
    resident = town.resident()

    assert run(town, "erase", resident.email, "--yes").exit_code == 0

    assert resident.get("/me").status_code == 401
    assert traces_of(resident.email, town=town) == []
    assert run(town, "erase", resident.email, "--yes").exit_code == 1
