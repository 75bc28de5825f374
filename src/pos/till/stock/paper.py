"""What ticket paper there is: here, on its way, asked for and in the house."""

from __future__ import annotations

from typing import Any

from pos.domain.serials import Serials, common, counted, ranges
from pos.till.counter import blanks
from pos.till.desk import Desk
from pos.till.orders import recording
from pos.till.stock.asking import requests
from pos.till.stock.common import coming, earlier, sent, to_json, told


def ticket_paper(desk: Desk) -> dict[str, Any]:
    """What ticket paper is here, on its way, asked for, and in the house, as far as is known here."""
    desk.signed_in()
    venue, own = desk.season().venue, desk.outside.till
    heard = told(desk)
    mine = blanks.in_hand(desk)
    hands = {till: ranges(one["hand"]) for till, one in heard.items() if till != own} | {own: mine}
    everywhere = sum(map(counted, hands.values()))
    books = desk.ledger.blanks.books()
    return {
        "numbered": blanks.numbered(desk),
        "next": blanks.lying_next(desk),
        "loaded": to_json(blanks.loaded(desk)),
        "hand": to_json(mine),
        "left": counted(mine),
        "low": counted(mine) < venue.paper_low,
        "missing": to_json(books.of(f"missing:{own}")),
        "spoiled": counted(books.of(f"spoiled:{own}")),
        "used": counted(books.of(f"used:{own}")),
        "windows": desk.season().tills,
        "coming": coming(desk),
        "sent": sent(desk),
        "earlier": to_json(earlier(desk)),
        "requests": requests(desk),
        "boxes": [_box(box, hands) for _, box in sorted(recording.known(desk, "stock_box").items())],
        "open": [item for _, one in sorted(heard.items()) for item in one["open"]],
        "house": {
            "left": everywhere,
            "low": everywhere < venue.paper_low_house,
            "tills": [
                {"till": till, "left": counted(here), "hand": to_json(here)} for till, here in sorted(hands.items())
            ],
        },
    }


def _box(box: dict[str, Any], hands: dict[str, list[Serials]]) -> dict[str, Any]:
    """A box, and which windows have how much of it."""
    inside = ranges(box["serials"])
    where = {till: sum(common(one, other) for one in inside for other in here) for till, here in sorted(hands.items())}
    return {
        "id": box["id"],
        "box": box["box"],
        "serials": box["serials"],
        "at": box["at"],
        "count": counted(inside),
        "where": [{"till": till, "count": count} for till, count in where.items() if count],
    }
