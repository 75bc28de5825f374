"""What a till may not do while its office, or the bank, cannot be asked, and what the cashier can do instead.

One table: a refusal that is due to the office being away gets the ways out that fit it, as `instead` among its fields.
Programs go by their names, people read their sentences (`pos.till.refusals.WAYS`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.domain.errors import Refused
from pos.till.desk import Desk


@dataclass(frozen=True)
class Limit:
    """A refusal and its ways out, the best first.

    It is one of `code`, of these `verbs` (any, when none is named), that has a field `has` and is `of` this (by its
    `what` or `kind`). What `needs_office` is refused for the office being away alone; a cap holds for the bank, too.
    """

    code: str
    instead: tuple[str, ...]
    verbs: tuple[str, ...] = ()
    has: str = ""
    of: tuple[str, ...] = ()
    needs_office: bool = True

    def fits(self, verb: str, refused: Refused, *, away: bool) -> bool:
        fields = refused.fields
        return (
            refused.code == self.code
            and (away or not self.needs_office)
            and (not self.verbs or verb in self.verbs)
            and (not self.has or fields.get(self.has) is not None)
            and (not self.of or fields.get("what") in self.of or fields.get("kind") in self.of)
        )


_SETTLING: Final = ("submit_settlement", "audit_settlement", "accept_settlement", "return_settlement", "settlement")

# The first that fits counts.
LIMITS: Final[tuple[Limit, ...]] = (
    # Money that nobody can vouch for now.
    Limit("limit_exceeded", ("cash", "split", "reserve"), of=("card", "mobile", "transfer"), needs_office=False),
    Limit("approval_needed", ("approval", "cash"), of=("card",), needs_office=False),
    Limit("not_allowed", ("cash",), ("exchange",), of=("card",), needs_office=False),
    Limit("not_allowed", ("cash", "reserve"), of=("card",), needs_office=False),
    Limit("offline", ("cash", "reserve"), of=("mobile", "transfer")),
    Limit("right_elsewhere", ("cash", "reserve"), has="purse"),
    # Money paid out again.
    Limit("limit_exceeded", ("case",), of=("refund",), needs_office=False),
    Limit("right_to_refund_elsewhere", ("claim", "other_window", "case"), ("refund",)),
    Limit("right_to_refund_elsewhere", ("other_window", "case")),
    # Paper of tickets that are sold.
    Limit("right_to_issue_elsewhere", ("other_window", "case")),
    # Rights to sell.
    Limit("right_elsewhere", ("case", "wait"), has="package"),
    Limit("right_elsewhere", ("other_window", "wait"), has="hold"),
    Limit("right_elsewhere", ("other_window", "wait"), has="order"),
    Limit("right_elsewhere", ("fewer",), has="free"),
    Limit("right_elsewhere", ("other_places", "other_window")),
    # What only the office can know or put in order.
    Limit("offline", ("elsewhere", "wait"), of=("season",)),
    Limit("offline", ("other_places", "wait"), ("release_places",)),
    Limit("offline", ("lock_drawer", "wait"), ("take_over",)),
    Limit("offline", ("at_its_till", "wait"), ("verify_shift",)),
    Limit("offline", ("at_its_till", "wait"), _SETTLING),
    Limit("offline", ("draft", "wait"), ("sign_statement",)),
    Limit("offline", ("case", "wait"), ("export_customer",)),
    Limit("offline", ("wait",), ("sync", "frozen_places")),
    # What may be known elsewhere.
    Limit("unknown_ticket", (), has="training"),
    Limit("unknown_ticket", ("seller", "case")),
    Limit("unknown_order", ("seller", "case")),
    Limit("unknown_hold", ("wait",)),
    Limit("unknown_customer", ("wait",)),
)


def due_to_the_office(refused: Refused) -> bool:
    """Whether it says itself that the office could not be asked."""
    return refused.code == "offline" or "cause" in refused.fields


def limit_of(verb: str, refused: Refused, *, away: bool) -> Limit | None:
    """The row that a refusal of this verb belongs to; None for one that has nothing to do with the office."""
    away = away or due_to_the_office(refused)
    return next((limit for limit in LIMITS if limit.fits(verb, refused, away=away)), None)


def advise(desk: Desk, verb: str, refused: Refused) -> None:
    """Add to a refusal what can be done instead, where the office or the bank is the reason."""
    limit = limit_of(verb, refused, away=desk.outside.office.link().state != "online")
    if limit is not None and limit.instead:
        ways = [way for way in limit.instead if _open(desk, refused, way)]
        refused.fields["instead"] = ways or ["wait"]


def _open(desk: Desk, refused: Refused, way: str) -> bool:
    """Whether a way is one here and now."""
    if way == "other_window":
        return refused.fields.get("holder") not in (None, "", "office", desk.outside.till)
    if way == "claim":
        return desk.season().venue.refund_offline_cap is not None
    return True
