"""The judge. It shares no code with what it judges: paper, money, and the files as SQLite has them.

Everything here works from what a technician could lay on a table after the evening: the
tickets in people's hands, the drawers, and copies of the databases.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

_RECORD: Final = struct.Struct("<BIIII")  # a place in the replica: state, holder, since, epoch, hop


class Slip(Protocol):
    """A ticket as it reads on paper."""

    ticket: str
    code: str
    place: str
    starts: str
    copy: int


@dataclass(frozen=True)
class Window:
    """One till, after the evening. `ledgers` by incarnation, `lost` are ids of facts that were destroyed;
    `copied`: an old folder was put back that had every fact, and may have printed a queued job twice."""

    name: str
    ledgers: dict[int, Path]
    replica: Path | None
    slips: Sequence[Slip]
    sold: Sequence[dict[str, Any]]
    drawer: Decimal | None  # None when it cannot be known: a folder with sales in it is gone
    lost: frozenset[str]
    copied: bool = False


def judge(office: Path, windows: Sequence[Window]) -> list[str]:
    """What is wrong, in words; nothing when all is well."""
    with closing(sqlite3.connect(f"file:{office}?mode=ro", uri=True)) as db:
        return [
            *_no_place_twice(db, windows),
            *_paper_is_known(db, windows),
            *_facts_once(db, windows),
            *_books(db, windows),
            *_one_holder(db, windows),
            *_replicas(db, windows),
            *_disputes(db, windows),
            *_log_without_gaps(db),
        ]


def _rows(db: sqlite3.Connection, query: str) -> list[tuple[Any, ...]]:
    return db.execute(query).fetchall()


def _journal(path: Path) -> list[tuple[int, str, dict[str, Any], bytes]]:
    with closing(sqlite3.connect(path)) as db:
        rows = _rows(db, "SELECT number, hash, envelope FROM journal ORDER BY number")
    return [(number, digest, json.loads(bytes(text)), bytes(text)) for number, digest, text in rows]


def _destroyed(windows: Sequence[Window]) -> set[str]:
    return {fact for window in windows for fact in window.lost}


# ---- I1: one ticket a place ----------------------------------------------------------------


def _no_place_twice(db: sqlite3.Connection, windows: Sequence[Window]) -> Iterable[str]:
    """By paper, by what the tills have answered, and by the office's tickets."""
    where = {row[0]: (row[1], row[2]) for row in _rows(db, "SELECT id, show_id, unit FROM ticket")}
    for window in windows:
        for path in window.ledgers.values():
            for _, _, fact, _ in _journal(path):
                if fact["kind"] != "TicketsSold":
                    continue
                for ticket in fact["body"]["sale"]["tickets"]:
                    where.setdefault(ticket["id"], (ticket["show"], ticket["unit"]))
    alive = {slip.ticket for window in windows for slip in window.slips}
    alive |= {ticket["id"] for window in windows for sale in window.sold for ticket in sale["tickets"]}
    alive |= {row[0] for row in _rows(db, "SELECT id FROM ticket WHERE state = 'live'")}
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for ticket in sorted(alive):
        if ticket in where:
            places[where[ticket]].append(ticket)
        else:
            places["paper of a ledger that is gone", ticket].append(ticket)
    for place, tickets in places.items():
        if len(tickets) > 1:
            yield f"{place} is sold {len(tickets)} times: {', '.join(tickets)}"
    seats = Counter((slip.starts, slip.place) for slip in _one_of_each(windows) if " " in slip.place)
    shows = len({row[0] for row in _rows(db, "SELECT DISTINCT show_id FROM place_right")})
    for seat, count in seats.items():
        if count > shows:
            yield f"{count} papers for {seat}, and there are {shows} shows"


def _one_of_each(windows: Sequence[Window]) -> Iterable[Slip]:
    return {slip.ticket: slip for window in windows for slip in window.slips}.values()


# ---- I2: all paper is at the office --------------------------------------------------------


