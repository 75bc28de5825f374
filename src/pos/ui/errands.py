"""What is done beside a sale, from wherever the cashier stands: a customer for it, a case, a history.

Made with the first of these keys, so that the first paint does without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from pos.ui.frame.sheet import Sheet
from pos.ui.i18n import tr
from pos.ui.keys import ERRANDS

if TYPE_CHECKING:
    from pos.ui.foot.presenter import PaperPresenter
    from pos.ui.found.presenter import FoundPresenter
    from pos.ui.screen import Screen
    from pos.ui.session import Session


class Window(Protocol):
    """The window, as far as errands need it."""

    session: Session
    paper: PaperPresenter
    current: Screen | None

    @property
    def found(self) -> FoundPresenter: ...

    def go(self, name: str) -> None: ...
    def home(self) -> None: ...


class Errands:
    """`over` is what a sheet covers."""

    def __init__(self, window: Window, over: QWidget) -> None:
        self._window = window
        self.sheet = Sheet(over, window.session, self._back)

    def _back(self) -> None:
        if self._window.current is not None:
            self._window.current.enter()

    def act(self, action: str) -> bool:
        """Whether the key was one of these."""
        if self.sheet.isVisible():
            self.sheet.act(action)
            return True
        if action not in ERRANDS:
            return False
        if action == "customer":
            at = self._window.current
            self._window.home() if at is not None and at.name == "customers" else self._window.go("customers")
        elif action == "case":
            self.sheet.open_case(self._sale())
        else:
            self._history()
        return True

    def _sale(self) -> str:
        """The sale on screen, else this window's last one."""
        window = self._window
        if window.current is not None and window.current.name == "found" and (one := window.found.current):
            return one.sale
        return window.paper.last.id if window.paper.last is not None else ""

    def _history(self) -> None:
        window = self._window
        if window.current is not None and window.current.name == "found" and (one := window.found.current):
            self.sheet.show_history(ticket=one.id)
        elif window.current is not None and (place := window.current.place_pointed):
            self.sheet.show_history(show=window.session.show_id, place=place)
        else:
            window.session.toast.emit("plain", tr("Point at a seat, or find a ticket, and press it again."))
