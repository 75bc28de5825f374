"""What the window knows of a screen: a work area, a side panel, and what its keys do."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Qt, SignalInstance
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from pos.ui.bridge import Answer
from pos.ui.theme.tokens import Tokens

PANEL_PX = 372


class _Changes(Protocol):
    """A presenter: it says when what it knows has changed."""

    changed: SignalInstance


class Screen(QObject):
    """A view of one presenter. A subclass fills `work` and `panel`, and answers keys in `act`."""

    name = ""

    def __init__(self) -> None:
        super().__init__()
        self.work = QWidget()
        self.panel = QFrame()
        self.panel.setProperty("role", "card")
        self.panel.setFixedWidth(PANEL_PX)
        self.work.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def build(self, presenter: _Changes) -> None:
        """Fill work area and panel, and draw them now and whenever the presenter changes."""
        self._build_work()
        self._build_panel()
        presenter.changed.connect(self.draw)
        self.draw()

    def _build_work(self) -> None:
        """A subclass that calls `build` makes its work area here."""

    def _build_panel(self) -> None:
        """… and its panel here."""

    def draw(self) -> None:
        """Show what the presenter knows now."""

    def work_box(self, spacing_px: int = 8) -> QVBoxLayout:
        """The work area's layout, for a heading over a list."""
        box = QVBoxLayout(self.work)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(spacing_px)
        return box

    def panel_box(self) -> QVBoxLayout:
        """The panel's layout, with the margins every screen shares."""
        box = QVBoxLayout(self.panel)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(8)
        return box

    @property
    def place_pointed(self) -> str:
        """The place of the show being sold that keyboard or pointer is on, "" for none."""
        return ""

    def enter(self) -> None:
        """The screen is shown now; give the focus to where keys belong."""
        self.work.setFocus()

    def leave(self) -> None:
        """Another screen is shown now; a subclass that follows something live stops doing so."""

    def set_tokens(self, tokens: Tokens) -> None:
        """The palette changed. The stylesheet is in force already; only what paints itself must act."""

    def takes_show(self, show: str) -> bool:
        """A show was chosen above, or in the list of all: whether this screen does something with it itself."""
        return False

    def takes_scan(self, event: Answer) -> bool:
        """A scanner has read something: whether this screen does something with it itself."""
        return False

    def act(self, action: str) -> bool:
        """Do what a key of the table asks. False when it means nothing on this screen."""
        return False
