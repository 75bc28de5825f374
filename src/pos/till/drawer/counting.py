"""A blind count: what the books expect is told to nobody before the count stands.

Where the venue wants a word about a difference (`[venue] note_over`) a count without one is refused, and that
says no more than that it differs. Each count that was refused so is kept and goes into the report, so that
nobody feels their way to what the books say.
"""

from __future__ import annotations

import json
from typing import Any

from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.store.shiftbook import ShiftRow
from pos.till.counter.witness import second
from pos.till.desk import Desk


def amount(desk: Desk, field: str, text: str) -> Money:
    """An amount in the house's currency. Raises Refused("bad_request")."""
    try:
        return Money.parse(text, desk.season().venue.currency)
    except ValueError as error:
        raise Refused("bad_request", field=field, reason=str(error)) from error


Count = dict[str, str]  # {`counted`, `by`, `at`}


def check_note(desk: Desk, row: ShiftRow, what: str, counted: Money, expected: Money, note: str) -> list[Count]:
    """The counts of this drawer that were refused before this one. Raises Refused("note_needed")."""
    before: list[Count] = json.loads(desk.ledger.meta(_key(row)) or "[]")
    over, off = desk.season().venue.note_over, abs((counted - expected).minor)
    if over is None or off <= over.minor or note.strip():
        return before
    told = {"counted": str(counted), "by": desk.signed_in().id, "at": desk.clock.now().isoformat(timespec="seconds")}
    with desk.unit():
        desk.ledger.put_meta(_key(row), json.dumps([*before, told]))
    raise Refused("note_needed", what=what, counts=len(before) + 1)


def forget_counts(desk: Desk, row: ShiftRow) -> None:
    """The count stands: the next one of this drawer begins anew. In the transaction that books it."""
    if desk.ledger.meta(_key(row)):
        desk.ledger.put_meta(_key(row), "")


def _key(row: ShiftRow) -> str:
    return f"counts.{row.id}"


def witness_of(desk: Desk, witness: dict[str, Any] | None) -> str:
    """Who signs beside the one who counts, "" for nobody. Raises Refused: wrong_pin locked_out not_allowed."""
    return second(desk, witness, needed=False, what="witness")
