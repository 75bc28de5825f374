"""Several things that a typed text may mean: one is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pos.ui.i18n import tr
from pos.ui.sell.anything import Hit
from pos.ui.sell.aside.question import Answer, Question


class Hits(Question):
    """`then` is given the Hit that was chosen."""

    def __init__(self, text: str, hits: Sequence[Hit], then: Callable[[Hit], object]) -> None:
        super().__init__()
        self._then = then
        self.title, self.action = tr("“{text}” is…", text=text), tr("Open")
        self.answers = [
            Answer(hit, n if n < 10 else 0, hit.title, hit.detail, below=hit.right) for n, hit in enumerate(hits, 1)
        ]

    def choose(self, key: Any) -> None:
        self.ended.emit()
        self._then(key)
