"""Invoices: a sale written out for a buyer with a tax number, numbered without gaps per till."""

from __future__ import annotations

import base64
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.mask import scrub
from pos.domain.records import Record
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.counter.numbers import Series, take, upcoming
from pos.till.counter.tickets import sale_of
from pos.till.desk import Desk, Verb
from pos.till.orders import recording

_FAMILY: Final = "invoice"
_ISSUED: Final = Series("records.N", "N")
_KEPT: Final = (
    "tickets", "articles", "fees", "tenders", "taxes", "total", "rounding", "change", "till", "user", "at", "id",
)  # fmt: skip


def invoice(desk: Desk, *, sale: str, buyer: dict[str, Any] | None = None) -> dict[str, Any]:
    """The invoice of a sale: issued at the first time, and the same one again after that, as a copy. The buyer is
    the sale's, or whom `buyer` names. It is printed where there is a receipt printer; `job` is None where not.

    Raises Refused: unknown_ticket bad_request (no buyer) storage_failed fenced.
    """
    user, shift = desk.signed_in("sell"), desk.shift()
    desk.check_not_fenced()
    document = sale_of(desk, sale)
    record = of_sale(desk, document["id"])
    job: PrintJob | None = None
    with desk.unit() as unit:
        if record is None:
            record = _record(desk, document, buyer)
            recording.keep(desk, unit, Kind.INVOICE_ISSUED, record, {"user": user.id, "shift": shift.id})
            take(desk, _ISSUED)
        printed = desk.ledger.count_jobs(record["id"], _FAMILY)
        content = invoice_content(desk, record) | {"copy": printed}
        if desk.outside.printers.present("receipt"):
            job = desk.ledger.add_job("receipt", _FAMILY, record["id"], [], content)
        answer = unit.answers({"invoice": record, "job": job.id if job is not None else None})
    if job is not None:
        issue.send(desk, job)
    recording.tell(desk, Kind.INVOICE_ISSUED)
    return answer


def invoices(desk: Desk) -> dict[str, Any]:
    """All that are known here, those of each till by their numbers."""
    desk.signed_in()
    found = recording.known(desk, _FAMILY).values()
    return {"invoices": sorted(found, key=lambda one: (one["home"], one["id"]))}


def of_sale(desk: Desk, sale: str) -> Record | None:
    """The invoice of a sale, None when there is none that is known here."""
    return next((one for one in recording.known(desk, _FAMILY).values() if one["document"]["id"] == sale), None)


def invoice_sheet(desk: Desk, *, invoice: str) -> Verb[dict[str, Any]]:
    """An invoice as a PDF document of A4, in base64. Raises Refused: bad_request device_absent."""
    desk.signed_in()
    content = invoice_content(desk, recording.one(desk, _FAMILY, invoice))
    if desk.outside.layouts is None:
        raise Refused("device_absent", device="layouts")
    made: bytes = yield desk.outside.layouts.sheet(content)
    return {"pdf": base64.b64encode(made).decode()}


def _record(desk: Desk, sale: dict[str, Any], buyer: dict[str, Any] | None) -> Record:
    """An invoice by value: nothing of it changes when the sale, the season or the buyer's record do."""
    told = {key: scrub(str(value).strip()) for key, value in (buyer or {}).items()}
    known = sale.get("buyer") or {}
    name = told.get("name") or str(sale.get("name") or "")
    if not name:
        raise Refused("bad_request", field="buyer", reason="an invoice needs the buyer's name")
    id, number = upcoming(desk, _ISSUED)
    record: Record = {
        "id": id,
        "home": desk.outside.till,
        "number": number,
        "issued_at": desk.clock.now().isoformat(timespec="seconds"),
        "name": name,
        "contact": told.get("contact") or str(sale.get("contact") or ""),
        "buyer": {"tax_number": told.get("tax_number") or str(known.get("tax_number") or "")},
        "document": {key: sale[key] for key in _KEPT if key in sale},
    }
    for ticket in record["document"]["tickets"]:
        for key in ("state", "issued", "handed", "admitted", "copies", "name", "identity"):
            ticket.pop(key, None)
    return record


def invoice_content(desk: Desk, record: Record) -> dict[str, Any]:
    """The paper of an invoice: the sale's, with its number and whom it is for."""
    write = issue.words(desk)
    number = record.get("buyer", {}).get("tax_number", "")
    buyer = [record.get("name", ""), record.get("contact", "")]
    buyer += [write.say("invoice_tax_number", number=number)] if number else []
    heading = write.say("invoice", number=record["id"])
    return issue.receipt_content(desk, record["document"]) | {
        "heading": heading,
        "buyer": [line for line in buyer if line],
    }
