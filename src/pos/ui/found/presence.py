"""Tells the office which sale is on screen here, and hears at which other windows it is open."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.ui.bridge import Answer
from pos.ui.i18n import tr
from pos.ui.session import Session

_AGAIN_S: Final = 60


class Presence(QObject):
    """`words` says where else the sale is open, "" for nowhere that is known of."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session
        self.sale = self.words = ""
        self._ticks = 0
        session.ticked.connect(self._tick)

    def show(self, sale: str) -> None:
        """This sale is on screen now; "" for none any more."""
        if sale == self.sale:
            return
        before, self.sale, self.words = self.sale, sale, ""
        if before and self.session.person is not None:
            self.session.bridge.call("open_order", None, lambda _: None, sale=before, closed=True)
        self._ask()

    def _ask(self) -> None:
        self._ticks = 0
        if self.sale and self.session.person is not None:
            asked = self.sale
            self.session.bridge.latest(
                "presence", "open_order", lambda answer: self._told(asked, answer), lambda _: None, sale=asked
            )

    def _told(self, asked: str, answer: Answer) -> None:
        if asked != self.sale:
            return
        where: list[dict[str, Any]] = answer["warnings"]
        names = ", ".join(f"{one['till_name']} ({one['user_name']})" for one in where)
        words = tr("This order is open at {where}.", where=names) if names else ""
        if words != self.words:
            self.words = words
            self.changed.emit()

    def _tick(self) -> None:
        self._ticks += 1
        if self._ticks >= _AGAIN_S:
            self._ask()
