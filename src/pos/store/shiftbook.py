"""Shifts after they were opened: what was done about their drawers, and those that are closed.

Part of the ledger: what writes belongs inside its `transaction()`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from pos.domain.facts import Kind
from pos.store import tables as t

# Kinds of facts that are kept as steps of a shift, by their bodies.
STEPS: Final = frozenset({Kind.DRAWER_OPENED, Kind.SHIFT_HANDED_OVER, Kind.SHIFT_VERIFIED})
_SHIFT: Final = t.shift.c
_CLOSED: Final = _SHIFT.closed_at.is_not(None)
_SEALED: Final = (
    select(_SHIFT.id)
    .where(_CLOSED, _SHIFT.last_number > bindparam("after"), _SHIFT.last_number <= bindparam("until"))
    .order_by(_SHIFT.last_number)
)


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift; `closed_at`, `last_number` and `report` are None while it is open. `user` has opened it, and
    `cashier` has its drawer since the last hand-over."""

    id: str
    user: str
    opened_at: str
    first_number: int
    closed_at: str | None = None
    last_number: int | None = None
    report: dict[str, Any] | None = None
    cashier: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A fact about a shift's drawer."""

    number: int
    kind: str
    body: dict[str, Any]


class ShiftBook:
    """Belongs to the thread of its ledger's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # ---- steps ---------------------------------------------------------------------------

    def add_step(self, number: int, shift: str, kind: str, body: dict[str, Any]) -> None:
        """What the fact of this number says about a shift."""
        row = {"number": number, "shift": shift, "kind": kind, "body": json.dumps(body, sort_keys=True)}
        self._connection.execute(insert(t.shift_step), row)

    def steps(self, shift: str, kind: str) -> list[Step]:
        """Those of a kind, in order."""
        columns = t.shift_step.c
        query = select(columns.number, columns.kind, columns.body).where(columns.shift == shift, columns.kind == kind)
        rows = self._connection.execute(query.order_by(columns.number))
        return [Step(row.number, row.kind, json.loads(row.body)) for row in rows]

    def verified(self, shift: str) -> dict[str, Any] | None:
        """How this till's people have verified a shift, if they have."""
        steps = self.steps(shift, Kind.SHIFT_VERIFIED)
        return steps[0].body if steps else None

    def cashier(self, shift: str) -> str:
        """Who has the drawer by the last hand-over, "" where there was none."""
        steps = self.steps(shift, Kind.SHIFT_HANDED_OVER)
        return str(steps[-1].body["taker"]) if steps else ""

    # ---- closed shifts -------------------------------------------------------------------

    def closed_count(self) -> int:
        """How many shifts this ledger has closed: the number of the last Z."""
        return self._connection.execute(select(func.count()).select_from(t.shift).where(_CLOSED)).scalar_one()

    def closed(self, shift: str) -> ShiftRow | None:
        """A closed shift by its id."""
        row = self._connection.execute(select(t.shift).where(_CLOSED, _SHIFT.id == shift)).first()
        return self._row(row) if row is not None else None

    def numbered(self, number: int) -> ShiftRow | None:
        """The closed shift of the Z of this number: each closed shift has one, in the order of their closing."""
        query = select(t.shift).where(_CLOSED).order_by(_SHIFT.last_number).offset(max(number - 1, 0)).limit(1)
        row = self._connection.execute(query).first()
        return self._row(row) if row is not None and number >= 1 else None

    def latest(self, limit: int) -> list[ShiftRow]:
        """Closed shifts, the newest first."""
        query = select(t.shift).where(_CLOSED).order_by(_SHIFT.last_number.desc()).limit(limit)
        return [self._row(row) for row in self._connection.execute(query)]

    def sealed_between(self, after: int, until: int) -> list[str]:
        """Closed shifts whose last fact has a number above `after`, up to `until`."""
        return list(self._connection.execute(_SEALED, {"after": after, "until": until}).scalars())

    def put_paper(self, shift: str, paper: dict[str, Any]) -> None:
        """The paper of a closed shift's report: whatever is printed of it again is this."""
        self._connection.execute(update(t.shift).where(_SHIFT.id == shift), {"paper": json.dumps(paper)})

    def paper(self, shift: str) -> dict[str, Any] | None:
        """None for a shift that was closed by a version which did not keep it."""
        text = self._connection.execute(select(_SHIFT.paper).where(_SHIFT.id == shift)).scalar()
        return json.loads(text) if text else None

    def _row(self, row: Row[Any]) -> ShiftRow:
        report = json.loads(row.report) if row.report else None
        cashier = self.cashier(row.id) or row.user
        return ShiftRow(
            row.id, row.user, row.opened_at, row.first_number, row.closed_at, row.last_number, report, cashier
        )
