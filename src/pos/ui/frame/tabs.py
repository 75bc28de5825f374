"""The show tabs: the next shows with countdown and free places, and the way to all shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from pos.ui.frame.linewords import in_hand
from pos.ui.i18n import name_in, tr
from pos.ui.keys import cap
from pos.ui.session import Session
from pos.ui.sizes import set_height
from pos.ui.theme.widgets import KeyButton, TabButton

if TYPE_CHECKING:
    from pos.ui.model import ShowCard

_MOST: Final = 8
_TITLE_CHARS: Final = 22
_TAB_PX: Final = 44  # the mark under the chosen tab and the padding over it come to the other 4 of 48


class ShowTabs(QFrame):
    """`chosen` carries a show's id; `all_shows` asks for the whole list."""

    chosen = Signal(str)
    all_shows = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setProperty("role", "card")
        self.setFixedHeight(48)
        self._tabs: list[tuple[str, TabButton]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._all = KeyButton("+ " + tr("All shows"), cap("shows"))
        self._all.setProperty("role", "tab")
        set_height(self._all, _TAB_PX)
        self._all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._all.clicked.connect(self.all_shows)
        self._row.addWidget(self._all)
        self._row.addStretch(1)
        session.shows_changed.connect(self.draw)
        session.show_chosen.connect(self.draw)
        session.linked.connect(self.draw)
        session.signed.connect(self.draw)
        self.draw()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 48)

    def cards(self) -> list[ShowCard]:
        """The shows in the tabs: the next that sell, and always the chosen one."""
        now = self.session.now
        coming = [card for card in self.session.shows if card.sells or card.starts >= now][:_MOST]
        chosen = self.session.show
        if chosen is not None and chosen not in coming:
            coming = sorted([*coming[: _MOST - 1], chosen], key=lambda card: card.starts)
        return coming

    def step(self, by: int) -> None:
        """Choose the next or the last show of those in the tabs."""
        ids = [show for show, tab in self._tabs if tab.isVisibleTo(self)]
        if ids:
            at = ids.index(self.session.show_id) if self.session.show_id in ids else 0
            self.chosen.emit(ids[(at + by) % len(ids)])

    def draw(self) -> None:
        signed = self.session.person is not None and self.session.person.shift is not None
        self._all.setVisible(signed)
        cards = self.cards() if signed else []
        if [card.id for card in cards] != [show for show, _ in self._tabs]:
            self._rebuild(cards)
        for card, (_, tab) in zip(cards, self._tabs, strict=True):
            tab.set_parts(*self.parts(card))
            tab.setToolTip(in_hand(self.session, card))
            tab.setChecked(card.id == self.session.show_id)
        self._fit()

    def _rebuild(self, cards: list[ShowCard]) -> None:
        for _, tab in self._tabs:
            self._row.removeWidget(tab)
            tab.deleteLater()
        self._tabs = []
        for at, card in enumerate(cards):
            tab = TabButton("", "")
            set_height(tab, _TAB_PX)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tab.clicked.connect(lambda _=False, show=card.id: self.chosen.emit(show))
            self._row.insertWidget(at, tab)
            self._tabs.append((card.id, tab))

    def parts(self, card: ShowCard) -> tuple[str, str, str]:
        """Bold time, title, and the muted remark of one tab."""
        session, formats = self.session, self.session.formats
        now = session.now
        title = name_in(card.titles, session.language, card.title)
        if len(title) > _TITLE_CHARS:
            title = title[: _TITLE_CHARS - 1].rstrip() + "…"
        remark = []
        if formats.is_today(card.starts, now):
            seconds = (card.starts - now).total_seconds()
            remark.append(formats.span(seconds) if seconds >= 0 else tr("began"))
        if not card.sells:
            remark.append(tr("not on sale"))
        elif not session.link.online:
            remark.append(tr("{n} in hand", n=formats.count(card.held_here)))
        elif card.free == 0:
            remark.append(tr("sold out"))
        else:
            remark.append(tr("{n} free", n=formats.count(card.free)))
        return formats.day_and_time(card.starts, now), title, " · ".join(remark)

    def _fit(self) -> None:
        """Show as many tabs as there is room for, the chosen one among them."""
        room = self.width() - self._all.sizeHint().width()
        chosen = next((tab for show, tab in self._tabs if show == self.session.show_id), None)
        if chosen is not None:
            room -= chosen.sizeHint().width()
        for _, tab in self._tabs:
            if tab is chosen:
                tab.setVisible(True)
                continue
            room -= tab.sizeHint().width()
            tab.setVisible(room >= 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
