"""A blind count: what the books expect is told to nobody before the count stands.

Where the venue wants a word about a difference (`[venue] note_over`) a count without one is refused, and that
says no more than that it differs; so is one whose ticket paper differs, where that was counted. Each count that was
refused so is kept and goes into the report, so that nobody feels their way to what the books say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pos.domain.declared import STOCK, Pile
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.store.shiftbook import ShiftRow
from pos.till.counter import blankcount, blanks
from pos.till.counter.witness import second
from pos.till.desk import Desk


def amount(desk: Desk, field: str, text: str) -> Money:
    """An amount in the house's currency. Raises Refused("bad_request")."""
    try:
        return Money.parse(text, desk.season().venue.currency)
    except ValueError as error:
        raise Refused("bad_request", field=field, reason=str(error)) from error


Count = dict[str, Any]  # {`counted`, `by`, `at`}, and `stock`, the ranges of ticket paper where that was counted


def check_note(
    desk: Desk, row: ShiftRow, what: str, counted: Money, expected: Money, note: str,
    paper: dict[str, Any] | None = None,
) -> list[Count]:  # fmt: skip
    """The counts of this drawer that were refused before this one. Raises Refused("note_needed").

    `paper` is the count of ticket paper held against the books. Any difference of it takes a note."""
    before: list[Count] = json.loads(desk.ledger.meta(_key(row)) or "[]")
    over, off = desk.season().venue.note_over, abs((counted - expected).minor)
    differs = (over is not None and off > over.minor) or (paper is not None and blankcount.differs(paper))
    if not differs or note.strip():
        return before
    told: Count = {
        "counted": str(counted),
        "by": desk.signed_in().id,
        "at": desk.clock.now().isoformat(timespec="seconds"),
    }
    told |= {"stock": paper["counted"]} if paper is not None else {}
    with desk.unit():
        desk.ledger.put_meta(_key(row), json.dumps([*before, told]))
    raise Refused("note_needed", what=what, counts=len(before) + 1)


def forget_counts(desk: Desk, row: ShiftRow) -> None:
    """The count stands: the next one of this drawer begins anew. In the transaction that books it."""
    if desk.ledger.meta(_key(row)):
        desk.ledger.put_meta(_key(row), "")


def _key(row: ShiftRow) -> str:
    return f"counts.{row.id}"


def asked(desk: Desk) -> dict[str, bool]:
    """What a close asks for beside the cash: `stock`, a count of ticket paper, where it has numbers here, and whether
    it must be (`count_paper`); whether somebody else must sign (`close_by_two`)."""
    venue, stock = desk.season().venue, blanks.numbered(desk)
    return {"stock": stock, "count_paper": stock and venue.count_paper, "close_by_two": venue.close_by_two}


def paper_of(desk: Desk, piles: Mapping[str, Pile]) -> dict[str, Any] | None:
    """The ticket paper that was declared, held against the books; None where none was.

    Raises Refused("bad_request") where the venue wants it counted, ("not_allowed") while nobody knows which blanks a
    print has used: a count could not tell those from what is missing."""
    if STOCK in piles:
        if blanks.unsettled(desk):
            reason = "nobody has said yet what the ticket printer brought out; after that the paper can be counted"
            raise Refused("not_allowed", what="close_shift", reason=reason)
        return blankcount.compared(desk, piles[STOCK].serials)
    if asked(desk)["count_paper"]:
        raise Refused("bad_request", field="declared.stock", reason="is missing: ticket paper is counted at the close")
    return None


def check_none_keyed(desk: Desk, what: str) -> None:
    """Raises Refused("not_allowed", keyed=…) while paper sales are keyed and not booked: their cash is in the drawer,
    and whoever counts it would have too much."""
    if keyed := desk.ledger.packs.keyed():
        raise Refused("not_allowed", what=what, reason="paper sales are keyed and not booked", keyed=len(keyed))


def witness_of(desk: Desk, witness: dict[str, Any] | None) -> str:
    """Who signs beside the one who counts, "" for nobody. Raises Refused: check_needed wrong_pin locked_out
    not_allowed."""
    return second(desk, witness, needed=desk.season().venue.close_by_two, what="close_shift")
