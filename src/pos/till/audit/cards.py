"""Card totals: what terminals handed in at their ends of day, against what the tills had taken by card."""

from __future__ import annotations

from typing import Any, Final

from pos.domain.facts import Fact, Kind
from pos.domain.reports.audit import card_totals as card_report
from pos.store import journal
from pos.till.audit.people import calendar, days
from pos.till.counter.reports import shown
from pos.till.desk import Desk, Verb
from pos.till.ports import LineDown

_ENDED: Final = f'"kind":"{Kind.TERMINAL_DAY_ENDED.value}"'
TOLD: Final = ("terminal", "user", "total", "expected", "difference", "cards")


def card_totals(desk: Desk, *, since: str = "", until: str = "") -> Verb[dict[str, Any]]:
    """Every end of day from a business day to another, also as a report. With the line down those of this till
    alone, and `partial` says so. Raises Refused("bad_request")."""
    user = desk.signed_in("oversee")
    first, last = days(desk, since, until)
    own = [_told(Fact.from_bytes(one.envelope)) for one in journal.facts_with(desk.ledger.connection, [_ENDED])]
    partial = False
    try:
        office = yield desk.outside.office.look("terminal_days", {})
    except LineDown:
        office, partial = {"days": []}, True
    by_fact = {one["fact"]: one for one in (*office["days"], *own)}
    season, known = desk.season(), calendar(desk)
    found = [one | {"day": known.day_of(one["at"]).isoformat()} for one in by_fact.values()]
    wanted = sorted((one for one in found if first <= one["day"] <= last), key=lambda one: (one["at"], one["fact"]))
    made = card_report(season, wanted, first, last, desk.clock.now().isoformat(timespec="seconds"), partial=partial)
    return {"days": wanted, "partial": partial} | shown(desk, user.id, made)


def _told(fact: Fact) -> dict[str, Any]:
    return {"fact": fact.fact_id, "at": fact.at, "till": fact.till} | {key: fact.body.get(key) for key in TOLD}
