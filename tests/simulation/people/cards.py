"""Cards at a window: payments that nobody knows the outcome of, and money that was taken for nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.names import PIN, SUPERVISOR
from tests.simulation.people import returning

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier


def see_to(cashier: Cashier) -> None:
    """Before anything else: what became of payments that have no end, or no sale."""
    waiting = cashier.ask("payments")["payments"]
    fenced = waiting and cashier.ask("status")["fenced"]
    for payment in waiting:
        if payment["state"] == "unknown":
            _say(cashier, payment)
        elif fenced:
            _write_off(cashier, payment)  # it may neither sell nor give anything back: a person will see to it
        elif payment["purpose"] == "refund":
            ids = payment["subject"].split(",")
            tickets = cashier.customers.with_tickets(ids)
            if len(tickets) == len(ids):
                returning.finish_refund(cashier, tickets)
            else:
                _write_off(cashier, payment)  # on an old copy of a till that has given them back since
        elif payment["purpose"] == "void":
            returning.finish_void(cashier)
        elif not _finish(cashier, payment) and not _reversed(cashier, payment) and cashier.world.chance(0.3):
            _write_off(cashier, payment)


def _reversed(cashier: Cashier, payment: dict[str, Any]) -> bool:
    """Whether there is nothing more to be done. A terminal that was asked, and will not, does not change its mind."""
    done = cashier.do("reverse_payment", payment=payment["payment"])
    return done is not None or cashier.refusal != "payment_declined"


def _write_off(cashier: Cashier, payment: dict[str, Any]) -> None:
    by = {"user": SUPERVISOR, "pin": PIN}
    cashier.do("write_off_payment", payment=payment["payment"], reason="out of order", approver=by)


def _say(cashier: Cashier, payment: dict[str, Any]) -> None:
    """The terminal's own list says whether it was charged; the cashier looks when the till does not find out."""
    cashier.world.sleep(cashier.world.random.uniform(0.5, 6.0))
    cards, minor = cashier.machine.cards, int(Decimal(payment["amount"]) * 100)
    # What a terminal takes back stands on its list under the number of what it had been paid with.
    taken = payment["payment"] in cards.moved or (payment["purpose"] == "void" and -minor in cards.undone)
    cashier.do("settle_payment", payment=payment["payment"], outcome="approved" if taken else "declined")


def _finish(cashier: Cashier, payment: dict[str, Any]) -> bool:
    """Pay the basket with it, if it is still the same."""
    total = Decimal(cashier.ask("basket")["basket"]["total"])
    if payment["purpose"] != "sale" or total != Decimal(payment["amount"]) or cashier.world.chance(0.3):
        return False
    return pay(cashier, total)


def pay(cashier: Cashier, total: Decimal) -> bool:
    """The basket, by card."""
    paid = cashier.do("pay", tenders=[{"kind": "card", "amount": str(total)}])
    if paid is not None:
        cashier.has_sold(paid["sale"], by="card")
    return paid is not None
