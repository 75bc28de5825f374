"""I8: every till knows what the office knows, but for vouchers and gift cards: whoever has the code asks."""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from typing import Any, Final

from tests.simulation.judge.evidence import Evidence, Found, Window, is_purse, read

_RECORD: Final = struct.Struct("<BIIII")  # a place in the replica: state, holder, since, epoch, hop
_LETTERS: Final = {"POOL": "P", "HELD": "H", "LEASED": "L", "SOLD": "S", "PAPER": "A", "QUARANTINE": "Q"}


def agree(evidence: Evidence) -> Found:
    places: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for show, state, *record in evidence.rows(
        "SELECT show_id, state, holder, epoch, hop FROM place_right ORDER BY show_id, ix"
    ):
        places[show].append((_LETTERS[state], *record))
    over = dict(evidence.rows("SELECT id, state FROM ticket WHERE state IN ('refunded', 'exchanged', 'void')"))
    sales = {row[0] for row in evidence.rows("SELECT id FROM sale")}
    for window in evidence.windows:
        if window.replica is not None:
            yield from _places(window, places)
            yield from _sales(window, sales, over)


def _places(window: Window, places: dict[str, list[tuple[Any, ...]]]) -> Found:
    assert window.replica is not None
    names = dict(read(window.replica, "SELECT id, name FROM holder"))
    blocks: dict[str, bytes] = defaultdict(bytes)
    for show, records in read(window.replica, "SELECT show, records FROM place_block ORDER BY show, block"):
        blocks[show] += records
    for show, all_of_it in places.items():
        wanted = [] if is_purse(show) else all_of_it
        found = [(chr(s), names.get(h, ""), e, hop) for s, h, _, e, hop in _RECORD.iter_unpack(blocks[show])]
        wrong = [ix for ix, pair in enumerate(zip(found, wanted, strict=False)) if pair[0] != pair[1]]
        if wrong:
            at = wrong[0]
            yield f"the replica of {window.name} has {found[at]} at {show} {at}, the office {wanted[at]}"
        elif len(found) != len(wanted):
            yield f"the replica of {window.name} has {len(found)} places of {show}, the office {len(wanted)}"


def _sales(window: Window, sales: set[str], over: dict[str, str]) -> Found:
    assert window.replica is not None
    bodies = [json.loads(row[0]) for row in read(window.replica, "SELECT body FROM sale")]
    known = {body["id"] for body in bodies}
    if known != sales:
        yield f"the replica of {window.name} lacks sales {sales - known}, has too many {known - sales}"
    for body in bodies:
        for ticket in body["tickets"]:
            told, state = ticket.get("state", "live"), over.get(ticket["id"], "live")
            if told != state:
                yield f"the replica of {window.name} has {ticket['id']} as {told}, the office as {state}"