def _paper_is_known(db: sqlite3.Connection, windows: Sequence[Window]) -> Iterable[str]:
    known = {row[0]: row[1:] for row in _rows(db, "SELECT id, code, state FROM ticket")}
    gone = _destroyed(windows)
    for window in windows:
        copies = Counter((slip.ticket, slip.copy) for slip in window.slips)
        for (ticket, copy), count in copies.items():
            # An old folder cannot know how many copies there are; it never prints another original,
            # but for a job that was begun since the backup, if nothing else happened since.
            if count > 1 and not (copy and window.lost) and not window.copied:
                yield f"{ticket} was printed {count} times as copy {copy}"
        for slip in window.slips:
            if slip.ticket not in known:
                if not gone:
                    yield f"paper {slip.ticket} of {window.name} is not at the office"
            elif known[slip.ticket][0] != slip.code:
                yield f"paper {slip.ticket} has code {slip.code}, the office has {known[slip.ticket][0]}"
        printed = {slip.ticket for slip in window.slips}
        for sale in window.sold:
            for ticket in sale["tickets"]:
                if ticket["id"] not in known and not gone:
                    yield f"sale {sale['id']} of {window.name} was answered, and is not at the office"
                if ticket["id"] not in printed and not gone:
                    yield f"ticket {ticket['id']} was sold, and never printed"


# ---- I3, I5: every fact once, numbers without gaps -----------------------------------------


def _facts_once(db: sqlite3.Connection, windows: Sequence[Window]) -> Iterable[str]:
    at_office: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for till, incarnation, number, digest in _rows(
        db, "SELECT till, incarnation, number, hash FROM fact ORDER BY till, incarnation, number"
    ):
        at_office[till, incarnation].append((number, digest))
    for (till, incarnation), facts in at_office.items():
        if [number for number, _ in facts] != list(range(1, len(facts) + 1)):
            yield f"the office's facts of {till}.{incarnation} have gaps: {[number for number, _ in facts]}"
    rivals = set(_rows(db, "SELECT till, incarnation, number, hash FROM rival_fact"))
    for window in windows:
        for incarnation, path in window.ledgers.items():
            journal = _journal(path)
            who = f"{window.name}.{incarnation}"
            yield from _chain(who, journal)
            office = at_office[window.name, incarnation]
            mine = [(number, digest) for number, digest, _, _ in journal]
            if any(fact.startswith(who + ".") for fact in window.lost):
                yield from _forked(
                    who, mine, set(office), {row[2:] for row in rivals if row[:2] == (window.name, incarnation)}
                )
            elif mine != office:
                yield f"{who} has {len(mine)} facts, the office {len(office)} of them"
    sales = Counter(row[0] for row in _rows(db, "SELECT fact_id FROM sale"))
    sold = {row[0] for row in _rows(db, "SELECT fact_id FROM fact WHERE kind = 'TicketsSold'")}
    for fact in sold:
        if sales[fact] != 1:
            yield f"the sale of fact {fact} is {sales[fact]} times at the office"


def _forked(
    who: str, mine: Sequence[tuple[int, str]], office: set[tuple[int, str]], rivals: set[tuple[int, str]]
) -> Iterable[str]:
    """An old folder's journal: what is not the office's history is kept there as its rival."""
    for number, digest in mine:
        if (number, digest) not in office | rivals:
            yield f"{who}: fact {number} of the restored folder is neither at the office nor kept as a rival"


def _chain(who: str, journal: Sequence[tuple[int, str, dict[str, Any], bytes]]) -> Iterable[str]:
    previous = "0" * 64
    for expected, (number, digest, fact, text) in enumerate(journal, 1):
        if number != expected or fact["number"] != expected:
            yield f"{who}: fact {number} where {expected} should be"
        if hashlib.sha256(text).hexdigest() != digest or fact["prev"] != previous:
            yield f"{who}: the chain breaks at fact {number}"
        previous = digest


# ---- I4: money -----------------------------------------------------------------------------


def _books(db: sqlite3.Connection, windows: Sequence[Window]) -> Iterable[str]:
    sums: Counter[str] = Counter()
    booked: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for fact, account, minor in _rows(db, "SELECT fact_id, account, minor FROM posting ORDER BY fact_id, line"):
        sums[account] += minor
        booked[fact].append((account, minor))
    if sum(sums.values()):
        yield f"the ledger sums to {sum(sums.values())}"
    if sums["suspense"]:
        yield f"{sums['suspense']} are in suspense"
    for fact_id, text in _rows(db, "SELECT fact_id, envelope FROM fact"):
        said = [(account, minor) for account, minor, _ in json.loads(text)["money"]]
        if booked[fact_id] != said:
            yield f"{fact_id} moved {said}, booked is {booked[fact_id]}"
    for name in {window.name for window in windows}:
        drawers = [window.drawer for window in windows if window.name == name]
        in_books = Decimal(sums[f"drawer:{name}"]) / 100
        if None not in drawers and in_books != sum(filter(None, drawers)):
            yield f"the drawers of {name} hold {drawers}, the books say {in_books}"


