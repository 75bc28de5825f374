"""Parcels of cash as a till's own facts tell of them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from pos.store.verify.cash import minor

# Sorts of parcels and the accounts that hold them; the steps by which money comes onto them.
_PARCELS: Final = {
    "bag": ("bag",),
    "transfer": ("transit",),
    "change_order": ("change_order",),
    "deposit": ("deposit_bag", "courier"),
}
_BEGINS: Final = ("made", "dropped", "sent")


def parcel_steps(fact: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Parcel -> the step that a fact takes of it; and what is wrong with them: a step moves on its parcel's accounts
    what it says, and nothing moves there without a step."""
    held: dict[str, int] = defaultdict(int)
    for account, amount, _ in fact["money"]:
        held[account] += amount
    steps: dict[str, dict[str, Any]] = {}
    wrong: list[str] = []
    named: set[str] = set()
    for item in fact["body"].get("parcels", ()):
        name = f"{item['sort']}:{item['number']}"
        accounts = [f"{kind}:{item['number']}" for kind in _PARCELS[item["sort"]]]
        named.update(accounts)
        moved = sum(held[account] for account in accounts)
        if item["what"] in _BEGINS and moved != minor(item["amount"]):
            wrong.append(f"{name} begins with {item['amount']}, its postings with {moved} minor units")
        steps[name] = item
    kinds = {kind for several in _PARCELS.values() for kind in several}
    loose = (account for account in held.keys() - named if account.partition(":")[0] in kinds)
    return steps, wrong + [f"moves money of {account} without a step of its parcel" for account in sorted(loose)]
