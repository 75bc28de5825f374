"""Ticket paper from the works and between windows, by the serial numbers of its blanks (`pos.domain.blanks`).

Everything works while the office is away: a window only ever gives away what is in its own hand, and takes in what
lies before the person who counts it. What another window has to do with it is known as far as was heard.
"""

from __future__ import annotations

from typing import Any, Final

from pos.domain.blanks import Move, hand, transfers_in
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.serials import Serials, apart_from, counted, meets, named, ranges
from pos.store import records
from pos.till.counter import blanks
from pos.till.counter.numbers import Series, next_id, take
from pos.till.desk import Desk
from pos.till.orders import recording
from pos.till.stock.common import earlier, moved, own, sent, supervised, tell, to_json, where_is

BOXES: Final = Series("stock.boxes", "B")


def receive_stock(
    desk: Desk, *, box: str, serials: list[str], note: str = "", approver: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A box of ticket paper has come from the works to this window. For a supervisor.

    Raises Refused: bad_request not_allowed approval_needed wrong_pin storage_failed fenced.
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    new = named("serials", serials)
    by = supervised(desk, "receive_stock", approver)
    for one in new:
        for known in (_known_box(desk, one), where_is(desk, one)):
            if known:
                raise Refused("not_allowed", what="stock", reason=f"{one} is known already: {known}")
        if desk.ledger.blanks.books().within(hand(desk.outside.till), one):
            raise Refused("not_allowed", what="stock", reason=f"some of {one} is at this window already")
    with desk.unit() as unit:
        id = next_id(desk, BOXES)
        record = {"id": id, "home": desk.outside.till, "box": box, "serials": to_json(new), "note": note.strip()}
        record |= {"at": desk.clock.now().isoformat(timespec="seconds"), "state": "received"}
        body = {"user": user.id, **by, "record": record}
        unit.record(Kind.STOCK_RECEIVED, body)
        records.put(desk.ledger.connection, "stock_box", record)
        desk.ledger.blanks.book(transfers_in(Kind.STOCK_RECEIVED, desk.outside.till, body, own=True))
        take(desk, BOXES)
        answer = unit.answers({"box": record, "count": counted(new)})
    tell(desk)
    return answer


def _known_box(desk: Desk, serials: Serials) -> str:
    for box in recording.known(desk, "stock_box").values():
        if any(meets(one, serials) for one in ranges(box["serials"])):
            return f"box {box['box']}"
    return ""


def return_stock(
    desk: Desk, *, serials: list[str], reason: str, approver: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Ticket paper goes back to the works, or is destroyed. For a supervisor."""
    user, gone = own(desk, serials)
    by = supervised(desk, "return_stock", approver)
    return moved(desk, Move.SENT_BACK, gone, {"user": user, **by, "reason": reason.strip()})


def issue_stock(desk: Desk, *, to: str, serials: list[str], note: str = "") -> dict[str, Any]:
    """Give ticket paper to another window: it is on its way until somebody there has counted it in."""
    user, given = own(desk, serials)
    if to == desk.outside.till or to not in desk.season().tills:
        raise Refused("bad_request", field="to", reason=f"{to} is no other window of this house")
    return moved(desk, Move.ISSUED, given, {"user": user, "other": to, "note": note.strip()})


def take_stock(desk: Desk, *, serials: list[str], request: str = "", note: str = "", **giver: str) -> dict[str, Any]:
    """Count ticket paper in that came `from` another window. What is on the way by its word, and is not named, stays
    there. From this window itself it is what was in its hand before it was enrolled anew.

    Raises Refused: bad_request not_allowed storage_failed fenced.
    """
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    taken, own, source = named("serials", serials), desk.outside.till, giver["from"]
    if source != own and source not in desk.season().tills:
        raise Refused("bad_request", field="from", reason=f"there is no window {source}")
    books = desk.ledger.blanks.books()
    for one in taken:
        if books.within(hand(own), one):
            raise Refused("not_allowed", what="stock", reason=f"some of {one} is at this window already")
        if source == own and apart_from(earlier(desk), one):
            raise Refused("not_allowed", what="stock", reason=f"{one} was not in this window's hand before")
    mine = recording.mine(desk, "stock_request", request) if request else None
    what = Move.TAKEN_OVER if source == own else Move.TAKEN
    more = {"user": user.id, "other": source, "note": note.strip()} | ({"request": request} if request else {})
    with desk.unit() as unit:
        body = blanks.move(desk, unit, what, taken, more)
        if mine is not None:
            done = mine | {"state": "done"}
            recording.keep(desk, unit, Kind.STOCK_REQUEST_CHANGED, done, {"user": user.id})
        answer = unit.answers({"moved": body, "left": blanks.left(desk)})
    tell(desk)
    return answer


def withdraw_stock(desk: Desk, *, to: str, serials: list[str], note: str = "") -> dict[str, Any]:
    """What was on its way to another window comes back instead. Raises Refused("not_allowed")."""
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    back = named("serials", serials)
    underway = [one for sent in sent(desk) if sent["to"] == to for one in ranges(sent["serials"])]
    for one in back:
        if apart_from(underway, one):
            raise Refused("not_allowed", what="stock", reason=f"{one} is not on its way from here to {to}")
    return moved(desk, Move.WITHDRAWN, back, {"user": user.id, "other": to, "note": note.strip()})
