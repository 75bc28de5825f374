"""R13: what became of card payments, and those that nobody can finish any more."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text

from sync.office.verify.report import Report

_OPEN: Final = ("started", "approved", "reversing")


@dataclass
class Card:
    """A payment by card: whose it is, of how much, and what its till has said of it last."""

    till: tuple[str, int]
    amount: str
    state: str = "started"


def tell_cards(cards: dict[str, Card], till: tuple[str, int], value: dict[str, Any]) -> None:
    """What one fact says of payments, in the order of its journal."""
    body = value["body"]
    if value["kind"] == "PaymentStarted":
        cards[body["payment"]] = Card(till, body["amount"])
    elif value["kind"] == "PaymentEnded" and body["payment"] in cards:
        cards[body["payment"]].state = body["outcome"]
    document = body.get("sale") or body.get("refund") or body.get("deposit") or {}
    for tender in document.get("tenders", ()) if isinstance(document, dict) else ():
        if tender.get("payment") in cards:
            cards[tender["payment"]].state = "used"


def check_cards(connection: Connection, report: Report, cards: dict[str, Card]) -> None:
    """Money that a card was charged, and no till is left that could sell for it or give it back."""
    ended = {
        (row.id, row.incarnation)
        for row in connection.execute(text("SELECT id, incarnation FROM till WHERE state <> 'ACTIVE'"))
    }
    known = {
        json.loads(body)["fields"].get("payment")
        for body in connection.execute(text("SELECT body FROM dispute WHERE cause = 'payment_unused'")).scalars()
    }
    for payment, card in cards.items():
        if card.state in _OPEN and card.till in ended and payment not in known:
            told = f"card payment {payment} of {card.amount} is left {card.state}"
            report.notes.append(f"{told}, and {card.till[0]}.{card.till[1]} may not act any more")
