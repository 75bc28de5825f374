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
from pos.domain.sale import FOREIGN, Ticket, copy_code
from pos.domain.season import name_in
from pos.store.ledger import PrintJob
from pos.till.counter import blanks, ticketpaper
from pos.till.counter.receiptlines import sold_lines, turned_back
from pos.till.counter.termwords import receipt_terms
from pos.till.desk import Desk, Unit
from pos.till.ports import Outcome
from pos.till.words import Words

UNFINISHED: Final = ("failed", "unknown")
SHEET: Final = "sheet"  # the role of a file, where numbered tickets go without a ticket printer
RECORD_AGAIN_S: Final = 1.0


def words(desk: Desk) -> Words:
    return Words(desk.outside.locale, ZoneInfo(desk.season().venue.timezone))


def tickets_content(desk: Desk, sale: str, tickets: Sequence[Ticket], at: datetime, buyer: str = "") -> dict[str, Any]:
    """All tickets of a sale as finished text, a page each. `buyer` is whose order it is, if it is one."""
    return {"kind": "tickets", "tickets": [_ticket(desk, sale, ticket, at) | {"buyer": buyer} for ticket in tickets]}


def place_content(desk: Desk, show: str, place: str, shown: str) -> dict[str, Any]:
    """What a ticket says of its show and its place, whoever sells it and at what price."""
    seating = desk.belief.seating(show)
    return ticketpaper.place_content(words(desk), desk.season(), seating, desk.outside.till, show, place, shown)


def _ticket(desk: Desk, sale: str, ticket: Ticket, at: datetime) -> dict[str, Any]:
    seating = desk.belief.seating(ticket.show)
    return ticketpaper.ticket_content(words(desk), desk.season(), seating, desk.outside.till, sale, ticket, at)


