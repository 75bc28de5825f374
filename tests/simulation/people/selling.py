"""Selling at a window, and what goes with it: baskets, changes of mind."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.names import AREA, PIN, PRODUCT, SHOWS, SUPERVISOR
from tests.simulation.people import cards, purses

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier

ASKED_CUT_OFF: Final = "asked for places, line down"
REFUSED_CUT_OFF: Final = "refused places, line down"
_NOT_IN_HAND: Final = "add: right_elsewhere, line down"  # as a cashier counts refusals
RUSHED: Final = ("A-1", "A-2", "A-3", "B-1")  # what everybody wants when there is a rush


def serve(cashier: Cashier) -> None:
    """A customer wants some places, and mostly takes them."""
    show = cashier.world.random.choice(SHOWS)
    wanted = wishes(cashier, show)
    if not wanted:
        return
    down, before = cashier.ask("status")["link"]["state"] == "offline", cashier.refusals[_NOT_IN_HAND]
    taken = cashier.do("add", show=show, places=wanted, price_type="adult")
    refused = cashier.refusals[_NOT_IN_HAND] - before  # the line may have gone in between
    cashier.world.deeds[ASKED_CUT_OFF] += int(down or refused > 0)
    cashier.world.deeds[REFUSED_CUT_OFF] += refused
    if taken is None:
        return
    cashier.world.sleep(cashier.world.random.expovariate(0.5))
    if cashier.world.chance(0.15):
        cashier.do("add", show=show, places=[AREA], price_type="adult")
    if cashier.world.chance(0.1):
        cashier.do("add_article", product=PRODUCT, count=cashier.world.random.randint(1, 2))
    if cashier.world.chance(0.03):
        _haggle(cashier)
    pay(cashier)


def _haggle(cashier: Cashier) -> None:
    """A supervisor lets somebody have a ticket for less."""
    lines = cashier.ask("basket")["basket"]["lines"]
    by = {"user": SUPERVISOR, "pin": PIN}
    if (
        lines
        and cashier.do("reprice", line=lines[-1]["line"], price="9.99", reason="a pillar", approver=by) is not None
    ):
        cashier.world.deeds["price set by hand"] += 1


def wishes(cashier: Cashier, show: str) -> list[str]:
    """What a customer would like of a show."""
    rows: list[dict[str, Any]] = cashier.ask("places", show=show)["places"]
    lots = cashier.world.random
    if lots.random() < 0.25:
        return [AREA] * lots.randint(1, 2)
    if cashier.rush:
        return [lots.choice(RUSHED)]
    seats = [row for row in rows if row["category"] == "Stalls"]
    state = lots.choices(("here", "free", "elsewhere", "sold"), (60, 25, 12, 3))[0]
    fitting = [row["place"] for row in seats if row["state"] == state]
    if not fitting:
        fitting = [row["place"] for row in seats if row["state"] != "sold"]
    at = lots.randrange(len(fitting)) if fitting else 0
    return fitting[at : at + lots.choice((1, 1, 2, 2, 3))]


def pay(cashier: Cashier) -> None:
    total = Decimal(cashier.ask("basket")["basket"]["total"])
    if not total:
        return
    how = cashier.world.random.random()
    if how < 0.3:
        cards.pay(cashier, total)
    elif how < 0.45:
        purses.pay(cashier, total)
    elif how < 0.5:
        paid = cashier.do("pay", tenders=[{"kind": "card", "amount": str(total), "slip": "SLIP 1"}])
        if paid is not None:
            cashier.has_sold(paid["sale"], by="slip")
    elif how < 0.56:
        keep(cashier, total)
    else:
        paid = cashier.do("pay", tenders=[cash(total)])
        if paid is not None:
            took_cash(cashier, total, paid["sale"])
            cashier.has_sold(paid["sale"])


def keep(cashier: Cashier, total: Decimal) -> None:
    """The tickets are kept for somebody who comes for them later, to whichever window."""
    paid = cashier.do("pay", tenders=[cash(total)], delivery="pickup", buyer={"name": "Kovács"})
    if paid is not None:
        took_cash(cashier, total, paid["sale"])
        cashier.has_sold(paid["sale"] | {"kept": True})
        cashier.customers.orders.append(paid["sale"]["id"])


def cash(amount: Decimal) -> dict[str, str]:
    """The tender of a customer who owes `amount` in cash."""
    return {"kind": "cash", "amount": str(amount), "given": str(notes_for(amount))}


def took_cash(cashier: Cashier, amount: Decimal, sale: dict[str, Any]) -> None:
    """What was given for `amount` goes into the drawer, and what the till said comes out of it as change."""
    cashier.drawer += notes_for(amount) - Decimal(sale["change"])


def notes_for(amount: Decimal) -> Decimal:
    """What a customer lays down: notes of 50."""
    return (amount / 50).to_integral_value(rounding="ROUND_CEILING") * 50


def wait_and_see(cashier: Cashier) -> None:
    """A customer who has to ask somebody lets the next one go first, and comes back or does not; some then take
    another evening."""
    lots = cashier.world.random
    if not cashier.ask("parked")["parked"]:
        show = lots.choice(SHOWS)
        wanted = wishes(cashier, show)
        if not wanted or cashier.do("add", show=show, places=wanted, price_type="adult") is None:
            return
        if cashier.do("park", name=f"customer {lots.randint(1, 99)}") is None:
            return
        if lots.random() < 0.5:
            serve(cashier)
    parked = cashier.ask("parked")["parked"]
    if not parked or lots.random() < 0.3:
        return
    if cashier.do("recall", number=lots.choice(parked)["number"], park=True) is None:
        return
    shows = sorted({line["show"] for line in cashier.ask("basket")["basket"]["lines"]})
    if len(shows) == 1 and lots.random() < 0.5:
        other = next(show for show in SHOWS if show not in shows)
        cashier.do("move_basket", show=other)
    pay(cashier)


def change_mind(cashier: Cashier) -> None:
    """A basket that is not paid: emptied, or left standing until its time is over."""
    show = cashier.world.random.choice(SHOWS)
    wanted = wishes(cashier, show)
    if not wanted or cashier.do("add", show=show, places=wanted, price_type="adult") is None:
        return
    if cashier.world.chance(0.5):
        cashier.do("clear")
    else:
        cashier.world.sleep(cashier.world.random.uniform(1.0, 20.0))
