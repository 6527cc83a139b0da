"""Whoever starts a city is told where it is and, on a laptop, where mail lies and how to sign in as anyone."""

import os
import sys
from pathlib import Path

from flask import Flask

from core.settings import Settings

SAMPLE_PARTNER = "museu-da-vila"
# At example.org (RFC 2606) nobody has a mailbox: should such a database ever meet a real mail server, no code arrives.
SAMPLE_STAFF = {
    "verifier": "verifier@example.org",
    "organiser": "organiser@example.org",
    f"clerk:{SAMPLE_PARTNER}": "clerk@example.org",
    "manager": "manager@example.org",
    "auditor": "auditor@example.org",
}


def welcome(app: Flask, address: str, *, settings: Settings) -> str:
    """The lines to print once requests are answered. Makes sure of the sample staff where mail goes to files only."""
    mail = "by SMTP" if settings.smtp_url else f"{_short(settings.mail_folder)}/ (no SMTP host is set)"
    lines = [
        f"Bona Feta serves {settings.city.name}. Ctrl-C stops it; what was done stays.",
        "",
        f"  address  {address}",
        f"  staff    {address}/staff",
        f"  till     {address}/till",
        f"  API      {address}/docs",
        f"  mail     {mail}",
    ]
    if settings.is_production or settings.smtp_url:
        return _framed(lines)
    flask, call = _short(Path(sys.executable).with_name("flask")), "curl -s -H 'Content-Type: application/json'"
    return _framed(
        [
            *lines,
            "",
            "Sign in as a resident with any address, or as one of the sample staff:",
            *(f"  {role:20} {email}" for role, email in _staff_of(app)),
            "",
            "Ask for a code, read it from the newest mail, get an access token for it:",
            f"""  {call} -d '{{"email": "ana@example.org"}}' {address}/api/v1/auth/codes""",
            f"""  grep -hE '^[0-9]{{6}}' "$(ls -t {_short(settings.mail_folder)}/*.eml | head -n 1)\"""",
            f"""  {call} -d '{{"email": "ana@example.org", "code": "CODE", "terms_version": """
            f""""{settings.city.terms.version}"}}' {address}/api/v1/auth/tokens""",
            "",
            "The short way to an access token, good for 15 minutes:",
            f"  {flask} citizen token verifier@example.org",
            f"  {flask} citizen token ana@example.org --terms {settings.city.terms.version}",
            "",
            f"Make a device a till of {SAMPLE_PARTNER} at {address}/till,",
            "with the code that this prints, good once and for 15 minutes:",
            f"  {flask} rewards pair {SAMPLE_PARTNER}",
        ]
    )


def _staff_of(app: Flask) -> list[tuple[str, str]]:
    """The sample staff who could be granted their roles; core knows the command and not the people behind it."""
    runner = app.test_cli_runner()
    return [
        (role, email)
        for role, email in SAMPLE_STAFF.items()
        if runner.invoke(args=["citizen", "grant", email, role]).exit_code == 0
    ]


def _short(path: Path) -> str:
    """The path as it is best typed from here."""
    here = Path.cwd()
    return os.fspath(path.relative_to(here) if path.is_relative_to(here) else path)


def _framed(lines: list[str]) -> str:
    return "\n".join(["", *lines, ""])
