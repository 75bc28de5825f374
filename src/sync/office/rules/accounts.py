"""Whose money a fact may move: its own till's drawer, card terminal and whatever else it takes."""

from __future__ import annotations

from typing import Final

from pos.domain.facts import Fact, Kind
from pos.domain.order import DEPOSIT
from pos.domain.parcels import ACCOUNTS as PARCELS
from pos.domain.sale import PURSES

# KIND:NAME accounts whose NAME is no till; every other is one till's (`pos.domain.sale.tender_account`).
_OF_THE_HOUSE: Final = frozenset({"revenue", "tax", "fee", "product", "donation", DEPOSIT, *PURSES, *PARCELS})


def accounts_of_others(fact: Fact) -> list[str]:
    """The accounts of other tills on which this fact has postings, sorted.

    Who takes over a drawer that was left open counts it out: that till's accounts are its own then.
    """
    own = {fact.till}
    if fact.kind == Kind.DRAWER_TAKEN_OVER:
        own |= {till for till in (fact.body.get("till"),) if isinstance(till, str)}
    named = {posting.account: posting.account.partition(":") for posting in fact.postings}
    return sorted(
        account for account, (kind, _, name) in named.items() if name and kind not in _OF_THE_HOUSE and name not in own
    )
