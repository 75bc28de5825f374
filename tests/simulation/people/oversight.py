"""The supervisor, who comes to a window to see what is in dispute and to end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.names import SUPERVISOR

if TYPE_CHECKING:
    from tests.simulation.people.cashier import Cashier


def settle(cashier: Cashier) -> None:
    """Take what nobody has taken, end what can be ended; then the cashier signs in again."""
    before = cashier.user
    cashier.acts_as(SUPERVISOR)
    waiting = cashier.ask("disputes")["disputes"]
    if waiting:
        dispute = cashier.world.random.choice(waiting)
        if dispute["owner"] == "office" and cashier.world.chance(0.5):
            cashier.do("take_dispute", dispute=dispute["id"])
        else:
            way = cashier.world.random.choice(dispute["ways"])
            cashier.do("resolve_dispute", dispute=dispute["id"], way=way, note="looked into")
    _audit(cashier)
    cashier.acts_as(before)


def _audit(cashier: Cashier) -> None:
    """Work through something that the audit has found, unless it is about the supervisor; submit a settlement."""
    found = [one for one in cashier.ask("audit_items")["items"] if SUPERVISOR not in one["people"]]
    if found:
        item = cashier.world.random.choice(found)["id"]
        if cashier.world.chance(0.5):
            cashier.do("take_audit_item", item=item)
        else:
            cashier.do("close_audit_item", item=item, note="looked into")
    for due in cashier.ask("settlements")["due"][:1]:
        cashier.do("submit_settlement", period=due["since"])
