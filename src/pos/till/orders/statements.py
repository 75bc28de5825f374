"""Promoters' statements, signed: from then on a statement stands as it was, and what follows is an adjustment.

It is signed with the office there, since it is made of every till's facts. The record that locks it carries the whole
document and its hash (`pos.domain.reports.statements`); every till is told, and the office's `verify` holds the two
together. Should two windows sign at once, the next statement takes back what was settled twice.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.reports import REPORTS
from pos.domain.reports.frame import Source
from pos.domain.reports.kinds import About
from pos.domain.reports.statements import FAMILY, signed_record
from pos.till.counter.gathering import gather
from pos.till.counter.numbers import Series, take, upcoming
from pos.till.counter.status import refused_offline
from pos.till.desk import Desk, Verb
from pos.till.orders import recording
from pos.till.ports import LineDown

_SIGNED: Final = Series("records.M", "M")


def sign_statement(desk: Desk, *, promoter: str, signed_by: str) -> Verb[dict[str, Any]]:
    """Lock a promoter's statement as it is now; `signed_by` is who signs for the promoter. A supervisor's.

    Raises Refused: bad_request offline not_allowed (nothing is to be settled) storage_failed fenced.
    """
    desk.signed_in("settle")
    desk.check_not_fenced()
    kind, season = REPORTS["promoter_statement"], desk.season()
    asked = kind.check({"promoter": promoter}, season)
    try:
        yield desk.outside.office.sync()  # what other windows have signed meanwhile
    except LineDown as down:
        raise refused_offline(desk, down) from down
    gathered = yield from gather(desk, kind.query(asked, season))
    if gathered.own_only:
        raise refused_offline(desk, LineDown("no_office"))
    user = desk.signed_in("settle")
    now = desk.clock.now().isoformat(timespec="seconds")
    known = recording.known(desk, FAMILY)
    about = About(season, now, by=user.id, tills=gathered.tills, records=[known[id_] for id_ in sorted(known)])
    made = kind.build(gathered.figures, asked, about)
    id_, _ = upcoming(desk, _SIGNED)
    record = signed_record(Source(gathered.figures, asked, about), made, id_, desk.outside.till)
    if not record["lines"]:
        raise Refused("not_allowed", what="sign_statement", reason="there is nothing to settle", promoter=promoter)
    record["signed_by"] = signed_by.strip()
    with desk.unit() as unit:
        recording.keep(desk, unit, Kind.STATEMENT_SIGNED, record, {"user": user.id})
        take(desk, _SIGNED)
        answer = unit.answers({"statement": record})
    recording.tell(desk, Kind.STATEMENT_SIGNED)
    return answer


def statements(desk: Desk) -> dict[str, Any]:
    """Promoters' statements that were signed, as far as is known here, by when."""
    desk.signed_in("oversee")
    found = recording.known(desk, FAMILY).values()
    return {"statements": sorted(found, key=lambda one: (one["signed_at"], one["id"]))}
