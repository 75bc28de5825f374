"""What dealing with ticket paper has in common: whose it is, where it is, and how a move of it is journalled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pos.domain.blanks import Move, hand, way
from pos.domain.errors import Refused
from pos.domain.serials import Serials, apart_from, counted, meets, named, ranges
from pos.till.counter import blanks
from pos.till.counter.approval import approved, may_alone
from pos.till.desk import Desk


def to_json(serials: Iterable[Serials]) -> list[list[str]]:
    return [one.to_json() for one in serials]


def own(desk: Desk, serials: list[str]) -> tuple[str, list[Serials]]:
    """Who is signed in, and what they named, which is in this window's hand. Raises Refused."""
    user = desk.signed_in("sell")
    desk.check_not_fenced()
    found = named("serials", serials)
    checked_here(desk, found)
    return user.id, found


def checked_here(desk: Desk, serials: Sequence[Serials]) -> None:
    """All of it is in this window's hand. Raises Refused("not_allowed") that says where it is."""
    books, mine = desk.ledger.blanks.books(), hand(desk.outside.till)
    for one in serials:
        for lacking in books.lacking(mine, one):
            where = where_is(desk, lacking)
            reason = f"{lacking} is not at this window" + (f", but {where}" if where else "")
            raise Refused("not_allowed", what="stock", reason=reason, serials=lacking.to_json())


def supervised(desk: Desk, what: str, approver: dict[str, Any] | None) -> dict[str, str]:
    by = approved(desk, approver)
    if not may_alone(desk, by):
        raise Refused("approval_needed", what=what)
    return {"approver": by} if by else {}


def moved(desk: Desk, what: Move, serials: list[Serials], more: dict[str, Any]) -> dict[str, Any]:
    had = blanks.left(desk)
    with desk.unit() as unit:
        body = blanks.move(desk, unit, what, serials, more)
        answer = unit.answers({"moved": body, "left": blanks.left(desk)})
    if blanks.numbered(desk):
        blanks.warn(desk, had)
    tell(desk)
    return answer


def tell(desk: Desk) -> None:
    desk.emit("changed", places={}, documents=False, records=[blanks.HAND])


def where_is(desk: Desk, serials: Serials) -> str:
    """Where such numbers are, as far as is known here, "" for nothing known."""
    books, own = desk.ledger.blanks.books(), desk.outside.till
    for account in ("used", "spoiled", "sent_back", "missing"):
        if books.within(f"{account}:{own}", serials):
            return f"{account.replace('_', ' ')} here"
    for till, document in told(desk).items():
        if till != own and any(meets(one, serials) for one in ranges(document["hand"])):
            return f"at {till}"
        for given in document["coming"]:
            if any(meets(one, serials) for one in ranges(given["serials"])):
                return f"on its way from {given['from']} to {till}"
    return ""


def told(desk: Desk) -> dict[str, dict[str, Any]]:
    """Window -> what the office said last that it has."""
    return desk.replica.records(blanks.HAND) if desk.replica.complete() else {}


def coming(desk: Desk) -> list[dict[str, Any]]:
    """What other windows have given to this one and was not counted in yet."""
    document, books = told(desk).get(desk.outside.till), desk.ledger.blanks.books()
    # What was counted in may have been used since; the office has not heard of either.
    mine = blanks.in_hand(desk) if desk.acknowledged() >= desk.number else books.known()
    found = []
    for given in document["coming"] if document is not None else ():
        rest = [part for one in ranges(given["serials"]) for part in apart_from(mine, one)]
        if rest:
            found.append({"from": given["from"], "serials": to_json(rest), "count": counted(rest)})
    return found


def sent(desk: Desk) -> list[dict[str, Any]]:
    """What this window has given to others, and is not known to have been counted in there."""
    here, books = desk.outside.till, desk.ledger.blanks.books()
    heard = desk.acknowledged() >= desk.number
    found = []
    for till in sorted(desk.season().tills):
        given = books.of(way(here, till))
        if heard:
            document = told(desk).get(till, {"coming": []})
            there = [one for each in document["coming"] if each["from"] == here for one in ranges(each["serials"])]
            given = [part for one in there for part in books.within(way(here, till), one)]
        if given:
            found.append({"to": till, "serials": to_json(given), "count": counted(given)})
    return found


def earlier(desk: Desk) -> list[Serials]:
    """What this window had in hand before it was enrolled anew, as far as its present ledger knows nothing of it."""
    document, books = told(desk).get(desk.outside.till), desk.ledger.blanks.books()
    if desk.outside.incarnation == 1 or document is None:
        return []
    return [part for one in ranges(document["hand"]) for part in apart_from(books.known(), one)]
