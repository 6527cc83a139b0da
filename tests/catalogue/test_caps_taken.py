"""A resident sees what is left under the caps before they do a deed: what was counted, and what waits."""

from tests.catalogue.cases import Cases
from tests.town import Town


def test_what_was_counted_and_what_waits_is_told_by_day_and_year(town: Town) -> None:
    cases = Cases(town)
    doer, verifier = town.resident(), town.verifier()
    cases.deed("water-trees")
    cases.deed("paint-bin")
    town.clock.forward(days=1)
    cases.approved(doer, verifier, quantity=2)
    town.clock.forward(days=1)
    cases.approved(doer, verifier, quantity=1)
    cases.claim(doer, quantity=3)
    cases.claim(doer, "paint-bin", quantity=4, without_points=True)

    assert doer.get("/me/caps").json == {
        "day": "2026-11-25",
        "items": [{"deed": "water-trees", "day_counted": 1, "day_waiting": 3, "year_counted": 3, "year_waiting": 3}],
    }


def test_a_new_year_and_another_person_begin_with_all_of_it(town: Town) -> None:
    cases = Cases(town)
    doer, verifier = town.resident(), town.verifier()
    cases.deed()
    cases.approved(doer, verifier)
    withdrawn = cases.claim(doer)
    assert doer.delete(f"/submissions/{withdrawn}").status_code == 200

    assert doer.get("/me/caps").json["items"] == [
        {"deed": "water-trees", "day_counted": 1, "day_waiting": 0, "year_counted": 1, "year_waiting": 0}
    ]
    assert town.resident().get("/me/caps").json["items"] == []
    town.clock.forward(days=60)
    assert doer.get("/me/caps").json == {"day": "2027-01-22", "items": []}
