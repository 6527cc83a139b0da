"""A town in which people have done everything once: what is done to a whole town, such as a backup, is tried on it."""

from functools import cached_property

from tests.catalogue.cases import ASK, DECLINE, Cases
from tests.rewards.market import MUSEUM, Market
from tests.town import Person, Town


class LivedIn:
    """The people and what they did. Everything goes in by the API."""

    def __init__(self, town: Town) -> None:
        self.town, self.cases, self.market = town, Cases(town), Market(town)
        self.doer = town.resident(name="Remei Estopanyà")
        self.organiser, self.clerk = town.organiser(), town.clerk(MUSEUM)
        self._deeds()
        self._vouchers()
        for job in ("lapse-cases", "seal-audit"):
            town.run_job(job)

    @cached_property
    def verifier(self) -> Person:
        return self.town.verifier(office="Parcs i Jardins")

    def _deeds(self) -> None:
        cases, doer, town = self.cases, self.doer, self.town
        cases.deed("water-trees", max_per_day=20)
        cases.deed("clean-beach", evidence=["organiser"])
        cases.deed("open-day", evidence=["event_code"])
        self.photographed = cases.approved(doer, self.verifier)
        cases.approved(doer, self.verifier)
        reversed_ = cases.approved(doer, self.verifier)
        why = {"reason_code": "our_mistake", "text": "We mixed up two streets."}
        assert self.verifier.post(f"/submissions/{reversed_}/reversal", json=why).status_code == 200
        cases.decide(self.verifier, cases.claim_with_photo(doer, note="By the fountain"), DECLINE)
        cases.decide(self.verifier, cases.claim_with_photo(doer), ASK)
        assert doer.delete(f"/submissions/{cases.claim_with_photo(doer)}").status_code == 200
        self.in_review = cases.claim_with_photo(doer)
        assert cases.lease(self.verifier) == self.in_review
        self.event = cases.event(self.organiser, "clean-beach")
        doer.put("/me/consents/name-to-organiser")
        for _ in range(2):
            confirmed = cases.claim(doer, "clean-beach", event=self.event)
        said = {"confirmed": True, "quantity": 1}
        assert self.organiser.post(f"/submissions/{confirmed}/confirmation", json=said).status_code == 200
        opened = cases.event(self.organiser, "open-day")
        code = cases.code_of(opened, self.organiser)
        assert doer.post("/check-ins", json={"code": code}).status_code == 201
        town.anyone().post("/auth/codes", json={"email": doer.email})

    def _vouchers(self) -> None:
        market = self.market
        market.benefit(stock=50)
        self.cases.deed("teach-swimming", points=40)
        shopper = self.town.resident()
        submission = self.cases.claim_with_photo(shopper, "teach-swimming")
        self.cases.decide(self.verifier, submission)
        self.cases.decide(self.town.verifier(), submission, revision=3)
        for undo in (False, True):
            used = market.redeem(self.clerk, market.code(shopper, market.buy(shopper)))
            if undo:
                assert self.clerk.delete(f"/till/redemptions/{used}").status_code == 200
        market.redeem(self.town.till(MUSEUM), market.code(shopper, market.buy(shopper)))
        assert market.manager.post(f"/partners/{MUSEUM}/pairings", json={}).status_code == 201
        assert shopper.delete(f"/vouchers/{market.buy(shopper)}").status_code == 200
        refunded = market.buy(shopper)
        why = {"reason_code": "not_honoured"}
        assert market.manager.post(f"/vouchers/{refunded}/refund", json=why).status_code == 200
        self.voucher = market.buy(shopper)
