"""What this till's shifts have counted, and what their moves of cash come to."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from pos.domain.money import Money
from pos.store import tables as t

_CASH_IN: Final = select(func.sum(t.cash_move.c.minor)).where(
    t.cash_move.c.shift == bindparam("of_shift"), t.cash_move.c.currency == bindparam("of_currency")
)


def cash_in(connection: Connection, shift: str, currency: str) -> Money:
    """What a shift's moves have left in the drawer."""
    sum_ = connection.execute(_CASH_IN, {"of_shift": shift, "of_currency": currency}).scalar()
    return Money(int(sum_ or 0), currency)


def report_of(connection: Connection, shift: str) -> dict[str, Any] | None:
    """The report of a shift of this till that is closed, None for any other."""
    body = connection.execute(select(t.shift.c.report).where(t.shift.c.id == shift)).scalar()
    report: dict[str, Any] | None = json.loads(body) if body else None
    return report
