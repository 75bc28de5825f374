"""The drawer's limit: with more cash than `[venue] drawer_limit` in it the till asks for a drop.

It never blocks a sale, and says that there is too much, not how much: the count is blind.
"""

from __future__ import annotations

from pos.domain.errors import Refused
from pos.store import cashbook
from pos.till.desk import Desk


def is_over(desk: Desk) -> bool:
    """Whether the open shift's drawer should hold more than the venue wants."""
    row = desk.ledger.open_shift()
    if row is None:
        return False
    try:
        limit = desk.season().venue.drawer_limit
    except Refused:
        return False  # a till without its season sells nothing, either
    return limit is not None and cashbook.cash_in(desk.ledger.connection, row.id, limit.currency) > limit
