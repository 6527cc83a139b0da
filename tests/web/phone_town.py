"""A town with its real catalogue, and the phone client in it at the town's time."""

from playwright.sync_api import Page

from core.settings import ROOT
from tests.town import Person, Town
from tests.web.conftest import Opens


def load_catalogue(town: Town) -> None:
    table = (ROOT / "data" / "deeds.csv").read_text(encoding="utf-8")
    answer = town.manager().post("/deeds/import", json={"csv": table, "dry_run": False})
    assert answer.status_code == 200, answer.json


def open_at(phone: Opens, town: Town, person: Person | None, place: str = "/", **options: object) -> Page:
    """The phone client at a place of its own (`/deeds`); its clock stands where the town's does."""
    page = phone(person, **options)
    page.context.clock.set_fixed_time(town.clock.now())
    page.goto(f"/#{place}")
    page.reload()
    return page