def refund_content(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """The paper of a refund: what came back and what was paid out."""
    write = words(desk)
    currency = desk.season().venue.currency

    fee = Money.parse(body["fee"], currency)
    kept = [{"id": write.say("refund_fee"), "count": len(body["tickets"]), "amount": str(fee)}] if fee else []
    back = turned_back(body, currency)
    back["fees"] = kept + back["fees"]
    return receipt_content(desk, back) | {"heading": write.say("void" if "void" in body else "refund")}


def receipt_content(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """A sale's receipt from its document, so that it can be written again at any time."""
    write, season = words(desk), desk.season()
    currency = season.venue.currency

    def money(text: str) -> str:
        return write.money(Money.parse(text, currency))

    fees = {fee.id: name_in(fee.names, write.language) or fee.id for fee in season.fees}
    rates = {tax: f"{points / 100:g}" for tax, points in season.taxes.items()}
    user = season.users.get(body["user"])
    given = next((tender.get("given") for tender in body["tenders"] if tender["kind"] == "cash"), None)
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
        "lines": sold_lines(desk, write, body),
        "fees": [
            {"text": f"{fees.get(fee['id'], fee['id'])} × {fee['count']}", "amount": money(fee["amount"])}
            for fee in body["fees"]
        ],
        "total": money(body["total"]),
        "rounding": write.money(rounding) if rounding else "",
        "tenders": [
            {"text": _tender_text(write, t, currency), "amount": money(t["amount"])}
            for t in body["tenders"]
            if not (change and t["kind"] == "cash" and t["amount"].startswith("-"))  # that is the change
        ],
        "given": money(given) if given and change else "",
        "change": write.money(change) if change else "",
        "taxes": [
            {"text": write.say("tax", rate=rates.get(tax["id"], tax["id"])), "amount": money(tax["tax"])}
            for tax in body["taxes"]
        ],
        "terms": receipt_terms(write, season, body),
        "copy": 0,
    }


def _tender_text(write: Words, tender: dict[str, Any], currency: str) -> str:
    """What a tender is called on paper. A purse's code is worth money to whoever reads it: only its end is
    printed, but for money that was paid back to it."""
    text = write.say(tender["kind"])
    if code := tender.get("code", ""):
        text += f" {code}" if tender.get("full_code") else f" …{code[-4:]}"
    if slip := tender.get("slip", ""):
        text += f" {slip}" + (f" …{tender['last4']}" if "last4" in tender else "")
    if tender["kind"] == FOREIGN:
        text += f" {write.money(Money.parse(tender['given'], tender['currency']))} × {tender['rate']}"
    if "left" in tender and tender["kind"] != "account":
        text += f" ({write.say('left', amount=write.money(Money.parse(tender['left'], currency)))})"
    return text


# ---- jobs ------------------------------------------------------------------------------


def send(desk: Desk, job: PrintJob) -> None:
    """Hand a queued job to its printer. Without such a printer the job fails, and says so."""
    if not _present(desk, job.role):
        # Not here and now: the verb that made the job answers first, and its key keeps that answer alone.
        desk.post(lambda: _outcome(desk, job, "failed", f"no {job.role} printer is set up at this till"))
        return

    def started() -> None:
        # The printer's thread waits until the ledger has it: from here on a crash means "unknown".
        desk.submit(lambda: _set(desk, job.id, "started")).result()

    def finished(outcome: Outcome, text: str, sheets: int | None = None, /) -> None:
        desk.post(lambda: _outcome(desk, job, outcome, text, sheets))

    if job.role == SHEET and desk.outside.packs is not None:
        desk.outside.packs.submit(sheet_name(job), job.content, started, finished)
    else:
        desk.outside.printers.submit(job.role, str(job.id), job.content, started, finished)


def sheet_name(job: PrintJob) -> str:
    """What the file of a pack's tickets is called: a copy never takes the place of what was printed before."""
    copy = _copy(job.content)
    return f"tickets-{job.sale}" + (f"-{copy}" if copy else "")


def _outcome(desk: Desk, job: PrintJob, outcome: Outcome, text: str, sheets: int | None = None) -> None:
    try:
        _finished(desk, job, outcome, text, sheets)
    except Refused:
        # The disk is full. What came out must not be asked about or printed again, so it is kept in mind.
        desk.post_in(RECORD_AGAIN_S, lambda: _outcome(desk, job, outcome, text, sheets))


def _set(desk: Desk, job: int, state: str, text: str = "") -> None:
    with desk.unit():
        desk.ledger.set_job(job, state, text)


def _finished(
    desk: Desk, job: PrintJob, outcome: Outcome, text: str, sheets: int | None = None, lies_next: str = ""
) -> dict[str, Any]:
    stock = blanks.spent(desk, job, sheets, lies_next) if outcome == "done" else None
    had = blanks.left(desk) if stock is not None else 0
    with desk.unit() as unit:
        desk.ledger.set_job(job.id, outcome, text)
        if job.tickets:
            _record(desk, unit, job, outcome, stock)
        answer = unit.answers({"job": job.id, "state": outcome})
    # Tickets are the contract's "printed"; a receipt or a report is other paper.
    event = "printed" if job.tickets else "paper"
    desk.emit(event, job=job.id, tickets=list(job.tickets), outcome=outcome, text=text, kind=job.kind)
    if stock is not None:
        blanks.warn(desk, had)
    return answer


def _record(desk: Desk, unit: Unit, job: PrintJob, outcome: str, stock: dict[str, Any] | None) -> None:
    body = {
        "job": job.id,
        "kind": job.kind,
        "sale": job.sale,
        "tickets": list(job.tickets),
        "outcome": outcome,
        "copy": _copy(job.content),
    }
    if stock is not None:
        body["stock"] = stock
    unit.record(Kind.PRINT_REPORTED, body)
    if stock is not None:
        blanks.book_print(desk, body)


def _copy(content: dict[str, Any]) -> int:
    """Which copy this is: 0 for the original."""
    number: int = content["tickets"][0]["copy"] if content["kind"] == "tickets" else content.get("copy", 0)
    return number


def marked(content: dict[str, Any], copy: int) -> dict[str, Any]:
    """The same paper, marked as the copy it is. A ticket's code names the copy, so that a gate can tell."""
    if content["kind"] != "tickets":
        return content | {"copy": copy}
    tickets = [ticket | {"copy": copy, "code": copy_code(ticket["code"], copy)} for ticket in content["tickets"]]
    return content | {"tickets": tickets}


def resume(desk: Desk) -> None:
    """After a start: print what had not begun, ask about what had.

    What an old copy of a ledger has for waiting may lie with the customer already: it is asked about, too.
    A sealed ledger has given the right to print to the office.
    """
    if desk.sealed:
        return
    for job in desk.ledger.jobs("queued", latest=None):
        if desk.fenced:
            _ask(desk, job, "this data folder is an old copy; it may have been printed since")
        else:
            send(desk, job)
    for job in desk.ledger.jobs("started", latest=None):
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
        "printer": f"printer.{job.role}",
        "sale": job.sale,
        "at": job.at or None,
        "state": job.state,
        "text": job.text,
        "tickets": list(job.tickets),
        "copy": _copy(job.content),
    }


