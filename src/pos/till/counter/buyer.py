"""Who buys, as far as they wish to say: nothing of it is compulsory, and none of it is in a fact's envelope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from pos.domain.customers import contact_of
from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.till.counter.register import standing
from pos.till.counter.tickets import Sold
from pos.till.desk import Desk

Document = dict[str, Any]
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def buyer_document(desk: Desk, buyer: dict[str, Any] | None) -> Document:
    """What a sale's document says of its buyer: `name` and `contact` as an order has them, the rest under `buyer`.
    {} for nobody. A customer's own name and contact are taken where none are given.

    Raises Refused("unknown_customer").
    """
    if not buyer:
        return {}
    known = standing(desk, buyer["customer"]) if buyer.get("customer") else {}
    given = known | {"contact": contact_of(known)} | {key: value for key, value in buyer.items() if value}
    found: Document = {key: scrub(given[key].strip()) for key in ("name", "contact") if given.get(key, "").strip()}
    rest: Document = {"customer": known["id"]} if known else {}
    rest |= {key: scrub(str(given[key])) for key in ("language", "tax_number") if given.get(key)}
    if buyer.get("identity"):
        rest["identity"] = {"kind": buyer["identity"]["kind"], "last4": buyer["identity"]["last4"]}
    return found | ({"buyer": rest} if rest else {})


def check_delivery(delivery: str, buyer: dict[str, Any]) -> None:
    """Whoever sends tickets, or keeps them for somebody, must know for whom. Raises Refused("bad_request")."""
    name, contact = (str(buyer.get(key) or "").strip() for key in ("name", "contact"))
    reason = ""
    if delivery == "pickup" and not name:
        reason = "tickets are kept for somebody: name the buyer"
    elif delivery == "email" and not _ADDRESS.fullmatch(contact):
        reason = "tickets go by e-mail: the buyer's contact must be an address"
    elif delivery == "post" and not contact:
        reason = "tickets go by post: the buyer's contact must be an address"
    if reason:
        raise Refused("bad_request", field="buyer", reason=reason)


def same_buyer(sold: Sequence[Sold]) -> Document:
    """What the tickets' sales say of their buyer, where that is one person."""
    keys = ("name", "contact", "buyer")
    found: list[Document] = [{key: ticket.sale[key] for key in keys if key in ticket.sale} for ticket in sold]
    return found[0] if found and all(one == found[0] for one in found) else {}
