"""I1: at most one live ticket a place, by paper, by what the tills have answered, and by the office's tickets."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.simulation.judge.evidence import Evidence, Found, begun, ended, is_purse, on_paper


def no_place_twice(evidence: Evidence) -> Found:
    where = {row[0]: (row[1], row[2]) for row in evidence.rows("SELECT id, show_id, unit FROM ticket")}
    over: set[str] = {back.ticket for window in evidence.windows for back in window.returned}
    over |= {ticket for window in evidence.windows for ticket in window.brought_back}
    for fact in evidence.all_facts():
        for ticket in (*begun(fact), *on_paper(fact)):
            where.setdefault(ticket["id"], (ticket["show"], ticket["unit"]))
        over.update(ticket for ticket, _ in ended(fact))
    alive = {slip.ticket for window in evidence.windows for slip in window.slips}
    alive |= {ticket["id"] for window in evidence.windows for sale in window.sold for ticket in sale["tickets"]}
    alive |= {row[0] for row in evidence.rows("SELECT id FROM ticket WHERE state = 'live'")}
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for ticket in sorted(alive - over):
        places[where.get(ticket, ("paper of a ledger that is gone", ticket))].append(ticket)
    for place, tickets in places.items():
        # The honest limit: a whole machine that is cloned is two until it speaks to the office.
        if len(tickets) > 1 and place not in evidence.cloned:
            yield f"{place} is sold {len(tickets)} times: {', '.join(tickets)}"
    yield from _seats_on_paper(evidence, over)


def _seats_on_paper(evidence: Evidence, over: set[str]) -> Found:
    """What is printed on the papers that still count, without any table's help."""
    one_of_each = {
        slip.ticket: slip
        for window in evidence.windows
        for slip in window.slips
        if slip.ticket not in over and not (window.cloned and evidence.doubtful(slip.ticket))
    }
    seats = Counter((slip.starts, slip.place) for slip in one_of_each.values() if " " in slip.place)
    shows = sum(not is_purse(row[0]) for row in evidence.rows("SELECT DISTINCT show_id FROM place_right"))
    twice = Counter(place.replace("-", " ") for _, place in evidence.cloned)  # whoever had it from the clone included
    for seat, count in seats.items():
        if count > shows + twice[seat[1].partition(" ")[2]]:
            yield f"{count} papers for {seat}, and there are {shows} shows"
