"""I6: one holder a token. Nobody may sell, or take back, but the one whom the office has for the holder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

from tests.simulation.judge.evidence import Evidence, Found, ended, is_purse, read

_IN_HAND = "SELECT show, place, state, epoch, hop FROM own_right WHERE state IN ('LEASED', 'SOLD', 'HELD')"
_FENCED = "SELECT value FROM meta WHERE key = 'fenced'"


def one_holder(evidence: Evidence) -> Found:
    records = {
        (show, place): (state, holder, incarnation, epoch, hop)
        for show, place, state, holder, incarnation, epoch, hop in evidence.rows(
            "SELECT show_id, place, state, holder, incarnation, epoch, hop FROM place_right"
        )
    }
    have: dict[tuple[str, str], list[str]] = defaultdict(list)
    for window in evidence.windows:
        newest = max(inc for other in evidence.windows if other.name == window.name for inc in other.ledgers)
        for incarnation, path in window.ledgers.items():
            if incarnation != newest or read(path, _FENCED):
                continue  # it may not sell
            for show, place, state, epoch, hop in read(path, _IN_HAND):
                have[show, place].append(f"{window.name}.{incarnation}")
                mine, record = (state, window.name, incarnation, epoch, hop), records[show, place]
                if record != mine:
                    yield f"{window.name}.{incarnation} has {show} {place} as {mine}, the office says {record}"
    for place, tills in have.items():
        if len(tills) > 1:
            yield f"{place} is in the hands of {', '.join(tills)}"
    live = set(evidence.rows("SELECT show_id, unit FROM ticket WHERE state = 'live'"))
    for place, (state, *_rest) in records.items():
        if is_purse(place[0]):
            if state not in ("SOLD", "QUARANTINE"):
                yield f"{place} is {state} at the office"
        elif (state == "SOLD") != (place in live):
            yield f"{place} is {state} at the office, and has {'a' if place in live else 'no'} live ticket"


def two_hands(ledgers: Mapping[str, Path], cloned: Collection[tuple[str, str]] = ()) -> list[str]:
    """Who holds the same right as another, at this very moment. `ledgers`: of tills that run, by their labels;
    `cloned` are places that a clone may have passed on."""
    have: dict[tuple[str, str], list[str]] = defaultdict(list)
    for label, path in ledgers.items():
        if not read(path, _FENCED):
            for show, place, state, epoch, hop in read(path, _IN_HAND):
                have[show, place].append(f"{label} ({state} {epoch}.{hop})")
    return [
        f"{place} is in the hands of {' and '.join(tills)} at once"
        for place, tills in have.items()
        if tills[1:] and place not in cloned
    ]


def tickets_end_by_facts(evidence: Evidence) -> Found:
    """What the office has of a ticket follows from the facts it has, unless it is in dispute.

    Where the fact went with its ledger, the place may have come to others by certificates: then it is void.
    """
    back = {one.ticket for window in evidence.windows for one in window.returned}
    becomes: dict[str, str] = {}
    for fact in evidence.facts:
        becomes.update(ended(fact))
    disputed = _in_dispute(evidence)
    for ticket, show, place, state in evidence.rows("SELECT id, show_id, unit, state FROM ticket"):
        if (show, place) in evidence.cloned:
            continue
        expected = becomes.get(ticket, "live")
        if state != expected and ticket not in disputed and not (state == "void" and ticket in back):
            yield f"{ticket} is {state} at the office, by its facts it is {expected}"


def _in_dispute(evidence: Evidence) -> set[str]:
    rows = evidence.rows("SELECT json_each.value FROM dispute, json_each(dispute.body, '$.tickets')")
    return {row[0] for row in rows}
