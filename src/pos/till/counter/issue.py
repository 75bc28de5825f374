"""Paper: what is printed for a sale, and what became of it.

Printing follows the sale and can never undo or repeat it. A job that has begun and
whose end is not known is a question to the operator, never a second print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.sale import Ticket
from pos.domain.season import name_in
from pos.domain.terms import Rule, Terms
from pos.store.ledger import PrintJob
from pos.till.desk import Desk, Unit
from pos.till.ports import Outcome
from pos.till.words import Words

UNFINISHED: Final = ("failed", "unknown")
RECORD_AGAIN_S: Final = 1.0


def words(desk: Desk) -> Words:
    return Words(desk.outside.locale, ZoneInfo(desk.season().venue.timezone))


def tickets_content(desk: Desk, sale: str, tickets: Sequence[Ticket], at: datetime) -> dict[str, Any]:
    """All tickets of a sale as finished text, a page each."""
    return {"kind": "tickets", "tickets": [_ticket(desk, sale, ticket, at) for ticket in tickets]}


def _ticket(desk: Desk, sale: str, ticket: Ticket, at: datetime) -> dict[str, Any]:
    write, season = words(desk), desk.season()
    show = season.show(ticket.show)
    seating = desk.belief.seating(ticket.show)
    ix = seating.find(ticket.place)
    seat: dict[str, Any] = {"area": ticket.shown}
    if ix is not None and seating.plan is not None and ix < seating.seats:
        row = seating.plan.rows[seating.plan.row[ix]]
        seat = {"zone": seating.plan.zones[row.zone], "row": row.label, "number": seating.plan.numbers[ix]}
    rate = season.prices[show.prices].tax_basis_points
    price_type = season.price_types[ticket.price_type]
    fee = Money(sum(f.amount.minor for f in season.fees if f.per == "ticket"), ticket.price.currency)
    return seat | {
        "kind": "ticket",
        "language": write.language,
        "venue": season.venue.name,
        "title": name_in(show.titles, write.language) or show.production,
        "starts": write.moment(show.starts),
        "date": write.day(show.starts),
        "time": write.time(show.starts),
        "place": seating.label(ix) if ix is not None else ticket.shown,
        "category": ticket.category,
        "price_type": name_in(price_type.names, write.language) or price_type.id,
        "price": write.money(ticket.price),
        "currency": ticket.price.currency,
        "fees": write.say("fees", amount=write.money(fee)) if fee else "",
        "tax": write.say("tax", rate=f"{rate / 100:g}") if rate else "",
        "terms": terms_lines(write, season.terms.get(show.terms), show.starts, at),
        "code": ticket.code,
        "ticket": ticket.id,
        "sale": sale,
        "till": desk.outside.till,
        "sold": write.moment(at),
        "copy": 0,
    }


def terms_lines(write: Words, terms: Terms | None, starts: datetime, at: datetime) -> list[str]:
    """The terms as the buyer is told them at the sale."""

    def fee(rule: Rule) -> str:
        return write.money(rule.fee) if isinstance(rule.fee, Money) else f"{rule.fee / 100:g} %"

    if terms is None or terms.refund.until is False:
        return [write.say("refund_never")]
    lines: list[str] = []
    deadline = terms.refund.deadline(starts)
    if deadline is None:
        lines.append(write.say("refund_always", fee=fee(terms.refund)))
    elif at <= deadline:
        lines.append(write.say("refund_until", at=write.moment(deadline), fee=fee(terms.refund)))
    else:
        lines.append(write.say("refund_past"))
    last = terms.exchange.deadline(starts)
    if last is not None and at <= last:
        lines.append(write.say("exchange_until", at=write.moment(last), fee=fee(terms.exchange)))
    return lines


def receipt_content(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """A sale's receipt from its document, so that it can be written again at any time."""
    write, season = words(desk), desk.season()
    currency = season.venue.currency

    def money(text: str) -> str:
        return write.money(Money.parse(text, currency))

    def line(ticket: dict[str, Any]) -> dict[str, Any]:
        show = season.shows.get(ticket["show"])
        seating = desk.belief.seating(ticket["show"]) if show else None
        ix = seating.find(ticket["unit"]) if seating else None
        price_type = season.price_types.get(ticket["price_type"])
        kind = name_in(price_type.names, write.language) if price_type else ""
        place = seating.label(ix) if seating and ix is not None else ticket["place"]
        when = f"{name_in(show.titles, write.language) or show.production}, {write.moment(show.starts)}" if show else ""
        return {"text": f"{place} · {kind or ticket['price_type']}", "detail": when, "amount": money(ticket["price"])}

    fees = {fee.id: name_in(fee.names, write.language) or fee.id for fee in season.fees}
    rates = {prices.tax: f"{prices.tax_basis_points / 100:g}" for prices in season.prices.values()}
    user = season.users.get(body["user"])
    given = next((tender["given"] for tender in body["tenders"] if tender["kind"] == "cash"), None)
    change = Money.parse(body["change"], currency)
    rounding = Money.parse(body["rounding"], currency)
    return {
        "kind": "receipt",
        "language": write.language,
        "venue": season.venue.name,
        "sale": body["id"],
        "at": write.moment(datetime.fromisoformat(body["at"])),
        "till": season.tills.get(body["till"], body["till"]),
        "cashier": user.name if user else body["user"],
        "lines": [line(ticket) for ticket in body["tickets"]],
        "fees": [
            {"text": f"{fees.get(fee['id'], fee['id'])} × {fee['count']}", "amount": money(fee["amount"])}
            for fee in body["fees"]
        ],
        "total": money(body["total"]),
        "rounding": write.money(rounding) if rounding else "",
        "tenders": [{"text": write.say(t["kind"]), "amount": money(t["amount"])} for t in body["tenders"]],
        "given": money(given) if given and change else "",
        "change": write.money(change) if change else "",
        "taxes": [
            {"text": write.say("tax", rate=rates.get(tax["id"], tax["id"])), "amount": money(tax["tax"])}
            for tax in body["taxes"]
        ],
        "copy": 0,
    }


