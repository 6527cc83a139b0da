"""What the faces share keeps its word in a real browser: one outbox sends once, cameras read, days are of the city."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.catalogue.cases import Cases
from tests.town import Person, Town
from tests.web.conftest import Camera, Opens, Watch, module

WISH = """
    const {newSubmissionId} = await load('shared/api.js');
    const id = newSubmissionId();
    const canvas = new OffscreenCanvas(60, 40);
    canvas.getContext('2d').fillRect(0, 0, 60, 40);
    const photo = await canvas.convertToBlob({type: 'image/jpeg'});
    const json = {id, deed: 'water-trees', done_at: given[0]};
    const proof = {post: '/submissions/{submission_id}/evidence', path: {submission_id: id}, photo};
    await m.enqueue([{post: '/submissions', json}, proof], {about: {kind: 'check-in', at: given[0]}});
    return id;
"""
SIGN_IN = "await m.signIn(...given)"


def opened(phone: Opens, person: Person) -> Page:
    page = phone(person)
    expect(page.get_by_text("Good to see you")).to_be_visible()
    return page


def test_a_wish_made_without_a_network_is_sent_once_after_the_app_was_closed(
    phone: Opens, town: Town, watch: Watch
) -> None:
    watch.may_say("ERR_INTERNET_DISCONNECTED")
    Cases(town).deed()
    resident = town.resident()
    page = opened(phone, resident)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    page.context.set_offline(True)

    wished = module(page, "shared/queue.js", WISH, "2026-11-23T10:00:00Z")
    assert module(page, "shared/queue.js", "return (await m.outbox()).map((entry) => entry.state)") == ["waiting"]
    page.close()
    assert resident.get("/submissions").json["items"] == []
    page.context.set_offline(False)
    page = page.context.new_page()
    page.goto("/")

    assert once_settled(page) == []
    assert [(item["id"], item["status"]) for item in resident.get("/submissions").json["items"]] == [
        (wished, "in_review")
    ]


def test_a_wish_whose_answer_was_lost_is_not_done_twice(phone: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("ERR_FAILED", "ERR_CONNECTION")
    Cases(town).deed()
    resident = town.resident()
    page = opened(phone, resident)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().text())
            route.abort()

    page.route("**/api/v1/submissions", lose)
    module(page, "shared/queue.js", WISH, "2026-11-23T10:00:00Z")

    assert once_settled(page) == []
    assert len(lost) == 1
    assert len(resident.get("/submissions").json["items"]) == 1


def test_a_wish_that_was_refused_stays_with_its_reason(phone: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("422")
    page = opened(phone, town.resident())

    module(page, "shared/queue.js", WISH, "2026-11-23T10:00:00Z")

    assert once_settled(page) == [["refused", "deed_unknown"]]


def test_what_waits_is_never_sent_as_somebody_else(phone: Opens, town: Town, watch: Watch) -> None:
    watch.may_say("401")
    Cases(town).deed()
    first, second = town.resident(), town.resident()
    page = opened(phone, first)
    module(page, "shared/session.js", SIGN_IN, first.email, town.code_for(first.email))
    module(page, "shared/tokens.js", "await m.forget()")
    module(page, "shared/queue.js", WISH, "2026-11-23T10:00:00Z")

    module(page, "shared/session.js", SIGN_IN, second.email, town.code_for(second.email))

    assert once_settled(page) == []
    assert second.get("/submissions").json["items"] == []


def test_the_camera_reads_a_code(phone: Opens, town: Town, camera: Camera) -> None:
    camera.sees("BF-7K2M-TEST")
    page = opened(phone, town.resident())

    seen = module(
        page,
        "shared/components/scanner.js",
        """
        const {html, render} = await load('shared/html.js');
        const place = document.querySelector('main').appendChild(document.createElement('div'));
        return new Promise((resolve) => render(html`<${m.Scanner} onCode=${resolve} />`, place));
        """,
    )

    assert seen == "BF-7K2M-TEST"


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        ("2026-11-23", "10:00", "2026-11-23T09:00:00.000Z"),
        ("2026-07-01", "00:30", "2026-06-30T22:30:00.000Z"),
        ("2027-03-28", "01:59", "2027-03-28T00:59:00.000Z"),  # the last minute before the clocks go forward
        ("2027-03-28", "03:00", "2027-03-28T01:00:00.000Z"),
    ],
)
def test_a_day_begins_in_the_city(phone: Opens, day: str, hour: str, instant: str) -> None:
    page = phone(timezone_id="America/Los_Angeles")
    expect(page.get_by_role("button", name="Send me a code")).to_be_visible()

    assert module(page, "shared/format.js", "return m.instant(...given)", day, hour) == instant
    assert module(page, "shared/format.js", "return m.today(new Date(given[0]))", instant) == day
    assert module(page, "shared/format.js", "return m.time(given[0])", instant) == hour


def once_settled(page: Page) -> list[list[str]]:
    """What is left in the outbox once nothing of it waits."""
    left: list[list[str]] = module(
        page,
        "shared/queue.js",
        """
        for (;;) {
            const entries = await m.outbox();
            if (entries.every(({state}) => state !== 'waiting')) {
                return entries.map(({state, problem}) => [state, problem?.code]);
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        """,
    )
    return left
