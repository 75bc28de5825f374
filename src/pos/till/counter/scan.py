"""What was scanned or swiped, whichever way it came: what it is, told to the face as an event.

Every reading becomes one event, in the order in which they were read. It is known by what this till
has: its ledger and its replica. A voucher or gift card that it does not hold is `unknown` until a
face asks the office (`purse`). A payment card's number goes no further than here: it is masked
before anything else is done with it, and looked up nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from pos.devices.readers.magstripe import Unread, is_swipe, read_swipe
from pos.domain.mask import scrub
from pos.domain.purse import show_of
from pos.domain.rights import OwnState
from pos.domain.sale import PURSES, read_code
from pos.till.counter.find import find
from pos.till.counter.training import foreign
from pos.till.desk import Desk

MOST: Final = 1024  # letters of one reading
CARD_READER: Final = "card_reader"
_KEYBOARD: Final = "keyboard"
_SWAPPED: Final = str.maketrans("YZyz", "ZYzy")


def scan(desk: Desk, *, text: str) -> dict[str, Any]:
    """What a scanner or reader has typed, as a face heard it. The answer is the event's fields."""
    told = what(desk, _KEYBOARD, text)
    desk.emit("scanned", **told)
    return {"scanned": told}


def heard(desk: Desk, by: str, text: str, taken: Callable[[], None]) -> None:
    """What a device `by` name has read. `taken` is called in any case."""
    try:
        desk.emit("scanned", **what(desk, by, text))
    finally:
        taken()


def what(desk: Desk, by: str, text: str) -> dict[str, Any]:
    """The event's fields: `kind`, `by`, `text` (masked), and what goes with the kind."""
    text = text.strip()
    told = {"by": by, "text": scrub(text)}
    if is_swipe(text):
        return told | _swiped(text)
    if told["text"] != text:
        return told | {"kind": "card"}
    if desk.user is None:
        return told | {"kind": "locked"}
    if foreign(desk, text):
        return told | {"kind": "training"}
    members = desk.outside.members
    if by == CARD_READER or (members and text.startswith(members)):
        return told | {"kind": "member"}
    return told | (_sold(desk, text) or _paper(desk, text) or _purse(desk, text) or {"kind": "unknown"})


def _swiped(text: str) -> dict[str, Any]:
    try:
        swipe = read_swipe(text)
    except Unread as unread:
        return {"kind": "unread", "text": "", "reason": str(unread)}
    return {"kind": "card" if swipe.bank else "member", "text": swipe.number}


def _sold(desk: Desk, text: str) -> dict[str, Any] | None:
    """A ticket, or else a sale or an order by its own code. `swapped`: a keyboard of another layout typed Y for Z."""
    for code, swapped in _spellings(text):
        try:
            plain = read_code(code)[0]
        except ValueError:
            plain = code
        for sale in find(desk, code=code)["sales"]:
            for ticket in sale["tickets"]:
                if plain in (ticket["code"], ticket["id"]):
                    told = {"kind": "ticket", "sale": sale["id"], "ticket": ticket["id"], "show": ticket["show"]}
                    return told | {"code": code} | ({"swapped": True} if swapped else {})
        if find(desk, sale=code)["sales"]:
            return {"kind": "sale", "sale": code} | ({"swapped": True} if swapped else {})
    return None


def _paper(desk: Desk, text: str) -> dict[str, Any] | None:
    """A ticket of a pack that nobody has booked as sold."""
    for code, swapped in _spellings(text):
        try:
            plain = read_code(code)[0]
        except ValueError:
            continue
        if (ticket := desk.ledger.packs.named([plain]).get(plain)) is not None:
            told = {"kind": "paper", "ticket": ticket.id, "pack": ticket.pack, "number": ticket.number}
            told |= {"show": ticket.show, "place": ticket.shown, "state": ticket.state, "code": code}
            return told | ({"swapped": True} if swapped else {})
    return None


def _spellings(text: str) -> Iterator[tuple[str, bool]]:
    """The text as it came, in capitals (a scanner that types knows nothing of the lock), and with Y and Z swapped."""
    upper = text.upper()
    crossed = upper.translate(_SWAPPED)
    yield text, False
    if upper != text:
        yield upper, False
    if crossed != upper:
        yield crossed, True


def _purse(desk: Desk, text: str) -> dict[str, Any] | None:
    """A voucher or gift card that is in this till's hand."""
    for kind in PURSES:
        own = desk.rights.get(show_of(kind), {}).get(text)
        purse = desk.ledger.purses.get(kind, text)
        if own is not None and own.state is OwnState.SOLD and purse is not None:
            return {"kind": kind, "code": text, "left": str(purse.left)}
    return None
