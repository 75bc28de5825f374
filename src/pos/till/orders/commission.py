"""Tickets taken back on commission: paid for when, and only when, their places are sold again.

The ticket ends as a refund of nothing, the whole price being kept; what is kept is owed to its owner from then
on, under `commission:TILL`. The place is for sale again like any other. Once it is sold, the price less the
venue's commission is paid out in cash where the ticket was taken. Whose place was not sold by the start of the
show gets nothing: the paper was handed in, and there is no way back to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from pos.domain.books import entry
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.money import Money
from pos.domain.records import Record
from pos.domain.refund import Returned
from pos.domain.rights import PlaceState
from pos.domain.sale import Settlement
from pos.domain.shift import CashMove, move_entry
from pos.store.ledger import PrintJob
from pos.till.counter import issue
from pos.till.counter import refund as refunds
from pos.till.counter.admit import let_in
from pos.till.counter.approval import may_alone
from pos.till.counter.numbers import Series, next_id, take
from pos.till.counter.passing import indexes_of
from pos.till.counter.tenders import check_drawer
from pos.till.counter.tickets import TRIES, Sold, all_in_hand, look_up, rights_to
from pos.till.desk import Desk, Verb
from pos.till.orders import papers, recording

_FAMILY: Final = "commission"
_TAKEN: Final = Series("records.K", "K")


def take_commission(desk: Desk, *, ticket: str, name: str, contact: str = "") -> Verb[dict[str, Any]]:
    """Take a ticket back for its owner, to be paid when its place is sold again.

    Raises Refused: not_allowed (the venue does not) unknown_ticket already_refunded exchanged already_admitted
    sales_closed show_cancelled right_to_refund_elsewhere storage_failed fenced.
    """
    desk.signed_in("sell")
    desk.shift()
    desk.check_not_fenced()
    for _ in range(TRIES):
        sold = _takeable(desk, ticket)
        yield from rights_to(desk, [sold])
        if all_in_hand(desk, [sold]):
            break
    # While the office was asked, somebody may have signed out, closed the shift, or taken the ticket back.
    user, shift = desk.signed_in("sell"), desk.shift()
    sold = _takeable(desk, ticket)
    record, returned = _record(desk, sold, name, contact)
    price = returned.price
    currency = price.currency
    nothing = Settlement((), Money.zero(currency), Money.zero(currency))
    document = refunds.document_of(desk, shift, user.id, [returned], [], nothing) | {
        "reason": "commission",
        "commission": record["id"],
        "surrendered": True,
    }
    record["refund"] = document["id"]
    why = {"user": user.id, "shift": shift.id}
    owed = entry(("fee:refund", price), (f"commission:{desk.outside.till}", -price))
    job: PrintJob | None = None
    with desk.unit() as unit:
        refunds.commit(desk, unit, shift, [sold], [returned], [], nothing, document, paper=False)
        recording.keep(desk, unit, Kind.COMMISSION_CHANGED, record, why, postings=owed)
        take(desk, _TAKEN)
        if desk.outside.printers.present("receipt"):
            job = desk.ledger.add_job("receipt", "commission", record["id"], [], _slip(desk, record))
        answer = unit.answers({"commission": record})
    if job is not None:
        issue.send(desk, job)
    desk.emit("changed", places=indexes_of(desk, [(sold.show, sold.place)]), documents=False)
    recording.tell(desk, Kind.COMMISSION_CHANGED)
    return answer


def commissions(desk: Desk, *, all: bool = False) -> dict[str, Any]:
    """What was taken on commission, as far as this till knows: `due` where the place is sold again, `open` where
    it may still be, `lapsed` when the show has begun; with `all` also what is paid or ended."""
    desk.signed_in()
    found = recording.known(desk, _FAMILY).values()
    rows = [record | {"state": standing(desk, record)} for record in found]
    return {
        "commissions": sorted(
            (row for row in rows if all or row["state"] in ("due", "open", "lapsed")),
            key=lambda row: (row["state"] != "due", row["at"], row["id"]),
        )
    }


def standing(desk: Desk, record: Record) -> str:
    """taken -> open | due | lapsed; paid and ended stay."""
    if record["state"] != "taken":
        return str(record["state"])
    seating = desk.belief.seating(record["show"])
    ix = seating.find(record["unit"])
    if ix is not None and desk.belief.state(record["show"], ix) is PlaceState.SOLD:
        return "due"
    begun = desk.clock.now() >= datetime.fromisoformat(record["starts"])
    return "lapsed" if begun else "open"


def pay_commission(desk: Desk, *, commission: str) -> dict[str, Any]:
    """Pay out what is due for a place that was sold again, in cash.

    Raises Refused: bad_request order_open_elsewhere not_allowed (not sold again, or paid) drawer_short
    storage_failed fenced.
    """
    user, shift = desk.signed_in("sell"), desk.shift()
    desk.check_not_fenced()
    record = recording.mine(desk, _FAMILY, commission)
    state = standing(desk, record)
    if state != "due":
        raise Refused("not_allowed", what="pay_commission", reason=f"{commission} is {state}", state=state)
    currency = desk.season().venue.currency
    price, kept = (Money.parse(record[key], currency) for key in ("price", "kept"))
    due = price - kept
    check_drawer(desk, shift, due)
    at = desk.clock.now().isoformat(timespec="seconds")
    record = record | {"state": "paid", "paid_at": at, "paid": str(due)}
    why = {"user": user.id, "shift": shift.id}
    settled = entry((f"commission:{desk.outside.till}", price), ("fee:commission", -kept), ("paid_out", -due))
    write = issue.words(desk)
    reason = f"commission {commission}"
    job: PrintJob | None = None
    with desk.unit() as unit:
        if due:
            body = why | {"kind": "paid_out", "amount": str(due), "reason": reason}
            unit.record(Kind.CASH_MOVED, body, postings=move_entry(desk.outside.till, "paid_out", due))
            desk.ledger.add_move(shift.id, CashMove("paid_out", -due, reason, at))
        recording.keep(desk, unit, Kind.COMMISSION_CHANGED, record, why, postings=settled)
        if desk.outside.printers.present("receipt"):
            content = _slip(desk, record) | {
                "heading": write.say("commission_paid"), "notes": [], "signatures": [record["name"]],
            }  # fmt: skip
            job = desk.ledger.add_job("receipt", "commission", commission, [], content)
        answer = unit.answers({"commission": record})
    if due:
        desk.outside.printers.kick_drawer()
    if job is not None:
        issue.send(desk, job)
    recording.tell(desk, Kind.COMMISSION_CHANGED)
    return answer


def end_commission(desk: Desk, *, commission: str) -> dict[str, Any]:
    """The show has begun, and the place was not sold again: nothing is due any more. A supervisor's.

    Raises Refused: bad_request order_open_elsewhere not_allowed approval_needed storage_failed fenced.
    """
    user, shift = desk.signed_in("sell"), desk.shift()
    desk.check_not_fenced()
    record = recording.mine(desk, _FAMILY, commission)
    state = standing(desk, record)
    if state != "lapsed":
        raise Refused("not_allowed", what="end_commission", reason=f"{commission} is {state}", state=state)
    if not may_alone(desk, ""):
        raise Refused("approval_needed", what="end_commission")
    price = Money.parse(record["price"], desk.season().venue.currency)
    record = record | {"state": "ended"}
    lapse = entry((f"commission:{desk.outside.till}", price), ("lapsed", -price))
    with desk.unit() as unit:
        why = {"user": user.id, "shift": shift.id}
        recording.keep(desk, unit, Kind.COMMISSION_CHANGED, record, why, postings=lapse)
        answer = unit.answers({"commission": record})
    recording.tell(desk, Kind.COMMISSION_CHANGED)
    return answer


def _takeable(desk: Desk, ticket: str) -> Sold:
    if desk.season().venue.commission is None:
        raise Refused("not_allowed", what="commission", reason="this venue takes no tickets on commission")
    (sold,) = look_up(desk, [ticket])
    let_in(desk, [sold], None)
    desk.season().show(sold.show).check_on_sale(desk.clock.now())
    refunds.check_cards(desk, [sold], "")
    if not Money.parse(sold.body["price"], desk.season().venue.currency):
        raise Refused("not_allowed", what="commission", reason="nothing was paid for this ticket", ticket=sold.id)
    return sold


def _record(desk: Desk, sold: Sold, name: str, contact: str) -> tuple[Record, Returned]:
    """The record, and the ticket as it comes back with all of its price kept."""
    season = desk.season()
    currency = season.venue.currency
    price = Money.parse(sold.body["price"], currency)
    step = season.venue.commission
    assert step is not None
    kept = step.fee_on(price)
    record = {
        "id": next_id(desk, _TAKEN),
        "home": desk.outside.till,
        "ticket": sold.id,
        "sale": sold.sale["id"],
        "show": sold.show,
        "place": sold.body["place"],
        "unit": sold.place,
        "starts": season.show(sold.show).starts.isoformat(),
        "price": str(price),
        "kept": str(kept),
        "due": str(price - kept),
        "name": name.strip(),
        "contact": contact.strip(),
        "state": "taken",
        "at": desk.clock.now().isoformat(timespec="seconds"),
    }
    return record, replace(sold.returned(price), fees=())


def _slip(desk: Desk, record: Record) -> dict[str, Any]:
    write = issue.words(desk)
    currency = desk.season().venue.currency
    seating = desk.belief.seating(record["show"])
    ix = seating.find(record["unit"])
    place = seating.label(ix) if ix is not None else record["place"]

    def money(key: str) -> str:
        return write.money(Money.parse(record[key], currency))

    rows = papers.rows(
        (f"{write.say('commission_ticket')} {record['ticket']}", place),
        (write.say("commission_price"), money("price")),
        (write.say("commission_kept"), money("kept")),
        (write.say("commission_due"), money("due")),
    )
    return papers.list_content(
        desk,
        f"{write.say('commission')} {record['id']}",
        [{"heading": papers.show_line(desk, record["show"]), "rows": rows}],
        notes=[write.say("commission_note")],
    )
