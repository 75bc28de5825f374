"""The frame that every screen shares, and what it does in a small window: nothing gets smaller than a finger.

A window of 1920 × 1080 at 200 % has 960 × 540 px of its own. There the rail has two columns of icons, the panel the
whole height beside tabs and foot, and what still has no room scrolls.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.foot.presenter import PaperPresenter
from pos.ui.foot.view import FootView
from pos.ui.frame.busy import BusyLine
from pos.ui.frame.rail import Rail
from pos.ui.frame.tabs import ShowTabs
from pos.ui.frame.toast import Toast
from pos.ui.frame.topbar import TopBar
from pos.ui.screen import PANEL_PX, Screen
from pos.ui.session import Session
from pos.ui.theme.widgets import Banner

USUAL: Final = (1366, 768)  # px, of a window for which there is room
LEAST: Final = (960, 540)  # px, of a window that one can work in
FULL: Final = (1280, 700)  # px, from which on everything stands as it was drawn


class Room(QScrollArea):
    """Room for a screen's part, which scrolls in a small window where the part needs more."""

    def __init__(self, inside: QWidget, *, scrolls: bool) -> None:
        super().__init__()
        self.inside = inside
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)
        self.set_scrolling(scrolls)

    @property
    def overflows(self) -> bool:
        """Whether there is more than is seen."""
        return self.verticalScrollBar().maximum() > 0 or self.horizontalScrollBar().maximum() > 0

    def set_scrolling(self, on: bool) -> None:
        # Where it does not scroll, the part gets the room there is: a scroll area would give it what is comfortable
        # for its longest lines, and hide the rest of it.
        self.setWidgetResizable(on)
        self._fill()

    def _fill(self) -> None:
        if not self.widgetResizable():
            self.inside.resize(self.viewport().size())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # arrows and page keys belong to the screen


class SideRoom(Room):
    """Room for a panel. Its foot is what is seen of it first: there stand the sum and the main action."""

    def __init__(self, inside: QWidget, *, scrolls: bool) -> None:
        super().__init__(inside, scrolls=scrolls)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(lambda _, last: bar.setValue(last))

    def set_scrolling(self, on: bool) -> None:
        super().set_scrolling(on)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn if on else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.inside.setFixedWidth(PANEL_PX - (self.verticalScrollBar().sizeHint().width() if on else 0))


class Face(QWidget):
    """Everything of the window that is built of texts. `above` stands over all of it."""

    def __init__(self, session: Session, paper: PaperPresenter, above: QWidget | None = None) -> None:
        super().__init__()
        self.top, self.banner, self.tabs = TopBar(session), Banner(), ShowTabs(session)
        self.rail, self.foot = Rail(), FootView(session, paper)
        self.works, self.panels = QStackedWidget(), QStackedWidget()
        self.panels.setFixedWidth(PANEL_PX)
        self._corner = QFrame()
        self._corner.setProperty("role", "card")
        self._rules = [_rule() for _ in range(4)]
        self._compact: bool | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.busy = BusyLine(session.bridge)
        for part in filter(None, (above, self.top, self.busy, self.banner)):
            box.addWidget(part)
        self._grid = QGridLayout()
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(2, 1)
        self._grid.setRowStretch(2, 1)
        box.addLayout(self._grid, 1)
        self._arrange(compact=False)
        self.toast = Toast(self.works)

    @property
    def compact(self) -> bool:
        return bool(self._compact)

    def add(self, screen: Screen) -> None:
        """Take a screen in."""
        self.works.addWidget(Room(screen.work, scrolls=self.compact))
        self.panels.addWidget(SideRoom(screen.panel, scrolls=self.compact))

    def show_screen(self, screen: Screen) -> None:
        """Show one that was taken in. The frame stays where it is."""
        for stack, part in ((self.works, screen.work), (self.panels, screen.panel)):
            stack.setCurrentWidget(next(room for room in stack.findChildren(Room) if room.inside is part))
        self.toast.raise_()  # a stack puts the page it shows on top

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(compact=self.width() < FULL[0] or self.height() < FULL[1])

    def _arrange(self, *, compact: bool) -> None:
        if compact == self._compact:
            return
        self._compact = compact
        for room in self.findChildren(Room):
            room.set_scrolling(compact)
        under_tabs, over_foot, beside_rail, beside_panel = self._rules
        while self._grid.takeAt(0) is not None:
            pass
        grid, across = self._grid, 3 if compact else 5
        self.top.set_compact(compact)
        self._corner.setFixedWidth(self.rail.set_compact(compact))
        grid.addWidget(self._corner, 0, 0)
        grid.addWidget(self.tabs, 0, 1, 1, across - 1)
        grid.addWidget(under_tabs, 1, 0, 1, across)
        grid.addWidget(self.rail, 2, 0)
        grid.addWidget(beside_rail, 2, 1)
        grid.addWidget(self.works, 2, 2)
        grid.addWidget(over_foot, 3, 0, 1, across)
        grid.addWidget(self.foot, 4, 0, 1, across)
        top, rows = (0, 5) if compact else (2, 1)
        grid.addWidget(beside_panel, top, 3, rows, 1)
        grid.addWidget(self.panels, top, 4, rows, 1)


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("role", "rule")
    rule.setMinimumSize(1, 1)
    rule.setMaximumSize(16_777_215, 16_777_215)
    return rule
