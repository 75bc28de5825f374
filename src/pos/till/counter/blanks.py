"""Numbered blanks at this till: which lie in the printer, and which of them a print has used.

The laws:

* Selling never waits for paper: a print whose numbers are not known is recorded as one without, and warned of.
* The numbers that a print has used are in the fact that tells of its outcome, in the transaction in which the next
  number moves on; a crash in between loses neither.
* A job of which nobody knows what came out uses no number until a person has looked: then the number that lies next
  in the printer says what is gone. What was gone and is no ticket is spoiled.
* Only the ticket printer has numbered blanks. What is moved to another printer uses none.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pos.domain.blanks import Move, hand, transfers_in
from pos.domain.errors import Refused
from pos.domain.facts import Kind
from pos.domain.serials import Serials, counted, first_of, ranges
from pos.store.ledger import PrintJob
from pos.till.desk import Desk, Unit

ROLE: Final = "ticket"
HAND: Final = "stock_hand"  # the office's word on what each window has (sync.office.rules.stock)
_LOADED: Final = "stock.loaded"


def numbered(desk: Desk) -> bool:
    """Whether this till's tickets are printed on blanks with serial numbers."""
    return desk.outside.printers.numbered(ROLE)


def in_hand(desk: Desk) -> list[Serials]:
    """The blanks at this till, in order."""
    return desk.ledger.blanks.books().of(hand(desk.outside.till))


def left(desk: Desk) -> int:
    return counted(in_hand(desk))


def loaded(desk: Desk) -> list[Serials]:
    """The blanks in the printer, the next one first: what was put in and is still in hand."""
    books, mine = desk.ledger.blanks.books(), hand(desk.outside.till)
    put_in = ranges(json.loads(desk.ledger.meta(_LOADED) or "[]"))
    return [here for one in put_in for here in books.within(mine, one)]


def unsettled(desk: Desk) -> bool:
    """Whether tickets are being printed, or were and nobody knows what came out: what they used is not booked yet."""
    if not numbered(desk):
        return False
    return any(job.role == ROLE and job.tickets for job in desk.ledger.jobs("started", "unknown", latest=None))


def lying_next(desk: Desk) -> str:
    """The number that the next ticket comes out on, "" when it is not known."""
    here = loaded(desk)
    return here[0].number(here[0].first) if here else ""


def put_loaded(desk: Desk, serials: list[Serials]) -> None:
    """These lie in the printer from now on; within a unit."""
    desk.ledger.put_meta(_LOADED, json.dumps([one.to_json() for one in serials]))


# ---- what a print uses -------------------------------------------------------------------


def spent(desk: Desk, job: PrintJob, sheets: int | None, lies_next: str) -> dict[str, Any] | None:
    """What a job that came out has used, as its fact carries it; None where blanks have no numbers.

    `lies_next` is what a person has read off the printer, "" for nobody. Raises Refused("bad_request").
    """
    if not job.tickets or job.role != ROLE or not numbered(desk):
        return None
    pages = len(job.content["tickets"])
    count = pages if sheets is None else sheets
    lies = loaded(desk)
    used, _ = first_of(lies, count)
    spoiled: list[Serials] = []
    if lies_next:
        gone = _gone_before(desk, lies_next)
        if counted(gone) < count:
            reason = f"{count} tickets came out, and only {counted(gone)} numbers before {lies_next} were left"
            raise Refused("bad_request", field="lies_next", reason=reason)
        used, spoiled = first_of(gone, count)
    # A ticket longer than its blank goes on on the next one; all of a job have the same layout.
    each = count // pages if pages and count % pages == 0 else 0
    found: list[dict[str, Any]] = []
    on = used
    for page in job.content["tickets"] if each else ():
        mine, on = first_of(on, each)
        if mine:
            found.append({"ticket": page["ticket"], "serials": [one.to_json() for one in mine]})
    if on:
        found.append({"ticket": "", "serials": [one.to_json() for one in on]})
    return {
        "used": found,
        "spoiled": [one.to_json() for one in spoiled],
        "unknown": count - counted(used),
    }


def book_print(desk: Desk, body: dict[str, Any]) -> None:
    """Book what the fact of a print says that it used; within its unit."""
    book = desk.ledger.blanks
    book.book(transfers_in(Kind.PRINT_REPORTED, desk.outside.till, body, own=True))
    for page in body["stock"]["used"]:
        if page["ticket"]:
            book.note(page["ticket"], body["copy"], ranges(page["serials"]))
    put_loaded(desk, loaded(desk))


def warn(desk: Desk, had: int) -> None:
    """Say so when blanks run low, or when it is not known which lie in the printer. `had` is how many there were."""
    low, now = low_mark(desk), left(desk)
    if now < low <= had:
        desk.emit("stock_low", left=now, low=low)
    if not loaded(desk):
        desk.emit("stock_unloaded", left=now)


def low_mark(desk: Desk) -> int:
    """Below how many blanks a till warns; none while the season is not there."""
    try:
        return desk.season().venue.paper_low
    except Refused:
        return 0


def shown(desk: Desk) -> dict[str, Any] | None:
    """For `status`; None where blanks have no numbers."""
    if not numbered(desk):
        return None
    here = left(desk)
    return {"next": lying_next(desk), "left": here, "low": here < low_mark(desk)}


def _gone_before(desk: Desk, number: str) -> list[Serials]:
    """The blanks of the printer before this number. Raises Refused("bad_request")."""
    try:
        named = Serials.parse(number)
    except ValueError as error:
        raise Refused("bad_request", field="lies_next", reason=str(error)) from error
    gone: list[Serials] = []
    for one in loaded(desk):
        if one.series == named.series and one.first <= named.first <= one.last + 1:
            return gone + [one.part(one.first, named.first - 1)] * (one.first < named.first)
        gone.append(one)
    reason = f"{number} does not lie in the printer; next was {lying_next(desk) or 'not known'}"
    raise Refused("bad_request", field="lies_next", reason=reason)


# ---- spoiled -----------------------------------------------------------------------------


def spoil_before(desk: Desk, user: str, job: PrintJob, lies_next: str) -> None:
    """Of a job that did not come out, and prints again: what is gone from the printer is spoiled.

    Raises Refused("bad_request"), also when it is not told what lies next.
    """
    if job.role != ROLE or not job.tickets or not numbered(desk) or not loaded(desk):
        return
    if not lies_next:
        reason = f"say which number lies next in the printer; before this it was {lying_next(desk)}"
        raise Refused("bad_request", field="lies_next", reason=reason)
    gone = _gone_before(desk, lies_next)
    if gone:
        with desk.unit() as unit:
            move(desk, unit, Move.SPOILED, gone, {"user": user, "reason": "it was not printed well", "job": job.id})


def test_page(desk: Desk, user: str) -> None:
    """A page that is no ticket has come out of the ticket printer."""
    gone, _ = first_of(loaded(desk), 1) if numbered(desk) else ([], [])
    if gone:
        with desk.unit() as unit:
            move(desk, unit, Move.SPOILED, gone, {"user": user, "reason": "a test page"})


def move(desk: Desk, unit: Unit, what: Move, serials: list[Serials], more: dict[str, Any]) -> dict[str, Any]:
    """Journal that blanks are moved, and book it; the fact's body. `more` says who, and why."""
    body = {"move": what.value, "serials": [one.to_json() for one in serials], **more}
    unit.record(Kind.STOCK_MOVED, body)
    desk.ledger.blanks.book(transfers_in(Kind.STOCK_MOVED, desk.outside.till, body, own=True))
    put_loaded(desk, loaded(desk))
    return body
