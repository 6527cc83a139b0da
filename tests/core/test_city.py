"""Anyone can ask what the city is, before signing in, and a page is told when it knows already."""

from tests.town import Town


def test_a_page_learns_the_city(town: Town) -> None:
    answer = town.anyone().get("/city")

    assert answer.json == {
        "code": "barcelona",
        "name": "Barcelona",
        "zone": "Europe/Madrid",
        "languages": ["ca", "es", "en", "pt"],
        "currency": "EUR",
        "terms_version": town.city.terms.version,
        "claim_window_days": 90,
        "leaving_window_days": 14,
    }
    again = town.anyone().get("/city", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_city_that_changed_is_another_answer(town: Town) -> None:
    before = town.anyone().get("/city").headers["ETag"]

    town.app.extensions["bonafeta"] = town.with_city(name="Cascais")

    after = town.anyone().get("/city", headers={"If-None-Match": before})
    assert (after.status_code, after.json["name"]) == (200, "Cascais")
