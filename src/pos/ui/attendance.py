"""Whether somebody is at the window: it locks when nobody is, and is handed from one person to the next in a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer

from pos.ui.format import read_time
from pos.ui.i18n import tr, tr_count
from pos.ui.session import Session

_MINUTE_MS: Final = 60_000


class Attendance(QObject):
    """Locks after `minutes` without a hand on the window, 0 for never. What is under way is never broken off for it."""

    def __init__(self, session: Session, minutes: int, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.idle = QTimer(self)
        self.watch(minutes)
        self.idle.timeout.connect(self._nobody)
        session.bridge.asked.connect(self.stirred)
        session.signed.connect(self._signed)

    def watch(self, minutes: int) -> None:
        """Lock after so many minutes from now on."""
        self._minutes = minutes
        self.idle.setInterval(minutes * _MINUTE_MS)
        self._signed()

    def _signed(self) -> None:
        if self._session.person is not None and self._minutes:
            self.idle.start()
        else:
            self.idle.stop()

    def stirred(self) -> None:
        """Somebody is at the window: the time begins anew."""
        if self.idle.isActive():
            self.idle.start()

    def _nobody(self) -> None:
        # A card payment waits for its customer, not for the cashier. The time begins anew when it has ended.
        if not self._session.bridge.acting:
            self._session.lock()


def basket_of(session: Session) -> str:
    """Whose basket waits in front, how much is in it and how long its places are kept; "" where none does."""
    basket = session.status.basket
    if basket is None:
        return ""
    formats, count = session.formats, int(basket["tickets"])
    name = session.names.get(basket["owner"], basket["owner"])
    if not count:
        return tr("{name}'s basket", name=name)
    tickets = tr_count("%n ticket", "%n tickets", count, formats.count(count))
    expires: datetime | None = read_time(basket["expires"]) if basket["expires"] else None
    left = (expires - session.now).total_seconds() if expires is not None else 0
    if left <= 0:
        return tr("{name}'s basket, {tickets}, its time is over", name=name, tickets=tickets)
    return tr("{name}'s basket, {tickets}, {time} left", name=name, tickets=tickets, time=formats.countdown(left))
