"""Drawers and shifts that were counted by two who did not know of each other: a person looks at both counts."""

from __future__ import annotations

from pos.domain.facts import Fact
from sync.office.rules.page import Page


def counted_out(page: Page, fact: Fact) -> None:
    """Somebody counts out the drawer that a till has left. Where somebody else has, the money is there once."""
    shift = str(fact.body["till"]), str(fact.body["shift"])
    before = page.counted.setdefault(shift, fact.fact_id)
    if before != fact.fact_id:
        fields = {"shift": shift[1], "before": before.partition(".")[0]}
        page.dispute(fact.fact_id, "drawer_counted_twice", f"{shift[1]} was counted out by {before}", **fields)


def closed(page: Page, fact: Fact) -> None:
    """A till closes its shift after another has counted out its drawer by a copy, taking it for dead."""
    shift = str(fact.body["shift"])
    if (before := page.counted.get((fact.till, shift))) is not None:
        fields = {"shift": shift, "before": before.partition(".")[0]}
        page.dispute(fact.fact_id, "drawer_counted_twice", f"{shift} was counted out by {before}", **fields)


def verified(page: Page, fact: Fact) -> None:
    """A closed shift is verified once; where two did it apart from each other, a person looks at both counts."""
    shift = str(fact.body["shift"])
    before = page.verified.setdefault(shift, fact.fact_id)
    if before != fact.fact_id:
        fields = {"shift": shift, "before": before.partition(".")[0]}
        page.dispute(fact.fact_id, "shift_verified_twice", f"{shift} was verified by {before}", **fields)
