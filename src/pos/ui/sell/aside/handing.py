"""Orders to be handed out: one that was scanned, or one of several that a typed text may mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pos.ui.i18n import tr, tr_count
from pos.ui.sell.aside.question import Answer, Question
from pos.ui.sell.pickups import PickUp


class HandOut(Question):
    """`then` is given the order that is handed out."""

    def __init__(self, rows: Sequence[PickUp], then: Callable[[PickUp], object]) -> None:
        super().__init__()
        self._then = then
        self.title, self.action = tr("Pick-up"), tr("Hand out")
        self.answers = [self._row(row, n) for n, row in enumerate(rows, 1)]

    def _row(self, row: PickUp, number: int) -> Answer:
        detail = " · ".join(filter(None, (row.sale, row.contact)))
        count = tr_count("%n ticket", "%n tickets", len(row.places))
        return Answer(row, number if number < 10 else 0, row.title, detail, count, ", ".join(row.places[:2]))

    def choose(self, key: Any) -> None:
        self.ended.emit()
        self._then(key)
