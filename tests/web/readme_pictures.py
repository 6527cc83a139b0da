"""The README's three pictures, drawn by `make pictures` in a made-up town: each face at what it is there for."""

from io import BytesIO

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from core.settings import ROOT
from tests.catalogue.cases import Cases
from tests.town import Person, Town
from tests.web.conftest import DESK, Camera, Opens
from tests.web.tills import Counter, redeem

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 128


def draw(page: Page, name: str) -> None:
    expect(page.locator(".skeleton")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    seen = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    PICTURES.mkdir(exist_ok=True)
    seen.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


def street(side: int) -> bytes:
    """A picture of a tree in a street."""
    picture = Image.new("RGB", (1200, 900), "#c6d8e4")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 600, 1200, 900), fill="#97928a")
    pen.rectangle((60, 180, 460, 600), fill="#d9bf9f")
    for window in range(6):
        x, y = 100 + window % 3 * 115, 230 + window // 3 * 170
        pen.rectangle((x, y, x + 70, y + 110), fill="#5c6f83")
    pen.rectangle((690 + side, 380, 740 + side, 700), fill="#684a32")
    pen.ellipse((500 + side, 110, 930 + side, 470), fill="#4a8250")
    pen.polygon([(850, 640), (980, 640), (955, 770), (875, 770)], fill="#3b5f9e")
    content = BytesIO()
    picture.save(content, "JPEG", quality=88)
    return content.getvalue()


def load_catalogue(town: Town) -> None:
    table = (ROOT / "data" / "deeds.csv").read_text(encoding="utf-8")
    answer = town.manager().post("/deeds/import", json={"csv": table, "dry_run": False})
    assert answer.status_code == 200, answer.json


def claim(cases: Cases, doer: Person, deed: str, side: int = 0) -> str:
    submission = cases.claim(doer, deed, note="Two buckets this morning.")
    assert cases.send_photo(doer, submission, street(side)).status_code == 201
    return submission


def test_the_phone(phone: Opens, town: Town) -> None:
    load_catalogue(town)
    cases, resident, verifier = Cases(town), town.resident(), town.verifier()
    for deed in ("paint-bin", "polish-playground"):
        cases.decide(verifier, claim(cases, resident, deed))
    claim(cases, resident, "water-street-trees")
    page = phone(resident)
    page.context.clock.set_fixed_time(town.clock.now())
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    draw(page, "phone")


def test_the_staff_console(desk: Opens, town: Town) -> None:
    load_catalogue(town)
    cases = Cases(town)
    for side in (0, 90, 180):
        claim(cases, town.resident(), "water-street-trees", side)
        town.clock.forward(hours=1)
    page = desk(town.verifier(), size=DESK)
    page.context.clock.set_fixed_time(town.clock.now())
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Take the next case")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="Approve")).to_be_enabled()
    expect(page.locator("main img").first).to_be_visible()
    draw(page, "staff")


def test_the_till(town: Town, opens: Opens, camera: Camera) -> None:
    camera.sees_nothing()
    counter = Counter(town, opens)
    page = counter.at_work()
    redeem(page, counter.voucher())

    expect(page.get_by_role("heading", name="Museum ticket: valid")).to_be_visible()
    draw(page, "till")
