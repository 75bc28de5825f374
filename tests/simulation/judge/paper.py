"""I2: all paper is at the office; every paper but the first says which copy it is."""

from __future__ import annotations

from collections import Counter

from tests.simulation.judge.evidence import Evidence, Found, Window


def is_known(evidence: Evidence) -> Found:
    known = {row[0]: row[1] for row in evidence.rows("SELECT id, code FROM ticket")}
    for window in evidence.windows:
        for slip in window.slips:
            if slip.ticket not in known:
                if not evidence.destroyed:
                    yield f"paper {slip.ticket} of {window.name} is not at the office"
                continue
            wanted = f"{known[slip.ticket]}.{slip.copy}" if slip.copy else known[slip.ticket]
            if slip.code != wanted:
                yield f"paper {slip.ticket} has code {slip.code}, the office has {wanted}"
        yield from _answered(evidence, window, set(known))


def _answered(evidence: Evidence, window: Window, known: set[str]) -> Found:
    """What a till has said to have sold has come out on paper, and is at the office."""
    if evidence.destroyed:
        return
    printed = {slip.ticket for other in evidence.windows for slip in other.slips}
    for sale in window.sold:
        for ticket in sale["tickets"]:
            if ticket["id"] not in known:
                yield f"sale {sale['id']} of {window.name} was answered, and is not at the office"
            if ticket["id"] not in printed:
                yield f"ticket {ticket['id']} was sold, and never printed"


def copies_are_counted(evidence: Evidence) -> Found:
    """No two papers of a ticket have the same number, whichever windows they came from."""
    papers = Counter((slip.ticket, slip.copy) for window in evidence.windows for slip in window.slips)
    for (ticket, copy), count in papers.items():
        # An old folder cannot know how many copies there are; it never prints another original,
        # but for a job that was begun since the backup, if nothing else happened since.
        excused = any((copy and window.lost) or window.copied for window in evidence.windows)
        if count > 1 and not excused:
            yield f"{ticket} was printed {count} times as copy {copy}"
    if evidence.destroyed:
        return
    counted = dict(evidence.rows("SELECT id, copies FROM ticket"))
    for window in evidence.windows:
        for ticket, copy in window.copies:
            if copy > counted.get(ticket, 0):
                yield f"copy {copy} of {ticket} was answered by {window.name}, the office counts {counted.get(ticket)}"
