"""Ticket paper at this window: put into the printer, spoiled, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos.domain.blanks import Move, hand
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.serials import Serials, counted, named, without
from pos.till.counter import blankcount, blanks
from pos.till.counter.approval import approved, may_alone
from pos.till.desk import Desk
from pos.till.stock.common import checked_here, moved, own, tell, to_json, where_is


def load_stock(
    desk: Desk, *, to: str = "", after: bool = False, found: bool = False, reason: str = "",
    approver: dict[str, Any] | None = None, **numbers: str,
) -> dict[str, Any]:  # fmt: skip
    """Say which number lies next in the printer: `from` it to `to`, else to the end of what follows it here.

    `after`: it is put in behind what lies there. Numbers of what lies there that are skipped are spoiled, for a
    `reason`. `found`: nobody is known to have given it to this window, and the office is told so.
    Raises Refused: bad_request not_allowed approval_needed wrong_pin storage_failed fenced.
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    if not blanks.numbered(desk):
        raise Refused("not_allowed", what="stock", reason="the ticket printer here has no numbered blanks")
    (new,) = named("from", [f"{numbers['from']}-{to}" if to else numbers["from"]])
    here = desk.ledger.blanks.books().lacking(hand(desk.outside.till), new)
    if here and not found:
        checked_here(desk, [new])
    if here and (where := where_is(desk, here[0])):
        raise Refused("not_allowed", what="stock", reason=f"{here[0]} is {where}")
    lies = blanks.loaded(desk)
    skipped = [] if here or after else _skipped(lies, new)
    by: dict[str, str] = {}
    if skipped:
        if not reason.strip():
            text = f"{', '.join(map(str, skipped))} would be skipped: give a reason"
            raise Refused("bad_request", field="reason", reason=text)
        by = spoiling(desk, skipped, approver)
    who = {"user": user.id, **by}
    with desk.unit() as unit:
        if here:
            blanks.move(desk, unit, Move.FOUND, here, who)
        if skipped:
            blanks.move(desk, unit, Move.SPOILED, skipped, who | {"reason": reason.strip()})
        whole = new if to else _to_the_end(desk, new)
        behind = [part for one in lies for part in without(one, whole)]
        lie = [*behind, whole] if after else [whole]
        unit.record(Kind.STOCK_LOADED, {"user": user.id, "serials": to_json(lie)})
        blanks.put_loaded(desk, lie)
        answer = unit.answers({"next": blanks.lying_next(desk), "loaded": to_json(blanks.loaded(desk))})
    tell(desk)
    return answer


def _skipped(lies: Sequence[Serials], new: Serials) -> list[Serials]:
    """The blanks that lie in the printer before a number that lies there, too."""
    for n, one in enumerate(lies):
        if one.series == new.series and one.first <= new.first <= one.last:
            return [*lies[:n], *([one.part(one.first, new.first - 1)] * (one.first < new.first))]
    return []


def _to_the_end(desk: Desk, new: Serials) -> Serials:
    """From a number to the last one that follows it without a gap in this window's hand."""
    for one in blanks.in_hand(desk):
        if one.series == new.series and one.first <= new.first <= one.last:
            return new.part(new.first, one.last)
    return new


def spoil_stock(
    desk: Desk, *, serials: list[str], reason: str, approver: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Blanks are spoiled. Above the venue's `paper_spoil_alone` a supervisor approves."""
    user, bad = own(desk, serials)
    by = spoiling(desk, bad, approver)
    return moved(desk, Move.SPOILED, bad, {"user": user, **by, "reason": reason.strip()})


def spoiling(desk: Desk, serials: Sequence[Serials], approver: dict[str, Any] | None) -> dict[str, str]:
    alone = counted(serials) <= desk.season().venue.paper_spoil_alone
    by = approved(desk, approver)
    if not alone and not may_alone(desk, by):
        raise Refused("approval_needed", what="spoil_stock", count=counted(serials))
    return {"approver": by} if by else {}


def count_stock(desk: Desk, *, serials: list[str], note: str = "") -> dict[str, Any]:
    """What is left here, counted before anybody is told what should be. A difference takes a `note`, and is booked.

    Raises Refused: bad_request not_signed_in storage_failed fenced.
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    here = named("serials", serials) if serials else []
    paper = blankcount.compared(desk, here)
    if blankcount.differs(paper) and not note.strip():
        reason = "it is not what should be here: look again, or say in a note what became of it"
        raise Refused("bad_request", field="note", reason=reason, **{key: paper[key] for key in ("missing", "more")})
    with desk.unit() as unit:
        blankcount.book_count(desk, unit, {"user": user.id, "note": note.strip()}, paper)
        answer = unit.answers({"count": paper | {"left": blanks.left(desk)}})
    tell(desk)
    return answer
