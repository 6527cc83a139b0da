"""A till for tests: paired and on its shift as `test_till_shift.py` does it by hand, and vouchers to show there."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.rewards.market import MUSEUM, Market
from tests.town import PIN, Person, Town
from tests.web.conftest import PHONE, Opens

TICKETS = {"en": "Museum ticket", "es": "Entrada al museo", "ca": "Entrada al museu", "pt": "Bilhete do museu"}
PUT = """([name, box, things]) => new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1);
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const transaction = asked.result.transaction(box, 'readwrite');
        for (const [key, value] of Object.entries(things)) transaction.objectStore(box).put(value, key);
        transaction.oncomplete = () => { asked.result.close(); resolve(); };
    };
})"""


@dataclass
class Counter:
    """A museum with a till, and residents who come with vouchers."""

    town: Town
    opens: Opens

    @cached_property
    def market(self) -> Market:
        market = Market(self.town)
        market.benefit(titles=TICKETS)
        return market

    @cached_property
    def shopper(self) -> Person:
        return self.market.shopper(400)

    def voucher(self) -> str:
        """The code of a new voucher of the museum's."""
        return self.market.code(self.shopper, self.market.buy(self.shopper))

    def pairing(self, **wish: Any) -> str:
        """The code that a manager reads out."""
        self.market.partner()
        answer = self.market.manager.post(f"/partners/{MUSEUM}/pairings", json={"name": "Front desk"} | wish)
        assert answer.status_code == 201, answer.json
        return str(answer.json["pairing_code"])

    def paired(self, **options: Any) -> Page:
        """A page of a device that was paired before, outside of a shift."""
        wish = {"pairing_code": self.pairing(), "pin": PIN}
        device = self.town.anyone().post("/till/devices", json=wish).json
        page = self.opens("/till", **{"size": PHONE} | options)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        kept = {key: device[key] for key in ("partner", "till")} | {"token": device["till_token"], "shiftUntil": None}
        page.evaluate(PUT, ["bonafeta-till", "session", {"till": kept, "owner": device["till"]["id"]}])
        page.reload()
        expect(page.get_by_role("heading", name="Museu De La Vila")).to_be_visible()
        return page

    def at_work(self, **options: Any) -> Page:
        """A page of a till on its shift."""
        page = self.paired(**options)
        page.get_by_label("PIN", exact=True).fill(PIN)
        page.get_by_role("button").last.click()
        expect(page.locator(".counter")).to_be_visible()
        return page

    def redemptions(self) -> list[Any]:
        """What the server has counted."""
        items = self.town.clerk(MUSEUM).get("/till/redemptions").json["items"]
        return [item for item in items if item["undone_at"] is None]


def type_code(page: Page, code: str) -> None:
    """Type a code, and Enter."""
    page.get_by_label("Or type the code").fill(code)
    page.keyboard.press("Enter")


def redeem(page: Page, code: str) -> None:
    type_code(page, code)
    page.get_by_role("button", name="Redeem").click()


def panel(page: Page) -> Locator:
    return page.locator("dialog.panel")


def cut(context: BrowserContext, path: str) -> list[str]:
    """The answers to a path are lost on their way back, until `context.unroute(path)`; returns what they said."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    context.route(path, lose)
    return lost
