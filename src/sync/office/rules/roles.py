"""Whether whoever did a fact had a role for it, as the office has them: a dispute where not, since it has been done."""

from __future__ import annotations

from pos.domain.facts import Fact
from sync.office.rules.live import may_use, uses
from sync.office.rules.page import Page
from sync.office.rules.people import approvers_of, user_of


def check(page: Page, fact: Fact) -> None:
    """The office checks who did it, and who approved its prices, too: a dispute, since it has been done."""
    user = user_of(fact)
    if user and not page.people.may(fact):
        role = page.people.roles.get(user, "unknown")
        page.dispute(fact.fact_id, "role", f"{fact.kind} by {user!r}, whose role here is {role}", role=role)
        return
    for who in page.people.unapproved(fact)[:1]:
        role = page.people.roles.get(who, "unknown")
        page.dispute(fact.fact_id, "role", f"a price approved by {who!r}, whose role here is {role}", role=role)


def holds_used(page: Page, fact: Fact) -> set[str]:
    """The holds that a fact does something with, as its places have them before it."""
    if not uses(fact):
        return set()
    named = {effect.ticket for effect in fact.effects if effect.after == "HELD"}
    records = (page.board.places.get((e.show, e.place)) for e in fact.effects if e.before == "HELD" != e.after)
    return named | {place.ticket for place in records if place is not None and place.state == "HELD"}


def check_holds(page: Page, fact: Fact, holds: set[str]) -> None:
    """Holds go by their type: who may not touch one needs somebody who approves."""
    if page.live.is_due(fact):
        return  # nobody's decision: its time had come
    roles, user = page.people.roles, user_of(fact)
    approvers = [roles.get(name, "") for name in approvers_of(fact) if name != user]
    for hold in sorted(holds):
        type_, role = page.live.type_of(hold), roles.get(user, "unknown")
        if type_ and not may_use(type_, role, approvers):
            detail = f"{fact.kind} by {user!r}, whose role here is {role}: {hold} is a hold of type {type_}"
            page.dispute(fact.fact_id, "role", detail, role=role)
