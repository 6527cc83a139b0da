"""The office's desk in tests: its clock is the town's, so that "today" is the same day on the page and in the town."""

from playwright.sync_api import Page

from tests.town import Person, Town
from tests.web.conftest import Opens


def at_work(desk: Opens, town: Town, person: Person, path: str, **options: object) -> Page:
    """The console at a path such as `/catalogue`, for somebody who is signed in."""
    page = desk(person, "/staff", **options)
    page.clock.set_fixed_time(town.clock.now())
    go(page, path)
    page.reload()
    return page


def go(page: Page, path: str) -> None:
    page.goto(f"/staff#{path}")
