"""Drawers and shifts that were counted by two who did not know of each other: a person looks at both counts."""

from __future__ import annotations

from pos.domain.facts import Fact
from sync.office.rules.page import Page


def counted_out(page: Page, fact: Fact) -> None:
    """Somebody counts out the drawer that a till has left. Where somebody else has, the money is there once."""
    before = page.counted.setdefault((str(fact.body["till"]), str(fact.body["shift"])), fact.fact_id)
    if before != fact.fact_id:
        _twice(page, fact, "drawer_counted_twice", "counted out", before)


def closed(page: Page, fact: Fact) -> None:
    """A till closes its shift after another has counted out its drawer by a copy, taking it for dead."""
    if (before := page.counted.get((fact.till, str(fact.body["shift"])))) is not None:
        _twice(page, fact, "drawer_counted_twice", "counted out", before)


def verified(page: Page, fact: Fact) -> None:
    """A closed shift is verified once; where two did it apart from each other, a person looks at both counts."""
    before = page.verified.setdefault(str(fact.body["shift"]), fact.fact_id)
    if before != fact.fact_id:
        _twice(page, fact, "shift_verified_twice", "verified", before)


def _twice(page: Page, fact: Fact, cause: str, done: str, before: str) -> None:
    shift = str(fact.body["shift"])
    page.dispute(fact.fact_id, cause, f"{shift} was {done} by {before}", shift=shift, before=before.partition(".")[0])
