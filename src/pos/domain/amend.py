"""What later facts change in a sale's document: how it was paid, and whose a ticket is.

The fact of the sale stays as it is. Whoever keeps its document to look sales up by lays what followed over it, the
till that wrote the later fact and the office alike, so that a refund follows the tenders that were really used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from pos.domain.books import Posting, entry
from pos.domain.errors import Refused
from pos.domain.money import Money
from pos.domain.sale import SLIP, Settlement, Tender, settle, tender_account

Document = dict[str, Any]
# What may be relabelled: nothing of it went through a machine, or is money that a code stands for.
CORRECTABLE: Final = ("cash", SLIP)
OVER_SHORT: Final = "over_short"  # where a drawer's money is found that was counted wrong, being of another kind


def corrected(document: Document, correction: Mapping[str, Any]) -> Document:
    """A sale's document after its tenders were corrected."""
    known = document.get("corrections", [])
    if correction["id"] in known:
        return document
    changed = {key: correction[key] for key in ("tenders", "rounding", "change")}
    return document | changed | {"corrections": [*known, correction["id"]]}


def renamed(document: Document, body: Mapping[str, Any]) -> Document:
    """A sale's document after a ticket of it was made out to somebody else. Erased names change nothing."""
    holder = body.get("buyer", {})
    marks = {key: holder[key] for key in ("name", "identity") if key in holder} | {"renamed": body["renamed"]}
    tickets = [ticket | marks if ticket["id"] == body["ticket"] else ticket for ticket in document["tickets"]]
    return document | {"tickets": tickets}


def settle_anew(document: Document, wrong: str, right: Tender, cash_step: Money) -> tuple[Settlement, Money]:
    """A sale settled with `right` (its amount says nothing) in place of its tenders of the kind `wrong`; what
    those came to. Raises Refused("not_allowed").
    """
    currency = cash_step.currency
    kept = [item for item in document["tenders"] if item["kind"] != wrong]
    was = [Money.parse(item["amount"], currency) for item in document["tenders"] if item["kind"] == wrong]
    if not was or any(amount.minor <= 0 for amount in was):
        raise Refused("not_allowed", what="correct_tender", reason=f"nothing of this sale was paid by {wrong}")
    if right.kind == "cash" and any(item["kind"] == "cash" for item in kept):
        raise Refused("not_allowed", what="correct_tender", reason="this sale was paid in cash already, in part")
    others = [_kept(item, currency) for item in kept]
    paid = sum((tender.amount for tender in others), Money.zero(currency))
    due = Money.parse(document["total"], currency)
    settlement = settle(due, [*others, replace(right, amount=due - paid)], cash_step)
    return settlement, sum(was, Money.zero(currency))


def _kept(item: Mapping[str, Any], currency: str) -> Tender:
    """A tender of a document as it was, whatever else that says of it."""
    told = {key: value for key, value in item.items() if key not in ("kind", "amount", "given", "code")}
    given = Money.parse(item["given"], item.get("currency", currency)) if "given" in item else None
    return Tender(item["kind"], Money.parse(item["amount"], currency), given, item.get("code", ""), told)


def correction_entry(
    till: str, sides: Sequence[tuple[str, Money]], rounding: Money, *, counted: bool
) -> tuple[Posting, ...]:
    """What a correction does to the books: (kind, amount) taken, negative for what was not. A drawer that has
    been `counted` since has its difference already: that is where the cash is found, or missing."""
    accounts = [
        (OVER_SHORT if counted and kind == "cash" else tender_account(till, kind), amount) for kind, amount in sides
    ]
    return entry(*accounts, ("rounding", -rounding))
