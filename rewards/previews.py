"""A manager sees what publishing or changing a benefit would do before it is done."""

from datetime import datetime
from typing import Any

from core.charter_gate import breaches_of_raw_benefit, gate
from core.db import db, rehearsal
from core.differences import differences
from core.errors import Refusal
from core.http.doors import Caller
from core.importing import Outcome, refused
from core.settings import City
from rewards import benefits
from rewards.benefits import BenefitTerms
from rewards.models import Benefit
from rewards.schemas import BenefitChange, BenefitNew, BenefitWish


def previewed(raw: object, *, who: Caller, city: City, at: datetime) -> Outcome:
    """What would become of a benefit, if it was published now, or changed where it is there: then what is not sent
    stays as it is. It is done, and taken back."""
    sent: dict[str, Any] = dict(raw) if isinstance(raw, dict) else {}
    code = str(sent.get("code", ""))[:60]
    is_code = not BenefitWish(only=["code"]).validate({"code": sent.get("code")})
    benefit = db.session.get(Benefit, code) if is_code else None
    try:
        if benefit is None:
            terms = gate(raw, BenefitNew(), breaches_of_raw_benefit)
            code = terms.pop("code")
            with rehearsal():
                benefits.publish(code, BenefitTerms(**terms), who=who, city=city, at=at)
            return Outcome("new", code, in_force_from=at)
        del sent["code"]
        changes = gate(sent, BenefitChange(), breaches_of_raw_benefit)
        before = benefits.terms_of(benefit)
        with rehearsal():
            after = benefits.terms_of(benefits.change(code, changes, who=who, city=city, at=at))
    except Refusal as no:
        return refused(no, code=code)
    found = differences(before, after)
    return Outcome("changed" if found else "same", code, changes=found, in_force_from=at)
