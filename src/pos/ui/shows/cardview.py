"""The show's card: what buyers ask at the window, over the work until it is answered.

A show that has changed is sold again once somebody here has read what: then the card says it first, and Enter is
their word that they have.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from pos.domain.errors import Refused
from pos.ui.bridge import Answer
from pos.ui.frame.cover import Cover, section
from pos.ui.i18n import name_in, tr
from pos.ui.model import Show
from pos.ui.parts import FactGrid, foot, touch
from pos.ui.session import Session
from pos.ui.shows import cardwords
from pos.ui.theme.widgets import KeyButton

_SIZE_PX: Final = (1080, 660)
_WHEN, _SAID, _PRICES, _TERMS = 7, 6, 24, 2  # rows


class ShowCardSheet(Cover):
    """`look_at(show)` opens it, `sell` is given the show that is sold from it. It follows the show while it is open."""

    def __init__(
        self, over: QWidget, session: Session, give_back: Callable[[], None], sell: Callable[[str], None]
    ) -> None:
        super().__init__(over, give_back, _SIZE_PX)
        self.session, self._sell = session, sell
        self.show_id = ""
        self._told: Answer = {}
        self._title = self.title("")
        self.changes, self.problem = QLabel(), QLabel()
        for label in (self.changes, self.problem):
            label.setProperty("role", "warning")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            self.box.addWidget(label)
        self.when, self.said = FactGrid(_WHEN), FactGrid(_SAID)
        self.prices, self.terms = FactGrid(_PRICES), FactGrid(_TERMS)
        self.scrolling(self._inside())
        self._read = touch(KeyButton("", "Enter", kind="primary", stacked=True), self._primary, 56)
        self._close = touch(KeyButton(tr("Close"), "Esc", kind="outline", stacked=True), self.dismiss, 56)
        self.box.addLayout(foot(self._close, self._read))
        session.shows_changed.connect(self._follow)
        session.linked.connect(self._follow)

    def _inside(self) -> QWidget:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(40)
        columns = (
            (section(tr("The show")), self.when, self.said),
            (section(tr("Prices")), self.prices, section(tr("Terms now")), self.terms),
        )
        for column, parts in enumerate(columns):
            box = QVBoxLayout()
            box.setSpacing(8)
            for part in parts:
                if isinstance(part, QWidget):
                    box.addWidget(part)
                else:
                    box.addLayout(part)
            box.addStretch(1)
            grid.addLayout(box, 0, column)
            grid.setColumnStretch(column, 1)
        return inside

    # ---- asking --------------------------------------------------------------------------

    def look_at(self, show: str) -> None:
        self.show_id, self._told = show, {}
        self.problem.setText("")
        self._ask()
        self.draw()
        self.open()

    def _ask(self) -> None:
        self.session.bridge.latest("show_card", "show", self._got, self._refused, show=self.show_id)

    def _follow(self) -> None:
        if self.isVisible():
            self._ask()

    def _got(self, answer: Answer) -> None:
        self._told = answer
        self.draw()

    def _refused(self, refused: Refused) -> None:
        self.problem.setText("▲ " + self.session.sentence(refused))
        self.draw()

    def _not_read(self, refused: Refused) -> None:
        """It has changed once more, perhaps: then that is what there is to read."""
        self._refused(refused)
        self._ask()

    # ---- showing -------------------------------------------------------------------------

    @property
    def changed(self) -> list[str]:
        """What has changed and nobody has read."""
        return cardwords.changes(self.session, self._told.get("announced") or {})

    def draw(self) -> None:
        session, told = self.session, self._told.get("announced") or {}
        card = next((one for one in session.shows if one.id == self.show_id), None)
        if card is None:
            return
        self._title.setText(name_in(card.titles, session.language, card.title))
        changed = self.changed
        head = tr("This has changed:")
        self.changes.setText("\n".join([f"▲ {head}", *changed]) if changed else "")
        self.changes.setVisible(bool(changed))
        self.problem.setVisible(bool(self.problem.text()))
        self._read.set_label(tr("I have read it") if changed else tr("Sell this show"))
        self.when.show_facts(cardwords.when(session, card, told))
        self.said.show_facts(cardwords.said(session, told))
        if self._told:
            show = Show.read(self._told)
            self.prices.show_facts(cardwords.prices(session, show))
            self.terms.show_facts(cardwords.terms(session, show))

    # ---- doing ---------------------------------------------------------------------------

    def _primary(self) -> None:
        if self.changed:
            version = self._told["announced"]["version"]
            self.session.bridge.call("acknowledge", self._done, self._not_read, show=self.show_id, version=version)
        else:
            self.dismiss()
            self._sell(self.show_id)

    def _done(self, _answer: Answer) -> None:
        self.session.refresh_shows()
        self.dismiss()

    def act(self, action: str) -> None:
        if action == "primary":
            self._primary()
        elif action == "show_card":
            self.dismiss()
        else:
            super().act(action)
