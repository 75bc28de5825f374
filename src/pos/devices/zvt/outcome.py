"""From what a terminal says to what a till believes: the receipt of a payment, and what became of one.

A payment that has no outcome is judged by the terminal's last transaction and by `before`, what
`last_payment` said right before it was ordered. ZVT dates have no year; its turn is seen by the month.
"""

from __future__ import annotations

from typing import Literal

from pos.devices.zvt.messages import StatusInformation
from pos.domain.card import CardTotal, DayTotals
from pos.domain.money import Money

Verdict = tuple[Literal["approved", "declined", "unknown"], str]


def last_payment(found: StatusInformation) -> dict[str, str]:
    """Trace, terminal and time, to compare with later; empty when one of them is not told."""
    if found.trace_number is None or found.terminal_id is None or not found.at:
        return {}
    return {"trace": _digits(found.trace_number, 6), "terminal": _digits(found.terminal_id, 8), "at": found.at}


def receipt(found: StatusInformation) -> dict[str, str]:
    """What names a payment on paper and at the office, as texts. What the terminal did not tell is not in it."""
    told = {
        "at": found.at,
        "trace": _digits(found.trace_number, 6),
        "terminal": _digits(found.terminal_id, 8),
        "receipt": _digits(found.receipt_number, 4),
        "turnover": _digits(found.turnover_number, 6),
        "merchant": found.merchant_number,
        "card": found.card_number,
        "card_name": found.card_name or found.card_type,
        "approval": found.authorisation,
        "application": found.application_id,
        "technology": found.card_technology,
        "authentication": found.cardholder_authentication,
    }
    return {name: text for name, text in told.items() if text}


def totals(found: StatusInformation) -> DayTotals | None:
    """What an end of day says was handed in; None when it says nothing of it."""
    if found.amount_minor is None and found.receipt_first is None:
        return None
    cards = tuple(CardTotal(card, count, minor) for card, count, minor in found.card_totals)
    whole = found.amount_minor
    if whole is None:
        whole = sum(card.minor for card in cards)
    return DayTotals(whole, cards, _digits(found.receipt_first, 4), _digits(found.receipt_last, 4))


def _digits(number: int | None, size: int) -> str:
    return "" if number is None else f"{number:0{size}d}"


def judge(found: StatusInformation, amount: Money, before: dict[str, str]) -> Verdict:
    """What `found`, the last transaction, says about a payment of `amount` ordered after `before`."""
    now = last_payment(found)
    if not now or not before:
        return "unknown", "it is not known which payment was the terminal's last one before"
    if now["terminal"] != before.get("terminal"):
        return "unknown", "another terminal answers than the one that was asked to charge"
    if now == before:
        return "declined", "the terminal has made no payment since"
    if now["trace"] == before.get("trace") or not _later(now["at"], before.get("at", "")):
        return "unknown", "the terminal's last payment is not a newer one than before"
    if found.original_trace_number:
        return _undone(found.original_trace_number, before)
    moved = found.amount_minor
    if moved is not None and moved != amount.minor:
        last = Money(moved, amount.currency)
        return "unknown", f"the terminal's last payment is of {last}, and {amount} was ordered"
    if found.result_code:
        return "declined", found.result_text_en or f"declined ({found.result_code:02X})"
    if found.result_code is None or moved is None:
        return "unknown", "the terminal does not say how its last payment ended"
    return "approved", "the terminal has made this payment"


def _undone(original: int, before: dict[str, str]) -> Verdict:
    """The last transaction is a reversal: a terminal reverses by itself what the till did not acknowledge."""
    if _digits(original, 6) == before.get("trace"):
        return "unknown", "the terminal has reversed an earlier payment"
    return "declined", "the terminal has reversed this payment"


def _later(now: str, before: str) -> bool:
    """Whether "MM-DD HH:MM:SS" is not earlier. December to January is forward."""
    if not before:
        return False
    turned = int(before[:2]) - int(now[:2]) > 6
    far_ahead = int(now[:2]) - int(before[:2]) > 6
    return turned or (now >= before and not far_ahead)