# ---- jobs ------------------------------------------------------------------------------


def send(desk: Desk, job: PrintJob) -> None:
    """Hand a queued job to its printer. Without such a printer the job fails, and says so."""
    printers = desk.outside.printers
    if not printers.present(job.role):
        # Not here and now: the verb that made the job answers first, and its key keeps that answer alone.
        desk.post(lambda: _outcome(desk, job, "failed", f"no {job.role} printer is set up at this till"))
        return

    def started() -> None:
        # The printer's thread waits until the ledger has it: from here on a crash means "unknown".
        desk.submit(lambda: _set(desk, job.id, "started")).result()

    def finished(outcome: Outcome, text: str) -> None:
        desk.post(lambda: _outcome(desk, job, outcome, text))

    printers.submit(job.role, str(job.id), job.content, started, finished)


def _outcome(desk: Desk, job: PrintJob, outcome: Outcome, text: str) -> None:
    try:
        _finished(desk, job, outcome, text)
    except Refused:
        # The disk is full. What came out must not be asked about or printed again, so it is kept in mind.
        desk.post_in(RECORD_AGAIN_S, lambda: _outcome(desk, job, outcome, text))


def _set(desk: Desk, job: int, state: str, text: str = "") -> None:
    with desk.unit():
        desk.ledger.set_job(job, state, text)


def _finished(desk: Desk, job: PrintJob, outcome: Outcome, text: str) -> dict[str, Any]:
    with desk.unit() as unit:
        desk.ledger.set_job(job.id, outcome, text)
        if job.tickets:
            _record(desk, unit, job, outcome)
        answer = unit.answers({"job": job.id, "state": outcome})
    # Tickets are the contract's "printed"; a receipt or a report is other paper.
    event = "printed" if job.tickets else "paper"
    desk.emit(event, job=job.id, tickets=list(job.tickets), outcome=outcome, text=text, kind=job.kind)
    return answer


def _record(desk: Desk, unit: Unit, job: PrintJob, outcome: str) -> None:
    body = {
        "job": job.id,
        "kind": job.kind,
        "sale": job.sale,
        "tickets": list(job.tickets),
        "outcome": outcome,
        "copy": _copy(job.content),
    }
    unit.record(Kind.PRINT_REPORTED, body)


def _copy(content: dict[str, Any]) -> int:
    """Which copy this is: 0 for the original."""
    number: int = content["tickets"][0]["copy"] if content["kind"] == "tickets" else content["copy"]
    return number


