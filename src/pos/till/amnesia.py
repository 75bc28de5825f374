"""The amnesia guard: a ledger held against the high-water mark that lies outside its data folder."""

from __future__ import annotations

from pos.store import journal
from pos.store.ledger import Ledger

Mark = tuple[int, int, str]  # incarnation, number and hash of the last fact that was written here


def differs(ledger: Ledger, incarnation: int, number: int, mark: Mark) -> str:
    """Why this ledger, which ends at fact `number`, is not the one that the mark was written for; "" when it is.

    A ledger that is ahead of its mark is a crash, and no amnesia.
    """
    marked, last, digest = mark
    if marked > incarnation:
        return "this till has been enrolled again since this data folder was last used"
    if marked < incarnation:
        return ""
    if last > number:
        return f"the ledger ends at fact {number}, but fact {last} was written here before"
    known = journal.facts_after(ledger.connection, last - 1, 1) if last else []
    if last and (not known or known[0].hash != digest):
        return f"fact {last} is not the one that was written here before"
    return ""