def job_of(desk: Desk, number: int) -> PrintJob:
    """Raises Refused("bad_request")."""
    found = desk.ledger.jobs(job=number)
    if not found:
        raise Refused("bad_request", field="job", reason=f"there is no print job {number}")
    return found[0]


def _expect(job: PrintJob, state: str) -> None:
    if job.state != state:
        reason = f"print job {job.id} is {job.state}, not {state}"
        raise Refused("not_allowed", what="print", reason=reason, state=job.state)


def retry(desk: Desk, *, job: int) -> dict[str, Any]:
    """Print a failed job again: nothing of it came out, so it is the same paper, not a copy. One whose tickets have
    all come back is done.

    A fenced till's ledger may be an old one, that does not know of a print since: there it is a copy.
    """
    desk.signed_in("sell")
    found = job_of(desk, job)
    _expect(found, "failed")
    if found.tickets and len(desk.ledger.tickets.ended(found.tickets)) == len(found.tickets):
        with desk.unit() as unit:
            desk.ledger.set_job(found.id, "done", "its tickets have come back")
            return unit.answers({"job": found.id, "state": "done"})
    return _again(desk, next_copy(desk, found) if desk.fenced else found)


def next_copy(desk: Desk, job: PrintJob) -> PrintJob:
    """The job as the next copy, after those that were issued meanwhile."""
    issued = max((desk.ledger.tickets.copies(ticket) for ticket in job.tickets), default=0)
    return replace(job, content=marked(job.content, max(issued, _copy(job.content)) + 1))


def check_present(desk: Desk, role: str) -> None:
    """Raises Refused("device_absent")."""
    if not _present(desk, role):
        raise Refused("device_absent", device=f"{role} printer")


def _present(desk: Desk, role: str) -> bool:
    return desk.outside.packs is not None if role == SHEET else desk.outside.printers.present(role)


def _again(desk: Desk, job: PrintJob) -> dict[str, Any]:
    check_present(desk, job.role)
    with desk.unit() as unit:
        queue_again(desk, job)
        answer = unit.answers({"job": job.id, "state": "queued"})
    send(desk, job)
    return answer


def queue_again(desk: Desk, job: PrintJob) -> None:
    """Put a job back into the queue of its printer, as the copy that it is; within a unit."""
    desk.ledger.queue_again(job.id, job.content, job.role)
    for ticket in job.tickets:
        desk.ledger.tickets.put_copies(ticket, _copy(job.content))


def in_question(desk: Desk, job: int) -> PrintJob:
    """A job of which nobody knows yet what became of it. Raises Refused("bad_request" | "not_allowed")."""
    found = job_of(desk, job)
    _expect(found, "unknown")
    return found


def came_out(desk: Desk, job: PrintJob, lies_next: str = "") -> dict[str, Any]:
    """The operator has its paper, or nobody needs it any more. Where blanks are numbered, `lies_next` is the one that
    lies next in the printer."""
    return _finished(desk, job, "done", "the operator has the paper", None, lies_next)


def print_copy(desk: Desk, job: PrintJob) -> dict[str, Any]:
    """Print it again as the next copy that this till knows of."""
    return _again(desk, next_copy(desk, job))


def receipt(desk: Desk, *, sale: str = "") -> dict[str, Any]:
    """Print a receipt again, the last sale's if none is named."""
    desk.signed_in("sell")
    found = desk.ledger.find_sales(sale=sale) if sale else [desk.ledger.last_sale()]
    if not found or found[0] is None:
        raise Refused("unknown_ticket", sale=sale)
    body = found[0]
    with desk.unit() as unit:
        content = marked(receipt_content(desk, body), desk.ledger.count_jobs(body["id"], "receipt"))
        job = desk.ledger.add_job("receipt", "receipt", body["id"], [], content)
        answer = unit.answers({"job": job.id})
    send(desk, job)
    return answer
