"""Settlements at a till: submitted by a supervisor, audited, accepted and returned by an auditor.

What this till itself sold can be submitted with the line down, from its own journal; then it is provisional. Every
other step works with the line down as well: it speaks of the round and the figures that are known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pos.domain import agreement as rules
from pos.domain.agreement import Agreement, Period
from pos.domain.audit import settlements as laws
from pos.domain.audit.settlements import Document, State
from pos.domain.errors import Refused
from pos.domain.facts import Fact, Kind
from pos.domain.mask import scrub
from pos.domain.reports.audit import settlement as settlement_report
from pos.store import journal
from pos.till.audit import steps
from pos.till.counter.gathering import Gathered, gather, reading
from pos.till.counter.reports import shown
from pos.till.desk import Desk, Verb
from pos.till.waiting import within

_OVER: Final = (State.ACCEPTED,)
_CLOSED: Final = f'"kind":"{Kind.SHIFT_CLOSED.value}"'
_LAST_SHIFTS: Final = 30
_HEARD_S: Final = 3.0  # how long a submission waits for the office to have this till's facts


def settlements(desk: Desk, *, state: str = "open") -> dict[str, Any]:
    """Those not accepted yet, or all; the oldest period first. `due` are those of this till that nobody submitted:
    of the days, or weeks that are over, on which one of its last shifts was closed."""
    desk.signed_in("oversee")
    known = _believed(desk)
    found = [one for one in known.values() if state == "all" or one["state"] not in _OVER]
    return {
        "settlements": sorted(found, key=lambda one: (one["since"], one["id"])),
        "due": _due(desk, known),
        "tills": dict(desk.season().tills),
    }


def settlement(
    desk: Desk, *, settlement: str = "", till: str = "", period: str = "", agreement: str = "", language: str = ""
) -> Verb[dict[str, Any]]:
    """A settlement with its report and what later facts adjust; or, of a till and a period, what would be submitted.

    `adjustments` is None where they cannot be known, the office being away. Raises Refused("unknown_settlement" |
    "bad_request" | "offline").
    """
    user = desk.signed_in("oversee")
    if not settlement:
        told = yield from _made(desk, till or desk.outside.till, period, agreement)
        report = settlement_report(desk.season(), told, _now(desk))
        return {"settlement": None, "preview": told, "adjustments": {}} | shown(desk, user.id, report, language)
    document = _known(desk, settlement)
    changes = yield from _adjustments(desk, document)
    report = settlement_report(desk.season(), document, _now(desk), changes)
    return {"settlement": document, "preview": None, "adjustments": changes} | shown(desk, user.id, report, language)


def submit_settlement(
    desk: Desk, *, till: str = "", period: str = "", agreement: str = "", note: str = ""
) -> Verb[dict[str, Any]]:
    """Submit a till's figures of a period: a day, any day of a week, or a production, as the agreement says.

    `till` is this one if none is named, `period` today. Raises Refused("not_allowed" | "bad_request" | "offline").
    """
    user = desk.signed_in("submit")
    told = yield from _made(desk, till or desk.outside.till, period, agreement)
    known = _believed(desk).get(told["settlement"])
    desk.signed_in("submit")
    body = told | {"user": user.id, "round": (known["round"] if known is not None else 0) + 1}
    body |= {"note": scrub(note.strip())} if note.strip() else {}
    return _step(desk, Kind.SETTLEMENT_SUBMITTED, known, body)


def audit_settlement(desk: Desk, *, settlement: str, findings: list[str]) -> dict[str, Any]:
    """Say what was found; an empty list is nothing to complain of. Raises Refused("unknown_settlement" |
    "not_allowed")."""
    said = [scrub(one.strip()) for one in findings if one.strip()]
    return _audit(desk, Kind.SETTLEMENT_AUDITED, settlement, {"findings": said})


def accept_settlement(desk: Desk, *, settlement: str, note: str = "") -> dict[str, Any]:
    """Raises Refused("unknown_settlement" | "not_allowed")."""
    return _audit(desk, Kind.SETTLEMENT_ACCEPTED, settlement, {"note": scrub(note.strip())} if note.strip() else {})


def return_settlement(desk: Desk, *, settlement: str, reason: str) -> dict[str, Any]:
    """It is to be submitted again. Raises Refused("unknown_settlement" | "not_allowed")."""
    return _audit(desk, Kind.SETTLEMENT_RETURNED, settlement, {"reason": scrub(reason.strip())})


def _audit(desk: Desk, kind: Kind, settlement: str, more: dict[str, Any]) -> dict[str, Any]:
    user = desk.signed_in("audit")
    document = _known(desk, settlement)
    about = {"settlement": document["id"], "round": document["round"], "digest": document["digest"]}
    return _step(desk, kind, document, about | {"user": user.id} | more)


def _step(desk: Desk, kind: Kind, known: Document | None, body: dict[str, Any]) -> dict[str, Any]:
    """Journal a step that follows from where the settlement stands here; how it stands then."""
    desk.check_not_fenced()
    wanted = laws.step_of(kind, body, at="", till=desk.outside.till, fact="")
    if why := laws.why_not(known, wanted):
        raise Refused("not_allowed", what=kind.value, reason=why, settlement=body["settlement"])
    with desk.unit() as unit:
        fact = unit.record(kind, body)
        step = wanted | {"at": fact.at, "fact": fact.fact_id}
        steps.keep(desk, unit, fact.number, laws.FAMILY, body["settlement"], step)
        answer = unit.answers({"settlement": (laws.after(known, step) or {}) | {"pending": True}})
    desk.emit("changed", places={}, documents=False, records=[laws.FAMILY])
    return answer


def _due(desk: Desk, known: Mapping[str, Document]) -> list[dict[str, str]]:
    till, calendar = desk.outside.till, reading(desk).calendar
    today = calendar.day_of(desk.clock.now()).isoformat()
    closed = journal.facts_with(desk.ledger.connection, [_CLOSED])[-_LAST_SHIFTS:]
    found: dict[str, dict[str, str]] = {}
    for signed in closed:
        day = calendar.day_of(Fact.from_bytes(signed.envelope).at).isoformat()
        for agreement in rules.agreements_of(desk.season().agreements.values(), till):
            if agreement.cycle == rules.RUN:
                continue  # a run is over when the house says so
            period = rules.period_of(agreement, day, {})
            id = rules.settlement_id(agreement, period, till)
            if id not in known and (agreement.cycle == rules.DAILY or period.until < today):
                about = {"agreement": agreement.id, "period": period.id, "since": period.since, "till": till}
                found[id] = {"settlement": id} | about
    return list(found.values())


# ---- figures -----------------------------------------------------------------------------


def _made(desk: Desk, till: str, period: str, agreement: str) -> Verb[dict[str, Any]]:
    """What would be submitted now."""
    season = desk.season()
    if till not in season.tills:
        raise Refused("bad_request", field="till", reason=f"there is no till {till!r}")
    under = _agreement(desk, till, agreement)
    span = _period(desk, under, period)
    gathered = yield from _gathered(desk, span, till)
    figures, currency = gathered.figures, season.venue.currency
    if any(one["till"] == till and one["shift"] for one in gathered.tills) and under.cycle == rules.DAILY:
        provisional = True
    else:
        provisional = gathered.own_only
    told: dict[str, Any] = {
        "settlement": rules.settlement_id(under, span, till),
        "agreement": under.id,
        "period": span.id,
        "since": span.since,
        "until": span.until,
        "till": till,
        "channel": under.channel,
        "figures": rules.settled(figures, under, span, currency),
        "people": rules.people_in(figures),
        "heads": dict(figures.heads),
        "provisional": provisional,
    }
    report = settlement_report(season, told, "")
    return told | {"digest": laws.digest_of(report)}


def _agreement(desk: Desk, till: str, named: str) -> Agreement:
    found = rules.agreements_of(desk.season().agreements.values(), till)
    for one in found:
        if named in ("", one.id):
            return one
    known = ", ".join(one.id for one in found)
    raise Refused("bad_request", field="agreement", reason=f"{till} settles under {known}, not under {named!r}")


def _period(desk: Desk, agreement: Agreement, text: str) -> Period:
    runs: dict[str, list[str]] = {}
    for show in desk.season().shows.values():
        runs.setdefault(show.production, []).append(show.id)
    if not text and agreement.cycle != rules.RUN:
        text = reading(desk).calendar.day_of(desk.clock.now()).isoformat()
    try:
        return rules.period_of(agreement, text, runs)
    except ValueError as error:
        raise Refused("bad_request", field="period", reason=str(error)) from error


def _gathered(desk: Desk, period: Period, till: str) -> Verb[Gathered]:
    """The till's figures. Raises Refused("offline") for another till's with the office away."""
    office = desk.outside.office
    if till == desk.outside.till and office.link().state == "online" and desk.acknowledged() < desk.number:
        yield within(office.sync(), _HEARD_S)
    gathered: Gathered = yield from gather(desk, rules.query_of(period, till))
    if gathered.own_only and till != desk.outside.till:
        raise Refused("offline", reason=f"what {till} sold is known at the office, which is away")
    return gathered


def _adjustments(desk: Desk, document: Document) -> Verb[dict[str, str] | None]:
    """What later facts make of a settlement's figures, None where that cannot be known now."""
    under = next((one for one in _agreements(desk) if one.id == document["agreement"]), None)
    if under is None:
        return None
    try:
        period = _period(desk, under, document["since"] or document["period"])
        gathered = yield from _gathered(desk, period, document["till"])
    except Refused:
        return None
    currency = desk.season().venue.currency
    now = rules.settled(gathered.figures, under, period, currency)
    return rules.apart(now, document["figures"], currency)


def _agreements(desk: Desk) -> list[Agreement]:
    return [*desk.season().agreements.values(), rules.HOUSE]


# ---- documents ---------------------------------------------------------------------------


def _believed(desk: Desk) -> dict[str, Document]:
    """Every settlement as it stands, as far as this till knows. Raises Refused("offline")."""
    desk.season()  # refused before the first snapshot
    known: dict[str, Document] = {
        id: document | {"pending": False} for id, document in desk.replica.records(laws.FAMILY).items()
    }
    for id, own in steps.waiting(desk, laws.FAMILY, known).items():
        for step in own:
            changed = laws.after(known.get(id), step)
            if changed is not None:
                known[id] = changed | {"pending": True}
    return known


def _known(desk: Desk, settlement: str) -> Document:
    document = _believed(desk).get(settlement)
    if document is None:
        raise Refused("unknown_settlement", settlement=settlement)
    return document


def _now(desk: Desk) -> str:
    return desk.clock.now().isoformat(timespec="seconds")
