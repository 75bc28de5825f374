"""Customers who come back with a ticket: for their money, for another seat, for another paper."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.judge import Refund
from tests.simulation.names import AREA, EXCHANGE_FEE, SHOWS
from tests.simulation.people import purses
from tests.simulation.people.customers import Ticket
from tests.simulation.people.selling import notes_for, wishes

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier


def refund(cashier: Cashier) -> None:
    """At any window: the ticket's token has to be got there first."""
    tickets = cashier.customers.somebody()
    if not tickets:
        return
    _take_back(cashier, tickets)


def finish_refund(cashier: Cashier, tickets: Sequence[Ticket]) -> bool:
    """A card has its money already: the refund that it was for is done now."""
    return _take_back(cashier, tickets)


def _take_back(cashier: Cashier, tickets: Sequence[Ticket]) -> bool:
    answer = cashier.do("refund", tickets=[ticket.id for ticket in tickets], reason="ill", slip="REF 1")
    if answer is None:
        return False
    done: dict[str, Any] = answer["refund"]
    paid = {kind: Decimal(0) for kind in ("cash", "card", "card_slip", "transfer", "voucher", "gift_card")}
    for tender in done["tenders"]:
        paid[tender["kind"]] += Decimal(tender["amount"])
        if tender["kind"] in ("voucher", "gift_card"):
            purses.got_back(cashier, tender)
    cashier.drawer -= paid["cash"]
    ids = tuple(ticket.id for ticket in tickets)
    cashier.refunds.append(Refund(done["id"], ids, sum(t.price for t in tickets) or Decimal(0), sum(paid.values())))
    cashier.has_taken_back(tickets, done["id"])
    return True


def void(cashier: Cashier) -> None:
    """The last customer is back at once with all tickets: the sale is undone, fees and all."""
    sale = cashier.sold[-1] if cashier.sold else {"id": "", "tickets": []}
    tickets = cashier.customers.of_sale(sale["id"])
    if not tickets or len(tickets) != len(sale["tickets"]) or "exchange" in {ticket.by for ticket in tickets}:
        return  # some of them have come back already, or what they were exchanged for has
    if not _undo(cashier, sale):
        cashier.voiding = sale


def finish_void(cashier: Cashier) -> bool:
    """A card has its money already: the sale that it had paid for is undone now."""
    return bool(cashier.voiding) and _undo(cashier, cashier.voiding)


def _undo(cashier: Cashier, sale: dict[str, Any]) -> bool:
    answer = cashier.do("void", sale=sale["id"], surrendered=True, slip="REF 2")
    if answer is None:
        return False
    tenders = answer["void"]["tenders"]
    for tender in tenders:
        if tender["kind"] == "cash":
            cashier.drawer -= Decimal(tender["amount"])
        elif tender["kind"] in ("voucher", "gift_card"):
            purses.got_back(cashier, tender)
    paid = sum((Decimal(tender["amount"]) for tender in tenders), Decimal(0))
    tickets, number = cashier.customers.of_sale(sale["id"]), answer["void"]["id"]
    cashier.refunds.append(Refund(number, tuple(t.id for t in tickets), Decimal(sale["total"]), paid))
    cashier.has_taken_back(tickets, number)
    return True


def correct(cashier: Cashier) -> None:
    """The last sale was not paid in cash, as the till was told, but through the bank's own reader. Its money is not
    in the drawer, and never was in it. Of a machine that was cloned the last sale has a namesake."""
    if cashier.machine.disk.forked:
        return
    sale = cashier.sold[-1] if cashier.sold else {"id": "", "tickets": []}
    tickets = cashier.customers.of_sale(sale["id"])
    if not tickets or len(tickets) != len(sale["tickets"]) or {ticket.by for ticket in tickets} != {"cash"}:
        return
    taken = Decimal(sale["total"]) + Decimal(sale["rounding"]) - cashier.deposited.get(sale["id"], Decimal(0))
    if not taken:
        return  # its deposit was all of it
    slip = {"kind": "card", "slip": "SLIP 2"}
    answer = cashier.do("correct_tender", **{"sale": sale["id"], "from": "cash", "to": slip, "reason": "wrong key"})
    if answer is None:
        return
    moved = Decimal(answer["correction"]["cash"])
    if moved != -taken:
        cashier.complaints.append(f"{cashier.machine.label}: {sale['id']} of {taken} in cash is corrected by {moved}")
    cashier.drawer -= taken
    cashier.customers.paid_otherwise(tickets, "slip")


def exchange(cashier: Cashier) -> None:
    """Other seats for one's tickets, at the same show or at another. Who did not pay in cash gets none back."""
    tickets = cashier.customers.somebody()
    if not tickets:
        return
    show = cashier.world.random.choice(SHOWS)
    wanted = wishes(cashier, show)[: len(tickets)]
    prices = cashier.ask("show", show=show)["prices"]
    cost = sum(Decimal(prices[AREA if place == AREA else "Stalls"]["adult"]) for place in wanted)
    total = cost + EXCHANGE_FEE * len(tickets) - sum(ticket.price for ticket in tickets)
    if not wanted or (total < 0 and any(ticket.by != "cash" for ticket in tickets)):
        return
    tender = {"kind": "cash", "amount": str(total)}
    if total > 0:
        tender["given"] = str(notes_for(total))
    answer = cashier.do(
        "exchange", tickets=[t.id for t in tickets], show=show, places=wanted, price_type="adult", tenders=[tender]
    )
    if answer is None:
        return
    done: dict[str, Any] = answer["exchange"]
    cashier.drawer += Decimal(done["total"]) + Decimal(done["rounding"])
    cashier.has_taken_back(tickets, done["id"])
    # What was paid by card stays paid by card, on the new tickets, too.
    cashier.has_sold(done, by="cash" if all(ticket.by == "cash" for ticket in tickets) else "exchange")


def reprint(cashier: Cashier) -> None:
    """Somebody has lost a ticket, and gets a numbered copy."""
    tickets = cashier.customers.somebody()
    if not tickets:
        return
    answer = cashier.do("reprint", ticket=tickets[0].id, reason="lost")
    if answer is not None:
        cashier.copies.append((answer["ticket"]["id"], answer["ticket"]["copy"]))
