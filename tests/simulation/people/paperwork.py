"""Paper packs, for when a window has to sell without its till; and web buyers who collect their tickets."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.judge.evidence import owner
from tests.simulation.names import COUNTER_FEE, PIN, SHOWS, SUPERVISOR
from tests.simulation.people.selling import notes_for

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier


def pack(cashier: Cashier) -> None:
    """Put some seats on paper; or see what has become of those that are out."""
    # What another PC has put on paper here is a person's to look for.
    packs = [each for each in cashier.packs if owner(each["id"]) == cashier.incarnation]
    out = [ticket for each in packs for ticket in each["tickets"] if ticket["state"] == "out"]
    if not out or cashier.world.chance(0.3):
        _issue(cashier)
        return
    some = cashier.world.random.sample(out, cashier.world.random.randint(1, min(3, len(out))))
    what = cashier.world.random.choices((_sell, _bring_back, _lose), (6, 3, 1))[0]
    what(cashier, some)


def _issue(cashier: Cashier) -> None:
    show = cashier.world.random.choice(SHOWS)
    count = cashier.world.random.randint(1, 3)
    answer = cashier.do("issue_paper", show=show, category="Stalls", count=count)
    if answer is not None:
        cashier.packs.append(answer["pack"])


def _sell(cashier: Cashier, tickets: list[dict[str, Any]]) -> None:
    """They were sold by hand, as far as they came out of the printer; now they are keyed in."""
    out = {slip.ticket for slip in cashier.machine.pile}
    tickets = [ticket for ticket in tickets if ticket["id"] in out]
    if not tickets:
        return
    pack = _pack_of(cashier, tickets[0])
    of_one = [ticket for ticket in tickets if _pack_of(cashier, ticket) is pack]
    price = Decimal(cashier.ask("show", show=pack["show"])["prices"]["Stalls"]["adult"])
    total = (price + COUNTER_FEE) * len(of_one)
    tender = {"kind": "cash", "amount": str(total), "given": str(notes_for(total))}
    done = cashier.do("rekey_paper", tickets=[t["id"] for t in of_one], price_type="adult", tenders=[tender])
    if done is not None:
        sale = done["sale"]
        cashier.drawer += notes_for(total) - Decimal(sale["change"])
        _are(of_one, "sold")
        cashier.has_sold(sale)


def _bring_back(cashier: Cashier, tickets: list[dict[str, Any]]) -> None:
    """By the codes on the paper; what has none in hand comes back by its number, with a supervisor."""
    codes = {slip.ticket: slip.code for slip in cashier.machine.pile}
    names = [codes.get(ticket["id"], ticket["id"]) for ticket in tickets]
    approver = {} if codes.keys() >= {t["id"] for t in tickets} else {"approver": {"user": SUPERVISOR, "pin": PIN}}
    if cashier.do("return_paper", tickets=names, **approver) is not None:
        _are(tickets, "returned")
        cashier.brought_back |= {ticket["id"] for ticket in tickets}


def _lose(cashier: Cashier, tickets: list[dict[str, Any]]) -> None:
    """What is still out of a pack is lost: its places are frozen."""
    pack = _pack_of(cashier, tickets[0])
    approver = {"user": SUPERVISOR, "pin": PIN}
    if cashier.do("lose_paper", pack=pack["id"], reason="lost", approver=approver) is not None:
        _are([ticket for ticket in pack["tickets"] if ticket["state"] == "out"], "lost")


def _are(tickets: list[dict[str, Any]], state: str) -> None:
    for ticket in tickets:
        ticket["state"] = state


def _pack_of(cashier: Cashier, ticket: dict[str, Any]) -> dict[str, Any]:
    return next(pack for pack in cashier.packs if ticket in pack["tickets"])


def collect(cashier: Cashier) -> None:
    """A web buyer gets the paper of an order, at any window."""
    orders = cashier.customers.orders
    if orders:
        cashier.do("collect", sale=cashier.world.random.choice(orders))


def make_ready(cashier: Cashier) -> None:
    """All that waits for somebody at a show is printed before they come."""
    cashier.do("collect_batch", show=cashier.world.random.choice(SHOWS))