def _marked(content: dict[str, Any], copy: int) -> dict[str, Any]:
    """The same paper, marked as the copy it is."""
    if content["kind"] != "tickets":
        return content | {"copy": copy}
    return content | {"tickets": [ticket | {"copy": copy} for ticket in content["tickets"]]}


def resume(desk: Desk) -> None:
    """After a start: print what had not begun, ask about what had.

    What an old copy of a ledger has for waiting may lie with the customer already: it is asked about, too.
    """
    for job in desk.ledger.jobs("queued"):
        if desk.fenced:
            _ask(desk, job, "this data folder is an old copy; it may have been printed since")
        else:
            send(desk, job)
    for job in desk.ledger.jobs("started"):
        _ask(desk, job, "the till stopped while this was printing")


def _ask(desk: Desk, job: PrintJob, why: str) -> None:
    with desk.unit():
        desk.ledger.set_job(job.id, "unknown", why)
    desk.emit("print_unknown", job=job.id, tickets=list(job.tickets), kind=job.kind)


def unresolved(desk: Desk) -> list[dict[str, Any]]:
    return [_shown(job) for job in desk.ledger.jobs(*UNFINISHED)]


def jobs(desk: Desk) -> dict[str, Any]:
    """The latest print jobs, oldest first."""
    desk.signed_in()
    return {"jobs": [_shown(job) for job in desk.ledger.jobs()]}


def _shown(job: PrintJob) -> dict[str, Any]:
    return {
        "job": job.id,
        "kind": job.kind,
        "sale": job.sale,
        "state": job.state,
        "text": job.text,
        "tickets": list(job.tickets),
    }


def _job(desk: Desk, number: int) -> PrintJob:
    found = desk.ledger.jobs(job=number)
    if not found:
        raise Refused("bad_request", field="job", reason=f"there is no print job {number}")
    return found[0]


def _expect(job: PrintJob, state: str) -> None:
    if job.state != state:
        reason = f"print job {job.id} is {job.state}, not {state}"
        raise Refused("not_allowed", what="print", reason=reason, state=job.state)


def retry(desk: Desk, *, job: int) -> dict[str, Any]:
    """Print a failed job again: nothing of it came out, so it is the same paper, not a copy.

    A fenced till's ledger may be an old one, that does not know of a print since: there it is a copy.
    """
    desk.signed_in("sell")
    found = _job(desk, job)
    _expect(found, "failed")
    return _again(desk, _next_copy(found) if desk.fenced else found)


def _next_copy(job: PrintJob) -> PrintJob:
    return replace(job, content=_marked(job.content, _copy(job.content) + 1))


def _again(desk: Desk, job: PrintJob) -> dict[str, Any]:
    if not desk.outside.printers.present(job.role):
        raise Refused("device_absent", device=f"{job.role} printer")
    with desk.unit() as unit:
        desk.ledger.queue_again(job.id, job.content)
        answer = unit.answers({"job": job.id, "state": "queued"})
    send(desk, job)
    return answer


def printed(desk: Desk, *, job: int, came_out: bool) -> dict[str, Any]:
    """The operator says whether an unknown job's paper came out. If not, it prints again.

    What prints again is marked as a copy: a printer that ran out of paper may still bring
    the first one out, and then two papers must not look alike.
    """
    desk.signed_in("sell")
    found = _job(desk, job)
    _expect(found, "unknown")
    if not came_out:
        return _again(desk, _next_copy(found))
    return _finished(desk, found, "done", "the operator has the paper")


def receipt(desk: Desk, *, sale: str = "") -> dict[str, Any]:
    """Print a receipt again, the last sale's if none is named."""
    desk.signed_in("sell")
    found = desk.ledger.find_sales(sale=sale) if sale else [desk.ledger.last_sale()]
    if not found or found[0] is None:
        raise Refused("unknown_ticket", sale=sale)
    body = found[0]
    with desk.unit() as unit:
        content = _marked(receipt_content(desk, body), desk.ledger.count_jobs(body["id"], "receipt"))
        job = desk.ledger.add_job("receipt", "receipt", body["id"], [], content)
        answer = unit.answers({"job": job.id})
    send(desk, job)
    return answer
