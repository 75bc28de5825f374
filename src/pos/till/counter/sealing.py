"""The end of a ledger: a dead machine's own disk says, once and for all, that it is over.

Only the disk itself can say so. A copy of it knows nothing of what the disk has done since,
and may be one of many. The office frees what a sealed ledger held because this fact says so.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain.facts import Kind
from pos.domain.rights import Effect, OfficeState, OwnRight, OwnState
from pos.store.payments import Payment
from pos.till.counter.passing import let_go
from pos.till.desk import Desk

SEALED: Final = "this till was sealed: it has given everything back, and may never sell again"


class CannotSeal(Exception):
    """This is not known to be the till's own, last ledger. The text is for a person."""


def seal(desk: Desk) -> int:
    """Give everything back by the last fact of this ledger; how many places it names.

    Card payments whose end this ledger will not see are named in it, for a person at the office.
    Durable when it returns; a ledger that is sealed already stays as it is. Raises CannotSeal,
    Refused("storage_failed").
    """
    if desk.sealed:
        return 0
    if desk.forgot:
        raise CannotSeal(f"this is an old copy of the till's ledger: {desk.fenced}")
    mark = desk.outside.mark.read()
    if mark is None or mark[0] != desk.outside.incarnation:
        raise CannotSeal("the high-water mark of this ledger is not on this machine, so this may be a copy of it")
    shift = desk.ledger.open_shift()
    rights = [(show, place, right) for show, places in desk.rights.items() for place, right in places.items()]
    book = desk.ledger.payments
    body = {
        "open_shift": shift.id if shift else None,
        "payments": [_unused(payment) for payment in (*book.pending(), *book.owed(), *book.awaited())],
    }
    effects, gone = let_go(rights)
    for show, place, right in rights:
        # Tickets of a pack may be with anyone: whoever has the pack tells a supervisor what became of them.
        if right.state is OwnState.PAPER:
            lost = Effect(show, place, right.token, OfficeState.PAPER, OfficeState.QUARANTINE, desk.outside.till)
            effects.append(lost)
            gone.append((show, place, OwnRight(OwnState.LOST, right.token)))
    with desk.unit() as unit:
        desk.ledger.baskets.drop_all()
        unit.record(Kind.SEALED, body, effects=effects)
        unit.put_rights(gone)
        desk.ledger.put_meta("sealed", "1")
        desk.ledger.put_meta("fenced", SEALED)
    desk.sealed, desk.fenced = True, SEALED
    return len(gone)


def _unused(payment: Payment) -> dict[str, Any]:
    return {
        "payment": payment.id,
        "purpose": payment.purpose,
        "subject": payment.subject,
        "amount": str(payment.amount),
        "state": payment.state,
        "places": [list(pin) for pin in payment.pins],
    }
