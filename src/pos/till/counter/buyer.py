"""Who buys, as far as they wish to say: nothing of it is compulsory, and none of it is in a fact's envelope."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos.domain.mask import scrub
from pos.till.counter.tickets import Sold

Document = dict[str, Any]


def buyer_document(buyer: dict[str, Any] | None) -> Document:
    """What a sale's document says of its buyer: `name` and `contact` as an order has them, the rest under `buyer`.
    {} for nobody."""
    if not buyer:
        return {}
    found: Document = {key: scrub(buyer[key].strip()) for key in ("name", "contact") if buyer.get(key, "").strip()}
    rest: Document = {key: scrub(str(buyer[key])) for key in ("customer", "language", "tax_number") if buyer.get(key)}
    if buyer.get("identity"):
        rest["identity"] = {"kind": buyer["identity"]["kind"], "last4": buyer["identity"]["last4"]}
    return found | ({"buyer": rest} if rest else {})


def same_buyer(sold: Sequence[Sold]) -> Document:
    """What the tickets' sales say of their buyer, where that is one person."""
    keys = ("name", "contact", "buyer")
    found: list[Document] = [{key: ticket.sale[key] for key in keys if key in ticket.sale} for ticket in sold]
    return found[0] if found and all(one == found[0] for one in found) else {}
