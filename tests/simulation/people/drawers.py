"""What is done about drawers beside selling: opened for change, handed to a colleague, and verified afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tests.simulation.names import CASHIERS, PIN, SUPERVISOR

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier


def open_without_sale(cashier: Cashier) -> None:
    cashier.do("no_sale", reason="change for a note")


def hand_over(cashier: Cashier) -> None:
    """A colleague takes the drawer, which is counted: it holds what this cashier knows that it holds."""
    giver = cashier.ask("shift")["user"]
    taker = cashier.world.random.choice([name for name in CASHIERS if name != giver])
    counted = {"total": str(max(cashier.drawer, Decimal(0)))}
    people = {"giver": {"user": giver, "pin": PIN}, "taker": {"user": taker, "pin": PIN}}
    done = cashier.do("hand_over", counted=counted, **people)
    if done is None:
        return
    cashier.user = taker
    difference = done["handed_over"]["difference"]
    if Decimal(difference) and not cashier.machine.disk.forked:
        cashier.complaints.append(f"{cashier.machine.label}: the drawer that was handed over differs by {difference}")


def verify(cashier: Cashier) -> None:
    """A supervisor holds a closed shift against the books, and now and then finds a coin more."""
    before = cashier.user
    cashier.acts_as(SUPERVISOR)
    waiting = [row for row in cashier.ask("shifts")["shifts"] if row["may"]]
    if waiting:
        row = cashier.world.random.choice(waiting)
        more = Decimal(cashier.world.random.choice(("0.00", "0.00", "1.00", "-1.00")))
        counted = {"total": str(max(Decimal(row["counted"]) + more, Decimal(0)))}
        cashier.do("verify_shift", shift=row["shift"], counted=counted, note="counted again")
    cashier.acts_as(before)
