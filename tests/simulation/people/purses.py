"""Customers with a voucher or a gift card: what is on it is spent once, at whichever window."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.simulation.people import selling

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier


def pay(cashier: Cashier, total: Decimal) -> None:
    """As much as is on it, as far as its owner knows, and the rest in cash. Some try to spend more."""
    lots = cashier.world.random
    purse = lots.choice(list(cashier.customers.purses))
    left = cashier.customers.purses[purse]
    amount = total if cashier.world.chance(0.2) else min(total, left)
    if amount <= 0:
        return
    kind, code = purse
    tenders = [{"kind": kind, "amount": str(amount), "code": code}]
    rest = total - amount
    if rest:
        tenders.append(selling.cash(rest))
    paid = cashier.do("pay", tenders=tenders)
    if paid is None:
        return
    if rest:
        selling.took_cash(cashier, rest, paid["sale"])
    cashier.spent.append((kind, code, amount))
    # What a voucher is worth beyond what it has paid lapses.
    cashier.customers.purses[purse] = left - amount if kind == "gift_card" else Decimal(0)
    cashier.has_sold(paid["sale"], by=kind)


def got_back(cashier: Cashier, tender: dict[str, Any]) -> None:
    """A refund has gone to the voucher or the gift card that had paid."""
    purse, amount = (tender["kind"], tender["code"]), Decimal(tender["amount"])
    cashier.customers.purses[purse] += amount
    cashier.spent.append((*purse, -amount))
