"""I2: all paper is at the office; every paper but the first says which copy it is."""

from __future__ import annotations

from collections import defaultdict

from tests.simulation.judge.evidence import Evidence, Found, Window, on_paper, owner


def is_known(evidence: Evidence) -> Found:
    known = {ticket["id"]: ticket["code"] for fact in evidence.facts for ticket in on_paper(fact)}
    known |= {row[0]: row[1] for row in evidence.rows("SELECT id, code FROM ticket")}
    for window in evidence.windows:
        for slip in window.slips:
            if slip.ticket not in known:
                if not evidence.doubtful(slip.ticket):
                    yield f"paper {slip.ticket} of {window.name} is not at the office"
                continue
            wanted = f"{known[slip.ticket]}.{slip.copy}" if slip.copy else known[slip.ticket]
            if slip.code != wanted and not evidence.doubtful(slip.ticket):
                yield f"paper {slip.ticket} has code {slip.code}, the office has {wanted}"
        yield from _answered(evidence, window, set(known))


def _answered(evidence: Evidence, window: Window, known: set[str]) -> Found:
    """What a till has said to have sold has come out on paper, and is at the office."""
    printed = {slip.ticket for other in evidence.windows for slip in other.slips}
    over = {back.ticket for other in evidence.windows for back in other.returned}
    for sale in window.sold:
        for ticket in sale["tickets"]:
            if evidence.doubtful(ticket["id"]):
                continue
            if ticket["id"] not in known:
                yield f"sale {sale['id']} of {window.name} was answered, and is not at the office"
            unprintable = owner(ticket["id"]) in window.cut_short or ticket["id"] in window.unprinted | over
            kept = sale.get("kept", False)  # until somebody comes for it
            if ticket["id"] not in printed and not unprintable and not kept:
                yield f"ticket {ticket['id']} was sold, and never printed"


def copies_are_counted(evidence: Evidence) -> Found:
    """No two papers of a ticket have the same number, whichever windows they came from."""
    papers: dict[tuple[str, int], list[Window]] = defaultdict(list)
    for window in evidence.windows:
        for slip in window.slips:
            papers[slip.ticket, slip.copy].append(window)
    for (ticket, copy), printed_at in papers.items():
        # An old folder cannot know how many copies there are; it never prints another original,
        # but for a job that was begun since the backup, if nothing else happened since.
        excused = any(window.copied or (copy and window.doubtful) for window in printed_at)
        if len(printed_at) > 1 and not excused:
            yield f"{ticket} was printed {len(printed_at)} times as copy {copy}"
    counted = dict(evidence.rows("SELECT id, copies FROM ticket"))
    for window in evidence.windows:
        for ticket, copy in window.copies:
            if copy > counted.get(ticket, 0) and not window.doubtful:
                yield f"copy {copy} of {ticket} was answered by {window.name}, the office counts {counted.get(ticket)}"
