"""Who did what: the office holds every fact against the same roles as the till."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, select

from pos.domain.facts import Fact, Kind
from pos.domain.season import APPROVING_ROLES, MAY, SELLING_ROLES, SETTLING_ROLES
from sync.office.rules.bodies import document_in
from sync.office.store.tables import DOCUMENT

SETTLES: Final = (Kind.DISPUTE_TAKEN, Kind.DISPUTE_RESOLVED)
# Kinds of facts that take another right than selling does, by its name in MAY.
_RIGHTS: Final[dict[str, str]] = {
    Kind.CUSTOMERS_MERGED: "customers",
    Kind.CUSTOMER_ERASED: "customers",
    Kind.DRAWER_OPENED: "open_drawer",
    Kind.SHIFT_VERIFIED: "verify",
    Kind.SETTLEMENT_SUBMITTED: "submit",
    Kind.SETTLEMENT_AUDITED: "audit",
    Kind.SETTLEMENT_ACCEPTED: "audit",
    Kind.SETTLEMENT_RETURNED: "audit",
    Kind.AUDIT_ITEM_TAKEN: "oversee",
    Kind.AUDIT_ITEM_EXPLAINED: "look",
    Kind.AUDIT_ITEM_CLOSED: "oversee",
    Kind.STATEMENT_SIGNED: "settle",
    Kind.DEPOSIT_MADE: "bank",
    Kind.DEPOSIT_CREDITED: "bank",
    Kind.DIFFERENCE_EXPLAINED: "bank",
    Kind.PLAN_ISSUED: "plan",
    Kind.DRILL_HELD: "plan",
}

# Who did it, or who approved it, must be somebody who approves.
_APPROVED: Final = (
    Kind.CHANGE_APPROVED,
    Kind.CHANGE_REFUSED,
    Kind.SHOW_ABANDONED,
    Kind.PLACES_CLOSED,
    Kind.PLACES_REOPENED,
)


@dataclass(frozen=True)
class People:
    """The roles of those who did the facts of a page, by user."""

    roles: dict[str, str]

    @classmethod
    def of(cls, connection: Connection, facts: Sequence[Fact]) -> People:
        named = {
            user
            for fact in facts
            for user in (user_of(fact), *approvers_of(fact), *price_makers(fact), second_of(fact))
        }
        users = sorted(filter(None, named))
        rows = connection.execute(
            select(DOCUMENT.c.id, DOCUMENT.c.body).where(
                DOCUMENT.c.family == "user", DOCUMENT.c.id.in_(bindparam("users", expanding=True))
            ),
            {"users": users},
        )
        return cls({row.id: json.loads(row.body)["role"] for row in rows})

    def may(self, fact: Fact) -> bool:
        """Whether who did this has a role for it."""
        if fact.kind == Kind.SHIFT_VERIFIED and user_of(fact) == fact.body.get("closed_by"):
            return False  # nobody verifies what they have counted themselves
        if fact.kind in _RIGHTS:
            return self.roles.get(user_of(fact)) in MAY[_RIGHTS[fact.kind]]
        if fact.kind == Kind.EVACUATION_CALLED:
            return True  # whoever sees the smoke, signed in or not
        if fact.kind == Kind.EVACUATION_ENDED:
            record = fact.body.get("record")
            here = isinstance(record, dict) and record.get("here") is True
            return self.roles.get(user_of(fact)) in (MAY["look"] if here else APPROVING_ROLES)
        if fact.kind == Kind.PLAN_ACTION_CHANGED:
            record = fact.body.get("record")
            theirs = isinstance(record, dict) and record.get("owner") == user_of(fact)
            return self.roles.get(user_of(fact)) in MAY["look" if theirs else "plan"]
        if fact.kind == Kind.SAFE_COUNTED:
            return all(self.roles.get(who) for who in (user_of(fact), second_of(fact)))
        if fact.kind in _APPROVED:
            named = {user_of(fact), *approvers_of(fact)}
            return any(self.roles.get(who) in APPROVING_ROLES for who in named)
        supervised = fact.kind in SETTLES or fact.kind == Kind.PLACES_RELEASED
        return self.roles.get(user_of(fact)) in (SETTLING_ROLES if supervised else SELLING_ROLES)

    def unapproved(self, fact: Fact) -> list[str]:
        """Those who let tickets of a fact be sold at a price that takes a supervisor, and are none, sorted."""
        return sorted(user for user in price_makers(fact) if self.roles.get(user) not in APPROVING_ROLES)


def price_makers(fact: Fact) -> set[str]:
    """Who approved what tickets of a fact cost: a price set by hand, a complimentary ticket, a price type that asks
    for it. A body that cannot be read names nobody."""
    tickets = document_in(fact).get("tickets")
    found: set[str] = set()
    for ticket in tickets if isinstance(tickets, list) else ():
        if isinstance(ticket, dict):
            marks = [ticket] if "approver" in ticket else []
            marks += [mark for name in ("override", "comp") if isinstance(mark := ticket.get(name), dict)]
            found.update(str(mark.get("approver", "")) for mark in marks)
    return found


def user_of(fact: Fact) -> str:
    """Who did it, "" where nobody is named."""
    user = document_in(fact).get("user", "")
    return user if isinstance(user, str) else ""


def second_of(fact: Fact) -> str:
    """Who stood by with a PIN of their own, "" where nobody did."""
    second = fact.body.get("second", "")
    return second if isinstance(second, str) else ""


def approvers_of(fact: Fact) -> set[str]:
    """Who approved it, or let something of it be sold from its hold."""
    document = document_in(fact)
    tickets = document.get("tickets")
    named = [document.get("approver")]
    named += (
        [ticket.get("hold_by") for ticket in tickets if isinstance(ticket, dict)] if isinstance(tickets, list) else []
    )
    return {user for user in named if user and isinstance(user, str)}
