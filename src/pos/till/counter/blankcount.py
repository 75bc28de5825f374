"""A count of the ticket paper at this till: held against the books, and booked. By itself, by two, or at the close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pos.domain.blanks import transfers_in
from pos.domain.facts import Kind
from pos.domain.serials import Serials, apart_from, counted
from pos.till.counter import blanks
from pos.till.desk import Desk, Unit


def compared(desk: Desk, here: Sequence[Serials]) -> dict[str, Any]:
    """A count held against the books: what is `missing`, and what is there beyond them (`more`)."""
    books, own = desk.ledger.blanks.books(), desk.outside.till
    should = blanks.in_hand(desk)
    more = [part for one in here for part in apart_from(should, one)]
    back = [part for one in more for part in books.within(f"missing:{own}", one)]
    found = [part for one in more for part in apart_from(back, one)]
    return {
        "counted": _to_json(here),
        "expected": counted(should),
        "missing": _to_json(part for one in should for part in apart_from(here, one)),
        "more": _to_json(more),
        "back": _to_json(back),
        "found": _to_json(found),
    }


def differs(paper: dict[str, Any]) -> bool:
    return bool(paper["missing"] or paper["more"])


def book_count(desk: Desk, unit: Unit, who: dict[str, Any], paper: dict[str, Any]) -> None:
    """Journal a count of ticket paper, and move what it has found missing or back."""
    body = {**who, "paper": paper}
    unit.record(Kind.STOCK_COUNTED, body)
    desk.ledger.blanks.book(transfers_in(Kind.STOCK_COUNTED, desk.outside.till, body, own=True))
    blanks.put_loaded(desk, blanks.loaded(desk))


def _to_json(serials: Iterable[Serials]) -> list[list[str]]:
    return [one.to_json() for one in serials]
