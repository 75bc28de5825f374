"""Keeping places for somebody: holds and reservations, made, sold from, released, paid and cancelled."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.names import SHOWS
from tests.simulation.people import selling

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier

DEPOSIT: Final = Decimal("10.00")


def hold(cashier: Cashier) -> None:
    """A school rings up: a few seats are held for it."""
    show = cashier.world.random.choice(SHOWS)
    wanted = selling.wishes(cashier, show)
    if not wanted:
        return
    held = cashier.do("hold", show=show, places=wanted, type="group", owner="school", release="30m")
    if held is not None and cashier.world.chance(0.5):
        cashier.world.sleep(cashier.world.random.expovariate(0.2))
        go_on_with_a_hold(cashier)


def go_on_with_a_hold(cashier: Cashier) -> None:
    """Some of a hold is sold, or all of it is released."""
    holds = [one for one in cashier.ask("holds")["holds"] if not one["order"]]
    if not holds:
        return
    chosen = cashier.world.random.choice(holds)
    if cashier.world.chance(0.4):
        cashier.do("release", hold=chosen["id"])
        return
    show, place = chosen["show"], cashier.world.random.choice(chosen["places"])["place"]
    if cashier.do("add", show=show, hold=chosen["id"], places=[place], price_type="adult") is not None:
        selling.pay(cashier)


def reserve(cashier: Cashier) -> None:
    """Somebody wants their places kept, and pays a deposit or nothing."""
    if not _empty(cashier):
        return
    show = cashier.world.random.choice(SHOWS)
    wanted = selling.wishes(cashier, show)
    if not wanted or cashier.do("add", show=show, places=wanted, price_type="adult") is None:
        return
    fields: dict[str, Any] = {"buyer": {"name": f"guest {cashier.operations}"}, "expires": "2h"}
    if cashier.world.chance(0.6):
        fields["tenders"] = [{"kind": "cash", "amount": str(DEPOSIT)}]
    if cashier.do("reserve", **fields) is not None and "tenders" in fields:
        cashier.drawer += DEPOSIT
    if cashier.world.chance(0.5):
        cashier.world.sleep(cashier.world.random.expovariate(0.2))
        go_on_with_an_order(cashier)


def go_on_with_an_order(cashier: Cashier) -> None:
    """Somebody comes for what was reserved: pays all or a part of it, or does not want it any more."""
    orders = cashier.ask("orders")["orders"]
    if not orders or not _empty(cashier):
        return
    chosen = cashier.world.random.choice(orders)
    if cashier.world.chance(0.3):
        ended = cashier.do("cancel_order", order=chosen["code"], reason="does not come")
        if ended is not None:
            cashier.drawer -= Decimal(ended["deposit"]["returned"])
        return
    held = [line["line"] for line in chosen["lines"] if line["state"] == "held"]
    lines = held[:1] if cashier.world.chance(0.4) else held
    taken = cashier.do("take_order", order=chosen["code"], lines=lines) if lines else None
    if taken is None:
        return
    due = Decimal(taken["basket"]["due"])
    paid = cashier.do("pay", tenders=[selling.cash(due)] if due else [])
    if paid is not None:
        selling.took_cash(cashier, due, paid["sale"])
        cashier.deposited[paid["sale"]["id"]] = Decimal(paid["sale"]["total"]) - due
        cashier.has_sold(paid["sale"])


def _empty(cashier: Cashier) -> bool:
    """Whether nothing is in the basket, or could be taken out."""
    return not cashier.ask("basket")["basket"]["lines"] or cashier.do("clear") is not None