# ---- I6: one holder a token ----------------------------------------------------------------


def _one_holder(db: sqlite3.Connection, windows: Sequence[Window]) -> Iterable[str]:
    """Nobody may sell a place but the one whom the office has for its holder."""
    holders = {
        (show, place): (state, holder, incarnation, epoch)
        for show, place, state, holder, incarnation, epoch in _rows(
            db, "SELECT show_id, place, state, holder, incarnation, epoch FROM place_right"
        )
    }
    have: dict[tuple[str, str], list[str]] = defaultdict(list)
    for window in windows:
        newest = max(inc for other in windows if other.name == window.name for inc in other.ledgers)
        for incarnation, path in window.ledgers.items():
            with closing(sqlite3.connect(path)) as ledger:
                rows = _rows(ledger, "SELECT show, place, epoch FROM own_right WHERE state = 'LEASED'")
                fenced = _rows(ledger, "SELECT value FROM meta WHERE key = 'fenced'")
            if fenced or incarnation != newest:
                continue  # it may not sell
            for show, place, epoch in rows:
                have[show, place].append(f"{window.name}.{incarnation}")
                record = holders[show, place]
                if record != ("LEASED", window.name, incarnation, epoch):
                    yield f"{window.name}.{incarnation} holds {show} {place} under {epoch}, the office says {record}"
    for place, tills in have.items():
        if len(tills) > 1:
            yield f"{place} is in the hands of {', '.join(tills)}"
    live = set(_rows(db, "SELECT show_id, unit FROM ticket WHERE state = 'live'"))
    for place, (state, *_rest) in holders.items():
        if (state == "SOLD") != (place in live):
            yield f"{place} is {state} at the office, and has {'a' if place in live else 'no'} live ticket"


# ---- I8: every till knows what the office knows --------------------------------------------


def _replicas(db: sqlite3.Connection, windows: Sequence[Window]) -> Iterable[str]:
    places: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for show, *record in _rows(db, "SELECT show_id, state, holder, epoch, hop FROM place_right ORDER BY show_id, ix"):
        places[show].append(tuple(record))
    letters = {"POOL": "P", "HELD": "H", "LEASED": "L", "SOLD": "S", "PAPER": "A", "QUARANTINE": "Q"}
    sales = {row[0] for row in _rows(db, "SELECT id FROM sale")}
    for window in windows:
        if window.replica is None:
            continue
        with closing(sqlite3.connect(window.replica)) as replica:
            names = dict(_rows(replica, "SELECT id, name FROM holder"))
            blocks: dict[str, bytes] = defaultdict(bytes)
            for show, records in _rows(replica, "SELECT show, records FROM place_block ORDER BY show, block"):
                blocks[show] += records
            known = {row[0] for row in _rows(replica, "SELECT id FROM sale")}
        for show, expected in places.items():
            found = [(chr(s), names.get(h, ""), e, hop) for s, h, _, e, hop in _RECORD.iter_unpack(blocks[show])]
            wanted = [(letters[s], h, e, hop) for s, h, e, hop in expected]
            wrong = [ix for ix, pair in enumerate(zip(found, wanted, strict=False)) if pair[0] != pair[1]]
            if wrong or len(found) != len(wanted):
                at = wrong[0] if wrong else 0
                yield f"the replica of {window.name} has {found[at]} at {show} {at}, the office {wanted[at]}"
        if known != sales:
            yield f"the replica of {window.name} lacks sales {sales - known}, has too many {known - sales}"


# ---- I10 and the rest ----------------------------------------------------------------------


def _disputes(db: sqlite3.Connection, windows: Sequence[Window]) -> Iterable[str]:
    if _rows(db, "SELECT * FROM parked"):
        yield "effects are parked, and tills do not pass rights to each other"
    for fact, cause, detail in _rows(db, "SELECT fact_id, cause, detail FROM dispute"):
        till, incarnation, _ = fact.split(".")
        touched = any(lost.startswith(f"{till}.{incarnation}.") for window in windows for lost in window.lost)
        if not touched:
            yield f"{fact} is disputed: {cause}: {detail}"


def _log_without_gaps(db: sqlite3.Connection) -> Iterable[str]:
    positions = [row[0] for row in _rows(db, "SELECT position FROM change_log ORDER BY position")]
    if positions != list(range(1, len(positions) + 1)):
        yield "the change log has gaps"
