"""What the phone says of a wish, a wait and a look is what is so: each of these once said something else."""

from playwright.sync_api import expect

from tests.catalogue.cases import Cases
from tests.town import Town
from tests.web.conftest import Camera, Opens, Watch, module
from tests.web.phone_town import open_at


def test_c36_a_deed_that_is_scanned_is_done_without_points_also_without_signal(
    phone: Opens, town: Town, camera: Camera, watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    cases = Cases(town)
    cases.deed("town-fair", evidence=["event_code"], points=2)
    organiser, resident = town.organiser(), town.resident()
    camera.sees(cases.code_of(cases.event(organiser, "town-fair"), organiser))
    page = open_at(phone, town, resident, "/deeds/town-fair")
    expect(page.get_by_role("link", name="Do it without points")).to_be_visible()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)

    page.get_by_role("link", name="Do it without points").click()
    expect(page.get_by_role("heading", name="Kept on this phone")).to_be_visible()
    page.get_by_role("link", name="My deeds").click()
    expect(page.get_by_text("without points")).to_be_visible()
    page.context.set_offline(False)
    module(page, "shared/queue.js", "await m.sendAll()")

    expect(page.get_by_text("You were at “Water street trees”, without points.")).to_be_visible()
    [claim] = resident.get("/submissions").json["items"]
    assert (claim["status"], claim["without_points"], claim["points_awarded"]) == ("approved", True, 0)
