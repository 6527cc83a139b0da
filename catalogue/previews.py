"""A manager sees what publishing a deed would do before: what changes, what it lacks, which notice it needs."""

from datetime import datetime
from typing import Any

from catalogue.browsing import version_in_force
from catalogue.deed_rules import rule_of
from catalogue.deeds import NOTICE, change, publish, worse_than_until
from catalogue.models import Deed
from catalogue.schemas.deeds import NewDeed
from core.charter_gate import breaches_of_raw_deed, gate
from core.db import db, rehearsal
from core.differences import differences
from core.errors import Refusal
from core.http.doors import Caller
from core.importing import Outcome, refused
from core.settings import City


def previewed(raw: object, *, who: Caller, city: City, at: datetime) -> Outcome:
    """What would become of a deed (a body as `POST /deeds` takes it, also for one that is there), if it was published
    now. It is, and taken back."""
    code = str(raw.get("code", ""))[:60] if isinstance(raw, dict) else ""
    facts: dict[str, Any] = {}
    try:
        rule = gate(raw, NewDeed(), breaches_of_raw_deed)
        code, in_force_from, reason = rule.pop("code"), rule.pop("in_force_from") or at, rule.pop("reason")
        facts = {"in_force_from": in_force_from}
        is_there = db.session.get(Deed, code) is not None
        before = version_in_force(code, at=in_force_from) if is_there else None
        if before is not None:
            worse = worse_than_until(code, rule, in_force_from, city=city, at=at)
            facts |= {"changes": differences(rule_of(before), rule), "worse": worse}
            facts |= {"earliest": at + NOTICE if worse else at}
        act = change if is_there else publish
        with rehearsal():
            version = act(code, rule, in_force_from=in_force_from, reason=reason, who=who, city=city, at=at)
            starts_at, number = version.in_force_from, version.number
    except Refusal as no:
        return refused(no, code=code, **facts)
    if before is not None and number == before.number:
        return Outcome("same", code, **facts | {"in_force_from": starts_at})
    result = ("announced" if starts_at > at else "changed") if is_there else "new"
    return Outcome(result, code, **facts | {"in_force_from": starts_at})
